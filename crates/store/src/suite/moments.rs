//! Which moment a read shows, and how long a snapshot shows it.

use std::ops::ControlFlow;

use bytes::Bytes;

use super::rows::{ShownRow, all, apply, number, put, row, whole_partition};
use super::{Bench, Checked, Harness, Violation, ensure};
use crate::Consistency::{Eventual, Strong};
use crate::{Direction, RowRange, Snapshot, Space, Store, StoreError, Write};

pub(super) fn consistency<H: Harness>(bench: &Bench<'_, H>) -> Checked {
    let store = bench.harness.fresh();
    bench.runtime.block_on(async {
        for round in 1..50 {
            apply(&store, vec![put(row(0, 1), round)]).await?;
            let strong = number(store.get(&row(0, 1), Strong).await?.as_ref());
            ensure!(strong == round, "a strong get saw {strong} after {round} was applied");
            let rows = all(&store, &whole_partition(0)).await?;
            let strong: Vec<u64> = rows.iter().map(|(_, value)| number(Some(value))).collect();
            ensure!(strong == [round], "a strong range saw {strong:?} after {round} was applied");
            let together = store.read_atomically(&[row(0, 1)]).await?;
            let strong = number(together[0].as_ref());
            ensure!(strong == round, "an atomic read saw {strong} after {round} was applied");
            let eventual = number(store.get(&row(0, 1), Eventual).await?.as_ref());
            ensure!(eventual <= round, "an eventual get saw {eventual}, which nobody wrote");
        }
        Ok(())
    })
}

pub(super) fn snapshots<H: Harness>(bench: &Bench<'_, H>) -> Checked {
    let store = bench.harness.fresh();
    bench.runtime.block_on(async {
        let rows = |number| (0..200).map(|sort| put(row(0, sort), number)).collect();
        apply(&store, rows(1)).await?;
        apply(&store, vec![put(row(1, 0), 1)]).await?;
        let before = all(&store, &whole_partition(0)).await?;
        let Some(snapshot) = store.snapshot().await? else { return Ok(()) };
        for round in 2..6 {
            apply(&store, rows(round)).await?;
            is_as_it_was(&snapshot, &before).await?;
        }
        let later = store.snapshot().await?;
        let Some(later) = later else { return Err(Violation("only one snapshot".to_owned())) };
        apply(&store, vec![Write::Delete { key: row(0, 7) }, put(row(0, 201), 1)]).await?;
        store.delete_range(&RowRange::Space(Space(1))).await?;
        store.delete_range(&whole_partition(0)).await?;
        is_as_it_was(&snapshot, &before).await?;
        let found = number(later.get(&row(0, 7)).await?.as_ref());
        ensure!(found == 5, "a snapshot taken after 5 was written shows {found}");
        store.close().await?;
        let closed = snapshot.get(&row(0, 7)).await;
        ensure!(
            matches!(closed, Err(StoreError::Stopped { .. })),
            "after closing, a snapshot's get is {closed:?}"
        );
        Ok(())
    })
}

/// Compares whatever a snapshot can be asked with the rows of its moment.
async fn is_as_it_was(snapshot: &impl Snapshot, before: &[ShownRow]) -> Checked {
    for (key, value) in before {
        let found = snapshot.get(key).await?;
        ensure!(found.as_ref() == Some(value), "a snapshot's row became {found:?}");
    }
    let new = snapshot.get(&row(0, 201)).await?;
    ensure!(new.is_none(), "a snapshot shows a row that came later");
    let kept = number(snapshot.get(&row(1, 0)).await?.as_ref());
    ensure!(kept == 1, "a snapshot lost a row that was removed later");
    for direction in [Direction::Forward, Direction::Backward] {
        let mut rows = Vec::new();
        let visit = |row: crate::Row<'_>| {
            rows.push((row.key.to_key(), Bytes::copy_from_slice(row.value)));
            ControlFlow::Continue(())
        };
        snapshot.range(&whole_partition(0), direction, visit).await?;
        if direction == Direction::Backward {
            rows.reverse();
        }
        ensure!(rows == before, "a snapshot's range shows another moment");
    }
    Ok(())
}
