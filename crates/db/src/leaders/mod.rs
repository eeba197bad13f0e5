//! What is led behind the requests: by the clock, and from phase to phase.
//!
//! What it is: [`Db::open`] goes on with what was cut short; an index or time to live that comes to
//! a table, or goes from it, is led through its phases (`phases`, `walk`); [`Db::keep_up`] follows
//! shards by others, trims streams and removes what has expired.
//!
//! What it is not: nothing here is waited for by a request.

mod expiry;
mod goal;
mod indexes;
mod phases;
mod streams;
mod walk;

use std::sync::Arc;

use model::Scope;
use store::{Store, StoreError};

pub use expiry::ExpiryFigures;

use crate::background::Background;
use crate::catalog::Catalog;
use crate::database::{Db, DbOptions, DbParts, Lead};
use crate::layout::stamp::StampSource;
use crate::schema::Table;
use crate::session::Session;
use crate::tokens::Tokens;
use expiry::ExpiryGoal;
use indexes::IndexGoal;
use phases::Phases;

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
        let DbOptions { clock, ids, streams, expiry } = options;
        let stamps = Arc::new(StampSource::new(clock, ids.writer()));
        let session = Arc::new(Session::new(Arc::new(store), stamps));
        let tokens = Tokens::open(&session).await?;
        let (catalog, dropped) = Catalog::load(Arc::clone(&session), streams).await?;
        let (catalog, background) = (Arc::new(catalog), Background::new());
        if !dropped.is_empty() {
            let catalog = Arc::clone(&catalog);
            background.spawn(async move { catalog.remove_spaces(dropped).await });
        }
        catalog.begin_streams().await?;
        catalog.begin_jobs().await?;
        let leader = Phases::new(Arc::clone(&session), Arc::clone(&catalog), background.clone());
        for (scope, table) in catalog.in_use() {
            leader.begin(&scope, None, &table);
        }
        let leader = Arc::new(leader);
        Ok(Self::of(DbParts { session, catalog, tokens, background, leader, ids, expiry }))
    }

    /// Does what is due by the clock. To be called every so often for each kind of upkeep, which
    /// then is done before it returns.
    ///
    /// # Errors
    /// What the store fails with. The next call goes on from there.
    pub async fn keep_up(&self, upkeep: Upkeep) -> Result<(), StoreError> {
        match upkeep {
            Upkeep::Streams => streams::keep_up(self.session(), self.catalog()).await,
            Upkeep::Expiry => self.remove_expired().await,
        }
    }
}

impl<S: Store> Lead for Phases<S> {
    fn begin(&self, scope: &Scope, before: Option<&Table>, after: &Table) {
        self.begin_with::<IndexGoal>(scope, before, after);
        self.begin_with::<ExpiryGoal>(scope, before, after);
    }
}
