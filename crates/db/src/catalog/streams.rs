//! The streams of every scope, in memory: those of tables, and those that can still be read.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use model::{ApiError, Scope, StreamArn, TableDefinition};
use parking_lot::RwLock;

use crate::schema::stream::{Stream, Tally};

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

impl StreamOptions {
    /// Records from this moment on can be read, and no others. Those that lie before it are on disk
    /// for some time yet: for as long as an iterator is valid at least, so that a reader who was
    /// overtaken is told so, and one who missed nothing reads on.
    pub(crate) fn horizon_ms(&self, now_ms: u64) -> u64 {
        now_ms.saturating_sub(u64::try_from(self.retention.as_millis()).unwrap_or(u64::MAX))
    }
}

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

/// The streams by their ARNs.
#[derive(Debug)]
pub(crate) struct Streams {
    pub(crate) options: StreamOptions,
    streams: RwLock<BTreeMap<StreamArn, Arc<Stream>>>,
    /// When old records were last removed.
    trimmed_at_ms: AtomicU64,
}

impl Streams {
    pub(super) fn new(options: StreamOptions) -> Self {
        Self { options, streams: RwLock::default(), trimmed_at_ms: AtomicU64::new(0) }
    }

    pub(crate) fn find(&self, arn: &StreamArn) -> Option<Arc<Stream>> {
        self.streams.read().get(arn).cloned()
    }

    /// A stream that can be read.
    ///
    /// A stream of another account or region is none of this scope.
    ///
    /// # Errors
    /// [`ApiError::ResourceNotFound`].
    pub(crate) fn named(&self, scope: &Scope, arn: &StreamArn) -> Result<Arc<Stream>, ApiError> {
        let found = self.find(arn).filter(|stream| stream.arn.scope == *scope);
        found.ok_or_else(|| {
            let words = format!("Requested resource not found: Stream: {arn} not found");
            ApiError::ResourceNotFound(words)
        })
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
    pub(super) fn of_table(
        &self,
        scope: &Scope,
        definition: &TableDefinition,
    ) -> Option<Arc<Stream>> {
        definition.stream?;
        let label = definition.latest_stream_label.clone()?;
        let table = definition.name.clone();
        self.find(&StreamArn { scope: scope.clone(), table, label })
    }

    pub(super) fn insert(&self, stream: Arc<Stream>) {
        self.streams.write().insert(stream.arn.clone(), stream);
    }

    pub(super) fn remove(&self, arn: &StreamArn) {
        self.streams.write().remove(arn);
    }

    /// Whether it is time to remove old records; it is not again for `pause`.
    pub(crate) fn begin_trimming(&self, now_ms: u64, pause: Duration) -> bool {
        // A clock that was set back says nothing.
        let since_ms = now_ms.checked_sub(self.trimmed_at_ms.load(Ordering::Relaxed));
        let is_due = since_ms.is_none_or(|since_ms| u128::from(since_ms) >= pause.as_millis());
        if is_due {
            self.trimmed_at_ms.store(now_ms, Ordering::Relaxed);
        }
        is_due
    }

    pub(crate) fn all(&self) -> Vec<Arc<Stream>> {
        self.streams.read().values().cloned().collect()
    }

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
