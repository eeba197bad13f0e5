//! The catalog's row values (docs/format/catalog.md).
//!
//! A table's record is JSON, because it is read at open alone and a person may have to. Each format
//! is a module: the first three of the definition in the record, the fourth of the record around
//! it. An earlier one becomes the next by `From`, up to the one that is written. No type of another
//! purpose has a say in the bytes.

mod format_1;
mod format_2;
mod format_3;
mod format_4;
mod index;

use model::{Scope, TableDefinition};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use store::{Space, StoreError};

use super::streams::Streams;
use crate::schema::{Spaces, StoredStatus, Table};

/// The format this code writes.
const FORMAT: u32 = 4;

/// A declared table, and where its rows lie.
#[derive(Debug)]
pub(super) struct TableRecord {
    pub(super) scope: Scope,
    pub(super) spaces: Spaces,
    pub(super) status: StoredStatus,
    pub(super) definition: TableDefinition,
}

/// The record of a table in use, as it was written around the definitions of the first formats.
#[derive(Debug, Deserialize)]
struct Unmarked<D> {
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

impl TableRecord {
    /// The record of a table in use.
    pub(super) fn new(scope: &Scope, spaces: &Spaces, definition: TableDefinition) -> Self {
        let (scope, spaces, status) = (scope.clone(), spaces.clone(), StoredStatus::Active);
        Self { scope, spaces, status, definition }
    }

    pub(super) fn encode(&self) -> Vec<u8> {
        serde_json::to_vec(&format_4::Record::from(self)).expect("the record has string keys only")
    }

    pub(super) fn decode(value: &[u8]) -> Result<Self, StoreError> {
        let Format { format } = parse(value)?;
        let record = match format {
            1 => parse::<Unmarked<format_1::Definition>>(value)?.into(),
            2 => parse::<Unmarked<format_2::Definition>>(value)?.into(),
            3 => parse::<Unmarked<format_3::Definition>>(value)?.into(),
            FORMAT => parse::<format_4::Record>(value)?,
            _ => {
                return Err(StoreError::failed(format!(
                    "a table's catalog record has format {format}; this version reads up to \
                     {FORMAT}"
                )));
            }
        };
        Ok(record.into())
    }

    pub(super) fn into_table(self, streams: &Streams) -> (Scope, Table) {
        let Self { scope, spaces, status, definition } = self;
        let arn = scope.table_arn(&definition.name);
        let stream = streams.of_table(&scope, &definition);
        (scope, Table::new(status, definition, arn, spaces, stream))
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
