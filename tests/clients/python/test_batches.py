"""BatchGetItem and BatchWriteItem: several tables, limits, unprocessed remainders."""

import re

import pytest

from support.expect import invalid, refused


def put(p, **more):
    return {"PutRequest": {"Item": {"p": p, **more}}}


def test_writes_and_deletes_across_tables(dynamodb, tables):
    first, second = tables.create("p:S"), tables.create("p:S")
    first.put_item(Item={"p": "old"})
    answer = dynamodb.batch_write_item(
        RequestItems={
            first.name: [put("a", v=1), {"DeleteRequest": {"Key": {"p": "old"}}}],
            second.name: [put("a", v=2), {"DeleteRequest": {"Key": {"p": "absent"}}}],
        }
    )
    assert answer["UnprocessedItems"] == {}
    assert first.scan()["Items"] == [{"p": "a", "v": 1}]
    assert second.scan()["Items"] == [{"p": "a", "v": 2}]


def test_gets_across_tables_leave_out_what_is_absent(dynamodb, tables):
    first, second = tables.create("p:S"), tables.create("p:S c:N")
    first.put_item(Item={"p": "x", "v": 1, "w": 2})
    second.put_item(Item={"p": "x", "c": 1})
    answer = dynamodb.batch_get_item(
        RequestItems={
            first.name: {"Keys": [{"p": "x"}, {"p": "absent"}], "ProjectionExpression": "v"},
            second.name: {"Keys": [{"p": "x", "c": 1}], "ConsistentRead": True},
        }
    )
    assert answer["Responses"] == {first.name: [{"v": 1}], second.name: [{"p": "x", "c": 1}]}
    assert answer["UnprocessedKeys"] == {}


def test_a_hundred_keys_are_read_at_once(dynamodb, table):
    with table.batch_writer() as batch:
        for i in range(100):
            batch.put_item({"p": str(i)})
    answer = dynamodb.batch_get_item(
        RequestItems={table.name: {"Keys": [{"p": str(i)} for i in range(100)]}}
    )
    assert {item["p"] for item in answer["Responses"][table.name]} == set(map(str, range(100)))


def test_a_read_beyond_16_megabytes_leaves_unprocessed_keys(dynamodb, table):
    keys = [{"p": f"{i:02}"} for i in range(50)]
    for key in keys:
        table.put_item(Item={**key, "v": "a" * 400_000})
    seen, request, rounds = [], {table.name: {"Keys": keys, "ConsistentRead": True}}, 0
    while request:
        answer = dynamodb.batch_get_item(RequestItems=request)
        got = answer["Responses"].get(table.name, [])
        assert got, "every round makes progress"
        assert len(got) * 400_000 <= 16 * 1024 * 1024 + 400_000
        seen += [item["p"] for item in got]
        request = answer["UnprocessedKeys"]
        assert all(rest["ConsistentRead"] for rest in request.values())
        rounds += 1
    assert sorted(seen) == [key["p"] for key in keys]
    assert rounds > 1


def test_a_batch_write_takes_25_requests(dynamodb, unchecked, table):
    dynamodb.batch_write_item(RequestItems={table.name: [put(str(i)) for i in range(25)]})
    assert table.scan()["Count"] == 25
    many = [{"PutRequest": {"Item": {"p": {"S": str(i)}}}} for i in range(26)]
    with invalid(re.compile("Member must have length less than or equal to 25|Too many items")):
        unchecked.batch_write_item(RequestItems={table.name: many})


def test_a_batch_get_takes_100_keys(unchecked, table):
    many = [{"p": {"S": str(i)}} for i in range(101)]
    with invalid(re.compile("Member must have length less than or equal to 100|Too many items")):
        unchecked.batch_get_item(RequestItems={table.name: {"Keys": many}})


def test_a_key_appears_once_in_a_batch(dynamodb, table):
    with invalid("Provided list of item keys contains duplicates"):
        dynamodb.batch_write_item(
            RequestItems={table.name: [put("x"), {"DeleteRequest": {"Key": {"p": "x"}}}]}
        )
    with invalid("Provided list of item keys contains duplicates"):
        dynamodb.batch_get_item(RequestItems={table.name: {"Keys": [{"p": "x"}, {"p": "x"}]}})


@pytest.mark.parametrize("requests", [{}, {"some-table": []}])
def test_an_empty_batch_is_refused(unchecked, requests):
    with invalid():
        unchecked.batch_write_item(RequestItems=requests)


def test_one_malformed_item_refuses_the_whole_batch(dynamodb, table):
    with invalid("The provided key element does not match the schema"):
        dynamodb.batch_write_item(
            RequestItems={table.name: [put("good"), {"DeleteRequest": {"Key": {"wrong": "x"}}}]}
        )
    assert table.scan()["Count"] == 0


def test_a_batch_on_a_missing_table(dynamodb, table):
    with refused("ResourceNotFoundException", "Requested resource not found"):
        dynamodb.batch_write_item(
            RequestItems={table.name: [put("x")], "no-such-table-anywhere": [put("x")]}
        )
    assert table.scan()["Count"] == 0
