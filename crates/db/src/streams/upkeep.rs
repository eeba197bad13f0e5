//! What time does to streams: shards are followed by others, and old records go.

use std::ops::Bound;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use store::{AtomId, Consistency, Direction, Guard, RowRange, Store, StoreError, log_range};

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
                catalog::drop_stream(store, self, &stream).await?;
                continue;
            }
            let opened_at_ms = stream.shards.read().opened_at_ms();
            if opened_at_ms.is_some_and(|opened| passed(opened, self.options.shard_age, now_ms)) {
                self.change_open(store, &stream, Shards::roll_over).await?;
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
        store: &Arc<S>,
        stream: &Arc<Stream>,
    ) -> Result<(), StoreError> {
        self.change_open(store, stream, Shards::disable).await
    }

    /// Changes which shards of a stream are open, durably: its writers wait meanwhile. It happens in
    /// a task of its own: whoever asked for it may go away, but writers must not go on before it is
    /// known whether their shards are still open.
    async fn change_open<S: Store>(
        &self,
        store: &Arc<S>,
        stream: &Arc<Stream>,
        change: fn(&mut Shards, Now),
    ) -> Result<(), StoreError> {
        let (store, stream) = (Arc::clone(store), Arc::clone(stream));
        let stamps = Arc::clone(&self.stamps);
        let work = tokio::spawn(async move {
            let _changing = stream.changing.lock().await;
            loop {
                // The latch comes first: writers come to the open shards with theirs in hand.
                let guard = store.lock(&[keys::stream_row(&stream.arn)]).await;
                let mut open = stream.open.write().await;
                let mut shards = stream.shards.read().clone();
                change(&mut shards, Now::of(&stamps));
                if write_shards(guard, stamps.atom_id(), &stream, &shards).await? {
                    *open = shards.for_writers();
                    *stream.shards.write() = shards;
                    return Ok(());
                }
            }
        });
        work.await.unwrap_or_else(|_| Err(StoreError::failed("a change of shards was cut short")))
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
            stream.forget_closed_before(store, &self.stamps, horizon_ms).await?;
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

/// Writes a stream's row with these shards; `false` is to try again.
async fn write_shards<G: Guard>(
    guard: G,
    id: AtomId,
    stream: &Stream,
    shards: &Shards,
) -> Result<bool, StoreError> {
    let ticket = guard.submit(id, vec![stream.put_row_with(shards)]);
    applied(ticket.wait().await?, "shards were changed")
}

impl Stream {
    /// Forgets shards that were closed before `ms`, durably. Writers are not concerned.
    async fn forget_closed_before<S: Store>(
        &self,
        store: &S,
        stamps: &StampSource,
        ms: u64,
    ) -> Result<(), StoreError> {
        let _changing = self.changing.lock().await;
        loop {
            let guard = store.lock(&[keys::stream_row(&self.arn)]).await;
            let mut shards = self.shards.read().clone();
            shards.forget_closed_before(ms);
            if write_shards(guard, stamps.atom_id(), self, &shards).await? {
                *self.shards.write() = shards;
                return Ok(());
            }
        }
    }

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
    store.range(range, Direction::Forward, Consistency::Strong, visit).await?;
    Ok(found)
}

fn passed(since_ms: u64, time: Duration, now_ms: u64) -> bool {
    now_ms.saturating_sub(since_ms) >= milliseconds(time)
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
