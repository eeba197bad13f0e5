//! What operations report as consumed, and item collection metrics.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use model::api::WriteRequest;
use model::{
    AttributeMap, ConsumedCapacity, ProjectionType, ReturnConsumedCapacity, Select, TableRef,
};
use stator_db::{
    BatchGetItem, BatchGetTable, BatchWriteItem, GetItem, PutItem, Query, TransactAction,
    TransactGet, TransactGetItems, TransactOperation, TransactWriteItems, WriteAnswer,
};
use store::slow::SlowStore;
use support::*;

/// Hash `p`, range `c`; a global index by `x` with everything, a local one by `y` with keys.
async fn db() -> Db<SlowStore> {
    let db = in_memory().await;
    let declaration = table("t", "p:S", Some("c:S"));
    let keys_only = projection(ProjectionType::KeysOnly, &[]);
    let declaration = with_local(declaration, "lsi", "y:S", keys_only);
    let declaration = with_global(declaration, "gsi", (&["x:S"], &[]), all());
    db.create_table(&scope(), declaration).await.unwrap();
    db
}

fn key() -> AttributeMap {
    map([("p", s("a")), ("c", s("b"))])
}

/// The key with index keys, padded to `item_bytes`.
fn sized(x: Option<&str>, item_bytes: usize) -> AttributeMap {
    let mut item = key();
    item.extend(x.map(|x| ("x".to_owned(), s(x))));
    let names: usize = item.keys().map(String::len).sum();
    let values: usize = item.len();
    item.insert("d".into(), s(&"d".repeat(item_bytes - names - values - 1)));
    item
}

/// Table, local and global index: read and write units of each.
fn shares(consumed: &ConsumedCapacity) -> [(f64, f64); 3] {
    let sum = |shares: &[(String, model::Capacity)]| {
        let read = shares.iter().map(|(_, capacity)| capacity.read.as_f64()).sum();
        let write = shares.iter().map(|(_, capacity)| capacity.write.as_f64()).sum();
        (read, write)
    };
    let base = (consumed.base.read.as_f64(), consumed.base.write.as_f64());
    [base, sum(&consumed.local_indexes), sum(&consumed.global_indexes)]
}

fn written(answer: WriteAnswer) -> [f64; 3] {
    shares(&answer.consumed.unwrap()).map(|(_, write)| write)
}

async fn put_cost(db: &Db<SlowStore>, item: AttributeMap) -> [f64; 3] {
    let request = PutItem { report: everything_reported(), ..put("t", item) };
    written(db.put_item(&scope(), request).await.unwrap())
}

#[tokio::test]
async fn reads_cost_by_4_kb_and_half_when_eventual() {
    let db = db().await;
    let cost = |consistent| {
        let report_capacity = ReturnConsumedCapacity::Total;
        let request = GetItem { consistent, report_capacity, ..get("t", key()) };
        let db = &db;
        async move {
            let answer = db.get_item(&scope(), request).await.unwrap();
            shares(&answer.consumed.unwrap())[0].0
        }
    };
    assert_eq!((cost(true).await, cost(false).await), (1.0, 0.5));
    write(&db, "t", sized(None, 4096)).await;
    assert_eq!((cost(true).await, cost(false).await), (1.0, 0.5));
    write(&db, "t", sized(None, 4097)).await;
    assert_eq!((cost(true).await, cost(false).await), (2.0, 1.0));
    let silent = db.get_item(&scope(), get("t", key())).await.unwrap();
    assert_eq!(silent.consumed, None);
}

#[tokio::test]
async fn writes_cost_by_1_kb_of_the_larger_item() {
    let db = db().await;
    assert_eq!(put_cost(&db, sized(None, 1024)).await, [1.0, 0.0, 0.0]);
    assert_eq!(put_cost(&db, sized(None, 2049)).await, [3.0, 0.0, 0.0]);
    assert_eq!(put_cost(&db, key()).await, [3.0, 0.0, 0.0]);
    assert_eq!(put_cost(&db, key()).await, [1.0, 0.0, 0.0]);
    let mut request = delete("t", key());
    request.report = everything_reported();
    assert_eq!(written(db.delete_item(&scope(), request.clone()).await.unwrap())[0], 1.0);
    assert_eq!(written(db.delete_item(&scope(), request).await.unwrap())[0], 1.0);
}

#[tokio::test]
async fn index_rows_cost_when_they_change() {
    let db = db().await;
    // It comes, stays, changes in place, changes its key, goes.
    assert_eq!(put_cost(&db, sized(Some("1"), 1025)).await, [2.0, 0.0, 2.0]);
    assert_eq!(put_cost(&db, sized(Some("1"), 1025)).await, [2.0, 0.0, 0.0]);
    assert_eq!(put_cost(&db, sized(Some("1"), 2049)).await, [3.0, 0.0, 3.0]);
    assert_eq!(put_cost(&db, sized(Some("2"), 1024)).await, [3.0, 0.0, 4.0]);
    assert_eq!(put_cost(&db, sized(None, 1024)).await, [1.0, 0.0, 1.0]);

    // What the local index does not carry may change for nothing.
    let with_y = |d: &str| {
        let mut item = key();
        item.extend(map([("y", s("1")), ("d", s(d))]));
        item
    };
    assert_eq!(put_cost(&db, with_y("1")).await, [1.0, 1.0, 0.0]);
    assert_eq!(put_cost(&db, with_y("2")).await, [1.0, 0.0, 0.0]);
}

#[tokio::test]
async fn queries_round_once_and_charge_what_they_read() {
    let db = db().await;
    for c in ["1", "2", "3"] {
        let mut item = sized(Some("1"), 2000);
        item.extend(map([("c", s(c)), ("y", s(c))]));
        write(&db, "t", item).await;
    }
    let cost = |index: Option<&str>, select, consistent| {
        let condition = match index {
            Some("gsi") => key_condition("x = :x", &[("x", s("1"))]),
            _ => key_condition("p = :p", &[("p", s("a"))]),
        };
        let request = Query {
            index: index.map(str::to_owned),
            select,
            consistent,
            report_capacity: ReturnConsumedCapacity::Indexes,
            ..query("t", condition)
        };
        let db = &db;
        async move {
            let page = db.query(&scope(), request).await.unwrap();
            shares(&page.consumed.unwrap()).map(|(read, _)| read)
        }
    };
    // 6006 bytes are two steps of 4 KB.
    assert_eq!(cost(None, None, true).await, [2.0, 0.0, 0.0]);
    assert_eq!(cost(None, None, false).await, [1.0, 0.0, 0.0]);
    assert_eq!(cost(None, Some(Select::Count), false).await, [1.0, 0.0, 0.0]);
    assert_eq!(cost(Some("gsi"), None, false).await, [0.0, 0.0, 1.0]);
    assert_eq!(cost(Some("lsi"), None, false).await, [0.0, 0.5, 0.0]);
    // Each fetched item is rounded by itself.
    assert_eq!(cost(Some("lsi"), Some(Select::AllAttributes), true).await, [3.0, 1.0, 0.0]);

    let nothing = Query {
        report_capacity: ReturnConsumedCapacity::Total,
        ..query("t", key_condition("p = :p", &[("p", s("nobody"))]))
    };
    let page = db.query(&scope(), nothing).await.unwrap();
    assert_eq!(shares(&page.consumed.unwrap())[0], (0.5, 0.0));
}

#[tokio::test]
async fn batches_round_each_item_and_sum_by_table() {
    let db = db().await;
    db.create_table(&scope(), table("u", "p:S", None)).await.unwrap();
    let request = BatchWriteItem {
        tables: vec![
            (
                TableRef::new("t").into(),
                vec![
                    WriteRequest::put(encoded(sized(Some("1"), 1025))),
                    WriteRequest::delete(encoded(map([("p", s("no")), ("c", s("no"))]))),
                ],
            ),
            (TableRef::new("u").into(), vec![WriteRequest::put(encoded(map([("p", s("a"))])))]),
        ],
        left_out: Vec::new(),
        report: everything_reported(),
    };
    let answer = db.batch_write_item(&scope(), request).await.unwrap();
    let consumed = answer.consumed.unwrap();
    assert_eq!(shares(&consumed[0]).map(|(_, write)| write), [3.0, 0.0, 2.0]);
    assert_eq!(shares(&consumed[1])[0], (0.0, 1.0));

    let keys = |table: &str, keys| BatchGetTable {
        table: TableRef::new(table).into(),
        keys,
        consistent: table == "u",
        projection: None,
    };
    let request = BatchGetItem {
        tables: vec![
            keys("t", vec![encoded(key()), encoded(map([("p", s("no")), ("c", s("no"))]))]),
            keys("u", vec![encoded(map([("p", s("a"))]))]),
        ],
        left_out: Vec::new(),
        report_capacity: ReturnConsumedCapacity::Total,
    };
    let consumed = db.batch_get_item(&scope(), request).await.unwrap().consumed.unwrap();
    assert_eq!(shares(&consumed[0])[0], (1.0, 0.0));
    assert_eq!(shares(&consumed[1])[0], (1.0, 0.0));
}

#[tokio::test]
async fn transactions_double_the_tables_share() {
    let db = db().await;
    let action = TransactAction {
        table: TableRef::new("t").into(),
        operation: TransactOperation::Put(encoded(sized(Some("1"), 1025))),
        condition: None,
        on_failure: model::ReturnValuesOnConditionCheckFailure::None,
    };
    let request = TransactWriteItems {
        actions: vec![action],
        client_token: None,
        report: everything_reported(),
    };
    let answer = db.transact_write_items(&scope(), request).await.unwrap();
    let consumed = answer.consumed.unwrap();
    assert_eq!(shares(&consumed[0]).map(|(_, write)| write), [4.0, 0.0, 2.0]);
    let (table, collections) = &answer.collection_metrics.unwrap()[0];
    assert_eq!((table.as_str(), collections.len()), ("t", 1));

    let request = TransactGetItems {
        gets: vec![TransactGet {
            table: TableRef::new("t").into(),
            key: encoded(key()),
            projection: None,
        }],
        report_capacity: ReturnConsumedCapacity::Total,
    };
    let consumed = db.transact_get_items(&scope(), request).await.unwrap().consumed.unwrap();
    assert_eq!(shares(&consumed[0])[0], (2.0, 0.0));
}

#[tokio::test]
async fn collections_are_estimated_where_there_are_local_indexes() {
    let db = db().await;
    db.create_table(&scope(), table("plain", "p:S", None)).await.unwrap();
    let request = PutItem { report: everything_reported(), ..put("t", key()) };
    let metrics = db.put_item(&scope(), request).await.unwrap().collection_metrics.unwrap();
    assert_eq!(metrics.key, item([("p", s("a"))]));
    assert_eq!(metrics.size_estimate_gb, (0.0, 1.0));
    let request = PutItem { report: everything_reported(), ..put("plain", map([("p", s("a"))])) };
    assert_eq!(db.put_item(&scope(), request).await.unwrap().collection_metrics, None);
}
