//! Whole tables, out and in.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use std::ops::ControlFlow;

use model::api::{ListTablesInput, PutResourcePolicyInput, TableStatus, WriteRequest};
use model::{
    ApiError, AttributeMap, AttributeValue, GoalPhase, Item, KeyElement, ScalarType, Scope,
    StreamView, TableDefinition, TableRef, TimeToLiveStatus,
};
use stator_db::{Adoption, LoadError, Loaded, Scan, StoredTable};
use store::slow::SlowStore;
use support::{
    ACTIVE, Asking, Db, IndexShown as _, Slow, TableShown as _, TestClock, all, encoded,
    everything, get, in_memory, item, map, n, open, put, s, scope, slow_store, table, with_global,
    with_stream, write,
};

/// Every item of a table.
async fn items<S: Slow>(db: &Db<S>, name: &str) -> Vec<Item> {
    let mut items = Vec::new();
    let visit = |item: stator_db::VisitedItem<'_>| {
        let whole = Item::encode(&item.attributes.to_map());
        assert_eq!(item.item_bytes, whole.item_bytes());
        items.push(whole);
        ControlFlow::Continue(())
    };
    db.visit_items(&scope(), &TableRef::new(name), visit).await.unwrap();
    items
}

fn puts(items: impl IntoIterator<Item = AttributeMap>) -> Vec<WriteRequest> {
    items.into_iter().map(|item| WriteRequest::put(encoded(item))).collect()
}

/// A database with the table `t1` and a global index by `x`.
async fn source() -> (Db<SlowStore>, StoredTable) {
    let db = in_memory().await;
    let declaration = with_global(table("t1", "p:S", None), "gsi", (&["x:N"], &[]), all());
    db.create_table(&scope(), declaration).await.unwrap();
    for number in 0..50 {
        let mut item = map([("p", s(&number.to_string()))]);
        if number % 2 == 0 {
            item.insert("x".into(), n(&number.to_string()));
        }
        write(&db, "t1", item).await;
    }
    let stored = db.stored_tables().await.unwrap().remove(0);
    (db, stored)
}

async fn restore(adoption: &mut Adoption<'_, SlowStore>, stored: &StoredTable, items: &[Item]) {
    let definition = (*stored.definition).clone();
    let mut loader = adoption.restore(&stored.scope, definition).await.unwrap();
    for batch in items.chunks(7) {
        loader.write(&puts(batch.iter().map(Item::decode))).await.unwrap();
    }
    let loaded = loader.finish().await.unwrap();
    assert_eq!(loaded, Loaded { created: items.len() as u64, replaced: 0, deleted: 0 });
}

#[tokio::test]
async fn a_restored_table_is_the_same_in_every_part() {
    let (source, stored) = source().await;
    assert_eq!((&stored.scope, stored.items), (&scope(), 50));
    let store = slow_store();
    let clock = TestClock::new(1);
    let target = open(store.clone(), &clock).await;
    let mut adoption = target.adopt();
    restore(&mut adoption, &stored, &items(&source, "t1").await).await;
    assert!(target.stored_tables().await.unwrap().is_empty(), "nobody sees it yet");
    adoption.publish().await.unwrap();

    for db in [target, open(store, &clock).await] {
        let name = TableRef::new("t1");
        let [restored] = <[_; 1]>::try_from(db.stored_tables().await.unwrap()).unwrap();
        assert_eq!(restored.definition, stored.definition);
        let description = db.table_described(&scope(), name.clone()).await.unwrap();
        assert_eq!(description, source.table_described(&scope(), name).await.unwrap());
        assert_eq!(items(&db, "t1").await, items(&source, "t1").await);
        let index = Scan { index: Some("gsi".into()), ..support::scan("t1") };
        let page = db.scan(&scope(), index.clone()).await.unwrap();
        assert_eq!(page, source.scan(&scope(), index).await.unwrap());
        assert_eq!(page.count, 25);
    }
}

#[tokio::test]
async fn what_was_not_published_is_gone_after_reopening() {
    let (source, stored) = source().await;
    let store = slow_store();
    let clock = TestClock::new(1);
    let target = open(store.clone(), &clock).await;
    let mut adoption = target.adopt();
    restore(&mut adoption, &stored, &items(&source, "t1").await).await;
    drop(adoption);
    assert!(everything(&store).await > 75);

    let reopened = open(store.clone(), &clock).await;
    assert!(reopened.stored_tables().await.unwrap().is_empty());
    // The rows go in the background; then only the hand-out of spaces remains.
    while everything(&store).await != 1 {
        tokio::task::yield_now().await;
    }
    let mut adoption = reopened.adopt();
    restore(&mut adoption, &stored, &items(&source, "t1").await).await;
    adoption.publish().await.unwrap();
    assert_eq!(items(&reopened, "t1").await.len(), 50);
}

/// A table that was taken over and announced, with all of its items.
async fn announced<'d>(
    target: &'d Db<SlowStore>,
    stored: &StoredTable,
    items: &[Item],
) -> Adoption<'d, SlowStore> {
    let mut adoption = target.adopt();
    restore(&mut adoption, stored, items).await;
    adoption.announce().await.unwrap();
    adoption
}

#[tokio::test]
async fn an_announced_table_is_seen_as_being_created_and_not_used_before_it_is_published() {
    let (source, stored) = source().await;
    let (store, clock) = (slow_store(), TestClock::new(1));
    let target = open(store.clone(), &clock).await;
    let adoption = announced(&target, &stored, &items(&source, "t1").await).await;
    let name = || TableRef::new("t1");
    let status = async || target.table_described(&scope(), name()).await.unwrap().table_status;
    let listed = target.list_tables(&scope(), ListTablesInput::default()).await.unwrap();
    assert_eq!(listed.table_names.unwrap(), ["t1"]);
    assert_eq!(status().await, Some(TableStatus::Creating));

    let missing = ApiError::ResourceNotFound("Requested resource not found".into());
    let item = || map([("p", s("0"))]);
    assert_eq!(target.put_item(&scope(), put("t1", item())).await.unwrap_err(), missing);
    assert_eq!(target.get_item(&scope(), get("t1", item())).await.unwrap_err(), missing);
    assert_eq!(target.scan(&scope(), support::scan("t1")).await.unwrap_err(), missing);
    assert_eq!(target.load(&scope(), &name()).unwrap_err(), missing);
    assert!(target.stored_tables().await.unwrap().is_empty());
    let in_use = ApiError::ResourceInUse(
        "Attempt to change a resource which is still in use: Table is being created: t1".into(),
    );
    assert_eq!(target.table_deleted(&scope(), name()).await.unwrap_err(), in_use);
    let index = support::create_index("t1", "other", (&["y:N"], &[]), all());
    assert_eq!(target.table_updated(&scope(), index).await.unwrap_err(), in_use);
    let enabled = target.time_to_live_updated(&scope(), "t1", ("until", true)).await;
    assert_eq!(enabled.unwrap_err(), in_use);
    let document = r#"{"Statement":[{"Effect":"Allow","Resource":"*"}]}"#.to_owned();
    let policy = PutResourcePolicyInput::new(document, TableRef::new(scope().table_arn("t1")));
    let attached = target.put_resource_policy(&scope(), policy).await;
    assert_eq!(attached.unwrap_err(), in_use);
    let created = target.table_created(&scope(), table("t1", "p:S", None)).await;
    assert!(matches!(created, Err(ApiError::ResourceInUse(_))));

    adoption.publish().await.unwrap();
    assert_eq!(status().await, Some(TableStatus::Active));
    write(&target, "t1", item()).await;
    for db in [target, open(store, &clock).await] {
        assert_eq!(items(&db, "t1").await.len(), 50);
        let described = db.table_described(&scope(), name()).await.unwrap();
        assert_eq!((described.sizes().0, described.globals()[0].sizes().0), (50, 24));
    }
}

#[tokio::test]
async fn a_table_that_was_being_created_when_the_process_ended_is_cleared_away() {
    let (source, stored) = source().await;
    let (store, clock) = (slow_store(), TestClock::new(1));
    let target = open(store.clone(), &clock).await;
    let _adoption = announced(&target, &stored, &items(&source, "t1").await).await;

    let reopened = open(store.clone(), &clock).await;
    let described = reopened.table_described(&scope(), TableRef::new("t1")).await;
    assert!(matches!(described, Err(ApiError::ResourceNotFound(_))));
    reopened.settled().await;
    assert_eq!(everything(&store).await, 1, "only the hand-out of spaces remains");
    let adoption = announced(&reopened, &stored, &items(&source, "t1").await).await;
    adoption.publish().await.unwrap();
    assert_eq!(items(&reopened, "t1").await.len(), 50);
}

#[tokio::test]
async fn tables_of_every_scope_are_stored_tables() {
    let db = in_memory().await;
    let elsewhere = Scope { account: "1".into(), region: "eu-west-3".into() };
    db.create_table(&scope(), table("t2", "p:S", None)).await.unwrap();
    db.create_table(&elsewhere, table("t1", "p:S", None)).await.unwrap();
    let stored = db.stored_tables().await.unwrap();
    let names = stored.iter().map(|table| (&table.scope, table.definition.name.as_str()));
    assert_eq!(names.collect::<Vec<_>>(), [(&scope(), "t2"), (&elsewhere, "t1")]);
}

#[tokio::test]
async fn a_name_that_is_taken_is_refused() {
    let (source, stored) = source().await;
    let definition = || (*stored.definition).clone();
    let mut adoption = source.adopt();
    let refused = adoption.restore(&scope(), definition()).await.unwrap_err();
    assert_eq!(refused, ApiError::ResourceInUse("Table already exists: t1".into()));

    let empty = in_memory().await;
    let mut adoption = empty.adopt();
    adoption.restore(&scope(), definition()).await.unwrap();
    let refused = adoption.restore(&scope(), definition()).await.unwrap_err();
    assert_eq!(refused, ApiError::ResourceInUse("Table already exists: t1".into()));
}

#[tokio::test]
async fn definitions_that_no_table_can_have_are_refused() {
    let (_, stored) = source().await;
    let element = || KeyElement { name: "p".into(), scalar_type: ScalarType::N };
    let changes: [fn(&mut TableDefinition); 7] = [
        |table| table.key.hash.clear(),
        |table| table.attributes.clear(),
        |table| table.name = "arn:aws".into(),
        |table| table.name = String::new(),
        |table| table.indexes = vec![table.indexes[0].clone(); 21],
        |table| table.indexes[0].key.hash.clear(),
        |table| table.indexes[0].key.hash[0].scalar_type = ScalarType::B,
    ];
    let db = in_memory().await;
    for (number, change) in changes.into_iter().enumerate() {
        let mut definition = (*stored.definition).clone();
        change(&mut definition);
        let refused = db.adopt().restore(&scope(), definition).await.unwrap_err();
        assert!(matches!(refused, ApiError::Validation(_)), "{number}: {refused}");
    }
    let mut definition = (*stored.definition).clone();
    definition.key.hash = vec![element()];
    assert!(db.adopt().restore(&scope(), definition).await.is_err());
    let scope = Scope { account: "0".repeat(70_000), region: "r".into() };
    assert!(db.adopt().restore(&scope, (*stored.definition).clone()).await.is_err());
}

#[tokio::test]
async fn a_load_replaces_and_deletes_as_single_writes_would() {
    let (db, _) = source().await;
    let mut loader = db.load(&scope(), &TableRef::new("t1")).unwrap();
    let changes = [
        WriteRequest::put(encoded(map([("p", s("new")), ("x", n("7"))]))),
        WriteRequest::put(encoded(map([("p", s("0")), ("x", n("8"))]))),
        WriteRequest::put(encoded(map([("p", s("1"))]))),
        WriteRequest::delete(encoded(map([("p", s("2"))]))),
        WriteRequest::delete(encoded(map([("p", s("never there"))]))),
    ];
    loader.write(&changes).await.unwrap();
    let loaded = loader.finish().await.unwrap();
    assert_eq!(loaded, Loaded { created: 1, replaced: 2, deleted: 1 });

    let described = db.table_described(&scope(), TableRef::new("t1")).await.unwrap();
    assert_eq!(described.sizes().0, items(&db, "t1").await.len() as u64);
    assert_eq!(described.sizes().0, 50);
    assert_eq!(described.globals()[0].sizes().0, 25);
}

#[tokio::test]
async fn of_several_changes_of_one_item_the_last_one_stands() {
    let (db, _) = source().await;
    let mut loader = db.load(&scope(), &TableRef::new("t1")).unwrap();
    let item = |x| WriteRequest::put(encoded(map([("p", s("new")), ("x", n(x))])));
    loader
        .write(&[item("1"), WriteRequest::delete(encoded(map([("p", s("new"))]))), item("2")])
        .await
        .unwrap();
    loader.write(&[item("3")]).await.unwrap();
    let loaded = loader.finish().await.unwrap();
    assert_eq!(loaded, Loaded { created: 1, replaced: 1, deleted: 0 });
    let described = db.table_described(&scope(), TableRef::new("t1")).await.unwrap();
    assert_eq!((described.sizes().0, described.globals()[0].sizes().0), (51, 26));
}

#[tokio::test]
async fn a_batch_with_a_change_that_does_not_fit_is_refused_whole() {
    let (db, _) = source().await;
    let mut loader = db.load(&scope(), &TableRef::new("t1")).unwrap();
    for (bad, words) in [
        (map([("q", s("a"))]), "Missing the key p in the item"),
        (map([("p", n("1"))]), "Type mismatch for key p expected: S actual: N"),
        (
            map([("p", s("a")), ("x", s("1"))]),
            "Type mismatch for Index Key x Expected: N Actual: S",
        ),
        (map([("p", s("a")), ("l", s(&"x".repeat(409_600)))]), "Item size has exceeded"),
    ] {
        let batch = puts([map([("p", s("good"))]), bad]);
        let LoadError::Refused { index, error } = loader.write(&batch).await.unwrap_err() else {
            panic!("the store failed")
        };
        assert_eq!(index, 1);
        assert!(error.to_string().contains(words), "{error}");
    }
    assert_eq!(loader.finish().await.unwrap(), Loaded::default());
    assert_eq!(items(&db, "t1").await.len(), 50);
}

#[tokio::test]
async fn a_load_knows_its_table() {
    let db = in_memory().await;
    assert!(db.load(&scope(), &TableRef::new("t1")).is_err());
    let mut adoption = db.adopt();
    let mut loader = adoption.create(&scope(), table("t1", "p:S", None)).await.unwrap();
    loader.write(&puts([map([("p", s("a"))])])).await.unwrap();
    loader.finish().await.unwrap();
    assert!(db.put_item(&scope(), put("t1", map([("p", s("b"))]))).await.is_err());
    adoption.publish().await.unwrap();
    db.put_item(&scope(), put("t1", map([("p", s("b"))]))).await.unwrap();
    assert_eq!(items(&db, "t1").await.len(), 2);
}

#[tokio::test]
async fn an_item_that_does_not_fit_an_index_is_restored_and_stays_out_of_it() {
    let (_, stored) = source().await;
    let db = in_memory().await;
    let mut adoption = db.adopt();
    let odd = [s("text"), s(""), AttributeValue::Null].into_iter().enumerate();
    let odd = odd.map(|(number, x)| item([("p", s(&number.to_string())), ("x", x)]));
    restore(&mut adoption, &stored, &odd.collect::<Vec<_>>()).await;
    adoption.publish().await.unwrap();
    let described = db.table_described(&scope(), TableRef::new("t1")).await.unwrap();
    assert_eq!((described.sizes().0, described.globals()[0].sizes().0), (3, 0));
}

#[tokio::test]
async fn indexes_on_their_way_arrive_and_those_that_go_are_gone() {
    let (source, stored) = source().await;
    for (phase, indexes) in [
        (GoalPhase::Allocating, &[25][..]),
        (GoalPhase::Backfilling, &[25]),
        (GoalPhase::Deleting, &[]),
    ] {
        let mut definition = (*stored.definition).clone();
        definition.indexes[0].phase = phase;
        let stored = StoredTable { definition: definition.into(), ..stored.clone() };
        let db = in_memory().await;
        let mut adoption = db.adopt();
        restore(&mut adoption, &stored, &items(&source, "t1").await).await;
        adoption.publish().await.unwrap();
        let described = db.table_described(&scope(), TableRef::new("t1")).await.unwrap();
        let counted = described.globals().iter().map(|index| index.sizes().0);
        assert_eq!(counted.collect::<Vec<_>>(), indexes);
        assert!(described.globals().iter().all(|index| index.way() == ACTIVE));
    }
}

#[tokio::test]
async fn time_to_live_on_its_way_arrives_and_that_which_goes_is_gone() {
    let (_, stored) = source().await;
    for (phase, status) in [
        (GoalPhase::Allocating, TimeToLiveStatus::Enabled),
        (GoalPhase::Backfilling, TimeToLiveStatus::Enabled),
        (GoalPhase::Deleting, TimeToLiveStatus::Disabled),
    ] {
        let mut definition = (*stored.definition).clone();
        definition.expiry_attribute = Some("until".to_owned());
        definition.expiry_phase = phase;
        let stored = StoredTable { definition: definition.into(), ..stored.clone() };
        let db = in_memory().await;
        let mut adoption = db.adopt();
        restore(&mut adoption, &stored, &[]).await;
        adoption.publish().await.unwrap();
        assert_eq!(db.time_to_live_status(&scope(), "t1").await, status);
    }
}

#[tokio::test]
async fn a_load_into_a_table_with_a_stream_leaves_a_record_of_every_change() {
    let db = in_memory().await;
    let declaration = with_stream(table("t1", "p:S", None), StreamView::KeysOnly);
    db.create_table(&scope(), declaration).await.unwrap();
    let mut loader = db.load(&scope(), &TableRef::new("t1")).unwrap();
    let key = |number: usize| map([("p", s(&number.to_string()))]);
    loader.write(&puts((0..20).map(key))).await.unwrap();
    loader
        .write(&[WriteRequest::delete(encoded(key(7))), WriteRequest::delete(encoded(key(99)))])
        .await
        .unwrap();
    loader.finish().await.unwrap();
    let [figures] = <[_; 1]>::try_from(db.stream_figures()).unwrap();
    assert_eq!(figures.written, 21, "what stays as it is leaves none");
}

#[tokio::test]
async fn a_load_follows_a_table_to_its_latest_version() {
    let db = in_memory().await;
    db.create_table(&scope(), table("t1", "p:S", None)).await.unwrap();
    let mut loader = db.load(&scope(), &TableRef::new("t1")).unwrap();
    let index = support::create_index("t1", "gsi", (&["x:N"], &[]), all());
    db.update_table(&scope(), index).await.unwrap();
    db.settled().await;
    loader.write(&puts([map([("p", s("a")), ("x", n("1"))])])).await.unwrap();
    loader.finish().await.unwrap();
    let index = Scan { index: Some("gsi".into()), ..support::scan("t1") };
    assert_eq!(db.scan(&scope(), index).await.unwrap().count, 1);
}
