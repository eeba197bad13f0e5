//! The one writer: makes batch after batch durable, and closes the engine in the end.
//!
//! It runs as one task until the store is closed or the last handle is gone, works off what was
//! submitted by then, and gives the directory back. A commit that fails takes everything that is
//! queued with it, and the store is read-only until [`recovery`] is done. Should the committer die
//! of a bug, nothing waits for ever: whatever is queued is given up, and the store has stopped.

use std::sync::Arc;
use std::time::Instant;

use store::{Outcome, StoreError};

use crate::figures::Landed;
use crate::queue::{BatchContent, Waiter};
use crate::reclaim::{self, Reclaiming};
use crate::recovery::{self, EngineSource, Recovered};
use crate::shared::Shared;

/// The committer's task.
pub(crate) async fn run(shared: Arc<Shared>, source: EngineSource) {
    let _ending = EndOnDrop(&shared);
    let mut reclaiming = Reclaiming::default();
    loop {
        reclaiming.start(&shared).await;
        if let Some(batch) = shared.take_batch() {
            if let Err(error) = commit(&shared, &batch).await {
                refuse(&shared, &error);
                if recovery::recover(&shared, &source, &batch).await == Recovered::No {
                    break;
                }
            } else if let Some(bounds) = &batch.removed {
                reclaiming.add(bounds.clone());
            }
        } else if shared.is_closing() {
            break;
        } else {
            tokio::select! {
                () = shared.work_came() => {}
                () = reclaiming.round_ended() => {}
            }
        }
    }
    let closed = close(&shared).await;
    reclaiming.finish().await;
    drop(source);
    shared.end(closed);
}

/// Makes `batch` durable, and tells those who wait for it.
async fn commit(shared: &Shared, batch: &BatchContent) -> Result<(), StoreError> {
    #[cfg(test)]
    shared.barrier.pass().await?;
    let begun = Instant::now();
    let changes = batch.changes.iter().map(|(key, value)| (key, value.as_ref()));
    let engine = shared.engine_slot.engine_now().ok_or_else(|| StoreError::stopped("no engine"))?;
    match engine.background_failure() {
        Some(failure) => return Err(failure),
        None if engine.may_overflow(batch.bytes()) => reclaim::flush(&engine).await,
        None => {}
    }
    engine.commit(changes, batch.removed.as_ref()).await?;
    let (took, rows) = (begun.elapsed(), batch.changes.len());
    let waiters = shared.batch_landed();
    shared.commits.add(Landed { took, rows, writers: waiters.len() });
    resolve(waiters, &Ok(Outcome::Applied));
    Ok(())
}

/// Fails everything that is queued, and whatever comes until the store takes writes again.
fn refuse(shared: &Shared, error: &StoreError) {
    tracing::error!(%error, "the store is read-only until the disk takes writes again");
    let refusal = StoreError::read_only(error.to_string());
    resolve(shared.refuse(refusal.clone()), &Err(refusal));
}

async fn close(shared: &Shared) -> Result<(), StoreError> {
    match shared.engine_slot.engine_now() {
        Some(engine) => engine.close().await,
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
        self.0.end(Err(ended));
    }
}
