"""Update expressions: SET, REMOVE, ADD, DELETE, nested paths and their errors."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest

from support.expect import invalid


@pytest.fixture
def updated(table):
    """Puts an item, updates it, and answers it without its key."""

    def update(before, expression, values=None, names=None):
        table.put_item(Item={"p": "x", **before})
        given = {}
        if values:
            given["ExpressionAttributeValues"] = values
        if names:
            given["ExpressionAttributeNames"] = names
        table.update_item(Key={"p": "x"}, UpdateExpression=expression, **given)
        after = table.get_item(Key={"p": "x"}, ConsistentRead=True)["Item"]
        assert after.pop("p") == "x"
        return after

    return update


@pytest.mark.parametrize(
    "before, expression, values, after",
    [
        ({}, "SET a = :v, b = :w", {":v": 1, ":w": "two"}, {"a": 1, "b": "two"}),
        ({"a": 1}, "SET b = a", {}, {"a": 1, "b": 1}),
        ({"a": 1, "b": 2}, "SET a = b, b = a", {}, {"a": 2, "b": 1}),
        ({"n": 5}, "SET n = n + :v", {":v": 3}, {"n": 8}),
        ({"n": 5}, "SET n = :v - n", {":v": 3}, {"n": -2}),
        ({"a": 1, "b": 2}, "SET c = a + b", {}, {"a": 1, "b": 2, "c": 3}),
        ({}, "SET n = if_not_exists(n, :v) + :w", {":v": 0, ":w": 1}, {"n": 1}),
        ({"n": 9}, "SET n = if_not_exists(n, :v) + :w", {":v": 0, ":w": 1}, {"n": 10}),
        ({"a": 4}, "SET b = if_not_exists(b, a)", {}, {"a": 4, "b": 4}),
        ({"l": [1]}, "SET l = list_append(l, :v)", {":v": [2]}, {"l": [1, 2]}),
        ({"l": [1]}, "SET l = list_append(:v, l)", {":v": [2]}, {"l": [2, 1]}),
        (
            {},
            "SET l = list_append(if_not_exists(l, :none), :v)",
            {":none": [], ":v": [1]},
            {"l": [1]},
        ),
    ],
)
def test_set(updated, before, expression, values, after):
    assert updated(before, expression, values) == after


@pytest.mark.parametrize(
    "before, expression, values, after",
    [
        ({"m": {"a": 1}}, "SET m.b = :v", {":v": 2}, {"m": {"a": 1, "b": 2}}),
        ({"m": {"a": {"b": [0]}}}, "SET m.a.b[0] = :v", {":v": 2}, {"m": {"a": {"b": [2]}}}),
        ({"l": [1, 2]}, "SET l[1] = :v", {":v": 9}, {"l": [1, 9]}),
        ({"l": [1, 2]}, "SET l[10] = :v", {":v": 3}, {"l": [1, 2, 3]}),
        ({"l": [1]}, "SET l[9] = :b, l[5] = :a", {":a": "a", ":b": "b"}, {"l": [1, "a", "b"]}),
        ({"l": [1, 2, 3, 4]}, "REMOVE l[1], l[2]", {}, {"l": [1, 4]}),
        ({"l": [1]}, "REMOVE l[5]", {}, {"l": [1]}),
        ({"m": {"a": 1, "b": 2}}, "REMOVE m.a", {}, {"m": {"b": 2}}),
        ({"m": {"a": 1}}, "REMOVE m.a", {}, {"m": {}}),
        ({"a": 1, "b": 2}, "REMOVE a, absent", {}, {"b": 2}),
        ({"a": 1, "m": {"l": [7]}}, "SET a = m.l[0]", {}, {"a": 7, "m": {"l": [7]}}),
        ({"m": {"n": 1}}, "ADD m.n :v", {":v": 2}, {"m": {"n": 3}}),
    ],
)
def test_nested_paths(updated, before, expression, values, after):
    assert updated(before, expression, values) == after


@pytest.mark.parametrize(
    "before, expression, values, after",
    [
        ({}, "ADD n :v", {":v": 5}, {"n": 5}),
        ({"n": 5}, "ADD n :v", {":v": -7}, {"n": -2}),
        ({}, "ADD s :v", {":v": {"a"}}, {"s": {"a"}}),
        ({"s": {"a", "b"}}, "ADD s :v", {":v": {"b", "c"}}, {"s": {"a", "b", "c"}}),
        ({"s": {1, 2, 3}}, "DELETE s :v", {":v": {2, 9}}, {"s": {1, 3}}),
        ({"s": {b"a"}}, "DELETE s :v", {":v": {b"a"}}, {}),
        ({"a": 1}, "DELETE s :v", {":v": {"x"}}, {"a": 1}),
    ],
)
def test_add_and_delete(updated, before, expression, values, after):
    assert updated(before, expression, values) == after


def test_all_four_clauses_see_the_item_as_it_was(updated):
    before = {"n": 1, "s": {"a", "b"}, "former": "v", "same": 0}
    after = updated(
        before,
        "ADD n :one DELETE s :a SET same = n, moved = former REMOVE former",
        {":one": 1, ":a": {"a"}},
    )
    assert after == {"n": 2, "s": {"b"}, "same": 1, "moved": "v"}


def test_arithmetic_is_decimal_and_exact(updated):
    assert updated({"n": Decimal("0.1")}, "SET n = n + :v", {":v": Decimal("0.2")}) == {
        "n": Decimal("0.3")
    }
    assert updated({"n": Decimal("9" * 38)}, "SET n = n - :v", {":v": 1}) == {
        "n": Decimal("9" * 37 + "8")
    }


def test_a_sum_beyond_the_range_is_refused(updated):
    with invalid(
        "Number overflow. Attempting to store a number with magnitude larger than supported range"
    ):
        updated({"n": Decimal("9.9E+125")}, "ADD n :v", {":v": Decimal("9.9E+125")})


def test_names_reach_reserved_and_dotted_attributes(updated):
    after = updated(
        {"status": 1, "a.b": 2, "m": {"size": 3}},
        "SET #s = :v, #d = :v, m.#z = :v",
        {":v": 9},
        {"#s": "status", "#d": "a.b", "#z": "size"},
    )
    assert after == {"status": 9, "a.b": 9, "m": {"size": 9}}


PREFIX = "Invalid UpdateExpression: "
MISUSE = [
    ("", {}, PREFIX + "The expression can not be empty;"),
    (
        "SET a = :v SET b = :v",
        {":v": 1},
        PREFIX + 'The "SET" section can only be used once in an update expression;',
    ),
    (
        "SET a = :v, a = :w",
        {":v": 1, ":w": 2},
        PREFIX + "Two document paths overlap with each other; must remove or rewrite one of these "
        "paths; path one: [a], path two: [a]",
    ),
    (
        "SET a.b = :v REMOVE a",
        {":v": 1},
        PREFIX + "Two document paths overlap with each other; must remove or rewrite one of these "
        "paths; path one: [a, b], path two: [a]",
    ),
    (
        "SET a.b = :v, a[0] = :v",
        {":v": 1},
        PREFIX + "Two document paths conflict with each other; must remove or rewrite one of these "
        "paths; path one: [a, b], path two: [a, [0]]",
    ),
    (
        "SET a = nosuch(:v)",
        {":v": 1},
        PREFIX + "Invalid function name; function: nosuch",
    ),
    (
        "SET a = a + :v",
        {":v": "text"},
        PREFIX + "Incorrect operand type for operator or function; "
        "operator or function: +, operand type: S",
    ),
    (
        "SET a = list_append(a, :v)",
        {":v": "text"},
        PREFIX + "Incorrect operand type for operator or function; "
        "operator or function: list_append, operand type: S",
    ),
    (
        "ADD a :v",
        {":v": "text"},
        PREFIX + "Incorrect operand type for operator or function; "
        "operator: ADD, operand type: STRING, typeSet: ALLOWED_FOR_ADD_OPERAND",
    ),
    (
        "DELETE a :v",
        {":v": 1},
        PREFIX + "Incorrect operand type for operator or function; "
        "operator: DELETE, operand type: NUMBER, typeSet: ALLOWED_FOR_DELETE_OPERAND",
    ),
    (
        "SET a = b",
        {},
        "The provided expression refers to an attribute that does not exist in the item",
    ),
    (
        "SET b = b + :v",
        {":v": 1},
        "The provided expression refers to an attribute that does not exist in the item",
    ),
    (
        "SET s = s + :v",
        {":v": 1},
        "An operand in the update expression has an incorrect data type",
    ),
    ("ADD s :v", {":v": 1}, "An operand in the update expression has an incorrect data type"),
    (
        "SET m.b.c = :v",
        {":v": 1},
        "The document path provided in the update expression is invalid for update",
    ),
    (
        "SET s[0] = :v",
        {":v": 1},
        "The document path provided in the update expression is invalid for update",
    ),
    (
        "REMOVE absent.b",
        {},
        "The document path provided in the update expression is invalid for update",
    ),
]


@pytest.mark.parametrize("expression, values, message", MISUSE)
def test_misuse_is_explained_and_changes_nothing(table, expression, values, message):
    item = {"p": "x", "s": "string", "m": {}}
    table.put_item(Item=item)
    given = {"ExpressionAttributeValues": values} if values else {}
    with invalid(message):
        table.update_item(Key={"p": "x"}, UpdateExpression=expression, **given)
    assert table.get_item(Key={"p": "x"}, ConsistentRead=True)["Item"] == item


def test_concurrent_additions_all_count(table):
    def add(_):
        table.meta.client.update_item(
            TableName=table.name,
            Key={"p": "counter"},
            UpdateExpression="ADD n :one",
            ExpressionAttributeValues={":one": 1},
        )

    with ThreadPoolExecutor(16) as threads:
        list(threads.map(add, range(400)))
    assert table.get_item(Key={"p": "counter"}, ConsistentRead=True)["Item"]["n"] == 400
