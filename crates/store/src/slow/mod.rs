//! A store in memory that behaves as a slow real one, for tests of whoever uses a store.
//!
//! What is submitted waits in a queue. Guards see it there, ordinary reads see the rows that are
//! durable, and a committer applies batches of it after a while: it lets everybody else run as often
//! as a seeded generator says, so that a test is slow in the same places each time and never sleeps.
//! A test may hold the queue, fail it, refuse what comes, and have an [`Inspector`] look at every
//! atom. Reads that ask for no more than [`Consistency::Eventual`] lag one batch behind if it is
//! told to be [`SlowStore::lagging`]. It passes the contract suite.

mod control;
mod queue;

use std::collections::BTreeMap;
use std::ops::{Bound, ControlFlow};
use std::sync::Arc;

use bytes::Bytes;
use parking_lot::Mutex;
use tokio::sync::watch;

use self::queue::{FailureCount, State};
use crate::{
    AtomId, Consistency, Direction, Guard, Health, LatchGuard, Latches, Row, RowChange, RowKey,
    RowRange, Snapshot, Store, StoreError, Ticket, Write,
};

type Rows = BTreeMap<RowKey, Bytes>;

/// Looks at everything that is submitted.
pub trait Inspector: Send + Sync + 'static {
    /// Judges an atom that is about to be queued.
    ///
    /// # Errors
    /// What is wrong with it. The store takes it nevertheless, and keeps the words for
    /// [`SlowStore::violations`].
    fn inspect(&self, atom: &Inspected<'_>) -> Result<(), String>;
}

/// An atom as an [`Inspector`] sees it.
#[derive(Debug)]
pub struct Inspected<'a> {
    /// The rows whose latches are held.
    pub latched: &'a [RowKey],
    /// What was submitted.
    pub writes: &'a [Write],
    /// What it comes to: appended rows have their numbers.
    pub changes: &'a [RowChange],
    /// The durable rows.
    pub durable: &'a BTreeMap<RowKey, Bytes>,
}

/// A store that takes its time. Clones are the same store.
#[derive(Clone)]
pub struct SlowStore {
    shared: Arc<Shared>,
}

struct Shared {
    latches: Latches,
    state: Mutex<State>,
    inspector: Option<Box<dyn Inspector>>,
    lags: bool,
    /// How many tickets are not resolved.
    waiting: watch::Sender<usize>,
    ranges_held: watch::Sender<bool>,
}

/// Latches of a [`SlowStore`].
pub struct SlowGuard {
    shared: Arc<Shared>,
    keys: Vec<RowKey>,
    latches: LatchGuard,
    failures: FailureCount,
    seen: Option<u64>,
}

/// The rows of a [`SlowStore`] at one moment.
pub struct SlowSnapshot {
    shared: Arc<Shared>,
    rows: Arc<Rows>,
}

impl Shared {
    fn serving(&self) -> Result<(), StoreError> {
        self.state.lock().serving()
    }

    /// The durable rows that a read shows.
    fn rows(&self, consistency: Consistency) -> Result<Arc<Rows>, StoreError> {
        let state = self.state.lock();
        state.serving()?;
        Ok(match (consistency, &state.rows_before) {
            (Consistency::Eventual, Some(before)) => Arc::clone(before),
            _ => Arc::clone(&state.rows),
        })
    }

    /// Has the committer run, unless it does or there is nothing to do.
    fn wake(self: &Arc<Self>) {
        if self.state.lock().begins_committing() {
            tokio::spawn(Arc::clone(self).commit());
        }
    }

    /// Works the queue off.
    async fn commit(self: Arc<Self>) {
        loop {
            let turns = self.state.lock().random(8);
            for _ in 0..turns {
                tokio::task::yield_now().await;
            }
            let goes_on = self.state.lock().commit_batch(self.lags);
            self.tell_waiting();
            if !goes_on {
                return;
            }
        }
    }

    fn tell_waiting(&self) {
        let waiting = self.state.lock().tickets();
        self.waiting.send_replace(waiting);
    }
}

impl Store for SlowStore {
    type Guard = SlowGuard;
    type Snapshot = SlowSnapshot;

    async fn get(
        &self,
        key: &RowKey,
        consistency: Consistency,
    ) -> Result<Option<Bytes>, StoreError> {
        Ok(self.shared.rows(consistency)?.get(key).cloned())
    }

    async fn range(
        &self,
        range: &RowRange,
        direction: Direction,
        consistency: Consistency,
        visit: impl FnMut(Row<'_>) -> ControlFlow<()> + Send,
    ) -> Result<(), StoreError> {
        let mut held = self.shared.ranges_held.subscribe();
        held.wait_for(|held| !held).await.expect("the store is alive");
        show(&*self.shared.rows(consistency)?, range, direction, visit);
        Ok(())
    }

    async fn read_atomically(&self, keys: &[RowKey]) -> Result<Vec<Option<Bytes>>, StoreError> {
        let rows = self.shared.rows(Consistency::Strong)?;
        Ok(keys.iter().map(|key| rows.get(key).cloned()).collect())
    }

    async fn snapshot(&self) -> Result<Option<SlowSnapshot>, StoreError> {
        let rows = self.shared.rows(Consistency::Strong)?;
        Ok(Some(SlowSnapshot { shared: Arc::clone(&self.shared), rows }))
    }

    async fn lock(&self, keys: &[RowKey]) -> SlowGuard {
        let latches = self.shared.latches.lock(keys).await;
        let (shared, keys) = (Arc::clone(&self.shared), keys.to_vec());
        let failures = shared.state.lock().failures;
        SlowGuard { shared, keys, latches, failures, seen: None }
    }

    async fn delete_range(&self, range: &RowRange) -> Result<(), StoreError> {
        tokio::task::yield_now().await;
        self.shared.state.lock().remove(range)
    }

    async fn close(&self) -> Result<(), StoreError> {
        let closed = self.shared.state.lock().close(self.shared.lags);
        self.shared.tell_waiting();
        closed
    }

    fn health(&self) -> Health {
        self.shared.state.lock().health()
    }
}

impl Guard for SlowGuard {
    async fn read(&mut self, key: &RowKey) -> Result<Option<Bytes>, StoreError> {
        // Others run between any two reads of a guard.
        tokio::task::yield_now().await;
        let state = self.shared.state.lock();
        state.serving()?;
        let Some((value, number)) = state.pending(key) else {
            return Ok(state.rows.get(key).cloned());
        };
        self.seen = self.seen.max(Some(number));
        Ok(value)
    }

    fn submit(self, _: AtomId, writes: Vec<Write>) -> Ticket {
        let Self { shared, keys, latches, failures, seen } = self;
        let ticket = {
            let mut state = shared.state.lock();
            match writes.is_empty() {
                true => state.ticket_for(failures, seen),
                false => state.submit(failures, (&keys, writes), shared.inspector.as_deref()),
            }
        };
        shared.tell_waiting();
        shared.wake();
        drop(latches);
        ticket
    }
}

impl Snapshot for SlowSnapshot {
    async fn get(&self, key: &RowKey) -> Result<Option<Bytes>, StoreError> {
        self.shared.serving()?;
        Ok(self.rows.get(key).cloned())
    }

    async fn range(
        &self,
        range: &RowRange,
        direction: Direction,
        visit: impl FnMut(Row<'_>) -> ControlFlow<()> + Send,
    ) -> Result<(), StoreError> {
        self.shared.serving()?;
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
    let bounds = (Bound::Included(&bounds.start[..]), Bound::Excluded(&bounds.end[..]));
    let mut show = |(key, value): (&RowKey, &Bytes)| visit(Row { key: key.borrowed(), value });
    let mut run = rows.range::<[u8], _>(bounds);
    let _ended_early = match direction {
        Direction::Forward => run.try_for_each(&mut show),
        Direction::Backward => run.rev().try_for_each(&mut show),
    };
}

impl std::fmt::Debug for SlowStore {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("SlowStore").finish_non_exhaustive()
    }
}
