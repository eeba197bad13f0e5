//! What the worst requests cost, counted in steps and never in time: values passed over, bytes compared
//! and bytes written (`model::work`).
//!
//! Requests are made by a grammar from a seed, as long as a request may be, over items that are as
//! unkind as they can be. However many paths a plan has, an item is gone through a few times: so says
//! the bound for projections and updates. A condition may besides go through the values of each test
//! that looks into them. The worst that were found stand as cases of their own.

mod common;

use std::collections::BTreeMap;

use common::{b, l, m, n, s};
use model::legacy::{Comparison, ComparisonOperator, Conditions};
use model::limits::EXPRESSION_BYTES_MAX;
use model::{AttributeMap, AttributeValue, Item, Operand, work};
use stator_expr::{Canonical, CanonicalForm, ConditionKind, Resolver, legacy};

/// Times that an item and a request may be gone through, whatever they are.
const LOOKS_MAX: u64 = 24;
/// Attributes, entries and elements of the items.
const MANY: usize = 4000;

/// A xorshift generator.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % end as u64).expect("it is below a usize")
    }

    fn one_of<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.below(words.len())]
    }
}

/// An item of many small attributes, and of large ones of every type.
fn item() -> Item {
    let elements = || (0..MANY).map(|_| AttributeValue::Null).collect();
    let entries = || (0..MANY).map(|at| (format!("k{at}"), n("1"))).collect();
    let mut attributes: AttributeMap = (0..MANY).map(|at| (format!("a{at}"), n("1"))).collect();
    let texts = |from: usize| (from..from + MANY).map(|at| format!("{at:05}")).collect();
    attributes.extend([
        ("list1".to_owned(), AttributeValue::L(elements())),
        ("tree1".to_owned(), l([AttributeValue::L(elements()), AttributeValue::M(entries())])),
        ("doc1".to_owned(), AttributeValue::M(entries())),
        ("deep1".to_owned(), m([("x", m([("y", AttributeValue::L(elements()))]))])),
        ("text1".to_owned(), s(&"0".repeat(4 * MANY))),
        ("bytes1".to_owned(), b(&vec![0; 4 * MANY])),
        ("set1".to_owned(), AttributeValue::Ss(texts(0))),
        ("few1".to_owned(), AttributeValue::Ss(["00001".to_owned()].into())),
    ]);
    Item::encode(&attributes)
}

/// Values of every type, large where they can be.
fn values() -> BTreeMap<String, Operand> {
    let texts = (0..8 * MANY).map(|at| format!("{at:05}")).collect();
    let values = [
        (":n", n("1")),
        (":s", s(&format!("{}1", "0".repeat(2 * MANY)))),
        (":b", b(&[&vec![0; 2 * MANY][..], &[1]].concat())),
        (":l", AttributeValue::L((0..4 * MANY).map(|_| n("1")).collect())),
        (":e", l([])),
        (":t", AttributeValue::Ss(texts)),
        (":type", s("S")),
    ];
    values.map(|(name, value)| (name.to_owned(), Operand::from(value))).into()
}

fn resolver() -> Resolver {
    Resolver::new(None, Some(values())).expect("the placeholders are well formed")
}

fn request_bytes() -> u64 {
    let values: usize = values().values().map(|value| value.as_bytes().len()).sum();
    (EXPRESSION_BYTES_MAX + values) as u64
}

/// A path into the item, rather far into it.
fn path(random: &mut Random) -> String {
    let at = MANY - 1 - random.below(1000);
    match random.below(7) {
        0 => format!("a{at}"),
        1 => format!("list1[{at}]"),
        2 => format!("tree1[0][{at}]"),
        3 => format!("tree1[1].k{at}"),
        4 => format!("doc1.k{at}"),
        5 => format!("deep1.x.y[{at}]"),
        _ => format!("gone{at}"),
    }
}

fn test(random: &mut Random) -> String {
    let (one, two) = (path(random), path(random));
    let large = random.one_of(&["text1", "bytes1", "list1", "set1", "doc1", "tree1"]);
    let value = random.one_of(&[":n", ":s", ":b", ":l", ":t"]);
    match random.below(9) {
        0 => format!("attribute_exists({one})"),
        1 => format!("attribute_not_exists({one})"),
        2 => format!("{one}<>{value}"),
        3 => format!("{large} IN ({one},{two},{value})"),
        4 => format!("size({large})={one}"),
        5 => format!("contains({large},{value})"),
        6 => format!("attribute_type({one},:type)"),
        7 => format!("{large} BETWEEN {one} AND {two}"),
        _ => format!("{value}={large}"),
    }
}

/// Pieces joined as long as an expression may be.
fn filled(joint: &str, mut piece: impl FnMut(usize) -> String) -> (String, u64) {
    let mut text = piece(0);
    for count in 1.. {
        let piece = piece(count);
        if text.len() + joint.len() + piece.len() > EXPRESSION_BYTES_MAX || count == 140 {
            return (text, count as u64);
        }
        text = text + joint + &piece;
    }
    unreachable!("an expression ends")
}

/// Steps of a condition of all tests, none of which is passed over.
fn evaluated(text: &str, item: &Item) -> u64 {
    let planned = resolver().condition(ConditionKind::Filter, text).expect(text);
    work::of(|| planned.holds(item.attributes())).1
}

#[track_caller]
fn assert_bounded(what: &str, steps: u64, item: &Item) {
    let bytes = item.as_bytes().len() as u64 + request_bytes();
    assert!(steps <= LOOKS_MAX * bytes, "{what}: {steps} steps over {bytes} bytes");
}

#[test]
fn conditions_go_through_an_item_once_for_each_test_at_most() {
    let item = item();
    for seed in 1..40 {
        let mut random = Random(seed << 32 | seed);
        // Whatever the first one says, the next is asked.
        let joint = [" AND ", " OR "][random.below(2)];
        let (text, tests) = filled(joint, |_| test(&mut random));
        let bytes = item.as_bytes().len() as u64 + request_bytes();
        let steps = evaluated(&text, &item);
        assert!(steps <= 2 * (tests + LOOKS_MAX) * bytes, "{steps} steps of {tests} tests: {text}");
    }
}

#[test]
fn paths_are_found_together() {
    let item = item();
    for (name, piece) in [
        ("attributes", "a"),
        ("elements", "list1["),
        ("entries", "doc1.k"),
        ("inner elements", "deep1.x.y["),
    ] {
        let end = if piece.ends_with('[') { "]" } else { "" };
        let operand = |at: usize| format!("{piece}{}{end}", MANY - 1 - at);
        let (text, _) = filled(" OR ", |at| format!("attribute_not_exists({})", operand(at)));
        assert_bounded(name, evaluated(&text, &item), &item);
        let (operands, _) = filled(",", operand);
        let operands: Vec<&str> = operands.split(',').take(100).collect();
        let text = format!("few1 IN ({})", operands.join(","));
        assert_bounded(name, evaluated(&text, &item), &item);
    }
}

#[test]
fn sizes_of_one_value_are_counted_once() {
    let item = item();
    let (text, _) = filled(" OR ", |at| format!("size({})<:n", ["list1", "tree1", "doc1"][at % 3]));
    assert_bounded("sizes", evaluated(&text, &item), &item);
}

#[test]
fn projections_go_through_an_item_once() {
    let item = item();
    for seed in 1..40 {
        let mut random = Random(seed << 32 | seed);
        let mut paths: Vec<String> = (0..140).map(|_| path(&mut random)).collect();
        paths.sort();
        paths.dedup();
        let (text, _) = filled(",", |at| paths[at.min(paths.len() - 1)].clone());
        let mut paths: Vec<&str> = text.split(',').collect();
        paths.dedup();
        let planned = resolver().projection(&paths.join(",")).expect(&text);
        let (_, steps) = work::of(|| planned.apply(item.attributes()));
        assert_bounded(&text, steps, &item);
    }
}

fn action(section: &str, path: &str, random: &mut Random) -> String {
    let value = random.one_of(&[":n", ":s", ":b", ":l", ":e", ":t"]);
    let source = random.one_of(&["list1", "text1", "doc1", "set1", "a1"]);
    match (section, random.below(4)) {
        ("SET", 0) => format!("{path}={value}"),
        ("SET", 1) => format!("{path}={source}"),
        ("SET", 2) => format!("{path}=if_not_exists({source},{value})"),
        ("SET", _) => format!("{path}=list_append(list1,:l)"),
        ("REMOVE", _) => path.to_owned(),
        (_, _) => format!("{path} :t"),
    }
}

#[test]
fn updates_go_through_an_item_and_their_values_once() {
    let item = item();
    for seed in 1..60 {
        let mut random = Random(seed << 32 | seed);
        let section = ["SET", "REMOVE", "ADD"][random.below(3)];
        let mut paths: Vec<String> = (0..140).map(|_| path(&mut random)).collect();
        paths.sort();
        paths.dedup();
        let mut text = String::from(section);
        for (at, path) in paths.iter().enumerate() {
            let action = action(section, path, &mut random);
            let joint = if at == 0 { " " } else { "," };
            if text.len() + 1 + action.len() > EXPRESSION_BYTES_MAX {
                break;
            }
            text = text + joint + &action;
        }
        let planned = resolver().update(&text).expect(&text);
        let (_, steps) = work::of(|| planned.apply(&item));
        assert_bounded(&text, steps, &item);
    }
}

#[test]
fn the_worst_updates_are_bounded() {
    let item = item();
    let cases = [
        // A value of some size, at a thousand places.
        filled(",", |at| format!("x{at}=:l")).0,
        filled(",", |at| format!("x{at}=list_append(:l,:l)")).0,
        filled(",", |at| format!("x{at}=list1")).0,
        filled(",", |at| format!("doc1.x{at}=list1")).0,
        filled(",", |at| format!("list1[{}]=:n", MANY - 1 - at)).0,
    ];
    let sets = cases.map(|actions| format!("SET {actions}"));
    let removes = [
        filled(",", |at| format!("list1[{}]", MANY - 1 - at)).0,
        filled(",", |at| format!("tree1[1].k{at}")).0,
    ];
    let removes = removes.map(|actions| format!("REMOVE {actions}"));
    let adds = [format!("ADD {}", filled(",", |at| format!("x{at} :t")).0)];
    for text in sets.into_iter().chain(removes).chain(adds) {
        let planned = resolver().update(&text).expect(&text);
        let (_, steps) = work::of(|| planned.apply(&item));
        assert_bounded(&text, steps, &item);
    }
}

#[test]
fn a_large_set_is_taken_from_many_small_ones() {
    let one = || AttributeValue::Ss(["00001".to_owned(), "x".to_owned()].into());
    let attributes: AttributeMap = (0..140).map(|at| (format!("a{at}"), one())).collect();
    let item = Item::encode(&attributes);
    let (text, _) = filled(",", |at| format!("a{at} :t"));
    let planned = resolver().update(&format!("DELETE {text}")).unwrap();
    let (applied, steps) = work::of(|| planned.apply(&item));
    let left = applied.unwrap().decode();
    assert!(left.values().all(|set| *set == AttributeValue::Ss(["x".to_owned()].into())));
    assert_bounded(&text, steps, &item);
}

#[test]
fn a_plan_is_no_longer_than_its_expression() {
    let (text, _) = filled(",", |at| format!("x{at}=list_append(:l,:l)"));
    let planned = resolver().update(&format!("SET {text}")).unwrap();
    let mut form = CanonicalForm::default();
    planned.write(&mut form);
    assert!(form.as_bytes().len() < 50 * EXPRESSION_BYTES_MAX, "{}", form.as_bytes().len());
}

#[test]
fn what_an_item_costs_does_not_depend_on_how_many_attributes_are_tested() {
    let item = item();
    let filter = |count: usize, operator| {
        let test = || Comparison { operator, values: Vec::new() };
        let attributes = (0..count).map(|at| (format!("zz{at}"), test())).collect();
        legacy::filter(Conditions { attributes, operator: None }).unwrap().unwrap()
    };
    for operator in [ComparisonOperator::Null, ComparisonOperator::NotNull] {
        let many = filter(200_000, operator);
        assert_eq!(many.attributes().len(), 200_000);
        assert_eq!(many.holds(item.attributes()), operator == ComparisonOperator::Null);
        let one = common::item([("zz7", n("1"))]);
        let mut evaluation = many.evaluation(one.attributes());
        assert_eq!(evaluation.proceed(usize::MAX), Some(false));
        assert!(evaluation.work() < 100, "{}", evaluation.work());
        let few = common::item([("a", n("1"))]);
        let mut evaluation = many.evaluation(few.attributes());
        assert!(evaluation.proceed(usize::MAX).is_some());
        assert!(evaluation.work() < 100, "{}", evaluation.work());
    }
}

#[test]
fn an_evaluation_stops_between_tests_and_goes_on() {
    let item = item();
    let (text, tests) = filled(" OR ", |_| "contains(text1,:s)".to_owned());
    let planned = resolver().condition(ConditionKind::Filter, &text).unwrap();
    let mut evaluation = planned.evaluation(item.attributes());
    let mut steps = 0;
    let holds = loop {
        steps += 1;
        if let Some(holds) = evaluation.proceed(1) {
            break holds;
        }
        assert!(evaluation.work() <= item.as_bytes().len() + 16 * MANY, "{}", evaluation.work());
    };
    assert_eq!((holds, steps > tests), (false, true));
}
