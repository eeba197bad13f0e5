//! Nothing of a row can be read in the directory, and no two directories look alike.
//!
//! The files are watched while the store works, so those it deletes later are looked at too.

#![allow(clippy::unwrap_used, reason = "a test panics on what it does not expect")]

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use stator_local::{LocalOptions, LocalStore, RootKey};
use store::{AtomIds, Guard as _, Kind, RowKey, RowRange, Space, Store as _, Write};
use tempfile::TempDir;

/// Names the atoms of these tests.
static ATOMS: AtomIds = AtomIds::new(1);

const PARTITION: &[u8] = b"a-partition-anyone-would-know";
const SORT: &[u8] = b"a-sort-key-anyone-would-know";
const VALUE: &[u8] = b"a-value-anyone-would-know";
const ROWS: u32 = 1500;

/// Every state of every file that was looked at.
type Seen = BTreeMap<PathBuf, Vec<Vec<u8>>>;

fn look(dir: &Path, seen: &mut Seen) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            look(&path, seen);
        } else if let Ok(bytes) = fs::read(&path) {
            seen.entry(path).or_default().push(bytes);
        }
    }
}

/// Fills, overwrites, flushes, compacts and removes, looking at the files all the time.
async fn live(dir: &Path) -> Seen {
    let mut seen = Seen::new();
    let root = RootKey::new([7; RootKey::BYTES]);
    let options = LocalOptions { memtable_bytes: 256 << 10, ..LocalOptions::new(dir, root) };
    for _opening in 0..2 {
        let store = LocalStore::open(&options).unwrap();
        for space in [1, 2] {
            for first in (0..ROWS).step_by(100) {
                let writes: Vec<Write> =
                    (first..first + 100).map(|row| write(space, row)).collect();
                let keys: Vec<RowKey> = writes.iter().map(|write| write.key().clone()).collect();
                store.lock(&keys).await.submit(ATOMS.next(), writes).wait().await.unwrap();
                look(dir, &mut seen);
            }
        }
        store.delete_range(&RowRange::Space(Space(2))).await.unwrap();
        look(dir, &mut seen);
        store.close().await.unwrap();
        look(dir, &mut seen);
    }
    seen
}

fn write(space: u32, row: u32) -> Write {
    let sort = [SORT, &row.to_be_bytes()].concat();
    let key = RowKey::new(Space(space), Kind(1), 1, PARTITION, &sort);
    Write::Put { key, value: Bytes::from(VALUE.repeat(8)) }
}

#[tokio::test]
async fn no_plain_text_is_in_any_file() {
    let dir = TempDir::new().unwrap();
    let seen = live(dir.path()).await;
    let tables = seen.keys().filter(|path| path.extension().is_some_and(|kind| kind == "table"));
    assert!(tables.count() > 3, "tables are written while rows are");
    // Compression and shared prefixes may cut a secret, so parts of it count as well.
    let secrets = [PARTITION, SORT, VALUE];
    let parts: HashSet<&[u8]> = secrets.iter().flat_map(|secret| secret.windows(8)).collect();
    for (path, states) in &seen {
        for window in states.iter().flat_map(|bytes| bytes.windows(8)) {
            let told = window.escape_ascii();
            assert!(!parts.contains(window), "{} shows {told}", path.display());
        }
        let name = path.display().to_string();
        assert!(!name.contains("anyone"), "{name}");
    }
}

#[tokio::test]
async fn the_same_rows_in_two_directories_share_no_bytes() {
    const RUN: usize = 64;
    let (one, other) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let states = |seen: Seen| seen.into_values().filter_map(|states| states.into_iter().last());
    let one: Vec<Vec<u8>> = states(live(one.path()).await).collect();
    let other: Vec<Vec<u8>> = states(live(other.path()).await).collect();
    let runs: HashSet<&[u8]> = one.iter().flat_map(|bytes| bytes.windows(RUN)).collect();
    assert!(runs.len() > 100_000, "there is something to compare");
    for bytes in &other {
        // The room ahead of a log's records is zeros.
        for run in bytes.chunks_exact(RUN).filter(|run| run.iter().any(|byte| *byte != 0)) {
            assert!(!runs.contains(run), "both have {}", run.escape_ascii());
        }
    }
}
