"""Query on tables: key conditions, order, pages, filters, projections, refusals."""

import re

import pytest
from boto3.dynamodb.conditions import Attr, Key

from support.expect import all_items, invalid, pages


@pytest.fixture
def numbered(tables):
    """Twenty items of partition "x", sort keys 0 to 19, and a neighbour on either side."""
    table = tables.create("p:S c:N")
    with table.batch_writer() as batch:
        for c in range(20):
            batch.put_item({"p": "x", "c": c, "even": c % 2 == 0})
        batch.put_item({"p": "w", "c": 5})
        batch.put_item({"p": "y", "c": 5})
    return table


def sort_keys(answer):
    return [int(item["c"]) for item in answer["Items"]]


@pytest.mark.parametrize(
    "condition, expected",
    [
        (Key("c").eq(7), [7]),
        (Key("c").lt(3), [0, 1, 2]),
        (Key("c").lte(3), [0, 1, 2, 3]),
        (Key("c").gt(17), [18, 19]),
        (Key("c").gte(17), [17, 18, 19]),
        (Key("c").between(4, 6), [4, 5, 6]),
        (Key("c").between(30, 40), []),
    ],
)
def test_sort_key_conditions(numbered, condition, expected):
    query = {"KeyConditionExpression": Key("p").eq("x") & condition}
    assert sort_keys(numbered.query(**query)) == expected
    assert sort_keys(numbered.query(ScanIndexForward=False, **query)) == expected[::-1]


@pytest.mark.parametrize(
    "expression",
    ["p = :p AND c < :c", "c < :c AND p = :p", ":p = p AND :c > c", "(p = :p) AND (c < :c)"],
)
def test_either_side_and_either_order_of_a_key_condition(numbered, expression):
    answer = numbered.query(
        KeyConditionExpression=expression, ExpressionAttributeValues={":p": "x", ":c": 2}
    )
    assert sort_keys(answer) == [0, 1]


def test_begins_with_on_strings_and_binaries(tables):
    strings, binaries = tables.create("p:S c:S"), tables.create("p:S c:B")
    for c in ["a", "ab", "abc", "b", "a\uffff"]:
        strings.put_item(Item={"p": "x", "c": c})
    for c in [b"\xff", b"\xff\xff", b"\xff\x00", b"\xfe"]:
        binaries.put_item(Item={"p": "x", "c": c})

    def found(table, prefix):
        condition = Key("p").eq("x") & Key("c").begins_with(prefix)
        return [item["c"] for item in table.query(KeyConditionExpression=condition)["Items"]]

    assert found(strings, "ab") == ["ab", "abc"]
    assert found(strings, "a") == ["a", "ab", "abc", "a\uffff"]
    assert found(binaries, b"\xff") == [b"\xff", b"\xff\x00", b"\xff\xff"]


@pytest.mark.parametrize("forward", [True, False])
@pytest.mark.parametrize("limit", [1, 3, 7, 20])
def test_pages_cover_the_partition_in_order(numbered, forward, limit):
    seen = []
    for page in pages(
        numbered.query,
        KeyConditionExpression=Key("p").eq("x"),
        ScanIndexForward=forward,
        Limit=limit,
    ):
        assert page["Count"] <= limit
        if "LastEvaluatedKey" in page:
            assert page["Count"] == limit
            assert page["LastEvaluatedKey"] == {"p": "x", "c": page["Items"][-1]["c"]}
        seen += sort_keys(page)
    assert seen == list(range(20))[:: 1 if forward else -1]


@pytest.mark.parametrize("start, expected", [(-3, [0, 1]), (4, [5, 6]), (18, [19]), (99, [])])
def test_a_start_key_need_not_exist(numbered, start, expected):
    answer = numbered.query(
        KeyConditionExpression=Key("p").eq("x"), ExclusiveStartKey={"p": "x", "c": start}, Limit=2
    )
    assert sort_keys(answer) == expected


def test_limit_counts_items_before_the_filter(numbered):
    answer = numbered.query(
        KeyConditionExpression=Key("p").eq("x"), FilterExpression=Attr("even").eq(True), Limit=5
    )
    assert sort_keys(answer) == [0, 2, 4]
    assert (answer["Count"], answer["ScannedCount"]) == (3, 5)
    assert answer["LastEvaluatedKey"]["c"] == 4


def test_select_count_answers_numbers_only(numbered):
    answer = numbered.query(
        KeyConditionExpression=Key("p").eq("x"),
        FilterExpression=Attr("even").eq(True),
        Select="COUNT",
    )
    assert (answer["Count"], answer["ScannedCount"]) == (10, 20)
    assert "Items" not in answer


def test_projection_applies_after_the_filter(numbered):
    answer = numbered.query(
        KeyConditionExpression=Key("p").eq("x") & Key("c").lt(4),
        FilterExpression=Attr("even").eq(True),
        ProjectionExpression="c",
    )
    assert answer["Items"] == [{"c": 0}, {"c": 2}]


def test_a_page_ends_at_one_megabyte(sorted_table):
    # Ten items of 200 KB: five stay below the megabyte, the sixth crosses it.
    for c in range(10):
        sorted_table.put_item(Item={"p": "x", "c": str(c), "v": "a" * 200_000})
    sizes = [
        page["Count"] for page in pages(sorted_table.query, KeyConditionExpression=Key("p").eq("x"))
    ]
    assert sum(sizes) == 10
    assert all(5 <= size <= 6 for size in sizes if size)
    assert len(all_items(sorted_table.query, KeyConditionExpression=Key("p").eq("x"))) == 10


def test_an_empty_partition_answers_nothing(numbered):
    answer = numbered.query(KeyConditionExpression=Key("p").eq("nobody"))
    assert (answer["Items"], answer["Count"], answer["ScannedCount"]) == ([], 0, 0)
    assert "LastEvaluatedKey" not in answer


REFUSED = [
    ("c = :c", {":c": 1}, "Query condition missed key schema element: p"),
    ("p > :p", {":p": "x"}, "Query key condition not supported"),
    ("p = :p AND v = :v", {":p": "x", ":v": 1}, "Query condition missed key schema element: c"),
    (
        "p = :p OR c = :c",
        {":p": "x", ":c": 1},
        "Invalid operator used in KeyConditionExpression: OR",
    ),
    (
        "p = :p AND c <> :c",
        {":p": "x", ":c": 1},
        "Invalid operator used in KeyConditionExpression: <>",
    ),
    (
        "p = :p AND c > :a AND c < :b",
        {":p": "x", ":a": 1, ":b": 2},
        re.compile("KeyConditionExpressions must only contain one condition per key$"),
    ),
    (
        "p = :p AND c = :c",
        {":p": "x", ":c": "text"},
        "One or more parameter values were invalid: Condition parameter type does not match "
        "schema type",
    ),
    (
        "p = :p AND contains(c, :c)",
        {":p": "x", ":c": 1},
        "Invalid operator used in KeyConditionExpression: contains",
    ),
    (
        "p = :p AND c BETWEEN :a AND :b",
        {":p": "x", ":a": 2, ":b": 1},
        "Invalid KeyConditionExpression: The BETWEEN operator requires upper bound to be greater "
        "than or equal to lower bound; lower bound operand: AttributeValue: {N:2}, upper bound "
        "operand: AttributeValue: {N:1}",
    ),
    (
        "p = :p AND #v = :p",
        {":p": "x"},
        "Invalid KeyConditionExpression: An expression attribute name used in the document path "
        "is not defined; attribute name: #v",
    ),
]


@pytest.mark.parametrize("expression, values, message", REFUSED)
def test_what_is_no_key_condition_is_refused(numbered, expression, values, message):
    with invalid(message):
        numbered.query(KeyConditionExpression=expression, ExpressionAttributeValues=values)


def test_a_query_needs_a_key_condition(numbered):
    with invalid(
        "Either the KeyConditions or KeyConditionExpression parameter must be specified in the "
        "request."
    ):
        numbered.query()


def test_a_filter_cannot_name_key_attributes(numbered):
    with invalid(
        "Filter Expression can only contain non-primary key attributes: Primary key attribute: c"
    ):
        numbered.query(KeyConditionExpression=Key("p").eq("x"), FilterExpression=Attr("c").gt(1))


@pytest.mark.parametrize(
    "start, message",
    [
        ({"p": "x"}, "The provided starting key is invalid"),
        ({"p": "x", "c": 1, "z": 1}, "The provided starting key is invalid"),
        (
            {"p": "other", "c": 1},
            "The provided starting key is outside query boundaries based on provided conditions",
        ),
    ],
)
def test_a_start_key_belongs_to_the_queried_partition(numbered, start, message):
    with invalid(re.compile("^" + re.escape(message))):
        numbered.query(KeyConditionExpression=Key("p").eq("x"), ExclusiveStartKey=start)


def test_limit_is_at_least_one(unchecked, numbered):
    with invalid(
        "1 validation error detected: Value '0' at 'limit' failed to satisfy constraint: "
        "Member must have value greater than or equal to 1"
    ):
        unchecked.query(
            TableName=numbered.name,
            KeyConditionExpression="p = :p",
            ExpressionAttributeValues={":p": {"S": "x"}},
            Limit=0,
        )
