//! The version every row carries.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use model::{AttributeMap, ProjectionType};
use store::slow::SlowStore;
use support::*;

/// A table whose index carries keys and `d`; its rows are in spaces 16 and 17.
async fn db(store: &SlowStore, clock: &TestClock) -> Db<SlowStore> {
    let db = open(store.clone(), clock).await;
    let include = projection(ProjectionType::Include, &["d"]);
    let declaration = with_global(table("t", "p:S", None), "gsi", (&["x:S"], &[]), include);
    db.create_table(&scope(), declaration).await.unwrap();
    db
}

fn item(d: &str, e: &str) -> AttributeMap {
    map([("p", s("p")), ("x", s("x")), ("d", s(d)), ("e", s(e))])
}

/// The stamps of the item's row and of its index row.
async fn stamps(store: &SlowStore) -> (Vec<u8>, Vec<u8>) {
    let (items, entries) = (rows(store, 16, 0x01).await, rows(store, 17, 0x20).await);
    assert_eq!((items.len(), entries.len()), (1, 1));
    (items[0].1[..12].to_vec(), entries[0].1[..12].to_vec())
}

#[tokio::test]
async fn an_index_row_has_the_stamp_of_the_write_that_changed_it_last() {
    let (store, clock) = (slow_store(), TestClock::new(1_000));
    let db = db(&store, &clock).await;
    write(&db, "t", item("1", "1")).await;
    let (first, entry) = stamps(&store).await;
    assert_eq!(first, entry);
    // Milliseconds, ticks, the test's writer.
    assert_eq!(first, [0, 0, 0, 0, 0x03, 0xE8, 0, 0, 0, 0, 0, 7]);

    write(&db, "t", item("1", "2")).await;
    let (second, entry) = stamps(&store).await;
    assert!(second > first);
    assert_eq!(entry, first);

    write(&db, "t", item("2", "2")).await;
    let (third, entry) = stamps(&store).await;
    assert!(third > second);
    assert_eq!(entry, third);

    // What changes nothing writes nothing.
    write(&db, "t", item("2", "2")).await;
    assert_eq!(stamps(&store).await, (third, entry));
}

#[tokio::test]
async fn a_rows_stamps_grow_across_restarts_with_a_clock_that_stepped_back() {
    let store = slow_store();
    let before = db(&store, &TestClock::new(5_000)).await;
    write(&before, "t", item("1", "1")).await;
    let (first, _) = stamps(&store).await;
    let after = open(store.clone(), &TestClock::new(1_000)).await;
    write(&after, "t", item("2", "2")).await;
    let (second, _) = stamps(&store).await;
    assert!(second > first);
}
