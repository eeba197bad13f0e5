//! What projections and key conditions come to, after what AWS answered in Alternator's
//! test_projection_expression.py and test_key_condition_expression.py, 2026-11.

mod common;

use common::{item, key_condition, l, m, map, n, projection, s};
use model::{AttributeMap, Item};
use stator_expr::{KeyTest, Operand, Path, Projection, Resolver, Step};

fn stored() -> Item {
    item([
        ("a", m([("b", l([n("2"), n("4"), m([("x", s("hi")), ("y", s("yo"))])])), ("c", n("5"))])),
        ("b", s("hello")),
        ("a.b", s("dotted")),
    ])
}

#[track_caller]
fn assert_projects(text: &str, expected: AttributeMap) {
    let projected = projection(text).expect(text).apply(stored().attributes());
    assert_eq!(projected, Item::encode(&expected), "{text}");
}

#[test]
fn top_level_attributes_come_whole() {
    assert_projects("b", map([("b", s("hello"))]));
    assert_projects(" b  ,   gone ", map([("b", s("hello"))]));
    assert_projects("gone", map([]));
}

#[test]
fn parts_come_with_the_documents_around_them() {
    assert_projects("a.c", map([("a", m([("c", n("5"))]))]));
    assert_projects("a.b[0]", map([("a", m([("b", l([n("2")]))]))]));
    assert_projects("a.b[2].y", map([("a", m([("b", l([m([("y", s("yo"))])]))]))]));
    assert_projects("a.b[1],a.b[0]", map([("a", m([("b", l([n("2"), n("4")]))]))]));
    assert_projects(
        "a.b[2].x, b, a.c, a.b[0]",
        map([
            ("a", m([("b", l([n("2"), m([("x", s("hi"))])])), ("c", n("5"))])),
            ("b", s("hello")),
        ]),
    );
}

#[test]
fn what_is_not_there_leaves_nothing_behind() {
    for text in ["a.b[3]", "a.x", "a.x.y", "a.b[3].x", "a.b.x", "a[0]", "a.b[0].x", "a.b[0][0]"] {
        assert_projects(text, map([]));
    }
    assert_projects("a.x, a.b[0], x, a.b[3].x", map([("a", m([("b", l([n("2")]))]))]));
}

#[test]
fn a_dot_behind_a_placeholder_is_part_of_the_name() {
    let mut resolver = Resolver::new(common::names(&[("#n", "a.b")]), None).unwrap();
    let planned = resolver.projection("#n, b").unwrap();
    assert_eq!(planned.attributes(), ["a.b", "b"]);
    let expected = map([("a.b", s("dotted")), ("b", s("hello"))]);
    assert_eq!(planned.apply(stored().attributes()), Item::encode(&expected));
}

#[test]
fn a_projection_can_be_made_of_paths() {
    let path = |attribute: &str, steps| Path { attribute: attribute.into(), steps };
    let planned = Projection::of_paths(vec![
        path("a", vec![Step::Name("b".into()), Step::Index(1)]),
        path("b", vec![]),
    ]);
    let expected = map([("a", m([("b", l([n("4")]))])), ("b", s("hello"))]);
    assert_eq!(planned.apply(stored().attributes()), Item::encode(&expected));
    assert_eq!(planned.paths().len(), 2);
}

#[test]
fn key_conditions_keep_the_order_written() {
    let given = [(":s", s("x")), (":n", n("1")), (":m", n("2"))];
    let operand = |value| Operand::new(&value);
    let planned = key_condition("((c BeTwEeN :n AND :m) aNd (p = :s))", &given).unwrap();
    assert_eq!(
        planned.tests,
        [
            ("c".to_owned(), KeyTest::Between(operand(n("1")), operand(n("2")))),
            ("p".to_owned(), KeyTest::Equal(operand(s("x")))),
        ]
    );
    let planned = key_condition("p = :s AND begins_with(c, :s)", &given).unwrap();
    assert_eq!(planned.tests[1], ("c".to_owned(), KeyTest::BeginsWith(operand(s("x")))));
}

#[test]
fn a_key_condition_may_be_turned_around() {
    let one = || Operand::new(&n("1"));
    for (straight, turned, test) in [
        ("c = :n", ":n = c", KeyTest::Equal(one())),
        ("c < :n", ":n > c", KeyTest::Less(one())),
        ("c <= :n", ":n >= c", KeyTest::LessOrEqual(one())),
        ("c > :n", ":n < c", KeyTest::Greater(one())),
        ("c >= :n", ":n <= c", KeyTest::GreaterOrEqual(one())),
    ] {
        for text in [straight, turned] {
            let planned = key_condition(text, &[(":n", n("1"))]).unwrap();
            assert_eq!(planned.tests, [("c".to_owned(), test.clone())], "{text}");
        }
    }
}
