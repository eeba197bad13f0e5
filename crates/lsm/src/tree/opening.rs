//! Opening a tree: what the manifest says, and what the log has besides.

use std::path::Path;
use std::sync::Arc;

use crate::block::Commit;
use crate::core::{Commits, Core};
use crate::directory::{self, numbers, sync_directory};
use crate::error::TreeError;
use crate::log::{self, LogWriter, SegmentAge, log_path};
use crate::manifest::{Manifest, manifest_path};
use crate::memtable::{Memtable, Readers};
use crate::options::TreeOptions;
use crate::removed::{RemovedRange, RemovedRanges};
use crate::table::{Table, table_path};
use crate::view::{LEVELS, Levels, View};

/// Everything of a tree but its threads, and the segment that takes commits.
pub(super) fn open(dir: &Path, options: TreeOptions) -> Result<(Core, LogWriter), TreeError> {
    let manifest = match Manifest::read(dir, &options)? {
        Some(manifest) => manifest,
        None => create(dir, &options)?,
    };
    let levels = open_tables(dir, &options, &manifest)?;
    // A crash may have come before the manifest's name was durable; what only the one before it names
    // goes now.
    sync_directory(&*options.files, dir)?;
    remove_leftovers(dir, &options, &manifest)?;
    let all = numbers(&*options.files, dir, "wal")?;
    let logs: Vec<u64> = all.iter().copied().filter(|number| *number >= manifest.log).collect();
    let mut recovered = Recovered {
        visible: manifest.in_tables,
        frozen: Vec::new(),
        removed: manifest.removed.clone(),
    };
    for number in &logs {
        let is_last = Some(number) == logs.last();
        let age = if is_last { SegmentAge::Last } else { SegmentAge::Former };
        recovered.replay(dir, &options, *number, age)?;
    }
    if recovered.visible < manifest.commit {
        return Err(TreeError::damaged(&log_path(dir, manifest.log), "lacks commits"));
    }
    // Files that a manifest does not know yet have numbers, too.
    let number = all.last().map_or(manifest.number, |last| manifest.number.max(last + 1));
    let log = LogWriter::create(dir, &options, number)?;
    let view = View {
        active: Arc::new(Memtable::new(number)),
        frozen: recovered.frozen,
        levels: Arc::new(levels),
        removed: Arc::new(recovered.removed.into_iter().collect::<RemovedRanges>()),
    };
    let commits = Commits { visible: recovered.visible, in_tables: manifest.in_tables };
    Ok((Core::new(dir.to_path_buf(), options, view, commits, number + 1), log))
}

/// The manifest of a tree without rows.
fn create(dir: &Path, options: &TreeOptions) -> Result<Manifest, TreeError> {
    let files = &*options.files;
    if !numbers(files, dir, "table")?.is_empty() || !numbers(files, dir, "wal")?.is_empty() {
        return Err(TreeError::damaged(&manifest_path(dir), "is missing"));
    }
    let manifest = Manifest { number: 1, log: 1, ..Manifest::default() };
    manifest.prepare(dir, options)?;
    Manifest::exchange(dir, options)?;
    Ok(manifest)
}

fn open_tables(
    dir: &Path,
    options: &TreeOptions,
    manifest: &Manifest,
) -> Result<Levels, TreeError> {
    let mut levels: [Vec<Arc<Table>>; LEVELS] = Default::default();
    for (level, entry) in &manifest.tables {
        let table = Arc::new(Table::open(dir, options, *entry)?);
        let level = levels.get_mut(usize::from(*level));
        let level = level.ok_or_else(|| TreeError::damaged(&manifest_path(dir), "is damaged"))?;
        level.push(table);
    }
    Ok(Levels::new(levels))
}

/// Removes what no manifest came to name, and what none names any more.
fn remove_leftovers(
    dir: &Path,
    options: &TreeOptions,
    manifest: &Manifest,
) -> Result<(), TreeError> {
    let files = &*options.files;
    let named = |number: &u64| manifest.tables.iter().any(|(_, entry)| entry.number == *number);
    for number in numbers(files, dir, "table")?.iter().filter(|number| !named(number)) {
        directory::remove(files, &table_path(dir, *number));
    }
    for number in numbers(files, dir, "wal")?.iter().filter(|number| **number < manifest.log) {
        directory::remove(files, &log_path(dir, *number));
    }
    Ok(())
}

/// What the log has besides the tables.
struct Recovered {
    visible: Commit,
    /// The newest first.
    frozen: Vec<Arc<Memtable>>,
    removed: Vec<RemovedRange>,
}

impl Recovered {
    /// Takes the commits of a segment; it is flushed like any other.
    fn replay(
        &mut self,
        dir: &Path,
        options: &TreeOptions,
        number: u64,
        age: SegmentAge,
    ) -> Result<(), TreeError> {
        let memtable = Memtable::new(number);
        let mut is_ordered = true;
        log::replay(dir, options, number, age, |logged| {
            is_ordered &= logged.commit == self.visible + 1;
            if !is_ordered {
                return;
            }
            if let Some((start, end)) = logged.removed {
                let commit = logged.commit;
                self.removed.retain(|range| range.commit != commit);
                self.removed.push(RemovedRange { start: start.into(), end: end.into(), commit });
            }
            let changes = logged.changes.iter().map(|(key, value)| (&key[..], value.as_ref()));
            memtable.apply(logged.commit, changes, &Readers { commits: Vec::new() });
            self.visible = logged.commit;
        })?;
        if !is_ordered {
            return Err(TreeError::damaged(
                &log_path(dir, number),
                "does not go on where the log before it ends",
            ));
        }
        self.frozen.insert(0, Arc::new(memtable));
        Ok(())
    }
}
