"""PutItem, GetItem, UpdateItem and DeleteItem: effects, return values, key checks."""

import pytest
from boto3.dynamodb.conditions import Attr

from support.expect import condition_failed, invalid, refused
from support.tables import index


def test_put_then_get(table):
    table.put_item(Item={"p": "x", "v": 1})
    assert table.get_item(Key={"p": "x"}, ConsistentRead=True)["Item"] == {"p": "x", "v": 1}


def test_an_absent_item_answers_without_item(table):
    assert "Item" not in table.get_item(Key={"p": "nothing"})


def test_put_replaces_the_whole_item(table):
    table.put_item(Item={"p": "x", "a": 1, "b": 2})
    table.put_item(Item={"p": "x", "c": 3})
    assert table.get_item(Key={"p": "x"})["Item"] == {"p": "x", "c": 3}


@pytest.mark.parametrize(
    "keys, first, second",
    [
        ("p:N", {"p": 1}, {"p": 2}),
        ("p:B", {"p": b"\x00"}, {"p": b"\x00\x00"}),
        ("p:S c:N", {"p": "x", "c": -1}, {"p": "x", "c": 1}),
        ("p:N c:B", {"p": 0, "c": b"\xff"}, {"p": 0, "c": b"\xfe"}),
    ],
)
def test_keys_of_every_type_name_different_items(tables, keys, first, second):
    table = tables.create(keys)
    table.put_item(Item={**first, "v": "first"})
    table.put_item(Item={**second, "v": "second"})
    assert table.get_item(Key=first)["Item"]["v"] == "first"
    assert table.get_item(Key=second)["Item"]["v"] == "second"


def test_equal_numbers_are_one_key_however_written(tables, client):
    table = tables.create("p:N")
    client.put_item(TableName=table.name, Item={"p": {"N": "1.0"}, "v": {"S": "old"}})
    client.put_item(TableName=table.name, Item={"p": {"N": "10e-1"}, "v": {"S": "new"}})
    assert client.scan(TableName=table.name)["Items"] == [{"p": {"N": "1"}, "v": {"S": "new"}}]


def test_put_returns_the_old_item_on_request(table):
    assert "Attributes" not in table.put_item(Item={"p": "x", "v": 1}, ReturnValues="ALL_OLD")
    assert table.put_item(Item={"p": "x", "v": 2}, ReturnValues="ALL_OLD")["Attributes"] == {
        "p": "x",
        "v": 1,
    }
    assert "Attributes" not in table.put_item(Item={"p": "x", "v": 3})


def test_delete_returns_the_old_item_on_request(table):
    table.put_item(Item={"p": "x", "v": 1})
    old = table.delete_item(Key={"p": "x"}, ReturnValues="ALL_OLD")["Attributes"]
    assert old == {"p": "x", "v": 1}
    assert "Item" not in table.get_item(Key={"p": "x"})


def test_deleting_nothing_succeeds(table):
    assert "Attributes" not in table.delete_item(Key={"p": "x"}, ReturnValues="ALL_OLD")


@pytest.mark.parametrize(
    "return_values, expected",
    [
        ("NONE", None),
        ("ALL_OLD", {"p": "x", "a": 1, "b": 1}),
        ("UPDATED_OLD", {"a": 1}),
        ("ALL_NEW", {"p": "x", "a": 2, "b": 1, "c": 3}),
        ("UPDATED_NEW", {"a": 2, "c": 3}),
    ],
)
def test_update_returns_what_was_asked_for(table, return_values, expected):
    table.put_item(Item={"p": "x", "a": 1, "b": 1})
    answer = table.update_item(
        Key={"p": "x"},
        UpdateExpression="SET a = :two, c = :three",
        ExpressionAttributeValues={":two": 2, ":three": 3},
        ReturnValues=return_values,
    )
    assert answer.get("Attributes") == expected


def test_updated_new_answers_only_the_nested_path_that_changed(table):
    table.put_item(Item={"p": "x", "m": {"a": 1, "b": 2}, "l": [1, 2, 3]})
    answer = table.update_item(
        Key={"p": "x"},
        UpdateExpression="SET m.a = :v, l[1] = :v",
        ExpressionAttributeValues={":v": 9},
        ReturnValues="UPDATED_NEW",
    )
    assert answer["Attributes"] == {"m": {"a": 9}, "l": [9]}


def test_update_creates_an_absent_item(table):
    table.update_item(
        Key={"p": "x"}, UpdateExpression="SET v = :v", ExpressionAttributeValues={":v": 1}
    )
    assert table.get_item(Key={"p": "x"})["Item"] == {"p": "x", "v": 1}


def test_update_without_expression_creates_an_item_of_its_key(table):
    table.update_item(Key={"p": "x"})
    assert table.get_item(Key={"p": "x"})["Item"] == {"p": "x"}


def test_an_update_that_only_removes_does_not_create_the_item(table):
    # As Alternator's test_item.py observed on AWS (2026-11-23).
    table.update_item(Key={"p": "x"}, UpdateExpression="REMOVE v")
    assert "Item" not in table.get_item(Key={"p": "x"})


def test_conditional_put_happens_once(table):
    absent = Attr("p").not_exists()
    table.put_item(Item={"p": "x", "v": 1}, ConditionExpression=absent)
    with condition_failed():
        table.put_item(Item={"p": "x", "v": 2}, ConditionExpression=absent)
    assert table.get_item(Key={"p": "x"})["Item"]["v"] == 1


def test_a_failed_condition_leaves_update_and_delete_without_effect(table):
    table.put_item(Item={"p": "x", "v": 1})
    with condition_failed():
        table.delete_item(Key={"p": "x"}, ConditionExpression=Attr("v").eq(2))
    with condition_failed():
        table.update_item(
            Key={"p": "x"},
            UpdateExpression="SET v = :v",
            ConditionExpression=Attr("v").gt(1),
            ExpressionAttributeValues={":v": 5},
        )
    assert table.get_item(Key={"p": "x"})["Item"] == {"p": "x", "v": 1}


@pytest.mark.parametrize("operation", ["put_item", "update_item", "delete_item"])
def test_a_failed_condition_hands_out_the_item_on_request(client, table, operation):
    table.put_item(Item={"p": "x", "v": 1})
    request = {"Item": {"p": {"S": "x"}}} if operation == "put_item" else {"Key": {"p": {"S": "x"}}}
    with condition_failed() as caught:
        getattr(client, operation)(
            TableName=table.name,
            ConditionExpression="attribute_not_exists(p)",
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
            **request,
        )
    assert caught.value.response["Item"] == {"p": {"S": "x"}, "v": {"N": "1"}}


def test_projection_picks_attributes_and_paths(table):
    table.put_item(Item={"p": "x", "a": 1, "m": {"k": [10, 20, 30], "other": 0}, "z": 0})
    answer = table.get_item(Key={"p": "x"}, ProjectionExpression="a, m.k[0], m.k[2], absent")
    assert answer["Item"] == {"a": 1, "m": {"k": [10, 30]}}


def test_a_projection_that_matches_nothing_answers_an_empty_item(table):
    table.put_item(Item={"p": "x"})
    assert table.get_item(Key={"p": "x"}, ProjectionExpression="absent")["Item"] == {}


@pytest.mark.parametrize("key", [{}, {"p": "x", "extra": 1}, {"wrong": "x"}, {"p": 1}])
def test_a_key_must_match_the_schema(table, key):
    with invalid("The provided key element does not match the schema"):
        table.get_item(Key=key)


def test_an_item_needs_its_key(sorted_table):
    with invalid("One or more parameter values were invalid: Missing the key c in the item"):
        sorted_table.put_item(Item={"p": "x"})


def test_an_item_key_has_the_declared_type(table):
    with invalid(
        "One or more parameter values were invalid: Type mismatch for key p expected: S actual: N"
    ):
        table.put_item(Item={"p": 1})


@pytest.mark.parametrize(
    "keys, item, kind", [("p:S", {"p": ""}, "string"), ("p:B", {"p": b""}, "binary")]
)
def test_a_key_is_not_empty(tables, keys, item, kind):
    with invalid(
        "One or more parameter values are not valid. The AttributeValue for a key attribute "
        f"cannot contain an empty {kind} value. Key: p"
    ):
        tables.create(keys).put_item(Item=item)


def test_index_keys_have_the_declared_type(tables):
    table = tables.create("p:S", gsis=[index("by-g", "g:N")])
    with invalid(
        "One or more parameter values were invalid: Type mismatch for Index Key g "
        "Expected: N Actual: S IndexName: by-g"
    ):
        table.put_item(Item={"p": "x", "g": "not a number"})


def test_key_attributes_cannot_be_updated(table):
    with invalid(
        "One or more parameter values were invalid: Cannot update attribute p. "
        "This attribute is part of the key"
    ):
        table.update_item(
            Key={"p": "x"}, UpdateExpression="SET p = :v", ExpressionAttributeValues={":v": "y"}
        )


def test_an_item_holds_400_kilobytes_and_not_a_byte_more(table):
    fill = 409_600 - len("p") - len("x") - len("v")
    table.put_item(Item={"p": "x", "v": "a" * fill})
    assert len(table.get_item(Key={"p": "x"})["Item"]["v"]) == fill
    with invalid("Item size has exceeded the maximum allowed size"):
        table.put_item(Item={"p": "x", "v": "a" * (fill + 1)})


def test_an_update_cannot_outgrow_400_kilobytes(table):
    table.put_item(Item={"p": "x", "v": "a" * 300_000})
    with invalid("Item size to update has exceeded the maximum allowed size"):
        table.update_item(
            Key={"p": "x"},
            UpdateExpression="SET w = :w",
            ExpressionAttributeValues={":w": "b" * 110_000},
        )


@pytest.mark.parametrize("operation", ["put_item", "delete_item"])
def test_put_and_delete_return_only_the_old_item(table, operation):
    request = {"Item": {"p": "x"}} if operation == "put_item" else {"Key": {"p": "x"}}
    with invalid("Return values set to invalid value"):
        getattr(table, operation)(ReturnValues="ALL_NEW", **request)


@pytest.mark.parametrize("operation", ["put_item", "get_item", "update_item", "delete_item"])
def test_a_missing_table_is_not_named(client, operation):
    request = {"Item": {"p": {"S": "x"}}} if operation == "put_item" else {"Key": {"p": {"S": "x"}}}
    with refused("ResourceNotFoundException", "Requested resource not found"):
        getattr(client, operation)(TableName="no-such-table-anywhere", **request)


def test_item_collections_are_reported_where_there_is_a_local_index(tables):
    table = tables.create("p:S c:S", lsis=[index("by-x", "p:S|x:S")])
    answer = table.put_item(Item={"p": "x", "c": "1"}, ReturnItemCollectionMetrics="SIZE")
    metrics = answer["ItemCollectionMetrics"]
    assert metrics["ItemCollectionKey"] == {"p": "x"}
    low, high = metrics["SizeEstimateRangeGB"]
    assert 0 <= low <= high
