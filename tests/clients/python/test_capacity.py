"""ReturnConsumedCapacity: TOTAL and INDEXES, by the sizes of items and index entries."""

import pytest
from boto3.dynamodb.conditions import Key

from support.tables import index

KB = 1024


def item_of(item_bytes, **fixed):
    """An item of exactly this size: names and values, filled up by attribute `f`."""
    used = sum(len(name) + len(value) for name, value in fixed.items()) + len("f")
    return {**fixed, "f": "a" * (item_bytes - used)}


def units(answer):
    return answer["ConsumedCapacity"]["CapacityUnits"]


@pytest.mark.parametrize(
    "item_bytes, eventually, consistently", [(100, 0.5, 1), (4 * KB, 0.5, 1), (4 * KB + 1, 1, 2)]
)
def test_a_read_costs_by_4_kilobytes(table, item_bytes, eventually, consistently):
    table.put_item(Item=item_of(item_bytes, p="x"))
    read = {"Key": {"p": "x"}, "ReturnConsumedCapacity": "TOTAL"}
    assert units(table.get_item(**read)) == eventually
    assert units(table.get_item(ConsistentRead=True, **read)) == consistently
    # A projection answers less but reads as much.
    assert units(table.get_item(ProjectionExpression="p", **read)) == eventually


def test_reading_nothing_costs_the_least(table):
    answer = table.get_item(Key={"p": "absent"}, ReturnConsumedCapacity="TOTAL")
    assert answer["ConsumedCapacity"] == {"TableName": table.name, "CapacityUnits": 0.5}


@pytest.mark.parametrize("item_bytes, expected", [(10, 1), (KB, 1), (KB + 1, 2), (10 * KB, 10)])
def test_a_write_costs_by_kilobyte(table, item_bytes, expected):
    answer = table.put_item(Item=item_of(item_bytes, p="x"), ReturnConsumedCapacity="TOTAL")
    assert units(answer) == expected


def test_a_write_costs_by_the_larger_of_old_and_new(table):
    table.put_item(Item=item_of(3 * KB, p="x"))
    small = table.put_item(Item={"p": "x"}, ReturnConsumedCapacity="TOTAL")
    assert units(small) == 3
    table.put_item(Item=item_of(3 * KB, p="x"))
    update = table.update_item(
        Key={"p": "x"},
        UpdateExpression="SET g = :v",
        ExpressionAttributeValues={":v": "b" * KB},
        ReturnConsumedCapacity="TOTAL",
    )
    assert units(update) == 5
    delete = table.delete_item(Key={"p": "x"}, ReturnConsumedCapacity="TOTAL")
    assert units(delete) == 5
    assert units(table.delete_item(Key={"p": "x"}, ReturnConsumedCapacity="TOTAL")) == 1


def test_indexes_are_charged_where_they_change(tables):
    table = tables.create(
        "p:S c:S",
        gsis=[index("all", "g:S"), index("keys", "g:S", "KEYS_ONLY")],
        lsis=[index("local", "p:S|l:S", "KEYS_ONLY")],
    )

    def charged(**request):
        answer = table.update_item(
            Key={"p": "x", "c": "1"}, ReturnConsumedCapacity="INDEXES", **request
        )["ConsumedCapacity"]
        indexes = {
            **answer.get("GlobalSecondaryIndexes", {}),
            **answer.get("LocalSecondaryIndexes", {}),
        }
        parts = {name: part["CapacityUnits"] for name, part in indexes.items()}
        parts = {name: part for name, part in parts.items() if part}
        assert answer["CapacityUnits"] == answer["Table"]["CapacityUnits"] + sum(parts.values())
        return answer["Table"]["CapacityUnits"], parts

    def set_to(attribute, value):
        return {
            "UpdateExpression": f"SET {attribute} = :v",
            "ExpressionAttributeValues": {":v": value},
        }

    assert charged(**set_to("v", 1)) == (1, {})
    assert charged(**set_to("g", "a")) == (1, {"all": 1, "keys": 1})
    # Only the index that projects the attribute changes.
    assert charged(**set_to("v", 2)) == (1, {"all": 1})
    # A new index key is a delete and a put.
    assert charged(**set_to("g", "b")) == (1, {"all": 2, "keys": 2})
    assert charged(**set_to("l", "a")) == (1, {"all": 1, "local": 1})
    assert charged(UpdateExpression="REMOVE g") == (1, {"all": 1, "keys": 1})


def test_an_index_query_is_charged_to_the_index(tables):
    table = tables.create("p:S", gsis=[index("by-g", "g:S")])
    table.put_item(Item={"p": "x", "g": "a"})
    answer = table.query(
        IndexName="by-g",
        KeyConditionExpression=Key("g").eq("a"),
        ReturnConsumedCapacity="INDEXES",
    )["ConsumedCapacity"]
    assert answer["CapacityUnits"] == 0.5
    assert answer["GlobalSecondaryIndexes"] == {"by-g": {"CapacityUnits": 0.5}}


def test_a_query_adds_up_bytes_before_it_rounds(sorted_table):
    for c in range(8):
        sorted_table.put_item(Item=item_of(KB, p="x", c=str(c)))
    query = {"KeyConditionExpression": Key("p").eq("x"), "ReturnConsumedCapacity": "TOTAL"}
    assert units(sorted_table.query(ConsistentRead=True, **query)) == 2
    assert units(sorted_table.query(**query)) == 1
    assert units(sorted_table.query(Limit=3, **query)) == 0.5


def test_batches_round_item_by_item(dynamodb, table):
    items = [
        {"PutRequest": {"Item": item_of(size, p=str(size))}} for size in (100, KB + 1, 4 * KB + 1)
    ]
    answer = dynamodb.batch_write_item(
        RequestItems={table.name: items}, ReturnConsumedCapacity="TOTAL"
    )
    assert answer["ConsumedCapacity"] == [{"TableName": table.name, "CapacityUnits": 1 + 2 + 5}]
    keys = [{"p": str(size)} for size in (100, KB + 1, 4 * KB + 1)] + [{"p": "absent"}]
    answer = dynamodb.batch_get_item(
        RequestItems={table.name: {"Keys": keys}}, ReturnConsumedCapacity="TOTAL"
    )
    assert answer["ConsumedCapacity"] == [
        {"TableName": table.name, "CapacityUnits": 0.5 + 0.5 + 1 + 0.5}
    ]


def test_transactions_cost_twice(dynamodb, table):
    actions = [
        {"Put": {"TableName": table.name, "Item": item_of(size, p=str(size))}}
        for size in (100, KB + 1)
    ]
    answer = dynamodb.meta.client.transact_write_items(
        TransactItems=actions, ReturnConsumedCapacity="TOTAL"
    )
    (written,) = answer["ConsumedCapacity"]
    assert (written["TableName"], written["CapacityUnits"]) == (table.name, 2 + 4)
    keys = [{"Get": {"TableName": table.name, "Key": {"p": "100"}}}]
    answer = dynamodb.meta.client.transact_get_items(
        TransactItems=keys, ReturnConsumedCapacity="TOTAL"
    )
    (read,) = answer["ConsumedCapacity"]
    assert (read["TableName"], read["CapacityUnits"]) == (table.name, 2)


def test_capacity_is_silent_unless_asked_for(table):
    table.put_item(Item={"p": "x"})
    assert "ConsumedCapacity" not in table.get_item(Key={"p": "x"})
    answer = table.get_item(Key={"p": "x"}, ReturnConsumedCapacity="NONE")
    assert "ConsumedCapacity" not in answer


def test_number_sizes_count_digits_in_pairs(table):
    # Names and values of p and n and f: the number takes half its digits plus one byte, so
    # these fillers stay well below and well above one kilobyte.
    for digits in (2, 20, 38):
        number = int("1" * digits)
        number_bytes = digits // 2 + 1
        for fill, expected in ((-3, 1), (4, 2)):
            item = {"p": "x", "n": number, "f": "a" * (KB - 4 - number_bytes + fill)}
            table.delete_item(Key={"p": "x"})
            answer = table.put_item(Item=item, ReturnConsumedCapacity="TOTAL")
            assert units(answer) == expected
