"""Keeps every version of every page, until the stream ends. Any number may run at a time.

    python consumer.py STREAM_ARN        with the server at STATOR_ENDPOINT

The same as consumer.js, with the same rows: either goes on where the other was stopped.
"""

import json
import os
import sys
import time
from datetime import UTC

import boto3

HISTORY = "pages-history"
# 100 actions fit into a transaction: versions, and the place.
RECORDS_MAX = 99
# Sequence numbers have 21 to 40 digits: of equal length they sort as text.
SEQUENCE_DIGITS = 40
PAUSE_SECONDS = 0.05

settings = {
    "endpoint_url": os.environ["STATOR_ENDPOINT"],
    "region_name": os.environ.get("AWS_REGION", "us-east-1"),
    "aws_access_key_id": "any",
    "aws_secret_access_key": "any",
}
dynamodb = boto3.client("dynamodb", **settings)
streams = boto3.client("dynamodbstreams", **settings)


def follow(stream):
    """Reads every shard to its end, parents before their children, until the stream has ended."""
    readers = {}
    while True:
        shards, ended = describe(stream)
        for shard in shards.values():
            if shard["ShardId"] not in readers and may_begin(stream, shard, shards):
                readers[shard["ShardId"]] = read_shard(stream, shard["ShardId"])
        # Each reader takes a step: a page of records, or none.
        steps = [next(reader, None) for reader in readers.values()]
        reading = [step for step in steps if step is not None]
        if ended and not reading and shards.keys() <= readers.keys():
            return
        if not any(reading):
            time.sleep(PAUSE_SECONDS)


def describe(stream):
    """All shards by their ids, and whether there will be no more."""
    shards, start = {}, {}
    while True:
        page = streams.describe_stream(StreamArn=stream, **start)["StreamDescription"]
        shards |= {shard["ShardId"]: shard for shard in page["Shards"]}
        if "LastEvaluatedShardId" not in page:
            return shards, page["StreamStatus"] == "DISABLED"
        start = {"ExclusiveStartShardId": page["LastEvaluatedShardId"]}


def may_begin(stream, shard, shards):
    """Whether the shard's parent has been read to its end, or is no longer kept."""
    parent = shard.get("ParentShardId")
    return parent not in shards or place(stream, parent).get("done", {}).get("BOOL", False)


def read_shard(stream, shard):
    """Reads a shard from its place to its end; yields how many versions each step has kept."""
    while True:
        at = place(stream, shard)
        if at.get("done", {}).get("BOOL"):
            return
        yield from read_from(stream, shard, at.get("sequence", {}).get("S"))


def read_from(stream, shard, after):
    """Reads on from a place until the shard ends, or until the place is no longer ours."""
    begin = {"ShardIteratorType": "TRIM_HORIZON"}
    if after:
        begin = {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": after}
    answer = streams.get_shard_iterator(StreamArn=stream, ShardId=shard, **begin)
    iterator = answer["ShardIterator"]
    while iterator:
        page = streams.get_records(ShardIterator=iterator, Limit=RECORDS_MAX)
        records, iterator = page["Records"], page.get("NextShardIterator")
        if records or not iterator:
            if not take(stream, shard, records, after, done=not iterator):
                return
            if records:
                after = records[-1]["dynamodb"]["SequenceNumber"]
        yield len(records)


def place(stream, shard):
    """How far a shard has been kept."""
    key = place_key(stream, shard)
    return dynamodb.get_item(TableName=HISTORY, Key=key, ConsistentRead=True).get("Item", {})


def place_key(stream, shard):
    return {"pk": {"S": stream}, "sk": {"S": shard}}


def take(stream, shard, records, after, *, done):
    """Writes the versions and the place behind them at once, unless the place is not `after`."""
    puts = [put(version_of(record), "attribute_not_exists(pk)") for record in records]
    sequence = records[-1]["dynamodb"]["SequenceNumber"] if records else after
    new_place = place_key(stream, shard) | {"done": {"BOOL": done}}
    if sequence:
        new_place["sequence"] = {"S": sequence}
    if after:
        move = put(
            new_place,
            "#sequence = :after AND done = :no",
            ExpressionAttributeNames={"#sequence": "sequence"},
            ExpressionAttributeValues={":after": {"S": after}, ":no": {"BOOL": False}},
        )
    else:
        move = put(new_place, "attribute_not_exists(pk)")
    try:
        dynamodb.transact_write_items(TransactItems=[move, *puts])
    except dynamodb.exceptions.TransactionCanceledException as error:
        codes = [reason["Code"] for reason in error.response["CancellationReasons"]]
        if codes[0] == "ConditionalCheckFailed" or "TransactionConflict" in codes:
            return False
        raise
    print(f"{len(puts)} versions", flush=True)
    return True


def put(item, condition, **values):
    return {"Put": {"TableName": HISTORY, "Item": item, "ConditionExpression": condition, **values}}


def version_of(record):
    """The version that a record tells of; without an image if it is a deletion."""
    change = record["dynamodb"]
    sequence = change["SequenceNumber"].zfill(SEQUENCE_DIGITS)
    created = change["ApproximateCreationDateTime"].astimezone(UTC)
    second = created.strftime("%Y-%m-%dT%H:%M:%SZ")
    key = {name: change["Keys"][name] for name in ("wiki", "title")}
    version = {
        "pk": {"S": json.dumps(key, separators=(",", ":"), ensure_ascii=False)},
        "sk": {"S": sequence},
        "moment": {"S": f"{second}#{sequence}"},
        "event": {"S": record["eventName"]},
    }
    if "NewImage" in change:
        version["image"] = {"M": change["NewImage"]}
    return version


follow(sys.argv[1])
