"""Attribute values: exact numbers, sets, documents, empty values, what is not a value."""

import re
from decimal import Decimal

import pytest

from support.expect import all_items, invalid

BIGGEST = "9.9999999999999999999999999999999999999E+125"
SMALLEST = "1E-130"
OVERFLOW = (
    "Number overflow. Attempting to store a number with magnitude larger than supported range"
)
UNDERFLOW = (
    "Number underflow. Attempting to store a number with magnitude smaller than supported range"
)
TOO_PRECISE = "Attempting to store more than 38 significant digits in a Number"
INVALID = "One or more parameter values were invalid: "


@pytest.fixture
def stored(client, table):
    """Writes one typed value and reads it back."""

    def store(value):
        client.put_item(TableName=table.name, Item={"p": {"S": "x"}, "v": value})
        return client.get_item(TableName=table.name, Key={"p": {"S": "x"}})["Item"]["v"]

    return store


@pytest.mark.parametrize(
    "value",
    [
        {"S": "text"},
        {"S": ""},
        {"S": 'snowman \u2603, clef \U0001d11e, quote ", nul \u0000'},
        {"B": b"\x00\xff"},
        {"B": b""},
        {"BOOL": True},
        {"BOOL": False},
        {"NULL": True},
        {"L": []},
        {"M": {}},
        {"L": [{"N": "1"}, {"S": "a"}, {"L": [{"NULL": True}]}]},
        {"M": {"a.b": {"S": "a dot"}, "a[0]": {"S": "a bracket"}, " ": {"M": {}}}},
    ],
)
def test_values_come_back_as_they_went_in(stored, value):
    assert stored(value) == value


@pytest.mark.parametrize(
    "kind, members", [("SS", ["b", "a", ""]), ("NS", ["3", "-1", "2"]), ("BS", [b"b", b""])]
)
def test_sets_come_back_without_order(stored, kind, members):
    assert sorted(stored({kind: members})[kind]) == sorted(members)


@pytest.mark.parametrize(
    "written, read",
    [
        ("0", "0"),
        ("-0", "0"),
        ("0.0", "0"),
        ("007", "7"),
        ("1.500", "1.5"),
        ("+5", "5"),
        ("1e3", "1000"),
        ("-12.5E-1", "-1.25"),
        ("12345678901234567890123456789012345678", "12345678901234567890123456789012345678"),
        ("0.00000000000000000000000000000000000001", "0.00000000000000000000000000000000000001"),
    ],
)
def test_numbers_come_back_in_plain_notation(stored, written, read):
    assert stored({"N": written}) == {"N": read}


@pytest.mark.parametrize("number", [BIGGEST, "-" + BIGGEST, SMALLEST, "-" + SMALLEST, "1E+125"])
def test_numbers_are_exact_at_the_ends_of_the_range(stored, number):
    assert Decimal(stored({"N": number})["N"]) == Decimal(number)


@pytest.mark.parametrize(
    "number, message",
    [
        (
            "1E+126",
            OVERFLOW,
        ),
        (
            "-1E+126",
            OVERFLOW,
        ),
        (
            "1E-131",
            UNDERFLOW,
        ),
        ("1" * 39, TOO_PRECISE),
        ("1." + "2" * 38, TOO_PRECISE),
        ("abc", "The parameter cannot be converted to a numeric value: abc"),
        ("NaN", "The parameter cannot be converted to a numeric value: NaN"),
        ("1 2", "The parameter cannot be converted to a numeric value: 1 2"),
    ],
)
def test_what_is_no_number_is_refused(stored, number, message):
    with invalid(message):
        stored({"N": number})


def test_zeros_at_the_ends_are_not_significant_digits(stored):
    assert Decimal(stored({"N": "0" * 30 + "1" * 38 + "0" * 40})["N"]) == Decimal(
        "1" * 38 + "0" * 40
    )


def test_numbers_sort_by_value(client, tables):
    # By the low-level API: the resource API refuses to round numbers near the ends of the range.
    table = tables.create("p:S c:N")
    written = [
        BIGGEST, "-" + BIGGEST, SMALLEST, "-" + SMALLEST, "0", "1", "-1", "10", "9", "-10", "-9",
        "0.1", "0.09", "99999999999999999999999999999999999999", "1E+38", "1.5", "-1.5",
    ]  # fmt: skip
    for number in written:
        client.put_item(TableName=table.name, Item={"p": {"S": "x"}, "c": {"N": number}})
    answer = client.query(
        TableName=table.name,
        KeyConditionExpression="p = :p",
        ExpressionAttributeValues={":p": {"S": "x"}},
    )
    read = [Decimal(item["c"]["N"]) for item in answer["Items"]]
    assert read == sorted(Decimal(number) for number in written)


def test_strings_sort_by_utf8_bytes(sorted_table):
    # UTF-16 order would put U+10000 before U+FFFF.
    written = ["b", "a", "B", "aa", "\u007f", "\u0080", "\uffff", "\U00010000", "a\u0000", " "]
    for text in written:
        sorted_table.put_item(Item={"p": "x", "c": text})
    query = {"KeyConditionExpression": "p = :p", "ExpressionAttributeValues": {":p": "x"}}
    assert [item["c"] for item in sorted_table.query(**query)["Items"]] == sorted(
        written, key=str.encode
    )


def test_binaries_sort_as_unsigned_bytes(tables):
    table = tables.create("p:S c:B")
    written = [b"\x80", b"\x7f", b"\x00", b"\x00\x00", b"\xff", b"\xff\x00", b"\x01"]
    for binary in written:
        table.put_item(Item={"p": "x", "c": binary})
    query = {"KeyConditionExpression": "p = :p", "ExpressionAttributeValues": {":p": "x"}}
    assert [bytes(item["c"]) for item in table.query(**query)["Items"]] == sorted(written)


@pytest.mark.parametrize(
    "value, message",
    [
        ({"SS": []}, INVALID + "An string set  may not be empty"),
        ({"NS": []}, INVALID + "An number set  may not be empty"),
        ({"BS": []}, INVALID + "Binary sets should not be empty"),
        (
            {"SS": ["a", "b", "a"]},
            INVALID + "Input collection [a, b, a] contains duplicates.",
        ),
        (
            {"NS": ["1", "1.0"]},
            re.compile("contains duplicates"),
        ),
        (
            {"NULL": False},
            INVALID + "Null attribute value types must have the value of true",
        ),
    ],
)
def test_malformed_values_are_refused(stored, value, message):
    with invalid(message):
        stored(value)


@pytest.mark.parametrize("value", [{}, {"S": "a", "N": "1"}])
def test_a_value_has_exactly_one_type(unchecked, table, value):
    fault = "has more than one datatypes set" if value else "is empty"
    with invalid(
        f"Supplied AttributeValue {fault}, must contain exactly one of the supported datatypes"
    ):
        unchecked.put_item(TableName=table.name, Item={"p": {"S": "x"}, "v": value})


def nested(levels):
    value = {"S": "core"}
    for _ in range(levels):
        value = {"L": [value]}
    return value


def test_documents_nest_32_levels_deep(stored):
    # The attribute itself is level one: 31 lists and a string inside the deepest.
    assert stored(nested(31)) == nested(31)
    with invalid(
        "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels "
        "beyond supported limit"
    ):
        stored(nested(33))


def test_sets_keep_every_number_exact(table):
    numbers = {Decimal("0.1"), Decimal("12345678901234567890123456789012345678"), Decimal("-3")}
    table.put_item(Item={"p": "x", "n": numbers})
    assert all_items(table.scan)[0]["n"] == numbers
