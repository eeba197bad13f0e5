//! The engine, spoken to in rows: the one module that knows its types.
//!
//! Reads run on the caller's thread, ranges each on a moment of its own. A long range gives way to
//! other tasks every thousand rows. Writing is [`Engine::commit`], called by the committer alone,
//! with nothing else in flight; it blocks for as long as the disk takes.

use std::collections::HashSet;
use std::ops::{Bound, ControlFlow};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use lsm::{Advance, Background, Rows, Snapshot, Tree, TreeError, TreeOptions};
use parking_lot::Mutex;
use store::{Direction, KeyBounds, Row, RowKey, RowKeyRef, RowsBefore, StoreError, log_range};

use crate::marker::DataKey;
use crate::{LocalError, LocalOptions, Workers};

/// How many rows a range looks at before it gives way to other tasks.
const ROWS_PER_TURN: u32 = 1024;

/// The open engine.
pub(crate) struct Engine {
    tree: Tree,
    dir: PathBuf,
    /// Damage that the log has been told of.
    told: Mutex<HashSet<Arc<str>>>,
}

/// The durable rows as of one moment. The engine keeps them for as long as it lasts.
pub(crate) struct Moment(Snapshot);

impl Engine {
    /// Opens or creates the engine's files in `dir`. Blocks.
    pub(crate) fn open(
        dir: &Path,
        data_key: &DataKey,
        options: &LocalOptions,
    ) -> Result<Self, LocalError> {
        let LocalOptions { cache_bytes, memtable_bytes, ref files, ref workers, .. } = *options;
        let background = match workers {
            Workers::Threads => Background::Threads,
            Workers::Caller { stepper, .. } => Background::Steps(stepper.clone()),
        };
        let options = TreeOptions {
            files: Arc::clone(files),
            background,
            group: partition_bytes,
            wait: |run| store::relieved_of_tasks(run),
            ..TreeOptions::new(data_key.clone(), cache_bytes, memtable_bytes)
        };
        let tree = Tree::open(dir, options).map_err(|error| match error {
            TreeError::Damaged { file, what } => LocalError::Damaged { file, what: (*what).into() },
            other => LocalError::Engine { dir: dir.to_path_buf(), reason: other.to_string() },
        })?;
        Ok(Self { tree, dir: dir.to_path_buf(), told: Mutex::default() })
    }

    /// Where the engine's files lie.
    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    /// What a read answers; of damage the log is told once.
    pub(crate) fn told<T>(&self, read: Result<T, StoreError>) -> Result<T, StoreError> {
        read.inspect_err(|error| self.tell(error))
    }

    /// Tells the log of damage, once.
    pub(crate) fn tell(&self, error: &StoreError) {
        if let StoreError::Damaged { reason } = error
            && self.told.lock().insert(Arc::clone(reason))
        {
            tracing::error!(damage = &**reason, "restore the data directory from a backup");
        }
    }

    /// The durable value of one row.
    pub(crate) fn get(&self, key: &RowKey) -> Result<Option<Bytes>, StoreError> {
        self.tree.get(key.as_bytes()).map_err(failed)
    }

    /// The durable values of several rows as of one moment.
    pub(crate) fn get_all(&self, keys: &[RowKey]) -> Result<Vec<Option<Bytes>>, StoreError> {
        let moment = self.moment();
        keys.iter().map(|key| moment.get(key)).collect()
    }

    /// Makes `changes` and the removal of the rows within `removed` durable, as one. No row may be
    /// changed twice, and none is: they come out of a map, or in order from a range.
    pub(crate) fn commit<'a>(
        &self,
        changes: impl Iterator<Item = (&'a RowKey, Option<&'a Bytes>)> + Clone,
        removed: Option<&KeyBounds>,
    ) -> Result<(), StoreError> {
        let changes = changes.map(|(key, value)| (key.as_bytes(), value));
        let removed = removed.map(|bounds| (&bounds.start[..], &bounds.end[..]));
        let committed = self.tree.commit(changes, removed);
        committed.map_err(|error| StoreError::stopped(format!("a commit failed: {error}")))
    }

    /// Takes back what a commit that failed may have left. Blocks.
    pub(crate) fn retract(&self) -> Result<(), StoreError> {
        self.tree.retract().map_err(failed)
    }

    /// How many commits there were since the engine's files were begun.
    pub(crate) fn commits(&self) -> u64 {
        self.tree.commits()
    }

    /// How long the committer is to wait behind a commit of so many bytes.
    pub(crate) fn pause_after(&self, bytes: usize) -> Duration {
        self.tree.pause_after(bytes)
    }

    /// Writes what is in memory to tables, and closes the files. Blocks.
    pub(crate) fn close(&self) -> Result<(), StoreError> {
        self.tree.close().map_err(failed)
    }

    /// The durable rows as of now.
    pub(crate) fn moment(&self) -> Moment {
        Moment(self.tree.snapshot())
    }

    #[cfg(test)]
    pub(crate) fn tree(&self) -> &Tree {
        &self.tree
    }
}

impl Moment {
    /// The value of one row.
    pub(crate) fn get(&self, key: &RowKey) -> Result<Option<Bytes>, StoreError> {
        self.0.get(key.as_bytes()).map_err(failed)
    }

    /// Shows the rows within `bounds`.
    pub(crate) async fn range(
        &self,
        bounds: &KeyBounds,
        direction: Direction,
        mut visit: impl FnMut(Row<'_>) -> ControlFlow<()> + Send,
    ) -> Result<(), StoreError> {
        let mut rows = self.rows(bounds, direction)?;
        while show_turn(&mut rows, &mut visit)?.is_continue() {
            tokio::task::yield_now().await;
        }
        Ok(())
    }

    /// Shows the rows within `bounds`, in one turn.
    pub(crate) fn show(
        &self,
        bounds: &KeyBounds,
        direction: Direction,
        mut visit: impl FnMut(Row<'_>) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        let mut rows = self.rows(bounds, direction)?;
        while show_turn(&mut rows, &mut visit)?.is_continue() {}
        Ok(())
    }

    fn rows(&self, bounds: &KeyBounds, direction: Direction) -> Result<Rows, StoreError> {
        let direction = match direction {
            Direction::Forward => lsm::Direction::Forward,
            Direction::Backward => lsm::Direction::Backward,
        };
        self.0.rows(&bounds.start, &bounds.end, direction).map_err(failed)
    }
}

impl RowsBefore for Engine {
    fn value(&self, key: &RowKey) -> Result<Option<Bytes>, StoreError> {
        self.get(key)
    }

    fn last_in(&self, log: &RowKey) -> Result<Option<RowKey>, StoreError> {
        let all = log_range(log, Bound::Unbounded, Bound::Unbounded).bounds(Direction::Backward);
        let mut rows = self.moment().rows(&all, Direction::Backward)?;
        match rows.next().map_err(failed)? {
            Some((key, _)) => Ok(Some(named(key)?.to_key())),
            None => Ok(None),
        }
    }
}

/// How many bytes at a key's beginning are those of all rows of its partition.
fn partition_bytes(key: &[u8]) -> usize {
    RowKeyRef::parse(key).map_or(0, |row| key.len() - row.sort().len())
}

/// Shows one turn's rows. Breaks when there is no next turn.
fn show_turn(
    rows: &mut Rows,
    visit: &mut impl FnMut(Row<'_>) -> ControlFlow<()>,
) -> Result<ControlFlow<()>, StoreError> {
    let mut budget = ROWS_PER_TURN;
    while rows.advance(&mut budget).map_err(failed)? == Advance::Row {
        let (key, value) = rows.row().expect("it went to one");
        if visit(Row { key: named(key)?, value }).is_break() {
            return Ok(ControlFlow::Break(()));
        }
    }
    // The budget is spent, or the rows are.
    Ok(if budget == 0 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
}

fn named(key: &[u8]) -> Result<RowKeyRef<'_>, StoreError> {
    RowKeyRef::parse(key).ok_or_else(|| StoreError::damaged("a row whose name is none"))
}

/// What a failed read or close asks of the caller.
fn failed(error: TreeError) -> StoreError {
    let reason = error.to_string();
    match error {
        TreeError::Damaged { .. } => StoreError::damaged(reason),
        TreeError::Io { .. } => StoreError::failed(reason),
        TreeError::Stopped(_) => StoreError::stopped(reason),
    }
}
