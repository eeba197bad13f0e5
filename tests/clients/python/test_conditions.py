"""The condition language, which ConditionExpression and FilterExpression share."""

import re

import pytest

from support.expect import condition_failed, invalid

ITEM = {
    "p": "x",
    "n": 5,
    "s": "hello",
    "b": b"\x01\x02\x03",
    "t": True,
    "z": None,
    "ss": {"a", "b"},
    "ns": {1, 2, 3},
    "l": [10, "ten", {"deep": [1, 2]}],
    "m": {"k": "v", "nest": {"n": 7}},
    "status": "reserved word",
    "with.dot": 1,
}
TRUE = [
    ("n = :v", {":v": 5}),
    ("n <> :v", {":v": 6}),
    ("n <> :v", {":v": "5"}),
    ("n < :v", {":v": 6}),
    ("n <= :v", {":v": 5}),
    ("n > :v", {":v": 4}),
    ("n >= :v", {":v": 5}),
    (":v < n", {":v": 4}),
    ("s < :v", {":v": "hellp"}),
    ("b < :v", {":v": b"\x01\x02\x04"}),
    ("n BETWEEN :a AND :b", {":a": 5, ":b": 5}),
    ("n IN (:a, :b)", {":a": 1, ":b": 5}),
    ("ss = :v", {":v": {"b", "a"}}),
    ("l = :v", {":v": [10, "ten", {"deep": [1, 2]}]}),
    ("m.k = :v", {":v": "v"}),
    ("m.nest.n = :v", {":v": 7}),
    ("l[0] = :v", {":v": 10}),
    ("l[2].deep[1] = :v", {":v": 2}),
    ("l[0] > n", {}),
    ("attribute_exists(m.nest)", {}),
    ("attribute_exists(l[2].deep[0])", {}),
    ("attribute_not_exists(m.absent.deeper)", {}),
    ("attribute_not_exists(l[3])", {}),
    ("attribute_type(ss, :v)", {":v": "SS"}),
    ("attribute_type(z, :v)", {":v": "NULL"}),
    ("begins_with(s, :v)", {":v": "hel"}),
    ("begins_with(b, :v)", {":v": b"\x01\x02"}),
    ("contains(s, :v)", {":v": "ell"}),
    ("contains(ss, :v)", {":v": "a"}),
    ("contains(ns, :v)", {":v": 3}),
    ("contains(l, :v)", {":v": "ten"}),
    ("contains(b, :v)", {":v": b"\x02\x03"}),
    ("size(s) = :v", {":v": 5}),
    ("size(b) = :v", {":v": 3}),
    ("size(ss) = :v", {":v": 2}),
    ("size(l) = :v", {":v": 3}),
    ("size(m) = :v", {":v": 2}),
    ("size(m.k) < n", {}),
    ("NOT n = :v", {":v": 6}),
    ("n = :a OR n = :b AND n = :c", {":a": 5, ":b": 1, ":c": 2}),
    ("NOT n = :a AND n = :b", {":a": 1, ":b": 5}),
    ("NOT (n = :a AND n = :b)", {":a": 1, ":b": 5}),
    ("not n = :a and n between :b and :b", {":a": 1, ":b": 5}),
    ("n BETWEEN :a AND :b AND s = :c", {":a": 1, ":b": 9, ":c": "hello"}),
]
FALSE = [
    ("n = :v", {":v": "5"}),
    ("n < :v", {":v": "9"}),
    ("absent = :v", {":v": 1}),
    ("absent < :v", {":v": 1}),
    ("NOT n = :v", {":v": 5}),
    ("n IN (:a, :b)", {":a": 1, ":b": "5"}),
    ("n BETWEEN :a AND :b", {":a": 6, ":b": 9}),
    ("contains(l, :v)", {":v": "t"}),
    ("contains(ss, :v)", {":v": "c"}),
    ("begins_with(n, :v)", {":v": "5"}),
    ("attribute_exists(s.k)", {}),
    ("attribute_type(n, :v)", {":v": "S"}),
    ("size(n) > :v", {":v": 0}),
    ("size(absent) > :v", {":v": 0}),
    ("l[7] = :v", {":v": 1}),
]


@pytest.fixture
def holds(client, dynamodb, table):
    """Whether a condition holds for ITEM, as a write condition and as a filter alike."""
    table.put_item(Item=ITEM)

    def check(expression, values, names=None):
        shared = {}
        if values:
            shared["ExpressionAttributeValues"] = values
        if names:
            shared["ExpressionAttributeNames"] = names
        filtered = table.scan(FilterExpression=expression, **shared)["Count"] == 1
        try:
            table.put_item(Item=ITEM, ConditionExpression=expression, **shared)
            accepted = True
        except client.exceptions.ConditionalCheckFailedException:
            accepted = False
        assert filtered == accepted
        return accepted

    return check


@pytest.mark.parametrize("expression, values", TRUE)
def test_conditions_that_hold(holds, expression, values):
    assert holds(expression, values)


@pytest.mark.parametrize("expression, values", FALSE)
def test_conditions_that_do_not_hold(holds, expression, values):
    assert not holds(expression, values)


def test_an_absent_attribute_differs_from_every_value(holds):
    # Alternator test_condition_expression.py, run on AWS (2026-11-23): `<>` is the one
    # comparison that an absent attribute satisfies.
    assert holds("absent <> :v", {":v": 1})


def test_names_stand_for_reserved_words_and_odd_characters(holds):
    assert holds("#s = :v", {":v": "reserved word"}, {"#s": "status"})
    assert holds("#d = :v", {":v": 1}, {"#d": "with.dot"})
    assert holds("m.#k.#n = :v", {":v": 7}, {"#k": "nest", "#n": "n"})


def test_in_takes_99_operands_and_not_101(table):
    # The developer guide says 100; Alternator's test_condition_expression.py found that AWS
    # counts the operand on the left too (2026-11-23).
    table.put_item(Item={"p": "x", "n": 98})

    def scan(count):
        values = {f":v{i}": i for i in range(count)}
        return table.scan(
            FilterExpression=f"n IN ({', '.join(values)})", ExpressionAttributeValues=values
        )

    assert scan(99)["Count"] == 1
    with invalid(re.compile("Invalid FilterExpression")):
        scan(101)


SYNTAX = [
    ("n = ", {}, "Syntax error"),
    ("n == :v", {":v": 1}, "Syntax error"),
    ("n = :v AND", {":v": 1}, "Syntax error"),
    ("(n = :v", {":v": 1}, "Syntax error"),
    ("n ! :v", {":v": 1}, "Syntax error"),
]
MISUSE = [
    ("", {}, "The expression can not be empty;"),
    ("nosuch(n)", {}, "Invalid function name; function: nosuch"),
    (
        "attribute_exists(n, s)",
        {},
        "Incorrect number of operands for operator or function; "
        "operator or function: attribute_exists, number of operands: 2",
    ),
    (
        "status = :v",
        {":v": 1},
        "Attribute name is a reserved keyword; reserved keyword: status",
    ),
    (
        "n = :absent",
        {":v": 1},
        "An expression attribute value used in expression is not defined; attribute value: :absent",
    ),
    (
        "#absent = :v",
        {":v": 1},
        "An expression attribute name used in the document path is not defined; "
        "attribute name: #absent",
    ),
    (
        "n BETWEEN :a AND :b",
        {":a": 2, ":b": 1},
        "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; "
        "lower bound operand: AttributeValue: {N:2}, upper bound operand: AttributeValue: {N:1}",
    ),
    (
        "begins_with(s, :v)",
        {":v": 1},
        "Incorrect operand type for operator or function; "
        "operator or function: begins_with, operand type: N",
    ),
    (
        "attribute_exists(:v)",
        {":v": 1},
        "Operator or function requires a document path; operator or function: attribute_exists",
    ),
    (
        "n = n",
        {},
        "The first operand must be distinct from the remaining operands for this operator or "
        "function; operator: =, first operand: [n]",
    ),
]


@pytest.mark.parametrize("expression, values, message", SYNTAX)
def test_syntax_errors_show_the_token_and_its_surroundings(table, expression, values, message):
    given = {"ExpressionAttributeValues": values} if values else {}
    pattern = rf'^Invalid ConditionExpression: {message}; token: ".*", near: ".*"$'
    with invalid(re.compile(pattern)):
        table.put_item(Item={"p": "x"}, ConditionExpression=expression, **given)


@pytest.mark.parametrize("expression, values, message", MISUSE)
def test_misuse_is_explained(table, expression, values, message):
    given = {"ExpressionAttributeValues": values} if values else {}
    with invalid(f"Invalid ConditionExpression: {message}"):
        table.put_item(Item={"p": "x"}, ConditionExpression=expression, **given)
    with invalid(f"Invalid FilterExpression: {message}"):
        table.scan(FilterExpression=expression, **given)


def test_unused_names_and_values_are_refused(table):
    with invalid("Value provided in ExpressionAttributeValues unused in expressions: keys: {:w}"):
        table.put_item(
            Item={"p": "x"},
            ConditionExpression="n = :v",
            ExpressionAttributeValues={":v": 1, ":w": 2},
        )
    with invalid("Value provided in ExpressionAttributeNames unused in expressions: keys: {#w}"):
        table.put_item(
            Item={"p": "x"},
            ConditionExpression="attribute_not_exists(#v)",
            ExpressionAttributeNames={"#v": "v", "#w": "w"},
        )


def test_names_and_values_need_an_expression(table):
    with invalid("ExpressionAttributeNames can only be specified when using expressions"):
        table.get_item(Key={"p": "x"}, ExpressionAttributeNames={"#n": "n"})
    with invalid(
        "ExpressionAttributeValues can only be specified when using expressions: "
        "ConditionExpression is null"
    ):
        table.put_item(Item={"p": "x"}, ExpressionAttributeValues={":v": 1})


def test_an_expression_has_at_most_4096_bytes(table):
    def condition(length):
        return "attribute_exists(v" + " " * (length - len("attribute_exists(v)")) + ")"

    with condition_failed():
        table.put_item(Item={"p": "x"}, ConditionExpression=condition(4096))
    with invalid(
        "Invalid ConditionExpression: Expression size has exceeded the maximum allowed size; "
        "expression size: 4097"
    ):
        table.put_item(Item={"p": "x"}, ConditionExpression=condition(4097))


def test_an_expression_nested_thousands_deep_is_an_error_like_any_other(table):
    with invalid("Invalid ConditionExpression: The expression has redundant parentheses;"):
        table.put_item(Item={"p": "x"}, ConditionExpression="(" * 2000 + "a < b" + ")" * 2000)
    table.put_item(Item={"p": "still alive"})
