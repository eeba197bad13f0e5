//! Counter rows.

use std::sync::Arc;

use bytes::Bytes;

use super::rows::{ATOMS, apply, put, row, submit};
use super::{Bench, Checked, Harness, Violation, ensure};
use crate::Consistency::Strong;
use crate::{Counters, Guard, Outcome, RowKey, Store, Write};

pub(super) fn sums<H: Harness>(bench: &Bench<'_, H>) -> Checked {
    const TASKS: u8 = 8;
    const ROUNDS: i64 = 20;
    let store = Arc::new(bench.harness.fresh());
    bench.runtime.block_on(async {
        let hold = bench.harness.hold(&store);
        let mut pending = Vec::new();
        for _ in 0..5 {
            pending.push(store.lock(&[]).await.submit(ATOMS.next(), vec![add([10, 10])]));
        }
        if let Some(hold) = hold {
            hold.release();
        }
        for ticket in pending {
            ensure!(ticket.wait().await? == Outcome::Applied, "additions do not conflict");
        }
        let tasks: Vec<_> = (0..TASKS)
            .map(|task| {
                let store = Arc::clone(&store);
                tokio::spawn(async move { add_rounds(&*store, task, ROUNDS).await })
            })
            .collect();
        for task in tasks {
            task.await.expect("checks do not panic")?;
        }
        let rounds = i64::from(TASKS) * ROUNDS;
        let expected = Counters([50 + rounds * 3, 50 - 2 * rounds]);
        let found = Counters::decode(store.get(&row(1, 0), Strong).await?.as_deref())?;
        ensure!(found == expected, "additions come to {found:?}, not {expected:?}");
        Ok(())
    })
}

fn add(amounts: [i64; 2]) -> Write {
    Write::Add { key: row(1, 0), amounts }
}

/// Adds to one row together with everybody else, twice per atom, without its latch.
async fn add_rounds(store: &impl Store, task: u8, rounds: i64) -> Checked {
    let mine = row(0, task);
    for _ in 0..rounds {
        let guard = store.lock(std::slice::from_ref(&mine)).await;
        let ticket =
            guard.submit(ATOMS.next(), vec![add([1, -2]), put(mine.clone(), 1), add([2, 0])]);
        ensure!(ticket.wait().await? == Outcome::Applied, "additions do not conflict");
    }
    Ok(())
}

pub(super) fn failed_atom<H: Harness>(bench: &Bench<'_, H>) -> Checked {
    let store = bench.harness.fresh();
    bench.runtime.block_on(async {
        let no_counter: RowKey = row(0, 1);
        let value = Bytes::from_static(b"not two numbers");
        apply(&store, vec![Write::Put { key: no_counter.clone(), value: value.clone() }]).await?;
        let atom = vec![
            put(row(0, 2), 1),
            Write::Add { key: no_counter.clone(), amounts: [1, 1] },
            put(row(0, 3), 1),
        ];
        match submit(&store, atom).await.wait().await {
            Err(crate::StoreError::Damaged { .. }) => {}
            other => return Err(Violation(format!("adding to no counter is {other:?}"))),
        }
        apply(&store, vec![put(row(0, 4), 1)]).await?;
        let keys = [no_counter, row(0, 2), row(0, 3)];
        let found = store.read_atomically(&keys).await?;
        ensure!(found == [Some(value), None, None], "a failed atom left {found:?}");
        Ok(())
    })
}
