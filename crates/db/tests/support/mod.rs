//! What the tests of `db` share: a database over a slow store that checks it, a clock they turn, and short ways to write
//! tables, items and expressions.
#![allow(dead_code, reason = "every test file uses a part of it")]

mod asking;
mod checked;
mod inspector;
mod shown;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use expr::{Condition, ConditionKind, KeyCondition, Projection, Resolver, Update};
use model::api::{
    CreateTableInput, DeleteGlobalSecondaryIndexAction, GlobalSecondaryIndexUpdate,
    LocalSecondaryIndex, UpdateTableInput,
};
use model::{
    ApiError, AttributeDefinition, AttributeMap, AttributeValue, BillingMode, IndexDeclaration,
    Item, KeyRole, KeySchemaElement, Number, Operand, ProjectionDeclaration, ProjectionType,
    ReturnConsumedCapacity, ReturnItemCollectionMetrics, ReturnValues,
    ReturnValuesOnConditionCheckFailure, ScalarType, Scope, StreamDeclaration, StreamView,
    TableRef,
};
use stator_db::{Clock, DbOptions, DeleteItem, GetItem, Ids, Page, PutItem, Query, Report, Scan};
use stator_db::{UpdateItem, WriteAnswer};
use store::slow::SlowStore;
use store::{Consistency, Direction, Store};

pub(crate) use checked::{Db, Slow};
use inspector::Words;

/// Of the stores: whatever is by chance is the same in every run.
const SEED: u64 = 7;

#[allow(unused_imports, reason = "every test file uses a part of it")]
pub(crate) use asking::Asking;
#[allow(unused_imports, reason = "every test file uses a part of it")]
pub(crate) use shown::*;

/// A clock that stands until it is turned: what it shows, and how much time has gone by.
#[derive(Debug, Clone)]
pub(crate) struct TestClock(Arc<[AtomicU64; 2]>);

impl TestClock {
    pub(crate) fn new(now_ms: u64) -> Self {
        Self(Arc::new([AtomicU64::new(now_ms), AtomicU64::new(0)]))
    }

    /// Time goes by.
    pub(crate) fn advance(&self, ms: u64) {
        for hand in &*self.0 {
            hand.fetch_add(ms, Ordering::Relaxed);
        }
    }

    /// Somebody sets the clock.
    pub(crate) fn set(&self, now_ms: u64) {
        self.0[0].store(now_ms, Ordering::Relaxed);
    }
}

impl Clock for TestClock {
    fn now_ms(&self) -> u64 {
        self.0[0].load(Ordering::Relaxed)
    }

    fn elapsed_ms(&self) -> u64 {
        self.0[1].load(Ordering::Relaxed)
    }
}

#[derive(Debug)]
struct TestIds;

impl Ids for TestIds {
    fn writer(&self) -> u32 {
        7
    }

    fn table_id(&self) -> String {
        "00000000-0000-4000-8000-000000000000".into()
    }
}

fn options(clock: &TestClock) -> DbOptions {
    DbOptions::new(clock.clone(), TestIds)
}

/// An empty store that takes its time, and that is watched.
pub(crate) fn slow_store() -> SlowStore {
    slow_store_of(SEED)
}

/// The same, with other chances.
pub(crate) fn slow_store_of(seed: u64) -> SlowStore {
    SlowStore::inspected(seed, Words::default())
}

/// A database over `store`.
pub(crate) async fn open<S: Slow>(store: S, clock: &TestClock) -> Db<S> {
    Db::open(store, clock).await
}

/// An empty database in memory.
pub(crate) async fn in_memory() -> Db<SlowStore> {
    open(slow_store(), &TestClock::new(1_700_000_000_000)).await
}

pub(crate) fn scope() -> Scope {
    Scope { account: "000000000000".into(), region: "us-east-1".into() }
}

// Values and items.

pub(crate) fn s(text: &str) -> AttributeValue {
    AttributeValue::S(text.into())
}

pub(crate) fn n(text: &str) -> AttributeValue {
    AttributeValue::N(Number::parse(text).unwrap())
}

pub(crate) fn b(bytes: &[u8]) -> AttributeValue {
    AttributeValue::B(bytes.into())
}

pub(crate) fn map<const N: usize>(attributes: [(&str, AttributeValue); N]) -> AttributeMap {
    attributes.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

pub(crate) fn item<const N: usize>(attributes: [(&str, AttributeValue); N]) -> Item {
    Item::encode(&map(attributes))
}

// Tables.

/// A key of `hash` and perhaps `range`, each as `name:T`.
pub(crate) fn table(name: &str, hash: &str, range: Option<&str>) -> CreateTableInput {
    let mut declaration = CreateTableInput {
        attribute_definitions: Some(Vec::new()),
        billing_mode: Some(BillingMode::PayPerRequest),
        ..CreateTableInput::new(TableRef::new(name))
    };
    declaration.key_schema = Some(key(&mut declaration, &[hash], range.as_slice()));
    declaration
}

/// A key schema; its attributes are defined along the way.
pub(crate) fn key(
    declaration: &mut CreateTableInput,
    hash: &[&str],
    range: &[&str],
) -> Vec<KeySchemaElement> {
    let roles = hash.iter().map(|a| (*a, KeyRole::Hash));
    let roles = roles.chain(range.iter().map(|a| (*a, KeyRole::Range)));
    let elements = roles.map(|(attribute, role)| {
        let (name, scalar_type) = attribute.split_once(':').unwrap();
        let scalar_type = match scalar_type {
            "S" => ScalarType::S,
            "N" => ScalarType::N,
            _ => ScalarType::B,
        };
        let known = declaration.attribute_definitions.as_mut().unwrap();
        if known.iter().all(|definition| definition.name != name) {
            known.push(AttributeDefinition { name: name.into(), scalar_type });
        }
        KeySchemaElement { name: name.into(), role }
    });
    elements.collect()
}

pub(crate) fn projection(kind: ProjectionType, names: &[&str]) -> ProjectionDeclaration {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let non_key_attributes = (!names.is_empty()).then_some(names);
    ProjectionDeclaration { projection_type: Some(kind), non_key_attributes }
}

pub(crate) fn all() -> ProjectionDeclaration {
    projection(ProjectionType::All, &[])
}

pub(crate) fn with_global(
    mut declaration: CreateTableInput,
    name: &str,
    (hash, range): (&[&str], &[&str]),
    projection: ProjectionDeclaration,
) -> CreateTableInput {
    let key_schema = key(&mut declaration, hash, range);
    let index = index(name, key_schema, projection);
    declaration.global_secondary_indexes.get_or_insert_default().push(index);
    declaration
}

pub(crate) fn with_stream(mut declaration: CreateTableInput, view: StreamView) -> CreateTableInput {
    let view = Some(view);
    declaration.stream_specification = Some(StreamDeclaration { enabled: true, view });
    declaration
}

pub(crate) fn with_local(
    mut declaration: CreateTableInput,
    name: &str,
    range: &str,
    projection: ProjectionDeclaration,
) -> CreateTableInput {
    let hash = declaration.key_schema.as_ref().unwrap()[0].clone();
    let mut key_schema = vec![hash];
    key_schema.extend(key(&mut declaration, &[], &[range]));
    let index = LocalSecondaryIndex { index_name: name.into(), key_schema, projection };
    declaration.local_secondary_indexes.get_or_insert_default().push(index);
    declaration
}

/// A change of a table that changes nothing yet.
pub(crate) fn update_of(table: &str) -> UpdateTableInput {
    UpdateTableInput::new(TableRef::new(table))
}

/// A change of a table that adds a global index.
pub(crate) fn create_index(
    table_name: &str,
    name: &str,
    key: (&[&str], &[&str]),
    projection: ProjectionDeclaration,
) -> UpdateTableInput {
    let mut declaration = with_global(table("any", "p:S", None), name, key, projection);
    let named = |attribute: &AttributeDefinition| {
        key.0.iter().chain(key.1).any(|name| name.split(':').next() == Some(&attribute.name))
    };
    declaration.attribute_definitions.as_mut().unwrap().retain(named);
    let create = declaration.global_secondary_indexes.unwrap().pop();
    let update = GlobalSecondaryIndexUpdate { create, ..GlobalSecondaryIndexUpdate::default() };
    UpdateTableInput {
        attribute_definitions: declaration.attribute_definitions,
        global_secondary_index_updates: Some(vec![update]),
        ..update_of(table_name)
    }
}

/// A change of a table that removes a global index.
pub(crate) fn delete_index(table: &str, name: &str) -> UpdateTableInput {
    let delete = Some(DeleteGlobalSecondaryIndexAction { index_name: name.into() });
    let update = GlobalSecondaryIndexUpdate { delete, ..GlobalSecondaryIndexUpdate::default() };
    UpdateTableInput { global_secondary_index_updates: Some(vec![update]), ..update_of(table) }
}

fn index(
    name: &str,
    key_schema: Vec<KeySchemaElement>,
    projection: ProjectionDeclaration,
) -> IndexDeclaration {
    IndexDeclaration {
        name: name.into(),
        key_schema,
        projection,
        throughput: None,
        on_demand: None,
        warm: None,
    }
}

// Expressions. `:x` stands for the value under "x"; names are written out.

fn resolver(values: &[(&str, AttributeValue)]) -> Resolver {
    let values: BTreeMap<String, Operand> =
        values.iter().map(|(name, value)| (format!(":{name}"), Operand::new(value))).collect();
    Resolver::new(None, (!values.is_empty()).then_some(values)).unwrap()
}

pub(crate) fn condition(text: &str, values: &[(&str, AttributeValue)]) -> Option<Condition> {
    Some(resolver(values).condition(ConditionKind::Condition, text).unwrap())
}

pub(crate) fn filter(text: &str, values: &[(&str, AttributeValue)]) -> Option<Condition> {
    Some(resolver(values).condition(ConditionKind::Filter, text).unwrap())
}

pub(crate) fn key_condition(text: &str, values: &[(&str, AttributeValue)]) -> KeyCondition {
    resolver(values).key_condition(text).unwrap()
}

pub(crate) fn update(text: &str, values: &[(&str, AttributeValue)]) -> Option<Update> {
    Some(resolver(values).update(text).unwrap())
}

pub(crate) fn paths(text: &str) -> Option<Projection> {
    Some(resolver(&[]).projection(text).unwrap())
}

// Requests with what most tests want.

/// Attributes in their byte form.
pub(crate) fn encoded(attributes: AttributeMap) -> Item {
    Item::encode(&attributes)
}

pub(crate) fn everything_reported() -> Report {
    Report {
        capacity: ReturnConsumedCapacity::Indexes,
        collection_metrics: ReturnItemCollectionMetrics::Size,
    }
}

pub(crate) fn put(table: &str, item: AttributeMap) -> PutItem {
    PutItem {
        table: TableRef::new(table).into(),
        item: encoded(item),
        condition: None,
        return_values: ReturnValues::None,
        on_failure: ReturnValuesOnConditionCheckFailure::None,
        report: Report::default(),
    }
}

pub(crate) fn delete(table: &str, key: AttributeMap) -> DeleteItem {
    DeleteItem {
        table: TableRef::new(table).into(),
        key: encoded(key),
        condition: None,
        return_values: ReturnValues::None,
        on_failure: ReturnValuesOnConditionCheckFailure::None,
        report: Report::default(),
    }
}

pub(crate) fn change(table: &str, key: AttributeMap, update: Option<Update>) -> UpdateItem {
    UpdateItem {
        table: TableRef::new(table).into(),
        key: encoded(key),
        update,
        condition: None,
        return_values: ReturnValues::None,
        on_failure: ReturnValuesOnConditionCheckFailure::None,
        report: Report::default(),
    }
}

pub(crate) fn get(table: &str, key: AttributeMap) -> GetItem {
    GetItem {
        table: TableRef::new(table).into(),
        key: encoded(key),
        consistent: true,
        projection: None,
        report_capacity: ReturnConsumedCapacity::None,
    }
}

pub(crate) fn query(table: &str, key_condition: KeyCondition) -> Query {
    Query {
        table: TableRef::new(table).into(),
        index: None,
        key_condition,
        filter: None,
        projection: None,
        select: None,
        limit: None,
        consistent: false,
        direction: Direction::Forward,
        exclusive_start_key: None,
        report_capacity: ReturnConsumedCapacity::None,
    }
}

pub(crate) fn scan(table: &str) -> Scan {
    Scan {
        table: TableRef::new(table).into(),
        index: None,
        filter: None,
        projection: None,
        select: None,
        limit: None,
        consistent: false,
        exclusive_start_key: None,
        segment: None,
        total_segments: None,
        report_capacity: ReturnConsumedCapacity::None,
    }
}

// Shorthands that unwrap.

pub(crate) async fn write<S: Slow>(db: &Db<S>, table: &str, item: AttributeMap) -> WriteAnswer {
    db.put_item(&scope(), put(table, item)).await.unwrap()
}

pub(crate) async fn read<S: Slow>(
    db: &Db<S>,
    table: &str,
    key: AttributeMap,
) -> Option<AttributeMap> {
    let answer = db.get_item(&scope(), get(table, key)).await.unwrap();
    answer.item.map(|item| item.decode())
}

/// The items of a page, decoded.
pub(crate) fn items(page: &Page) -> Vec<AttributeMap> {
    page.items.as_ref().unwrap().iter().map(Item::decode).collect()
}

/// One attribute of each item of a page.
pub(crate) fn column(page: &Page, name: &str) -> Vec<AttributeValue> {
    items(page).iter().map(|item| item[name].clone()).collect()
}

/// Expects a ValidationException and tells its message.
pub(crate) fn refused<T: std::fmt::Debug>(result: Result<T, ApiError>) -> String {
    match result.unwrap_err() {
        ApiError::Validation(message) => message,
        other => panic!("not a ValidationException: {other:?}"),
    }
}

/// Every row of a kind, in order: its name's bytes and its value.
pub(crate) async fn rows<S: Store>(store: &S, space: u32, kind: u8) -> Vec<(Vec<u8>, Vec<u8>)> {
    let range = store::RowRange::Hashes {
        space: store::Space(space),
        kind: store::Kind(kind),
        first: 0,
        last: u64::MAX,
        after: None,
    };
    let mut rows = Vec::new();
    let visit = |row: store::Row<'_>| {
        rows.push((row.key.as_bytes().to_vec(), row.value.to_vec()));
        std::ops::ControlFlow::Continue(())
    };
    store.range(&range, Direction::Forward, Consistency::Strong, visit).await.unwrap();
    rows
}

/// How many rows of any kind there are in the spaces these tests use.
pub(crate) async fn everything<S: Store>(store: &S) -> usize {
    let mut count = 0;
    for space in 0..40 {
        for kind in [0x01, 0x02, 0x20, 0x70, 0x71, 0x72] {
            count += rows(store, space, kind).await.len();
        }
    }
    count
}
