//! What the other tests are checked by finds what it is for.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use model::api::UpdateTableInput;
use model::{StreamDeclaration, StreamView};
use store::slow::SlowStore;
use store::{AtomIds, Guard as _, Kind, RowKey, Space, Store as _, Write};
use support::*;

static ATOMS: AtomIds = AtomIds::new(1);

fn row(sort: u8) -> RowKey {
    RowKey::new(Space(16), Kind(1), 9, b"p", &[sort])
}

fn put_stamped(sort: u8, stamp: u8) -> Write {
    Write::Put { key: row(sort), value: vec![stamp; 12].into() }
}

/// What is wrong with these atoms, each a write under the latches of rows.
async fn violations<const N: usize>(atoms: [(&[u8], Write); N]) -> Vec<String> {
    let store = slow_store();
    for (latched, write) in atoms {
        submit(&store, latched, write).await;
    }
    store.violations()
}

async fn submit(store: &SlowStore, latched: &[u8], write: Write) {
    let keys: Vec<RowKey> = latched.iter().map(|sort| row(*sort)).collect();
    store.lock(&keys).await.submit(ATOMS.next(), vec![write]).wait().await.unwrap();
}

#[tokio::test]
async fn a_row_that_is_changed_under_no_common_latch_is_found() {
    assert_eq!(violations([(&[], put_stamped(1, 1))]).await.len(), 1);
    let hanging = violations([(&[7, 8], put_stamped(1, 1)), (&[8, 9], put_stamped(1, 2))]).await;
    assert_eq!(hanging, [""; 0], "the row 8 owns it");
    let delete = Write::Delete { key: row(1) };
    let others =
        violations([(&[7, 8], put_stamped(1, 1)), (&[8, 9], put_stamped(1, 2)), (&[9, 7], delete)]);
    assert_eq!(others.await.len(), 1, "each two have one in common, but not all");
}

#[tokio::test]
async fn rows_of_a_space_that_one_writer_knows_need_no_latch() {
    let store = slow_store();
    let dropped = RowKey::new(Space(0), Kind(0x72), 0, b"", &16u32.to_be_bytes());
    let remember = Write::Put { key: dropped.clone(), value: vec![0, 0, 0, 16].into() };
    let guard = store.lock(std::slice::from_ref(&dropped)).await;
    guard.submit(ATOMS.next(), vec![remember]).wait().await.unwrap();
    submit(&store, &[], put_stamped(1, 1)).await;
    assert_eq!(store.violations(), [""; 0]);
}

#[tokio::test]
async fn a_stamp_that_falls_is_found_also_across_a_removal() {
    let put = |stamp| (&[1][..], put_stamped(1, stamp));
    assert_eq!(violations([put(1), put(2), put(3)]).await, [""; 0]);
    assert_eq!(violations([put(2), put(2)]).await.len(), 1);
    let delete = (&[1][..], Write::Delete { key: row(1) });
    assert_eq!(violations([put(2), delete, put(1)]).await.len(), 1);
}

fn without_stream() -> UpdateTableInput {
    let stream = Some(StreamDeclaration { enabled: false, view: None });
    UpdateTableInput { stream_specification: stream, ..update_of("t") }
}

#[tokio::test]
async fn a_record_outside_of_the_open_shards_is_found() {
    let (store, clock) = (slow_store(), TestClock::new(1_700_000_000_000));
    let db = open(store.clone(), &clock).await;
    let declaration = with_stream(table("t", "p:S", None), StreamView::NewImage);
    db.create_table(&scope(), declaration).await.unwrap();
    write(&db, "t", map([("p", s("a"))])).await;
    assert_eq!(store.violations(), [""; 0]);
    let log = |space, shard| RowKey::new(Space(space), Kind(0x30), shard, b"", b"");
    let value = |head| vec![2, head].into();
    let append = |space, shard, at_least| Write::Append {
        log: log(space, shard),
        at_least,
        value: value(1 << 5),
    };
    // The table has space 16, its stream the next one.
    submit(&store, &[], append(17, 0, u64::MAX / 2)).await;
    assert_eq!(store.violations(), [""; 0]);
    submit(&store, &[], append(17, 99, u64::MAX / 2)).await;
    assert_eq!(store.violations().len(), 1, "there is no such shard");
    submit(&store, &[], append(99, 0, 0)).await;
    assert_eq!(store.violations().len(), 2, "there is no such stream");
    submit(&store, &[], Write::Append { log: log(17, 0), at_least: 0, value: value(0) }).await;
    assert_eq!(store.violations().len(), 3, "the atom has no last record");
    db.update_table(&scope(), without_stream()).await.unwrap();
    submit(&store, &[], append(17, 0, u64::MAX / 2)).await;
    assert_eq!(store.violations().len(), 4, "the shard is closed");
    // What was found fails the test that drops the database.
    let dropped = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| drop(db)));
    assert!(dropped.is_err());
}

#[tokio::test]
async fn a_database_that_holds_something_else_than_its_rows_is_found() {
    let (store, clock) = (slow_store(), TestClock::new(1));
    let first = open(store.clone(), &clock).await;
    let second = open(store.clone(), &clock).await;
    assert_eq!(first.held(), second.held());
    second.create_table(&scope(), table("t", "p:S", None)).await.unwrap();
    assert_ne!(first.held(), second.held());
}
