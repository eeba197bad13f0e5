//! Records in, lines out.

use std::io::{self, Write};

use model::{MapRef, Scope, TableDefinition};
use serde::Serialize;

use super::{Export, ExportEnd, Head, Line, Table, TableEnd, VERSION};

/// Writes an export. Without [`ExportWriter::finish`] it lacks its end, and will be refused.
#[derive(Debug)]
pub struct ExportWriter<W> {
    out: W,
    line: Vec<u8>,
    table: TableEnd,
    export: ExportEnd,
}

impl<W: Write> ExportWriter<W> {
    /// Begins an export.
    ///
    /// # Errors
    /// Those of `out`, as of every method here.
    pub fn new(out: W, head: Head) -> io::Result<Self> {
        let (line, table, export) = (Vec::new(), TableEnd::default(), ExportEnd::default());
        let mut writer = Self { out, line, table, export };
        writer.write(&Line::Export(Export { version: VERSION, head }))?;
        Ok(writer)
    }

    /// Begins a table.
    ///
    /// # Errors
    /// Those of the output.
    pub fn table(&mut self, scope: &Scope, definition: &TableDefinition) -> io::Result<()> {
        self.table = TableEnd::default();
        let (account, region) = (scope.account.clone(), scope.region.clone());
        let table = Table { account, region, definition: definition.clone().into() };
        self.write(&Line::Table(Box::new(table)))
    }

    /// Adds an item to the table that began last. `item_bytes` is DynamoDB's size of it.
    ///
    /// # Errors
    /// Those of the output.
    pub fn item(&mut self, item: MapRef<'_>, item_bytes: usize) -> io::Result<()> {
        self.line.clear();
        self.line.extend_from_slice(b"{\"Item\":");
        wire::item::write(item, &mut self.line);
        self.line.extend_from_slice(b"}\n");
        self.table.items += 1;
        self.table.item_bytes += item_bytes as u64;
        self.out.write_all(&self.line)
    }

    /// Ends the table that began last.
    ///
    /// # Errors
    /// Those of the output.
    pub fn end_table(&mut self) -> io::Result<()> {
        let end = std::mem::take(&mut self.table);
        self.export.tables += 1;
        self.export.items += end.items;
        self.write(&Line::TableEnd(end))
    }

    /// Ends the export and gives the output back.
    ///
    /// # Errors
    /// Those of the output.
    pub fn finish(mut self) -> io::Result<W> {
        let end = std::mem::take(&mut self.export);
        self.write(&Line::ExportEnd(end))?;
        Ok(self.out)
    }

    fn write(&mut self, line: &impl Serialize) -> io::Result<()> {
        self.line.clear();
        serde_json::to_writer(&mut self.line, line)?;
        self.line.push(b'\n');
        self.out.write_all(&self.line)
    }
}
