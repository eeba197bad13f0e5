//! A store that counts the rows its ranges show: for tests that hold a reader to reading no more
//! than it needs.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;

use crate::{
    AtomId, Consistency, Direction, Figure, Health, Outcome, Row, RowKey, RowRange, Store,
    StoreError,
};

/// Passes everything on to the store within, and counts.
#[derive(Debug, Clone)]
pub struct Counting<S> {
    inner: S,
    rows_shown: Arc<AtomicU64>,
}

impl<S> Counting<S> {
    /// Counts from zero.
    pub fn new(inner: S) -> Self {
        Self { inner, rows_shown: Arc::default() }
    }

    /// The store within.
    pub fn inner(&self) -> &S {
        &self.inner
    }

    /// How many rows [`Store::range`] showed so far. Clones count together.
    pub fn rows_shown(&self) -> u64 {
        self.rows_shown.load(Ordering::Relaxed)
    }
}

impl<S: Store> Store for Counting<S> {
    type Guard = S::Guard;
    type Snapshot = S::Snapshot;

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
        mut visit: impl FnMut(Row<'_>) -> ControlFlow<()> + Send,
    ) -> Result<(), StoreError> {
        let counted = |row: Row<'_>| {
            self.rows_shown.fetch_add(1, Ordering::Relaxed);
            visit(row)
        };
        self.inner.range(range, direction, consistency, counted).await
    }

    async fn read_atomically(&self, keys: &[RowKey]) -> Result<Vec<Option<Bytes>>, StoreError> {
        self.inner.read_atomically(keys).await
    }

    async fn snapshot(&self) -> Result<Option<S::Snapshot>, StoreError> {
        self.inner.snapshot().await
    }

    async fn lock(&self, keys: &[RowKey]) -> Self::Guard {
        self.inner.lock(keys).await
    }

    async fn outcome_of(&self, id: AtomId) -> Result<Outcome, StoreError> {
        self.inner.outcome_of(id).await
    }

    async fn delete_range(&self, range: &RowRange) -> Result<(), StoreError> {
        self.inner.delete_range(range).await
    }

    async fn close(&self) -> Result<(), StoreError> {
        self.inner.close().await
    }

    fn health(&self) -> Health {
        self.inner.health()
    }

    fn figures(&self) -> Vec<Figure> {
        self.inner.figures()
    }
}
