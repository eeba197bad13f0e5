//! Random operations against a `BTreeMap`, indexes recomputed from it each time.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use std::collections::BTreeMap;

use model::{ApiError, AttributeMap, AttributeValue, Item, ProjectionType, ReturnValues, TableRef};
use proptest::collection::vec;
use proptest::prelude::*;
use stator_db::{
    PutItem, Query, Report, Scan, TransactAction, TransactOperation, TransactWriteItems,
};
use store::Direction;
use store::slow::SlowStore;
use support::*;

/// What the table holds, by (p, c).
type Expected = BTreeMap<(i64, String), AttributeMap>;

#[derive(Debug, Clone)]
enum Step {
    Put {
        item: AttributeMap,
        only_if_absent: bool,
    },
    Delete {
        key: (i64, String),
    },
    Set {
        key: (i64, String),
        name: &'static str,
        value: AttributeValue,
    },
    Remove {
        key: (i64, String),
        name: &'static str,
    },
    /// All or none: the last is a check that its key is absent.
    Transact {
        puts: Vec<AttributeMap>,
        absent: (i64, String),
    },
    Reopen,
}

fn keys() -> impl Strategy<Value = (i64, String)> {
    (-2..3i64, "[ab]{1,2}")
}

/// Attributes x (S) and y (N) are keys of indexes, z is data.
fn attribute() -> impl Strategy<Value = (&'static str, AttributeValue)> {
    prop_oneof![
        "[uv]{1,2}".prop_map(|text| ("x", s(&text))),
        (-3..3i64).prop_map(|number| ("y", n(&number.to_string()))),
        "[a-z]{0,3}".prop_map(|text| ("z", s(&text))),
    ]
}

fn an_item() -> impl Strategy<Value = AttributeMap> {
    (keys(), vec(attribute(), 0..4)).prop_map(|(key, attributes)| {
        let mut item = key_item(&key);
        item.extend(attributes.into_iter().map(|(name, value)| (name.to_owned(), value)));
        item
    })
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (an_item(), any::<bool>())
            .prop_map(|(item, only_if_absent)| Step::Put { item, only_if_absent }),
        2 => keys().prop_map(|key| Step::Delete { key }),
        3 => (keys(), attribute()).prop_map(|(key, (name, value))| Step::Set { key, name, value }),
        1 => (keys(), attribute()).prop_map(|(key, (name, _))| Step::Remove { key, name }),
        2 => (vec(an_item(), 1..4), keys())
            .prop_map(|(puts, absent)| Step::Transact { puts, absent }),
        1 => Just(Step::Reopen),
    ]
}

fn key_item((p, c): &(i64, String)) -> AttributeMap {
    map([("p", n(&p.to_string())), ("c", s(c))])
}

fn key_of(item: &AttributeMap) -> (i64, String) {
    match (&item["p"], &item["c"]) {
        (AttributeValue::N(p), AttributeValue::S(c)) => (p.to_string().parse().unwrap(), c.clone()),
        other => panic!("{other:?}"),
    }
}

struct Pair {
    store: SlowStore,
    clock: TestClock,
    db: Db<SlowStore>,
    expected: Expected,
}

impl Pair {
    async fn new() -> Self {
        let (store, clock) = (slow_store(), TestClock::new(1));
        let db = open(store.clone(), &clock).await;
        let declaration = table("t", "p:N", Some("c:S"));
        let include = projection(ProjectionType::Include, &["z"]);
        let declaration = with_local(declaration, "by-y", "y:N", include);
        let declaration = with_global(declaration, "by-x-y", (&["x:S"], &["y:N"]), all());
        let keys_only = projection(ProjectionType::KeysOnly, &[]);
        let declaration =
            with_global(declaration, "by-all", (&["c:S", "x:S"], &["p:N", "y:N"]), keys_only);
        db.create_table(&scope(), declaration).await.unwrap();
        Self { store, clock, db, expected: Expected::new() }
    }

    async fn apply(&mut self, step: Step) {
        match step {
            Step::Put { item, only_if_absent } => self.put(item, only_if_absent).await,
            Step::Delete { key } => {
                let mut request = delete("t", key_item(&key));
                request.return_values = ReturnValues::AllOld;
                let answer = self.db.delete_item(&scope(), request).await.unwrap();
                let old = self.expected.remove(&key);
                assert_eq!(answer.attributes, old.map(|item| Item::encode(&item)));
            }
            Step::Set { key, name, value } => {
                let text = format!("SET {name} = :v");
                let change = change("t", key_item(&key), update(&text, &[("v", value.clone())]));
                self.db.update_item(&scope(), change).await.unwrap();
                let item = self.expected.entry(key.clone()).or_insert_with(|| key_item(&key));
                item.insert(name.into(), value);
            }
            Step::Remove { key, name } => {
                let text = format!("REMOVE {name}");
                let change = change("t", key_item(&key), update(&text, &[]));
                self.db.update_item(&scope(), change).await.unwrap();
                if let Some(item) = self.expected.get_mut(&key) {
                    item.remove(name);
                }
            }
            Step::Transact { puts, absent } => self.transact(puts, absent).await,
            Step::Reopen => {
                // Nobody restarts within a millisecond.
                self.clock.advance(1);
                self.db = open(self.store.clone(), &self.clock).await;
            }
        }
    }

    async fn put(&mut self, item: AttributeMap, only_if_absent: bool) {
        let condition = only_if_absent.then(|| condition("attribute_not_exists(p)", &[])).flatten();
        let result =
            self.db.put_item(&scope(), PutItem { condition, ..put("t", item.clone()) }).await;
        let key = key_of(&item);
        if only_if_absent && self.expected.contains_key(&key) {
            assert_eq!(result.unwrap_err(), ApiError::ConditionalCheckFailed { item: None });
        } else {
            result.unwrap();
            self.expected.insert(key, item);
        }
    }

    async fn transact(&mut self, puts: Vec<AttributeMap>, absent: (i64, String)) {
        let puts: BTreeMap<_, _> = puts.into_iter().map(|item| (key_of(&item), item)).collect();
        if puts.contains_key(&absent) {
            return;
        }
        let mut actions: Vec<TransactAction> = puts
            .values()
            .map(|item| TransactAction {
                table: TableRef::new("t").into(),
                operation: TransactOperation::Put(encoded(item.clone())),
                condition: None,
                on_failure: Default::default(),
            })
            .collect();
        actions.push(TransactAction {
            table: TableRef::new("t").into(),
            operation: TransactOperation::ConditionCheck(encoded(key_item(&absent))),
            condition: condition("attribute_not_exists(p)", &[]),
            on_failure: Default::default(),
        });
        let request = TransactWriteItems { actions, client_token: None, report: Report::default() };
        let result = self.db.transact_write_items(&scope(), request).await;
        assert_eq!(result.is_ok(), !self.expected.contains_key(&absent));
        if result.is_ok() {
            self.expected.extend(puts);
        }
    }

    /// Compares everything there is.
    async fn compare(&self) {
        let mut found = self.scan(None).await;
        found.sort_by_key(key_of);
        let expected: Vec<_> = self.expected.values().cloned().collect();
        assert_eq!(found, expected, "the table");
        self.compare_counts(expected.len()).await;
        self.compare_index("by-y", &["y"], Some(&["p", "c", "y", "z"])).await;
        self.compare_index("by-x-y", &["x", "y"], None).await;
        self.compare_index("by-all", &["x", "y"], Some(&["p", "c", "x", "y"])).await;
        for p in -2..3 {
            self.compare_partition(p).await;
        }
    }

    async fn compare_counts(&self, items: usize) {
        let table = self.db.table_described(&scope(), TableRef::new("t")).await.unwrap();
        let size = |items: &mut dyn Iterator<Item = &AttributeMap>| {
            items.map(|item| Item::encode(item).item_bytes() as u64).sum::<u64>()
        };
        assert_eq!(table.sizes(), (items as u64, size(&mut self.expected.values())));
        let mut in_index =
            self.expected.values().filter(|item| item.contains_key("x") && item.contains_key("y"));
        assert_eq!(table.globals()[0].sizes().1, size(&mut in_index));
    }

    async fn compare_index(&self, index: &str, needs: &[&str], carries: Option<&[&str]>) {
        let mut found = self.scan(Some(index)).await;
        found.sort_by_key(key_of);
        let indexed = self.expected.values();
        let indexed = indexed.filter(|item| needs.iter().all(|name| item.contains_key(*name)));
        let expected: Vec<_> = indexed
            .map(|item| {
                let mut item = item.clone();
                item.retain(|name, _| carries.is_none_or(|names| names.contains(&name.as_str())));
                item
            })
            .collect();
        assert_eq!(found, expected, "index {index}");
    }

    /// A partition by the table's key and by the local index, backwards and in small pages too.
    async fn compare_partition(&self, p: i64) {
        let of_partition = self.expected.iter().filter(|((hash, _), _)| *hash == p);
        let by_c: Vec<String> = of_partition.clone().map(|((_, c), _)| c.clone()).collect();
        let mut by_y: Vec<_> = of_partition
            .filter_map(|((_, c), item)| Some((number(item.get("y")?), c.clone())))
            .collect();
        by_y.sort();
        let by_y: Vec<String> = by_y.into_iter().map(|(_, c)| c).collect();
        for (index, expected) in [(None, by_c), (Some("by-y"), by_y)] {
            for direction in [Direction::Forward, Direction::Backward] {
                let mut expected = expected.clone();
                if direction == Direction::Backward {
                    expected.reverse();
                }
                assert_eq!(self.query(p, index, direction).await, expected, "{index:?}");
            }
        }
    }

    async fn query(&self, p: i64, index: Option<&str>, direction: Direction) -> Vec<String> {
        let mut request = Query {
            index: index.map(str::to_owned),
            direction,
            limit: Some(2),
            ..query("t", key_condition("p = :p", &[("p", n(&p.to_string()))]))
        };
        let mut found = Vec::new();
        loop {
            let page = self.db.query(&scope(), request.clone()).await.unwrap();
            found.extend(items(&page).iter().map(|item| key_of(item).1));
            let Some(last) = page.last_evaluated_key else { return found };
            request.exclusive_start_key = Some(last);
        }
    }

    async fn scan(&self, index: Option<&str>) -> Vec<AttributeMap> {
        let request = Scan { index: index.map(str::to_owned), ..scan("t") };
        items(&self.db.scan(&scope(), request).await.unwrap())
    }
}

fn number(value: &AttributeValue) -> i64 {
    match value {
        AttributeValue::N(number) => number.to_string().parse().unwrap(),
        other => panic!("{other:?}"),
    }
}

proptest! {
    #[test]
    fn operations_do_what_they_do_to_a_map(steps in vec(step(), 1..40)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let mut pair = Pair::new().await;
            for step in steps {
                pair.apply(step).await;
            }
            pair.compare().await;
        });
    }
}
