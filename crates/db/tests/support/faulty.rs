//! A store in memory that a test can hold up or make fail.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use store::{
    Condition, Direction, Guard, MemoryStore, Row, RowKey, RowRange, Store, StoreError, Ticket,
    Write,
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
}

/// Latches of a [`Faulty`] store.
pub(crate) struct FaultyGuard {
    inner: <MemoryStore as Store>::Guard,
    held: watch::Receiver<bool>,
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
        }
    }

    /// Tickets handed out from now on wait.
    pub(crate) fn hold(&self) {
        self.held.send_replace(true);
    }

    /// All tickets resolve.
    pub(crate) fn release(&self) {
        self.held.send_replace(false);
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
    }

    /// Whether removing a range fails.
    pub(crate) fn keep_ranges(&self, keep: bool) {
        self.keeps_ranges.store(keep, Ordering::Relaxed);
    }
}

impl Store for Faulty {
    type Guard = FaultyGuard;

    async fn get(&self, key: &RowKey) -> Result<Option<Bytes>, StoreError> {
        self.inner.get(key).await
    }

    async fn range(
        &self,
        range: &RowRange,
        direction: Direction,
        visit: impl FnMut(Row<'_>) -> ControlFlow<()> + Send,
    ) -> Result<(), StoreError> {
        let mut held = self.ranges_held.subscribe();
        held.wait_for(|held| !held).await.expect("the store is alive");
        self.inner.range(range, direction, visit).await
    }

    async fn read_atomically(&self, keys: &[RowKey]) -> Result<Vec<Option<Bytes>>, StoreError> {
        self.inner.read_atomically(keys).await
    }

    async fn lock(&self, keys: &[RowKey]) -> FaultyGuard {
        let is_read_only = self.is_read_only.load(Ordering::Relaxed);
        FaultyGuard {
            inner: self.inner.lock(keys).await,
            held: self.held.subscribe(),
            is_read_only,
        }
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

    fn submit(self, writes: Vec<Write>) -> Ticket {
        if self.is_read_only {
            return Ticket::done(Err(StoreError::read_only("it was told to be")));
        }
        let ticket = self.inner.submit(writes);
        let (sender, receiver) = tokio::sync::oneshot::channel();
        let mut held = self.held;
        tokio::spawn(async move {
            let outcome = ticket.wait().await;
            let _the_store_is_alive = held.wait_for(|held| !held).await;
            let _somebody_waits = sender.send(outcome);
        });
        Ticket::pending(receiver)
    }
}
