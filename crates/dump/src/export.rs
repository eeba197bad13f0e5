//! The lines of an export (docs/format/export.md), the same in the sealed and in the plain form.
//!
//! ```text
//! export = Export (Table Item* TableEnd)* ExportEnd
//! ```
//!
//! Each line is a JSON object with one member, whose name says what the line is.

mod definition;
mod reader;
mod writer;

use model::{Item, Scope, TableDefinition};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use definition::Definition;
pub use reader::ExportReader;
pub use writer::ExportWriter;

/// The version of the lines that this code writes, and the latest that it reads.
const VERSION: u32 = 1;

/// The first line: what the file is, and how much there is to expect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Head {
    /// Which program wrote it.
    pub written_by: String,
    /// When, in milliseconds since the epoch.
    pub written_at_ms: u64,
    /// Tables to come, for a progress bar.
    pub tables: u64,
    /// Items to come, likewise.
    pub items: u64,
}

/// What precedes the items of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableHead {
    /// The account and region that the table was served in.
    pub scope: Scope,
    /// The table's settings.
    pub definition: TableDefinition,
}

/// One part of an export; the parts come in order.
#[derive(Debug, Clone, PartialEq)]
pub enum ExportPart {
    /// A table begins.
    Table(Box<TableHead>),
    /// An item of the table.
    Item(Item),
    /// The table is complete.
    TableEnd,
}

/// One line of an export.
#[derive(Debug, Serialize, Deserialize)]
enum Line<'a> {
    Export(Export),
    Table(Box<Table>),
    #[serde(borrow)]
    Item(&'a RawValue),
    TableEnd(TableEnd),
    ExportEnd(ExportEnd),
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Export {
    version: u32,
    #[serde(flatten)]
    head: Head,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Table {
    account: String,
    region: String,
    definition: Definition,
}

#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct TableEnd {
    items: u64,
    item_bytes: u64,
}

#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ExportEnd {
    tables: u64,
    items: u64,
}

#[cfg(test)]
mod tests;
