"""Tags, time to live, limits and the state of backups."""

import pytest

from support.connection import connect
from support.expect import invalid, refused
from support.tables import index


def tags_of(client, arn):
    tags = client.list_tags_of_resource(ResourceArn=arn)["Tags"]
    return {tag["Key"]: tag["Value"] for tag in tags}


def as_tags(tags):
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def test_tags_are_added_replaced_and_removed(client, table):
    arn = table.table_arn
    assert tags_of(client, arn) == {}
    client.tag_resource(ResourceArn=arn, Tags=as_tags({"a": "1", "b": "", " ": "3"}))
    client.tag_resource(ResourceArn=arn, Tags=as_tags({"b": "2", "ключ": "表"}))
    assert tags_of(client, arn) == {"a": "1", "b": "2", " ": "3", "ключ": "表"}
    client.untag_resource(ResourceArn=arn, TagKeys=["a", " ", "nobody"])
    assert tags_of(client, arn) == {"b": "2", "ключ": "表"}


def test_a_table_has_at_most_fifty_tags(client, table):
    arn = table.table_arn
    client.tag_resource(ResourceArn=arn, Tags=as_tags({str(i): "" for i in range(50)}))
    with invalid("Number of Tags exceed the current limit for the provided ResourceArn"):
        client.tag_resource(ResourceArn=arn, Tags=as_tags({"one more": ""}))
    assert len(tags_of(client, arn)) == 50


@pytest.mark.parametrize(
    ("tags", "message"),
    [
        ([], "Atleast one Tag needs to be provided as Input."),
        (as_tags({"x" * 129: ""}), "The Tag Key provided is invalid, Key: " + "x" * 129),
        (as_tags({"k": "x" * 257}), "The Tag Value provided is invalid, Value: " + "x" * 257),
        (as_tags({"aws:k": ""}), "Tag Key cannot be prefixed with aws:, Key: aws:k"),
        ([{"Key": "k"}], "The Tag Value provided is invalid, Value: null"),
    ],
)
def test_malformed_tags_are_refused(unchecked, table, tags, message):
    with invalid(message):
        unchecked.tag_resource(ResourceArn=table.table_arn, Tags=tags)
    assert tags_of(unchecked, table.table_arn) == {}


def test_an_index_has_no_tags(client, tables):
    table = tables.create("p:S", gsis=[index("by-g", "g:S")])
    arn = table.table_arn + "/index/by-g"
    with invalid(
        "One or more parameter values were invalid: Invalid resource arn provided, only table or "
        f"stream is accepted. Provided resource arn: {arn}"
    ):
        client.list_tags_of_resource(ResourceArn=arn)


def test_a_missing_table_has_no_tags(client, table):
    arn = table.table_arn + "x"
    message = f"Requested resource not found: ResourceArn: {arn} not found"
    with refused("ResourceNotFoundException", message):
        client.list_tags_of_resource(ResourceArn=arn)


def test_time_to_live_is_set_and_shown(client, table):
    setting = {"AttributeName": "expires", "Enabled": True}
    update = {"TableName": table.name, "TimeToLiveSpecification": setting}
    assert client.update_time_to_live(**update)["TimeToLiveSpecification"] == setting
    described = client.describe_time_to_live(TableName=table.name)["TimeToLiveDescription"]
    assert described["AttributeName"] == "expires"
    assert described["TimeToLiveStatus"] in ("ENABLING", "ENABLED")
    with invalid("TimeToLive is already enabled"):
        client.update_time_to_live(**update)
    update["TimeToLiveSpecification"] = setting | {"Enabled": False}
    with invalid("Time to live has been modified multiple times within a fixed interval"):
        client.update_time_to_live(**update)


def test_limits_are_those_of_a_new_account(client):
    limits = client.describe_limits()
    assert limits["AccountMaxReadCapacityUnits"] == limits["AccountMaxWriteCapacityUnits"] == 80000
    assert limits["TableMaxReadCapacityUnits"] == limits["TableMaxWriteCapacityUnits"] == 40000


def test_backups_are_enabled_and_point_in_time_recovery_is_not(client, table):
    answer = client.describe_continuous_backups(TableName=table.name)
    assert answer["ContinuousBackupsDescription"] == {
        "ContinuousBackupsStatus": "ENABLED",
        "PointInTimeRecoveryDescription": {"PointInTimeRecoveryStatus": "DISABLED"},
    }
    missing = table.name + "x"
    with refused("TableNotFoundException", f"Table not found: {missing}"):
        client.describe_continuous_backups(TableName=missing)


def test_the_one_endpoint_is_the_one_that_was_asked(client):
    (endpoint,) = client.describe_endpoints()["Endpoints"]
    assert client.meta.endpoint_url.endswith("//" + endpoint["Address"])
    assert endpoint["CachePeriodInMinutes"] == 1440


@pytest.mark.parametrize(
    "elsewhere", [{"region": "eu-west-1"}, {"access_key_id": "123456789012"}], ids=["region", "account"]
)
def test_regions_and_accounts_have_tables_of_their_own(client, table, elsewhere):
    other = connect(**elsewhere).client
    assert table.name not in other.list_tables()["TableNames"]
    with refused("ResourceNotFoundException", "Requested resource not found"):
        other.get_item(TableName=table.name, Key={"p": {"S": "a"}})
    namesake = {
        "TableName": table.name,
        "KeySchema": [{"AttributeName": "p", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "p", "AttributeType": "S"}],
        "BillingMode": "PAY_PER_REQUEST",
    }
    arn = other.create_table(**namesake)["TableDescription"]["TableArn"]
    region = elsewhere.get("region", "us-east-1")
    account = elsewhere.get("access_key_id", "000000000000")
    assert arn == f"arn:aws:dynamodb:{region}:{account}:table/{table.name}"
    other.put_item(TableName=table.name, Item={"p": {"S": "a"}})
    other.delete_table(TableName=table.name)
    assert client.describe_table(TableName=table.name)["Table"]["ItemCount"] == 0
