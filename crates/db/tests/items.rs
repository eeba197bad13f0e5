//! PutItem, GetItem, DeleteItem, UpdateItem.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use model::{
    ApiError, AttributeMap, AttributeValue, Item, ReturnValues,
    ReturnValuesOnConditionCheckFailure as OnFailure, TableRef,
};
use stator_db::{GetItem, PutItem, UpdateItem};
use store::slow::SlowStore;
use support::*;

/// A table of hash `p` (S) and range `c` (N), with a global index on `x` (S).
async fn db() -> Db<SlowStore> {
    let db = in_memory().await;
    let declaration = table("t", "p:S", Some("c:N"));
    let declaration = with_global(declaration, "gsi", (&["x:S"], &[]), all());
    db.create_table(&scope(), declaration).await.unwrap();
    db
}

fn key(c: &str) -> AttributeMap {
    map([("p", s("a")), ("c", n(c))])
}

fn with(mut item: AttributeMap, name: &str, value: AttributeValue) -> AttributeMap {
    item.insert(name.into(), value);
    item
}

#[tokio::test]
async fn an_item_is_read_as_it_was_put_and_replaced_whole() {
    let db = db().await;
    let first = with(key("1"), "old", s("attribute"));
    write(&db, "t", first.clone()).await;
    assert_eq!(read(&db, "t", key("1")).await, Some(first));
    assert_eq!(read(&db, "t", key("2")).await, None);
    // Numbers are equal by value.
    let second = with(key("1.0"), "new", AttributeValue::L(vec![s("x"), AttributeValue::Null]));
    write(&db, "t", second.clone()).await;
    assert_eq!(read(&db, "t", key("10e-1")).await, Some(second));
}

#[tokio::test]
async fn a_projection_keeps_only_its_paths() {
    let db = db().await;
    let document = AttributeValue::M(map([("x", s("1")), ("y", s("2"))]));
    write(&db, "t", with(key("1"), "d", document)).await;
    let request = GetItem { projection: paths("d.x, absent"), ..get("t", key("1")) };
    let answer = db.get_item(&scope(), request).await.unwrap();
    let expected = item([("d", AttributeValue::M(map([("x", s("1"))])))]);
    assert_eq!(answer.item, Some(expected));
    let request = GetItem { projection: paths("absent"), ..get("t", key("1")) };
    assert_eq!(db.get_item(&scope(), request).await.unwrap().item, Some(item([])));
}

#[tokio::test]
async fn a_missing_table_is_not_found() {
    let db = db().await;
    let missing = ApiError::ResourceNotFound("Requested resource not found".into());
    assert_eq!(db.get_item(&scope(), get("no", key("1"))).await.unwrap_err(), missing);
    assert_eq!(db.put_item(&scope(), put("no", key("1"))).await.unwrap_err(), missing);
    let arn = TableRef::new("arn:aws:dynamodb:us-east-1:000000000000:table/t");
    let by_arn = GetItem { table: arn.into(), ..get("t", key("1")) };
    assert_eq!(db.get_item(&scope(), by_arn).await.unwrap().item, None);
}

#[tokio::test]
async fn keys_must_fit_the_schema() {
    let db = db().await;
    let schema = "The provided key element does not match the schema";
    let empty = "One or more parameter values are not valid. The AttributeValue for a key \
                 attribute cannot contain an empty string value. Key: p";
    let hash = "One or more parameter values were invalid: Size of hashkey has exceeded the \
                maximum size limit of2048 bytes";
    let cases = [
        (map([("p", s("a"))]), schema),
        (with(key("1"), "d", s("extra")), schema),
        (map([("p", n("1")), ("c", n("1"))]), schema),
        (map([("p", AttributeValue::Null), ("c", n("1"))]), schema),
        (map([("p", s("")), ("c", n("1"))]), empty),
        (map([("p", s(&"k".repeat(2049))), ("c", n("1"))]), hash),
    ];
    for (key, message) in cases {
        assert_eq!(refused(db.get_item(&scope(), get("t", key.clone())).await), message);
        assert_eq!(refused(db.delete_item(&scope(), delete("t", key.clone())).await), message);
        assert_eq!(refused(db.update_item(&scope(), change("t", key, None)).await), message);
    }
    let longest = map([("p", s(&"k".repeat(2048))), ("c", n("1"))]);
    assert_eq!(read(&db, "t", longest).await, None);
}

#[tokio::test]
async fn items_must_have_their_keys() {
    let db = db().await;
    db.create_table(&scope(), table("b", "p:B", Some("c:S"))).await.unwrap();
    let prefix = "One or more parameter values were invalid: ";
    let cases = [
        ("t", map([("p", s("a"))]), format!("{prefix}Missing the key c in the item")),
        (
            "t",
            map([("p", n("1")), ("c", n("1"))]),
            format!("{prefix}Type mismatch for key p expected: S actual: N"),
        ),
        (
            "t",
            map([("p", s("a")), ("c", AttributeValue::M(map([])))]),
            format!("{prefix}Type mismatch for key c expected: N actual: M"),
        ),
        (
            "b",
            map([("p", b(b"")), ("c", s("a"))]),
            "One or more parameter values are not valid. The AttributeValue for a key attribute \
             cannot contain an empty binary value. Key: p"
                .into(),
        ),
        (
            "b",
            map([("p", b(b"a")), ("c", s(&"k".repeat(1025)))]),
            format!(
                "{prefix}Aggregated size of all range keys has exceeded the size limit of 1024 bytes"
            ),
        ),
    ];
    for (table, item, message) in cases {
        assert_eq!(refused(db.put_item(&scope(), put(table, item)).await), message);
    }
}

#[tokio::test]
async fn index_keys_must_have_their_type_if_they_are_there() {
    let db = db().await;
    let mismatch = |actual: &str| {
        format!(
            "One or more parameter values were invalid: Type mismatch for Index Key x Expected: S \
             Actual: {actual} IndexName: gsi"
        )
    };
    for (value, actual) in [(n("1"), "N"), (AttributeValue::Null, "NULL"), (b(b"a"), "B")] {
        let item = with(key("1"), "x", value.clone());
        assert_eq!(refused(db.put_item(&scope(), put("t", item)).await), mismatch(actual));
        let update = update("SET x = :v", &[("v", value)]);
        let request = change("t", key("1"), update);
        assert_eq!(refused(db.update_item(&scope(), request).await), mismatch(actual));
    }
    let empty = put("t", with(key("1"), "x", s("")));
    assert_eq!(
        refused(db.put_item(&scope(), empty).await),
        "One or more parameter values are not valid. A value specified for a secondary index key \
         is not supported. The AttributeValue for a key attribute cannot contain an empty string \
         value. IndexName: gsi, IndexKey: x"
    );
    let nested = change("t", key("1"), update("SET x.y = :v", &[("v", n("1"))]));
    assert_eq!(
        refused(db.update_item(&scope(), nested).await),
        "Key attributes must be scalars; list random access '[]' and map lookup '.' are not \
         allowed: IndexKey: x"
    );
    assert_eq!(read(&db, "t", key("1")).await, None);
}

#[tokio::test]
async fn items_have_a_largest_size() {
    let db = db().await;
    // Names p, c and d, the values a and 1 (2 bytes), leave this much.
    let most = 409_600 - 3 - 1 - 2;
    let fits = with(key("1"), "d", s(&"x".repeat(most)));
    write(&db, "t", fits).await;
    let too_large = put("t", with(key("1"), "d", s(&"x".repeat(most + 1))));
    assert_eq!(
        refused(db.put_item(&scope(), too_large).await),
        "Item size has exceeded the maximum allowed size"
    );
    let grown = change("t", key("1"), update("SET e = :v", &[("v", s(""))]));
    assert_eq!(
        refused(db.update_item(&scope(), grown).await),
        "Item size to update has exceeded the maximum allowed size"
    );
}

#[tokio::test]
async fn conditions_see_the_item_as_it_is() {
    let db = db().await;
    let absent = || condition("attribute_not_exists(p)", &[]);
    let create = PutItem { condition: absent(), ..put("t", with(key("1"), "d", s("first"))) };
    db.put_item(&scope(), create).await.unwrap();

    let again = PutItem { condition: absent(), ..put("t", key("1")) };
    let failed = db.put_item(&scope(), again.clone()).await.unwrap_err();
    assert_eq!(failed, ApiError::ConditionalCheckFailed { item: None });
    let again = PutItem { on_failure: OnFailure::AllOld, ..again };
    let failed = db.put_item(&scope(), again).await.unwrap_err();
    let old = Item::encode(&with(key("1"), "d", s("first")));
    assert_eq!(failed, ApiError::ConditionalCheckFailed { item: Some(old) });

    let mut wrong = delete("t", key("1"));
    wrong.condition = condition("d = :v", &[("v", s("second"))]);
    assert!(db.delete_item(&scope(), wrong.clone()).await.is_err());
    wrong.condition = condition("d = :v", &[("v", s("first"))]);
    db.delete_item(&scope(), wrong).await.unwrap();
    assert_eq!(read(&db, "t", key("1")).await, None);
}

#[tokio::test]
async fn puts_and_deletes_return_the_old_item_or_nothing() {
    let db = db().await;
    let old = |mut request: PutItem| {
        request.return_values = ReturnValues::AllOld;
        request
    };
    let first = with(key("1"), "d", s("first"));
    let answer = db.put_item(&scope(), old(put("t", first.clone()))).await.unwrap();
    assert_eq!(answer.attributes, None);
    let answer = db.put_item(&scope(), old(put("t", key("1")))).await.unwrap();
    assert_eq!(answer.attributes, Some(Item::encode(&first)));
    let answer = db.put_item(&scope(), put("t", first.clone())).await.unwrap();
    assert_eq!(answer.attributes, None);
    let mut request = delete("t", key("1"));
    request.return_values = ReturnValues::AllOld;
    let answer = db.delete_item(&scope(), request.clone()).await.unwrap();
    assert_eq!(answer.attributes, Some(Item::encode(&first)));
    assert_eq!(db.delete_item(&scope(), request.clone()).await.unwrap().attributes, None);

    for wrong in [ReturnValues::AllNew, ReturnValues::UpdatedNew, ReturnValues::UpdatedOld] {
        request.return_values = wrong;
        let message = refused(db.delete_item(&scope(), request.clone()).await);
        assert_eq!(message, "Return values set to invalid value");
    }
}

#[tokio::test]
async fn updates_create_change_and_leave_items() {
    let db = db().await;
    let apply =
        |text: &str, values: &[(&str, AttributeValue)]| change("t", key("1"), update(text, values));
    // Only removing creates nothing.
    db.update_item(&scope(), apply("REMOVE d", &[])).await.unwrap();
    assert_eq!(read(&db, "t", key("1")).await, None);
    db.update_item(&scope(), apply("ADD d :v", &[("v", n("2"))])).await.unwrap();
    db.update_item(&scope(), apply("ADD d :v", &[("v", n("3"))])).await.unwrap();
    assert_eq!(read(&db, "t", key("1")).await, Some(with(key("1"), "d", n("5"))));
    db.update_item(&scope(), apply("REMOVE d", &[])).await.unwrap();
    assert_eq!(read(&db, "t", key("1")).await, Some(key("1")));
    // Without an update, a missing item is created with its key alone.
    db.update_item(&scope(), change("t", key("2"), None)).await.unwrap();
    assert_eq!(read(&db, "t", key("2")).await, Some(key("2")));
}

#[tokio::test]
async fn updates_leave_the_key_alone() {
    let db = db().await;
    for text in ["SET p = :v", "SET d = :v REMOVE c", "SET c.e = :v"] {
        let request = change("t", key("1"), update(text, &[("v", s("v"))]));
        let name = if text.contains("p =") { "p" } else { "c" };
        assert_eq!(
            refused(db.update_item(&scope(), request).await),
            format!(
                "One or more parameter values were invalid: Cannot update attribute {name}. This \
                 attribute is part of the key"
            )
        );
    }
}

#[tokio::test]
async fn updates_return_what_was_asked_for() {
    let db = db().await;
    let document = |x: &str| AttributeValue::M(map([("x", s(x)), ("y", s("same"))]));
    let returned = |wanted| {
        let db = &db;
        async move {
            let start = with(with(key("1"), "d", document("old")), "e", s("gone"));
            write(db, "t", start).await;
            let text = "SET d.x = :v, f = :v REMOVE e";
            let request = UpdateItem {
                return_values: wanted,
                ..change("t", key("1"), update(text, &[("v", s("new"))]))
            };
            let answer = db.update_item(&scope(), request).await.unwrap();
            answer.attributes.map(|item| item.decode())
        }
    };
    let x = |x: &str| AttributeValue::M(map([("x", s(x))]));
    assert_eq!(returned(ReturnValues::None).await, None);
    let old = with(with(key("1"), "d", document("old")), "e", s("gone"));
    assert_eq!(returned(ReturnValues::AllOld).await, Some(old));
    let new = with(with(key("1"), "d", document("new")), "f", s("new"));
    assert_eq!(returned(ReturnValues::AllNew).await, Some(new));
    let old = map([("d", x("old")), ("e", s("gone"))]);
    assert_eq!(returned(ReturnValues::UpdatedOld).await, Some(old));
    let new = map([("d", x("new")), ("f", s("new"))]);
    assert_eq!(returned(ReturnValues::UpdatedNew).await, Some(new));

    let request = UpdateItem {
        return_values: ReturnValues::UpdatedOld,
        ..change("t", key("9"), update("SET d = :v", &[("v", s("new"))]))
    };
    assert_eq!(db.update_item(&scope(), request).await.unwrap().attributes, None);
}

#[tokio::test]
async fn an_update_that_does_not_fit_changes_nothing() {
    let db = db().await;
    write(&db, "t", with(key("1"), "d", s("text"))).await;
    let request = change("t", key("1"), update("SET e = d + :v", &[("v", n("1"))]));
    assert_eq!(
        refused(db.update_item(&scope(), request).await),
        "An operand in the update expression has an incorrect data type"
    );
    assert_eq!(read(&db, "t", key("1")).await, Some(with(key("1"), "d", s("text"))));
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_increments_all_count() {
    let db = std::sync::Arc::new(db().await);
    let tasks: Vec<_> = (0..16)
        .map(|_| {
            let db = std::sync::Arc::clone(&db);
            tokio::spawn(async move {
                for _ in 0..25 {
                    let request = change("t", key("1"), update("ADD d :v", &[("v", n("1"))]));
                    db.update_item(&scope(), request).await.unwrap();
                    tokio::task::yield_now().await;
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(read(&db, "t", key("1")).await.unwrap()["d"], n("400"));
}
