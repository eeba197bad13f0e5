//! Logs.

use std::ops::Bound;
use std::sync::Arc;

use bytes::Bytes;
use tokio::task::JoinHandle;

use super::rows::{ATOMS, ShownRow, all, row, submit};
use super::{Bench, Checked, Harness, Violation, ensure};
use crate::{Guard, Kind, Outcome, RowKey, Space, Store, StoreError, Write, log_number, log_range};

const WRITERS: u8 = 8;
const ROUNDS: u8 = 30;

/// One of several logs.
fn log(number: u64) -> RowKey {
    RowKey::new(Space(0), Kind(2), number, b"", b"")
}

fn append(log: RowKey, at_least: u64, value: &[u8]) -> Write {
    Write::Append { log, at_least, value: Bytes::copy_from_slice(value) }
}

async fn rows_of(store: &impl Store, log: &RowKey) -> Result<Vec<ShownRow>, StoreError> {
    all(store, &log_range(log, Bound::Unbounded, Bound::Unbounded)).await
}

fn numbers(rows: &[ShownRow]) -> Result<Vec<u64>, StoreError> {
    rows.iter().map(|(key, _)| log_number(key.borrowed())).collect()
}

/// Many writers append to the same logs without a latch, while a reader follows one of them.
pub(super) fn logs<H: Harness>(bench: &Bench<'_, H>) -> Checked {
    let store = Arc::new(bench.harness.fresh());
    bench.runtime.block_on(async {
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let store = Arc::clone(&store);
                tokio::spawn(async move { append_rounds(&*store, writer).await })
            })
            .collect();
        let followed = follow(&*store, &log(0), &writers).await?;
        for writer in writers {
            writer.await.expect("checks do not panic")?;
        }
        let rows = rows_of(&*store, &log(0)).await?;
        ensure!(rows == followed, "a reader who follows a log misses rows or sees others");
        for writer in 0..WRITERS {
            let own = rows.iter().filter(|(_, value)| value[0] == writer);
            let own: Vec<u8> = own.map(|(_, value)| value[1]).collect();
            ensure!(
                own.iter().copied().eq(0..ROUNDS),
                "a writer's rows stand in the order {own:?}"
            );
        }
        Ok(())
    })
}

/// Appends under the writer's own latch, each time after the one before was queued.
async fn append_rounds(store: &impl Store, writer: u8) -> Checked {
    let mine = row(1, writer);
    for round in 0..ROUNDS {
        let guard = store.lock(std::slice::from_ref(&mine)).await;
        // Callers' clocks differ: the numbers asked for go up and down.
        let at_least = u64::from(writer) * 3;
        let atom = vec![append(log(0), at_least, &[writer, round]), append(log(1), 0, b"other")];
        let ticket = guard.submit(ATOMS.next(), atom);
        // In between, several of a writer's rows are pending at once.
        if round % 8 == 5 || round + 1 == ROUNDS {
            ensure!(ticket.wait().await? == Outcome::Applied, "appends do not conflict");
        }
    }
    Ok(())
}

/// Reads on behind the last row seen until the writers are done and a reading shows nothing new.
async fn follow(
    store: &impl Store,
    log: &RowKey,
    writers: &[JoinHandle<Checked>],
) -> Result<Vec<ShownRow>, Violation> {
    let mut seen: Vec<ShownRow> = Vec::new();
    loop {
        let is_last_reading = writers.iter().all(JoinHandle::is_finished);
        let lower = match seen.last() {
            Some((key, _)) => Bound::Excluded(log_number(key.borrowed())?),
            None => Bound::Unbounded,
        };
        seen.extend(all(store, &log_range(log, lower, Bound::Unbounded)).await?);
        if is_last_reading {
            return Ok(seen);
        }
        tokio::task::yield_now().await;
    }
}

/// Numbers rise, whatever is asked for, and each is at least that.
pub(super) fn log_numbers<H: Harness>(bench: &Bench<'_, H>) -> Checked {
    let store = bench.harness.fresh();
    bench.runtime.block_on(async {
        for at_least in [5, 5, 100, 7] {
            submit(&store, vec![append(log(0), at_least, b"")]).await.wait().await?;
        }
        let twice = vec![append(log(0), 0, b""), append(log(0), 200, b"")];
        submit(&store, twice).await.wait().await?;
        let found = numbers(&rows_of(&store, &log(0)).await?)?;
        ensure!(found == [5, 6, 100, 101, 102, 200], "numbers are {found:?}");
        store.close().await?;
        Ok::<_, Violation>(())
    })?;
    let Some(store) = bench.harness.reopen() else { return Ok(()) };
    bench.runtime.block_on(async {
        submit(&store, vec![append(log(0), 0, b"")]).await.wait().await?;
        let found = numbers(&rows_of(&store, &log(0)).await?)?;
        ensure!(found.last() == Some(&201), "after reopening numbers are {found:?}");
        Ok(())
    })
}
