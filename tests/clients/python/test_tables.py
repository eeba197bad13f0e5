"""CreateTable, DescribeTable, ListTables, DeleteTable."""

import re

import pytest

from support.connection import REGION
from support.expect import invalid, refused
from support.tables import index, table_request, unique_name


@pytest.fixture
def created(client):
    """Creates a table by raw arguments and answers the CreateTable response."""
    names = []

    def create(**request):
        answer = client.create_table(**request)
        names.append(request["TableName"])
        return answer["TableDescription"]

    yield create
    for name in names:
        client.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1})
        client.delete_table(TableName=name)


def test_a_new_table_is_creating_and_then_active(client, created):
    name = unique_name()
    assert created(**table_request(name, "p:S"))["TableStatus"] == "CREATING"
    assert client.describe_table(TableName=name)["Table"]["TableStatus"] == "ACTIVE"


def test_describe_table_repeats_the_definition(client, created):
    name = unique_name()
    created(**table_request(name, "p:S c:N"))
    described = client.describe_table(TableName=name)["Table"]
    assert described["TableName"] == name
    assert described["KeySchema"] == [
        {"AttributeName": "p", "KeyType": "HASH"},
        {"AttributeName": "c", "KeyType": "RANGE"},
    ]
    assert {d["AttributeName"]: d["AttributeType"] for d in described["AttributeDefinitions"]} == {
        "p": "S",
        "c": "N",
    }
    assert re.fullmatch(rf"arn:aws:dynamodb:{REGION}:\d{{12}}:table/{name}", described["TableArn"])
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", described["TableId"])
    assert described["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert (described["ItemCount"], described["TableSizeBytes"]) == (0, 0)


def test_describe_table_lists_indexes(client, created):
    name = unique_name()
    created(
        **table_request(
            name,
            "p:S c:S",
            gsis=[index("by-g", "g:S|c:S", include=["a", "b"])],
            lsis=[index("by-l", "p:S|l:N", "KEYS_ONLY")],
        )
    )
    described = client.describe_table(TableName=name)["Table"]
    (gsi,) = described["GlobalSecondaryIndexes"]
    (lsi,) = described["LocalSecondaryIndexes"]
    assert (gsi["IndexName"], gsi["IndexStatus"]) == ("by-g", "ACTIVE")
    assert gsi["Projection"]["ProjectionType"] == "INCLUDE"
    assert set(gsi["Projection"]["NonKeyAttributes"]) == {"a", "b"}
    assert gsi["IndexArn"] == described["TableArn"] + "/index/by-g"
    assert lsi["Projection"] == {"ProjectionType": "KEYS_ONLY"}
    assert [key["AttributeName"] for key in lsi["KeySchema"]] == ["p", "l"]
    assert "IndexStatus" not in lsi


def test_describe_table_counts_items_and_bytes(client, table):
    table.put_item(Item={"p": "ab", "v": "12345"})
    table.put_item(Item={"p": "cd"})
    described = client.describe_table(TableName=table.name)["Table"]
    assert described["ItemCount"] == 2
    # At least the names and values: 1+2+1+5 and 1+2 bytes.
    assert described["TableSizeBytes"] >= 12


def test_provisioned_throughput_is_remembered(client, created):
    request = table_request(unique_name(), "p:S")
    request |= {
        "BillingMode": "PROVISIONED",
        "ProvisionedThroughput": {"ReadCapacityUnits": 7, "WriteCapacityUnits": 3},
    }
    throughput = created(**request)["ProvisionedThroughput"]
    assert (throughput["ReadCapacityUnits"], throughput["WriteCapacityUnits"]) == (7, 3)


def test_a_table_name_is_taken_once(client, table):
    with refused("ResourceInUseException", f"Table already exists: {table.name}"):
        client.create_table(**table_request(table.name, "p:S"))


def test_operations_take_the_arn_for_the_name(client, table):
    arn = table.table_arn
    client.put_item(TableName=arn, Item={"p": {"S": "x"}})
    assert client.get_item(TableName=arn, Key={"p": {"S": "x"}})["Item"] == {"p": {"S": "x"}}
    assert client.describe_table(TableName=arn)["Table"]["TableName"] == table.name


def test_delete_table_answers_deleting_and_forgets_the_items(client, tables):
    table = tables.create("p:S")
    table.put_item(Item={"p": "x"})
    assert (
        client.delete_table(TableName=table.name)["TableDescription"]["TableStatus"] == "DELETING"
    )
    client.get_waiter("table_not_exists").wait(TableName=table.name, WaiterConfig={"Delay": 1})
    client.create_table(**table_request(table.name, "p:S"))
    client.get_waiter("table_exists").wait(TableName=table.name, WaiterConfig={"Delay": 1})
    assert table.scan()["Count"] == 0


@pytest.mark.parametrize("operation", ["describe_table", "delete_table"])
def test_a_missing_table_is_named(client, operation):
    name = unique_name("missing")
    with refused(
        "ResourceNotFoundException", f"Requested resource not found: Table: {name} not found"
    ):
        getattr(client, operation)(TableName=name)


def test_list_tables_pages_in_name_order(client, tables):
    names = sorted(tables.create("p:S").name for _ in range(3))
    page = client.list_tables(ExclusiveStartTableName=names[0], Limit=1)
    assert len(page["TableNames"]) == 1
    assert page["LastEvaluatedTableName"] == page["TableNames"][0] > names[0]
    everything = [
        name
        for page in client.get_paginator("list_tables").paginate(PaginationConfig={"PageSize": 2})
        for name in page["TableNames"]
    ]
    assert everything == sorted(everything)
    assert set(names) <= set(everything)


def test_undefined_key_attributes_are_refused(client):
    request = table_request(unique_name(), "p:S c:S")
    request["AttributeDefinitions"].pop()
    with invalid("Invalid KeySchema: Some index key attribute have no definition"):
        client.create_table(**request)


def test_undefined_index_attributes_are_refused(client):
    request = table_request(unique_name(), "p:S", gsis=[index("by-g", "g:S")])
    request["AttributeDefinitions"].pop()
    with invalid(
        "One or more parameter values were invalid: Some index key attributes are not defined in "
        "AttributeDefinitions. Keys: [g], AttributeDefinitions: [p]"
    ):
        client.create_table(**request)


def test_unused_attribute_definitions_are_refused(client):
    request = table_request(unique_name(), "p:S")
    request["AttributeDefinitions"].append({"AttributeName": "x", "AttributeType": "S"})
    with invalid(
        "One or more parameter values were invalid: Number of attributes in KeySchema does not "
        "exactly match number of attributes defined in AttributeDefinitions"
    ):
        client.create_table(**request)


def test_a_local_index_needs_a_sort_key(client):
    request = table_request(unique_name(), "p:S", lsis=[index("by-x", "p:S|x:S")])
    with invalid(
        "One or more parameter values were invalid: Table KeySchema does not have a range key, "
        "which is required when specifying a LocalSecondaryIndex"
    ):
        client.create_table(**request)


def test_two_indexes_cannot_share_a_name(client):
    request = table_request(unique_name(), "p:S", gsis=[index("same", "a:S"), index("same", "b:S")])
    with invalid("One or more parameter values were invalid: Duplicate index name: same"):
        client.create_table(**request)


@pytest.mark.parametrize("name", ["ab", "with space", "x" * 256, "umlaut-ä"])
def test_malformed_table_names_are_refused(unchecked, name):
    with invalid():
        unchecked.create_table(**table_request(name, "p:S"))
