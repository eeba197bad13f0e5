//! BatchGetItem and BatchWriteItem.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use model::api::WriteRequest;
use model::{ApiError, AttributeMap, TableRef};
use stator_db::{BatchGetItem, BatchGetTable, BatchWriteItem};
use store::slow::SlowStore;
use support::*;

async fn db() -> Db<SlowStore> {
    let db = in_memory().await;
    db.create_table(&scope(), table("one", "p:S", None)).await.unwrap();
    let declaration = with_global(table("two", "p:S", None), "gsi", (&["x:S"], &[]), all());
    db.create_table(&scope(), declaration).await.unwrap();
    db
}

fn key(p: &str) -> AttributeMap {
    map([("p", s(p))])
}

fn keys(table: &str, keys: impl IntoIterator<Item = AttributeMap>) -> BatchGetTable {
    BatchGetTable {
        table: TableRef::new(table).into(),
        keys: keys.into_iter().map(encoded).collect(),
        consistent: false,
        projection: None,
    }
}

fn wanted(tables: Vec<BatchGetTable>) -> BatchGetItem {
    BatchGetItem {
        tables,
        left_out: Vec::new(),
        report_capacity: model::ReturnConsumedCapacity::None,
    }
}

fn writes(tables: Vec<(&str, Vec<WriteRequest>)>) -> BatchWriteItem {
    let tables = tables.into_iter().map(|(table, writes)| (TableRef::new(table).into(), writes));
    BatchWriteItem { tables: tables.collect(), ..BatchWriteItem::default() }
}

#[tokio::test]
async fn writes_of_several_tables_are_carried_out_and_read_back() {
    let db = db().await;
    write(&db, "one", key("old")).await;
    let request = writes(vec![
        (
            "one",
            vec![WriteRequest::put(encoded(key("new"))), WriteRequest::delete(encoded(key("old")))],
        ),
        ("two", vec![WriteRequest::put(encoded(map([("p", s("a")), ("x", s("y"))])))]),
    ]);
    let answer = db.batch_write_item(&scope(), request).await.unwrap();
    assert!(answer.unprocessed.is_empty());

    let mut two = keys("two", [key("a"), key("none")]);
    two.projection = paths("x");
    let request = wanted(vec![keys("one", [key("old"), key("new")]), two]);
    let answer = db.batch_get_item(&scope(), request).await.unwrap();
    assert_eq!(answer.responses[0], (TableRef::new("one"), vec![item([("p", s("new"))])]));
    assert_eq!(answer.responses[1], (TableRef::new("two"), vec![item([("x", s("y"))])]));
    assert!(answer.unprocessed.is_empty());
}

#[tokio::test]
async fn a_missing_table_refuses_the_whole_batch() {
    let db = db().await;
    let missing = ApiError::ResourceNotFound("Requested resource not found".into());
    let request = writes(vec![
        ("one", vec![WriteRequest::put(encoded(key("a")))]),
        ("none", vec![WriteRequest::put(encoded(key("a")))]),
    ]);
    assert_eq!(db.batch_write_item(&scope(), request).await.unwrap_err(), missing);
    assert_eq!(read(&db, "one", key("a")).await, None);
    let request = wanted(vec![keys("none", [key("a"), key("a")])]);
    assert_eq!(db.batch_get_item(&scope(), request).await.unwrap_err(), missing);
}

#[tokio::test]
async fn a_refused_write_refuses_the_whole_batch() {
    let db = db().await;
    let request = writes(vec![(
        "two",
        vec![
            WriteRequest::put(encoded(key("a"))),
            WriteRequest::put(encoded(map([("p", s("b")), ("x", n("1"))]))),
        ],
    )]);
    let message = refused(db.batch_write_item(&scope(), request).await);
    assert!(message.contains("Type mismatch for Index Key x"), "{message}");
    assert_eq!(read(&db, "two", key("a")).await, None);
}

#[tokio::test]
async fn no_key_may_come_twice() {
    let db = db().await;
    let duplicates = "Provided list of item keys contains duplicates";
    let request = wanted(vec![keys("one", [key("a"), key("b"), key("a")])]);
    assert_eq!(refused(db.batch_get_item(&scope(), request).await), duplicates);
    let twice = vec![WriteRequest::put(encoded(key("a"))), WriteRequest::delete(encoded(key("a")))];
    assert_eq!(
        refused(db.batch_write_item(&scope(), writes(vec![("one", twice)])).await),
        duplicates
    );
    // The same key in two tables is two items.
    let request = wanted(vec![keys("one", [key("a")]), keys("two", [key("a")])]);
    db.batch_get_item(&scope(), request).await.unwrap();
}

#[tokio::test]
async fn batches_have_a_largest_number_of_items() {
    let db = db().await;
    let numbered = |count: usize| (0..count).map(|number| key(&number.to_string()));
    let request = wanted(vec![keys("one", numbered(60)), keys("two", numbered(41))]);
    assert_eq!(
        refused(db.batch_get_item(&scope(), request).await),
        "Too many items requested for the BatchGetItem call"
    );
    let puts =
        |count| numbered(count).map(|item| WriteRequest::put(encoded(item))).collect::<Vec<_>>();
    let request = writes(vec![("one", puts(20)), ("two", puts(6))]);
    assert_eq!(
        refused(db.batch_write_item(&scope(), request).await),
        "Too many items requested for the BatchWriteItem call"
    );
    db.batch_write_item(&scope(), writes(vec![("one", puts(25))])).await.unwrap();
}

#[tokio::test]
async fn keys_beyond_16_mb_are_unprocessed() {
    let db = db().await;
    let name = |number: usize| format!("{number:03}");
    for number in 0..60 {
        let blob = s(&"x".repeat(400_000));
        write(&db, "one", map([("p", s(&name(number))), ("blob", blob)])).await;
    }
    let all = (0..60).map(|number| key(&name(number)));
    let request = wanted(vec![keys("one", all), keys("two", [key("a")])]);
    let answer = db.batch_get_item(&scope(), request).await.unwrap();
    // 41 items of 400,008 bytes fit into 16 MB.
    assert_eq!(answer.responses[0].1.len(), 41);
    let (table, left) = &answer.unprocessed[0];
    assert_eq!((table.as_str(), left.len()), ("one", 19));
    assert_eq!(left[0], encoded(key(&name(41))));
    // Keys that come later are not looked at, but those of absent items cost no room.
    assert_eq!(answer.unprocessed.len(), 1);
}
