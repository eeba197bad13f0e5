//! A store in memory that a test can hold up or make fail.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use bytes::Bytes;
use store::{
    AtomId, Condition, Consistency, Direction, Guard, MemorySnapshot, MemoryStore, Row, RowKey,
    RowRange, Store, StoreError, Ticket, Write,
};
use tokio::sync::watch;

/// Applies writes at once, and hands out tickets that resolve when it is not held.
#[derive(Debug, Clone)]
pub(crate) struct Faulty {
    inner: MemoryStore,
    held: watch::Sender<bool>,
    ranges_held: watch::Sender<bool>,
    keeps_ranges: Arc<AtomicBool>,
    is_read_only: Arc<AtomicBool>,
    /// How many atoms are taken before the store turns read-only; none are counted at zero.
    atoms_left: Arc<AtomicUsize>,
    fails_held: Arc<AtomicBool>,
    waiting: watch::Sender<usize>,
}

/// Latches of a [`Faulty`] store.
pub(crate) struct FaultyGuard {
    inner: <MemoryStore as Store>::Guard,
    store: Faulty,
    is_read_only: bool,
}

impl Faulty {
    pub(crate) fn new() -> Self {
        let [held, ranges_held] = [(); 2].map(|()| watch::Sender::new(false));
        Self {
            inner: MemoryStore::new(),
            held,
            ranges_held,
            keeps_ranges: Arc::default(),
            is_read_only: Arc::default(),
            atoms_left: Arc::default(),
            fails_held: Arc::default(),
            waiting: watch::Sender::new(0),
        }
    }

    /// Tickets handed out from now on wait.
    pub(crate) fn hold(&self) {
        self.held.send_replace(true);
    }

    /// What is submitted while tickets wait is not applied, and its tickets will say so.
    pub(crate) fn fail_held(&self) {
        self.fails_held.store(true, Ordering::Relaxed);
    }

    /// All tickets resolve.
    pub(crate) fn release(&self) {
        self.fails_held.store(false, Ordering::Relaxed);
        self.held.send_replace(false);
    }

    /// How many tickets wait.
    pub(crate) fn tickets_waiting(&self) -> usize {
        *self.waiting.borrow()
    }

    /// Waits until so many tickets wait.
    pub(crate) async fn until_tickets_wait(&self, count: usize) {
        let mut waiting = self.waiting.subscribe();
        waiting.wait_for(|waiting| *waiting >= count).await.expect("the store is alive");
    }

    /// Reads of ranges begun from now on wait.
    pub(crate) fn hold_ranges(&self) {
        self.ranges_held.send_replace(true);
    }

    /// All reads of ranges go on.
    pub(crate) fn release_ranges(&self) {
        self.ranges_held.send_replace(false);
    }

    /// Whether writes are refused; in force for whoever takes latches from now on.
    pub(crate) fn be_read_only(&self, read_only: bool) {
        self.is_read_only.store(read_only, Ordering::Relaxed);
        self.atoms_left.store(0, Ordering::Relaxed);
    }

    /// Writes are refused once so many more atoms were submitted; at least one.
    pub(crate) fn be_read_only_after(&self, atoms: usize) {
        assert!(atoms > 0, "be_read_only says so at once");
        self.atoms_left.store(atoms, Ordering::Relaxed);
    }

    /// Whether removing a range fails.
    pub(crate) fn keep_ranges(&self, keep: bool) {
        self.keeps_ranges.store(keep, Ordering::Relaxed);
    }
}

impl Store for Faulty {
    type Guard = FaultyGuard;
    type Snapshot = MemorySnapshot;

    async fn get(
        &self,
        key: &RowKey,
        consistency: Consistency,
    ) -> Result<Option<Bytes>, StoreError> {
        self.inner.get(key, consistency).await
    }

    async fn range(
        &self,
        range: &RowRange,
        direction: Direction,
        consistency: Consistency,
        visit: impl FnMut(Row<'_>) -> ControlFlow<()> + Send,
    ) -> Result<(), StoreError> {
        let mut held = self.ranges_held.subscribe();
        held.wait_for(|held| !held).await.expect("the store is alive");
        self.inner.range(range, direction, consistency, visit).await
    }

    async fn read_atomically(&self, keys: &[RowKey]) -> Result<Vec<Option<Bytes>>, StoreError> {
        self.inner.read_atomically(keys).await
    }

    async fn snapshot(&self) -> Result<Option<MemorySnapshot>, StoreError> {
        self.inner.snapshot().await
    }

    async fn lock(&self, keys: &[RowKey]) -> FaultyGuard {
        let is_read_only = self.is_read_only.load(Ordering::Relaxed);
        FaultyGuard { inner: self.inner.lock(keys).await, store: self.clone(), is_read_only }
    }

    async fn delete_range(&self, range: &RowRange) -> Result<(), StoreError> {
        if self.keeps_ranges.load(Ordering::Relaxed) {
            return Err(StoreError::failed("ranges are kept"));
        }
        self.inner.delete_range(range).await
    }

    async fn close(&self) -> Result<(), StoreError> {
        self.inner.close().await
    }

    fn condition(&self) -> Condition {
        match self.is_read_only.load(Ordering::Relaxed) {
            true => Condition::ReadOnly { reason: "it was told to be".into() },
            false => self.inner.condition(),
        }
    }
}

impl Guard for FaultyGuard {
    async fn read(&mut self, key: &RowKey) -> Result<Option<Bytes>, StoreError> {
        self.inner.read(key).await
    }

    fn submit(self, id: AtomId, writes: Vec<Write>) -> Ticket {
        if self.is_read_only {
            return Ticket::done(Err(StoreError::read_only("it was told to be")));
        }
        let Faulty { held, fails_held, waiting, atoms_left, is_read_only, .. } = self.store;
        if !writes.is_empty() && atoms_left.load(Ordering::Relaxed) > 0 {
            is_read_only.store(atoms_left.fetch_sub(1, Ordering::Relaxed) == 1, Ordering::Relaxed);
        }
        let is_to_fail = fails_held.load(Ordering::Relaxed);
        let ticket = match is_to_fail {
            true => Ticket::done(Err(StoreError::read_only("it was told to be"))),
            false => self.inner.submit(id, writes),
        };
        let (sender, receiver) = tokio::sync::oneshot::channel();
        let mut held = held.subscribe();
        tokio::spawn(async move {
            let outcome = ticket.wait().await;
            waiting.send_modify(|waiting| *waiting += 1);
            let _the_store_is_alive = held.wait_for(|held| !held).await;
            waiting.send_modify(|waiting| *waiting -= 1);
            let _somebody_waits = sender.send(outcome);
        });
        Ticket::pending(receiver)
    }
}
