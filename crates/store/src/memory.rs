//! The in-memory store: a `BTreeMap` behind the contract.
//!
//! Nothing is pending here: `submit` applies the atom before it returns, so "durable" and "queued"
//! are the same, and a ticket is done when it is handed out. A range is shown under the map's read
//! lock, which makes it one moment; `visit` must therefore not call back into the store. A snapshot
//! shares the map until the next write, which then makes the map's only copy: writes cost nothing
//! while there is no snapshot.

use std::collections::BTreeMap;
use std::ops::{Bound, ControlFlow};
use std::sync::Arc;

use bytes::Bytes;
use parking_lot::RwLock;

use crate::{
    AtomId, Consistency, Direction, Guard, Health, KeyBounds, LatchGuard, Latches, Logs, Outcome,
    Row, RowKey, RowRange, RowsBefore, Snapshot, Store, StoreError, Ticket, Write, log_range,
    resolve,
};

const CLOSED: &str = "it was closed";

type Rows = BTreeMap<RowKey, Bytes>;

/// The rows of an open store, and the numbers of its logs.
#[derive(Debug)]
struct Content {
    rows: Arc<Rows>,
    logs: Logs,
}

/// A store that lives as long as the process.
#[derive(Debug, Clone)]
pub struct MemoryStore {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    latches: Latches,
    /// `None` once closed.
    content: RwLock<Option<Content>>,
}

/// Latches of a [`MemoryStore`].
#[derive(Debug)]
pub struct MemoryGuard {
    shared: Arc<Shared>,
    latches: LatchGuard,
}

/// The rows of a [`MemoryStore`] at one moment.
#[derive(Debug)]
pub struct MemorySnapshot {
    shared: Arc<Shared>,
    rows: Arc<Rows>,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::holding(Rows::new())
    }

    /// A store that holds these rows.
    pub fn holding(rows: BTreeMap<RowKey, Bytes>) -> Self {
        let content = Content { rows: Arc::new(rows), logs: Logs::default() };
        let content = RwLock::new(Some(content));
        Self { shared: Arc::new(Shared { latches: Latches::new(), content }) }
    }
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

impl Shared {
    fn read<T>(&self, read: impl FnOnce(&Rows) -> T) -> Result<T, StoreError> {
        self.content.read().as_ref().map(|content| read(&content.rows)).ok_or_else(closed)
    }

    fn write<T>(&self, write: impl FnOnce(&mut Content) -> T) -> Result<T, StoreError> {
        self.content.write().as_mut().map(write).ok_or_else(closed)
    }

    fn apply(&self, writes: Vec<Write>) -> Result<Outcome, StoreError> {
        self.write(|Content { rows, logs }| {
            let changes = resolve(writes, logs, &**rows)?;
            let rows = Arc::make_mut(rows);
            for (key, value) in changes {
                match value {
                    Some(value) => rows.insert(key, value),
                    None => rows.remove(&key),
                };
            }
            Ok(Outcome::Applied)
        })?
    }
}

impl RowsBefore for Rows {
    fn value(&self, key: &RowKey) -> Result<Option<Bytes>, StoreError> {
        Ok(self.get(key).cloned())
    }

    fn last_in(&self, log: &RowKey) -> Result<Option<RowKey>, StoreError> {
        let bounds = log_range(log, Bound::Unbounded, Bound::Unbounded).bounds(Direction::Backward);
        let mut run = self.range::<[u8], _>(within(&bounds));
        Ok(run.next_back().map(|(key, _)| key.clone()))
    }
}

impl Store for MemoryStore {
    type Guard = MemoryGuard;
    type Snapshot = MemorySnapshot;

    async fn get(&self, key: &RowKey, _: Consistency) -> Result<Option<Bytes>, StoreError> {
        self.shared.read(|rows| rows.get(key).cloned())
    }

    async fn range(
        &self,
        range: &RowRange,
        direction: Direction,
        _: Consistency,
        visit: impl FnMut(Row<'_>) -> ControlFlow<()> + Send,
    ) -> Result<(), StoreError> {
        self.shared.read(|rows| show(rows, range, direction, visit))
    }

    async fn read_atomically(&self, keys: &[RowKey]) -> Result<Vec<Option<Bytes>>, StoreError> {
        self.shared.read(|rows| keys.iter().map(|key| rows.get(key).cloned()).collect())
    }

    async fn snapshot(&self) -> Result<Option<MemorySnapshot>, StoreError> {
        let content = self.shared.content.read();
        let rows = content.as_ref().map(|content| Arc::clone(&content.rows));
        let shared = Arc::clone(&self.shared);
        Ok(Some(MemorySnapshot { shared, rows: rows.ok_or_else(closed)? }))
    }

    async fn lock(&self, keys: &[RowKey]) -> MemoryGuard {
        let latches = self.shared.latches.lock(keys).await;
        MemoryGuard { shared: Arc::clone(&self.shared), latches }
    }

    async fn delete_range(&self, range: &RowRange) -> Result<(), StoreError> {
        let bounds = range.bounds(Direction::Forward);
        self.shared.write(|Content { rows, .. }| {
            if bounds.is_empty() {
                return;
            }
            let rows = Arc::make_mut(rows);
            let run = rows.range::<[u8], _>(within(&bounds));
            let doomed: Vec<RowKey> = run.map(|(key, _)| key.clone()).collect();
            for key in doomed {
                rows.remove(&key);
            }
        })
    }

    async fn close(&self) -> Result<(), StoreError> {
        self.shared.content.write().take().map(drop).ok_or_else(closed)
    }

    fn health(&self) -> Health {
        match self.shared.content.read().is_some() {
            true => Health::Serving,
            false => Health::Stopped { reason: CLOSED.into() },
        }
    }
}

impl Guard for MemoryGuard {
    async fn read(&mut self, key: &RowKey) -> Result<Option<Bytes>, StoreError> {
        self.shared.read(|rows| rows.get(key).cloned())
    }

    fn submit(self, _: AtomId, writes: Vec<Write>) -> Ticket {
        let Self { shared, latches } = self;
        let result = shared.apply(writes);
        drop(latches);
        Ticket::done(result)
    }
}

impl Snapshot for MemorySnapshot {
    async fn get(&self, key: &RowKey) -> Result<Option<Bytes>, StoreError> {
        self.shared.read(|_| self.rows.get(key).cloned())
    }

    async fn range(
        &self,
        range: &RowRange,
        direction: Direction,
        visit: impl FnMut(Row<'_>) -> ControlFlow<()> + Send,
    ) -> Result<(), StoreError> {
        self.shared.read(|_| ())?;
        show(&self.rows, range, direction, visit);
        Ok(())
    }
}

fn show(
    rows: &Rows,
    range: &RowRange,
    direction: Direction,
    mut visit: impl FnMut(Row<'_>) -> ControlFlow<()>,
) {
    let bounds = range.bounds(direction);
    if bounds.is_empty() {
        return;
    }
    let mut show = |(key, value): (&RowKey, &Bytes)| visit(Row { key: key.borrowed(), value });
    let mut run = rows.range::<[u8], _>(within(&bounds));
    let _ended_early = match direction {
        Direction::Forward => run.try_for_each(&mut show),
        Direction::Backward => run.rev().try_for_each(&mut show),
    };
}

fn within(bounds: &KeyBounds) -> (Bound<&[u8]>, Bound<&[u8]>) {
    (Bound::Included(&bounds.start), Bound::Excluded(&bounds.end))
}

fn closed() -> StoreError {
    StoreError::stopped(CLOSED)
}
