//! The one writer: makes batch after batch durable, and closes the engine in the end.
//!
//! It runs as one task until the store is closed or the last handle is gone, works off what was
//! submitted by then, and gives the directory back. Should it fail, or die of a bug, nothing waits
//! for ever: whatever is queued is given up, and the store has stopped.

use std::sync::Arc;
use std::time::Instant;

use store::{Outcome, StoreError};

use crate::directory::Claim;
use crate::figures::Landed;
use crate::queue::{BatchContent, Waiter};
use crate::reclaim::Reclaiming;
use crate::shared::Shared;

/// The committer's task.
pub(crate) async fn run(shared: Arc<Shared>, claim: Claim) {
    let _ending = EndOnDrop(&shared);
    let mut reclaiming = Reclaiming::default();
    loop {
        reclaiming.start(&shared);
        if let Some(batch) = shared.take_batch() {
            commit(&shared, &batch).await;
            if let Some(bounds) = &batch.removed {
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
    let closed = shared.engine.close().await;
    reclaiming.finish().await;
    drop(claim);
    shared.end(closed);
}

async fn commit(shared: &Shared, batch: &BatchContent) {
    #[cfg(test)]
    if let Err(failure) = shared.gate.pass().await {
        return stop(shared, failure);
    }
    let begun = Instant::now();
    let changes = batch.changes.iter().map(|(key, value)| (key, value.as_ref()));
    let result = match shared.engine.background_failure() {
        Some(failure) => Err(failure),
        None => shared.engine.commit(changes, batch.removed.as_ref()).await,
    };
    match result {
        Ok(()) => {
            let (took, rows) = (begun.elapsed(), batch.changes.len());
            let waiters = shared.batch_landed();
            shared.commits.add(Landed { took, rows, writers: waiters.len() });
            resolve(waiters, &Ok(Outcome::Applied));
        }
        Err(error) => stop(shared, error),
    }
}

/// Fails everything that is queued, and whatever comes later.
fn stop(shared: &Shared, error: StoreError) {
    let waiters = shared.give_up(error.clone());
    resolve(waiters, &Err(error));
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
        stop(self.0, ended.clone());
        self.0.end(Err(ended));
    }
}
