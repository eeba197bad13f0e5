//! Atoms and snapshots under concurrent readers.
//!
//! A writer sets all rows of an atom to the same number, again and again; whatever a reader sees in
//! one call must be one number. That a reader met a commit midway is a matter of chance, so there
//! are many rounds, and the broken stores dawdle where they are broken.

use std::ops::ControlFlow;
use std::sync::Arc;

use super::rows::{apply, lone_row, number, put, row, whole_partition, wide_row};
use super::{Bench, Checked, Harness, Violation, ensure};
use crate::Consistency::{Eventual, Strong};
use crate::{Consistency, Direction, RowKey, Store};

const ROUNDS: u64 = 60;
const READERS: usize = 3;

pub(super) fn range_snapshot<H: Harness>(bench: &Bench<'_, H>) -> Checked {
    // More rows than an engine reads in one go.
    let keys = (0..4096).map(|sort| wide_row(0, sort)).collect();
    under_writes(bench, keys, 10, async |store, _| {
        let forward = numbers_of(&*store, Direction::Forward, Strong).await?;
        let backward = numbers_of(&*store, Direction::Backward, Strong).await?;
        Ok([forward, backward].to_vec())
    })
}

pub(super) fn atom_in_partition<H: Harness>(bench: &Bench<'_, H>) -> Checked {
    let keys = (0..5).map(|sort| row(0, sort)).collect();
    under_writes(bench, keys, ROUNDS, async |store, _| {
        let strong = numbers_of(&*store, Direction::Forward, Strong).await?;
        let eventual = numbers_of(&*store, Direction::Forward, Eventual).await?;
        // An early moment has no rows at all.
        let has_rows = !eventual.is_empty();
        Ok([strong].into_iter().chain(has_rows.then_some(eventual)).collect())
    })
}

pub(super) fn atom_across_partitions<H: Harness>(bench: &Bench<'_, H>) -> Checked {
    let keys = (0..5).map(|partition| lone_row(0, partition)).collect();
    under_writes(bench, keys, ROUNDS, async |store, keys| {
        let values = store.read_atomically(&keys).await?;
        Ok(vec![values.iter().map(|value| number(value.as_ref())).collect()])
    })
}

async fn numbers_of(
    store: &impl Store,
    direction: Direction,
    consistency: Consistency,
) -> Result<Vec<u64>, Violation> {
    let mut numbers = Vec::new();
    let visit = |row: crate::Row<'_>| {
        numbers.push(row.value.try_into().map_or(0, u64::from_le_bytes));
        ControlFlow::Continue(())
    };
    store.range(&whole_partition(0), direction, consistency, visit).await?;
    Ok(numbers)
}

/// Writes all `keys` at once, `rounds` times, while readers read; each list of numbers a reader
/// returns must hold as many as there are keys, all the same.
fn under_writes<H: Harness, F>(
    bench: &Bench<'_, H>,
    keys: Vec<RowKey>,
    rounds: u64,
    read: impl Fn(Arc<H::Store>, Arc<[RowKey]>) -> F + Clone + Send + 'static,
) -> Checked
where
    F: Future<Output = Result<Vec<Vec<u64>>, Violation>> + Send,
{
    let (store, keys) = (Arc::new(bench.harness.fresh()), Arc::<[RowKey]>::from(keys));
    bench.runtime.block_on(async {
        let all = |number| keys.iter().map(|key| put(key.clone(), number)).collect();
        apply(&*store, all(1)).await?;
        let (done, finished) = tokio::sync::watch::channel(false);
        let readers: Vec<_> = (0..READERS)
            .map(|_| {
                let (store, keys, read) = (Arc::clone(&store), Arc::clone(&keys), read.clone());
                let finished = finished.clone();
                tokio::spawn(async move {
                    while !*finished.borrow() {
                        for numbers in read(Arc::clone(&store), Arc::clone(&keys)).await? {
                            check_numbers(&numbers, keys.len())?;
                        }
                        tokio::task::yield_now().await;
                    }
                    Ok::<_, Violation>(())
                })
            })
            .collect();
        for round in 2..=rounds {
            apply(&*store, all(round)).await?;
        }
        let _every_reader_failed = done.send(true);
        for reader in readers {
            reader.await.expect("checks do not panic")?;
        }
        Ok(())
    })
}

fn check_numbers(numbers: &[u64], expected: usize) -> Checked {
    ensure!(numbers.len() == expected, "{} of {expected} rows shown", numbers.len());
    let first = numbers[0];
    ensure!(
        numbers.iter().all(|number| *number == first),
        "one read saw the rows of several moments"
    );
    Ok(())
}
