//! Flushing: a frozen memtable becomes a table of level 0, and its log segment goes.

use std::ops::Bound;
use std::sync::Arc;

use crate::block::Commit;
use crate::core::{Change, Core};
use crate::direction::Direction;
use crate::directory;
use crate::error::TreeError;
use crate::log::log_path;
use crate::memtable::Memtable;
use crate::output::TablesWriter;
use crate::table::Table;
use crate::view::{Levels, View};

const PAGE_ROWS: usize = 512;

/// Has the oldest frozen memtable become a table.
pub(crate) fn flush_oldest(core: &Core) -> Result<(), TreeError> {
    let (visible, view) = core.settled();
    let Some(oldest) = view.frozen.last() else { return Ok(()) };
    let tables = write(core, (visible, &view), oldest)?;
    let levels = |levels: &Levels| levels.changed(&[], 0, tables.iter().cloned());
    core.change(Change { come: &tables, levels: &levels, flushed: Some(oldest) })?;
    directory::remove(&*core.options.files, &log_path(&core.dir, oldest.log));
    Ok(())
}

/// The tables of a frozen memtable's rows: mostly one, none when it has none.
fn write(
    core: &Core,
    (visible, view): (Commit, &View),
    memtable: &Memtable,
) -> Result<Vec<Arc<Table>>, TreeError> {
    let mut writer = TablesWriter::new(core, visible);
    let mut page = Vec::new();
    let mut after = None;
    loop {
        page.clear();
        let from = after.as_deref().map_or(Bound::Unbounded, Bound::Excluded);
        memtable.page(
            (from, Bound::Unbounded),
            Direction::Forward,
            Commit::MAX,
            &mut page,
            PAGE_ROWS,
        );
        for (key, row) in &page {
            // A row that is hidden hides the rows below it no less: they are older.
            if !view.removed.hide(key, row.commit, visible) {
                writer.add(key, row.commit, row.value.as_deref())?;
            }
        }
        match page.last() {
            Some((last, _)) => after = Some(last.to_vec()),
            None => return writer.finish(),
        }
    }
}
