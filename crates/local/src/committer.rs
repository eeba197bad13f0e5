//! The one writer: makes batch after batch durable, and closes the engine in the end.
//!
//! It runs as one task until the store is closed or the last handle is gone, works off what was
//! submitted by then, and gives the directory back. Should it fail, or die of a bug, nothing waits
//! for ever: whatever is queued is given up, and the store has stopped.

use std::sync::Arc;

use store::{Outcome, StoreError};

use crate::directory::Claim;
use crate::queue::{BatchContent, Waiter};
use crate::store::Shared;

/// The committer's task.
pub(crate) async fn run(shared: Arc<Shared>, claim: Claim) {
    let _ending = EndOnDrop(&shared);
    let mut reclaiming = tokio::task::JoinSet::new();
    loop {
        if let Some(batch) = shared.take_batch() {
            commit(&shared, &batch).await;
            if batch.removed.is_some() {
                let shared = Arc::clone(&shared);
                reclaiming.spawn_blocking(move || reclaim(&shared, &batch));
            }
        } else if shared.is_closing() {
            break;
        } else {
            shared.work_came().await;
        }
    }
    let closed = shared.engine.close().await;
    // A closed engine ends its compactions after the step they are at, and only then are its files
    // left alone.
    while reclaiming.join_next().await.is_some() {}
    drop(claim);
    shared.end(closed);
}

async fn commit(shared: &Shared, batch: &BatchContent) {
    #[cfg(test)]
    if let Err(failure) = shared.gate.pass().await {
        return stop(shared, failure);
    }
    let changes = batch.changes.iter().map(|(key, value)| (key, value.as_ref()));
    let result = match shared.engine.background_failure() {
        Some(failure) => Err(failure),
        None => shared.engine.commit(changes, batch.removed.as_ref()).await,
    };
    match result {
        Ok(()) => resolve(shared.batch_landed(), &Ok(Outcome::Applied)),
        Err(error) => stop(shared, error),
    }
}

fn reclaim(shared: &Shared, batch: &BatchContent) {
    if let Some(bounds) = &batch.removed {
        shared.engine.reclaim(bounds);
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
