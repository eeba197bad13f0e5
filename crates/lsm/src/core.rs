//! What readers, the writer and the background share.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use parking_lot::{Mutex, RwLock};

use crate::block::Commit;
use crate::cache::PieceCache;
use crate::error::TreeError;
use crate::filter;
use crate::log::LogWriter;
use crate::manifest::Manifest;
use crate::memtable::Memtable;
use crate::options::TreeOptions;
use crate::removed::RemovedRange;
use crate::signals::Signals;
use crate::snapshots::{Reading, Snapshots};
use crate::table::{FoundRow, Table};
use crate::view::{LEVELS, Levels, View};
use crate::watermark::{Refused, Watermark};

/// What readers, the writer and the background share.
pub(crate) struct Core {
    pub(crate) dir: PathBuf,
    pub(crate) options: TreeOptions,
    pub(crate) cache: Arc<PieceCache>,
    pub(crate) snapshots: Arc<Snapshots>,
    pub(crate) signals: Signals,
    view: RwLock<Arc<View>>,
    /// The last commit that readers see.
    visible: AtomicU64,
    /// The number of the next file.
    number: AtomicU64,
    /// How far the log is, for whoever opens the tree next.
    pub(crate) watermark: Watermark,
    /// Held by whoever writes a manifest.
    manifest: Mutex<()>,
    /// The last commit whose rows, and those of all before it, are in tables.
    in_tables: AtomicU64,
}

/// What was found of the log.
pub(crate) struct RecoveredLog {
    pub(crate) watermark: Watermark,
    pub(crate) commits: Commits,
}

/// How far a tree is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Commits {
    /// The last commit.
    pub(crate) visible: Commit,
    /// The last commit whose rows, and those of all before it, are in tables.
    pub(crate) in_tables: Commit,
}

impl Core {
    pub(crate) fn new(
        dir: PathBuf,
        options: TreeOptions,
        view: View,
        log: RecoveredLog,
        number: u64,
    ) -> Self {
        let RecoveredLog { watermark, commits } = log;
        Self {
            dir,
            cache: Arc::new(PieceCache::new(options.cache_bytes)),
            options,
            snapshots: Arc::default(),
            signals: Signals::default(),
            view: RwLock::new(Arc::new(view)),
            visible: AtomicU64::new(commits.visible),
            in_tables: AtomicU64::new(commits.in_tables),
            number: AtomicU64::new(number),
            watermark,
            manifest: Mutex::new(()),
        }
    }

    pub(crate) fn view(&self) -> Arc<View> {
        Arc::clone(&self.view.read())
    }

    /// A view, and a reader as of the last commit that is visible in it. A removed range cannot come
    /// between the two, nor a memtable.
    pub(crate) fn moment(&self) -> (Arc<View>, Reading) {
        let view = self.view.read();
        (Arc::clone(&view), self.snapshots.read(|| self.visible()))
    }

    /// The last commit that readers see, and a view that has it. Ranges that later commits removed
    /// may be in the view, and are not to be acted on yet.
    pub(crate) fn settled(&self) -> (Commit, Arc<View>) {
        let visible = self.visible();
        (visible, self.view())
    }

    /// The last commit that readers see.
    pub(crate) fn visible(&self) -> Commit {
        self.visible.load(Ordering::Acquire)
    }

    /// Shows a commit, whose rows are in the active memtable.
    pub(crate) fn publish(&self, commit: Commit) {
        let before = self.visible.swap(commit, Ordering::Release);
        assert!(before + 1 == commit, "commits become visible one by one, in their order");
    }

    /// Has what a commit that failed may have left in the log be dropped, durably: by a word in the
    /// watermark, and by wiping it. One of the two is enough for whoever opens the tree; both are
    /// tried, and whoever wants to go on needs both.
    pub(crate) fn refuse(&self, writer: &LogWriter) -> Result<(), TreeError> {
        let mark = writer.mark();
        let told = self.watermark.refuse(Refused { segment: mark.number, from: mark.end });
        let wiped = writer.retract();
        told.and(wiped)
    }

    pub(crate) fn next_number(&self) -> u64 {
        self.number.fetch_add(1, Ordering::Relaxed)
    }

    /// The value of a row in a view, as a reader as of the commit that `reader` answers with sees it.
    pub(crate) fn get(
        &self,
        view: &View,
        reader: impl Fn() -> Commit,
        key: &[u8],
    ) -> Result<Option<Bytes>, TreeError> {
        let Some(row) = self.find(view, &reader, key)? else { return Ok(None) };
        let is_hidden = view.removed.hide(key, row.commit, reader());
        Ok(row.value.filter(|_| !is_hidden))
    }

    /// The newest row with that key.
    fn find(
        &self,
        view: &View,
        reader: impl Fn() -> Commit,
        key: &[u8],
    ) -> Result<Option<FoundRow>, TreeError> {
        let mut memtables = std::iter::once(&view.active).chain(&view.frozen);
        if let Some(row) = memtables.find_map(|memtable| memtable.get(key, &reader)) {
            return Ok(Some(row));
        }
        let fingerprint = filter::fingerprint(key);
        let below = (1..LEVELS).filter_map(|level| view.levels.spanning(level, key));
        for table in view.levels.level(0).iter().chain(below) {
            if let Some(row) = table.get(&self.cache, key, fingerprint)? {
                return Ok(Some(row));
            }
        }
        Ok(None)
    }

    pub(crate) fn change_view(&self, change: impl FnOnce(&mut View)) {
        let mut view = self.view.write();
        let mut next = View::clone(&view);
        change(&mut next);
        *view = Arc::new(next);
    }

    /// Hides the rows of a range from readers that see its commit.
    pub(crate) fn hide(&self, range: RemovedRange) {
        self.change_view(|view| view.removed = Arc::new(view.removed.with(range)));
    }

    pub(crate) fn has_frozen(&self) -> bool {
        !self.view().frozen.is_empty()
    }

    /// Makes a change durable and shows it: other levels, and perhaps one frozen memtable less. Ranges
    /// that hide nothing any more go with it.
    pub(crate) fn change(&self, change: Change<'_>) -> Result<(), TreeError> {
        let Change { come, levels, flushed } = change;
        let _writing = self.manifest.lock();
        let view = self.view();
        let levels = Arc::new(levels(&view.levels));
        let left = match flushed {
            Some(_) => view.frozen.len() - 1,
            None => view.frozen.len(),
        };
        let memtables = || std::iter::once(&view.active).chain(&view.frozen[..left]);
        let removed = view.removed.retaining(|range| {
            memtables().any(|memtable| memtable.may_have_before(range.commit))
                || levels.meeting(range).any(|(_, table)| range.may_hide_in(table))
        });
        let in_tables = flushed.and_then(|memtable| memtable.last());
        let in_tables = in_tables.unwrap_or_else(|| self.in_tables.load(Ordering::Relaxed));
        let manifest = Manifest {
            number: self.number.load(Ordering::Relaxed),
            commit: self.visible(),
            in_tables,
            log: memtables().last().expect("one is active").log,
            tables: levels.iter().map(|(level, table)| (level_byte(level), table.entry)).collect(),
            removed: removed.iter().cloned().collect(),
            has_watermark: true,
        };
        if let Err(error) = manifest.prepare(&self.dir, &self.options) {
            // Nothing names the new tables.
            come.iter().for_each(|table| table.retire());
            return Err(error);
        }
        Manifest::exchange(&self.dir, &self.options)?;
        self.watermark.forget_before(manifest.log);
        self.in_tables.store(in_tables, Ordering::Relaxed);
        let gone: HashSet<Commit> = {
            let left: HashSet<Commit> = removed.iter().map(|range| range.commit).collect();
            let before = view.removed.iter().map(|range| range.commit);
            before.filter(|commit| !left.contains(commit)).collect()
        };
        self.change_view(|view| {
            view.levels = levels;
            view.frozen.truncate(view.frozen.len() - usize::from(flushed.is_some()));
            if !gone.is_empty() {
                let removed = view.removed.retaining(|range| !gone.contains(&range.commit));
                view.removed = Arc::new(removed);
            }
        });
        Ok(())
    }
}

/// What changes.
pub(crate) struct Change<'c> {
    /// Tables that are new.
    pub(crate) come: &'c [Arc<Table>],
    /// The levels, from those that there are by then.
    pub(crate) levels: &'c dyn Fn(&Levels) -> Levels,
    /// The oldest frozen memtable, if its rows are in the new tables.
    pub(crate) flushed: Option<&'c Memtable>,
}

fn level_byte(level: usize) -> u8 {
    u8::try_from(level).expect("there are seven levels")
}
