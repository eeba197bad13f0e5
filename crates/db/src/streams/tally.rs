//! What was written to streams and read from them, in numbers.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use model::StreamArn;
use parking_lot::Mutex;

use super::Streams;

/// What went through the streams of one table, for whoever watches them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamFigures {
    /// The table's name; tables of other accounts and regions may have the same.
    pub table: String,
    /// Records queued with their changes, since the process started.
    pub written: u64,
    /// Records that GetRecords answered with, since the process started.
    pub read: u64,
    /// How old the last record was when it was read, in milliseconds: of the shard whose reader is
    /// farthest behind, and 0 when all have read everything.
    pub iterator_age_ms: u64,
}

/// Counts of one table. Its streams share them, so that they do not fall when an old one goes.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) written: AtomicU64,
    pub(super) read: AtomicU64,
}

/// How old the last record was that was read of a shard, by the shard's number. Shards that have
/// been read to their end are not there.
#[derive(Debug, Default)]
pub(super) struct Ages(Mutex<BTreeMap<u32, u64>>);

impl Ages {
    /// Notes a reading; `None`: there is nothing more to read.
    pub(super) fn note(&self, shard: u32, age_ms: Option<u64>) {
        let mut ages = self.0.lock();
        match age_ms {
            Some(age_ms) => ages.insert(shard, age_ms),
            None => ages.remove(&shard),
        };
    }

    fn greatest(&self) -> u64 {
        self.0.lock().values().copied().max().unwrap_or(0)
    }
}

impl Streams {
    /// The counts that a stream is to share.
    pub(super) fn tally_of(&self, arn: &StreamArn) -> Arc<Tally> {
        let streams = self.streams.read();
        let same = |other: &StreamArn| other.scope == arn.scope && other.table == arn.table;
        let found = streams.iter().find(|(other, _)| same(other));
        found.map(|(_, stream)| Arc::clone(&stream.tally)).unwrap_or_default()
    }

    /// What went through the streams of every table that has one, or had it a day ago.
    pub(crate) fn figures(&self) -> Vec<StreamFigures> {
        let mut tables: Vec<(Arc<Tally>, StreamFigures)> = Vec::new();
        // The streams of a table follow each other.
        for stream in self.all() {
            let iterator_age_ms = stream.ages.greatest();
            match tables.last_mut().filter(|(tally, _)| Arc::ptr_eq(tally, &stream.tally)) {
                Some((_, known)) => {
                    known.iterator_age_ms = known.iterator_age_ms.max(iterator_age_ms);
                }
                None => {
                    let tally = Arc::clone(&stream.tally);
                    let figures = StreamFigures {
                        table: stream.arn.table.clone(),
                        written: tally.written.load(Ordering::Relaxed),
                        read: tally.read.load(Ordering::Relaxed),
                        iterator_age_ms,
                    };
                    tables.push((tally, figures));
                }
            }
        }
        tables.into_iter().map(|(_, figures)| figures).collect()
    }
}
