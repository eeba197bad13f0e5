//! What time does to streams: shards are followed by others, and old records go.

use std::ops::Bound;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use store::{Guard as _, RowRange, Store, StoreError, log_range};

use super::shards::{Now, Shards};
use super::{Stream, StreamOptions, Streams, iterator};
use crate::catalog;
use crate::error::applied;
use crate::keys;
use crate::stamp::{Stamp, StampSource};

/// How far a record's number may be ahead of the stamps that were issued when it was queued:
/// commits that are queued in another order than they got their stamps push each other forward by
/// one each, and far fewer are under way at a time.
const NUMBERS_AHEAD: u64 = Stamp::READINGS_PER_MS;

/// Between two removals of old records. Each has the engine write its memory to disk and rewrite
/// what it removed from, which is little a few times an hour.
const TRIM_PAUSE: Duration = Duration::from_secs(15 * 60);

impl StreamOptions {
    /// Records from this moment on can be read, and no others. Those that lie before it are on disk
    /// for some time yet: for as long as an iterator is valid at least, so that a reader who was
    /// overtaken is told so, and one who missed nothing reads on.
    pub(super) fn horizon_ms(&self, now_ms: u64) -> u64 {
        now_ms.saturating_sub(milliseconds(self.retention))
    }
}

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
        let is_trimming = self.begin_trimming(now_ms);
        for stream in self.all() {
            if stream.has_been_disabled_for(self.options.retention, now_ms) {
                self.remove(&stream.arn);
                catalog::drop_stream(store, &stream).await?;
                continue;
            }
            let opened_at_ms = stream.shards.read().opened_at_ms();
            if opened_at_ms.is_some_and(|opened| passed(opened, self.options.shard_age, now_ms)) {
                let roll_over = |shards: &mut Shards| shards.roll_over(Now::of(&self.stamps));
                self.change_shards(&**store, &stream, roll_over).await?;
            }
            self.forget_shards(&**store, &stream, now_ms).await?;
            if is_trimming {
                self.trim(&**store, &stream, now_ms).await?;
            }
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
            if applied(ticket.wait().await?, "shards were changed")? {
                *stream.shards.write() = shards;
                return Ok(());
            }
        }
    }

    /// Removes shards without a record that may still be read, and their records.
    async fn forget_shards<S: Store>(
        &self,
        store: &S,
        stream: &Stream,
        now_ms: u64,
    ) -> Result<(), StoreError> {
        let horizon_ms = self.options.horizon_ms(now_ms);
        let mut shards = stream.shards.read().clone();
        let forgotten = shards.forget_closed_before(horizon_ms);
        for shard in &forgotten {
            let all = log_range(&stream.log(*shard), Bound::Unbounded, Bound::Unbounded);
            store.delete_range(&all).await?;
            stream.ages.note(*shard, None);
        }
        if !forgotten.is_empty() {
            let forget = |shards: &mut Shards| drop(shards.forget_closed_before(horizon_ms));
            self.change_shards(store, stream, forget).await?;
        }
        Ok(())
    }

    /// Whether it is time to trim; it is not again for [`TRIM_PAUSE`].
    fn begin_trimming(&self, now_ms: u64) -> bool {
        let is_due = passed(self.trimmed_at_ms.load(Ordering::Relaxed), TRIM_PAUSE, now_ms);
        if is_due {
            self.trimmed_at_ms.store(now_ms, Ordering::Relaxed);
        }
        is_due
    }

    /// Removes records of shards that go on, once no valid iterator may stand before them.
    async fn trim<S: Store>(
        &self,
        store: &S,
        stream: &Stream,
        now_ms: u64,
    ) -> Result<(), StoreError> {
        let end_ms = self.options.horizon_ms(now_ms).saturating_sub(iterator::LIFETIME_MS);
        let end = Stamp::first_reading(end_ms);
        let shards = stream.shards.read().list.clone();
        for shard in shards.iter().filter(|shard| shard.first < end) {
            let old = log_range(&stream.log(shard.number), Bound::Unbounded, Bound::Excluded(end));
            if is_occupied(store, &old).await? {
                store.delete_range(&old).await?;
            }
        }
        Ok(())
    }
}

impl Stream {
    fn has_been_disabled_for(&self, time: Duration, now_ms: u64) -> bool {
        let disabled_at_ms = self.shards.read().disabled_at_ms;
        disabled_at_ms.is_some_and(|disabled| passed(disabled, time, now_ms))
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

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
