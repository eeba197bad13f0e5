//! A request's ConsistentRead reaches the store, over one whose eventual reads lag a batch behind.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use model::{AttributeValue, ReturnConsumedCapacity, TableRef};
use stator_db::{BatchGetItem, BatchGetTable};
use store::slow::SlowStore;
use support::*;

/// A table `t` with a local index and a global one, and an item that was put twice: the second time
/// lags.
async fn written_twice() -> Db<SlowStore> {
    let db = open(SlowStore::lagging(1), &TestClock::new(1)).await;
    let declaration = with_local(table("t", "p:S", Some("r:S")), "l", "v:S", keys_only());
    let declaration = with_global(declaration, "g", (&["p:S"], &[]), all());
    db.create_table(&scope(), declaration).await.unwrap();
    for v in ["old", "new"] {
        write(&db, "t", map([("p", s("a")), ("r", s("b")), ("v", s(v)), ("w", s(v))])).await;
    }
    db
}

fn keys_only() -> model::ProjectionDeclaration {
    projection(model::ProjectionType::KeysOnly, &[])
}

fn expected(consistent: bool) -> AttributeValue {
    s(if consistent { "new" } else { "old" })
}

#[tokio::test]
async fn items_are_read_as_consistently_as_asked() {
    let db = written_twice().await;
    let key = || map([("p", s("a")), ("r", s("b"))]);
    for consistent in [true, false] {
        let mut request = get("t", key());
        request.consistent = consistent;
        let item = db.get_item(&scope(), request).await.unwrap().item.unwrap();
        assert_eq!(item.decode()["w"], expected(consistent), "GetItem");

        let table = TableRef::new("t").into();
        let tables =
            vec![BatchGetTable { table, keys: vec![encoded(key())], consistent, projection: None }];
        let report_capacity = ReturnConsumedCapacity::None;
        let request = BatchGetItem { tables, left_out: Vec::new(), report_capacity };
        let answer = db.batch_get_item(&scope(), request).await.unwrap();
        let (_, items) = &answer.responses[0];
        assert_eq!(items[0].decode()["w"], expected(consistent), "BatchGetItem");
    }
}

#[tokio::test]
async fn pages_are_read_as_consistently_as_asked() {
    let db = written_twice().await;
    for consistent in [true, false] {
        for index in [None, Some("l".to_owned())] {
            let mut request = scan("t");
            (request.index, request.consistent) = (index.clone(), consistent);
            let page = db.scan(&scope(), request).await.unwrap();
            assert_eq!(column(&page, "v"), [expected(consistent)], "Scan of {index:?}");

            // What the local index lacks is fetched from the table.
            let mut request = query("t", key_condition("p = :p", &[("p", s("a"))]));
            (request.index, request.consistent) = (index.clone(), consistent);
            request.projection = paths("w");
            let page = db.query(&scope(), request).await.unwrap();
            assert_eq!(column(&page, "w"), [expected(consistent)], "Query of {index:?}");
        }
    }
    let mut request = scan("t");
    request.index = Some("g".into());
    let page = db.scan(&scope(), request).await.unwrap();
    assert_eq!(column(&page, "v"), [expected(false)], "a global index lags as ever");
}

#[tokio::test]
async fn what_is_no_item_is_up_to_date() {
    let db = open(SlowStore::lagging(1), &TestClock::new(1_700_000_000_000)).await;
    let mut declaration = table("t", "p:S", None);
    let view = Some(model::StreamView::NewImage);
    declaration.stream_specification = Some(model::StreamDeclaration { enabled: true, view });
    db.create_table(&scope(), declaration).await.unwrap();
    for number in 1..=3 {
        write(&db, "t", map([("p", s(&number.to_string()))])).await;
        let described = db.table_described(&scope(), TableRef::new("t")).await.unwrap();
        assert_eq!(described.item_count, Some(number));
    }
    let stream = db.streams(&scope()).await.remove(0);
    let records = db.all_records(&scope(), &stream).await.len();
    assert_eq!(records, 3);
}
