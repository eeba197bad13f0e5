//! Measures the embedded engine: `cargo run --release -p stator-local --example throughput`.
//!
//! Prints durable puts per second at 1 and 32 writers, updates of one hot counter with 32 writers,
//! and, in cache and on one thread, gets and ranges of 20 rows per second. The first line is the
//! bound a single writer cannot pass: append and fdatasync of a bare file on the same disk.

#![allow(clippy::print_stdout, reason = "the figures are the point")]

use std::fs::File;
use std::io::Write as _;
use std::ops::{Bound, ControlFlow};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use stator_local::{LocalOptions, LocalStore, RootKey};
use store::Consistency::Strong;
use store::{AtomIds, Direction, Guard, Kind, RowKey, RowRange, Space, Store, Write};

/// Names the atoms of this process.
static ATOMS: AtomIds = AtomIds::new(1);

const MEASURED_FOR: Duration = Duration::from_secs(3);
const VALUE_BYTES: usize = 400;
const READ_ROWS: u64 = 200_000;
const ROWS_PER_PARTITION: u64 = 100;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let dir = std::env::args().nth(1).ok_or("give a directory that does not exist yet")?;
    let dir = Path::new(&dir);
    std::fs::create_dir(dir)?;
    let runtime = tokio::runtime::Runtime::new()?;
    bare_fsync(&dir.join("bare"))?;

    let options = LocalOptions::new(dir.join("data"), RootKey::new([7; RootKey::BYTES]));
    let started = Instant::now();
    let store = LocalStore::open(&options)?;
    println!("{:<34}{:>10.1} ms", "open, empty", started.elapsed().as_secs_f64() * 1e3);
    for writers in [1, 32] {
        runtime.block_on(puts(&store, writers));
    }
    runtime.block_on(hot_counter(&store, 32));
    runtime.block_on(reads(&store))?;
    runtime.block_on(store.close())?;

    let started = Instant::now();
    let store = LocalStore::open(&options)?;
    println!("{:<34}{:>10.1} ms", "open, filled", started.elapsed().as_secs_f64() * 1e3);
    runtime.block_on(store.close())?;
    Ok(())
}

fn bare_fsync(path: &Path) -> std::io::Result<()> {
    let mut file = File::create(path)?;
    let mut latencies = Vec::new();
    let started = Instant::now();
    while started.elapsed() < MEASURED_FOR {
        let began = Instant::now();
        file.write_all(&[1; VALUE_BYTES])?;
        file.sync_data()?;
        latencies.push(began.elapsed());
    }
    report("bare append and fdatasync", latencies, started.elapsed());
    Ok(())
}

async fn puts(store: &LocalStore, writers: u64) {
    let sequence = Arc::new(AtomicU64::new(0));
    let put = move |store: LocalStore| {
        let number = sequence.fetch_add(1, Ordering::Relaxed);
        async move {
            let key = key(u32::try_from(writers).expect("few writers"), number);
            let guard = store.lock(std::slice::from_ref(&key)).await;
            let value = Bytes::from(vec![3; VALUE_BYTES]);
            guard.submit(ATOMS.next(), vec![Write::Put { key, value }]).wait().await
        }
    };
    writing(&format!("put, {writers} writers"), store, writers, put).await;
}

async fn hot_counter(store: &LocalStore, writers: u64) {
    let update = |store: LocalStore| async move {
        let key = key(1000, 0);
        let mut guard = store.lock(std::slice::from_ref(&key)).await;
        let value = guard.read(&key).await?;
        let count = value.and_then(|value| value[..].try_into().ok()).map_or(0, u64::from_le_bytes);
        let value = Bytes::copy_from_slice(&(count + 1).to_le_bytes());
        guard.submit(ATOMS.next(), vec![Write::Put { key, value }]).wait().await
    };
    writing(&format!("update of one row, {writers} writers"), store, writers, update).await;
}

async fn writing<Fut>(
    name: &str,
    store: &LocalStore,
    writers: u64,
    write: impl Fn(LocalStore) -> Fut + Clone + Send + 'static,
) where
    Fut: Future<Output = Result<store::Outcome, store::StoreError>> + Send,
{
    let started = Instant::now();
    let tasks: Vec<_> = (0..writers)
        .map(|_| {
            let (store, write) = (store.clone(), write.clone());
            tokio::spawn(async move {
                let mut latencies = Vec::new();
                while started.elapsed() < MEASURED_FOR {
                    let began = Instant::now();
                    write(store.clone()).await.expect("a healthy disk");
                    latencies.push(began.elapsed());
                }
                latencies
            })
        })
        .collect();
    let mut latencies = Vec::new();
    for task in tasks {
        latencies.extend(task.await.expect("writers do not panic"));
    }
    report(name, latencies, started.elapsed());
}

async fn reads(store: &LocalStore) -> Result<(), store::StoreError> {
    for first in (0..READ_ROWS).step_by(1000) {
        let writes = (first..first + 1000)
            .map(|number| Write::Put { key: key(0, number), value: vec![5; VALUE_BYTES].into() });
        store.lock(&[]).await.submit(ATOMS.next(), writes.collect()).wait().await?;
    }
    let mut number = 1u64;
    let mut next = || {
        number = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (number >> 33) % READ_ROWS
    };
    // The first round fills the cache.
    for name in ["", "get"] {
        let (started, mut count) = (Instant::now(), 0u32);
        while started.elapsed() < MEASURED_FOR {
            assert!(store.get(&key(0, next()), Strong).await?.is_some());
            count += 1;
        }
        report_rate(name, count, started.elapsed());
    }
    for (name, direction) in
        [("range of 20", Direction::Forward), ("range of 20, backward", Direction::Backward)]
    {
        let (started, mut count) = (Instant::now(), 0u32);
        while started.elapsed() < MEASURED_FOR {
            assert_eq!(read_20(store, next(), direction).await?, 20);
            count += 1;
        }
        report_rate(name, count, started.elapsed());
    }
    Ok(())
}

async fn read_20(
    store: &LocalStore,
    number: u64,
    direction: Direction,
) -> Result<u32, store::StoreError> {
    let hash = number / ROWS_PER_PARTITION;
    let range = RowRange::Sorts {
        space: Space(0),
        kind: Kind(1),
        hash,
        partition: hash.to_be_bytes().to_vec(),
        lower: Bound::Unbounded,
        upper: Bound::Unbounded,
    };
    let mut rows = 0;
    let count = |_: store::Row<'_>| {
        rows += 1;
        if rows == 20 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    store.range(&range, direction, Strong, count).await?;
    Ok(rows)
}

fn key(space: u32, number: u64) -> RowKey {
    let hash = number / ROWS_PER_PARTITION;
    RowKey::new(Space(space), Kind(1), hash, &hash.to_be_bytes(), &number.to_be_bytes())
}

fn report(name: &str, mut latencies: Vec<Duration>, elapsed: Duration) {
    latencies.sort_unstable();
    let at = |percent: usize| latencies[latencies.len() * percent / 100].as_micros();
    let rate = f64::from(u32::try_from(latencies.len()).unwrap_or(u32::MAX));
    println!(
        "{name:<34}{:>10.0} /s   p50 {:>5} µs   p99 {:>5} µs",
        rate / elapsed.as_secs_f64(),
        at(50),
        at(99)
    );
}

fn report_rate(name: &str, count: u32, elapsed: Duration) {
    if !name.is_empty() {
        println!("{name:<34}{:>10.0} /s", f64::from(count) / elapsed.as_secs_f64());
    }
}
