//! The change log of a table, for readers within the process.
//!
//! What it is: a [`ChangeLog`] reads what GetRecords reads, and besides says where atoms end, waits
//! until there is more, and keeps what it has still to read. Triggers and backups will follow it.
//!
//! What it is not: it does not remember how far anybody has read. A reader that is to go on after a
//! restart stores that, and pins the stream from there again.
//!
//! ```text
//! pin ── read from there ── all of it was read? ── grown (waits) ── read on
//! ```
//! A `ChangeLog` listens from the moment it is made: what became durable before it was read is in
//! the answer, and what becomes durable afterwards ends the next wait.

use std::sync::Arc;

use model::api::{Record, Shard};
use model::{ApiError, Scope, SequenceNumber, StreamArn};
use store::{Store, StoreError};
use tokio::sync::watch;

use super::stream::{self, LogPage};
use crate::catalog::Catalog;
use crate::database::Db;
use crate::error::store_failed;
use crate::maintained::ends_atom;
use crate::schema::stream::{Pin, Stream};

/// A stream as it is read within the process.
#[derive(Debug)]
pub struct ChangeLog<S> {
    store: Arc<S>,
    catalog: Arc<Catalog<S>>,
    stream: Arc<Stream>,
    growth: watch::Receiver<()>,
}

/// A change and its place in its atom.
#[derive(Debug, Clone, PartialEq)]
pub struct LoggedChange {
    /// The change.
    pub record: Record,
    /// Whether it is the last of its atom in its shard; `None` when it was written by a version
    /// that did not say.
    pub ends_atom: Option<bool>,
}

impl<S: Store> Db<S> {
    /// Begins to follow a stream.
    ///
    /// # Errors
    /// [`ApiError::ResourceNotFound`].
    pub fn change_log(&self, scope: &Scope, stream: &StreamArn) -> Result<ChangeLog<S>, ApiError> {
        let stream = self.catalog().streams.named(scope, stream)?;
        let (store, catalog) = (Arc::clone(self.store()), Arc::clone(self.catalog()));
        let growth = stream.growth.listen();
        Ok(ChangeLog { store, catalog, stream, growth })
    }
}

impl<S: Store> ChangeLog<S> {
    /// The shards that are still known, parents before children.
    pub fn shards(&self) -> Vec<Shard> {
        self.stream.look(|shards| shards.described().collect())
    }

    /// The durable changes of a shard from a number on: at most `limit` of them, and fewer where
    /// they are large. None are there when everything was read. Those that are older than the
    /// retention are among them for as long as they are kept, which only a pin promises.
    ///
    /// # Errors
    /// [`ApiError::ResourceNotFound`] when the shard or the stream is gone, and
    /// [`ApiError::InternalServerError`] when the store fails.
    pub async fn read(
        &self,
        shard: &str,
        from: SequenceNumber,
        limit: u64,
    ) -> Result<Vec<LoggedChange>, ApiError> {
        self.catalog.streams.named(&self.stream.arn.scope, &self.stream.arn)?;
        let shard = stream::shard(&self.stream, shard)?;
        let page = LogPage::read(&*self.store, &self.stream, &shard, from.0, limit).await;
        let changes = page.map_err(store_failed)?.rows().map(|row| {
            let ends_atom = ends_atom(&row.1);
            let record = stream::record(&self.stream, &shard, row)?;
            Ok(LoggedChange { record, ends_atom })
        });
        changes.collect::<Result<_, StoreError>>().map_err(store_failed)
    }

    /// Waits until records or shards have become durable since the last wait, or since the log is
    /// followed. What was there before may have been read already. Of an atom whose writer does
    /// not wait for it yet, this hears when its writer does.
    pub async fn grown(&mut self) {
        let grown = self.growth.changed().await;
        grown.expect("the stream lives as long as its log");
    }

    /// Keeps the changes from a number on until the pin is dropped; `None` when some of them may
    /// have been removed already. Pins do not outlive the process: whoever owns one durably takes
    /// it again before [`Db::keep_up`] is called.
    pub fn pin(&self, from: SequenceNumber) -> Option<Pin> {
        self.stream.pins.pin(from.0)
    }
}
