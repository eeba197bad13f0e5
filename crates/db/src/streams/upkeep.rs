//! What time does to streams: shards are followed by others, and old records go.

use std::ops::Bound;
use std::sync::Arc;
use std::time::Duration;

use store::{Guard as _, Outcome, RowRange, Store, StoreError, log_range};

use super::shards::{Now, Shards};
use super::{Stream, Streams};
use crate::catalog;
use crate::keys;
use crate::stamp::{Stamp, StampSource};

/// How far a record's number may be ahead of the stamps that were issued when it was queued:
/// commits that are queued in another order than they got their stamps push each other forward by
/// one each, and far fewer are under way at a time.
const NUMBERS_AHEAD: u64 = Stamp::READINGS_PER_MS;

impl Now {
    /// Now, and a number greater than those of all records queued so far.
    pub(crate) fn of(stamps: &StampSource) -> Self {
        let stamp = stamps.next(None);
        Self { ms: stamp.ms(), number: stamp.reading() + NUMBERS_AHEAD }
    }
}

impl Streams {
    /// Closes shards that have been open for long, and removes what has been kept for long enough.
    pub(crate) async fn keep_up<S: Store>(&self, store: &Arc<S>) -> Result<(), StoreError> {
        let now_ms = self.stamps.now_ms();
        for stream in self.all() {
            let age = self.options.shard_age;
            let opened_at_ms = stream.shards.read().opened_at_ms();
            if opened_at_ms.is_some_and(|opened| passed(opened, age, now_ms)) {
                let roll_over = |shards: &mut Shards| shards.roll_over(Now::of(&self.stamps));
                self.change_shards(&**store, &stream, roll_over).await?;
            }
            self.trim(store, &stream, now_ms).await?;
        }
        Ok(())
    }

    /// Closes a stream's shards for good.
    pub(crate) async fn disable<S: Store>(
        &self,
        store: &S,
        stream: &Stream,
    ) -> Result<(), StoreError> {
        let disable = |shards: &mut Shards| shards.disable(Now::of(&self.stamps));
        self.change_shards(store, stream, disable).await
    }

    /// Changes a stream's shards for writers, durably, and then for readers.
    async fn change_shards<S: Store>(
        &self,
        store: &S,
        stream: &Stream,
        change: impl Fn(&mut Shards),
    ) -> Result<(), StoreError> {
        let _changing = self.changing.lock().await;
        loop {
            let row = keys::stream_row(&stream.arn);
            let guard = store.lock(std::slice::from_ref(&row)).await;
            let (shards, ticket) = {
                let _order = self.order.write();
                let mut shards = stream.shards.read().clone();
                change(&mut shards);
                *stream.open.write() = shards.for_writers();
                let ticket = guard.submit(vec![stream.put_row_with(&shards)]);
                (shards, ticket)
            };
            match ticket.wait().await? {
                Outcome::Applied => {
                    *stream.shards.write() = shards;
                    return Ok(());
                }
                Outcome::Conflict => {}
                Outcome::Unknown => {
                    return Err(StoreError::failed("whether shards were changed is unknown"));
                }
            }
        }
    }

    /// Removes records that nobody may count on any more, and the stream itself once it was
    /// switched off for as long.
    async fn trim<S: Store>(
        &self,
        store: &Arc<S>,
        stream: &Stream,
        now_ms: u64,
    ) -> Result<(), StoreError> {
        let retention = self.options.retention;
        let disabled_at_ms = stream.shards.read().disabled_at_ms;
        if disabled_at_ms.is_some_and(|disabled| passed(disabled, retention, now_ms)) {
            self.remove(&stream.arn);
            return catalog::drop_stream(store, stream).await;
        }
        let horizon_ms = now_ms.saturating_sub(milliseconds(retention));
        let mut shards = stream.shards.read().clone();
        let forgotten = shards.forget_closed_before(horizon_ms);
        for shard in &forgotten {
            store
                .delete_range(&log_range(&stream.log(*shard), Bound::Unbounded, Bound::Unbounded))
                .await?;
        }
        if !forgotten.is_empty() {
            let forget = |shards: &mut Shards| drop(shards.forget_closed_before(horizon_ms));
            self.change_shards(&**store, stream, forget).await?;
        }
        let horizon = Stamp::first_reading(horizon_ms);
        for shard in &shards.list {
            let old =
                log_range(&stream.log(shard.number), Bound::Unbounded, Bound::Excluded(horizon));
            if shard.first < horizon && is_occupied(&**store, &old).await? {
                store.delete_range(&old).await?;
            }
        }
        Ok(())
    }
}

async fn is_occupied<S: Store>(store: &S, range: &RowRange) -> Result<bool, StoreError> {
    let mut found = false;
    let visit = |_: store::Row<'_>| {
        found = true;
        std::ops::ControlFlow::Break(())
    };
    store.range(range, store::Direction::Forward, visit).await?;
    Ok(found)
}

fn passed(since_ms: u64, time: Duration, now_ms: u64) -> bool {
    now_ms.saturating_sub(since_ms) >= milliseconds(time)
}

pub(super) fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
