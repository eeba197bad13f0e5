//! What the parameters from before expressions mean, and what is refused in them: after what AWS
//! answered in Alternator's test_expected.py, test_query_filter.py, test_key_conditions.py and
//! test_item.py, 2026-11.

mod common;

use common::{b, bs, item, l, m, map, message, n, ns, s, ss};
use model::legacy::{
    AttributeUpdate, AttributeUpdates, Comparison, ComparisonOperator, ConditionalOperator,
    Conditions, Expected, ExpectedAttribute, Filter, KeyConditions, UpdateAction,
};
use model::{ApiError, AttributeMap, AttributeValue, Item, MapRef};
use stator_expr::legacy::{self, filter, key_condition};
use stator_expr::{Condition, KeyTest, Notation, Operand, Update};

const EQ: ComparisonOperator = ComparisonOperator::Equal;
const NE: ComparisonOperator = ComparisonOperator::NotEqual;
const IN: ComparisonOperator = ComparisonOperator::In;
const LE: ComparisonOperator = ComparisonOperator::LessOrEqual;
const LT: ComparisonOperator = ComparisonOperator::Less;
const GE: ComparisonOperator = ComparisonOperator::GreaterOrEqual;
const GT: ComparisonOperator = ComparisonOperator::Greater;
const BETWEEN: ComparisonOperator = ComparisonOperator::Between;
const NOT_NULL: ComparisonOperator = ComparisonOperator::NotNull;
const NULL: ComparisonOperator = ComparisonOperator::Null;
const CONTAINS: ComparisonOperator = ComparisonOperator::Contains;
const NOT_CONTAINS: ComparisonOperator = ComparisonOperator::NotContains;
const BEGINS_WITH: ComparisonOperator = ComparisonOperator::BeginsWith;

fn comparison(operator: ComparisonOperator, values: &[AttributeValue]) -> Comparison {
    Comparison { operator, values: values.iter().map(Operand::new).collect() }
}

fn conditions<T, const N: usize>(
    attributes: [(&str, T); N],
    operator: Option<ConditionalOperator>,
) -> Conditions<T> {
    let attributes = attributes.map(|(name, condition)| (name.to_owned(), condition)).into();
    Conditions { attributes, operator }
}

fn sample_item() -> Item {
    item([
        ("one", n("1")),
        ("cat", s("cat")),
        ("bin", b(&[0, 127, 128, 255])),
        ("nothing", AttributeValue::Null),
        ("numbers", ns(["2", "4"])),
        ("binaries", bs([b"ab"])),
        ("list", l([n("2"), s("dog"), AttributeValue::Bool(true)])),
        ("doc", m([("x", n("1"))])),
        ("with.point", n("1")),
    ])
}

#[test]
fn every_operator_tests_its_attribute() {
    let cases: [(bool, &str, ComparisonOperator, &[AttributeValue]); 39] = [
        (true, "one", EQ, &[n("1.0")]),
        (false, "one", EQ, &[s("1")]),
        (true, "doc", EQ, &[m([("x", n("1"))])]),
        (false, "absent", EQ, &[n("1")]),
        (false, "one", NE, &[n("1")]),
        (true, "one", NE, &[s("1")]),
        (true, "absent", NE, &[n("1")]),
        (true, "cat", LE, &[s("cat")]),
        (false, "cat", LE, &[n("9")]),
        (false, "list", LE, &[n("9")]),
        (true, "one", LT, &[n("2")]),
        (false, "one", LT, &[n("1")]),
        (true, "bin", GE, &[b(&[0, 127, 127])]),
        (false, "absent", GE, &[n("1")]),
        (true, "one", GT, &[n("-1")]),
        (false, "one", GT, &[n("1")]),
        (true, "one", BETWEEN, &[n("1"), n("1")]),
        (false, "one", BETWEEN, &[n("2"), n("3")]),
        (true, "cat", IN, &[s("dog"), s("cat")]),
        (false, "cat", IN, &[s("dog")]),
        (false, "numbers", IN, &[n("2"), n("4")]),
        (true, "nothing", NOT_NULL, &[]),
        (false, "absent", NOT_NULL, &[]),
        (true, "absent", NULL, &[]),
        (false, "nothing", NULL, &[]),
        (true, "cat", BEGINS_WITH, &[s("ca")]),
        (false, "one", BEGINS_WITH, &[s("1")]),
        (true, "bin", CONTAINS, &[b(&[127, 128])]),
        (true, "numbers", CONTAINS, &[n("4")]),
        (true, "binaries", CONTAINS, &[b(b"ab")]),
        (true, "list", CONTAINS, &[AttributeValue::Bool(true)]),
        (false, "absent", CONTAINS, &[n("4")]),
        (true, "cat", NOT_CONTAINS, &[s("dog")]),
        (true, "cat", NOT_CONTAINS, &[n("1")]),
        (false, "list", NOT_CONTAINS, &[s("dog")]),
        // Neither does it contain nor does it not.
        (false, "absent", NOT_CONTAINS, &[n("4")]),
        (true, "with.point", EQ, &[n("1")]),
        (false, "doc.x", EQ, &[n("1")]),
        (false, "one", IN, &[s("1")]),
    ];
    for (expected, attribute, operator, values) in cases {
        let planned = filter(conditions([(attribute, comparison(operator, values))], None));
        let holds = planned.unwrap().unwrap().holds(sample_item().attributes());
        assert_eq!(holds, expected, "{attribute} {operator:?} {values:?}");
    }
}

#[test]
fn operands_are_refused_by_count_then_type_then_order() {
    let count = |operator| {
        format!(
            "One or more parameter values were invalid: Invalid number of argument(s) for the \
             {operator} ComparisonOperator"
        )
    };
    let wrong_type = |operator, type_name| {
        format!(
            "One or more parameter values were invalid: ComparisonOperator {operator} is not valid \
             for {type_name} AttributeValue type"
        )
    };
    let types_differ = "One or more parameter values were invalid: AttributeValues inside \
                        AttributeValueList must be of same type";
    let order = "The BETWEEN condition was provided a range where the lower bound is greater than \
                 the upper bound";
    let cases: [(ComparisonOperator, &[AttributeValue], String); 18] = [
        (EQ, &[], count("EQ")),
        (NE, &[n("1"), n("2")], count("NE")),
        (LT, &[l([]), l([])], count("LT")),
        (IN, &[], count("IN")),
        (NULL, &[n("1")], count("NULL")),
        (NOT_NULL, &[n("1")], count("NOT_NULL")),
        (BETWEEN, &[n("1")], count("BETWEEN")),
        (CONTAINS, &[n("1"), n("2")], count("CONTAINS")),
        (BEGINS_WITH, &[s("a"), s("b")], count("BEGINS_WITH")),
        (LE, &[l([n("1")])], wrong_type("LE", "L")),
        (GT, &[AttributeValue::Bool(true)], wrong_type("GT", "BOOL")),
        (IN, &[ss(["a"])], wrong_type("IN", "SS")),
        (BETWEEN, &[ns(["1"]), ns(["2"])], wrong_type("BETWEEN", "NS")),
        (BEGINS_WITH, &[n("1")], wrong_type("BEGINS_WITH", "N")),
        (NOT_CONTAINS, &[m([])], wrong_type("NOT_CONTAINS", "M")),
        (IN, &[n("3"), s("dog")], types_differ.to_owned()),
        (BETWEEN, &[s("a"), n("3")], types_differ.to_owned()),
        (BETWEEN, &[s("dog"), s("aardvark")], order.to_owned()),
    ];
    for (operator, values, expected) in cases {
        let planned = filter(conditions([("a", comparison(operator, values))], None));
        assert_eq!(message(planned), expected);
    }
}

#[test]
fn conditions_are_joined_by_the_conditional_operator() {
    let equal = |text: &str| comparison(EQ, &[n(text)]);
    let holds = |one: &str, point: &str, operator| {
        let planned =
            filter(conditions([("one", equal(one)), ("with.point", equal(point))], operator));
        planned.unwrap().unwrap().holds(sample_item().attributes())
    };
    let (and, or) = (Some(ConditionalOperator::And), Some(ConditionalOperator::Or));
    for (one, point) in [("1", "1"), ("1", "2"), ("2", "1"), ("2", "2")] {
        let truth = [one == "1", point == "1"];
        assert_eq!(holds(one, point, None), truth[0] && truth[1]);
        assert_eq!(holds(one, point, and), truth[0] && truth[1]);
        assert_eq!(holds(one, point, or), truth[0] || truth[1]);
    }
    assert_eq!(filter(Filter::default()), Ok(None));
    assert_eq!(
        message(filter(conditions([], or))),
        "ConditionalOperator cannot be used without Filter or Expected"
    );
    assert_eq!(
        message(filter(conditions([("one", equal("1"))], and))),
        "ConditionalOperator can only be used when Filter or Expected has two or more elements"
    );
}

fn expected(attribute: ExpectedAttribute) -> Result<Option<Condition>, ApiError> {
    legacy::expected(conditions([("a", attribute)], None))
}

#[test]
fn expected_takes_a_comparison_a_value_or_absence() {
    let nothing = ExpectedAttribute::default;
    let value = Some(Operand::from(n("1")));
    let cases = [
        (true, false, ExpectedAttribute { value: value.clone(), ..nothing() }),
        (true, false, ExpectedAttribute { value: value.clone(), exists: Some(true), ..nothing() }),
        (false, true, ExpectedAttribute { exists: Some(false), ..nothing() }),
        (false, true, ExpectedAttribute { operator: Some(NULL), ..nothing() }),
        (true, false, ExpectedAttribute { operator: Some(NOT_NULL), ..nothing() }),
        (true, false, ExpectedAttribute { operator: Some(GE), value, ..nothing() }),
        (
            true,
            false,
            ExpectedAttribute {
                operator: Some(LE),
                values: Some(vec![n("1").into()]),
                ..nothing()
            },
        ),
    ];
    let there = item([("a", n("1"))]);
    for (when_there, when_missing, attribute) in cases {
        let condition = expected(attribute.clone()).unwrap().unwrap();
        assert_eq!(condition.holds(there.attributes()), when_there, "{attribute:?}");
        assert_eq!(condition.holds(MapRef::EMPTY), when_missing, "{attribute:?}");
    }
    assert_eq!(legacy::expected(Expected::default()), Ok(None));
}

#[test]
fn members_of_expected_that_exclude_each_other_are_refused() {
    let nothing = ExpectedAttribute::default;
    let one = || Operand::from(n("1"));
    let (value, values) = (Some(one()), Some(vec![one()]));
    let cases = [
        (nothing(), "Value must be provided when Exists is null"),
        (
            ExpectedAttribute { exists: Some(true), ..nothing() },
            "Value must be provided when Exists is true",
        ),
        (
            ExpectedAttribute { exists: Some(false), value: value.clone(), ..nothing() },
            "Value cannot be used when Exists is false",
        ),
        (
            ExpectedAttribute { exists: Some(false), values: values.clone(), ..nothing() },
            "AttributeValueList can only be used with a ComparisonOperator",
        ),
        (
            ExpectedAttribute { exists: Some(true), operator: Some(EQ), ..nothing() },
            "Exists and ComparisonOperator cannot be used together",
        ),
        (
            ExpectedAttribute { operator: Some(EQ), value, values, ..nothing() },
            "Value and AttributeValueList cannot be used together",
        ),
        (
            ExpectedAttribute { operator: Some(LT), ..nothing() },
            "Value or AttributeValueList must be used with ComparisonOperator: LT",
        ),
    ];
    for (attribute, fault) in cases {
        assert_eq!(
            message(expected(attribute)),
            format!(
                "1 validation error detected: One or more parameter values were invalid: {fault} \
                 for Attribute: a"
            )
        );
    }
}

#[test]
fn key_conditions_become_key_tests() {
    let conditions = [
        ("p", comparison(EQ, &[s("x")])),
        ("q", comparison(BETWEEN, &[n("1"), n("2")])),
        ("r", comparison(BEGINS_WITH, &[s("a")])),
        ("s", comparison(LT, &[n("1")])),
        ("t", comparison(LE, &[n("1")])),
        ("u", comparison(GT, &[n("1")])),
        ("v", comparison(GE, &[n("1")])),
    ];
    let conditions = KeyConditions::from(conditions.map(|(name, it)| (name.to_owned(), it)));
    let one = || Operand::new(&n("1"));
    let tests = [
        ("p", KeyTest::Equal(Operand::new(&s("x")))),
        ("q", KeyTest::Between(one(), Operand::new(&n("2")))),
        ("r", KeyTest::BeginsWith(Operand::new(&s("a")))),
        ("s", KeyTest::Less(one())),
        ("t", KeyTest::LessOrEqual(one())),
        ("u", KeyTest::Greater(one())),
        ("v", KeyTest::GreaterOrEqual(one())),
    ];
    assert_eq!(
        key_condition(Some(conditions)).unwrap().unwrap().tests,
        tests.map(|(name, test)| (name.to_owned(), test))
    );
    assert_eq!(key_condition(None), Ok(None));
}

#[test]
fn conditions_that_no_key_can_answer_are_refused() {
    let one: &[AttributeValue] = &[n("1")];
    for (operator, values) in
        [(NE, one), (IN, one), (CONTAINS, one), (NOT_CONTAINS, one), (NULL, &[]), (NOT_NULL, &[])]
    {
        let conditions = [("p".to_owned(), comparison(operator, values))];
        assert_eq!(
            message(key_condition(Some(conditions.into()))),
            "Attempted conditional constraint is not an indexable operation"
        );
    }
    assert_eq!(
        message(key_condition(Some(KeyConditions::new()))),
        "Conditions can be of length 1 or 2 only"
    );
}

fn update(action: UpdateAction, value: Option<AttributeValue>) -> Result<Option<Update>, ApiError> {
    let updates = [("a".to_owned(), AttributeUpdate { action, value: value.map(Operand::from) })];
    legacy::update(AttributeUpdates::from(updates))
}

fn applied(
    old: &AttributeMap,
    action: UpdateAction,
    value: Option<AttributeValue>,
) -> Result<AttributeMap, ApiError> {
    let planned = update(action, value).expect("the update is valid");
    let updated = planned.expect("there is one").apply(&Item::encode(old));
    updated.map(|item| item.decode())
}

#[test]
fn updates_put_add_and_delete() {
    use UpdateAction::{Add, Delete, Put};
    let a = |value| Some(("a", value));
    let cases = [
        (None, Put, Some(m([])), a(m([]))),
        (a(n("7")), Put, Some(s("x")), a(s("x"))),
        (a(n("7")), Add, Some(n("-3.5")), a(n("3.5"))),
        (None, Add, Some(n("2")), a(n("2"))),
        (a(ns(["1", "2"])), Add, Some(ns(["2", "3"])), a(ns(["1", "2", "3"]))),
        (a(l([n("1")])), Add, Some(l([s("x"), n("1")])), a(l([n("1"), s("x"), n("1")]))),
        (None, Add, Some(l([n("1")])), a(l([n("1")]))),
        (a(n("7")), Delete, None, None),
        (None, Delete, None, None),
        (a(ss(["x", "y"])), Delete, Some(ss(["y", "z"])), a(ss(["x"]))),
        (a(bs([b"x"])), Delete, Some(bs([b"x"])), None),
    ];
    for (old, action, value, new) in cases {
        let with_key = |attribute: Option<(&str, AttributeValue)>| {
            let mut item = map([("p", s("key"))]);
            item.extend(attribute.map(|(name, value)| (name.to_owned(), value)));
            item
        };
        assert_eq!(applied(&with_key(old), action, value.clone()), Ok(with_key(new)), "{value:?}");
    }
}

#[test]
fn updates_of_other_types_are_refused() {
    use UpdateAction::{Add, Delete, Put};
    let add = |type_name| format!("ADD action is not supported for the type {type_name}");
    let delete =
        |type_name| format!("DELETE action with value is not supported for the type {type_name}");
    let no_value = "Only DELETE action is allowed when no attribute value is specified";
    let cases = [
        (Put, None, no_value.to_owned()),
        (Add, None, no_value.to_owned()),
        (Add, Some(s("x")), add("S")),
        (Add, Some(m([])), add("M")),
        (Delete, Some(l([])), delete("L")),
        (Delete, Some(n("1")), delete("N")),
    ];
    for (action, value, fault) in cases {
        assert_eq!(
            message(update(action, value)),
            format!("One or more parameter values were invalid: {fault}")
        );
    }
    let mismatched = [
        (ns(["1"]), Add, ss(["a"])),
        (ss(["a"]), Add, n("2")),
        (n("2"), Add, l([n("1")])),
        (s("x"), Delete, ns(["1"])),
    ];
    for (old, action, value) in mismatched {
        assert_eq!(
            message(applied(&map([("a", old)]), action, Some(value))),
            "Type mismatch for attribute to update"
        );
    }
}

#[test]
fn only_what_deletes_creates_nothing() {
    assert!(!update(UpdateAction::Delete, None).unwrap().unwrap().creates());
    assert!(update(UpdateAction::Add, Some(n("1"))).unwrap().unwrap().creates());
    assert_eq!(legacy::update(AttributeUpdates::new()), Ok(None));
}

#[test]
fn attributes_to_get_are_whole_attributes_each_once() {
    let names = |names: &[&str]| Some(names.iter().map(|name| (*name).to_owned()).collect());
    let projection = legacy::projection(names(&["with.point", "doc.x", "cat"])).unwrap().unwrap();
    assert_eq!(
        projection.apply(sample_item().attributes()).decode(),
        map([("with.point", n("1")), ("cat", s("cat"))])
    );
    assert_eq!(projection.notation(), Notation::Legacy);
    assert_eq!(legacy::projection(None), Ok(None));
    assert_eq!(
        message(legacy::projection(names(&["b", "a", "b"]))),
        "One or more parameter values were invalid: Duplicate value in attribute name: b"
    );
}
