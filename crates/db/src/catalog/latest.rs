//! The latest moment that is in the streams: what is written from now on comes behind it, also where
//! the clock was set back while nobody had the store open.

use std::ops::{Bound, ControlFlow};

use store::{Consistency, Direction, Store, StoreError, log_number, log_range};

use super::streams::Streams;
use crate::layout::stamp::Stamp;
use crate::schema::stream::Stream;

/// The greatest reading of a stream's beginning, of its shards, and of the records in those that are
/// open. A record's number is not less than the reading of its stamp.
pub(super) async fn latest_reading<S: Store>(
    store: &S,
    streams: &Streams,
) -> Result<u64, StoreError> {
    let mut latest = 0;
    for stream in streams.all() {
        latest = latest.max(Stamp::first_reading(stream.created_at_ms));
        for shard in stream.shards().list {
            let end = match shard.closed {
                Some(closed) => closed.last,
                None => last_record(store, &stream, shard.number).await?.unwrap_or(0),
            };
            latest = latest.max(shard.first).max(end);
        }
    }
    Ok(latest)
}

/// The number of the last record of a shard.
async fn last_record<S: Store>(
    store: &S,
    stream: &Stream,
    shard: u32,
) -> Result<Option<u64>, StoreError> {
    let all = log_range(&stream.log(shard), Bound::Unbounded, Bound::Unbounded);
    let mut last = None;
    let visit = |row: store::Row<'_>| {
        last = Some(log_number(row.key));
        ControlFlow::Break(())
    };
    store.range(&all, Direction::Backward, Consistency::Strong, visit).await?;
    last.transpose()
}
