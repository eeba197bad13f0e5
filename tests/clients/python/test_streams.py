"""DynamoDB Streams: which changes become records, what records show, and how they are read."""

import datetime
import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from support.changes import all_records, describe, iterators, read, shards_of
from support.expect import invalid, refused
from support.tables import table_request, unique_name

VIEWS = ["KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES"]


class Streamed:
    """A table with a stream."""

    def __init__(self, dynamodb, view, keys="p:S c:S"):
        request = table_request(unique_name(), keys)
        stream = {"StreamEnabled": True, "StreamViewType": view}
        self.table = dynamodb.create_table(**request, StreamSpecification=stream)
        self.name = self.table.name
        self.arn = self.table.latest_stream_arn


@pytest.fixture
def streamed(dynamodb):
    made = []

    def create(view="NEW_AND_OLD_IMAGES", **more):
        made.append(Streamed(dynamodb, view, **more))
        return made[-1]

    yield create
    for one in made:
        try:
            one.table.delete()
        except dynamodb.meta.client.exceptions.ResourceNotFoundException:
            pass  # The test deleted it itself.


def key(c):
    return {"p": {"S": "a"}, "c": {"S": c}}


def item(c, **more):
    return key(c) | more


def seen(records):
    """What records say happened: event, key, old image, new image."""
    return [
        (r["eventName"], r["dynamodb"]["Keys"]["c"]["S"], r["dynamodb"].get("OldImage"), r["dynamodb"].get("NewImage"))
        for r in records
    ]


def test_a_table_shows_its_stream(client, streams, streamed):
    one = streamed("NEW_IMAGE")
    described = client.describe_table(TableName=one.name)["Table"]
    assert described["StreamSpecification"] == {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
    assert described["LatestStreamArn"] == one.arn
    label = described["LatestStreamLabel"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}", label)
    assert one.arn == f"{described['TableArn']}/stream/{label}"
    stream = describe(streams, one.arn)
    assert (stream["StreamStatus"], stream["StreamViewType"]) == ("ENABLED", "NEW_IMAGE")
    assert (stream["TableName"], stream["KeySchema"]) == (one.name, described["KeySchema"])


def test_streams_are_listed_in_pages(streams, streamed):
    arns = {streamed("KEYS_ONLY").arn for _ in range(3)}
    listed, start = [], {}
    while True:
        answer = streams.list_streams(Limit=1, **start)
        listed += [stream["StreamArn"] for stream in answer["Streams"]]
        if "LastEvaluatedStreamArn" not in answer:
            break
        assert answer["LastEvaluatedStreamArn"] == listed[-1]
        start = {"ExclusiveStartStreamArn": listed[-1]}
    assert arns <= set(listed) and len(listed) == len(set(listed))


def test_shards_cover_the_table_and_come_in_pages(streams, streamed):
    arn = streamed().arn
    shards = shards_of(streams, arn)
    ids = [shard["ShardId"] for shard in shards]
    assert ids == sorted(ids) and len(ids) == len(set(ids)) == 4
    assert all(28 <= len(id) <= 65 for id in ids)
    assert all("EndingSequenceNumber" not in shard["SequenceNumberRange"] for shard in shards)
    first = describe(streams, arn, Limit=3)
    assert first["LastEvaluatedShardId"] == ids[2]
    rest = describe(streams, arn, ExclusiveStartShardId=ids[2])
    assert [shard["ShardId"] for shard in rest["Shards"]] == ids[3:]
    assert "LastEvaluatedShardId" not in rest
    children = {"Type": "CHILD_SHARDS", "ShardId": ids[0]}
    assert describe(streams, arn, ShardFilter=children)["Shards"] == []


@pytest.mark.parametrize("view", VIEWS)
def test_records_have_the_images_of_the_view(client, streams, streamed, view):
    one = streamed(view)
    old, new = item("1", n={"N": "1"}), item("1", n={"N": "2"})
    client.put_item(TableName=one.name, Item=old)
    client.put_item(TableName=one.name, Item=new)
    client.delete_item(TableName=one.name, Key=key("1"))
    before = (lambda image: image) if view in ("OLD_IMAGE", "NEW_AND_OLD_IMAGES") else lambda _: None
    after = (lambda image: image) if view in ("NEW_IMAGE", "NEW_AND_OLD_IMAGES") else lambda _: None
    records = all_records(streams, one.arn)
    assert seen(records) == [
        ("INSERT", "1", None, after(old)),
        ("MODIFY", "1", before(old), after(new)),
        ("REMOVE", "1", before(new), None),
    ]
    assert {record["dynamodb"]["StreamViewType"] for record in records} == {view}


def test_a_record_tells_where_and_when(client, streams, streamed):
    one = streamed("NEW_AND_OLD_IMAGES")
    client.put_item(TableName=one.name, Item=item("1", text={"S": "four"}))
    (record,) = all_records(streams, one.arn)
    assert record["eventSource"] == "aws:dynamodb" and record["eventVersion"] == "1.1"
    assert record["awsRegion"] == "us-east-1" and "userIdentity" not in record
    assert re.fullmatch(r"[0-9a-f]{32}", record["eventID"])
    change = record["dynamodb"]
    # p and its value, c and its value, twice; text and its value.
    assert change["SizeBytes"] == 4 + 4 + 8
    assert re.fullmatch(r"\d{21,40}", change["SequenceNumber"])
    age = datetime.datetime.now(datetime.UTC) - change["ApproximateCreationDateTime"]
    assert abs(age) < datetime.timedelta(minutes=1)


def test_what_changes_nothing_leaves_no_record(client, streams, streamed):
    one = streamed()
    name = one.name
    client.put_item(TableName=name, Item=item("1"))
    client.put_item(TableName=name, Item=item("1"))
    client.delete_item(TableName=name, Key=key("2"))
    client.update_item(TableName=name, Key=key("3"), UpdateExpression="REMOVE n")
    client.update_item(TableName=name, Key=key("1"))
    with refused("ConditionalCheckFailedException"):
        client.put_item(
            TableName=name, Item=item("1", n={"N": "1"}), ConditionExpression="attribute_not_exists(p)"
        )
    assert seen(all_records(streams, one.arn)) == [("INSERT", "1", None, item("1"))]


def test_updates_batches_and_transactions_leave_a_record_per_item(client, streams, streamed):
    one = streamed()
    name = one.name
    client.update_item(
        TableName=name,
        Key=key("1"),
        UpdateExpression="SET n = :n",
        ExpressionAttributeValues={":n": {"N": "1"}},
    )
    put = {"PutRequest": {"Item": item("2")}}
    client.batch_write_item(RequestItems={name: [put, {"DeleteRequest": {"Key": key("1")}}]})
    client.transact_write_items(
        TransactItems=[
            {"Put": {"TableName": name, "Item": item("3")}},
            {"Delete": {"TableName": name, "Key": key("2")}},
            {"ConditionCheck": {"TableName": name, "Key": key("9"), "ConditionExpression": "attribute_not_exists(p)"}},
        ]
    )
    assert sorted(seen(all_records(streams, one.arn)), key=str) == sorted(
        [
            ("INSERT", "1", None, item("1", n={"N": "1"})),
            ("REMOVE", "1", item("1", n={"N": "1"}), None),
            ("INSERT", "2", None, item("2")),
            ("REMOVE", "2", item("2"), None),
            ("INSERT", "3", None, item("3")),
        ],
        key=str,
    )


def test_every_change_is_in_the_stream_once_and_in_order(client, streams, streamed):
    one = streamed("NEW_IMAGE", keys="p:S")
    rounds = 25

    def count_up(p):
        for _ in range(rounds):
            client.update_item(
                TableName=one.name,
                Key={"p": {"S": p}},
                UpdateExpression="ADD n :one",
                ExpressionAttributeValues={":one": {"N": "1"}},
            )

    keys = [str(number) for number in range(16)] + ["0"]
    with ThreadPoolExecutor(len(keys)) as pool:
        list(pool.map(count_up, keys))
    counted, shards = {}, 0
    for iterator in iterators(streams, one.arn):
        records, _ = read(streams, iterator, Limit=7)
        numbers = [record["dynamodb"]["SequenceNumber"] for record in records]
        assert numbers == sorted(set(numbers))
        shards += bool(records)
        for record in records:
            image = record["dynamodb"]["NewImage"]
            assert record["dynamodb"]["Keys"] == {"p": image["p"]}
            counted.setdefault(image["p"]["S"], []).append(int(image["n"]["N"]))
    assert shards > 1
    expected = {p: list(range(1, rounds * keys.count(p) + 1)) for p in set(keys)}
    assert counted == expected


def test_iterators_begin_where_they_say(client, streams, streamed):
    one = streamed("KEYS_ONLY")
    for c in "123":
        client.put_item(TableName=one.name, Item=item(c))
    shard, records = next(
        (shard, records)
        for shard, iterator in zip(shards_of(streams, one.arn), iterators(streams, one.arn))
        if (records := read(streams, iterator)[0])
    )
    numbers = [record["dynamodb"]["SequenceNumber"] for record in records]

    def at(**place):
        iterator = streams.get_shard_iterator(StreamArn=one.arn, ShardId=shard["ShardId"], **place)
        found, _ = read(streams, iterator["ShardIterator"])
        return [record["dynamodb"]["SequenceNumber"] for record in found]

    assert at(ShardIteratorType="TRIM_HORIZON") == numbers
    assert at(ShardIteratorType="AT_SEQUENCE_NUMBER", SequenceNumber=numbers[1]) == numbers[1:]
    assert at(ShardIteratorType="AFTER_SEQUENCE_NUMBER", SequenceNumber=numbers[1]) == numbers[2:]
    start = shard["SequenceNumberRange"]["StartingSequenceNumber"]
    assert at(ShardIteratorType="AT_SEQUENCE_NUMBER", SequenceNumber=start) == numbers
    assert at(ShardIteratorType="LATEST") == []


def test_latest_sees_what_comes_after_it(client, streams, streamed):
    one = streamed("KEYS_ONLY")
    client.put_item(TableName=one.name, Item=item("before"))
    waiting = iterators(streams, one.arn, "LATEST")
    client.put_item(TableName=one.name, Item=item("after"))
    found = [record for iterator in waiting for record in read(streams, iterator)[0]]
    assert [record["dynamodb"]["Keys"]["c"]["S"] for record in found] == ["after"]


def test_a_stream_can_be_switched_off_and_on_and_the_old_one_read(client, streams, streamed):
    one = streamed("KEYS_ONLY")
    name, table = one.name, one.table
    client.put_item(TableName=name, Item=item("1"))
    with invalid(re.compile("already has an enabled stream")):
        table.update(StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"})
    table.update(StreamSpecification={"StreamEnabled": False})
    client.put_item(TableName=name, Item=item("2"))
    assert describe(streams, one.arn)["StreamStatus"] == "DISABLED"
    assert all("EndingSequenceNumber" in shard["SequenceNumberRange"] for shard in shards_of(streams, one.arn))
    with invalid(re.compile("has no stream to disable")):
        table.update(StreamSpecification={"StreamEnabled": False})

    table.update(StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"})
    client.put_item(TableName=name, Item=item("3"))
    table.reload()
    assert table.latest_stream_arn != one.arn
    assert seen(all_records(streams, one.arn)) == [("INSERT", "1", None, None)]
    assert seen(all_records(streams, table.latest_stream_arn)) == [("INSERT", "3", None, item("3"))]
    listed = streams.list_streams(TableName=name)["Streams"]
    assert [stream["StreamArn"] for stream in listed] == [one.arn, table.latest_stream_arn]


def test_the_stream_of_a_deleted_table_can_be_read_to_its_end(client, streams, streamed):
    one = streamed()
    client.put_item(TableName=one.name, Item=item("1"))
    waiting = iterators(streams, one.arn)
    client.delete_table(TableName=one.name)
    assert describe(streams, one.arn)["StreamStatus"] == "DISABLED"
    ends = [read(streams, iterator) for iterator in waiting]
    assert [end for _, end in ends] == [None] * len(waiting)
    assert seen([record for records, _ in ends for record in records]) == [
        ("INSERT", "1", None, item("1"))
    ]


def test_requests_that_make_no_sense_are_refused(streams, streamed):
    arn = streamed().arn
    shard = shards_of(streams, arn)[0]["ShardId"]
    other = arn[:-3] + "xyz"
    with refused("ResourceNotFoundException", f"Requested resource not found: Stream: {other} not found"):
        streams.describe_stream(StreamArn=other)
    with refused("ResourceNotFoundException"):
        streams.get_shard_iterator(
            StreamArn=arn, ShardId="shardId-" + "9" * 30, ShardIteratorType="LATEST"
        )
    with invalid("Invalid StreamArn"):
        streams.describe_stream(StreamArn="x" * 40)
    for place in [
        {"ShardIteratorType": "AT_SEQUENCE_NUMBER"},
        {"ShardIteratorType": "LATEST", "SequenceNumber": "1" * 21},
        {"ShardIteratorType": "sideways"},
    ]:
        with invalid():
            streams.get_shard_iterator(StreamArn=arn, ShardId=shard, **place)
    with invalid("Invalid ShardIterator"):
        streams.get_records(ShardIterator="nowhere")
    with invalid(re.compile("'limit' failed to satisfy constraint")):
        streams.get_records(ShardIterator="nowhere", Limit=1001)
