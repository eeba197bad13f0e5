//! Reading: shards, places in them, and the records behind a place.

use std::ops::{Bound, ControlFlow};
use std::sync::atomic::Ordering;

use bytes::{Bytes, BytesMut};
use model::api::Record;
use model::limits::{STREAM_RECORDS_BYTES_MAX, STREAM_RECORDS_MAX};
use model::{ApiError, EventId, Scope, SequenceNumber, ShardPosition};
use store::Consistency::Strong;
use store::{Direction, Store, StoreError, log_number, log_range};
use xxhash_rust::xxh3::xxh3_128;

use super::iterator::ShardIterator;
use crate::database::Db;
use crate::error::store_failed;
use crate::layout::stamp::Stamp;
use crate::maintained::decode_record;
use crate::schema::stream::{StoredShard, Stream};

impl<S: Store> Db<S> {
    /// The first number that records may have which can be read.
    fn horizon(&self) -> u64 {
        Stamp::first_reading(self.catalog().streams.options.horizon_ms(self.now_ms()))
    }

    /// Where a position lies, as an iterator.
    pub(crate) async fn locate(
        &self,
        stream: &Stream,
        shard_id: &str,
        position: ShardPosition,
    ) -> Result<String, ApiError> {
        let shard = shard(stream, shard_id)?;
        let horizon = self.horizon();
        let from = match position {
            ShardPosition::TrimHorizon => shard.first,
            ShardPosition::Latest => {
                let last =
                    last_number(&**self.store(), stream, &shard).await.map_err(store_failed)?;
                last.map_or(shard.first, |last| last + 1)
            }
            ShardPosition::At(number) | ShardPosition::After(number) if number.0 < horizon => {
                return Err(trimmed());
            }
            ShardPosition::At(number) => number.0,
            ShardPosition::After(number) => number.0.saturating_add(1),
            ShardPosition::AtTime(ms) => Stamp::first_reading(ms).max(shard.first),
        };
        let issued_at_ms = self.now_ms();
        let iterator = ShardIterator {
            stream: stream.arn.clone(),
            shard: shard_id.to_owned(),
            from: from.max(horizon),
            issued_at_ms,
        };
        Ok(iterator.encode())
    }

    /// The records behind an iterator.
    pub(crate) async fn records(
        &self,
        scope: &Scope,
        iterator: ShardIterator,
        limit: Option<u64>,
    ) -> Result<(Vec<Record>, Option<String>), ApiError> {
        let now_ms = self.now_ms();
        iterator.check_age(now_ms)?;
        let stream = self.catalog().streams.named(scope, &iterator.stream)?;
        // Before the records: whoever finds it closed finds all of them.
        let shard = shard(&stream, &iterator.shard)?;
        let horizon = self.horizon();
        let limit = limit.unwrap_or(STREAM_RECORDS_MAX);
        let page = LogPage::read(&**self.store(), &stream, &shard, iterator.from, limit).await;
        let page = page.map_err(store_failed)?;

        // The horizon may overtake an iterator. Its reader is refused if that cost a record (API
        // reference, GetRecords, TrimmedDataAccessException, 2026-11), and else goes on from there.
        if page.numbers.first().is_some_and(|(first, _)| *first < horizon) {
            return Err(trimmed());
        }
        let last = page.numbers.last().map(|(last, _)| last + 1);
        let from = last.unwrap_or_else(|| iterator.from.max(horizon));
        let is_full = page.is_full;
        let is_read = shard.closed.is_some() && !is_full;
        // A collected Result could not say how many records come.
        let mut records = Vec::with_capacity(page.numbers.len());
        for row in page.rows() {
            records.push(record(&stream, &shard, row).map_err(store_failed)?);
        }
        stream.tally.read.fetch_add(records.len() as u64, Ordering::Relaxed);
        let behind = records.last().filter(|_| is_full);
        let created_at_ms =
            |last: &Record| last.dynamodb.as_ref()?.approximate_creation_date_time_ms;
        let age_ms = behind.and_then(created_at_ms).map(|ms| now_ms.saturating_sub(ms));
        stream.ages.note(shard.number, age_ms);
        let next = ShardIterator { from, issued_at_ms: now_ms, ..iterator };
        Ok((records, (!is_read).then(|| next.encode())))
    }
}

/// A shard that is still known.
///
/// # Errors
/// [`ApiError::ResourceNotFound`].
pub(super) fn shard(stream: &Stream, id: &str) -> Result<StoredShard, ApiError> {
    stream.look(|shards| shards.find(id).copied()).ok_or_else(|| {
        let arn = &stream.arn;
        let words = format!("Requested resource not found: Shard: {id} in Stream: {arn} not found");
        ApiError::ResourceNotFound(words)
    })
}

/// The number of a shard's last record.
async fn last_number<S: Store>(
    store: &S,
    stream: &Stream,
    shard: &StoredShard,
) -> Result<Option<u64>, StoreError> {
    let mut last = None;
    let all = log_range(&stream.log(shard.number), Bound::Unbounded, Bound::Unbounded);
    let visit = |row: store::Row<'_>| {
        last = Some(log_number(row.key));
        ControlFlow::Break(())
    };
    store.range(&all, Direction::Backward, Strong, visit).await?;
    last.transpose()
}

/// A row of a shard's log, read.
pub(super) fn record(
    stream: &Stream,
    shard: &StoredShard,
    (number, value): (u64, Bytes),
) -> Result<Record, StoreError> {
    let event_id = event_id(stream, shard.number, number);
    decode_record(value, SequenceNumber(number), event_id, stream)
}

/// Rows of a log, until there are enough. Their values stand one behind the other in one buffer,
/// of which the records of an answer are parts.
pub(super) struct LogPage {
    /// The rows' numbers, and the bytes that their values take.
    numbers: Vec<(u64, usize)>,
    values: BytesMut,
    limit: u64,
    is_full: bool,
}

impl LogPage {
    /// The rows of a shard's log from a number on.
    pub(super) async fn read<S: Store>(
        store: &S,
        stream: &Stream,
        shard: &StoredShard,
        from: u64,
        limit: u64,
    ) -> Result<Self, StoreError> {
        let (numbers, values) = (Vec::new(), BytesMut::new());
        let mut page = Self { numbers, values, limit, is_full: false };
        let mut damage = None;
        let behind = log_range(&stream.log(shard.number), Bound::Included(from), Bound::Unbounded);
        let visit = |row: store::Row<'_>| {
            page.take(row).unwrap_or_else(|error| {
                damage = Some(error);
                ControlFlow::Break(())
            })
        };
        store.range(&behind, Direction::Forward, Strong, visit).await?;
        damage.map_or(Ok(page), Err)
    }

    fn take(&mut self, row: store::Row<'_>) -> Result<ControlFlow<()>, StoreError> {
        let is_first = self.numbers.is_empty();
        let bytes = self.values.len() + row.value.len();
        if self.numbers.len() as u64 >= self.limit
            || (!is_first && bytes > STREAM_RECORDS_BYTES_MAX)
        {
            self.is_full = true;
            return Ok(ControlFlow::Break(()));
        }
        self.numbers.push((log_number(row.key)?, row.value.len()));
        self.values.extend_from_slice(row.value);
        Ok(ControlFlow::Continue(()))
    }

    /// The rows, by their numbers.
    pub(super) fn rows(self) -> impl ExactSizeIterator<Item = (u64, Bytes)> {
        let mut values = self.values.freeze();
        self.numbers.into_iter().map(move |(number, bytes)| (number, values.split_to(bytes)))
    }
}

/// The record's name among all records.
fn event_id(stream: &Stream, shard: u32, number: u64) -> EventId {
    let mut name = [0; 16];
    name[..4].copy_from_slice(&stream.space.0.to_be_bytes());
    name[4..8].copy_from_slice(&shard.to_be_bytes());
    name[8..].copy_from_slice(&number.to_be_bytes());
    EventId(xxh3_128(&name).to_be_bytes())
}

fn trimmed() -> ApiError {
    // The words are those of GetRecords in ironSource/node-dynamodb-stream issue 13 (2019-02).
    ApiError::TrimmedDataAccess("The data you are trying to access has been trimmed".to_owned())
}
