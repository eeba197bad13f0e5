//! Latches: who waits for whom.

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use super::rows::{ATOMS, guarded, number, put, row};
use super::{Bench, Checked, Harness, Violation, ensure};
use crate::{Guard, Outcome, RowKey, Store};

/// How often a future that can make progress is polled until it must have.
const POLLS: usize = 200;

pub(super) fn exclusion<H: Harness>(bench: &Bench<'_, H>) -> Checked {
    let store = bench.harness.fresh();
    bench.runtime.block_on(async {
        let (wanted, both) = ([row(0, 1)], [row(0, 2), row(0, 1), row(0, 1)]);
        let first = store.lock(&wanted).await;
        let mut second = pin!(store.lock(&both));
        ensure!(soon(&mut second).await.is_none(), "a latched row was latched again");
        first.submit(ATOMS.next(), vec![put(row(0, 1), 1)]).wait().await?;
        let mut second = second.await;
        let found = second.read(&row(0, 1)).await?;
        ensure!(number(found.as_ref()) == 1, "the second holder read {found:?}");
        Ok(())
    })
}

pub(super) fn no_deadlock<H: Harness>(bench: &Bench<'_, H>) -> Checked {
    let store = bench.harness.fresh();
    bench.runtime.block_on(async {
        let (ascending, descending) = ([row(0, 1), row(0, 2)], [row(0, 2), row(0, 1)]);
        let both = store.lock(&ascending).await;
        let mut one = pin!(store.lock(&ascending));
        let mut other = pin!(store.lock(&descending));
        ensure!(soon(&mut one).await.is_none(), "a latched row was latched again");
        ensure!(soon(&mut other).await.is_none(), "a latched row was latched again");
        drop(both);
        // Both want to run before either is asked to finish.
        let mut either = pin!(async {
            tokio::select! { _held = one => {}, _held = other => {} }
        });
        ensure!(
            soon(&mut either).await.is_some(),
            "two who want the same rows wait for each other"
        );
        Ok(())
    })
}

pub(super) fn no_lost_update<H: Harness>(bench: &Bench<'_, H>) -> Checked {
    const TASKS: u64 = 8;
    const UPDATES: u64 = 25;
    let store = Arc::new(bench.harness.fresh());
    bench.runtime.block_on(async {
        let tasks: Vec<_> = (0..TASKS)
            .map(|_| {
                let store = Arc::clone(&store);
                tokio::spawn(async move {
                    for _ in 0..UPDATES {
                        increment(&*store, &row(0, 1)).await?;
                    }
                    Ok::<_, Violation>(())
                })
            })
            .collect();
        for task in tasks {
            task.await.expect("checks do not panic")?;
        }
        let count = number(guarded(&*store, &row(0, 1)).await?.as_ref());
        ensure!(count == TASKS * UPDATES, "{count} of {} updates count", TASKS * UPDATES);
        Ok(())
    })
}

async fn increment(store: &impl Store, key: &RowKey) -> Checked {
    loop {
        let mut guard = store.lock(std::slice::from_ref(key)).await;
        let count = number(guard.read(key).await?.as_ref());
        // Room for others between reading and writing.
        tokio::task::yield_now().await;
        match guard.submit(ATOMS.next(), vec![put(key.clone(), count + 1)]).wait().await? {
            Outcome::Applied => return Ok(()),
            Outcome::Conflict => {}
            Outcome::Unknown => return Err(Violation("a healthy engine does not know".to_owned())),
        }
    }
}

/// What the future comes to, if it can now: it is polled many times, with everybody else running in
/// between. One that was ready must not be polled again.
pub(super) async fn soon<F: Future>(future: &mut Pin<&mut F>) -> Option<F::Output> {
    for _ in 0..POLLS {
        let mut context = Context::from_waker(Waker::noop());
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return Some(output);
        }
        tokio::task::yield_now().await;
    }
    None
}
