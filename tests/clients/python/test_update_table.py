"""UpdateTable: settings, billing, and indexes that come to a table and go from it."""

import time

import pytest
from botocore.exceptions import ClientError

from support.expect import all_items, invalid, refused
from support.tables import index, unique_name


def described(client, table):
    return client.describe_table(TableName=table.name)["Table"]


def update(client, table, **changes):
    return client.update_table(TableName=table.name, **changes)["TableDescription"]


def create_index(client, table, added, **changes):
    types = [{"AttributeName": name, "AttributeType": kind} for name, kind in added["types"].items()]
    create = {"Create": {**added["definition"], **changes}}
    return update(
        client, table, AttributeDefinitions=types, GlobalSecondaryIndexUpdates=[create]
    )


def delete_index(client, table, name):
    return update(client, table, GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": name}}])


def settled(client, table):
    """The table's indexes by name, once none of them comes or goes; as a program would wait."""
    while True:
        indexes = described(client, table).get("GlobalSecondaryIndexes", [])
        if all(described["IndexStatus"] == "ACTIVE" for described in indexes):
            return {described["IndexName"]: described for described in indexes}
        time.sleep(0.02)


@pytest.fixture
def provisioned(client, tables):
    """A table of 5 read and 5 write units with a global index of 2 and 2."""
    table = tables.create("p:S", gsis=[index("by-g", "g:S")])
    units = {"ReadCapacityUnits": 2, "WriteCapacityUnits": 2}
    update(
        client,
        table,
        BillingMode="PROVISIONED",
        ProvisionedThroughput={"ReadCapacityUnits": 5, "WriteCapacityUnits": 5},
        GlobalSecondaryIndexUpdates=[
            {"Update": {"IndexName": "by-g", "ProvisionedThroughput": units}}
        ],
    )
    return table


def test_throughput_is_changed_dated_and_counted(client, provisioned):
    wanted = {"ReadCapacityUnits": 7, "WriteCapacityUnits": 1}
    answer = update(client, provisioned, ProvisionedThroughput=wanted)
    assert answer["TableStatus"] == "UPDATING"
    assert answer["ProvisionedThroughput"]["ReadCapacityUnits"] == 5
    table = described(client, provisioned)
    assert table["TableStatus"] == "ACTIVE"
    throughput = table["ProvisionedThroughput"]
    assert {name: throughput[name] for name in wanted} == wanted
    assert throughput["NumberOfDecreasesToday"] == 1
    assert throughput["LastDecreaseDateTime"] == throughput["LastIncreaseDateTime"]
    with invalid() as caught:
        update(client, provisioned, ProvisionedThroughput=wanted)
    message = caught.value.response["Error"]["Message"]
    assert message.startswith("The provisioned throughput for the table will not change.")


def test_an_index_has_throughput_of_its_own(client, provisioned):
    def change(read, write):
        units = {"ReadCapacityUnits": read, "WriteCapacityUnits": write}
        action = {"Update": {"IndexName": "by-g", "ProvisionedThroughput": units}}
        return update(client, provisioned, GlobalSecondaryIndexUpdates=[action])

    answer = change(3, 4)
    assert answer["TableStatus"] == "ACTIVE"
    assert answer["GlobalSecondaryIndexes"][0]["IndexStatus"] == "UPDATING"
    throughput = settled(client, provisioned)["by-g"]["ProvisionedThroughput"]
    assert (throughput["ReadCapacityUnits"], throughput["WriteCapacityUnits"]) == (3, 4)
    with invalid() as caught:
        change(3, 4)
    assert "for the index by-g will not change" in caught.value.response["Error"]["Message"]


def test_a_table_is_paid_per_request_and_back(client, provisioned):
    update(client, provisioned, BillingMode="PAY_PER_REQUEST")
    table = described(client, provisioned)
    assert table["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert table["ProvisionedThroughput"]["ReadCapacityUnits"] == 0
    update(client, provisioned, BillingMode="PAY_PER_REQUEST")
    units = {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}
    with invalid(
        "One or more parameter values were invalid: ProvisionedThroughput must be specified for "
        "index: by-g"
    ):
        update(client, provisioned, BillingMode="PROVISIONED", ProvisionedThroughput=units)


def test_settings_are_kept_and_shown(client, table):
    for changes, shown in [
        ({"TableClass": "STANDARD_INFREQUENT_ACCESS"}, "TableClassSummary"),
        ({"DeletionProtectionEnabled": True}, "DeletionProtectionEnabled"),
        (
            {"StreamSpecification": {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}},
            "StreamSpecification",
        ),
        ({"SSESpecification": {"Enabled": True, "SSEType": "KMS"}}, "SSEDescription"),
        ({"OnDemandThroughput": {"MaxReadRequestUnits": 77}}, "OnDemandThroughput"),
        (
            {"WarmThroughput": {"ReadUnitsPerSecond": 15000, "WriteUnitsPerSecond": 5000}},
            "WarmThroughput",
        ),
    ]:
        update(client, table, **changes)
        assert described(client, table)[shown]
    table_now = described(client, table)
    assert table_now["TableClassSummary"]["TableClass"] == "STANDARD_INFREQUENT_ACCESS"
    assert table_now["OnDemandThroughput"] == {"MaxReadRequestUnits": 77}
    assert table_now["WarmThroughput"]["ReadUnitsPerSecond"] == 15000
    with invalid(
        "Resource cannot be deleted as it is currently protected against deletion. Disable "
        "deletion protection first."
    ):
        client.delete_table(TableName=table.name)
    update(client, table, DeletionProtectionEnabled=False)
    update(client, table, StreamSpecification={"StreamEnabled": False})
    assert "StreamSpecification" not in described(client, table)


def test_an_index_takes_in_what_fits_of_the_items_before_it(client, table):
    fitting = [{"p": f"fits {i}", "x": f"x{i % 3}", "y": i} for i in range(60)]
    others = [{"p": f"lacks {i}"} for i in range(20)]
    others += [{"p": "number", "x": 1}, {"p": "empty", "x": ""}, {"p": "long", "x": "x" * 2049}]
    with table.batch_writer() as batch:
        for item in fitting + others:
            batch.put_item(Item=item)
    answer = create_index(client, table, index("by-x", "x:S"))
    assert answer["TableStatus"] == "UPDATING"
    added = answer["GlobalSecondaryIndexes"][0]
    assert (added["IndexStatus"], added["Backfilling"]) == ("CREATING", False)

    active = settled(client, table)["by-x"]
    assert "Backfilling" not in active
    assert active["ItemCount"] == len(fitting)
    found = all_items(table.scan, IndexName="by-x")
    assert sorted(found, key=lambda item: item["y"]) == fitting
    with invalid(
        "One or more parameter values were invalid: Type mismatch for Index Key x Expected: S "
        "Actual: N IndexName: by-x"
    ):
        table.put_item(Item={"p": "late", "x": 2})
    table.update_item(
        Key={"p": "number"},
        UpdateExpression="SET x = :x",
        ExpressionAttributeValues={":x": "fits now"},
    )
    assert settled(client, table)["by-x"]["ItemCount"] == len(fitting) + 1


def test_an_index_of_several_attributes_is_backfilled(client, sorted_table):
    for i in range(10):
        sorted_table.put_item(Item={"p": "a", "c": str(i), "x": str(i % 2), "n": i, "z": "z"})
    create_index(client, sorted_table, index("many", "x:S p:S|n:N", include=["other"]))
    settled(client, sorted_table)
    page = sorted_table.query(
        IndexName="many",
        KeyConditionExpression="x = :x AND p = :p AND n > :n",
        ExpressionAttributeValues={":x": "1", ":p": "a", ":n": 4},
    )
    assert [item["n"] for item in page["Items"]] == [5, 7, 9]
    assert all("z" not in item for item in page["Items"])


def test_an_index_that_goes_leaves_nothing(client, tables):
    table = tables.create("p:S", gsis=[index("by-g", "g:S"), index("by-h", "h:S")])
    table.put_item(Item={"p": "a", "g": "b"})
    answer = delete_index(client, table, "by-g")
    assert answer["TableStatus"] == "UPDATING"
    statuses = {i["IndexName"]: i["IndexStatus"] for i in answer["GlobalSecondaryIndexes"]}
    assert statuses == {"by-g": "DELETING", "by-h": "ACTIVE"}
    assert set(settled(client, table)) == {"by-h"}
    attributes = described(client, table)["AttributeDefinitions"]
    assert [attribute["AttributeName"] for attribute in attributes] == ["h", "p"]
    with invalid("The table does not have the specified index: by-g"):
        table.scan(IndexName="by-g")
    table.put_item(Item={"p": "a", "g": 1})
    with refused(
        "ResourceNotFoundException",
        f"Requested resource not found: Index by-g for table {table.name}",
    ):
        delete_index(client, table, "by-g")


def test_twenty_indexes_are_the_most(client, tables):
    gsis = [index(f"index-{i}", "g:S") for i in range(20)]
    table = tables.create("p:S", gsis=gsis)
    with refused(
        "LimitExceededException",
        "Subscriber limit exceeded: Number of global secondary indexes exceeds per-table limit of "
        "20",
    ):
        create_index(client, table, index("one-more", "g:S"))


def test_an_index_of_a_provisioned_table_needs_units(client, provisioned):
    with invalid(
        "One or more parameter values were invalid: Both ReadCapacityUnits and WriteCapacityUnits "
        "must be specified for index: by-x"
    ):
        create_index(client, provisioned, index("by-x", "x:S"))
    units = {"ReadCapacityUnits": 1, "WriteCapacityUnits": 3}
    create_index(client, provisioned, index("by-x", "x:S"), ProvisionedThroughput=units)
    throughput = settled(client, provisioned)["by-x"]["ProvisionedThroughput"]
    assert {name: throughput[name] for name in units} == units


def test_a_missing_table_is_named(client):
    name = unique_name()
    with refused(
        "ResourceNotFoundException", f"Requested resource not found: Table: {name} not found"
    ):
        client.update_table(TableName=name, BillingMode="PAY_PER_REQUEST")


def test_indexes_come_and_go_while_items_are_written(client, table):
    """What an infrastructure tool does beside an application."""
    for i in range(200):
        table.put_item(Item={"p": str(i), "x": "before"})
    create_index(client, table, index("by-x", "x:S"))
    for i in range(100):
        table.put_item(Item={"p": str(i), "x": "during"})
        table.delete_item(Key={"p": str(199 - i)})
    settled(client, table)
    counts = {
        x: table.query(
            IndexName="by-x",
            KeyConditionExpression="x = :x",
            ExpressionAttributeValues={":x": x},
            Select="COUNT",
        )["Count"]
        for x in ["before", "during"]
    }
    assert counts == {"before": 0, "during": 100}
    while True:
        try:
            create_index(client, table, index("by-y", "y:S"))
            break
        except ClientError as error:  # An index that comes or goes has to be waited for.
            assert error.response["Error"]["Code"] == "LimitExceededException"
    assert set(settled(client, table)) == {"by-x", "by-y"}
