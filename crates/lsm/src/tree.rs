//! The tree: opening it, committing to it, reading it.

mod opening;

use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use bytes::Bytes;
use parking_lot::Mutex;

use crate::background;
use crate::core::Core;
use crate::error::TreeError;
use crate::log::{Change, LogWriter};
use crate::memtable::Memtable;
use crate::options::TreeOptions;
use crate::pace::{self, Debt};
use crate::removed::RemovedRange;
use crate::snapshot::Snapshot;
use crate::view::View;

/// Memtables that may wait to be flushed.
const FROZEN_MAX: usize = 2;
/// So many tables in level 0 are written no more when they cannot be merged: damage, a full disk.
const LEVEL_0_TABLES_MAX: usize = 64;
/// How much larger than a memtable its log segment may become: rows that change again and again
/// take space there only.
const LOG_FACTOR: u64 = 4;

/// An open tree.
pub struct Tree {
    core: Arc<Core>,
    writer: Mutex<LogWriter>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

impl Tree {
    /// Opens or creates the tree in `dir`, which exists. Nobody else may have it open.
    ///
    /// # Errors
    /// [`TreeError::Damaged`] and [`TreeError::Io`].
    pub fn open(dir: &Path, options: TreeOptions) -> Result<Self, TreeError> {
        let (core, writer) = opening::open(dir, options)?;
        let core = Arc::new(core);
        let mut tree = Self { core, writer: Mutex::new(writer), threads: Mutex::default() };
        background::start(&tree.core, tree.threads.get_mut())?;
        Ok(tree)
    }

    /// The value of a row.
    ///
    /// # Errors
    /// [`TreeError::Damaged`] and [`TreeError::Io`].
    pub fn get(&self, key: &[u8]) -> Result<Option<Bytes>, TreeError> {
        // The view first: whatever it has is visible by then.
        let view = self.core.view();
        self.core.get(&view, || self.core.visible(), key)
    }

    /// All rows as they are now.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot::new(Arc::clone(&self.core))
    }

    /// Makes changes durable and visible, all at once: rows, each once, and before them the removal
    /// of every row from `removed.0` on and before `removed.1`.
    ///
    /// # Errors
    /// Whatever went wrong, the tree has to be opened anew; the commit may be there then.
    pub fn commit<'c>(
        &self,
        changes: impl Iterator<Item = Change<'c>> + Clone,
        removed: Option<(&[u8], &[u8])>,
    ) -> Result<(), TreeError> {
        let core = &*self.core;
        let mut writer = self.writer.lock();
        self.make_room(&mut writer)?;
        let commit = core.visible() + 1;
        let logged = writer.append(commit, changes.clone(), removed);
        if let Err(error) = logged {
            // Before anybody is told. When it fails, too, it is tried again.
            let _refused = core.refuse(&writer);
            core.signals.fail(&error);
            return Err(error);
        }
        core.watermark.reached(commit, writer.mark());
        if let Some((start, end)) = removed {
            core.hide(RemovedRange { start: start.to_vec(), end: end.to_vec(), commit });
        }
        let active = Arc::clone(&core.view().active);
        active.apply(commit, changes, &core.snapshots.readers(|| core.visible()));
        core.publish(commit);
        if removed.is_some() {
            core.signals.wake();
        }
        Ok(())
    }

    /// How many commits there were.
    pub fn commits(&self) -> u64 {
        self.core.visible()
    }

    /// How long the writer is to wait before the next commit, having made one of so many bytes.
    #[expect(clippy::cast_precision_loss, reason = "a rough figure is enough")]
    pub fn pause_after(&self, bytes: usize) -> Duration {
        let View { active, frozen, levels, .. } = &*self.core.view();
        let held = active.bytes() + frozen.iter().map(|table| table.bytes()).sum::<usize>();
        let room = self.core.options.memtable_bytes * (FROZEN_MAX + 1);
        let memory = if frozen.is_empty() { 0.0 } else { held as f64 / room as f64 };
        pace::pause(Debt { tables: levels.level(0).len(), memory }, bytes)
    }

    /// How often reads have asked for a block of rows.
    #[cfg(test)]
    pub(crate) fn blocks_asked(&self) -> u64 {
        self.core.cache.blocks_asked.load(std::sync::atomic::Ordering::Relaxed)
    }

    /// Why nothing can be written any more, if so.
    fn failure(&self) -> Option<TreeError> {
        self.core.signals.failure()
    }

    /// Takes back what a commit that failed may have left in the log. Until it does, whoever opens the
    /// tree may find that commit.
    ///
    /// # Errors
    /// The log cannot be changed, or the watermark.
    pub fn retract(&self) -> Result<(), TreeError> {
        self.core.refuse(&self.writer.lock())
    }

    /// Writes everything in memory to tables.
    ///
    /// # Errors
    /// Why it could not. What was committed is in the log.
    pub fn flush(&self) -> Result<(), TreeError> {
        let mut writer = self.writer.lock();
        if let Some(failure) = self.failure() {
            return Err(failure);
        }
        if !self.core.view().active.is_empty() {
            self.freeze(&mut writer)?;
        }
        drop(writer);
        background::wait_flushed(&self.core, || !self.core.has_frozen())
    }

    /// Writes everything in memory to tables, and ends what goes on in the background.
    ///
    /// # Errors
    /// Those of [`Tree::flush`].
    pub fn close(&self) -> Result<(), TreeError> {
        let flushed = self.flush();
        background::close(&self.core, std::mem::take(&mut *self.threads.lock()));
        flushed
    }

    /// Has the active memtable take one more commit.
    fn make_room(&self, writer: &mut LogWriter) -> Result<(), TreeError> {
        if let Some(failure) = self.failure() {
            return Err(failure);
        }
        let memtable_bytes = self.core.options.memtable_bytes;
        if self.core.view().levels.level(0).len() >= LEVEL_0_TABLES_MAX
            && let Some(failure) = self.core.signals.merge_failure()
        {
            return Err(failure);
        }
        let is_full = self.core.view().active.bytes() >= memtable_bytes
            || writer.bytes() >= LOG_FACTOR * memtable_bytes as u64;
        if !is_full {
            return Ok(());
        }
        let core = &self.core;
        background::wait_flushed(core, || core.view().frozen.len() < FROZEN_MAX)?;
        self.freeze(writer)
    }

    /// Begins another memtable, and another segment of the log. The one before is whole: had a commit
    /// failed in it, nothing would be written any more.
    fn freeze(&self, writer: &mut LogWriter) -> Result<(), TreeError> {
        let core = &*self.core;
        let number = core.next_number();
        let log = LogWriter::create(&core.dir, &core.options, number);
        *writer = log.inspect_err(|error| core.signals.fail(error))?;
        core.change_view(|view| {
            view.frozen.insert(0, Arc::clone(&view.active));
            view.active = Arc::new(Memtable::new(number));
        });
        core.signals.wake();
        Ok(())
    }
}

impl Drop for Tree {
    fn drop(&mut self) {
        // What was not flushed is in the log.
        background::close(&self.core, std::mem::take(self.threads.get_mut()));
    }
}

impl std::fmt::Debug for Tree {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Tree").field("dir", &self.core.dir).finish_non_exhaustive()
    }
}
