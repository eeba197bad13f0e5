//! The catalog's row values (docs/format/catalog.md).
//!
//! A table's record is JSON, because it is read at open alone and a person may have to. Each format
//! of the definition in it is a module; an earlier one becomes the next by `From`, up to the one
//! that is written, and that one becomes [`TableDefinition`]. No type of another purpose has a say
//! in the bytes.

mod format_1;
mod format_2;
mod format_3;
mod index;

use model::{Scope, TableDefinition};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use store::{Space, StoreError};

use super::streams::Streams;
use crate::schema::{Spaces, Table};

/// The format this code writes.
const FORMAT: u32 = 3;

/// A declared table, and where its rows lie.
#[derive(Debug)]
pub(super) struct Record {
    scope: Scope,
    spaces: Spaces,
    definition: TableDefinition,
}

/// The record as it is written, with the definition of some format.
#[derive(Debug, Serialize, Deserialize)]
struct Stored<D> {
    format: u32,
    account: String,
    region: String,
    space: u32,
    global_index_spaces: Vec<u32>,
    definition: D,
}

/// The one member that is read before the others.
#[derive(Debug, Deserialize)]
struct Format {
    format: u32,
}

impl Record {
    pub(super) fn new(scope: &Scope, spaces: &Spaces, definition: TableDefinition) -> Self {
        Self { scope: scope.clone(), spaces: spaces.clone(), definition }
    }

    pub(super) fn encode(&self) -> Vec<u8> {
        let stored = Stored {
            format: FORMAT,
            account: self.scope.account.clone(),
            region: self.scope.region.clone(),
            space: self.spaces.table.0,
            global_index_spaces: self.spaces.global_indexes.iter().map(|space| space.0).collect(),
            definition: format_3::Definition::from(self.definition.clone()),
        };
        serde_json::to_vec(&stored).expect("the record has string keys only")
    }

    pub(super) fn decode(value: &[u8]) -> Result<Self, StoreError> {
        let Format { format } = parse(value)?;
        match format {
            1 => Self::read::<format_1::Definition>(value),
            2 => Self::read::<format_2::Definition>(value),
            FORMAT => Self::read::<format_3::Definition>(value),
            _ => Err(StoreError::failed(format!(
                "a table's catalog record has format {format}; this version reads up to {FORMAT}"
            ))),
        }
    }

    pub(super) fn into_table(self, streams: &Streams) -> (Scope, Table) {
        let Self { scope, spaces, definition } = self;
        let arn = scope.table_arn(&definition.name);
        let stream = streams.of_table(&scope, &definition);
        (scope, Table::new(definition, arn, spaces, stream))
    }

    fn read<D>(value: &[u8]) -> Result<Self, StoreError>
    where
        D: DeserializeOwned + Into<format_3::Definition>,
    {
        let stored: Stored<D> = parse(value)?;
        let spaces = Spaces {
            table: Space(stored.space),
            global_indexes: stored.global_index_spaces.into_iter().map(Space).collect(),
        };
        let scope = Scope { account: stored.account, region: stored.region };
        Ok(Self { scope, spaces, definition: stored.definition.into().into() })
    }
}

fn parse<T: DeserializeOwned>(value: &[u8]) -> Result<T, StoreError> {
    serde_json::from_slice(value)
        .map_err(|error| StoreError::damaged(format!("a table's catalog record: {error}")))
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
mod tests;
