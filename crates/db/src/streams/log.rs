//! Writing: a commit's changes become records of the streams of their tables.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use bytes::Bytes;
use model::{ChangeOrigin, Item};
use smallvec::SmallVec;
use store::{AtomId, Guard, RowKey, Space, Ticket, Write};
use tokio::sync::RwLockReadGuard;

use super::Stream;
use super::record::{self, Change};
use super::shards::OpenShards;
use crate::stamp::Stamp;
use crate::table::Table;

/// The records of one commit, whose shards are chosen when it is queued.
#[derive(Debug)]
pub(crate) struct ChangeLog {
    origin: ChangeOrigin,
    records: Vec<Pending>,
}

#[derive(Debug)]
struct Pending {
    stream: Arc<Stream>,
    /// Of the item's partition.
    hash: u64,
    at_least: u64,
    body: Bytes,
}

/// A change that was decided, and the stamp it got.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Decided<'a> {
    pub(crate) row: &'a RowKey,
    /// The item before and after.
    pub(crate) sides: [Option<&'a Item>; 2],
    pub(crate) stamp: Stamp,
}

impl Default for ChangeLog {
    fn default() -> Self {
        Self::by(ChangeOrigin::Caller)
    }
}

impl ChangeLog {
    /// Of changes that `origin` makes.
    pub(crate) fn by(origin: ChangeOrigin) -> Self {
        Self { origin, records: Vec::new() }
    }

    /// Notes a change, if the table has a stream.
    pub(crate) fn note(&mut self, table: &Table, decided: Decided<'_>) {
        let Some(stream) = &table.stream else { return };
        let Decided { row, sides: [before, after], stamp } = decided;
        let change = Change { before, after, origin: self.origin, created_at_ms: stamp.ms() };
        self.records.push(Pending {
            stream: Arc::clone(stream),
            hash: row.borrowed().hash(),
            at_least: stamp.reading(),
            body: record::encode(table, stream.view, change),
        });
    }

    /// Queues `writes` with the records, once no rollover of their streams is under way.
    pub(crate) async fn submit<G: Guard>(
        self,
        guard: G,
        id: AtomId,
        mut writes: Vec<Write>,
    ) -> Ticket {
        let streams = self.streams();
        // Held until the atom is queued: no shard is closed in front of a record of its own.
        let mut open: SmallVec<[(Space, RwLockReadGuard<'_, OpenShards>); 1]> = SmallVec::new();
        for stream in &streams {
            open.push((stream.space, stream.open.read().await));
        }
        let shards = |stream: &Stream| {
            let found = open.iter().find(|(space, _)| *space == stream.space);
            **found.map(|(_, shards)| shards).expect("each record's stream was locked")
        };
        writes.extend(self.records.into_iter().filter_map(|record| {
            let open = shards(&record.stream);
            record.into_write(open)
        }));
        guard.submit(id, writes)
    }

    /// The streams of the records, each once. All commits lock them in this order, that of their
    /// spaces, so that no two wait for each other.
    fn streams(&self) -> SmallVec<[Arc<Stream>; 1]> {
        let mut streams: SmallVec<[Arc<Stream>; 1]> = SmallVec::new();
        for record in &self.records {
            if let Err(place) =
                streams.binary_search_by_key(&record.stream.space, |stream| stream.space)
            {
                streams.insert(place, Arc::clone(&record.stream));
            }
        }
        streams
    }
}

impl Pending {
    /// Nothing, when the stream was switched off meanwhile.
    fn into_write(self, open: OpenShards) -> Option<Write> {
        let log = self.stream.log(open.of_hash(self.hash)?);
        let at_least = self.at_least.max(open.first_record);
        self.stream.tally.written.fetch_add(1, Ordering::Relaxed);
        Some(Write::Append { log, at_least, value: self.body })
    }
}

impl Stream {
    /// The log of a shard.
    pub(super) fn log(&self, shard: u32) -> RowKey {
        self.place().log(u64::from(shard))
    }
}
