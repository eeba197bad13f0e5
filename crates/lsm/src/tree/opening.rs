//! Opening a tree: what the manifest says, and what the log has besides.

use std::path::Path;
use std::sync::Arc;

use crate::block::Commit;
use crate::core::{Commits, Core, RecoveredLog};
use crate::directory::{self, numbers, sync_directory};
use crate::error::TreeError;
use crate::log::{self, LogWriter, Replayed, SegmentAge, log_path};
use crate::manifest::{Manifest, manifest_path};
use crate::memtable::{Memtable, Readers};
use crate::options::TreeOptions;
use crate::removed::{RemovedRange, RemovedRanges};
use crate::table::{Table, table_path};
use crate::view::{LEVELS, Levels, View};
use crate::watermark::{Mark, Watermark, watermark_path};

/// Everything of a tree but its threads, and the segment that takes commits.
pub(super) fn open(dir: &Path, options: TreeOptions) -> Result<(Core, LogWriter), TreeError> {
    let manifest = match Manifest::read(dir, &options)? {
        Some(manifest) => manifest,
        None => create(dir, &options)?,
    };
    let levels = open_tables(dir, &options, &manifest)?;
    let all = numbers(&*options.files, dir, "wal")?;
    let logs: Vec<u64> = all.iter().copied().filter(|number| *number >= manifest.log).collect();
    let known = known_of_log(dir, &options, &manifest, &all)?;
    let mut recovered = Recovered {
        visible: manifest.in_tables,
        frozen: Vec::new(),
        removed: manifest.removed.clone(),
        segments: Vec::new(),
    };
    for number in &logs {
        let is_last = Some(number) == logs.last();
        let age = if is_last { SegmentAge::Last } else { SegmentAge::Former };
        recovered.replay(dir, &options, (*number, age), &known.mark)?;
    }
    if recovered.visible < manifest.commit.max(known.mark.commit) {
        return Err(TreeError::damaged(&log_path(dir, manifest.log), "lacks commits"));
    }
    // A tree that is refused keeps everything: another manifest may still be brought back. A crash
    // may have come before this one's name was durable; what only the one before it names goes now.
    sync_directory(&*options.files, dir)?;
    remove_leftovers(dir, &options, &manifest)?;
    let watermark = recovered.settle(dir, &options, known)?;
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
    let found = RecoveredLog { watermark, commits };
    Ok((Core::new(dir.to_path_buf(), options, view, found, number + 1), log))
}

/// The manifest of a tree without rows.
fn create(dir: &Path, options: &TreeOptions) -> Result<Manifest, TreeError> {
    let files = &*options.files;
    if !numbers(files, dir, "table")?.is_empty() || !numbers(files, dir, "wal")?.is_empty() {
        return Err(TreeError::damaged(&manifest_path(dir), "is missing"));
    }
    // Before a manifest says that there is one.
    Watermark::begin(dir, options, 0, Mark::default())?;
    let manifest = Manifest { number: 1, log: 1, has_watermark: true, ..Manifest::default() };
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

/// What the watermark says of the log.
#[derive(Default)]
struct Known {
    turn: u64,
    mark: Mark,
}

/// Reads the watermark, and looks whether the segments that it names are there, of all those.
fn known_of_log(
    dir: &Path,
    options: &TreeOptions,
    manifest: &Manifest,
    all: &[u64],
) -> Result<Known, TreeError> {
    let (turn, mut mark) = match Watermark::read(dir, options) {
        Ok(Some(read)) => read,
        Ok(None) if manifest.has_watermark => {
            return Err(TreeError::damaged(&watermark_path(dir), "is missing"));
        }
        // From before there were any; a crash may have come in the midst of the first.
        Ok(None) => return Ok(Known::default()),
        Err(TreeError::Damaged { .. }) if !manifest.has_watermark => return Ok(Known::default()),
        Err(error) => return Err(error),
    };
    mark.segments.retain(|segment| segment.number >= manifest.log);
    match mark.segments.iter().find(|segment| !all.contains(&segment.number)) {
        Some(gone) => Err(TreeError::damaged(&log_path(dir, gone.number), "is missing")),
        None => Ok(Known { turn, mark }),
    }
}

/// What the log has besides the tables.
struct Recovered {
    visible: Commit,
    /// The newest first.
    frozen: Vec<Arc<Memtable>>,
    removed: Vec<RemovedRange>,
    segments: Vec<Replayed>,
}

impl Recovered {
    /// Takes the commits of a segment; it is flushed like any other.
    fn replay(
        &mut self,
        dir: &Path,
        options: &TreeOptions,
        (number, age): (u64, SegmentAge),
        known: &Mark,
    ) -> Result<(), TreeError> {
        let memtable = Memtable::new(number);
        let mut is_ordered = true;
        let segment = log::replay(dir, options, (number, age), known, |logged| {
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
        self.segments.push(segment);
        self.frozen.insert(0, Arc::new(memtable));
        Ok(())
    }

    /// Cuts off what lies behind the commits. What was read is made durable first, for a crash may have
    /// come before its sync; then the watermark says how far the log will be, and what was refused
    /// until that is gone.
    fn settle(
        &self,
        dir: &Path,
        options: &TreeOptions,
        known: Known,
    ) -> Result<Watermark, TreeError> {
        let marks = self.segments.iter().map(|segment| segment.mark);
        let mark = Mark {
            commit: self.visible,
            segments: marks.filter(log::has_commits).collect(),
            refused: known.mark.refused,
        };
        let with_tail = || self.segments.iter().filter(|segment| segment.has_tail);
        with_tail().try_for_each(|segment| log::sync(dir, options, segment.mark.number))?;
        let watermark = Watermark::begin(dir, options, known.turn, mark)?;
        with_tail().try_for_each(|segment| log::cut_off(dir, options, segment.mark))?;
        watermark.refused_is_gone();
        Ok(watermark)
    }
}
