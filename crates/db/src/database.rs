//! The database: what every operation works with.

use std::sync::Arc;
use std::time::Duration;

use model::{ApiError, Scope, TableDefinition, TableRef};
use store::{Figure, Health, Store, StoreError};

use crate::background::Background;
use crate::catalog::{
    Amended, Catalog, NamedTable, Policy, SchemaView, StreamFigures, StreamOptions,
};
use crate::clock::{Clock, Ids};
use crate::error::{self, named_table_missing};
use crate::schema::Table;
use crate::session::Session;
use crate::tokens::Tokens;

/// The database over one store.
#[derive(Debug)]
pub struct Db<S: Store> {
    session: Arc<Session<S>>,
    catalog: Arc<Catalog<S>>,
    ids: Box<dyn Ids>,
    tokens: Tokens,
    background: Background,
    expiry: ExpiryOptions,
    leader: Arc<dyn Lead>,
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

/// Settings of time to live.
#[derive(Debug, Clone, Copy)]
pub struct ExpiryOptions {
    /// How long after a change of a table's time to live the next one is refused.
    pub change_interval: Duration,
}

/// Whoever leads on what a change of a table began.
pub(crate) trait Lead: Send + Sync {
    /// Takes note of a table's next version. Does not wait.
    fn begin(&self, scope: &Scope, before: Option<&Table>, after: &Table);
}

/// The parts of a [`Db`] that whoever opens it makes.
pub(crate) struct DbParts<S> {
    pub(crate) session: Arc<Session<S>>,
    pub(crate) catalog: Arc<Catalog<S>>,
    pub(crate) tokens: Tokens,
    pub(crate) background: Background,
    pub(crate) leader: Arc<dyn Lead>,
    pub(crate) ids: Box<dyn Ids>,
    pub(crate) expiry: ExpiryOptions,
}

impl std::fmt::Debug for dyn Lead {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Lead")
    }
}

impl Default for ExpiryOptions {
    fn default() -> Self {
        Self { change_interval: Duration::from_secs(60 * 60) }
    }
}

impl DbOptions {
    /// These, and settings as DynamoDB has them.
    pub fn new(clock: impl Clock, ids: impl Ids) -> Self {
        let (streams, expiry) = (StreamOptions::default(), ExpiryOptions::default());
        Self { clock: Box::new(clock), ids: Box::new(ids), streams, expiry }
    }
}

impl<S: Store> Db<S> {
    pub(crate) fn of(parts: DbParts<S>) -> Self {
        let DbParts { session, catalog, tokens, background, leader, ids, expiry } = parts;
        Self { session, catalog, ids, tokens, background, expiry, leader }
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
        let closed = self.store().close().await;
        self.settled().await;
        closed
    }

    /// Whether the store serves just now.
    pub fn health(&self) -> Health {
        self.store().health()
    }

    /// What the store tells about itself in numbers.
    pub fn figures(&self) -> Vec<Figure> {
        self.store().figures()
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
        let (catalog, leader) = (Arc::clone(&self.catalog), Arc::clone(&self.leader));
        let scope = scope.clone();
        in_its_own_task(async move {
            let amended = catalog.amend(scope.clone(), table, change).await?;
            leader.begin(&scope, Some(&amended.before), &amended.after);
            Ok(amended)
        })
        .await
    }

    /// Creates a table, in a task of its own.
    pub(crate) async fn create(
        &self,
        scope: &Scope,
        definition: TableDefinition,
        policy: Option<Policy>,
    ) -> Result<Arc<Table>, ApiError> {
        let (catalog, scope) = (Arc::clone(&self.catalog), scope.clone());
        in_its_own_task(async move { catalog.create(&scope, definition, policy).await }).await
    }

    /// Drops a table, in a task of its own; its rows go behind the requests.
    pub(crate) async fn drop_table(&self, scope: &Scope, table: TableRef) -> Result<(), ApiError> {
        let (catalog, background) = (Arc::clone(&self.catalog), self.background.clone());
        let scope = scope.clone();
        in_its_own_task(async move {
            let spaces = catalog.drop_table(&scope, &table).await?;
            background.spawn(async move { catalog.remove_spaces(spaces).await });
            Ok(())
        })
        .await
    }

    /// What requests may know of the tables of a scope before they are carried out.
    pub fn schema<'a>(&'a self, scope: &'a Scope) -> SchemaView<'a> {
        self.catalog.view(scope)
    }

    /// The table a data operation means.
    pub(crate) fn table(&self, scope: &Scope, table: &NamedTable) -> Result<Arc<Table>, ApiError> {
        let found = self.schema(scope).find(table).cloned().ok_or_else(error::table_missing)?;
        found.check_in_use()?;
        Ok(found)
    }

    /// The table an operation on declarations means.
    pub(crate) fn named_table(
        &self,
        scope: &Scope,
        table: &TableRef,
    ) -> Result<Arc<Table>, ApiError> {
        self.catalog.find(scope, table).ok_or_else(|| named_table_missing(table.name()))
    }

    pub(crate) fn session(&self) -> &Arc<Session<S>> {
        &self.session
    }

    pub(crate) fn store(&self) -> &Arc<S> {
        &self.session.store
    }

    pub(crate) fn catalog(&self) -> &Arc<Catalog<S>> {
        &self.catalog
    }

    pub(crate) fn ids(&self) -> &dyn Ids {
        &*self.ids
    }

    pub(crate) fn tokens(&self) -> &Tokens {
        &self.tokens
    }

    pub(crate) fn expiry_options(&self) -> ExpiryOptions {
        self.expiry
    }

    /// Milliseconds since the epoch, as the clock has them: for what is due by the clock.
    pub(crate) fn now_ms(&self) -> u64 {
        self.session.stamps.now_ms()
    }

    /// Milliseconds since the epoch for what is put in order by them: they never fall.
    pub(crate) fn moment_ms(&self) -> u64 {
        self.session.stamps.moment_ms()
    }
}

/// Runs `work` to its end, whether or not its client waits for it.
pub(crate) async fn in_its_own_task<T: Send + 'static>(
    work: impl Future<Output = Result<T, ApiError>> + Send + 'static,
) -> Result<T, ApiError> {
    tokio::spawn(work).await.map_err(|_| ApiError::InternalServerError)?
}
