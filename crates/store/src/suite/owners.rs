//! Rows that hang on a latched one.

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Waker};

use super::rows::{ATOMS, KIND, guarded, number, put, row};
use super::{Bench, Checked, Harness, Violation, ensure};
use crate::Consistency::Strong;
use crate::{Guard, Outcome, RowKey, Space, Store};

const TASKS: u64 = 8;
const UPDATES: u64 = 25;

/// A row that hangs on `row(0, owner)`: in another space and partition, as an index entry is.
fn hanging(owner: u8) -> RowKey {
    RowKey::new(Space(1), KIND, u64::from(owner) << 48, b"elsewhere", &[owner])
}

/// The second guard of an owner sees what the first one queued for a row that hangs on it, and its
/// ticket waits for that.
pub(super) fn queued<H: Harness>(bench: &Bench<'_, H>) -> Checked {
    let store = bench.harness.fresh();
    bench.runtime.block_on(async {
        let owner = row(0, 1);
        let hold = bench.harness.hold(&store);
        let mut tickets = Vec::new();
        for count in 0..20 {
            let mut guard = store.lock(std::slice::from_ref(&owner)).await;
            let found = number(guard.read(&hanging(1)).await?.as_ref());
            ensure!(
                found == count,
                "a guard of the owner read {found} where {count} was submitted for a hanging row"
            );
            tickets.push(guard.submit(ATOMS.next(), vec![put(hanging(1), count + 1)]));
        }
        let mut guard = store.lock(std::slice::from_ref(&owner)).await;
        guard.read(&hanging(1)).await?;
        let mut answer = pin!(guard.submit(ATOMS.next(), Vec::new()).wait());
        if let Some(hold) = hold {
            let mut context = Context::from_waker(Waker::noop());
            ensure!(
                answer.as_mut().poll(&mut context).is_pending(),
                "an answer was given on a hanging row that is not durable"
            );
            hold.release();
        }
        ensure!(answer.await? == Outcome::Applied, "what was read is durable");
        for ticket in tickets {
            ensure!(ticket.wait().await? == Outcome::Applied, "nobody conflicts");
        }
        let found = number(store.get(&hanging(1), Strong).await?.as_ref());
        ensure!(found == 20, "{found} of 20 writes, each upon the one before, are there");
        Ok(())
    })
}

/// Whoever updates a hanging row under its owner's latch loses no update, and none of the owner.
pub(super) fn no_lost_update<H: Harness>(bench: &Bench<'_, H>) -> Checked {
    let store = Arc::new(bench.harness.fresh());
    bench.runtime.block_on(async {
        let tasks: Vec<_> = (0..TASKS)
            .map(|task| {
                let store = Arc::clone(&store);
                let owner = u8::from(task % 2 == 0);
                tokio::spawn(async move {
                    for _ in 0..UPDATES {
                        increment(&*store, owner).await?;
                    }
                    Ok::<_, Violation>(())
                })
            })
            .collect();
        for task in tasks {
            task.await.expect("checks do not panic")?;
        }
        for owner in 0..2 {
            for key in [row(0, owner), hanging(owner)] {
                let count = number(guarded(&*store, &key).await?.as_ref());
                let expected = TASKS / 2 * UPDATES;
                ensure!(count == expected, "{count} of {expected} updates of {key:?} count");
            }
        }
        Ok(())
    })
}

async fn increment(store: &impl Store, owner: u8) -> Checked {
    let keys = [row(0, owner), hanging(owner)];
    loop {
        let mut guard = store.lock(&keys[..1]).await;
        let mut writes = Vec::new();
        for key in &keys {
            let count = number(guard.read(key).await?.as_ref());
            writes.push(put(key.clone(), count + 1));
            // Room for others between reading and writing.
            tokio::task::yield_now().await;
        }
        match guard.submit(ATOMS.next(), writes).wait().await? {
            Outcome::Applied => return Ok(()),
            Outcome::Conflict => {}
            Outcome::Unknown => return Err(Violation("a healthy engine does not know".to_owned())),
        }
    }
}
