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

use store::StoreError;
use tokio::time::sleep;

use crate::batch::{BatchContent, Resolved};
use crate::engine::Engine;
use crate::figures::Landed;
use crate::life_cycle::closed;
use crate::recovery::{self, Ending, EngineSource, FailedCommit};
use crate::resolving::Resolver;
use crate::seen::Seen;
use crate::shared::{Shared, Work};

/// Pauses are made up to this at least: a timer is no more exact.
const PAUSE_MIN: Duration = Duration::from_millis(2);

/// The committer's whole life.
pub(crate) async fn run(shared: Arc<Shared>, source: EngineSource, engine: Arc<Engine>) {
    let _ending = EndOnDrop(&shared);
    let mut seen = Seen::compare(source.options.seen.clone(), &source.claim, engine.commits());
    let Ending { engine, reason } = work(&shared, &source, engine, &mut seen).await;
    let closed = match engine {
        Some(engine) => {
            seen.note(engine.commits());
            engine.close()
        }
        None => Err(StoreError::stopped("the engine could not be opened anew")),
    };
    drop(source);
    shared.end(reason, closed);
}

/// Makes batch after batch durable.
async fn work(
    shared: &Shared,
    source: &EngineSource,
    mut engine: Arc<Engine>,
    seen: &mut Seen,
) -> Ending {
    let mut resolver = Resolver::default();
    let mut owed = Duration::ZERO;
    loop {
        let batch = match shared.next_work() {
            Work::Batch(batch) => batch,
            Work::Wait => {
                shared.work_came().await;
                continue;
            }
            Work::End => return Ending { engine: Some(engine), reason: closed() },
        };
        let resolved = match resolver.resolve(&batch, &*engine) {
            Ok(resolved) => Arc::new(resolved),
            Err(unresolved) => {
                engine.tell(&unresolved.error);
                shared.batch_unresolved(unresolved);
                continue;
            }
        };
        match commit(shared, &engine, &batch, &resolved).await {
            Ok(pause) => {
                owed += pause;
                seen.follow(engine.commits());
            }
            Err(error) => {
                refuse(shared, &error);
                let failed = FailedCommit { batch: &batch, resolved: &resolved };
                match recovery::recover(shared, source, engine, failed).await {
                    Ok(opened) => engine = opened,
                    Err(ending) => return ending,
                }
            }
        }
        if owed >= PAUSE_MIN {
            shared.pause(sleep(std::mem::take(&mut owed))).await;
        }
    }
}

/// Makes `batch` durable, and tells those who wait for it. Answers how long the engine wants to be
/// left alone then.
async fn commit(
    shared: &Shared,
    engine: &Engine,
    batch: &BatchContent,
    resolved: &Arc<Resolved>,
) -> Result<Duration, StoreError> {
    if !resolved.sums.is_empty() {
        shared.batch_resolved(Arc::clone(resolved));
    }
    #[cfg(test)]
    shared.barrier.pass().await?;
    let begun = Instant::now();
    shared.wait_for_disk().await;
    engine.commit(batch.rows(resolved), batch.removed.as_ref())?;
    shared.wait_for_disk().await;
    let (took, rows) = (begun.elapsed(), batch.changes.len() + batch.appends.len());
    let writers = shared.batch_landed();
    shared.commits.add(Landed { took, rows, writers });
    Ok(engine.pause_after(batch.bytes()))
}

/// Fails everything that is queued, and whatever comes until the store takes writes again.
fn refuse(shared: &Shared, error: &StoreError) {
    tracing::error!(%error, "the store is read-only until the disk takes writes again");
    shared.refuse(StoreError::read_only(error.to_string()));
}

/// Keeps a bug in the committer from becoming a hang of everybody else.
struct EndOnDrop<'a>(&'a Shared);

impl Drop for EndOnDrop<'_> {
    fn drop(&mut self) {
        let ended = StoreError::stopped("the committer has ended");
        self.0.end(ended.clone(), Err(ended));
    }
}
