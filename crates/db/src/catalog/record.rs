//! The catalog's row values (docs/format/catalog.md).

use model::{BillingMode, IndexPhase, Scope, TableDefinition};
use serde::{Deserialize, Serialize};
use store::{Space, StoreError};

use super::streams::Streams;
use crate::schema::{Spaces, Table};

/// The format this code writes.
const FORMAT: u32 = 3;
/// The format from before streams and expiry: both were settings, and nothing was behind them.
const FORMAT_WITHOUT_STREAMS: u32 = 2;
/// The format from before indexes could be added and removed: it says nothing of that, and a
/// table paid per request was so from birth.
const FORMAT_WITHOUT_CHANGES: u32 = 1;

/// A declared table: JSON, because it is read at open alone and a person may have to.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Record {
    format: u32,
    account: String,
    region: String,
    space: u32,
    global_index_spaces: Vec<u32>,
    definition: TableDefinition,
}

impl Record {
    pub(super) fn new(scope: &Scope, spaces: &Spaces, definition: TableDefinition) -> Self {
        Self {
            format: FORMAT,
            account: scope.account.clone(),
            region: scope.region.clone(),
            space: spaces.table.0,
            global_index_spaces: spaces.global_indexes.iter().map(|space| space.0).collect(),
            definition,
        }
    }

    pub(super) fn encode(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("the record has string keys only")
    }

    pub(super) fn decode(value: &[u8]) -> Result<Self, StoreError> {
        let mut record: Self = serde_json::from_slice(value)
            .map_err(|error| StoreError::damaged(format!("a table's catalog record: {error}")))?;
        match record.format {
            FORMAT => {}
            FORMAT_WITHOUT_STREAMS => record.begin_expiry(),
            FORMAT_WITHOUT_CHANGES => {
                record.date_billing_mode();
                record.begin_expiry();
            }
            format => {
                return Err(StoreError::failed(format!(
                    "a table's catalog record has format {format}; this version reads up to {FORMAT}"
                )));
            }
        }
        Ok(record)
    }

    pub(super) fn into_table(self, streams: &Streams) -> (Scope, Table) {
        let scope = Scope { account: self.account, region: self.region };
        let arn = scope.table_arn(&self.definition.name);
        let spaces = Spaces {
            table: Space(self.space),
            global_indexes: self.global_index_spaces.into_iter().map(Space).collect(),
        };
        let stream = streams.of_table(&scope, &self.definition);
        (scope, Table::new(self.definition, arn, spaces, stream))
    }

    /// Items that expire have no entries yet.
    fn begin_expiry(&mut self) {
        self.definition.expiry_phase = IndexPhase::Allocating;
    }

    fn date_billing_mode(&mut self) {
        let definition = &mut self.definition;
        if definition.billing_mode == BillingMode::PayPerRequest {
            definition.on_demand_since_ms = Some(definition.created_at_ms);
        }
    }
}

/// The value of the next-space row and of a dropped-space row.
pub(super) fn encode_space(space: Space) -> [u8; 4] {
    space.0.to_be_bytes()
}

pub(super) fn decode_space(value: &[u8]) -> Result<Space, StoreError> {
    let bytes = value.try_into().map_err(|_| StoreError::damaged("a catalog row of a space"))?;
    Ok(Space(u32::from_be_bytes(bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spaces_read_back() {
        assert_eq!(encode_space(Space(0x0102_0304)), [1, 2, 3, 4]);
        assert_eq!(decode_space(&[1, 2, 3, 4]).unwrap(), Space(0x0102_0304));
        assert!(decode_space(&[1, 2, 3]).is_err());
    }

    #[test]
    fn a_record_of_another_format_is_refused() {
        assert!(matches!(Record::decode(b"{}"), Err(StoreError::Damaged { .. })));
    }
}
