//! Global indexes that come to a table with items, and go from it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use std::collections::BTreeMap;

use model::api::{TableDescription, TableStatus, WriteRequest};
use model::{ApiError, AttributeMap, ProjectionType, TableRef};
use stator_db::{TransactAction, TransactOperation, TransactWriteItems};
use store::{AtomIds, Counting, Guard as _, Kind, RowKey, Space, Store as _, Write};
use support::*;

const NOW_MS: u64 = 1_700_000_000_000;

fn item_of(number: usize) -> AttributeMap {
    let mut item = map([("p", s(&format!("p{number}"))), ("data", s(&"d".repeat(number % 7)))]);
    match number % 5 {
        0 => {}
        1 => drop(item.insert("x".into(), n("1"))),
        _ => drop(item.insert("x".into(), s(&format!("x{}", number % 11)))),
    }
    item
}

async fn described<S: Slow>(db: &Db<S>) -> TableDescription {
    db.table_described(&scope(), TableRef::new("t1")).await.unwrap()
}

async fn statuses<S: Slow>(db: &Db<S>) -> (TableStatus, Vec<Way>) {
    let table = described(db).await;
    (table.table_status.unwrap(), table.globals().iter().map(|index| index.way()).collect())
}

async fn everything<S: Slow>(db: &Db<S>, index: Option<&str>) -> Vec<AttributeMap> {
    let mut all = Vec::new();
    let mut request = scan("t1");
    request.index = index.map(str::to_owned);
    loop {
        let page = db.scan(&scope(), request.clone()).await.unwrap();
        all.extend(items(&page));
        match page.last_evaluated_key {
            Some(last) => request.exclusive_start_key = Some(last),
            None => return all,
        }
    }
}

/// Checks that the index `by-x`, which carries everything, has exactly the items with a string `x`,
/// and that its counters say so.
async fn assert_exact<S: Slow>(db: &Db<S>) {
    let by_key = |items: Vec<AttributeMap>| -> BTreeMap<String, AttributeMap> {
        items.into_iter().map(|item| (format!("{:?}", item["p"]), item)).collect()
    };
    let is_text = |item: &AttributeMap| matches!(item.get("x"), Some(model::AttributeValue::S(_)));
    let mut expected = everything(db, None).await;
    expected.retain(is_text);
    let bytes: usize = expected.iter().map(|item| model::Item::encode(item).item_bytes()).sum();
    let rows = expected.len();
    let found = everything(db, Some("by-x")).await;
    assert_eq!(found.len(), rows);
    assert_eq!(by_key(found), by_key(expected));
    let table = described(db).await;
    let mut indexes = table.globals().iter();
    let index = indexes.find(|index| index.index_name.as_deref() == Some("by-x")).unwrap();
    assert_eq!(index.sizes(), (rows as u64, bytes as u64));
}

async fn filled<S: Slow>(store: S, count: usize) -> Db<S> {
    let db = open(store, &TestClock::new(NOW_MS)).await;
    db.create_table(&scope(), table("t1", "p:S", None)).await.unwrap();
    for number in 0..count {
        write(&db, "t1", item_of(number)).await;
    }
    db
}

fn by_x() -> model::api::UpdateTableInput {
    create_index("t1", "by-x", (&["x:S"], &[]), all())
}

#[tokio::test]
async fn an_index_that_comes_takes_in_the_items_that_fit() {
    let db = filled(slow_store(), 1000).await;
    let answer = db.table_updated(&scope(), by_x()).await.unwrap();
    assert_eq!(answer.table_status, Some(TableStatus::Updating));
    assert_eq!(answer.globals()[0].way(), ALLOCATING);
    assert_eq!(answer.attribute_names(), ["p", "x"]);

    db.settled().await;
    assert_eq!(statuses(&db).await, (TableStatus::Active, vec![ACTIVE]));
    assert_exact(&db).await;
    // From now on what does not fit is refused.
    let wrong = put("t1", map([("p", s("new")), ("x", n("1"))]));
    assert!(refused(db.put_item(&scope(), wrong).await).contains("Type mismatch for Index Key x"));
    write(&db, "t1", map([("p", s("new")), ("x", s("later"))])).await;
    assert_exact(&db).await;
}

#[tokio::test]
async fn an_index_carries_what_its_projection_says() {
    let db = filled(slow_store(), 20).await;
    let projection = projection(ProjectionType::KeysOnly, &[]);
    let update = create_index("t1", "keys", (&["data:S"], &["x:S"]), projection);
    db.update_table(&scope(), update).await.unwrap();
    db.settled().await;
    let mut found = everything(&db, Some("keys")).await;
    found.sort_by_key(|item| format!("{:?}", item["p"]));
    // An empty string is no key, and neither is a number where a string is wanted.
    assert_eq!(found.len(), (0..20).filter(|n| n % 7 != 0 && n % 5 > 1).count());
    assert!(found.iter().all(|item| item.keys().eq(["data", "p", "x"])));
}

#[tokio::test]
async fn while_an_index_is_backfilled_it_cannot_be_read_and_writes_are_taken_in() {
    let store = slow_store();
    let db = filled(store.clone(), 300).await;
    store.hold_ranges();
    db.update_table(&scope(), by_x()).await.unwrap();
    while statuses(&db).await.1 != [BACKFILLING] {
        tokio::task::yield_now().await;
    }
    assert_eq!(statuses(&db).await.0, TableStatus::Active);
    let mut request = query("t1", key_condition("x = :x", &[("x", s("x2"))]));
    request.index = Some("by-x".into());
    assert_eq!(
        refused(db.query(&scope(), request).await),
        "Cannot read from backfilling global secondary index: by-x"
    );

    // One item of each sort is replaced, changed, deleted and created.
    for number in 0..10 {
        let p = item_of(number)["p"].clone();
        write(&db, "t1", map([("p", p.clone()), ("x", s("replaced"))])).await;
        let p = item_of(number + 10)["p"].clone();
        let set = update("SET x = :x", &[("x", s("changed"))]);
        db.update_item(&scope(), change("t1", map([("p", p)]), set)).await.unwrap();
        let p = item_of(number + 20)["p"].clone();
        db.delete_item(&scope(), delete("t1", map([("p", p)]))).await.unwrap();
        let p = item_of(number + 30)["p"].clone();
        let unset = update("REMOVE x", &[]);
        db.update_item(&scope(), change("t1", map([("p", p)]), unset)).await.unwrap();
        write(&db, "t1", item_of(1000 + number)).await;
    }
    // What does not fit is taken, but not into the index.
    write(&db, "t1", map([("p", s("p40")), ("x", n("7"))])).await;
    write(&db, "t1", map([("p", s("p41")), ("x", s(&"long".repeat(1000)))])).await;
    write(&db, "t1", map([("p", s("p41")), ("x", s("short again"))])).await;
    let actions = [42, 43].map(|number| TransactAction {
        table: TableRef::new("t1").into(),
        operation: match number {
            42 => TransactOperation::Delete(encoded(map([("p", s("p42"))]))),
            _ => TransactOperation::Put(encoded(map([("p", s("p43")), ("x", s("in one"))]))),
        },
        condition: None,
        on_failure: model::ReturnValuesOnConditionCheckFailure::None,
    });
    let transaction = TransactWriteItems {
        actions: actions.into(),
        client_token: None,
        report: stator_db::Report::default(),
    };
    db.transact_write_items(&scope(), transaction).await.unwrap();

    store.release_ranges();
    db.settled().await;
    assert_eq!(statuses(&db).await.1, [ACTIVE]);
    assert_exact(&db).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_index_is_exact_whatever_is_written_while_it_is_built() {
    let db = std::sync::Arc::new(filled(slow_store(), 2000).await);
    db.update_table(&scope(), by_x()).await.unwrap();
    let writers = (0..4).map(|writer| {
        let db = std::sync::Arc::clone(&db);
        tokio::spawn(async move {
            for round in 0..1500 {
                let number = (round * 7919 + writer * 104_729) % 2500;
                let p = map([("p", item_of(number)["p"].clone())]);
                match round % 3 {
                    0 => drop(db.delete_item(&scope(), delete("t1", p)).await.unwrap()),
                    1 => {
                        drop(write(&db, "t1", map([("p", p["p"].clone()), ("x", s("new"))])).await)
                    }
                    _ => {
                        let set = update("SET x = :x", &[("x", s(&format!("w{writer}")))]);
                        db.update_item(&scope(), change("t1", p, set)).await.unwrap();
                    }
                }
                tokio::task::yield_now().await;
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
    db.settled().await;
    assert_exact(&db).await;
}

#[tokio::test]
async fn a_backfill_that_was_cut_short_goes_on_when_the_database_is_opened_again() {
    let store = slow_store();
    let first = filled(store.clone(), 500).await;
    store.hold_ranges();
    first.update_table(&scope(), by_x()).await.unwrap();
    while statuses(&first).await.1 != [BACKFILLING] {
        tokio::task::yield_now().await;
    }
    write(&first, "t1", map([("p", s("p7")), ("x", s("written by the first"))])).await;
    // The second finds what the first has begun; their walks meet, and change nothing twice.
    store.release_ranges();
    let second = open(store.clone(), &TestClock::new(NOW_MS)).await;
    second.settled().await;
    first.settled().await;
    assert_exact(&second).await;
}

/// The rows of jobs, as JSON.
async fn jobs<S: store::Store>(store: &S) -> Vec<serde_json::Value> {
    let rows = rows(store, 0, 0x75).await;
    rows.iter().map(|(_, value)| serde_json::from_slice(value).unwrap()).collect()
}

/// A database with a table of many items, and an index on its way.
async fn half_way<S: Slow>(store: S, count: usize) -> Db<S> {
    let db = open(store, &TestClock::new(NOW_MS)).await;
    db.create_table(&scope(), table("t1", "p:S", None)).await.unwrap();
    let mut loader = db.load(&scope(), &TableRef::new("t1")).unwrap();
    let items: Vec<_> =
        (0..count).map(|number| WriteRequest::put(encoded(item_of(number)))).collect();
    for batch in items.chunks(500) {
        loader.write(batch).await.unwrap();
    }
    loader.finish().await.unwrap();
    db.update_table(&scope(), by_x()).await.unwrap();
    db
}

#[tokio::test]
async fn a_backfill_goes_on_from_the_place_that_its_job_has_noted() {
    let store = slow_store();
    let _first = half_way(store.clone(), 6000).await;
    while jobs(&store).await.iter().all(|job| job["after"].is_null()) {
        tokio::task::yield_now().await;
    }
    let store = Counting::new(store);
    let second = open(store.clone(), &TestClock::new(NOW_MS)).await;
    assert_eq!(statuses(&second).await.1, [BACKFILLING]);
    second.settled().await;
    assert!(store.rows_shown() < 3000, "{} of 6000 rows were walked", store.rows_shown());
    assert_eq!(jobs(&store).await, [""; 0]);
    assert_exact(&second).await;
}

#[tokio::test]
async fn a_backfill_without_a_job_begins_at_the_beginning() {
    let store = slow_store();
    let first = filled(store.clone(), 300).await;
    store.hold_ranges();
    first.update_table(&scope(), by_x()).await.unwrap();
    while statuses(&first).await.1 != [BACKFILLING] {
        tokio::task::yield_now().await;
    }
    store.release_ranges();
    let id = jobs(&store).await[0]["id"].as_u64().unwrap();
    store.hold_ranges();
    // As a version left it that knew no jobs.
    let row = RowKey::new(Space(0), Kind(0x75), 0, b"", &id.to_be_bytes());
    let guard = store.lock(std::slice::from_ref(&row)).await;
    guard.submit(AtomIds::new(1).next(), vec![Write::Delete { key: row }]).wait().await.unwrap();
    store.release_ranges();
    let second = open(store.clone(), &TestClock::new(NOW_MS)).await;
    second.settled().await;
    first.settled().await;
    assert_eq!(statuses(&second).await.1, [ACTIVE]);
    assert_exact(&second).await;
}

#[tokio::test]
async fn a_job_ends_with_its_index_and_with_its_table() {
    let store = slow_store();
    let db = filled(store.clone(), 300).await;
    for gone in [false, true] {
        db.update_table(&scope(), by_x()).await.unwrap();
        assert_eq!(jobs(&store).await.len(), 1);
        if gone {
            while statuses(&db).await.1 != [BACKFILLING] {
                tokio::task::yield_now().await;
            }
        } else {
            db.settled().await;
        }
        db.update_table(&scope(), delete_index("t1", "by-x")).await.unwrap();
        assert_eq!(jobs(&store).await, [""; 0]);
        db.settled().await;
    }
    db.time_to_live_updated(&scope(), "t1", ("until", true)).await.unwrap();
    let job = &jobs(&store).await[0];
    assert_eq!((&job["kind"], &job["index"]), (&"Backfill".into(), &serde_json::Value::Null));
    db.table_deleted(&scope(), TableRef::new("t1")).await.unwrap();
    assert_eq!(jobs(&store).await, [""; 0]);
    db.settled().await;
}

#[tokio::test(start_paused = true)]
async fn a_backfill_waits_until_the_store_takes_writes_again() {
    let store = slow_store();
    let db = filled(store.clone(), 300).await;
    store.hold_ranges();
    db.update_table(&scope(), by_x()).await.unwrap();
    while statuses(&db).await.1 != [BACKFILLING] {
        tokio::task::yield_now().await;
    }
    store.be_read_only(true);
    store.release_ranges();
    // The clock runs while nobody has anything to do: it is tried again and again.
    tokio::time::sleep(std::time::Duration::from_secs(60)).await;
    assert_eq!(statuses(&db).await.1, [BACKFILLING]);
    store.be_read_only(false);
    db.settled().await;
    assert_eq!(statuses(&db).await.1, [ACTIVE]);
    assert_exact(&db).await;
}

#[tokio::test]
async fn closing_waits_until_a_backfill_has_stopped() {
    let store = slow_store();
    let db = std::sync::Arc::new(filled(store.clone(), 300).await);
    store.hold_ranges();
    db.update_table(&scope(), by_x()).await.unwrap();
    while statuses(&db).await.1 != [BACKFILLING] {
        tokio::task::yield_now().await;
    }
    let closing = tokio::spawn({
        let db = std::sync::Arc::clone(&db);
        async move { db.close().await }
    });
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert!(!closing.is_finished());
    store.release_ranges();
    closing.await.unwrap().unwrap();
}

#[tokio::test]
async fn an_index_that_goes_is_forgotten_with_its_rows_and_attributes() {
    let store = slow_store();
    let db = filled(store.clone(), 50).await;
    db.update_table(&scope(), by_x()).await.unwrap();
    db.settled().await;
    assert!(!rows(&store, 17, 0x20).await.is_empty());

    let answer = db.table_updated(&scope(), delete_index("t1", "by-x")).await.unwrap();
    assert_eq!(answer.table_status, Some(TableStatus::Updating));
    assert_eq!(answer.globals()[0].way(), DELETING);
    db.settled().await;
    let table = described(&db).await;
    assert_eq!((table.table_status, table.globals()), (Some(TableStatus::Active), &[][..]));
    assert_eq!(table.attribute_names(), ["p"]);
    assert_eq!(rows(&store, 17, 0x20).await, []);
    assert_eq!(rows(&store, 17, 0x02).await, []);
    let mut request = scan("t1");
    request.index = Some("by-x".into());
    let message = "The table does not have the specified index: by-x";
    assert_eq!(refused(db.scan(&scope(), request).await), message);
    // Nothing says any more what x is to be.
    write(&db, "t1", map([("p", s("new")), ("x", n("1"))])).await;

    // The name is free, and the space is another.
    db.update_table(&scope(), by_x()).await.unwrap();
    db.settled().await;
    assert_exact(&db).await;
    assert!(!rows(&store, 18, 0x20).await.is_empty());
}

#[tokio::test]
async fn deleting_an_index_ends_its_backfill() {
    let store = slow_store();
    let db = filled(store.clone(), 300).await;
    store.hold_ranges();
    db.update_table(&scope(), by_x()).await.unwrap();
    while statuses(&db).await.1 != [BACKFILLING] {
        tokio::task::yield_now().await;
    }
    write(&db, "t1", map([("p", s("p1")), ("x", s("early"))])).await;
    db.update_table(&scope(), delete_index("t1", "by-x")).await.unwrap();
    store.release_ranges();
    db.settled().await;
    assert_eq!(statuses(&db).await, (TableStatus::Active, Vec::new()));
    assert_eq!(rows(&store, 17, 0x20).await, []);
}

#[tokio::test]
async fn a_deletion_that_was_cut_short_goes_on_when_the_database_is_opened_again() {
    let store = slow_store();
    let first = filled(store.clone(), 50).await;
    first.update_table(&scope(), by_x()).await.unwrap();
    first.settled().await;
    store.keep_ranges(true);
    first.update_table(&scope(), delete_index("t1", "by-x")).await.unwrap();
    first.settled().await;
    assert!(!rows(&store, 17, 0x20).await.is_empty());

    store.keep_ranges(false);
    let second = open(store.clone(), &TestClock::new(NOW_MS)).await;
    second.settled().await;
    assert_eq!(statuses(&second).await, (TableStatus::Active, Vec::new()));
    assert_eq!(rows(&store, 17, 0x20).await, []);
}

#[tokio::test]
async fn while_an_index_comes_others_and_the_table_itself_stay() {
    let store = slow_store();
    let db = filled(store.clone(), 10).await;
    store.hold_ranges();
    db.update_table(&scope(), by_x()).await.unwrap();
    while statuses(&db).await.1 != [BACKFILLING] {
        tokio::task::yield_now().await;
    }
    let busy = ApiError::LimitExceeded(
        "Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously \
         per table"
            .into(),
    );
    let other = create_index("t1", "other", (&["y:S"], &[]), all());
    assert_eq!(db.update_table(&scope(), other.clone()).await.unwrap_err(), busy);
    let in_use = |result: Result<TableDescription, ApiError>| match result.unwrap_err() {
        ApiError::ResourceInUse(message) => message,
        error => panic!("{error:?}"),
    };
    assert_eq!(
        in_use(db.table_updated(&scope(), by_x()).await),
        "Attempt to change a resource which is still in use: Index is being created.  Table: t1 \
         Index: by-x"
    );
    assert_eq!(
        in_use(db.table_deleted(&scope(), TableRef::new("t1")).await),
        "Attempt to change a resource which is still in use: Cannot delete table while indexes are \
         being created, updated, or deleted."
    );
    store.release_ranges();
    db.settled().await;
    db.update_table(&scope(), other).await.unwrap();
    db.settled().await;
    db.table_deleted(&scope(), TableRef::new("t1")).await.unwrap();
    db.settled().await;
    for space in 16..19 {
        assert_eq!(rows(&store, space, 0x20).await, [], "{space}");
    }
}

#[tokio::test]
async fn the_latest_writer_of_a_table_knows_its_latest_indexes() {
    let store = slow_store();
    let db = std::sync::Arc::new(filled(store.clone(), 10).await);
    // A write is queued by the table as it was, and not durable yet, when the index comes.
    store.hold();
    let early = tokio::spawn({
        let db = std::sync::Arc::clone(&db);
        async move { write(&db, "t1", map([("p", s("early")), ("x", s("bird"))])).await }
    });
    store.until_tickets_wait(1).await;
    let updating = tokio::spawn({
        let db = std::sync::Arc::clone(&db);
        async move { db.update_table(&scope(), by_x()).await.unwrap() }
    });
    tokio::task::yield_now().await;
    store.release();
    early.await.unwrap();
    updating.await.unwrap();
    db.settled().await;
    assert_exact(&db).await;
}
