//! The one writer: makes batch after batch durable, and closes the engine in the end.
//!
//! It runs on a thread of its own until the store is closed or the last handle is gone, works off
//! what was submitted by then, and gives the directory back. When the engine has much to merge, it
//! waits between batches, so that writers are slowed and readers are not. A commit that fails takes
//! everything that is queued with it, and the store is read-only until [`recovery`] is done. Should
//! the committer die of a bug, nothing waits for ever: whatever is queued is given up, and the store
//! has stopped.

use std::sync::Arc;
use std::time::{Duration, Instant};

use store::{Outcome, StoreError};
use tokio::time::sleep;

use crate::figures::Landed;
use crate::queue::{BatchContent, Waiter};
use crate::recovery::{self, EngineSource, Recovered};
use crate::shared::Shared;

/// Pauses are made up to this at least: a timer is no more exact.
const PAUSE_MIN: Duration = Duration::from_millis(2);

/// The committer's work.
pub(crate) async fn run(shared: Arc<Shared>, source: EngineSource) {
    let _ending = EndOnDrop(&shared);
    let mut owed = Duration::ZERO;
    loop {
        if let Some(batch) = shared.take_batch() {
            match commit(&shared, &batch).await {
                Ok(pause) => owed += pause,
                Err(error) => {
                    refuse(&shared, &error);
                    if recovery::recover(&shared, &source, &batch).await == Recovered::No {
                        break;
                    }
                }
            }
            if owed >= PAUSE_MIN {
                shared.pause(sleep(std::mem::take(&mut owed))).await;
            }
        } else if shared.is_closing() {
            break;
        } else {
            shared.work_came().await;
        }
    }
    let closed = close(&shared);
    drop(source);
    shared.end(closed);
}

/// Makes `batch` durable, and tells those who wait for it. Answers how long the engine wants to be
/// left alone then.
async fn commit(shared: &Shared, batch: &BatchContent) -> Result<Duration, StoreError> {
    #[cfg(test)]
    shared.barrier.pass().await?;
    let begun = Instant::now();
    let changes = batch.changes.iter().map(|(key, value)| (key, value.as_ref()));
    let engine = shared.engine_slot.engine_now().ok_or_else(|| StoreError::stopped("no engine"))?;
    engine.commit(changes, batch.removed.as_ref())?;
    let (took, rows) = (begun.elapsed(), batch.changes.len());
    let waiters = shared.batch_landed();
    shared.commits.add(Landed { took, rows, writers: waiters.len() });
    resolve(waiters, &Ok(Outcome::Applied));
    Ok(engine.pause_after(batch.bytes()))
}

/// Fails everything that is queued, and whatever comes until the store takes writes again.
fn refuse(shared: &Shared, error: &StoreError) {
    tracing::error!(%error, "the store is read-only until the disk takes writes again");
    let refusal = StoreError::read_only(error.to_string());
    resolve(shared.refuse(refusal.clone()), &Err(refusal));
}

fn close(shared: &Shared) -> Result<(), StoreError> {
    match shared.engine_slot.engine_now() {
        Some(engine) => engine.close(),
        None => Err(StoreError::stopped("the engine could not be opened anew")),
    }
}

fn resolve(waiters: Vec<Waiter>, fate: &Result<Outcome, StoreError>) {
    for waiter in waiters {
        // Nobody awaits a ticket that was dropped.
        let _dropped = waiter.send(fate.clone());
    }
}

/// Keeps a bug in the committer from becoming a hang of everybody else.
struct EndOnDrop<'a>(&'a Shared);

impl Drop for EndOnDrop<'_> {
    fn drop(&mut self) {
        let ended = StoreError::stopped("the committer has ended");
        resolve(self.0.give_up(ended.clone()), &Err(ended.clone()));
        self.0.engine_slot.abandon_exchange(ended.to_string().into());
        self.0.end(Err(ended));
    }
}
