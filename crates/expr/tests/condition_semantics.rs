//! What conditions say of items, after what AWS answered in Alternator's tests
//! (test_condition_expression.py and test_filter_expression.py, 2026-11).

mod common;

use common::{b, bs, condition, item, l, m, n, ns, s, ss};
use model::{AttributeValue, Item, MapRef};

/// One value of each type; no two are equal.
fn samples() -> [AttributeValue; 10] {
    [
        s("hello"),
        n("1"),
        b(b"xyz"),
        AttributeValue::Bool(true),
        AttributeValue::Null,
        ss(["hello", "world"]),
        ns(["1", "2", "3"]),
        bs([b"xyz", b"hi"]),
        l([s("hello"), n("42")]),
        m([("hello", s("world"))]),
    ]
}

fn sample_item() -> Item {
    item([
        ("one", n("1")),
        ("two", n("2")),
        ("three", n("3")),
        ("flag", AttributeValue::Bool(false)),
        ("nothing", AttributeValue::Null),
        ("cat", s("cat")),
        ("word", s("naïve 😀")),
        ("bin", b(&[0, 127, 128, 255])),
        ("numbers", ns(["2", "4", "7"])),
        ("texts", ss(["dog", "cat"])),
        ("binaries", bs([b"ab", b"cd"])),
        ("items_", l([n("2"), s("dog"), ns(["1", "2"]), l([n("3")]), AttributeValue::Bool(true)])),
        ("doc", m([("x", n("1")), ("y", l([n("-1"), n("2"), m([("z", s("deep"))])]))])),
        ("same", s("cat")),
    ])
}

#[track_caller]
fn assert_holds(expected: bool, text: &str, given: &[(&str, AttributeValue)]) {
    let planned = condition(text, given).expect(text);
    assert_eq!(expected, planned.holds(sample_item().attributes()), "{text}");
}

#[test]
fn equality_asks_for_type_and_value() {
    for (at, left) in samples().into_iter().enumerate() {
        let stored = item([("a", left)]);
        for (other_at, right) in samples().into_iter().enumerate() {
            let equal = condition("a = :v", &[(":v", right.clone())]).unwrap();
            let differs = condition("a <> :v", &[(":v", right.clone())]).unwrap();
            let listed = condition("a IN (:v)", &[(":v", right)]).unwrap();
            assert_eq!(at == other_at, equal.holds(stored.attributes()));
            assert_eq!(at != other_at, differs.holds(stored.attributes()));
            assert_eq!(at == other_at, listed.holds(stored.attributes()));
        }
    }
}

#[test]
fn numbers_equal_by_value_and_sets_without_order() {
    assert_holds(true, "one = :v", &[(":v", n("1.00"))]);
    assert_holds(true, "numbers = :v", &[(":v", ns(["7", "2.0", "4"]))]);
    assert_holds(false, "numbers = :v", &[(":v", ns(["7", "2"]))]);
}

#[test]
fn a_missing_attribute_equals_nothing_and_differs_from_everything() {
    assert_holds(false, "gone = also_gone", &[]);
    assert_holds(true, "gone <> also_gone", &[]);
    assert_holds(true, "gone <> :v", &[(":v", n("1"))]);
    for comparator in ["<", "<=", ">", ">="] {
        assert_holds(false, &format!("gone {comparator} also_gone"), &[]);
        assert_holds(false, &format!("gone {comparator} one"), &[]);
        assert_holds(false, &format!("one {comparator} gone"), &[]);
    }
    assert_holds(false, "one BETWEEN gone AND two", &[]);
    assert_holds(false, "gone IN (one, two)", &[]);
    assert_holds(false, "begins_with(gone, :v)", &[(":v", s(""))]);
    assert_holds(false, "size(gone) >= :v", &[(":v", n("0"))]);
}

#[test]
fn order_is_by_number_by_text_and_by_unsigned_byte() {
    let cases: &[(&str, &str, AttributeValue, bool)] = &[
        ("two", "<", n("10"), true),
        ("two", "<", n("2"), false),
        ("two", "<=", n("2"), true),
        ("two", ">", n("-2"), true),
        ("two", ">=", n("2.1"), false),
        ("cat", "<", s("dog"), true),
        ("cat", ">", s("Cat"), true),
        ("cat", ">=", s("cat"), true),
        ("bin", "<", b(&[0, 128]), true),
        ("bin", ">", b(&[0, 126]), true),
        ("two", "<", s("3"), false),
        ("items_", "<", n("3"), false),
        ("flag", ">=", n("0"), false),
    ];
    for (attribute, comparator, value, expected) in cases {
        let text = format!("{attribute} {comparator} :v");
        assert_holds(*expected, &text, &[(":v", value.clone())]);
    }
}

#[test]
fn either_side_may_be_the_value() {
    assert_holds(true, ":v < two", &[(":v", n("1"))]);
    assert_holds(false, ":v < one", &[(":v", n("1"))]);
    assert_holds(true, ":v = cat", &[(":v", s("cat"))]);
}

#[test]
fn between_includes_its_bounds_and_takes_any_operands() {
    assert_holds(true, "two BETWEEN one AND three", &[]);
    assert_holds(true, "two between :low and three", &[(":low", n("2"))]);
    assert_holds(false, "one BETWEEN two AND three", &[]);
    assert_holds(false, "two BETWEEN three AND one", &[]);
    assert_holds(false, "two BETWEEN one AND cat", &[]);
    assert_holds(true, ":v BETWEEN one AND three", &[(":v", n("2.5"))]);
    assert_holds(true, "two BETWEEN one AND three AND one < two", &[]);
}

#[test]
fn in_compares_with_each() {
    assert_holds(true, "two IN (:x, three, two_, :y)", &[(":x", s("2")), (":y", n("2"))]);
    assert_holds(false, "two IN (one, three)", &[]);
}

#[test]
fn existence_looks_into_documents() {
    for (path, exists) in [
        ("one", true),
        ("gone", false),
        ("nothing", true),
        ("doc.x", true),
        ("doc.y[2].z", true),
        ("doc.y[3]", false),
        ("doc.x.y", false),
        ("doc[0]", false),
        ("items_.x", false),
        ("items_[3][0]", true),
    ] {
        assert_holds(exists, &format!("attribute_exists({path})"), &[]);
        assert_holds(!exists, &format!("attribute_not_exists ( {path} )"), &[]);
    }
}

#[test]
fn without_an_item_only_absence_holds() {
    let holds = |text| condition(text, &[]).unwrap().holds(MapRef::EMPTY);
    assert!(holds("attribute_not_exists(a)"));
    assert!(holds("a <> b"));
    assert!(!holds("attribute_exists(a)"));
    assert!(!holds("a = b"));
}

#[test]
fn attribute_type_knows_every_type() {
    let type_names = ["S", "N", "B", "BOOL", "NULL", "SS", "NS", "BS", "L", "M"];
    for (value, own) in samples().into_iter().zip(type_names) {
        let stored = item([("a", value)]);
        for asked in type_names {
            let planned = condition("attribute_type(a, :t)", &[(":t", s(asked))]).unwrap();
            assert_eq!(own == asked, planned.holds(stored.attributes()), "{own} {asked}");
        }
    }
    assert_holds(true, "attribute_type(:v, :t)", &[(":v", n("1")), (":t", s("N"))]);
}

#[test]
fn begins_with_works_on_texts_and_binaries() {
    assert_holds(true, "begins_with(cat, :v)", &[(":v", s("ca"))]);
    assert_holds(true, "begins_with(cat, :v)", &[(":v", s(""))]);
    assert_holds(false, "begins_with(cat, :v)", &[(":v", s("at"))]);
    assert_holds(true, "begins_with(bin, :v)", &[(":v", b(&[0, 127]))]);
    assert_holds(false, "begins_with(cat, :v)", &[(":v", b(b"ca"))]);
    assert_holds(false, "begins_with(one, :v)", &[(":v", s("1"))]);
    assert_holds(true, "begins_with(:v, cat)", &[(":v", s("category"))]);
    assert_holds(true, "begins_with(cat, same)", &[]);
}

#[test]
fn contains_finds_parts_and_elements_but_nothing_in_maps() {
    let cases: &[(&str, AttributeValue, bool)] = &[
        ("cat", s("at"), true),
        ("cat", s("tac"), false),
        ("bin", b(&[127, 128]), true),
        ("bin", b(&[128, 127]), false),
        ("bin", b(&[]), true),
        ("numbers", n("4.0"), true),
        ("numbers", n("3"), false),
        ("numbers", ns(["2"]), false),
        ("texts", s("dog"), true),
        ("texts", s("do"), false),
        ("binaries", b(b"cd"), true),
        ("binaries", s("cd"), false),
        ("items_", n("2"), true),
        ("items_", ns(["2", "1"]), true),
        ("items_", l([n("3")]), true),
        ("items_", AttributeValue::Bool(true), true),
        ("items_", AttributeValue::Bool(false), false),
        ("doc", s("x"), false),
        ("doc", n("1"), false),
        ("flag", AttributeValue::Bool(false), false),
    ];
    for (attribute, value, expected) in cases {
        let text = format!("contains({attribute}, :v)");
        assert_holds(*expected, &text, &[(":v", value.clone())]);
    }
    assert_holds(true, "contains(numbers, two)", &[]);
}

#[test]
fn size_counts_units_bytes_and_elements() {
    for (attribute, size) in
        [("cat", "3"), ("word", "8"), ("bin", "4"), ("numbers", "3"), ("items_", "5"), ("doc", "2")]
    {
        assert_holds(true, &format!("size({attribute}) = :v"), &[(":v", n(size))]);
    }
    for attribute in ["one", "flag", "nothing"] {
        assert_holds(false, &format!("size({attribute}) >= :v"), &[(":v", n("0"))]);
        assert_holds(true, &format!("size({attribute}) <> :v"), &[(":v", n("0"))]);
    }
    assert_holds(true, "size(cat) = three", &[]);
    assert_holds(false, "size(cat) = :v", &[(":v", s("3"))]);
    assert_holds(true, "size(:v) > two", &[(":v", s("abc"))]);
    assert_holds(true, "size(cat) BETWEEN one AND three", &[]);
    assert_holds(true, "size(cat) IN (one, three)", &[]);
    assert_holds(true, "contains(numbers, size(numbers)) OR contains(numbers, two)", &[]);
}

#[test]
fn not_binds_tighter_than_and_and_than_or() {
    // t is true, f is false.
    let cases = [
        ("t OR t AND f", true),
        ("(t OR t) AND f", false),
        ("NOT t AND f", false),
        ("NOT (t AND f)", true),
        ("NOT t OR t", true),
        ("NOT (t OR t)", false),
        ("NOT NOT NOT NOT t", true),
        ("NOT NOT NOT t", false),
        ("f OR f OR t", true),
        ("t AND t AND f", false),
        ("f AND t OR t", true),
        ("f AND (t OR t)", false),
        ("(f OR t) AND (t AND (f OR t))", true),
        ("t AND NOT f", true),
        ("f or t aNd nOt f", true),
        ("NOT (NOT t OR f AND t) AND (f OR NOT (t AND f))", true),
    ];
    for (text, expected) in cases {
        let words: Vec<_> = text
            .split(' ')
            .map(|word| match word.trim_matches(['(', ')']) {
                "t" => word.replace('t', "one < two"),
                "f" => word.replace('f', "two < one"),
                _ => word.to_owned(),
            })
            .collect();
        assert_holds(expected, &words.join(" "), &[]);
    }
}

#[test]
fn operands_and_conditions_take_one_pair_of_parentheses() {
    for text in [
        "(one) < (two)",
        "((one) < two)",
        "((one < two) AND (two < three))",
        "(one < two AND (two) < three)",
        "(attribute_exists(one))",
        "(size(cat)) = three",
        "((size(cat)) = (three))",
        "(two) IN ((one), (two_), (:two))",
        "contains((numbers), (two))",
        "(two) BETWEEN (one) AND (three)",
    ] {
        assert_holds(true, text, &[(":two", n("2"))]);
    }
}

#[test]
fn attributes_are_named_once_each() {
    let planned = condition(
        "doc.x < doc.y[1] AND contains(items_, size(cat)) OR NOT one IN (two, :v, one_) \
         AND attribute_exists(cat)",
        &[(":v", n("1"))],
    )
    .unwrap();
    assert_eq!(planned.attributes(), ["doc", "items_", "cat", "one", "two", "one_"]);
    assert_eq!(planned.paths()[1].to_string(), "[doc, y, [1]]");
}
