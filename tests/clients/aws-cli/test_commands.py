"""Commands as they are typed: shorthand, files, output formats, pages and exit codes."""

import json
import uuid

# What `aws` ends with: 0, or one of these.
SERVICE_OR_CLIENT_ERROR = 255
USAGE_ERROR = 2


def key(p, c=1):
    return json.dumps({"p": {"S": p}, "c": {"N": str(c)}})


def put_numbered(aws, table, p, count):
    """Puts items 0…count-1 with `batch-write-item`."""
    puts = [
        {"PutRequest": {"Item": {"p": {"S": p}, "c": {"N": str(c)}, "even": {"BOOL": c % 2 == 0}}}}
        for c in range(count)
    ]
    items = aws.file("items.json", {table: puts})
    assert aws("batch-write-item", "--request-items", items) == {"UnprocessedItems": {}}


def in_partition(table, p):
    values = json.dumps({":p": {"S": p}})
    condition = ["--key-condition-expression", "p = :p", "--expression-attribute-values", values]
    return ["--table-name", table, *condition]


def test_a_table_is_described_as_text(aws, table):
    picked = "TableStatus, KeySchema[].AttributeName | join(' ', @), BillingModeSummary.BillingMode"
    lines = aws.text("describe-table", "--table-name", table, "--query", f"Table.[{picked}]")
    assert lines == ["ACTIVE\tp c\tPAY_PER_REQUEST"]


def test_an_item_is_put_from_a_file_and_read_back(aws, table, p):
    item = {
        "p": {"S": p},
        "c": {"N": "1"},
        "title": {"S": "Größe"},
        "digits": {"N": "1234567890.1234567890123456789012345678"},
        "tags": {"SS": ["a", "b"]},
        "scenes": {"L": [{"M": {"name": {"S": "one"}}}, {"NULL": True}, {"BOOL": False}]},
    }
    assert aws("put-item", "--table-name", table, "--item", aws.file("item.json", item)) is None
    read = aws("get-item", "--table-name", table, "--key", key(p), "--consistent-read")
    assert read == {"Item": item}


def test_binary_is_typed_plain_and_printed_as_base64(aws, table, p):
    item = json.dumps({"p": {"S": p}, "c": {"N": "1"}, "b": {"B": "hello"}})
    aws("put-item", "--table-name", table, "--item", item)
    read = aws.text("get-item", "--table-name", table, "--key", key(p), "--query", "Item.b.B")
    assert read == ["aGVsbG8="]


def test_an_item_that_is_missing_prints_nothing(aws, table, p):
    assert aws("get-item", "--table-name", table, "--key", key(p)) is None


def test_an_update_prints_what_it_returns(aws, table, p):
    update = [
        "update-item", "--table-name", table, "--key", key(p),
        "--update-expression", "SET #t = :t ADD votes :one",
        "--expression-attribute-names", '{"#t": "title"}',
        "--expression-attribute-values", '{":t": {"S": "M"}, ":one": {"N": "1"}}',
        "--return-values", "ALL_NEW", "--return-consumed-capacity", "TOTAL",
    ]  # fmt: skip
    aws(*update)
    answered = aws(*update)
    assert answered["Attributes"]["votes"] == {"N": "2"}
    assert answered["ConsumedCapacity"] == {"TableName": table, "CapacityUnits": 1.0}


def test_a_failed_condition_ends_with_255_and_says_so(aws, table, p):
    put_once = [
        "put-item", "--table-name", table, "--item", key(p),
        "--condition-expression", "attribute_not_exists(p)",
    ]  # fmt: skip
    aws(*put_once)
    failed = aws.run(*put_once)
    assert failed.code == SERVICE_OR_CLIENT_ERROR
    assert failed.error == (
        "An error occurred (ConditionalCheckFailedException) when calling the PutItem operation: "
        "The conditional request failed"
    )


def test_an_unknown_table_ends_with_255(aws, p):
    failed = aws.run("get-item", "--table-name", "no-such-table", "--key", key(p))
    assert failed.code == SERVICE_OR_CLIENT_ERROR
    assert failed.error == (
        "An error occurred (ResourceNotFoundException) when calling the GetItem operation: "
        "Requested resource not found"
    )


def test_a_missing_option_ends_with_2_before_anything_is_sent(aws, table):
    failed = aws.run("put-item", "--table-name", table)
    assert failed.code == USAGE_ERROR
    assert failed.error.endswith("the following arguments are required: --item")


def test_an_option_that_cannot_be_parsed_ends_with_255(aws, table):
    failed = aws.run("get-item", "--table-name", table, "--key", "nonsense")
    assert failed.code == SERVICE_OR_CLIENT_ERROR
    assert failed.error.startswith("Error parsing parameter '--key'")


def test_a_query_of_small_pages_is_one_answer(aws, table, p):
    put_numbered(aws, table, p, 7)
    found = aws("query", *in_partition(table, p), "--page-size", "2")
    assert [item["c"]["N"] for item in found["Items"]] == ["0", "1", "2", "3", "4", "5", "6"]
    assert (found["Count"], found["ScannedCount"]) == (7, 7)


def test_max_items_hands_out_a_token_to_start_from(aws, table, p):
    put_numbered(aws, table, p, 5)
    query = ["query", *in_partition(table, p), "--no-scan-index-forward", "--max-items", "3"]
    first = aws(*query)
    assert [item["c"]["N"] for item in first["Items"]] == ["4", "3", "2"]
    rest = aws(*query, "--starting-token", first["NextToken"])
    assert [item["c"]["N"] for item in rest["Items"]] == ["1", "0"]
    assert "NextToken" not in rest


def test_no_paginate_shows_the_services_own_page(aws, table, p):
    put_numbered(aws, table, p, 3)
    page = aws("query", *in_partition(table, p), "--limit", "2", "--no-paginate")
    assert page["LastEvaluatedKey"] == json.loads(key(p, 1))


def test_a_filter_counts_what_it_kept(aws, table, p):
    put_numbered(aws, table, p, 5)
    values = json.dumps({":p": {"S": p}, ":yes": {"BOOL": True}})
    lines = aws.text(
        "query", "--table-name", table, "--select", "COUNT",
        "--key-condition-expression", "p = :p", "--filter-expression", "even = :yes",
        "--expression-attribute-values", values, "--query", "[Count, ScannedCount]",
    )  # fmt: skip
    assert lines == ["3\t5"]


def test_an_index_is_queried(aws, table, p):
    for c, year in [(1, 1927), (2, 1931)]:
        item = {"p": {"S": p}, "c": {"N": str(c)}, "year": {"N": str(year)}}
        aws("put-item", "--table-name", table, "--item", json.dumps(item))
    found = aws(
        "query", "--table-name", table, "--index-name", "by-year",
        "--key-condition-expression", "#y = :y", "--filter-expression", "p = :p",
        "--expression-attribute-names", '{"#y": "year"}',
        "--expression-attribute-values", json.dumps({":y": {"N": "1931"}, ":p": {"S": p}}),
    )  # fmt: skip
    assert [item["c"]["N"] for item in found["Items"]] == ["2"]


def test_a_scan_of_small_pages_prints_a_row_for_each_item(aws, table, p):
    put_numbered(aws, table, p, 4)
    lines = aws.text(
        "scan", "--table-name", table, "--filter-expression", "p = :p",
        "--expression-attribute-values", json.dumps({":p": {"S": p}}),
        "--page-size", "3", "--query", "Items[].[c.N]",
    )  # fmt: skip
    assert sorted(lines) == ["0", "1", "2", "3"]


def test_a_batch_reads_from_a_file(aws, table, p):
    put_numbered(aws, table, p, 3)
    keys = [json.loads(key(p, c)) for c in (0, 2, 9)]
    asked = aws.file("keys.json", {table: {"Keys": keys, "ProjectionExpression": "c"}})
    answered = aws("batch-get-item", "--request-items", asked)
    numbers = sorted(item["c"]["N"] for item in answered["Responses"][table])
    assert (numbers, answered["UnprocessedKeys"]) == (["0", "2"], {})


def test_a_request_is_read_from_a_skeleton(aws, table, p):
    skeleton = aws("delete-item", "--generate-cli-skeleton")
    assert {"TableName", "Key", "ReturnValues"} <= skeleton.keys()
    put_numbered(aws, table, p, 1)
    request = {"TableName": table, "Key": json.loads(key(p, 0)), "ReturnValues": "ALL_OLD"}
    deleted = aws("delete-item", "--cli-input-json", aws.file("request.json", request))
    assert deleted["Attributes"]["even"] == {"BOOL": True}


def test_a_cancelled_transaction_lists_its_reasons(aws, table, p):
    put_numbered(aws, table, p, 1)
    put = {"TableName": table, "ConditionExpression": "attribute_not_exists(p)"}
    actions = [{"Put": put | {"Item": json.loads(key(p, c))}} for c in (1, 0)]
    failed = aws.run("transact-write-items", "--transact-items", aws.file("t.json", actions))
    assert failed.code == SERVICE_OR_CLIENT_ERROR
    assert failed.error.startswith(
        "An error occurred (TransactionCanceledException) when calling the TransactWriteItems "
        "operation: Transaction cancelled, please refer cancellation reasons for specific reasons "
        "[None, ConditionalCheckFailed]"
    )
    gets = [{"Get": {"TableName": table, "Key": json.loads(key(p, c))}} for c in (0, 1)]
    read = aws("transact-get-items", "--transact-items", aws.file("gets.json", gets))
    assert [response.get("Item", {}).get("c") for response in read["Responses"]] == [
        {"N": "0"},
        None,
    ]


def test_tags_and_time_to_live_are_set_in_shorthand(aws, table):
    (arn,) = aws.text("describe-table", "--table-name", table, "--query", "Table.TableArn")
    aws("tag-resource", "--resource-arn", arn, "--tags", "Key=team,Value=films")
    assert aws("list-tags-of-resource", "--resource-arn", arn)["Tags"] == [
        {"Key": "team", "Value": "films"}
    ]
    aws(
        "update-time-to-live", "--table-name", table,
        "--time-to-live-specification", "Enabled=true,AttributeName=expires",
    )  # fmt: skip
    lines = aws.text(
        "describe-time-to-live", "--table-name", table,
        "--query", "TimeToLiveDescription.AttributeName",
    )  # fmt: skip
    assert lines == ["expires"]


def test_a_protected_table_is_deleted_only_after_an_update(aws):
    name = f"protected-{uuid.uuid4().hex}"
    aws(
        "create-table", "--table-name", name, "--billing-mode", "PAY_PER_REQUEST",
        "--attribute-definitions", "AttributeName=p,AttributeType=S",
        "--key-schema", "AttributeName=p,KeyType=HASH", "--deletion-protection-enabled",
    )  # fmt: skip
    aws("wait", "table-exists", "--table-name", name)
    failed = aws.run("delete-table", "--table-name", name)
    assert failed.code == SERVICE_OR_CLIENT_ERROR
    assert failed.error == (
        "An error occurred (ValidationException) when calling the DeleteTable operation: Resource "
        "cannot be deleted as it is currently protected against deletion. Disable deletion "
        "protection first."
    )
    updated = aws("update-table", "--table-name", name, "--no-deletion-protection-enabled")
    assert updated["TableDescription"]["DeletionProtectionEnabled"] is False
    aws("wait", "table-exists", "--table-name", name)
    aws("delete-table", "--table-name", name)


def test_tables_are_listed_in_pages(aws, table):
    listed = aws("list-tables", "--page-size", "1", "--query", "TableNames")
    assert table in listed
    assert listed == sorted(listed)
