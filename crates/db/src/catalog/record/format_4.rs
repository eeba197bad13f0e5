//! The record of format 4, which this version writes.
//!
//! Format 4 came with tables that can be seen while they are being filled: with the status. The
//! definition in it is that of format 3.

use model::Scope;
use serde::{Deserialize, Serialize};
use store::Space;

use super::{FORMAT, Unmarked, format_3};
use crate::catalog::parts::Status;
use crate::schema::Spaces;

/// A table's record.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Record {
    format: u32,
    account: String,
    region: String,
    space: u32,
    global_index_spaces: Vec<u32>,
    status: Status,
    definition: format_3::Definition,
}

/// Every table of before was in use.
impl<D: Into<format_3::Definition>> From<Unmarked<D>> for Record {
    fn from(earlier: Unmarked<D>) -> Self {
        Self {
            format: FORMAT,
            account: earlier.account,
            region: earlier.region,
            space: earlier.space,
            global_index_spaces: earlier.global_index_spaces,
            status: Status::Active,
            definition: earlier.definition.into(),
        }
    }
}

impl From<&super::TableRecord> for Record {
    fn from(record: &super::TableRecord) -> Self {
        Self {
            format: FORMAT,
            account: record.scope.account.clone(),
            region: record.scope.region.clone(),
            space: record.spaces.table.0,
            global_index_spaces: record.spaces.global_indexes.iter().map(|space| space.0).collect(),
            status: record.status.into(),
            definition: record.definition.clone().into(),
        }
    }
}

impl From<Record> for super::TableRecord {
    fn from(own: Record) -> Self {
        let spaces = Spaces {
            table: Space(own.space),
            global_indexes: own.global_index_spaces.into_iter().map(Space).collect(),
        };
        let scope = Scope { account: own.account, region: own.region };
        let definition = own.definition.into();
        Self { scope, spaces, status: own.status.into(), definition }
    }
}
