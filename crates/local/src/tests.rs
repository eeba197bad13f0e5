//! The engine keeps the contract, and keeps it through a failure.

use std::cell::RefCell;

use store::Consistency::Strong;
use store::suite::{Harness, Hold};
use store::{
    AtomIds, Counters, Guard as _, Health, Kind, Outcome, RowKey, RowRange, Snapshot as _, Space,
    Store as _, StoreError, Ticket, Write,
};
use tempfile::TempDir;

use crate::{LocalError, LocalOptions, LocalStore, RootKey};

/// Names the atoms of these tests.
static ATOMS: AtomIds = AtomIds::new(1);

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
        Some(store.shared().barrier.hold())
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

async fn write(store: &LocalStore, sort: u8) -> Result<Outcome, StoreError> {
    store.lock(&[key(sort)]).await.submit(ATOMS.next(), put(sort)).wait().await
}

/// Waits until the store has gone on after a failure.
async fn recovered(store: &LocalStore) {
    while store.health() != Health::Serving {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_failed_commit_makes_the_store_read_only_until_the_disk_takes_writes() {
    let dir = TempDir::new().unwrap();
    let store = LocalStore::open(&options(&dir)).unwrap();
    assert_eq!(write(&store, 1).await.unwrap(), Outcome::Applied);

    // No file can be created under the name that is tried.
    std::fs::create_dir(dir.path().join("probe")).unwrap();
    let hold = store.shared().barrier.hold();
    let failing = store.lock(&[key(2)]).await.submit(ATOMS.next(), put(2));
    hold.fail();
    assert!(matches!(failing.wait().await, Err(StoreError::ReadOnly { .. })));
    let Health::ReadOnly { reason } = store.health() else { panic!() };
    assert!(reason.contains("the disk of this test failed"), "{reason}");
    assert!(matches!(write(&store, 3).await, Err(StoreError::ReadOnly { .. })));
    let removed = store.delete_range(&RowRange::Space(Space(1))).await;
    assert!(matches!(removed, Err(StoreError::ReadOnly { .. })));
    assert_eq!(store.get(&key(1), Strong).await.unwrap(), Some(vec![1].into()));

    std::fs::remove_dir(dir.path().join("probe")).unwrap();
    recovered(&store).await;
    assert_eq!(write(&store, 4).await.unwrap(), Outcome::Applied);
    let kept = [Some(vec![1].into()), None, None, Some(vec![4].into())];
    let keys = [1, 2, 3, 4].map(key);
    assert_eq!(store.read_atomically(&keys).await.unwrap(), kept);
    store.close().await.unwrap();
    let store = LocalStore::open(&options(&dir)).unwrap();
    assert_eq!(store.read_atomically(&keys).await.unwrap(), kept);
    store.close().await.unwrap();
}

/// As after `chmod 000`, which the owner of these tests may be above.
#[tokio::test]
async fn reads_go_on_while_the_engines_directory_cannot_be_reached() {
    let dir = TempDir::new().unwrap();
    let store = LocalStore::open(&options(&dir)).unwrap();
    write(&store, 1).await.unwrap();
    let (engine, away) = (dir.path().join("engine-1"), dir.path().join("away"));
    std::fs::rename(&engine, &away).unwrap();
    let hold = store.shared().barrier.hold();
    let failing = store.lock(&[key(2)]).await.submit(ATOMS.next(), put(2));
    hold.fail();
    assert!(failing.wait().await.is_err());
    while store.shared().barrier.attempts() < 3 {
        assert_eq!(store.get(&key(1), Strong).await.unwrap(), Some(vec![1].into()));
        assert!(matches!(store.health(), Health::ReadOnly { .. }));
        tokio::task::yield_now().await;
    }
    std::fs::rename(&away, &engine).unwrap();
    recovered(&store).await;
    write(&store, 2).await.unwrap();
    store.close().await.unwrap();
}

#[tokio::test]
async fn what_was_read_before_a_failure_decides_nothing_behind_it() {
    let dir = TempDir::new().unwrap();
    let store = LocalStore::open(&options(&dir)).unwrap();
    let hold = store.shared().barrier.hold();
    let failing = store.lock(&[key(1)]).await.submit(ATOMS.next(), put(1));
    let mut writer = store.lock(&[key(1)]).await;
    assert_eq!(writer.read(&key(1)).await.unwrap(), Some(vec![1].into()));
    let idle = store.lock(&[key(2)]).await;
    hold.fail();
    assert!(failing.wait().await.is_err());
    recovered(&store).await;
    assert!(writer.submit(ATOMS.next(), put(1)).wait().await.is_err());
    assert!(idle.submit(ATOMS.next(), Vec::new()).wait().await.is_err());
    assert_eq!(store.get(&key(1), Strong).await.unwrap(), None);
    write(&store, 1).await.unwrap();
    store.close().await.unwrap();
}

fn add(sort: u8, amount: i64) -> Vec<Write> {
    vec![Write::Add { key: key(sort), amounts: [amount, 0] }]
}

async fn submit(store: &LocalStore, writes: Vec<Write>) -> Ticket {
    store.lock(&[]).await.submit(ATOMS.next(), writes)
}

#[tokio::test]
async fn a_guard_reads_sums_that_are_not_durable_yet() {
    let dir = TempDir::new().unwrap();
    let store = LocalStore::open(&options(&dir)).unwrap();
    submit(&store, add(1, 100)).await.wait().await.unwrap();
    let hold = store.shared().barrier.hold();
    let mut tickets = Vec::new();
    for added in 1..=50 {
        tickets.push(submit(&store, add(1, 1)).await);
        let mut guard = store.lock(&[key(1)]).await;
        let read = Counters::decode(guard.read(&key(1)).await.unwrap().as_deref()).unwrap();
        assert_eq!(read, Counters([100 + added, 0]));
        tokio::task::yield_now().await;
    }
    hold.release();
    for ticket in tickets {
        ticket.wait().await.unwrap();
    }
    store.close().await.unwrap();
}

#[tokio::test]
async fn a_row_that_does_not_count_fails_atoms_and_not_the_store() {
    let dir = TempDir::new().unwrap();
    let store = LocalStore::open(&options(&dir)).unwrap();
    write(&store, 1).await.unwrap();
    let failed = submit(&store, add(1, 1)).await.wait().await;
    assert!(matches!(failed, Err(StoreError::Damaged { .. })), "{failed:?}");
    assert_eq!(store.health(), Health::Serving);
    // Known by now, it takes nothing with it.
    let hold = store.shared().barrier.hold();
    let beside = submit(&store, put(2)).await;
    let failed = submit(&store, add(1, 1)).await.wait().await;
    assert!(matches!(failed, Err(StoreError::Damaged { .. })), "{failed:?}");
    hold.release();
    beside.wait().await.unwrap();
    let counters = Counters([5, 0]).encode();
    let mended = vec![Write::Put { key: key(1), value: counters }];
    submit(&store, mended).await.wait().await.unwrap();
    submit(&store, add(1, 1)).await.wait().await.unwrap();
    let sums = Counters([6, 0]).encode();
    assert_eq!(store.get(&key(1), Strong).await.unwrap(), Some(sums));
    store.close().await.unwrap();
}

#[tokio::test]
async fn a_snapshot_keeps_no_failed_store_from_going_on_and_ends_there() {
    let dir = TempDir::new().unwrap();
    let store = LocalStore::open(&options(&dir)).unwrap();
    write(&store, 1).await.unwrap();
    let snapshot = store.snapshot().await.unwrap().unwrap();
    let hold = store.shared().barrier.hold();
    let failing = store.lock(&[key(1)]).await.submit(ATOMS.next(), put(1));
    hold.fail();
    assert!(failing.wait().await.is_err());
    recovered(&store).await;
    let read = snapshot.get(&key(1)).await;
    assert!(matches!(read, Err(StoreError::Failed { .. })), "{read:?}");
    let another = store.snapshot().await.unwrap().unwrap();
    assert_eq!(another.get(&key(1)).await.unwrap(), Some(vec![1].into()));
    store.close().await.unwrap();
}

#[tokio::test]
async fn a_read_only_store_closes() {
    let dir = TempDir::new().unwrap();
    let store = LocalStore::open(&options(&dir)).unwrap();
    write(&store, 1).await.unwrap();
    std::fs::create_dir(dir.path().join("probe")).unwrap();
    let hold = store.shared().barrier.hold();
    let failing = store.lock(&[key(2)]).await.submit(ATOMS.next(), put(2));
    hold.fail();
    assert!(failing.wait().await.is_err());
    store.close().await.unwrap();
    assert!(matches!(store.health(), Health::Stopped { .. }));
    let store = LocalStore::open(&options(&dir)).unwrap();
    assert_eq!(store.get(&key(1), Strong).await.unwrap(), Some(vec![1].into()));
    store.close().await.unwrap();
}

#[tokio::test]
async fn a_store_that_is_dropped_unclosed_carries_out_what_was_submitted() {
    let dir = TempDir::new().unwrap();
    let store = LocalStore::open(&options(&dir)).unwrap();
    drop(store.lock(&[key(1)]).await.submit(ATOMS.next(), put(1)));
    drop(store);

    let store = loop {
        match LocalStore::open(&options(&dir)) {
            Err(LocalError::InUse { .. }) => std::thread::yield_now(),
            opened => break opened.unwrap(),
        }
    };
    assert_eq!(store.get(&key(1), Strong).await.unwrap(), Some(vec![1].into()));
    store.close().await.unwrap();
}

#[tokio::test]
async fn updates_of_one_row_share_one_commit() {
    let dir = TempDir::new().unwrap();
    let store = LocalStore::open(&options(&dir)).unwrap();
    let hold = store.shared().barrier.hold();
    // The first is on its way already; the others collect behind it.
    let mut tickets = Vec::new();
    for value in 0..100 {
        let guard = store.lock(&[key(1)]).await;
        tickets.push(guard.submit(
            ATOMS.next(),
            vec![Write::Put { key: key(1), value: vec![value; 100].into() }],
        ));
        tokio::task::yield_now().await;
    }
    hold.release();
    for ticket in tickets {
        assert_eq!(ticket.wait().await.unwrap(), Outcome::Applied);
    }
    let commits = store.shared().barrier.passed();
    assert!(commits <= 2, "{commits} commits for 100 updates of one row");
    assert_eq!(store.get(&key(1), Strong).await.unwrap(), Some(vec![99; 100].into()));
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
        drop(store.lock(&[]).await.submit(ATOMS.next(), vec![row(1, number)]));
    }
    store.lock(&[]).await.submit(ATOMS.next(), vec![row(2, 0)]).wait().await.unwrap();
    let range = RowRange::Space(Space(1));
    store.delete_range(&range).await.unwrap();
    // Whatever was removed is merged away sooner or later.
    while bytes_of_tables(&dir) > 100_000 {
        store.shared().engine().await.unwrap().tree().flush().unwrap();
        tokio::task::yield_now().await;
    }
    assert!(store.get(row(2, 0).key(), Strong).await.unwrap().is_some());
    store.close().await.unwrap();
}

fn bytes_of_tables(dir: &TempDir) -> u64 {
    let files = std::fs::read_dir(dir.path().join("engine-1")).unwrap().flatten();
    let tables = files.filter(|file| file.path().extension().is_some_and(|kind| kind == "table"));
    tables.filter_map(|table| table.metadata().ok()).map(|table| table.len()).sum()
}

#[tokio::test]
async fn a_full_queue_keeps_new_writers_waiting_until_it_drains() {
    let dir = TempDir::new().unwrap();
    let options = LocalOptions { queue_bytes_max: 10_000, ..options(&dir) };
    let store = LocalStore::open(&options).unwrap();
    let hold = store.shared().barrier.hold();
    let mut tickets = Vec::new();
    for sort in 0..2 {
        let guard = store.lock(&[key(sort)]).await;
        let write = Write::Put { key: key(sort), value: vec![sort; 5000].into() };
        tickets.push(guard.submit(ATOMS.next(), vec![write]));
    }
    let third = [key(3)];
    let mut waiting = std::pin::pin!(store.lock(&third));
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    assert!(waiting.as_mut().poll(&mut context).is_pending());
    hold.release();
    waiting.await.submit(ATOMS.next(), put(3)).wait().await.unwrap();
    for ticket in tickets {
        assert_eq!(ticket.wait().await.unwrap(), Outcome::Applied);
    }
    store.close().await.unwrap();
}
