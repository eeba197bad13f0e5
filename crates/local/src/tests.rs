//! The engine keeps the contract, and keeps it through a failure.

use std::cell::RefCell;

use store::suite::{Harness, Hold};
use store::{
    Direction, Guard as _, Kind, Outcome, RowKey, RowRange, Space, Store as _, StoreError, Write,
};
use tempfile::TempDir;

use crate::{LocalError, LocalOptions, LocalStore, RootKey};

#[derive(Default)]
struct InDirectory {
    dirs: RefCell<Vec<TempDir>>,
}

impl Harness for InDirectory {
    type Store = LocalStore;

    fn fresh(&self) -> LocalStore {
        self.dirs.borrow_mut().push(TempDir::new().unwrap());
        self.reopen().unwrap()
    }

    fn reopen(&self) -> Option<LocalStore> {
        let dirs = self.dirs.borrow();
        Some(LocalStore::open(&options(dirs.last()?)).unwrap())
    }

    fn hold(&self, store: &LocalStore) -> Option<Box<dyn Hold>> {
        Some(store.shared().gate.hold())
    }
}

store::contract_tests!(InDirectory::default());

fn options(dir: &TempDir) -> LocalOptions {
    LocalOptions::new(dir.path(), RootKey::new([7; RootKey::BYTES]))
}

fn key(sort: u8) -> RowKey {
    RowKey::new(Space(1), Kind(1), 9, b"p", &[sort])
}

fn put(sort: u8) -> Vec<Write> {
    vec![Write::Put { key: key(sort), value: vec![sort].into() }]
}

#[tokio::test]
async fn a_failed_commit_stops_the_store_until_it_is_reopened() {
    let dir = TempDir::new().unwrap();
    let store = LocalStore::open(&options(&dir)).unwrap();
    let applied = store.lock(&[key(1)]).await.submit(put(1)).wait().await.unwrap();
    assert_eq!(applied, Outcome::Applied);

    let hold = store.shared().gate.hold();
    let failing = store.lock(&[key(2)]).await.submit(put(2));
    hold.fail();
    assert!(matches!(failing.wait().await, Err(StoreError::Stopped { .. })));
    assert!(matches!(store.get(&key(1)).await, Err(StoreError::Stopped { .. })));
    let later = store.lock(&[key(3)]).await.submit(put(3)).wait().await;
    assert!(matches!(later, Err(StoreError::Stopped { .. })));
    store.close().await.unwrap();

    let store = LocalStore::open(&options(&dir)).unwrap();
    let kept = store.read_atomically(&[key(1), key(2), key(3)]).await.unwrap();
    assert_eq!(kept, [Some(vec![1].into()), None, None]);
    store.close().await.unwrap();
}

#[tokio::test]
async fn a_store_that_is_dropped_unclosed_carries_out_what_was_submitted() {
    let dir = TempDir::new().unwrap();
    let store = LocalStore::open(&options(&dir)).unwrap();
    drop(store.lock(&[key(1)]).await.submit(put(1)));
    drop(store);

    let store = loop {
        match LocalStore::open(&options(&dir)) {
            Err(LocalError::InUse { .. }) => std::thread::yield_now(),
            opened => break opened.unwrap(),
        }
    };
    assert_eq!(store.get(&key(1)).await.unwrap(), Some(vec![1].into()));
    store.close().await.unwrap();
}

#[tokio::test]
async fn updates_of_one_row_share_one_commit() {
    let dir = TempDir::new().unwrap();
    let store = LocalStore::open(&options(&dir)).unwrap();
    let hold = store.shared().gate.hold();
    // The first is on its way already; the others collect behind it.
    let mut tickets = Vec::new();
    for value in 0..100 {
        let guard = store.lock(&[key(1)]).await;
        tickets
            .push(guard.submit(vec![Write::Put { key: key(1), value: vec![value; 100].into() }]));
        tokio::task::yield_now().await;
    }
    hold.release();
    for ticket in tickets {
        assert_eq!(ticket.wait().await.unwrap(), Outcome::Applied);
    }
    let commits = store.shared().gate.passed();
    assert!(commits <= 2, "{commits} commits for 100 updates of one row");
    assert_eq!(store.get(&key(1)).await.unwrap(), Some(vec![99; 100].into()));
    store.close().await.unwrap();
}

#[tokio::test]
async fn removed_rows_give_their_space_back() {
    let dir = TempDir::new().unwrap();
    let options = LocalOptions { memtable_bytes: 256 << 10, ..options(&dir) };
    let store = LocalStore::open(&options).unwrap();
    let row = |space, number: u32| {
        let key = RowKey::new(Space(space), Kind(1), 9, b"p", &number.to_be_bytes());
        Write::Put { key, value: vec![7; 1000].into() }
    };
    for number in 0..2000 {
        drop(store.lock(&[]).await.submit(vec![row(1, number)]));
    }
    store.lock(&[]).await.submit(vec![row(2, 0)]).wait().await.unwrap();
    let range = RowRange::Space(Space(1));
    store.delete_range(&range).await.unwrap();
    store.shared().engine.reclaim(&[range.bounds(Direction::Forward)]);

    let tables = std::fs::read_dir(dir.path().join("engine-1/sstables")).unwrap();
    let bytes: u64 = tables.map(|table| table.unwrap().metadata().unwrap().len()).sum();
    assert!(bytes < 100_000, "tables still have {bytes} bytes");
    assert!(store.get(row(2, 0).key()).await.unwrap().is_some());
    store.close().await.unwrap();
}

#[tokio::test]
async fn a_compaction_over_damage_loses_nothing() {
    let dir = TempDir::new().unwrap();
    let store = LocalStore::open(&options(&dir)).unwrap();
    for sort in 1..4 {
        store.lock(&[key(sort)]).await.submit(put(sort)).wait().await.unwrap();
    }
    store.close().await.unwrap();
    let table = dir.path().join("engine-1/sstables/00000000000000000001.sst");
    let mut bytes = std::fs::read(&table).unwrap();
    // Within the block that holds the rows.
    bytes[120] ^= 1;
    std::fs::write(&table, &bytes).unwrap();

    let store = LocalStore::open(&options(&dir)).unwrap();
    let everything = RowRange::Space(Space(1)).bounds(Direction::Forward);
    store.shared().engine.reclaim(&[everything]);
    assert_eq!(std::fs::read(&table).unwrap(), bytes, "the evidence is kept");
    for sort in 1..4 {
        let read = store.get(&key(sort)).await;
        let Err(StoreError::Damaged { reason }) = read else { panic!("{read:?}") };
        assert!(reason.starts_with(&table.display().to_string()), "{reason}");
    }
    drop(store.close().await);
}
