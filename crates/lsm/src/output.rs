//! Writing rows into tables that a flush or a merge brings.

use std::sync::Arc;

use crate::block::Commit;
use crate::core::Core;
use crate::directory;
use crate::error::TreeError;
use crate::table::{Table, TableEntry, TableWriter, table_path};

/// Writes rows into one table after the other.
pub(crate) struct TablesWriter<'t> {
    core: &'t Core,
    removed_until: Commit,
    current: Option<TableWriter>,
    finished: Vec<TableEntry>,
}

impl<'t> TablesWriter<'t> {
    /// For rows of which none is hidden by what was removed up to that commit.
    pub(crate) fn new(core: &'t Core, removed_until: Commit) -> Self {
        Self { core, removed_until, current: None, finished: Vec::new() }
    }

    pub(crate) fn add(
        &mut self,
        key: &[u8],
        commit: Commit,
        value: Option<&[u8]>,
    ) -> Result<(), TreeError> {
        let table = match &mut self.current {
            Some(table) => table,
            none => {
                let Core { dir, options, .. } = self.core;
                let number = self.core.next_number();
                let table = TableWriter::create(dir, options, number, self.removed_until)?;
                none.insert(table)
            }
        };
        table.add(key, commit, value)?;
        if table.bytes() >= self.core.options.table_bytes
            && let Some(table) = self.current.take()
        {
            self.finished.push(table.finish()?);
        }
        Ok(())
    }

    /// Completes the tables and opens them.
    pub(crate) fn finish(mut self) -> Result<Vec<Arc<Table>>, TreeError> {
        if let Some(table) = self.current.take() {
            self.finished.push(table.finish()?);
        }
        let Core { dir, options, .. } = self.core;
        if !self.finished.is_empty() {
            directory::sync_directory(&*options.files, dir)?;
        }
        let open = |entry: &TableEntry| Table::open(dir, options, *entry).map(Arc::new);
        let tables = self.finished.iter().map(open).collect::<Result<_, _>>()?;
        // They are somebody's now.
        self.finished.clear();
        Ok(tables)
    }
}

impl Drop for TablesWriter<'_> {
    /// Tables that nobody has taken are of no use.
    fn drop(&mut self) {
        for entry in &self.finished {
            let Core { dir, options, .. } = self.core;
            directory::remove(&*options.files, &table_path(dir, entry.number));
        }
    }
}
