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

mod catalog;
mod clock;
mod error;
mod gate;
mod index_changes;
mod item_rules;
mod keys;
mod metering;
mod mutation;
mod operations;
mod reading;
mod stamp;
mod stored;
mod table;
mod transactions;
mod transfer;
mod writing;

use std::sync::Arc;

use model::{ApiError, Scope, TableDefinition, TableRef};
use store::{Store, StoreError};

use catalog::Catalog;
use stamp::StampSource;
use table::Table;
use transactions::{Registry, Tokens};

pub use clock::{Clock, Ids};
pub use operations::{
    BatchAction, BatchGetItem, BatchGetItemAnswer, BatchGetTable, BatchWriteItem,
    BatchWriteItemAnswer, CapacityLimits, DeleteItem, GetItem, GetItemAnswer, ItemMetrics,
    ListTables, ListTablesAnswer, Page, PutItem, Query, Report, Scan, TagResource, TransactAction,
    TransactGet, TransactGetItems, TransactGetItemsAnswer, TransactOperation, TransactWriteItems,
    TransactWriteItemsAnswer, UntagResource, UpdateItem, UpdateTimeToLive, WriteAnswer,
};
pub use transfer::{Adoption, LoadError, Loaded, Loader, StoredTable, VisitedItem};

/// The database over one store.
#[derive(Debug)]
pub struct Db<S: Store> {
    store: Arc<S>,
    catalog: Arc<Catalog>,
    stamps: StampSource,
    ids: Box<dyn Ids>,
    transactions: Arc<Registry>,
    tokens: Tokens,
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
    /// Loads the catalog, and goes on with drops of tables that were cut short.
    ///
    /// # Errors
    /// What the store fails with, and [`StoreError::Damaged`] or [`StoreError::Failed`] when the
    /// catalog is not one that this version reads.
    pub async fn open(store: S, options: DbOptions) -> Result<Self, StoreError> {
        let store = Arc::new(store);
        let (catalog, dropped) = catalog::load(&*store).await?;
        if !dropped.is_empty() {
            tokio::spawn(catalog::remove_spaces(Arc::clone(&store), dropped));
        }
        Ok(Self {
            store,
            catalog: Arc::new(catalog),
            stamps: StampSource::new(options.clock, options.ids.writer()),
            ids: options.ids,
            transactions: Arc::new(Registry::default()),
            tokens: Tokens::default(),
        })
    }

    /// Finishes what is queued and closes the store.
    ///
    /// # Errors
    /// What the store fails with.
    pub async fn close(&self) -> Result<(), StoreError> {
        self.store.close().await
    }

    /// Changes what a table's definition says beside its key and indexes, in a task of its own: it
    /// goes on if the client goes away.
    async fn amend(
        &self,
        scope: &Scope,
        table: TableRef,
        change: impl FnOnce(&mut TableDefinition) -> Result<(), ApiError> + Send + 'static,
    ) -> Result<(), ApiError> {
        let (store, catalog) = (Arc::clone(&self.store), Arc::clone(&self.catalog));
        let amended = tokio::spawn(catalog::amend(store, catalog, scope.clone(), table, change));
        amended.await.map_err(|_| ApiError::InternalServerError)?
    }

    /// The table a data operation means.
    fn table(&self, scope: &Scope, table: &TableRef) -> Result<Arc<Table>, ApiError> {
        self.catalog.find(scope, table).ok_or_else(error::table_missing)
    }
}
