//! A table's change log, as its writers and readers know it: DynamoDB Streams.
//!
//! What it is: a [`Stream`] is a log per shard ([`store::Write::Append`]) in a space of its own, so
//! that it outlives its table, and a row of the catalog's space that says what it is
//! (docs/format/streams.md). A change of an item becomes a record in the very commit that changes
//! the item (`maintained`); `reading` shows records that are durable.
//!
//! # Invariants
//! - An item is in exactly one open shard at a time, by the hash of its partition.
//! - A stream shows durable shards alone, to writers and readers alike ([`Stream::publish`]).
//! - Whoever waits for the stream ([`Growth`]) is woken when records or shards are durable, never
//!   before: by the session, which hears of the atom, and by [`Stream::publish`].
//! - No record that is pinned ([`Pin`]) is removed.
//! - A shard is closed before its child takes a record. Whoever submits a record is inside its
//!   table from before it reads which shards are open until the atom is queued; a rollover pauses
//!   the table and queues its own commit when nobody is inside. A rollover that fails leaves
//!   everything as it was.
//! - A record's number lies between its shard's first and last: a rollover closes a shard at a
//!   number above all that were queued, and its children begin above that.
//!
//! ```text
//! writers   put a=1 ── queued ┐           ┌ put a=2 waits        ┌ goes in, finds shard 4 open
//! rollover        pauses the table ─ commit: 0–3 closed, 4–7 open ─ durable: published ─ goes on
//! readers                     shards 0–3 open                     │ 0–3 closed, 4–7 open
//! ```

mod growth;
mod pins;
mod shards;
mod tally;

use std::sync::Arc;

use model::api::StreamStatus;
use model::{KeySchema, StreamArn, StreamView};
use parking_lot::RwLock;
use store::{RowKey, Space};

use crate::layout::keys::{Place, kind};

pub use pins::Pin;

use growth::Growth;
use pins::Pins;
pub(crate) use shards::{Closed, Moment, Shards, StoredShard};
pub(crate) use tally::{Ages, Tally};

/// A stream in use, or one that can still be read.
#[derive(Debug)]
pub(crate) struct Stream {
    pub(crate) arn: StreamArn,
    /// The ARN's, which every record shows.
    pub(crate) region: Arc<str>,
    pub(crate) view: StreamView,
    pub(crate) created_at_ms: u64,
    /// Its table's key.
    pub(crate) key: KeySchema,
    pub(crate) space: Space,
    shards: RwLock<Shards>,
    pub(crate) tally: Arc<Tally>,
    pub(crate) ages: Ages,
    /// Whoever waits for more of it.
    pub(crate) growth: Growth,
    /// What keeps its records from being removed.
    pub(crate) pins: Arc<Pins>,
}

/// What never changes of a stream.
#[derive(Debug, Clone)]
pub(crate) struct Founding {
    pub(crate) arn: StreamArn,
    pub(crate) view: StreamView,
    pub(crate) key: KeySchema,
    pub(crate) created_at_ms: u64,
}

impl Stream {
    pub(crate) fn new(founding: Founding, space: Space, shards: Shards, tally: Arc<Tally>) -> Self {
        let Founding { arn, view, key, created_at_ms } = founding;
        let (region, shards) = (arn.scope.region.as_str().into(), RwLock::new(shards));
        let (ages, growth, pins) = (Ages::default(), Growth::default(), Arc::default());
        Self { arn, region, view, created_at_ms, key, space, shards, tally, ages, growth, pins }
    }

    /// Where its records lie.
    fn place(&self) -> Place {
        Place { space: self.space, kind: kind::CHANGE }
    }

    /// The log of a shard.
    pub(crate) fn log(&self, shard: u32) -> RowKey {
        self.place().log(u64::from(shard))
    }

    /// Its shards as they are durable.
    pub(crate) fn shards(&self) -> Shards {
        self.shards.read().clone()
    }

    /// Looks at its durable shards.
    pub(crate) fn look<T>(&self, look: impl FnOnce(&Shards) -> T) -> T {
        look(&self.shards.read())
    }

    /// Shows other shards to everybody. They are durable, and nobody is inside the table who still
    /// writes to a shard that they close.
    pub(crate) fn publish(&self, shards: Shards) {
        *self.shards.write() = shards;
        self.growth.tell();
    }

    /// What is durable of it.
    pub(crate) fn held(&self) -> impl std::fmt::Debug {
        let about = (self.arn.clone(), self.view, self.created_at_ms, self.key.clone(), self.space);
        (about, self.shards())
    }

    pub(crate) fn status(&self) -> StreamStatus {
        self.look(|shards| match shards.disabled_at_ms {
            None => StreamStatus::Enabled,
            Some(_) => StreamStatus::Disabled,
        })
    }
}
