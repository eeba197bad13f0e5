//! Lines in, parts of an export out.

use std::io::{BufRead, Read as _};

use model::limits::REQUEST_BYTES_MAX;
use model::{Item, Scope};
use serde_json::value::RawValue;

use super::{ExportEnd, ExportPart, Head, Line, TableEnd, TableHead, VERSION};
use crate::DumpError;
use crate::error::without_place;

/// Longest line: an item that a request could carry.
const LINE_BYTES_MAX: u64 = REQUEST_BYTES_MAX as u64;

/// Reads an export, checking that its lines come in order, are complete and add up.
#[derive(Debug)]
pub struct ExportReader<R> {
    source: R,
    head: Head,
    line: Vec<u8>,
    /// Lines read.
    lines: u64,
    state: ReadState,
    counted: ExportEnd,
}

/// How far the reader has come in the grammar.
#[derive(Debug)]
enum ReadState {
    BetweenTables,
    InTable(TableEnd),
    Ended,
}

impl<R: BufRead> ExportReader<R> {
    /// Reads the first line.
    ///
    /// # Errors
    /// [`DumpError::NotAnExport`], [`DumpError::UnknownVersion`], and those of `source`.
    pub fn new(source: R) -> Result<Self, DumpError> {
        let head = Head { written_by: String::new(), written_at_ms: 0, tables: 0, items: 0 };
        let (state, counted) = (ReadState::BetweenTables, ExportEnd::default());
        let mut reader = Self { source, head, line: Vec::new(), lines: 0, state, counted };
        if !reader.read_line()? {
            return Err(DumpError::NotAnExport);
        }
        let Ok(Line::Export(export)) = serde_json::from_slice(&reader.line) else {
            return Err(DumpError::NotAnExport);
        };
        if export.version > VERSION {
            return Err(DumpError::UnknownVersion { found: export.version, known: VERSION });
        }
        reader.head = export.head;
        Ok(reader)
    }

    /// What the first line said.
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// Number of the line that was read last, from 1.
    pub fn line(&self) -> u64 {
        self.lines
    }

    /// Length of that line.
    pub fn line_bytes(&self) -> usize {
        self.line.len()
    }

    /// The next part; `None` at the end, which was checked then.
    ///
    /// # Errors
    /// [`DumpError::Damaged`] for what does not add up, [`DumpError::Line`] for what means nothing,
    /// and those of the source.
    pub fn next_part(&mut self) -> Result<Option<ExportPart>, DumpError> {
        if matches!(self.state, ReadState::Ended) {
            return Ok(None);
        }
        if !self.read_line()? {
            return Err(DumpError::damaged(format!("behind line {}", self.lines)));
        }
        let line = std::mem::take(&mut self.line);
        let part = self.part(&line);
        self.line = line;
        part
    }

    fn part(&mut self, line: &[u8]) -> Result<Option<ExportPart>, DumpError> {
        let line =
            serde_json::from_slice(line).map_err(|error| self.refused(without_place(&error)))?;
        match (line, &mut self.state) {
            (Line::Item(item), ReadState::InTable(counted)) => {
                let item = count(item, counted).map_err(|reason| self.refused(reason))?;
                Ok(Some(ExportPart::Item(item)))
            }
            (Line::Table(table), ReadState::BetweenTables) => {
                self.state = ReadState::InTable(TableEnd::default());
                let scope = Scope { account: table.account, region: table.region };
                let definition = table.definition.into();
                Ok(Some(ExportPart::Table(Box::new(TableHead { scope, definition }))))
            }
            (Line::TableEnd(end), ReadState::InTable(counted)) if end == *counted => {
                self.counted.tables += 1;
                self.counted.items += end.items;
                self.state = ReadState::BetweenTables;
                Ok(Some(ExportPart::TableEnd))
            }
            (Line::ExportEnd(end), ReadState::BetweenTables) if end == self.counted => {
                self.state = ReadState::Ended;
                if self.read_line()? {
                    return Err(self.refused("nothing may follow the end of an export".into()));
                }
                Ok(None)
            }
            _ => Err(DumpError::damaged(format!(
                "before line {}, where it does not go on as it must",
                self.lines
            ))),
        }
    }

    /// Reads the next line, without its end; `false` where there is none.
    fn read_line(&mut self) -> Result<bool, DumpError> {
        self.line.clear();
        let mut limited = self.source.by_ref().take(LINE_BYTES_MAX);
        let line_bytes = limited.read_until(b'\n', &mut self.line)?;
        if line_bytes == 0 {
            return Ok(false);
        }
        debug_assert_eq!(line_bytes, self.line.len(), "nothing was left of the line before");
        debug_assert!(line_bytes as u64 <= LINE_BYTES_MAX, "no more than a line is held");
        self.lines += 1;
        if self.line.pop_if(|byte| *byte == b'\n').is_none() {
            let cut = DumpError::damaged(format!("in line {}", self.lines));
            return Err(cut);
        }
        Ok(true)
    }

    fn refused(&self, reason: String) -> DumpError {
        DumpError::line(self.lines, reason)
    }
}

/// Reads an item and counts it.
fn count(item: &RawValue, counted: &mut TableEnd) -> Result<Item, String> {
    let item = wire::item::read(item.get().as_bytes()).map_err(|error| error.to_string())?;
    counted.items += 1;
    counted.item_bytes += item.item_bytes() as u64;
    Ok(item)
}
