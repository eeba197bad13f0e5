"""Scan: pages, filters, parallel segments."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from boto3.dynamodb.conditions import Attr

from support.expect import all_items, invalid, pages


@pytest.fixture
def filled(tables):
    """A hundred partitions, p = 0 to 99."""
    table = tables.create("p:N")
    with table.batch_writer() as batch:
        for p in range(100):
            batch.put_item({"p": p, "group": p % 4})
    return table


def keys(items):
    return sorted(int(item["p"]) for item in items)


@pytest.mark.parametrize("limit", [1, 7, 100, 1000])
def test_pages_cover_the_table_once(filled, limit):
    assert keys(all_items(filled.scan, Limit=limit)) == list(range(100))


def test_a_scan_repeats_its_order(filled):
    assert all_items(filled.scan) == all_items(filled.scan, Limit=13)


@pytest.mark.parametrize("segments", [1, 2, 3, 7, 16])
def test_segments_partition_the_table(filled, segments):
    def read(segment):
        return all_items(filled.scan, Segment=segment, TotalSegments=segments, Limit=9)

    with ThreadPoolExecutor(4) as threads:
        parts = list(threads.map(read, range(segments)))
    assert keys(item for part in parts for item in part) == list(range(100))


def test_more_segments_than_items(filled):
    found = [
        item
        for segment in range(250)
        for item in filled.scan(Segment=segment, TotalSegments=250)["Items"]
    ]
    assert keys(found) == list(range(100))


def test_a_filter_reduces_count_but_not_scanned_count(filled):
    answer = filled.scan(FilterExpression=Attr("group").eq(3), ConsistentRead=True)
    assert (answer["Count"], answer["ScannedCount"]) == (25, 100)
    assert keys(answer["Items"]) == list(range(3, 100, 4))


def test_a_filter_may_name_key_attributes(filled):
    assert keys(filled.scan(FilterExpression=Attr("p").lt(3))["Items"]) == [0, 1, 2]


def test_a_page_can_be_empty_and_still_continue(filled):
    page = next(pages(filled.scan, FilterExpression=Attr("group").eq(99), Limit=10))
    assert (page["Count"], page["ScannedCount"]) == (0, 10)
    assert set(page["LastEvaluatedKey"]) == {"p"}


def test_pages_end_at_one_megabyte(table):
    for p in range(8):
        table.put_item(Item={"p": str(p), "v": "a" * 300_000})
    sizes = [page["Count"] for page in pages(table.scan)]
    assert sum(sizes) == 8
    # Three items stay below the megabyte, the fourth crosses it.
    assert max(sizes) in (3, 4)


@pytest.mark.parametrize(
    "arguments, message",
    [
        (
            {"Segment": 0},
            "The TotalSegments parameter is required but was not present in the request when "
            "Segment parameter is present",
        ),
        (
            {"TotalSegments": 2},
            "The Segment parameter is required but was not present in the request when parameter "
            "TotalSegments is present",
        ),
        (
            {"Segment": 2, "TotalSegments": 2},
            "The Segment parameter is zero-based and must be less than parameter TotalSegments: "
            "Segment: 2 is not less than TotalSegments: 2",
        ),
    ],
)
def test_segment_arguments_belong_together(filled, arguments, message):
    with invalid(message):
        filled.scan(**arguments)


def test_total_segments_end_at_a_million(unchecked, filled):
    with invalid(
        "1 validation error detected: Value '1000001' at 'totalSegments' failed to satisfy "
        "constraint: Member must have value less than or equal to 1000000"
    ):
        unchecked.scan(TableName=filled.name, Segment=0, TotalSegments=1_000_001)


def test_select_count_and_specific_attributes(filled):
    assert filled.scan(Select="COUNT")["Count"] == 100
    projected = filled.scan(ProjectionExpression="#g", ExpressionAttributeNames={"#g": "group"})
    assert all(set(item) == {"group"} for item in projected["Items"])
    with invalid("Cannot specify the ProjectionExpression when choosing to get ALL_ATTRIBUTES"):
        filled.scan(Select="ALL_ATTRIBUTES", ProjectionExpression="p")
