//! What is submitted and not yet durable: who sees it, and what becomes of those who did.

use std::pin::pin;
use std::task::{Context, Waker};

use super::rows::{ATOMS, all, apply, guarded, number, put, row, submit, whole_partition};
use super::{Bench, Checked, Harness, ensure};
use crate::Consistency::Strong;
use crate::{Guard, Outcome, Store};

pub(super) fn overlay<H: Harness>(bench: &Bench<'_, H>) -> Checked {
    let store = bench.harness.fresh();
    bench.runtime.block_on(async {
        let key = row(0, 1);
        let hold = bench.harness.hold(&store);
        let mut tickets = Vec::new();
        for count in 0..50 {
            let mut guard = store.lock(std::slice::from_ref(&key)).await;
            let found = number(guard.read(&key).await?.as_ref());
            ensure!(found == count, "a guard read {found} where {count} was submitted");
            tickets.push(guard.submit(ATOMS.next(), vec![put(key.clone(), count + 1)]));
        }
        if let Some(hold) = hold {
            hold.release();
        }
        for ticket in tickets {
            ensure!(ticket.wait().await? == Outcome::Applied, "nobody conflicts");
        }
        let found = number(store.get(&key, Strong).await?.as_ref());
        ensure!(found == 50, "{found} of 50 writes, each upon the one before, are there");
        Ok(())
    })
}

pub(super) fn durable_reads<H: Harness>(bench: &Bench<'_, H>) -> Checked {
    let store = bench.harness.fresh();
    bench.runtime.block_on(async {
        let keys = [row(0, 1), row(0, 2)];
        apply(&store, vec![put(row(0, 1), 1)]).await?;
        let Some(hold) = bench.harness.hold(&store) else { return Ok(()) };
        let ticket = submit(&store, vec![put(row(0, 1), 2), put(row(0, 2), 2)]).await;
        // Whatever carries writes out has every chance to do so too early.
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        let got = number(store.get(&row(0, 1), Strong).await?.as_ref());
        ensure!(got == 1, "a get saw a write that is not durable");
        let together = store.read_atomically(&keys).await?;
        let together: Vec<u64> = together.iter().map(|value| number(value.as_ref())).collect();
        ensure!(together == [1, 0], "an atomic read saw a write that is not durable");
        let rows = all(&store, &whole_partition(0)).await?;
        ensure!(rows.len() == 1, "a range saw a write that is not durable");
        hold.release();
        ensure!(ticket.wait().await? == Outcome::Applied, "nobody conflicts");
        let got = number(store.get(&row(0, 2), Strong).await?.as_ref());
        ensure!(got == 2, "an applied write is not seen");
        Ok(())
    })
}

pub(super) fn empty_submit<H: Harness>(bench: &Bench<'_, H>) -> Checked {
    let store = bench.harness.fresh();
    bench.runtime.block_on(async {
        let key = row(0, 1);
        let nothing = store.lock(&[]).await.submit(ATOMS.next(), Vec::new()).wait().await?;
        ensure!(nothing == Outcome::Applied, "nothing to wait for, and {nothing:?}");
        let Some(hold) = bench.harness.hold(&store) else { return Ok(()) };
        let write = submit(&store, vec![put(key.clone(), 1)]).await;
        let mut guard = store.lock(std::slice::from_ref(&key)).await;
        guard.read(&key).await?;
        let mut answer = pin!(guard.submit(ATOMS.next(), Vec::new()).wait());
        let mut context = Context::from_waker(Waker::noop());
        ensure!(
            answer.as_mut().poll(&mut context).is_pending(),
            "an answer was given on a write that is not durable"
        );
        hold.release();
        ensure!(answer.await? == Outcome::Applied, "what was read is durable");
        let found = number(store.get(&key, Strong).await?.as_ref());
        ensure!(found == 1, "the answer came before the write it rests on");
        ensure!(write.wait().await? == Outcome::Applied, "nobody conflicts");
        Ok(())
    })
}

pub(super) fn fail_together<H: Harness>(bench: &Bench<'_, H>) -> Checked {
    let store = bench.harness.fresh();
    bench.runtime.block_on(async {
        let key = row(0, 1);
        let Some(hold) = bench.harness.hold(&store) else { return Ok(()) };
        let first = submit(&store, vec![put(key.clone(), 1)]).await;
        // By now the first may be on its way to the disk, and what follows is another commit.
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        let behind = submit(&store, vec![put(row(0, 2), 1)]).await;
        let mut guard = store.lock(std::slice::from_ref(&key)).await;
        guard.read(&key).await?;
        let upon = guard.submit(ATOMS.next(), vec![put(row(0, 3), 1)]);
        let mut guard = store.lock(std::slice::from_ref(&key)).await;
        guard.read(&key).await?;
        let answer = guard.submit(ATOMS.next(), Vec::new());
        let mut late = store.lock(std::slice::from_ref(&key)).await;
        late.read(&key).await?;
        hold.fail();
        for (ticket, what) in [
            (first, "a write that failed"),
            (behind, "a write behind one that failed"),
            (upon, "a write upon one that failed"),
            (answer, "an answer upon a write that failed"),
        ] {
            ensure!(ticket.wait().await.is_err(), "{what} is said to be applied");
        }
        let late = late.submit(ATOMS.next(), vec![put(row(0, 4), 1)]).wait().await;
        ensure!(late.is_err(), "a write upon one that had failed is said to be applied");
        // A store that has stopped shows nothing, which is as well.
        for sort in 1..5 {
            let found = store.get(&row(0, sort), Strong).await.ok().flatten();
            ensure!(found.is_none(), "a failed write shows {found:?}");
            let found = guarded(&store, &row(0, sort)).await.ok().flatten();
            ensure!(found.is_none(), "a failed write shows a guard {found:?}");
        }
        Ok(())
    })
}
