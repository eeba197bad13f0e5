//! What time does to streams: shards are followed by others, and old records go.
//!
//! What is pinned stays (`schema::stream::Pin`): records, the shards that have them, and the stream
//! itself, which is listed and described for as long. Clients see none of the records that are older
//! than the retention, pinned or not.

use std::ops::{Bound, ControlFlow};
use std::sync::Arc;
use std::time::Duration;

use store::{Consistency, Direction, RowRange, Store, StoreError, log_range};

use crate::catalog::Catalog;
use crate::layout::stamp::Stamp;
use crate::reading::ITERATOR_LIFETIME_MS;
use crate::schema::stream::Stream;
use crate::session::Session;

/// Between two removals of old records. Each has the engine write its memory to disk and rewrite
/// what it removed from, which is little a few times an hour.
const TRIM_PAUSE: Duration = Duration::from_secs(15 * 60);

/// Closes shards that have been open for long, and removes what has been kept for long enough.
pub(super) async fn keep_up<S: Store>(
    session: &Session<S>,
    catalog: &Arc<Catalog<S>>,
) -> Result<(), StoreError> {
    catalog.end_streams_without_table().await?;
    let now_ms = session.stamps.now_ms();
    let options = catalog.streams.options;
    let horizon_ms = options.horizon_ms(now_ms);
    let is_trimming = catalog.streams.begin_trimming(now_ms, TRIM_PAUSE);
    for stream in catalog.streams.all() {
        let disabled_at_ms = stream.look(|shards| shards.disabled_at_ms);
        if disabled_at_ms.is_some_and(|disabled| passed(disabled, options.retention, now_ms))
            && stream.pins.give_up_all()
        {
            catalog.drop_stream(&stream).await?;
            continue;
        }
        let opened_at_ms = stream.look(|shards| shards.opened_at_ms());
        if opened_at_ms.is_some_and(|opened| passed(opened, options.shard_age, now_ms)) {
            catalog.roll_over(&stream).await?;
        }
        forget_shards(session, catalog, &stream, horizon_ms).await?;
        if is_trimming {
            trim(&*session.store, &stream, horizon_ms).await?;
        }
    }
    Ok(())
}

/// Removes shards without a record that may still be read, and their records.
async fn forget_shards<S: Store>(
    session: &Session<S>,
    catalog: &Catalog<S>,
    stream: &Stream,
    horizon_ms: u64,
) -> Result<(), StoreError> {
    let shards = stream.shards();
    let Some(last) = shards.closed_before(horizon_ms).map(|(_, closed)| closed.last).max() else {
        return Ok(());
    };
    let kept_from = stream.pins.give_up_below(last.saturating_add(1));
    let old = shards.closed_before(horizon_ms).filter(|(_, closed)| closed.last < kept_from);
    let forgotten: Vec<u32> = old.map(|(shard, _)| shard.number).collect();
    for shard in &forgotten {
        let all = log_range(&stream.log(*shard), Bound::Unbounded, Bound::Unbounded);
        session.store.delete_range(&all).await?;
        stream.ages.note(*shard, None);
    }
    if forgotten.is_empty() {
        return Ok(());
    }
    catalog.forget_shards(stream, &forgotten).await
}

/// Removes records of shards that go on, once no valid iterator may stand before them.
async fn trim<S: Store>(store: &S, stream: &Stream, horizon_ms: u64) -> Result<(), StoreError> {
    let end = Stamp::first_reading(horizon_ms.saturating_sub(ITERATOR_LIFETIME_MS));
    let end = stream.pins.give_up_below(end);
    for shard in stream.shards().list.iter().filter(|shard| shard.first < end) {
        let old = log_range(&stream.log(shard.number), Bound::Unbounded, Bound::Excluded(end));
        if is_occupied(store, &old).await? {
            store.delete_range(&old).await?;
        }
    }
    Ok(())
}

async fn is_occupied<S: Store>(store: &S, range: &RowRange) -> Result<bool, StoreError> {
    let mut found = false;
    let visit = |_: store::Row<'_>| {
        found = true;
        ControlFlow::Break(())
    };
    store.range(range, Direction::Forward, Consistency::Strong, visit).await?;
    Ok(found)
}

fn passed(since_ms: u64, time: Duration, now_ms: u64) -> bool {
    u128::from(now_ms.saturating_sub(since_ms)) >= time.as_millis()
}
