use std::collections::BTreeSet;

use proptest::collection::{btree_map, btree_set, vec};
use proptest::option;
use proptest::prelude::*;

use super::*;
use crate::{AttributeValue, Number};

fn number(text: &str) -> Number {
    Number::parse(text).unwrap()
}

fn text(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

fn map<const N: usize>(entries: [(&str, AttributeValue); N]) -> AttributeMap {
    entries.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}

fn encoded(value: &AttributeValue) -> Vec<u8> {
    let mut bytes = Vec::new();
    value.encode(&mut bytes);
    bytes
}

/// The item that docs/format/item.md takes apart.
fn example() -> AttributeMap {
    map([
        ("id", text("a1")),
        ("n", AttributeValue::N(number("12.5"))),
        ("raw", AttributeValue::B(vec![0xFF])),
        ("on", AttributeValue::Bool(true)),
        ("off", AttributeValue::Bool(false)),
        ("nil", AttributeValue::Null),
        ("tags", AttributeValue::Ss(BTreeSet::from(["x".to_owned(), "yz".to_owned()]))),
        ("nums", AttributeValue::Ns(BTreeSet::from([Number::ZERO, number("-1")]))),
        ("bins", AttributeValue::Bs(BTreeSet::from([vec![], vec![7]]))),
        ("list", AttributeValue::L(vec![text(""), AttributeValue::Null])),
        ("map", AttributeValue::M(map([("k", AttributeValue::L(vec![]))]))),
    ])
}

#[test]
fn golden_bytes() {
    // One line for each attribute, in name order, as on the page.
    let lines = [
        "01 40000000",
        "04 62696E73 09 03000000 00 01 07",
        "02 6964 01 02 6131",
        "04 6C697374 0A 03000000 01 00 04",
        "03 6D6170 0B 07000000 01 6B 0A 00000000",
        "01 6E 02 05 81830D3300",
        "03 6E696C 04",
        "04 6E756D73 08 07000000 04 7F7DF4FF 01 80",
        "03 6F6666 05",
        "02 6F6E 06",
        "03 726177 03 01 FF",
        "04 74616773 07 05000000 01 78 02 797A",
    ];
    let item = Item::encode(&example());
    assert_eq!(hex(item.as_bytes()), lines.concat().replace(' ', ""));
    assert_eq!(item.item_bytes(), 0x40);
    let page = include_str!("../../../../docs/format/item.md");
    for line in lines {
        assert!(page.contains(line), "{line} is not on the page");
    }
}

#[test]
fn lengths_of_128_and_more_take_further_bytes() {
    for (length, prefix) in [(127, "017F"), (128, "018001"), (300, "01AC02"), (20_000, "01A09C01")]
    {
        let bytes = encoded(&text(&"x".repeat(length)));
        assert_eq!(hex(&bytes[..bytes.len() - length]), prefix);
        assert_eq!(ValueRef::of_encoded(&bytes).size(), Some(length));
    }
}

#[test]
fn views_find_what_is_there_and_nothing_else() {
    let item = Item::encode(&example());
    let attributes = item.attributes();
    assert_eq!(attributes.get("id"), Some(ValueRef::S("a1".into())));
    assert_eq!(attributes.get("tags").map(|tags| tags.type_name()), Some("SS"));
    for absent in ["", "a", "idd", "ie", "zzz"] {
        assert_eq!(attributes.get(absent), None, "{absent:?}");
    }
    let Some(ValueRef::L(list)) = attributes.get("list") else { panic!("a list") };
    assert_eq!(list.get(1), Some(ValueRef::Null));
    assert_eq!(list.get(2), None);
    let Some(ValueRef::Ns(set)) = attributes.get("nums") else { panic!("a number set") };
    assert!(set.contains(&ValueRef::of_encoded(&encoded(&AttributeValue::N(number("-1.0"))))));
    assert!(!set.contains(&ValueRef::of_encoded(&encoded(&AttributeValue::N(number("1"))))));
    assert!(!set.contains(&ValueRef::B(&[0x80])), "bytes that happen to be a number's");
}

#[test]
fn an_empty_item_is_the_default_and_looks_like_no_item() {
    assert_eq!(Item::default(), Item::encode(&AttributeMap::new()));
    assert_eq!(Item::default().item_bytes(), 0);
    assert_eq!(Item::default().attributes(), MapRef::EMPTY);
    assert_eq!(MapRef::EMPTY.get("a"), None);
    assert!(MapRef::EMPTY.is_empty());
    assert_eq!(encoded(&AttributeValue::M(AttributeMap::new())).len(), 5);
    assert_eq!(ValueRef::of_encoded(&[0x0B, 0, 0, 0, 0]), ValueRef::M(MapRef::EMPTY));
}

#[test]
fn size_counts_utf16_units_bytes_and_elements() {
    let size = |value: AttributeValue| ValueRef::of_encoded(&encoded(&value)).size();
    assert_eq!(size(text("hello")), Some(5));
    // The example of ExtendDB issue 60: one unit and a surrogate pair.
    assert_eq!(size(text("é𝄞")), Some(3));
    assert_eq!(size(AttributeValue::B(vec![0; 8])), Some(8));
    assert_eq!(size(AttributeValue::L(vec![AttributeValue::Null; 3])), Some(3));
    assert_eq!(size(AttributeValue::M(example())), Some(11));
    assert_eq!(size(AttributeValue::Ss(BTreeSet::from(["a".to_owned()]))), Some(1));
    for none in [AttributeValue::N(number("5")), AttributeValue::Bool(true), AttributeValue::Null] {
        assert_eq!(size(none), None);
    }
}

#[test]
fn item_size_is_dynamodbs_not_the_byte_forms() {
    // The developer guide's rules, "DynamoDB item sizes and formats", 2026-11-23.
    assert_eq!(text("é").item_bytes(), 2);
    assert_eq!(AttributeValue::Null.item_bytes(), 1);
    assert_eq!(AttributeValue::L(vec![]).item_bytes(), 3);
    assert_eq!(AttributeValue::L(vec![text("aa"); 500]).item_bytes(), 3 + 500 * (1 + 2));
    assert_eq!(AttributeValue::M(map([("name", text("aa"))])).item_bytes(), 3 + 1 + 4 + 2);
    let numbers = (0..100).map(|i| number(&format!("{}{:02}", "9".repeat(36), i + 1))).collect();
    let size = AttributeValue::Ns(numbers).item_bytes();
    assert!((1900..=2000).contains(&size), "{size}");
}

#[test]
fn scalars_compare_within_their_type_only() {
    use std::cmp::Ordering::{Greater, Less};
    let (two, ten) = (AttributeValue::N(number("2")), AttributeValue::N(number("10")));
    let (two, ten) = (encoded(&two), encoded(&ten));
    let (two, ten) = (ValueRef::of_encoded(&two), ValueRef::of_encoded(&ten));
    assert_eq!(two.compare(&ten), Some(Less));
    assert_eq!(ValueRef::S("2".into()).compare(&ValueRef::S("10".into())), Some(Greater));
    assert_eq!(ValueRef::B(&[1]).compare(&ValueRef::B(&[1, 0])), Some(Less));
    assert_eq!(ValueRef::S("2".into()).compare(&ValueRef::B(b"2")), None);
    assert_eq!(ValueRef::Null.compare(&ValueRef::Null), None);
}

#[test]
fn views_print_as_what_they_hold() {
    let item = Item::encode(&map([("n", AttributeValue::N(number("1.50")))]));
    assert_eq!(format!("{item:?}"), r#"{"n": N(1.5)}"#);
}

#[test]
#[should_panic(expected = "verified by the engine")]
fn bytes_of_another_format_are_refused() {
    item_bytes(&[2, 0, 0, 0, 0]);
}

#[test]
fn a_name_or_an_element_that_stands_twice_is_refused_wherever_it_stands() {
    for names in [&["a", "a"][..], &["a", "b", "a"], &["b", "a", "b"], &["b", "a", "a"]] {
        let mut item = ItemWriter::new(usize::MAX);
        names.iter().for_each(|name| item.attribute(name).string(name));
        assert_eq!(item.finish(), Err(Repeated), "{names:?}");
        let mut out = ValueWriter::default();
        let mut map = out.map();
        names.iter().for_each(|name| map.entry(name).null());
        assert_eq!(map.close(), Err(Repeated), "{names:?}");
        let mut set = out.string_set();
        names.iter().for_each(|name| set.string(name));
        assert_eq!(set.close(), Err(Repeated), "{names:?}");
    }
    let mut out = ValueWriter::default();
    let mut set = out.number_set();
    ["1", "2", "1.0"].iter().for_each(|text| set.number(number(text)));
    assert_eq!(set.close(), Err(Repeated));
}

/// What is in a container, beginning elsewhere and perhaps the other way round.
fn turned<T>(parts: impl IntoIterator<Item = T>, turn: usize) -> Vec<T> {
    let mut parts: Vec<T> = parts.into_iter().collect();
    let first = turn.checked_rem(parts.len()).unwrap_or(0);
    parts.rotate_left(first);
    if turn % 2 == 1 {
        parts.reverse();
    }
    parts
}

/// Writes a tree whose maps and sets have another order.
fn write_turned(value: &AttributeValue, turn: usize, out: &mut ValueWriter) {
    match value {
        AttributeValue::Ss(set) => {
            let mut out = out.string_set();
            turned(set, turn).into_iter().for_each(|text| out.string(text));
            out.close().unwrap();
        }
        AttributeValue::Ns(set) => {
            let mut out = out.number_set();
            turned(set, turn).into_iter().for_each(|number| out.number(*number));
            out.close().unwrap();
        }
        AttributeValue::Bs(set) => {
            let mut out = out.binary_set();
            turned(set, turn).into_iter().for_each(|bytes| out.binary(bytes));
            out.close().unwrap();
        }
        AttributeValue::L(list) => {
            let mut out = out.list();
            list.iter().for_each(|element| write_turned(element, turn, out.element()));
            out.close();
        }
        AttributeValue::M(map) => {
            let mut out = out.map();
            for (name, value) in turned(map, turn) {
                write_turned(value, turn, out.entry(name));
            }
            out.close().unwrap();
        }
        scalar => out.value(scalar),
    }
}

fn scalars() -> impl Strategy<Value = AttributeValue> {
    prop_oneof![
        ".{0,8}".prop_map(AttributeValue::S),
        numbers().prop_map(AttributeValue::N),
        vec(any::<u8>(), 0..200).prop_map(AttributeValue::B),
        any::<bool>().prop_map(AttributeValue::Bool),
        Just(AttributeValue::Null),
        btree_set(".{0,4}", 1..5).prop_map(AttributeValue::Ss),
        btree_set(numbers(), 1..5).prop_map(AttributeValue::Ns),
        btree_set(vec(any::<u8>(), 0..4), 1..5).prop_map(AttributeValue::Bs),
    ]
}

fn numbers() -> impl Strategy<Value = Number> {
    "-?[0-9]{1,18}\\.[0-9]{0,18}e-?[0-9]{1,2}".prop_map(|text| number(&text))
}

fn values() -> impl Strategy<Value = AttributeValue> {
    scalars().prop_recursive(4, 24, 5, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..5).prop_map(AttributeValue::L),
            btree_map(".{0,3}", inner, 0..5).prop_map(AttributeValue::M),
        ]
    })
}

fn items() -> impl Strategy<Value = AttributeMap> {
    btree_map(".{1,3}", values(), 0..6)
}

proptest! {
    #[test]
    fn items_round_trip(attributes in items()) {
        let item = Item::encode(&attributes);
        prop_assert_eq!(&item.decode(), &attributes);
        let size: usize =
            attributes.iter().map(|(name, value)| name.len() + value.item_bytes()).sum();
        prop_assert_eq!(item.item_bytes(), size);
        prop_assert_eq!(item.attributes().len(), attributes.len());
        for (name, value) in &attributes {
            let found = item.attributes().get(name).expect("the attribute is there");
            prop_assert_eq!(&found.to_value(), value);
            prop_assert_eq!(found.item_bytes(), value.item_bytes());
            prop_assert_eq!(found.type_name(), value.type_name());
        }
    }

    #[test]
    fn an_item_is_the_same_in_whatever_order_it_is_written(
        attributes in items(),
        turn in 0..12_usize,
        bytes_max in 0..600_usize,
    ) {
        let mut writer = ItemWriter::new(bytes_max);
        for (name, value) in turned(&attributes, turn) {
            write_turned(value, turn, writer.attribute(name));
        }
        prop_assert_eq!(writer.finish(), Ok(Item::encode(&attributes)));
    }

    #[test]
    fn equal_values_and_only_they_have_equal_bytes(a in values(), b in values()) {
        let (a_bytes, b_bytes) = (encoded(&a), encoded(&b));
        prop_assert_eq!(ValueRef::of_encoded(&a_bytes).to_value(), a.clone());
        prop_assert_eq!(a_bytes == b_bytes, a == b);
        prop_assert_eq!(ValueRef::of_encoded(&a_bytes) == ValueRef::of_encoded(&b_bytes), a == b);
    }

    #[test]
    fn splicing_equals_encoding_the_changed_tree(
        attributes in items(),
        changes in btree_map(".{1,3}", option::of(values()), 0..4),
        touched in any::<u8>(),
        replacement in option::of(values()),
    ) {
        let mut changes = changes;
        for name in attributes.keys().filter(|name| name.len() % 2 == usize::from(touched % 2)) {
            changes.insert(name.clone(), replacement.clone());
        }
        let mut expected = attributes.clone();
        for (name, value) in &changes {
            match value {
                Some(value) => expected.insert(name.clone(), value.clone()),
                None => expected.remove(name),
            };
        }
        let changes = changes.iter().map(|(name, value)| (name.as_str(), value.as_ref()));
        let spliced = Item::encode(&attributes).with_changes(changes, |value, _, out| out.value(value));
        prop_assert_eq!(&spliced, &Item::encode(&expected));
        prop_assert_eq!(spliced.decode(), expected);
    }

    #[test]
    fn retaining_equals_encoding_what_is_kept(attributes in items(), kept in any::<u8>()) {
        let keep = |name: &str| name.len() % 2 == usize::from(kept % 2);
        let mut expected = attributes.clone();
        expected.retain(|name, _| keep(name));
        prop_assert_eq!(Item::encode(&attributes).retain(keep), Item::encode(&expected));
    }
}
