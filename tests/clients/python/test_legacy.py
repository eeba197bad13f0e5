"""The parameters from before expressions, as old applications still send them."""

from decimal import Decimal

import pytest

from support.expect import all_items, condition_failed, invalid


def expected(operator, *values):
    return {"ComparisonOperator": operator, "AttributeValueList": list(values)}


@pytest.fixture
def counted(table):
    """A table with one item, and a way to read that item."""
    table.put_item(Item={"p": "x", "n": 5, "tags": {"a", "b"}, "list": [1]})

    def read():
        return table.get_item(Key={"p": "x"}, ConsistentRead=True)["Item"]

    return table, read


@pytest.mark.parametrize(
    "updates, after",
    [
        ({"n": {"Value": "five"}}, {"n": "five", "tags": {"a", "b"}, "list": [1]}),
        (
            {"n": {"Action": "ADD", "Value": Decimal("-1.5")}, "m": {"Action": "ADD", "Value": 1}},
            {"n": Decimal("3.5"), "m": 1, "tags": {"a", "b"}, "list": [1]},
        ),
        (
            {"tags": {"Action": "ADD", "Value": {"c"}}, "list": {"Action": "ADD", "Value": ["z"]}},
            {"n": 5, "tags": {"a", "b", "c"}, "list": [1, "z"]},
        ),
        (
            {"tags": {"Action": "DELETE", "Value": {"a", "b"}}, "list": {"Action": "DELETE"}},
            {"n": 5},
        ),
        ({"a.b": {"Value": 1}}, {"n": 5, "tags": {"a", "b"}, "list": [1], "a.b": 1}),
    ],
)
def test_attribute_updates(counted, updates, after):
    table, read = counted
    table.update_item(Key={"p": "x"}, AttributeUpdates=updates)
    assert read() == {"p": "x", **after}


def test_attribute_updates_that_only_delete_create_nothing(table):
    table.update_item(Key={"p": "new"}, AttributeUpdates={"a": {"Action": "DELETE"}})
    assert "Item" not in table.get_item(Key={"p": "new"})
    table.update_item(Key={"p": "new"}, AttributeUpdates={})
    assert table.get_item(Key={"p": "new"})["Item"] == {"p": "new"}


@pytest.mark.parametrize(
    "condition, holds",
    [
        ({"n": {"Value": 5}}, True),
        ({"n": {"Value": 5, "Exists": True}}, True),
        ({"n": {"Exists": False}}, False),
        ({"absent": {"Exists": False}}, True),
        ({"n": expected("BETWEEN", 1, 5)}, True),
        ({"n": expected("IN", 1, 2)}, False),
        ({"tags": expected("CONTAINS", "a"), "absent": expected("NULL")}, True),
        ({"tags": expected("CONTAINS", "a"), "absent": expected("NOT_NULL")}, False),
        ({"absent": expected("NE", 1)}, True),
        ({"absent": expected("NOT_CONTAINS", "a")}, False),
    ],
)
def test_expected(counted, condition, holds):
    table, read = counted
    before = read()
    if holds:
        table.put_item(Item={"p": "x"}, Expected=condition)
        assert read() == {"p": "x"}
        return
    with condition_failed():
        table.put_item(Item={"p": "x"}, Expected=condition)
    with condition_failed():
        table.delete_item(Key={"p": "x"}, Expected=condition)
    with condition_failed():
        table.update_item(
            Key={"p": "x"}, AttributeUpdates={"z": {"Value": 1}}, Expected=condition
        )
    assert read() == before


def test_key_conditions_filters_and_attributes(sorted_table):
    rows = [{"p": "x", "c": f"{i:02}", "even": i % 2 == 0, "i": i} for i in range(20)]
    with sorted_table.batch_writer() as batch:
        for row in rows:
            batch.put_item(Item=row)
        batch.put_item(Item={"p": "y", "c": "00"})
    partition = {"p": expected("EQ", "x")}

    def query(**request):
        return all_items(sorted_table.query, Limit=7, **request)

    assert query(KeyConditions=partition) == rows
    assert query(KeyConditions={**partition, "c": expected("BEGINS_WITH", "1")}) == rows[10:]
    assert query(KeyConditions={**partition, "c": expected("BETWEEN", "03", "05")}) == rows[3:6]
    evens = {"even": expected("EQ", True), "i": expected("GT", 15)}
    assert query(KeyConditions=partition, QueryFilter=evens, AttributesToGet=["i"]) == [
        {"i": 16},
        {"i": 18},
    ]
    either = query(KeyConditions=partition, QueryFilter=evens, ConditionalOperator="OR")
    assert either == [row for row in rows if row["even"] or row["i"] > 15]
    scanned = all_items(sorted_table.scan, ScanFilter={"p": expected("NE", "x")}, Limit=5)
    assert scanned == [{"p": "y", "c": "00"}]


def test_batch_get_item_attributes_to_get(counted, dynamodb):
    table, _ = counted
    request = {table.name: {"Keys": [{"p": "x"}], "AttributesToGet": ["n", "absent"]}}
    answer = dynamodb.batch_get_item(RequestItems=request)
    assert answer["Responses"][table.name] == [{"n": 5}]


def test_parameters_of_both_kinds_are_refused(counted):
    table, read = counted
    before = read()
    mixed = (
        "Can not use both expression and non-expression parameters in the same request: "
        "Non-expression parameters: {%s} Expression parameters: {%s}"
    )
    with invalid(mixed % ("AttributeUpdates, Expected", "UpdateExpression")):
        table.update_item(
            Key={"p": "x"},
            UpdateExpression="REMOVE n",
            AttributeUpdates={"n": {"Value": 1}},
            Expected={"n": {"Value": 5}},
        )
    with invalid(mixed % ("QueryFilter", "KeyConditionExpression")):
        table.query(
            KeyConditionExpression="p = :p",
            ExpressionAttributeValues={":p": "x"},
            QueryFilter={"n": expected("NULL")},
        )
    assert read() == before
