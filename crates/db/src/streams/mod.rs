//! The change log of tables, as DynamoDB Streams.
//!
//! What it is: a [`Stream`] is a log per shard ([`store::Write::Append`]) in a space of its own, so
//! that it outlives its table, and a row of the catalog's space that says what it is
//! (docs/format/streams.md). A change of an item becomes a record in the very commit that changes
//! the item; [`reading`](self::read) shows records that are durable.
//!
//! Invariants:
//! - An item is in exactly one open shard at a time, by the hash of its partition.
//! - Writers see durable shards alone. Whoever submits a record holds [`Stream::open`] while it reads
//!   which shards are open and queues the commit; a rollover has that lock to itself from before it
//!   queues its own commit until that is durable. So the queue has every record of the parent, then
//!   the rollover, and the child's first record comes when the child is durable. A rollover that
//!   fails leaves everything as it was.
//! - A record can be read for exactly as long as [`StreamOptions::retention`] says, and lies on disk
//!   for longer: what is removed is decided without looking at readers, what is shown by the clock.
//! - Readers learn of a rollover once it is durable, and all of the parent's records with it.

mod catalog;

mod iterator;
mod log;
mod read;
mod record;
mod shards;
mod tally;
mod upkeep;

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use model::{KeySchema, Scope, StreamArn, StreamStatus, StreamView, TableDefinition};
use parking_lot::RwLock;
use store::Space;

use crate::keys::{Place, kind};
use crate::stamp::StampSource;
use shards::{OpenShards, Shards};
use tally::{Ages, Tally};

pub(crate) use catalog::Plan;
pub(crate) use log::{ChangeLog, Decided};
pub use read::{Records, ShardPage};
pub use tally::StreamFigures;

/// Settings of all streams.
#[derive(Debug, Clone, Copy)]
pub struct StreamOptions {
    /// How many shards of a stream take changes at a time, at least 1.
    pub shards: u32,
    /// How long a shard takes changes before others follow it.
    pub shard_age: Duration,
    /// How long a record can be read.
    pub retention: Duration,
}

impl Default for StreamOptions {
    fn default() -> Self {
        let hours = |hours: u64| Duration::from_secs(hours * 60 * 60);
        Self { shards: 4, shard_age: hours(4), retention: hours(24) }
    }
}

/// A stream in use, or one that can still be read.
#[derive(Debug)]
pub(crate) struct Stream {
    pub(crate) arn: StreamArn,
    pub(crate) view: StreamView,
    pub(crate) created_at_ms: u64,
    /// Its table's key.
    pub(crate) key: KeySchema,
    pub(crate) space: Space,
    /// The shards as readers may know them: durable.
    shards: RwLock<Shards>,
    /// The open ones of `shards`, for writers, who wait here while a rollover is under way.
    open: tokio::sync::RwLock<OpenShards>,
    /// Held while the stream's catalog row is changed.
    changing: tokio::sync::Mutex<()>,
    tally: Arc<Tally>,
    ages: Ages,
}

/// The streams of every scope.
#[derive(Debug)]
pub(crate) struct Streams {
    pub(crate) options: StreamOptions,
    pub(crate) stamps: Arc<StampSource>,
    streams: RwLock<BTreeMap<StreamArn, Arc<Stream>>>,
    /// When old records were last removed.
    trimmed_at_ms: AtomicU64,
}

impl Stream {
    /// Where its records lie.
    pub(crate) fn place(&self) -> Place {
        Place { space: self.space, kind: kind::CHANGE }
    }

    /// What is durable of it, and which shards writers see; nothing while these change.
    pub(crate) fn held(&self) -> impl std::fmt::Debug {
        let about = (self.arn.clone(), self.view, self.created_at_ms, self.key.clone(), self.space);
        let open = self.open.try_read().map(|open| *open).ok();
        (about, self.shards.read().clone(), open)
    }

    pub(crate) fn status(&self) -> StreamStatus {
        match self.shards.read().disabled_at_ms {
            None => StreamStatus::Enabled,
            Some(_) => StreamStatus::Disabled,
        }
    }
}

impl Streams {
    fn new(options: StreamOptions, stamps: Arc<StampSource>) -> Self {
        Self { options, stamps, streams: RwLock::default(), trimmed_at_ms: AtomicU64::new(0) }
    }

    pub(crate) fn find(&self, arn: &StreamArn) -> Option<Arc<Stream>> {
        self.streams.read().get(arn).cloned()
    }

    /// Up to `limit` streams of a scope behind `after`, of one table or all, and whether more
    /// follow.
    pub(crate) fn list(
        &self,
        scope: &Scope,
        table: Option<&str>,
        after: Option<&StreamArn>,
        limit: usize,
    ) -> (Vec<StreamArn>, bool) {
        let streams = self.streams.read();
        let lower = after.map_or(Bound::Unbounded, Bound::Excluded);
        let run = streams.range::<StreamArn, _>((lower, Bound::Unbounded)).map(|(arn, _)| arn);
        let mut run =
            run.filter(|arn| arn.scope == *scope && table.is_none_or(|table| arn.table == table));
        let page = run.by_ref().take(limit).cloned().collect();
        (page, run.next().is_some())
    }

    /// The stream that takes a table's changes.
    pub(crate) fn of_table(
        &self,
        scope: &Scope,
        definition: &TableDefinition,
    ) -> Option<Arc<Stream>> {
        definition.stream?;
        let label = definition.latest_stream_label.clone()?;
        let table = definition.name.clone();
        self.find(&StreamArn { scope: scope.clone(), table, label })
    }

    pub(crate) fn insert(&self, stream: Arc<Stream>) {
        self.streams.write().insert(stream.arn.clone(), stream);
    }

    pub(crate) fn remove(&self, arn: &StreamArn) {
        self.streams.write().remove(arn);
    }

    pub(crate) fn all(&self) -> Vec<Arc<Stream>> {
        self.streams.read().values().cloned().collect()
    }
}
