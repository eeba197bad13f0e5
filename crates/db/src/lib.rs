//! What an operation means.
//!
//! What it is: [`Db`] carries out resolved requests (no placeholder text is left in them) over any
//! [`Store`]: the catalog, items and their conditions, queries, indexes, batches, transactions and
//! the capacity each of them consumed.
//!
//! What it is not: it knows no JSON, no socket and no engine, and it reads no clock and rolls no
//! dice of its own: [`Clock`] and [`Ids`] are given to it.
//!
//! # Invariants
//! - Row keys are built in [`mod@keys`] and nowhere else.
//! - Index rows change in the same commit as their base row and carry its stamp.
//! - Every answer derived from a write, a failed condition and a no-op included, waits until what
//!   it was derived from is durable.
//! - Any of the futures may be dropped at any await: a write is then either carried out whole or
//!   not at all.
//!
//! # Flow
//! Every operation is one file under `operations/` and goes the same four steps: **find** the
//! table, **check** the request against it, **act** on the store, **answer**.

mod clock;
mod operations;

use std::sync::Arc;

use store::Store;

pub use clock::{Clock, Ids};
pub use operations::{
    BatchAction, BatchGetItem, BatchGetItemAnswer, BatchGetTable, BatchWriteItem,
    BatchWriteItemAnswer, DeleteItem, GetItem, GetItemAnswer, ItemMetrics, ListTables,
    ListTablesAnswer, Page, PutItem, Query, Report, Scan, TransactAction, TransactGet,
    TransactGetItems, TransactGetItemsAnswer, TransactOperation, TransactWriteItems,
    TransactWriteItemsAnswer, UpdateItem, WriteAnswer,
};

/// The database over one store.
#[derive(Debug)]
pub struct Db<S: Store> {
    store: Arc<S>,
}

/// What a [`Db`] is given besides its store.
#[derive(Debug)]
pub struct DbOptions {
    /// Tells the time.
    pub clock: Box<dyn Clock>,
    /// Names what is new.
    pub ids: Box<dyn Ids>,
}

impl<S: Store> Db<S> {
    /// Loads the catalog and finishes table drops that a crash cut short.
    pub async fn open(store: S, options: DbOptions) -> Result<Self, store::StoreError> {
        todo!()
    }

    /// Finishes what is queued and closes the store.
    pub async fn close(&self) -> Result<(), store::StoreError> {
        self.store.close().await
    }
}
