//! How long it takes to plan expressions, and to carry the plans out on an item.

use std::collections::BTreeMap;
use std::hint::black_box;

use criterion::{BatchSize, Criterion};
use model::{AttributeMap, AttributeValue, Item, Number, Operand};
use stator_expr::{ConditionKind, Resolver};

const KEY_CONDITION: &str = "#owner = :owner AND #at BETWEEN :low AND :high";
const CONDITION: &str = "attribute_exists(title) AND (likes >= :low OR contains(tags, :tag)) \
                         AND NOT place.city IN (:owner, :tag)";
const UPDATE: &str = "SET likes = likes + :low, place.city = :tag, seen = if_not_exists(seen, :low) \
                      REMOVE score";
const PROJECTION: &str = "#owner, title, place.city";

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    planning(&mut criterion);
    evaluation(&mut criterion);
    criterion.final_summary();
}

/// From text to plan, the placeholders' own checks included.
fn planning(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("plan");
    let mut plan = |name, planned: fn(&mut Resolver)| {
        let placeholders = || (Some(names()), Some(values()));
        group.bench_function(name, |b| {
            b.iter_batched(
                placeholders,
                |(names, values)| {
                    let mut resolver = Resolver::new(names, values).expect(WELL_FORMED);
                    planned(&mut resolver);
                    resolver
                },
                BatchSize::SmallInput,
            );
        });
    };
    plan("nothing", |_| {});
    plan("key condition", |resolver| {
        black_box(resolver.key_condition(KEY_CONDITION)).expect(WELL_FORMED);
    });
    plan("condition", |resolver| {
        black_box(resolver.condition(ConditionKind::Condition, CONDITION)).expect(WELL_FORMED);
    });
    plan("update", |resolver| {
        black_box(resolver.update(UPDATE)).expect(WELL_FORMED);
    });
    plan("projection", |resolver| {
        black_box(resolver.projection(PROJECTION)).expect(WELL_FORMED);
    });
}

/// From plan and item to what comes of them.
fn evaluation(criterion: &mut Criterion) {
    let mut resolver = Resolver::new(Some(names()), Some(values())).expect(WELL_FORMED);
    let condition = resolver.condition(ConditionKind::Condition, CONDITION).expect(WELL_FORMED);
    let update = resolver.update(UPDATE).expect(WELL_FORMED);
    let projection = resolver.projection(PROJECTION).expect(WELL_FORMED);
    let item = Item::encode(&attributes());
    let mut group = criterion.benchmark_group("evaluate");
    group.bench_function("condition", |b| {
        b.iter(|| condition.holds(black_box(&item).attributes()));
    });
    group.bench_function("update", |b| b.iter(|| update.apply(black_box(&item))));
    group.bench_function("projection", |b| {
        b.iter(|| projection.apply(black_box(&item).attributes()));
    });
}

const WELL_FORMED: &str = "the bench writes well-formed expressions";

fn names() -> BTreeMap<String, String> {
    [("#owner", "owner"), ("#at", "at")]
        .map(|(placeholder, name)| (placeholder.to_owned(), name.to_owned()))
        .into()
}

fn values() -> BTreeMap<String, Operand> {
    let values = [
        (":owner", text("owner#00000042")),
        (":low", number("10")),
        (":high", number("20")),
        (":tag", text("blue")),
    ];
    values.map(|(placeholder, value)| (placeholder.to_owned(), Operand::from(value))).into()
}

fn attributes() -> AttributeMap {
    let tags = ["amber", "blue", "cyan"].map(str::to_owned).into();
    let place = AttributeMap::from([("city".to_owned(), text("Lisbon"))]);
    let attributes = [
        ("owner", text("owner#00000042")),
        ("at", number("17")),
        ("title", text("A bench item of ordinary size")),
        ("likes", number("1000")),
        ("score", number("98.6")),
        ("tags", AttributeValue::Ss(tags)),
        ("place", AttributeValue::M(place)),
    ];
    attributes.map(|(name, value)| (name.to_owned(), value)).into()
}

fn text(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

fn number(digits: &str) -> AttributeValue {
    AttributeValue::N(Number::parse(digits).expect("it is a number"))
}
