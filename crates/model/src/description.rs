//! Tables and indexes as they are shown.

use std::sync::Arc;

use crate::TableDefinition;

/// A table as DescribeTable shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct TableDescription {
    /// The declaration.
    pub definition: Arc<TableDefinition>,
    /// Full ARN.
    pub arn: String,
    /// Where in its life it is.
    pub status: TableStatus,
    /// Items in the table.
    pub item_count: u64,
    /// Bytes of the table's items.
    pub size_bytes: u64,
    /// Its indexes, in the order of `definition.indexes`.
    pub indexes: Vec<IndexDescription>,
    /// When this was so, milliseconds since the epoch.
    pub described_at_ms: u64,
}

/// What an index's definition does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IndexDescription {
    /// Where in its life it is.
    pub status: IndexStatus,
    /// Items in the index.
    pub item_count: u64,
    /// Bytes of what it carries.
    pub size_bytes: u64,
}

/// Life of a table, as it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TableStatus {
    /// Only CreateTable itself shows it.
    Creating,
    /// In use.
    Active,
    /// In use while an index comes or goes; UpdateTable itself shows it for other changes too.
    Updating,
    /// Only DeleteTable itself shows it.
    Deleting,
}

/// Life of an index, as it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IndexStatus {
    /// Comes with its table.
    Creating,
    /// Added to a table: writers are told of it.
    Allocating,
    /// Added to a table: items from before it are being added.
    Backfilling,
    /// In use.
    Active,
    /// Only UpdateTable itself shows it.
    Updating,
    /// On its way out.
    Deleting,
}
