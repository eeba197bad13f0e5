//! Parts of an export in, lines out.

use std::io::{self, Write};

use model::{MapRef, Scope, TableDefinition};
use serde::Serialize;

use super::{Export, ExportEnd, Head, Line, Table, TableEnd, VERSION};

/// Writes an export. Without [`ExportWriter::finish`] it lacks its end, and will be refused.
#[derive(Debug)]
pub struct ExportWriter<W> {
    out: W,
    line: Vec<u8>,
    /// What the table has so far that began and has not ended.
    table: Option<TableEnd>,
    export: ExportEnd,
}

impl<W: Write> ExportWriter<W> {
    /// Begins an export.
    ///
    /// # Errors
    /// Those of `out`, as of every method here.
    pub fn new(out: W, head: Head) -> io::Result<Self> {
        let (line, export) = (Vec::new(), ExportEnd::default());
        let mut writer = Self { out, line, table: None, export };
        writer.write(&Line::Export(Export { version: VERSION, head }))?;
        Ok(writer)
    }

    /// Begins a table.
    ///
    /// # Errors
    /// Those of the output.
    ///
    /// # Panics
    /// When the table before has not ended.
    pub fn table(&mut self, scope: &Scope, definition: &TableDefinition) -> io::Result<()> {
        let before = self.table.replace(TableEnd::default());
        assert!(before.is_none(), "the table before has ended");
        let (account, region) = (scope.account.clone(), scope.region.clone());
        let table = Table { account, region, definition: definition.clone().into() };
        self.write(&Line::Table(Box::new(table)))
    }

    /// Adds an item to the table that began last. `item_bytes` is DynamoDB's size of it.
    ///
    /// # Errors
    /// Those of the output.
    ///
    /// # Panics
    /// Between tables.
    pub fn item(&mut self, item: MapRef<'_>, item_bytes: usize) -> io::Result<()> {
        let table = self.table.as_mut().expect("items stand within a table");
        table.items += 1;
        table.item_bytes += item_bytes as u64;
        self.line.clear();
        self.line.extend_from_slice(b"{\"Item\":");
        let item_at = self.line.len();
        wire::item::write(item, &mut self.line);
        debug_assert!(
            wire::item::read(&self.line[item_at..]).is_ok_and(|read| read.attributes() == item),
            "an item reads back as it was given"
        );
        self.line.extend_from_slice(b"}\n");
        self.out.write_all(&self.line)
    }

    /// Ends the table that began last.
    ///
    /// # Errors
    /// Those of the output.
    ///
    /// # Panics
    /// When none has begun.
    pub fn end_table(&mut self) -> io::Result<()> {
        let end = self.table.take().expect("a table that ends has begun");
        self.export.tables += 1;
        self.export.items += end.items;
        self.write(&Line::TableEnd(end))
    }

    /// Ends the export and gives the output back.
    ///
    /// # Errors
    /// Those of the output.
    ///
    /// # Panics
    /// Within a table.
    pub fn finish(mut self) -> io::Result<W> {
        assert!(self.table.is_none(), "an export ends between tables");
        let end = std::mem::take(&mut self.export);
        self.write(&Line::ExportEnd(end))?;
        Ok(self.out)
    }

    fn write(&mut self, line: &impl Serialize) -> io::Result<()> {
        self.line.clear();
        serde_json::to_writer(&mut self.line, line)?;
        debug_assert!(!self.line.contains(&b'\n'), "a line is one line");
        debug_assert!(serde_json::from_slice::<Line<'_>>(&self.line).is_ok(), "a line reads back");
        self.line.push(b'\n');
        self.out.write_all(&self.line)
    }
}
