//! After a rotation everything is there, under the new key and under no other; and whatever a cut
//! leaves behind opens. The cut at each file call of the whole program is `testkit`'s business.

#![allow(clippy::unwrap_used, reason = "a test panics on what it does not expect")]

use std::collections::HashSet;
use std::fs;
use std::ops::{ControlFlow, Range};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use stator_local::{LocalError, LocalOptions, LocalStore, RootKey, Rotation};
use store::Consistency::Strong;
use store::{AtomIds, Direction, Guard as _, Kind, RowKey, RowRange, Space, Store as _, Write};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// Names the atoms of these tests.
static ATOMS: AtomIds = AtomIds::new(1);

/// Together more than two portions of a copy.
const ROWS: u16 = 1000;
const VALUE_BYTES: usize = 10_000;

#[test]
fn everything_is_there_under_the_new_key_and_nothing_under_the_old() {
    let home = Home::new();
    let mut heard = Vec::new();
    let mut rotation = Rotation::begin(&home.options(1)).unwrap();
    rotation.run(&root(2), |copied| heard.push(copied)).unwrap();
    drop(rotation);

    assert!(heard.len() > 2 && heard.is_sorted_by_key(|copied| copied.rows), "{heard:?}");
    assert_eq!(heard.last().unwrap().rows, u64::from(ROWS));
    assert!(matches!(home.open(1), Err(LocalError::WrongKey { .. })));
    assert_eq!(home.rows(2), rows(ROWS));
    home.put(2, ROWS..ROWS + 1);
    assert_eq!(home.rows(2), rows(ROWS + 1));
}

#[test]
fn the_former_marker_and_key_open_nothing_of_the_new_files() {
    let home = Home::new();
    let former = fs::read(home.dir.join("stator-format")).unwrap();
    home.rotate(1, 2);
    fs::rename(home.dir.join("engine-2"), home.dir.join("engine-1")).unwrap();
    fs::write(home.dir.join("stator-format"), former).unwrap();
    let error = home.open(1).unwrap_err();
    let refused =
        matches!(&error, LocalError::Damaged { what, .. } if what.contains("another key"));
    assert!(refused, "{error:?}");
}

#[test]
fn no_file_outlives_its_generation() {
    let home = Home::new();
    let before = files(&home.dir);
    home.rotate(1, 2);
    home.rotate(2, 1);
    let after = files(&home.dir);
    assert_eq!(home.rows(1), rows(ROWS));
    let lasting = ["lock", "stator-format"].map(|name| home.dir.join(name));
    let kept: HashSet<_> = before.intersection(&after).cloned().collect();
    assert_eq!(kept, HashSet::from(lasting));
}

#[test]
fn a_cut_while_copying_leaves_what_was() {
    let home = Home::new();
    let mut rotation = Rotation::begin(&home.options(1)).unwrap();
    let cut = std::panic::AssertUnwindSafe(|| {
        rotation.run(&root(2), |copied| assert!(copied.rows < 500, "cut off here"))
    });
    assert!(std::panic::catch_unwind(cut).is_err());
    drop(rotation);
    assert!(home.dir.join("engine-2").exists());
    assert!(matches!(home.open(2), Err(LocalError::WrongKey { .. })));
    assert_eq!(home.rows(1), rows(ROWS));
    assert!(!home.dir.join("engine-2").exists());
    home.rotate(1, 2);
    assert_eq!(home.rows(2), rows(ROWS));
}

#[test]
fn a_cut_before_the_former_engine_is_gone_leaves_what_is() {
    let home = Home::new();
    home.rotate(1, 2);
    fs::create_dir_all(home.dir.join("engine-1")).unwrap();
    fs::write(home.dir.join("engine-1/0000000001.table"), "left over").unwrap();
    assert_eq!(home.rows(2), rows(ROWS));
    assert!(!home.dir.join("engine-1").exists());
}

#[test]
fn a_missing_engine_is_not_replaced_by_another_generation() {
    let home = Home::new();
    fs::rename(home.dir.join("engine-1"), home.dir.join("engine-2")).unwrap();
    let error = home.open(1).unwrap_err();
    assert!(matches!(&error, LocalError::Damaged { file, .. } if file.ends_with("engine-1")));
    assert!(home.dir.join("engine-2").exists());
}

#[test]
fn a_directory_in_use_or_without_data_is_not_rotated() {
    let home = Home::new();
    let runtime = Runtime::new().unwrap();
    let store = home.open(1).unwrap();
    assert!(matches!(Rotation::begin(&home.options(1)), Err(LocalError::InUse { .. })));
    runtime.block_on(store.close()).unwrap();
    assert!(matches!(Rotation::begin(&home.options(9)), Err(LocalError::WrongKey { .. })));

    let elsewhere = home.dir.with_file_name("elsewhere");
    let options = LocalOptions::new(&elsewhere, root(1));
    assert!(matches!(Rotation::begin(&options), Err(LocalError::NoStore { .. })));
    assert!(!elsewhere.exists());
}

/// A data directory with rows under the root key 1.
struct Home {
    _temporary: TempDir,
    dir: PathBuf,
}

impl Home {
    fn new() -> Self {
        let temporary = TempDir::new().unwrap();
        let home = Self { dir: temporary.path().join("data"), _temporary: temporary };
        home.put(1, 0..ROWS);
        home
    }

    fn put(&self, key: u8, rows: Range<u16>) {
        let writes = rows.map(|row| Write::Put { key: name(row), value: value(row) }).collect();
        self.with_store(key, async |store| {
            store.lock(&[]).await.submit(ATOMS.next(), writes).wait().await.unwrap();
        });
    }

    /// Every row, in order.
    fn rows(&self, key: u8) -> Vec<(RowKey, Bytes)> {
        self.with_store(key, async |store| {
            let mut rows = Vec::new();
            let range = RowRange::Space(Space(1));
            let visit = |row: store::Row<'_>| {
                rows.push((row.key.to_key(), Bytes::copy_from_slice(row.value)));
                ControlFlow::Continue(())
            };
            store.range(&range, Direction::Forward, Strong, visit).await.unwrap();
            rows
        })
    }

    fn with_store<T>(&self, key: u8, work: impl AsyncFnOnce(&LocalStore) -> T) -> T {
        Runtime::new().unwrap().block_on(async {
            let store = self.open(key).unwrap();
            let result = work(&store).await;
            store.close().await.unwrap();
            result
        })
    }

    fn options(&self, key: u8) -> LocalOptions {
        LocalOptions::new(&self.dir, root(key))
    }

    fn open(&self, key: u8) -> Result<LocalStore, LocalError> {
        LocalStore::open(&self.options(key))
    }

    fn rotate(&self, from: u8, to: u8) {
        Rotation::begin(&self.options(from)).unwrap().run(&root(to), |_| {}).unwrap();
    }
}

fn name(row: u16) -> RowKey {
    RowKey::new(Space(1), Kind(1), u64::from(row), b"partition", b"sort")
}

fn value(row: u16) -> Bytes {
    row.to_be_bytes().repeat(VALUE_BYTES / 2).into()
}

fn rows(count: u16) -> Vec<(RowKey, Bytes)> {
    (0..count).map(|row| (name(row), value(row))).collect()
}

fn files(dir: &Path) -> HashSet<PathBuf> {
    let mut found = HashSet::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path))
        } else {
            found.insert(path);
        }
    }
    found
}

fn root(byte: u8) -> RootKey {
    RootKey::new([byte; RootKey::BYTES])
}
