//! The database: what every operation works with.

use std::sync::Arc;

use model::{ApiError, Scope, TableDefinition, TableRef};
use store::{Condition, Figure, Store, StoreError};

use crate::background::Background;
use crate::catalog::{self, Amended, Catalog};
use crate::clock::{Clock, Ids};
use crate::error;
use crate::expiry::ExpiryOptions;
use crate::indexing::Indexing;
use crate::stamp::StampSource;
use crate::streams::{StreamFigures, StreamOptions};
use crate::table::Table;
use crate::transactions::{Registry, Tokens};

/// The database over one store.
#[derive(Debug)]
pub struct Db<S: Store> {
    pub(crate) store: Arc<S>,
    pub(crate) catalog: Arc<Catalog>,
    pub(crate) stamps: Arc<StampSource>,
    pub(crate) ids: Box<dyn Ids>,
    pub(crate) transactions: Arc<Registry>,
    pub(crate) tokens: Tokens,
    pub(crate) background: Background,
    pub(crate) expiry: ExpiryOptions,
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
        let loaded = catalog::load(&store, options.streams, Arc::clone(&stamps)).await;
        let (catalog, dropped) = loaded?;
        let (catalog, background) = (Arc::new(catalog), Background::new());
        if !dropped.is_empty() {
            background.spawn(catalog::remove_spaces(
                Arc::clone(&store),
                Arc::clone(&stamps),
                dropped,
            ));
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

    /// What went through the streams of every table that has one, or had it a day ago.
    pub fn stream_figures(&self) -> Vec<StreamFigures> {
        self.catalog.streams.figures()
    }

    /// Changes what a table's definition says, in a task of its own: it goes on if the client goes
    /// away. What that means for indexes is done behind the requests.
    pub(crate) async fn amend(
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
    pub(crate) fn table(&self, scope: &Scope, table: &TableRef) -> Result<Arc<Table>, ApiError> {
        self.catalog.find(scope, table).ok_or_else(error::table_missing)
    }
}
