//! SurrealKV, spoken to in rows: the one module that knows its types and its files.
//!
//! Reads run on the caller's thread, each on a moment of its own, which costs a tenth of a
//! microsecond to take. A long range gives way to other tasks every thousand rows. Writing is
//! [`Engine::commit`], called by the committer alone, with nothing else in flight.

mod damage;
mod log;

use std::ops::{Bound, ControlFlow};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use store::{Direction, KeyBounds, Row, RowKey, RowKeyRef, RowsBefore, StoreError, log_range};
use surrealkv::{
    CipherPreference, CipherSuite, CompactRangeOptions, Durability, Error, LSMIterator, Mode,
    SoftwareKeyManager, Transaction, Tree, TreeBuilder, WalRecoveryMode,
};

use self::damage::Namer;
use crate::marker::DataKey;
use crate::{LocalError, LocalOptions};

/// With a cache smaller than the data, a get reads one block: of 4 KiB it takes 8 µs, of the
/// engine's default 64 KiB it takes 40 µs.
const BLOCK_BYTES: usize = 4096;
/// How many memtables fill one table file, which bounds what a compaction step holds in memory.
const MEMTABLES_PER_FILE: u64 = 2;
/// How much memory a change takes in the engine, compared with its own bytes.
const MEMORY_PER_BYTE_MAX: usize = 2;
/// How many rows a range shows before it gives way to other tasks. The engine's iterators cannot
/// outlive a turn, and seeking anew costs some microseconds.
const ROWS_PER_TURN: u32 = 1024;

/// What opening does about the half-written record that a crash leaves at the log's end: drop it.
/// The engine's default refuses to open over one in an encrypted log (1.2.0, `lsm.rs`: "already
/// tolerated by its replay", which `wal/sealed_recovery.rs` does not do). Crash rounds found it,
/// 2026-11-23; `tests/torn_log.rs` holds it. The mode drops more than what a crash leaves, so
/// [`log`] looks first.
const TORN_TAIL: WalRecoveryMode = WalRecoveryMode::SalvageValidPrefix;

/// The open engine.
pub(crate) struct Engine {
    tree: Tree,
    dir: PathBuf,
    namer: Namer,
    memtable_bytes: usize,
}

/// The durable rows as of one moment. The engine keeps them for as long as it lasts.
pub(crate) struct Moment(Transaction);

impl Engine {
    /// Opens or creates the engine's files in `dir`. Its tasks run on the runtime this is called
    /// in. AES is chosen rather than left to the engine, so that the format does not depend on the
    /// machine that created it.
    pub(crate) fn open(
        dir: &Path,
        data_key: &DataKey,
        options: &LocalOptions,
    ) -> Result<Self, LocalError> {
        log::examine(dir)?;
        let keys = Arc::new(SoftwareKeyManager::new(**data_key));
        let cipher = CipherPreference::Suite(CipherSuite::Aes256Gcm);
        let engine_options = surrealkv::Options::new()
            .with_path(dir.to_path_buf())
            .with_block_size(BLOCK_BYTES)
            .with_block_cache_capacity(options.cache_bytes)
            .with_max_memtable_size(options.memtable_bytes)
            .with_target_file_size(options.memtable_bytes as u64 * MEMTABLES_PER_FILE)
            .with_flush_on_close(true)
            .with_wal_recovery_mode(TORN_TAIL)
            .with_encryption(keys, cipher);
        let tree = TreeBuilder::with_options(engine_options.clone())
            .build()
            .map_err(|error| damage::of_opening(dir, &engine_options, &error))?;
        Ok(Self {
            tree,
            dir: dir.to_path_buf(),
            namer: Namer::new(dir, engine_options),
            memtable_bytes: options.memtable_bytes,
        })
    }

    /// Whether a commit of so many bytes may be too much for the memory that collects writes. The
    /// engine writes such a one to a table of its own, and what is in memory before it, beside it.
    pub(crate) fn may_overflow(&self, bytes: usize) -> bool {
        bytes > self.memtable_bytes / MEMORY_PER_BYTE_MAX
    }

    /// Where the engine's files lie.
    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    /// What a read answers, with the file that is damaged, if that is what it says.
    pub(crate) async fn named<T>(&self, read: Result<T, StoreError>) -> Result<T, StoreError> {
        match read {
            Ok(read) => Ok(read),
            Err(error) => Err(self.namer.name(error).await),
        }
    }

    /// The durable value of one row.
    pub(crate) fn get(&self, key: &RowKey) -> Result<Option<Bytes>, StoreError> {
        self.moment()?.get(key)
    }

    /// The durable values of several rows as of one moment.
    pub(crate) fn get_all(&self, keys: &[RowKey]) -> Result<Vec<Option<Bytes>>, StoreError> {
        let moment = self.moment()?;
        keys.iter().map(|key| moment.get(key)).collect()
    }

    /// Shows the durable rows within `bounds` as of one moment.
    pub(crate) async fn range(
        &self,
        bounds: KeyBounds,
        direction: Direction,
        visit: impl FnMut(Row<'_>) -> ControlFlow<()> + Send,
    ) -> Result<(), StoreError> {
        self.moment()?.range(bounds, direction, visit).await
    }

    /// Makes `changes` and the removal of the rows within `removed` durable, as one. No row may be
    /// changed twice, and none is: they come out of a map, or in order from a range.
    pub(crate) async fn commit<'a>(
        &self,
        changes: impl Iterator<Item = (&'a RowKey, Option<&'a Bytes>)>,
        removed: Option<&KeyBounds>,
    ) -> Result<(), StoreError> {
        let written = async {
            let mut transaction = self.tree.begin_with_mode(Mode::WriteOnly)?;
            transaction.set_durability(Durability::Immediate);
            for (key, value) in changes {
                match value {
                    Some(value) => transaction.set(key.as_bytes(), &value[..])?,
                    None => transaction.delete(key.as_bytes())?,
                }
            }
            if let Some(removed) = removed {
                transaction.delete_range(&removed.start[..], &removed.end[..])?;
            }
            transaction.commit().await
        };
        written.await.map_err(|error| StoreError::stopped(format!("a commit failed: {error}")))
    }

    /// Why the engine has given up in the background, if it has.
    pub(crate) fn background_failure(&self) -> Option<StoreError> {
        self.tree.is_stopped().then(|| match self.tree.background_error() {
            Some(failure) => StoreError::stopped(failure.error.to_string()),
            None => StoreError::stopped("the engine gave up"),
        })
    }

    /// Writes what is in memory to a table. Blocks until it is there, and is called by the committer
    /// alone: where a commit is logged in one segment of the log and, because memory was written
    /// out meanwhile, again in the next, the engine may remove the first although its manifest
    /// begins there, and does not open after a crash (1.2.0, `lsm.rs`:
    /// `flush_oldest_immutable_to_sst` looks at `group_wal_pin` a second time, when the commit has
    /// let go of it). Crash rounds found it, 2026-11-23; `tests/flush_in_commit.rs` holds it.
    pub(crate) fn flush(&self) {
        let nothing = CompactRangeOptions { target_level: Some(0), ..Default::default() };
        // What was not written out is still in memory and in the log, and the engine reports its
        // own failures.
        let _stays_in_memory = self.tree.compact_range(None, None, &nothing);
    }

    /// Gives the space back of removed rows that are in tables. Blocks for as long as rewriting
    /// these takes.
    pub(crate) fn reclaim(&self, ranges: &[KeyBounds]) {
        let options = CompactRangeOptions { flush_memtable: false, ..Default::default() };
        for bounds in ranges {
            let (start, end) = (Some(&bounds.start[..]), Some(&bounds.end[..]));
            // A failure loses nothing but space, and the engine reports its own.
            let _space_comes_back_later = self.tree.compact_range(start, end, &options);
        }
    }

    /// Writes what is in memory to tables, and closes the files.
    pub(crate) async fn close(&self) -> Result<(), StoreError> {
        self.tree.close().await.map_err(|error| failed(&error))
    }

    /// The durable rows as of now.
    pub(crate) fn moment(&self) -> Result<Moment, StoreError> {
        self.tree.begin_with_mode(Mode::ReadOnly).map(Moment).map_err(|error| failed(&error))
    }
}

impl Moment {
    /// The value of one row.
    pub(crate) fn get(&self, key: &RowKey) -> Result<Option<Bytes>, StoreError> {
        let value = self.0.get(key.as_bytes()).map_err(|error| failed(&error))?;
        Ok(value.map(Bytes::from))
    }

    /// Shows the rows within `bounds`.
    pub(crate) async fn range(
        &self,
        mut bounds: KeyBounds,
        direction: Direction,
        mut visit: impl FnMut(Row<'_>) -> ControlFlow<()> + Send,
    ) -> Result<(), StoreError> {
        while show_turn(&self.0, &mut bounds, direction, &mut visit)?.is_continue() {
            tokio::task::yield_now().await;
        }
        Ok(())
    }
}

impl RowsBefore for Engine {
    fn value(&self, key: &RowKey) -> Result<Option<Bytes>, StoreError> {
        self.get(key)
    }

    fn last_in(&self, log: &RowKey) -> Result<Option<RowKey>, StoreError> {
        let all = log_range(log, Bound::Unbounded, Bound::Unbounded).bounds(Direction::Backward);
        let Moment(now) = self.moment()?;
        let mut rows = now.range(&all.start[..], &all.end[..]).map_err(|error| failed(&error))?;
        match rows.seek_last().map_err(|error| failed(&error))? {
            true => Ok(Some(current(&rows)?.to_key())),
            false => Ok(None),
        }
    }
}

/// Shows one turn's rows and moves `bounds` behind them. Breaks when there is no next turn.
fn show_turn(
    moment: &Transaction,
    bounds: &mut KeyBounds,
    direction: Direction,
    visit: &mut impl FnMut(Row<'_>) -> ControlFlow<()>,
) -> Result<ControlFlow<()>, StoreError> {
    let rows = moment.range(&bounds.start[..], &bounds.end[..]);
    let mut rows = rows.map_err(|error| failed(&error))?;
    for shown in 0..ROWS_PER_TURN {
        let found = match (direction, shown) {
            (Direction::Forward, 0) => rows.seek_first(),
            (Direction::Backward, 0) => rows.seek_last(),
            (Direction::Forward, _) => rows.next(),
            (Direction::Backward, _) => rows.prev(),
        };
        if !found.map_err(|error| failed(&error))? || show(&rows, visit)?.is_break() {
            return Ok(ControlFlow::Break(()));
        }
    }
    bounds.go_on_behind(current(&rows)?, direction);
    Ok(ControlFlow::Continue(()))
}

fn show(
    rows: &impl LSMIterator,
    visit: &mut impl FnMut(Row<'_>) -> ControlFlow<()>,
) -> Result<ControlFlow<()>, StoreError> {
    let value = rows.value_ref().map_err(|error| failed(&error))?;
    Ok(visit(Row { key: current(rows)?, value: &value }))
}

fn current(rows: &impl LSMIterator) -> Result<RowKeyRef<'_>, StoreError> {
    RowKeyRef::parse(rows.key().user_key())
        .ok_or_else(|| StoreError::damaged("a row whose name is none"))
}

/// What a failed read or close asks of the caller.
fn failed(error: &Error) -> StoreError {
    let reason = error.to_string();
    match error {
        _ if error.is_poisoned() => StoreError::stopped(reason),
        _ if damage::is_damage(error) => StoreError::damaged(reason),
        _ => StoreError::failed(reason),
    }
}
