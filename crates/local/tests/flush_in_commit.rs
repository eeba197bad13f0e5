//! Tables in memory are written out while commits are under way: a crash right after that opens.

#![allow(clippy::unwrap_used, reason = "a test panics on what it does not expect")]

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use store::{AtomIds, Guard as _, Kind, RowKey, RowRange, Space, Store as _, Write};
use tempfile::TempDir;

use support::{copy, open};

/// Names the atoms of these tests.
static ATOMS: AtomIds = AtomIds::new(1);

const ROUNDS: u32 = 15;

/// Removing a range has what is in memory written out: little, and soon done, while a large commit
/// is on its way.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crash_after_a_range_was_removed_beside_a_large_commit_opens() {
    let home = TempDir::new().unwrap();
    let live = home.path().join("live");
    let store = open(&live).unwrap();
    let (space, kind) = (Space(2), Kind(1));
    let everything = RowRange::Hashes { space, kind, first: 0, last: u64::MAX, after: None };
    for round in 0..ROUNDS {
        // Leaves nothing in memory.
        store.delete_range(&everything).await.unwrap();
        settle(&live).await;
        let (removed, written) = tokio::join!(store.delete_range(&everything), async {
            let large = key(1, 0, 0);
            let value = Bytes::from(vec![u8::try_from(round).unwrap(); 4 << 20]);
            let writes = vec![Write::Put { key: large.clone(), value }];
            store.lock(&[large]).await.submit(ATOMS.next(), writes).wait().await
        });
        removed.unwrap();
        written.unwrap();
        opens_after_a_crash(&live, round).await;
    }
    store.close().await.unwrap();
}

/// Waits until the engine writes nothing.
async fn settle(live: &Path) {
    loop {
        let before = listing(live);
        tokio::time::sleep(Duration::from_millis(50)).await;
        if before == listing(live) {
            return;
        }
    }
}

/// Opens the files as they lie, as after a crash.
async fn opens_after_a_crash(live: &Path, round: u32) {
    let home = TempDir::new().unwrap();
    let dir = home.path().join("data");
    loop {
        let before = listing(live);
        // A file that goes away meanwhile shows in the listing, too.
        let copied = copy(live, &dir);
        if copied.is_ok() && before == listing(live) {
            break;
        }
        let _absent = fs::remove_dir_all(&dir);
    }
    let store = open(&dir).unwrap_or_else(|error| panic!("{round}: {error}"));
    store.close().await.unwrap();
}

fn key(space: u32, partition: u32, row: u32) -> RowKey {
    RowKey::new(
        Space(space),
        Kind(1),
        partition.into(),
        &partition.to_be_bytes(),
        &row.to_be_bytes(),
    )
}

/// Every file with its size and time.
fn listing(dir: &Path) -> Vec<(PathBuf, u64, SystemTime)> {
    let mut files = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        match fs::metadata(&path) {
            Ok(metadata) if metadata.is_dir() => files.extend(listing(&path)),
            Ok(metadata) => files.push((path, metadata.len(), metadata.modified().unwrap())),
            Err(_) => {}
        }
    }
    files.sort();
    files
}
