//! Snapshots: a store as it was at one moment, for readers that take long.

use std::convert::Infallible;
use std::future::Future;
use std::ops::ControlFlow;

use bytes::Bytes;

use crate::{Direction, Row, RowKey, RowRange, StoreError};

/// The durable rows as they were when [`Store::snapshot`](crate::Store::snapshot) was called,
/// however much is written and removed since. Holding one keeps what it shows from being given
/// back.
///
/// Every read fails with [`StoreError::Stopped`] once the store is closed, and with
/// [`StoreError::Failed`] when the engine had to let go of the moment: its reader takes another
/// snapshot and begins anew.
pub trait Snapshot: Send + Sync + 'static {
    /// The row's value at that moment.
    fn get(&self, key: &RowKey) -> impl Future<Output = Result<Option<Bytes>, StoreError>> + Send;

    /// Shows the rows of `range` at that moment, in key order or against it, until `visit` breaks.
    fn range(
        &self,
        range: &RowRange,
        direction: Direction,
        visit: impl FnMut(Row<'_>) -> ControlFlow<()> + Send,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// The snapshot of an engine that has none.
#[derive(Debug)]
pub struct NoSnapshot(Infallible);

impl Snapshot for NoSnapshot {
    async fn get(&self, _: &RowKey) -> Result<Option<Bytes>, StoreError> {
        match self.0 {}
    }

    async fn range(
        &self,
        _: &RowRange,
        _: Direction,
        _: impl FnMut(Row<'_>) -> ControlFlow<()> + Send,
    ) -> Result<(), StoreError> {
        match self.0 {}
    }
}
