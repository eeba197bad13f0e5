//! What updates make of items, after what AWS answered in Alternator's test_update_expression.py,
//! 2026-11.

mod common;

use common::{b, bs, l, m, map, message, n, ns, s, ss, update};
use model::{ApiError, AttributeMap, AttributeValue, Item};

const NO_SUCH_ATTRIBUTE: &str =
    "The provided expression refers to an attribute that does not exist in the item";
const NO_SUCH_PATH: &str =
    "The document path provided in the update expression is invalid for update";
const WRONG_TYPE: &str = "An operand in the update expression has an incorrect data type";

fn apply(
    text: &str,
    old: &AttributeMap,
    given: &[(&str, AttributeValue)],
) -> Result<AttributeMap, ApiError> {
    let updated = update(text, given).expect(text).apply(&Item::encode(old));
    updated.map(|item| item.decode())
}

/// Asserts what an update makes of an item, and that what is not named stays.
#[track_caller]
fn assert_becomes<const N: usize, const M: usize>(
    old: [(&str, AttributeValue); N],
    text: &str,
    given: &[(&str, AttributeValue)],
    new: [(&str, AttributeValue); M],
) {
    let with_key = |mut item: AttributeMap| {
        item.insert("p".to_owned(), s("key"));
        item
    };
    assert_eq!(apply(text, &with_key(map(old)), given), Ok(with_key(map(new))), "{text}");
}

#[track_caller]
fn assert_refused<const N: usize>(
    old: [(&str, AttributeValue); N],
    text: &str,
    given: &[(&str, AttributeValue)],
    expected: &str,
) {
    assert_eq!(message(apply(text, &map(old), given)), expected, "{text}");
}

#[test]
fn set_writes_copies_and_replaces() {
    assert_becomes([], "SET a = :v, b = :v", &[(":v", n("4"))], [("a", n("4")), ("b", n("4"))]);
    assert_becomes([("a", s("hi"))], "set b=a", &[], [("a", s("hi")), ("b", s("hi"))]);
    assert_becomes(
        [("a", m([("b", n("3")), ("c", m([("one", n("1"))]))]))],
        "SET a.c = :v",
        &[(":v", n("7"))],
        [("a", m([("b", n("3")), ("c", n("7"))]))],
    );
    assert_becomes([("a", n("1"))], "SET a = a", &[], [("a", n("1"))]);
}

#[test]
fn operands_read_the_item_as_it_was() {
    assert_becomes(
        [("a", s("x")), ("b", s("y"))],
        "SET a = b, b = a",
        &[],
        [("a", s("y")), ("b", s("x"))],
    );
    assert_becomes([("a", s("hello"))], "REMOVE a SET b = a", &[], [("b", s("hello"))]);
    assert_refused([("p", s("k"))], "SET x = :v, y = x", &[(":v", n("4"))], NO_SUCH_ATTRIBUTE);
    assert_refused([], "SET c = z", &[], NO_SUCH_ATTRIBUTE);
}

#[test]
fn arithmetic_is_exact_and_for_numbers_alone() {
    assert_becomes([], "SET a = :x + :y", &[(":x", n("4")), (":y", n("3"))], [("a", n("7"))]);
    assert_becomes([("a", n("0.1"))], "SET a = a - :y", &[(":y", n("0.3"))], [("a", n("-0.2"))]);
    assert_becomes([("c", n("7"))], "SET a = c + c", &[], [("a", n("14")), ("c", n("7"))]);
    assert_becomes(
        [],
        "SET b = if_not_exists(b, :zero) + :two",
        &[(":zero", n("0")), (":two", n("2"))],
        [("b", n("2"))],
    );
    assert_refused([("a", s("x"))], "SET a = a + :n", &[(":n", n("1"))], WRONG_TYPE);
    assert_refused([("a", n("1"))], "SET a = b + :n", &[(":n", n("1"))], NO_SUCH_ATTRIBUTE);
    assert_refused(
        [("a", n("9e125"))],
        "SET a = a + a",
        &[],
        "Number overflow. Attempting to store a number with magnitude larger than supported range",
    );
}

#[test]
fn list_append_joins_lists() {
    let list = |texts: &[&str]| AttributeValue::L(texts.iter().map(|text| s(text)).collect());
    assert_becomes(
        [("a", list(&["x"]))],
        "SET a = list_append(a, :v)",
        &[(":v", list(&["y", "z"]))],
        [("a", list(&["x", "y", "z"]))],
    );
    assert_becomes(
        [("a", list(&["x"]))],
        "SET b = list_append(:v, a)",
        &[(":v", list(&[]))],
        [("a", list(&["x"])), ("b", list(&["x"]))],
    );
    assert_becomes(
        [],
        "SET a = list_append(if_not_exists(a, :none), :v)",
        &[(":none", list(&[])), (":v", list(&["y"]))],
        [("a", list(&["y"]))],
    );
    assert_refused([("b", s("x"))], "SET a = list_append(b, :v)", &[(":v", list(&[]))], WRONG_TYPE);
    assert_refused([], "SET a = list_append(:v, b)", &[(":v", list(&[]))], NO_SUCH_ATTRIBUTE);
}

#[test]
fn if_not_exists_takes_what_is_there_and_nests() {
    assert_becomes(
        [("a", n("1"))],
        "SET b = if_not_exists(a, :v), c = if_not_exists(z, :v)",
        &[(":v", n("6"))],
        [("a", n("1")), ("b", n("1")), ("c", n("6"))],
    );
    assert_becomes(
        [("a", n("3"))],
        "SET x = if_not_exists(b, if_not_exists(a, :v))",
        &[(":v", n("4"))],
        [("a", n("3")), ("x", n("3"))],
    );
}

#[test]
fn remove_takes_away_and_lists_close_ranks() {
    let list = |numbers: &[&str]| AttributeValue::L(numbers.iter().map(|text| n(text)).collect());
    assert_becomes([("a", n("1")), ("b", n("2"))], "REMOVE a, c", &[], [("b", n("2"))]);
    assert_becomes([("a", m([("b", n("1"))]))], "REMOVE a.b", &[], [("a", m([]))]);
    assert_becomes([("a", list(&["1"]))], "REMOVE a[0]", &[], [("a", list(&[]))]);
    assert_becomes([("a", list(&["1", "2"]))], "REMOVE a[17]", &[], [("a", list(&["1", "2"]))]);
    assert_becomes(
        [("a", list(&["0", "1", "2", "3", "4"]))],
        "REMOVE a[0], a[3], a[1]",
        &[],
        [("a", list(&["2", "4"]))],
    );
    assert_becomes(
        [("a", l([s("hi"), m([("x", list(&["3", "5", "7"])), ("q", n("2"))])]))],
        "REMOVE a[1].x[1], a[1].q",
        &[],
        [("a", l([s("hi"), m([("x", list(&["3", "7"]))])]))],
    );
}

#[test]
fn indexes_mean_places_before_the_update() {
    let list = |numbers: &[&str]| AttributeValue::L(numbers.iter().map(|text| n(text)).collect());
    for text in ["REMOVE a[1] SET a[3] = :v", "SET a[3] = :v REMOVE a[1]"] {
        assert_becomes(
            [("a", list(&["2", "3", "4", "5", "6"]))],
            text,
            &[(":v", n("17"))],
            [("a", list(&["2", "4", "17", "6"]))],
        );
    }
    // An index beyond the end is appended, and is not what REMOVE means by the same place.
    assert_becomes(
        [("a", list(&["0", "1"]))],
        "SET a[9] = :v REMOVE a[2], a[0]",
        &[(":v", n("17"))],
        [("a", list(&["1", "17"]))],
    );
    assert_becomes(
        [("a", l([n("0"), list(&["1"])]))],
        "REMOVE a[0] SET a[1][5] = :v",
        &[(":v", n("2"))],
        [("a", l([list(&["1", "2"])]))],
    );
}

#[test]
fn elements_beyond_the_end_are_appended_by_index() {
    assert_becomes(
        [("a", l([s("one")]))],
        "SET a[84] = :v1, a[37] = :v2, a[17] = :v3, a[50] = :v4, a[0] = :v5",
        &[(":v1", n("1")), (":v2", n("2")), (":v3", n("3")), (":v4", n("4")), (":v5", n("5"))],
        [("a", l([n("5"), n("3"), n("2"), n("4"), n("1")]))],
    );
    assert_becomes(
        [("a", l([]))],
        "ADD a[2] :v SET a[1] = :w",
        &[(":v", n("1")), (":w", n("2"))],
        [("a", l([n("2"), n("1")]))],
    );
}

#[test]
fn a_path_needs_its_parent() {
    let old = || [("a", s("hello")), ("b", l([s("hi")])), ("d", m([]))];
    let given = &[(":v", n("7"))];
    for path in ["a.c", "b.c", "c.c", "a[0]", "c[0]", "d[0]", "d.x.y", "b[1].x", "b[0][0]"] {
        assert_refused(old(), &format!("SET {path} = :v"), given, NO_SUCH_PATH);
        assert_refused(old(), &format!("ADD {path} :v"), given, NO_SUCH_PATH);
        assert_refused(old(), &format!("REMOVE {path}"), &[], NO_SUCH_PATH);
    }
    assert_refused([], "SET c.c = :v", given, NO_SUCH_PATH);
    let nothing = AttributeMap::new();
    for text in ["REMOVE x.y", "REMOVE x[0]", "REMOVE x"] {
        assert_eq!(apply(text, &nothing, &[]), Ok(AttributeMap::new()), "{text}");
    }
}

#[test]
fn add_sums_numbers_and_unites_sets() {
    assert_becomes([("a", n("3"))], "ADD a :v", &[(":v", n("4.5"))], [("a", n("7.5"))]);
    assert_becomes([], "ADD a :v", &[(":v", n("-4"))], [("a", n("-4"))]);
    assert_becomes(
        [("a", ss(["dog", "cat"]))],
        "ADD a :v",
        &[(":v", ss(["cat", "pig"]))],
        [("a", ss(["cat", "dog", "pig"]))],
    );
    assert_becomes(
        [("a", ns(["1"])), ("b", m([("c", bs([b"x"]))]))],
        "ADD a :n, b.c :b",
        &[(":n", ns(["1.0", "2"])), (":b", bs([b"y"]))],
        [("a", ns(["1", "2"])), ("b", m([("c", bs([b"x", b"y"]))]))],
    );
    for (old, operand) in [
        (s("hi"), n("1")),
        (n("1"), ns(["1"])),
        (ns(["1"]), n("1")),
        (ss(["x"]), ns(["1"])),
        (l([n("1")]), ns(["2"])),
    ] {
        assert_refused([("a", old)], "ADD a :v", &[(":v", operand)], WRONG_TYPE);
    }
}

#[test]
fn delete_takes_elements_and_leaves_no_empty_set() {
    assert_becomes(
        [("a", ss(["dog", "cat", "mouse"]))],
        "DELETE a :v",
        &[(":v", ss(["cat", "pig"]))],
        [("a", ss(["dog", "mouse"]))],
    );
    assert_becomes([("a", ns(["1"]))], "DELETE a :v", &[(":v", ns(["1", "2"]))], []);
    assert_becomes(
        [("a", l([bs([b"x"]), n("1")]))],
        "DELETE a[0] :v",
        &[(":v", bs([b"x"]))],
        [("a", l([n("1")]))],
    );
    assert_becomes([], "DELETE a :v", &[(":v", ss(["x"]))], []);
    assert_refused([("a", b(b"x"))], "DELETE a :v", &[(":v", bs([b"x"]))], WRONG_TYPE);
    assert_refused([("a", ns(["1"]))], "DELETE a :v", &[(":v", ss(["1"]))], WRONG_TYPE);
}

#[test]
fn documents_stay_within_32_levels() {
    let nested = |depth: usize| (0..depth).fold(n("1"), |value, _| m([("d", value)]));
    assert_becomes(
        [("a", m([]))],
        "SET a.x = :v",
        &[(":v", nested(31))],
        [("a", m([("x", nested(31))]))],
    );
    assert_refused(
        [("a", m([]))],
        "SET a.x = :v",
        &[(":v", nested(32))],
        "Nesting Levels have exceeded supported limits",
    );
}

#[test]
fn a_plan_tells_what_it_writes_reads_and_creates() {
    let text = "REMOVE r SET a.b = if_not_exists(c[1], list_append(d, :l)), e = f + g";
    assert!(update(text, &[(":l", l([]))]).is_err(), "list_append does not nest");
    let planned = update(
        "REMOVE r SET a.b = if_not_exists(c[1], if_not_exists(d, :n)), e = f + g ADD h :n",
        &[(":n", n("1"))],
    )
    .unwrap();
    let shown = |paths: Vec<&stator_expr::Path>| {
        paths.iter().map(|path| path.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(shown(planned.paths().collect()), ["[r]", "[a, b]", "[e]", "[h]"]);
    assert_eq!(shown(planned.read_paths()), ["[c, [1]]", "[d]", "[f]", "[g]"]);
    assert!(planned.creates());
    let creates = |text| update(text, &[(":v", ss(["x"]))]).unwrap().creates();
    assert!(creates("ADD a :v"));
    assert!(!creates("REMOVE a DELETE b :v"));
}
