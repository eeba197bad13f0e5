//! What requests know of tables before they are carried out, and what they run on then.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use model::{ApiError, TableRef};
use stator_db::{GetItem, NamedTable};
use support::{Asking, all, get, in_memory, map, put, s, scope, table, with_global};

fn named() -> NamedTable {
    TableRef::new("t").into()
}

#[tokio::test]
async fn a_view_shows_the_keys_of_a_table_and_of_its_indexes() {
    let db = in_memory().await;
    let declaration = with_global(table("t", "p:S", Some("r:N")), "i", (&["g:S"], &[]), all());
    db.table_created(&scope(), declaration).await.unwrap();
    let (scope, table) = (scope(), named());
    let schema = db.schema(&scope);
    let first = |index| schema.key(&table, index).map(|key| key.hash[0].name.clone());
    assert_eq!(first(None).as_deref(), Some("p"));
    assert_eq!(first(Some("i")).as_deref(), Some("g"));
    assert_eq!(first(Some("j")), None);
    assert!(schema.key(&TableRef::new("u").into(), None).is_none());
}

/// What was decided about a request was decided about that table, and holds for no other.
#[tokio::test]
async fn a_request_runs_on_the_table_that_was_looked_at() {
    let db = in_memory().await;
    db.table_created(&scope(), table("t", "p:S", None)).await.unwrap();
    let (scope, table_seen) = (scope(), named());
    assert!(db.schema(&scope).key(&table_seen, None).is_some());
    db.table_deleted(&scope, TableRef::new("t")).await.unwrap();
    db.table_created(&scope, table("t", "p:S", None)).await.unwrap();
    db.put_item(&scope, put("t", map([("p", s("a"))]))).await.unwrap();

    let request = get("t", map([("p", s("a"))]));
    let seen = GetItem { table: table_seen, ..request.clone() };
    let refused = db.get_item(&scope, seen).await;
    assert!(matches!(refused, Err(ApiError::ResourceNotFound(_))), "{refused:?}");
    assert!(db.get_item(&scope, request).await.unwrap().item.is_some());
    db.settled().await;
}

#[tokio::test]
async fn a_table_that_was_missing_stays_missing_for_that_request() {
    let db = in_memory().await;
    let (scope, table_seen) = (scope(), named());
    assert!(db.schema(&scope).key(&table_seen, None).is_none());
    db.table_created(&scope, table("t", "p:S", None)).await.unwrap();
    let request = GetItem { table: table_seen, ..get("t", map([("p", s("a"))])) };
    let refused = db.get_item(&scope, request).await;
    assert!(matches!(refused, Err(ApiError::ResourceNotFound(_))), "{refused:?}");
}
