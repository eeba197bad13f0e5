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

mod background;
mod catalog;
mod clock;
mod error;
mod expiry;
mod gate;
mod index_changes;
mod indexing;
mod item_rules;
mod key_values;
mod keys;
mod metering;
mod mutation;
mod operations;
mod reading;
mod stamp;
mod stored;
mod streams;
mod table;
mod transactions;
mod transfer;
mod writing;

use std::sync::Arc;

use model::{ApiError, Scope, TableDefinition, TableRef};
use store::{Condition, Figure, Store, StoreError};

use background::Background;
use catalog::{Amended, Catalog};
use indexing::Indexing;
use stamp::StampSource;
use table::Table;
use transactions::{Registry, Tokens};

pub use clock::{Clock, Ids};
pub use expiry::{ExpiryFigures, ExpiryOptions};
pub use operations::{
    BatchAction, BatchGetItem, BatchGetItemAnswer, BatchGetTable, BatchWriteItem,
    BatchWriteItemAnswer, CapacityLimits, DeleteItem, GetItem, GetItemAnswer, GetRecords,
    GetShardIterator, ItemMetrics, ListStreams, ListStreamsAnswer, ListTables, ListTablesAnswer,
    Page, PutItem, Query, Report, Scan, TagResource, TimeToLive, TransactAction, TransactGet,
    TransactGetItems, TransactGetItemsAnswer, TransactOperation, TransactWriteItems,
    TransactWriteItemsAnswer, UntagResource, UpdateItem, UpdateTimeToLive, WriteAnswer,
};
pub use streams::{Records, ShardPage, StreamFigures, StreamOptions};
pub use transfer::{Adoption, LoadError, Loaded, Loader, StoredTable, VisitedItem};

/// The database over one store.
#[derive(Debug)]
pub struct Db<S: Store> {
    store: Arc<S>,
    catalog: Arc<Catalog>,
    stamps: Arc<StampSource>,
    ids: Box<dyn Ids>,
    transactions: Arc<Registry>,
    tokens: Tokens,
    background: Background,
    expiry: ExpiryOptions,
}

/// What a [`Db`] is given besides its store.
#[derive(Debug)]
pub struct DbOptions {
    /// Tells the time.
    pub clock: Box<dyn Clock>,
    /// Names what is new.
    pub ids: Box<dyn Ids>,
    /// How streams keep their records.
    pub streams: StreamOptions,
    /// How time to live may be changed.
    pub expiry: ExpiryOptions,
}

impl DbOptions {
    /// These, and settings as DynamoDB has them.
    pub fn new(clock: impl Clock, ids: impl Ids) -> Self {
        let (streams, expiry) = (StreamOptions::default(), ExpiryOptions::default());
        Self { clock: Box::new(clock), ids: Box::new(ids), streams, expiry }
    }
}

/// What time brings about. Each kind goes at its own pace, and none waits for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Upkeep {
    /// Shards that have been open for long are followed by others, and what streams have kept for
    /// long enough is removed.
    Streams,
    /// Items whose time has come are removed.
    Expiry,
}

impl Upkeep {
    /// All kinds.
    pub const ALL: [Self; 2] = [Self::Streams, Self::Expiry];
}

impl<S: Store> Db<S> {
    /// Loads the catalog, and goes on with what was cut short: tables and indexes that were
    /// dropped, indexes that came to a table.
    ///
    /// # Errors
    /// What the store fails with, and [`StoreError::Damaged`] or [`StoreError::Failed`] when the
    /// catalog is not one that this version reads.
    pub async fn open(store: S, options: DbOptions) -> Result<Self, StoreError> {
        let store = Arc::new(store);
        let stamps = Arc::new(StampSource::new(options.clock, options.ids.writer()));
        let loaded = catalog::load(&*store, options.streams, Arc::clone(&stamps)).await;
        let (catalog, dropped) = loaded?;
        let (catalog, background) = (Arc::new(catalog), Background::new());
        if !dropped.is_empty() {
            background.spawn(catalog::remove_spaces(Arc::clone(&store), dropped));
        }
        catalog::begin_streams(&store, &catalog).await?;
        Indexing::new(Arc::clone(&store), Arc::clone(&catalog), background.clone()).resume();
        Ok(Self {
            store,
            catalog,
            stamps,
            ids: options.ids,
            transactions: Arc::new(Registry::default()),
            tokens: Tokens::default(),
            background,
            expiry: options.expiry,
        })
    }

    /// Waits until nothing is left to do behind the requests: dropped rows are removed, and every
    /// index that was added is active. What the store has failed at is not waited for, unless it
    /// is read-only for now.
    pub async fn settled(&self) {
        self.background.settled().await;
    }

    /// Does what is due by the clock. To be called every so often for each kind of upkeep, which
    /// then is done before it returns.
    ///
    /// # Errors
    /// What the store fails with. The next call goes on from there.
    pub async fn keep_up(&self, upkeep: Upkeep) -> Result<(), StoreError> {
        match upkeep {
            Upkeep::Streams => self.catalog.streams.keep_up(&self.store).await,
            Upkeep::Expiry => self.remove_expired().await,
        }
    }

    /// Finishes what is queued and closes the store. Work behind the requests stops where it is,
    /// and goes on at the next open.
    ///
    /// # Errors
    /// What the store fails with.
    pub async fn close(&self) -> Result<(), StoreError> {
        self.background.stop();
        let closed = self.store.close().await;
        self.settled().await;
        closed
    }

    /// Whether the store serves just now.
    pub fn condition(&self) -> Condition {
        self.store.condition()
    }

    /// What the store tells about itself in numbers.
    pub fn figures(&self) -> Vec<Figure> {
        self.store.figures()
    }

    /// Changes what a table's definition says, in a task of its own: it goes on if the client goes
    /// away. What that means for indexes is done behind the requests.
    async fn amend(
        &self,
        scope: &Scope,
        table: TableRef,
        change: impl FnOnce(&Table, &mut TableDefinition) -> Result<(), ApiError> + Send + 'static,
    ) -> Result<Amended, ApiError> {
        let (store, catalog) = (Arc::clone(&self.store), Arc::clone(&self.catalog));
        let background = self.background.clone();
        let indexing = Indexing::new(Arc::clone(&store), Arc::clone(&catalog), background);
        let scope = scope.clone();
        let work = async move {
            let amended = catalog::amend(store, catalog, scope.clone(), table, change).await?;
            indexing.begin(&scope, Some(&amended.before), &amended.after);
            Ok(amended)
        };
        tokio::spawn(work).await.map_err(|_| ApiError::InternalServerError)?
    }

    /// The table a data operation means.
    fn table(&self, scope: &Scope, table: &TableRef) -> Result<Arc<Table>, ApiError> {
        self.catalog.find(scope, table).ok_or_else(error::table_missing)
    }
}
