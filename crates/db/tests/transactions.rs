//! TransactGetItems and TransactWriteItems.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use std::sync::Arc;

use model::api::WriteRequest;
use model::{
    ApiError, AttributeMap, CancellationCode, Item, ReturnConsumedCapacity,
    ReturnValuesOnConditionCheckFailure as OnFailure, TableRef,
};
use stator_db::{
    BatchWriteItem, Report, TransactAction, TransactGet, TransactGetItems, TransactOperation,
    TransactWriteItems,
};
use store::slow::SlowStore;
use store::{AtomIds, Guard as _, RowKeyRef, Store as _, Write};
use support::*;

async fn with_tables<S: Slow>(store: S, clock: &TestClock) -> Db<S> {
    let db = open(store, clock).await;
    db.create_table(&scope(), table("one", "p:S", None)).await.unwrap();
    let declaration = with_global(table("two", "p:S", None), "gsi", (&["x:S"], &[]), all());
    db.create_table(&scope(), declaration).await.unwrap();
    db
}

async fn db() -> Db<SlowStore> {
    with_tables(slow_store(), &TestClock::new(1)).await
}

fn key(p: &str) -> AttributeMap {
    map([("p", s(p))])
}

fn action(table: &str, operation: TransactOperation) -> TransactAction {
    TransactAction {
        table: TableRef::new(table).into(),
        operation,
        condition: None,
        on_failure: OnFailure::None,
    }
}

fn put_action(table: &str, item: AttributeMap) -> TransactAction {
    action(table, TransactOperation::Put(encoded(item)))
}

fn check(table: &str, p: &str, text: &str) -> TransactAction {
    TransactAction {
        condition: condition(text, &[]),
        ..action(table, TransactOperation::ConditionCheck(encoded(key(p))))
    }
}

fn increment(table: &str, p: &str) -> TransactAction {
    let update = update("ADD n :one", &[("one", n("1"))]).unwrap();
    action(table, TransactOperation::Update(encoded(key(p)), update))
}

fn all_of(actions: Vec<TransactAction>) -> TransactWriteItems {
    TransactWriteItems { actions, client_token: None, report: Report::default() }
}

fn once(token: &str, actions: Vec<TransactAction>) -> TransactWriteItems {
    TransactWriteItems { client_token: Some(token.into()), ..all_of(actions) }
}

/// Removes the note of the time that tokens live by.
async fn remove_time_of_tokens(store: &SlowStore) {
    let notes = rows(store, 1, 0x61).await;
    let [(key, _)] = notes.as_slice() else { panic!("{notes:?}") };
    let key = RowKeyRef::parse(key).unwrap().to_key();
    let guard = store.lock(std::slice::from_ref(&key)).await;
    guard.submit(AtomIds::new(3).next(), vec![Write::Delete { key }]).wait().await.unwrap();
}

/// Gives the only spent token another fingerprint.
async fn rewrite_token(store: &SlowStore, fingerprint: u64) {
    let tokens = rows(store, 1, 0x60).await;
    let [(key, value)] = tokens.as_slice() else { panic!("{tokens:?}") };
    let key = RowKeyRef::parse(key).unwrap().to_key();
    let value = [&value[..8], &fingerprint.to_be_bytes()].concat().into();
    let guard = store.lock(std::slice::from_ref(&key)).await;
    let atom = AtomIds::new(99).next();
    guard.submit(atom, vec![Write::Put { key, value }]).wait().await.unwrap();
}

/// Codes and messages of a cancelled transaction.
fn reasons<T: std::fmt::Debug>(result: Result<T, ApiError>) -> Vec<(CancellationCode, String)> {
    match result.unwrap_err() {
        ApiError::TransactionCanceled { reasons } => {
            let reasons = reasons.into_iter();
            reasons.map(|reason| (reason.code, reason.message.unwrap_or_default())).collect()
        }
        other => panic!("not cancelled: {other:?}"),
    }
}

fn none() -> (CancellationCode, String) {
    (CancellationCode::None, String::new())
}

#[tokio::test]
async fn all_actions_of_a_transaction_happen() {
    let db = db().await;
    write(&db, "one", key("gone")).await;
    let request = all_of(vec![
        put_action("one", map([("p", s("new")), ("d", n("1"))])),
        action("one", TransactOperation::Delete(encoded(key("gone")))),
        increment("two", "counter"),
        check("two", "absent", "attribute_not_exists(p)"),
    ]);
    db.transact_write_items(&scope(), request).await.unwrap();
    assert_eq!(read(&db, "one", key("new")).await, Some(map([("p", s("new")), ("d", n("1"))])));
    assert_eq!(read(&db, "one", key("gone")).await, None);
    assert_eq!(read(&db, "two", key("counter")).await.unwrap()["n"], n("1"));
    assert_eq!(read(&db, "two", key("absent")).await, None);
}

#[tokio::test]
async fn a_failed_condition_cancels_everything_and_says_which() {
    let db = db().await;
    write(&db, "two", map([("p", s("old")), ("d", n("1"))])).await;
    let mut shows = put_action("two", key("old"));
    shows.condition = condition("attribute_not_exists(p)", &[]);
    shows.on_failure = OnFailure::AllOld;
    let request =
        all_of(vec![put_action("one", key("a")), check("one", "b", "attribute_exists(p)"), shows]);
    let error = db.transact_write_items(&scope(), request).await.unwrap_err();
    let ApiError::TransactionCanceled { reasons } = &error else { panic!("{error:?}") };
    let codes: Vec<_> = reasons.iter().map(|reason| reason.code).collect();
    use CancellationCode::{ConditionalCheckFailed, None};
    assert_eq!(codes, [None, ConditionalCheckFailed, ConditionalCheckFailed]);
    assert_eq!(reasons[1].message.as_deref(), Some("The conditional request failed"));
    assert_eq!(reasons[1].item, Option::None);
    let old = Item::encode(&map([("p", s("old")), ("d", n("1"))]));
    assert_eq!(reasons[2].item, Some(old));
    assert_eq!(read(&db, "one", key("a")).await, Option::None);
}

#[tokio::test]
async fn the_first_invalid_action_cancels_before_conditions_are_looked_at() {
    let db = db().await;
    let wrong = |number: &str| put_action("one", map([("p", n(number))]));
    let request = all_of(vec![check("one", "b", "attribute_exists(p)"), wrong("7"), wrong("8")]);
    let message = "One or more parameter values were invalid: Type mismatch for key p expected: S \
                   actual: N";
    assert_eq!(
        reasons(db.transact_write_items(&scope(), request).await),
        [none(), (CancellationCode::ValidationError, message.into()), none()]
    );
    let gets = vec![TransactGet {
        table: TableRef::new("one").into(),
        key: encoded(map([("q", s("a"))])),
        projection: None,
    }];
    let request = TransactGetItems { gets, report_capacity: ReturnConsumedCapacity::None };
    let message = "The provided key element does not match the schema";
    assert_eq!(
        reasons(db.transact_get_items(&scope(), request).await),
        [(CancellationCode::ValidationError, message.into())]
    );
}

#[tokio::test]
async fn an_update_that_does_not_fit_its_item_cancels() {
    let db = db().await;
    write(&db, "one", map([("p", s("a")), ("n", s("text"))])).await;
    let request = all_of(vec![increment("two", "b"), increment("one", "a")]);
    let reasons = reasons(db.transact_write_items(&scope(), request).await);
    assert_eq!(reasons[0], none());
    assert_eq!(reasons[1].0, CancellationCode::ValidationError);
    assert_eq!(reasons[1].1, "An operand in the update expression has an incorrect data type");
    assert_eq!(read(&db, "two", key("b")).await, None);
}

#[tokio::test]
async fn no_item_may_come_twice() {
    let db = db().await;
    let twice = "Transaction request cannot include multiple operations on one item";
    let request =
        all_of(vec![put_action("one", key("a")), check("one", "a", "attribute_exists(p)")]);
    assert_eq!(refused(db.transact_write_items(&scope(), request).await), twice);
    let request = all_of(vec![put_action("one", key("a")), put_action("two", key("a"))]);
    db.transact_write_items(&scope(), request).await.unwrap();
    let get = TransactGet {
        table: TableRef::new("one").into(),
        key: encoded(key("a")),
        projection: None,
    };
    let request = TransactGetItems {
        gets: vec![get.clone(), get],
        report_capacity: ReturnConsumedCapacity::None,
    };
    assert_eq!(refused(db.transact_get_items(&scope(), request).await), twice);
}

#[tokio::test]
async fn a_missing_table_is_not_found() {
    let db = db().await;
    let request = all_of(vec![put_action("one", key("a")), put_action("none", key("a"))]);
    let missing = ApiError::ResourceNotFound("Requested resource not found".into());
    assert_eq!(db.transact_write_items(&scope(), request).await.unwrap_err(), missing);
}

#[tokio::test]
async fn items_are_read_as_of_one_moment_in_order_and_projected() {
    let db = db().await;
    write(&db, "one", map([("p", s("a")), ("d", n("1")), ("e", n("2"))])).await;
    let get = |table: &str, p: &str, projection| TransactGet {
        table: TableRef::new(table).into(),
        key: encoded(key(p)),
        projection,
    };
    let request = TransactGetItems {
        gets: vec![get("two", "b", None), get("one", "a", paths("e"))],
        report_capacity: ReturnConsumedCapacity::None,
    };
    let answer = db.transact_get_items(&scope(), request).await.unwrap();
    assert_eq!(answer.items, [None, Some(item([("e", n("2"))]))]);
}

#[tokio::test]
async fn transactions_have_a_largest_size() {
    let db = db().await;
    let large = |number: usize| {
        put_action("one", map([("p", s(&number.to_string())), ("d", s(&"x".repeat(390_000)))]))
    };
    let request = all_of((0..11).map(large).collect());
    let message = refused(db.transact_write_items(&scope(), request).await);
    assert!(message.contains("size cannot exceed"), "{message}");
    for half in [0..6, 6..11] {
        db.transact_write_items(&scope(), all_of(half.map(large).collect())).await.unwrap();
    }
    // What counts is the request, not the items it meets.
    let small = (0..11)
        .map(|number| action("one", TransactOperation::Delete(encoded(key(&number.to_string())))));
    let gets = (0..11).map(|number: usize| TransactGet {
        table: TableRef::new("one").into(),
        key: encoded(key(&number.to_string())),
        projection: None,
    });
    let request =
        TransactGetItems { gets: gets.collect(), report_capacity: ReturnConsumedCapacity::None };
    assert!(db.transact_get_items(&scope(), request).await.is_err());
    db.transact_write_items(&scope(), all_of(small.collect())).await.unwrap();
}

#[tokio::test]
async fn a_spent_token_repeats_the_answer_and_not_the_writes() {
    let clock = TestClock::new(1_700_000_000_000);
    let store = slow_store();
    let db = with_tables(store.clone(), &clock).await;
    let request = || TransactWriteItems {
        report: everything_reported(),
        ..once("token", vec![increment("one", "a")])
    };
    let units = |answer: &stator_db::TransactWriteItemsAnswer| {
        let base = answer.consumed.as_ref().unwrap()[0].base;
        (base.read.as_f64(), base.write.as_f64())
    };
    let first = db.transact_write_items(&scope(), request()).await.unwrap();
    assert_eq!(units(&first), (0.0, 2.0));
    let again = db.transact_write_items(&scope(), request()).await.unwrap();
    assert_eq!(units(&again), (2.0, 0.0));

    // After a restart and nearly ten minutes it still counts; another region never knew it.
    let db = open(store, &clock).await;
    clock.advance(599_999);
    db.transact_write_items(&scope(), request()).await.unwrap();
    assert_eq!(read(&db, "one", key("a")).await.unwrap()["n"], n("1"));
    clock.advance(1);
    db.transact_write_items(&scope(), request()).await.unwrap();
    assert_eq!(read(&db, "one", key("a")).await.unwrap()["n"], n("2"));
}

/// The clock is set over the boundary of the ten minutes in which tokens expire together, far back,
/// and far ahead; with a restart, and without.
#[tokio::test]
async fn a_token_is_spent_once_however_the_clock_is_set() {
    const START_MS: u64 = 600_000 * 2_833_333;
    for later_ms in [START_MS - 2_001, START_MS - 3_600_000, START_MS + 3_600_000] {
        let (clock, store) = (TestClock::new(START_MS - 1), slow_store());
        let db = with_tables(store.clone(), &clock).await;
        let request = || once("token", vec![increment("one", "a")]);
        clock.advance(2);
        db.transact_write_items(&scope(), request()).await.unwrap();
        clock.set(later_ms);
        db.transact_write_items(&scope(), request()).await.unwrap();
        assert_eq!(read(&db, "one", key("a")).await.unwrap()["n"], n("1"), "set to {later_ms}");

        let db = open(store.clone(), &clock).await;
        clock.advance(500_000);
        db.transact_write_items(&scope(), request()).await.unwrap();
        assert_eq!(read(&db, "one", key("a")).await.unwrap()["n"], n("1"), "set to {later_ms}");
        clock.advance(100_000);
        db.transact_write_items(&scope(), request()).await.unwrap();
        assert_eq!(read(&db, "one", key("a")).await.unwrap()["n"], n("2"), "set to {later_ms}");
    }
}

/// Tokens from before the time was noted have nothing but their expiry.
#[tokio::test]
async fn a_token_whose_time_was_not_noted_counts_for_ten_minutes_at_least() {
    let (clock, store) = (TestClock::new(1_700_000_000_000), slow_store());
    let db = with_tables(store.clone(), &clock).await;
    let request = || once("token", vec![increment("one", "a")]);
    db.transact_write_items(&scope(), request()).await.unwrap();
    remove_time_of_tokens(&store).await;
    clock.set(1);
    let db = open(store, &clock).await;
    clock.advance(599_999);
    db.transact_write_items(&scope(), request()).await.unwrap();
    assert_eq!(read(&db, "one", key("a")).await.unwrap()["n"], n("1"));
    clock.advance(600_000);
    db.transact_write_items(&scope(), request()).await.unwrap();
    assert_eq!(read(&db, "one", key("a")).await.unwrap()["n"], n("2"));
}

/// However often the process ends, a token's ten minutes go by.
#[tokio::test]
async fn tokens_expire_under_restarts_that_follow_each_other() {
    let (clock, store) = (TestClock::new(1_700_000_000_000), slow_store());
    let db = with_tables(store.clone(), &clock).await;
    let spend = |token: &str| once(token, vec![increment("one", "a")]);
    db.transact_write_items(&scope(), spend("first")).await.unwrap();
    for number in 0..30 {
        let db = open(store.clone(), &clock).await;
        clock.advance(60_000);
        db.transact_write_items(&scope(), spend(&number.to_string())).await.unwrap();
    }
    let db = open(store.clone(), &clock).await;
    db.transact_write_items(&scope(), spend("first")).await.unwrap();
    assert_eq!(read(&db, "one", key("a")).await.unwrap()["n"], n("32"));
    db.settled().await;
    while rows(&store, 1, 0x60).await.len() > 22 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_token_is_for_one_request() {
    let db = db().await;
    let first = once("token", vec![increment("one", "a")]);
    db.transact_write_items(&scope(), first).await.unwrap();
    let other = once("token", vec![increment("one", "b")]);
    let error = db.transact_write_items(&scope(), other).await.unwrap_err();
    assert!(matches!(error, ApiError::IdempotentParameterMismatch(_)), "{error:?}");
    assert_eq!(read(&db, "one", key("b")).await, None);
    // A cancelled transaction spends no token.
    let cancelled = once("other", vec![check("one", "b", "attribute_exists(p)")]);
    assert!(db.transact_write_items(&scope(), cancelled).await.is_err());
    let different = once("other", vec![increment("one", "b")]);
    db.transact_write_items(&scope(), different).await.unwrap();
}

/// Earlier versions condensed the debug text of the actions.
#[tokio::test]
async fn a_token_spent_under_the_earlier_fingerprint_is_not_spent_twice() {
    let store = slow_store();
    let db = with_tables(store.clone(), &TestClock::new(1)).await;
    let request = once("token", vec![increment("one", "a")]);
    db.transact_write_items(&scope(), request.clone()).await.unwrap();
    let earlier = xxhash_rust::xxh3::xxh3_64(format!("{:?}", request.actions).as_bytes());
    rewrite_token(&store, earlier).await;
    let error = db.transact_write_items(&scope(), request).await.unwrap_err();
    assert!(matches!(error, ApiError::IdempotentParameterMismatch(_)), "{error:?}");
    assert_eq!(read(&db, "one", key("a")).await.unwrap()["n"], n("1"));
}

#[tokio::test]
async fn expired_tokens_leave_no_rows() {
    let clock = TestClock::new(1_700_000_000_000);
    let store = slow_store();
    let db = with_tables(store.clone(), &clock).await;
    for number in 0..5 {
        let request = once(&number.to_string(), vec![increment("one", "a")]);
        db.transact_write_items(&scope(), request).await.unwrap();
    }
    clock.advance(3_600_000);
    let request = once("last", vec![increment("one", "a")]);
    db.transact_write_items(&scope(), request).await.unwrap();
    while rows(&store, 1, 0x60).await.len() != 1 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn what_overlaps_a_transaction_in_progress_is_refused_until_it_is_durable() {
    let store = slow_store();
    let db = Arc::new(with_tables(store.clone(), &TestClock::new(1)).await);
    store.hold();
    let running = tokio::spawn({
        let db = Arc::clone(&db);
        let request = once("token", vec![put_action("one", key("a")), increment("two", "b")]);
        async move { db.transact_write_items(&scope(), request).await }
    });
    store.until_tickets_wait(1).await;

    let overlapping = all_of(vec![increment("two", "c"), increment("two", "b")]);
    let conflict = "Transaction is ongoing for the item";
    assert_eq!(
        reasons(db.transact_write_items(&scope(), overlapping.clone()).await),
        [none(), (CancellationCode::TransactionConflict, conflict.into())]
    );
    let single = db.put_item(&scope(), put("one", key("a"))).await.unwrap_err();
    assert_eq!(single, ApiError::TransactionConflict);
    let retry = once("token", vec![put_action("one", key("a")), increment("two", "b")]);
    let retry = db.transact_write_items(&scope(), retry).await.unwrap_err();
    assert_eq!(retry, ApiError::TransactionInProgress);
    let batch = BatchWriteItem {
        tables: vec![(TableRef::new("one").into(), vec![WriteRequest::delete(encoded(key("a")))])],
        ..BatchWriteItem::default()
    };
    let batch = db.batch_write_item(&scope(), batch).await.unwrap();
    assert_eq!(batch.unprocessed.len(), 1);

    store.release();
    running.await.unwrap().unwrap();
    db.put_item(&scope(), put("one", key("a"))).await.unwrap();
    db.transact_write_items(&scope(), overlapping).await.unwrap();
    assert_eq!(read(&*db, "two", key("b")).await.unwrap()["n"], n("2"));
}

#[tokio::test]
async fn a_transaction_whose_client_went_away_stays_in_progress_until_it_is_durable() {
    let store = slow_store();
    let db = Arc::new(with_tables(store.clone(), &TestClock::new(1)).await);
    store.hold();
    let running = tokio::spawn({
        let db = Arc::clone(&db);
        async move {
            let request = all_of(vec![put_action("one", key("a"))]);
            db.transact_write_items(&scope(), request).await
        }
    });
    store.until_tickets_wait(1).await;
    running.abort();
    assert!(running.await.unwrap_err().is_cancelled());
    let single = db.put_item(&scope(), put("one", key("a"))).await.unwrap_err();
    assert_eq!(single, ApiError::TransactionConflict);
    store.release();
    while db.put_item(&scope(), put("one", key("a"))).await.is_err() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn answers_wait_for_what_they_were_derived_from() {
    let store = slow_store();
    let db = Arc::new(with_tables(store.clone(), &TestClock::new(1)).await);
    store.hold();
    let first = tokio::spawn({
        let db = Arc::clone(&db);
        async move { db.put_item(&scope(), put("one", key("a"))).await }
    });
    store.until_tickets_wait(1).await;
    let mut absent = put("one", key("a"));
    absent.condition = condition("attribute_not_exists(p)", &[]);
    let unchanged = put("one", key("a"));
    let derived: Vec<_> = [absent, unchanged]
        .into_iter()
        .map(|request| {
            let db = Arc::clone(&db);
            tokio::spawn(async move { db.put_item(&scope(), request).await.is_ok() })
        })
        .collect();
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert!(!first.is_finished() && derived.iter().all(|task| !task.is_finished()));
    store.release();
    first.await.unwrap().unwrap();
    let mut succeeded = Vec::new();
    for task in derived {
        succeeded.push(task.await.unwrap());
    }
    assert_eq!(succeeded, [false, true]);
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_transfers_keep_the_sum() {
    let db = Arc::new(db().await);
    for account in ["a", "b", "c"] {
        write(&*db, "one", map([("p", s(account)), ("n", n("100"))])).await;
    }
    let transfer = |from: &str, to: &str| {
        let minus = update("ADD n :v", &[("v", n("-1"))]).unwrap();
        let minus = action("one", TransactOperation::Update(encoded(key(from)), minus));
        all_of(vec![minus, increment("one", to)])
    };
    let tasks: Vec<_> = [("a", "b"), ("b", "c"), ("c", "a"), ("b", "a")]
        .into_iter()
        .map(|(from, to)| {
            let (db, request) = (Arc::clone(&db), transfer(from, to));
            tokio::spawn(async move {
                for _ in 0..50 {
                    match db.transact_write_items(&scope(), request.clone()).await {
                        Ok(_) | Err(ApiError::TransactionCanceled { .. }) => {}
                        Err(other) => panic!("{other:?}"),
                    }
                }
            })
        })
        .collect();
    let gets = ["a", "b", "c"].map(|account| TransactGet {
        table: TableRef::new("one").into(),
        key: encoded(key(account)),
        projection: None,
    });
    let sum = || async {
        let request =
            TransactGetItems { gets: gets.to_vec(), report_capacity: ReturnConsumedCapacity::None };
        let answer = db.transact_get_items(&scope(), request).await.unwrap();
        let amounts = answer.items.into_iter().map(|item| match &item.unwrap().decode()["n"] {
            model::AttributeValue::N(amount) => amount.to_string().parse::<i64>().unwrap(),
            other => panic!("{other:?}"),
        });
        amounts.sum::<i64>()
    };
    while tasks.iter().any(|task| !task.is_finished()) {
        assert_eq!(sum().await, 300);
    }
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(sum().await, 300);
}
