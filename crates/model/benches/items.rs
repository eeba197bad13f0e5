//! How long it takes to write and read an item's bytes, a key's, and a number's.

use std::hint::black_box;

use criterion::{BatchSize, Criterion};
use stator_model::{AttributeMap, AttributeValue, Item, Number, ValueRef, key};

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    items(&mut criterion);
    keys(&mut criterion);
    numbers(&mut criterion);
    criterion.final_summary();
}

fn items(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("item");
    for (name, attributes) in [("of nine attributes", nine()), ("of 400 attributes", many(400))] {
        let item = Item::encode(&attributes);
        let last = attributes.keys().next_back().expect("there are some");
        group.bench_function(format!("encode, {name}"), |b| {
            b.iter(|| Item::encode(black_box(&attributes)));
        });
        group.bench_function(format!("decode, {name}"), |b| b.iter(|| black_box(&item).decode()));
        group.bench_function(format!("get the last, {name}"), |b| {
            b.iter(|| black_box(&item).attributes().get(last).map(|value| value.type_name()));
        });
        group.bench_function(format!("retain all but one, {name}"), |b| {
            b.iter(|| black_box(&item).retain(|name| name != last));
        });
    }
}

fn keys(criterion: &mut Criterion) {
    let mut encoded = [Vec::new(), Vec::new()];
    text("owner#00000042").encode(&mut encoded[0]);
    number("17").encode(&mut encoded[1]);
    let [partition, sort] = encoded.each_ref().map(|bytes| ValueRef::of_encoded(bytes));
    criterion.bench_function("key/encode S and N", |b| {
        b.iter_batched_ref(
            || Vec::with_capacity(64),
            |out| {
                key::encode_scalar(black_box(&partition), out);
                key::encode_scalar(black_box(&sort), out);
            },
            BatchSize::SmallInput,
        );
    });
}

fn numbers(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("number");
    for digits in ["17", "98.6", "12345678901234567890123456789012345678"] {
        let parsed = Number::parse(digits).expect("it is a number");
        let mut encoded = Vec::new();
        AttributeValue::N(parsed).encode(&mut encoded);
        let ValueRef::N(stored) = ValueRef::of_encoded(&encoded) else {
            panic!("a number reads back as one");
        };
        group.bench_function(format!("parse {digits}"), |b| {
            b.iter(|| Number::parse(black_box(digits)));
        });
        group.bench_function(format!("print {digits}"), |b| {
            b.iter_batched_ref(
                || Vec::with_capacity(64),
                |out| black_box(stored).write_text(out),
                BatchSize::SmallInput,
            );
        });
    }
}

/// The item that `cargo xtask bench` writes.
fn nine() -> AttributeMap {
    let tags = ["amber", "blue", "cyan"].map(str::to_owned).into();
    let place = [("city", text("Lisbon")), ("floor", number("3"))];
    let attributes = [
        ("owner", text("owner#00000042")),
        ("at", number("17")),
        ("title", text("A bench item of ordinary size")),
        ("text", text(&"The quick brown fox jumps over the lazy dog. ".repeat(7))),
        ("likes", number("1000")),
        ("score", number("98.6")),
        ("public", AttributeValue::Bool(true)),
        ("tags", AttributeValue::Ss(tags)),
        ("place", AttributeValue::M(place.map(|(name, value)| (name.to_owned(), value)).into())),
    ];
    attributes.map(|(name, value)| (name.to_owned(), value)).into()
}

fn many(count: usize) -> AttributeMap {
    (0..count).map(|i| (format!("attribute-{i:04}"), number(&i.to_string()))).collect()
}

fn text(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

fn number(digits: &str) -> AttributeValue {
    AttributeValue::N(Number::parse(digits).expect("it is a number"))
}
