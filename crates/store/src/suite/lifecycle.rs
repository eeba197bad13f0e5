//! What happens to work whose owner goes away, and at the end of a store.

use std::pin::pin;

use super::locking::soon;
use super::rows::{ATOMS, apply, number, put, row, submit, whole_partition};
use super::{Bench, Checked, Harness, Violation, ensure};
use crate::Consistency::Strong;
use crate::{Direction, Guard, Health, Outcome, RowRange, Space, Store, StoreError};

pub(super) fn dropped_ticket<H: Harness>(bench: &Bench<'_, H>) -> Checked {
    let store = bench.harness.fresh();
    bench.runtime.block_on(async {
        let hold = bench.harness.hold(&store);
        for sort in 0..20 {
            drop(submit(&store, vec![put(row(0, sort), 1)]).await);
        }
        let last = submit(&store, vec![put(row(1, 0), 1)]).await;
        if let Some(hold) = hold {
            hold.release();
        }
        ensure!(last.wait().await? == Outcome::Applied, "nobody conflicts");
        for sort in 0..20 {
            let found = number(store.get(&row(0, sort), Strong).await?.as_ref());
            ensure!(found == 1, "a write whose ticket was dropped was not carried out");
        }
        Ok(())
    })
}

pub(super) fn dropped_guard<H: Harness>(bench: &Bench<'_, H>) -> Checked {
    let store = bench.harness.fresh();
    bench.runtime.block_on(async {
        let key = row(0, 1);
        apply(&store, vec![put(key.clone(), 1)]).await?;
        let mut guard = store.lock(std::slice::from_ref(&key)).await;
        guard.read(&key).await?;
        drop(guard);
        let mut again = pin!(store.lock(std::slice::from_ref(&key)));
        let Some(mut guard) = soon(&mut again).await else {
            return Err(Violation("a guard that was dropped keeps its latches".to_owned()));
        };
        let found = number(guard.read(&key).await?.as_ref());
        ensure!(found == 1, "a guard that was dropped left {found}");
        drop(guard);
        apply(&store, vec![put(key.clone(), 2)]).await
    })
}

pub(super) fn close<H: Harness>(bench: &Bench<'_, H>) -> Checked {
    let store = bench.harness.fresh();
    bench.runtime.block_on(async {
        let mut tickets = Vec::new();
        for sort in 0..20 {
            tickets.push(submit(&store, vec![put(row(0, sort), 1)]).await);
        }
        let mut guard = store.lock(&[row(1, 0)]).await;
        store.close().await?;
        for ticket in tickets {
            let fate = ticket.wait().await;
            ensure!(
                matches!(fate, Ok(Outcome::Applied)),
                "a write submitted before closing ended as {fate:?}"
            );
        }
        stopped("get", store.get(&row(0, 0), Strong).await)?;
        stopped("read_atomically", store.read_atomically(&[row(0, 0)]).await)?;
        let visit = |_: crate::Row<'_>| std::ops::ControlFlow::Break(());
        let range = whole_partition(0);
        stopped("range", store.range(&range, Direction::Forward, Strong, visit).await)?;
        stopped("delete_range", store.delete_range(&RowRange::Space(Space(0))).await)?;
        stopped("read", guard.read(&row(1, 0)).await)?;
        stopped("submit", guard.submit(ATOMS.next(), vec![put(row(1, 0), 1)]).wait().await)?;
        stopped("submit", submit(&store, vec![put(row(1, 1), 1)]).await.wait().await)?;
        stopped("close", store.close().await)
    })
}

fn stopped<T: std::fmt::Debug>(what: &str, result: Result<T, StoreError>) -> Checked {
    match result {
        Err(StoreError::Stopped { .. }) => Ok(()),
        other => Err(Violation(format!("after closing, {what} is {other:?}"))),
    }
}

pub(super) fn health<H: Harness>(bench: &Bench<'_, H>) -> Checked {
    let store = bench.harness.fresh();
    bench.runtime.block_on(async {
        apply(&store, vec![put(row(0, 0), 1)]).await?;
        let open = store.health();
        ensure!(open == Health::Serving, "an open store says {open:?}");
        store.close().await?;
        let closed = store.health();
        ensure!(matches!(closed, Health::Stopped { .. }), "a closed store says {closed:?}");
        Ok(())
    })
}

pub(super) fn reopen<H: Harness>(bench: &Bench<'_, H>) -> Checked {
    let mut store = bench.harness.fresh();
    bench.runtime.block_on(async {
        for opening in 0..3u8 {
            for sort in 0..opening {
                let found = number(store.get(&row(0, sort), Strong).await?.as_ref());
                ensure!(found == 1 + u64::from(sort), "applied and gone after reopening: {sort}");
                let found = store.get(&row(1, sort), Strong).await?;
                ensure!(found.is_none(), "removed, and back after reopening: {sort}");
            }
            let lasting = put(row(0, opening), 1 + u64::from(opening));
            apply(&store, vec![lasting, put(row(1, opening), 1)]).await?;
            store.delete_range(&RowRange::Space(Space(1))).await?;
            store.close().await?;
            match bench.harness.reopen() {
                Some(reopened) => store = reopened,
                None => return Ok(()),
            }
        }
        Ok(())
    })
}
