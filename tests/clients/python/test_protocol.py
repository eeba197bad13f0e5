"""What surrounds every answer: status, request id, checksum, error envelope, signature."""

import re
import zlib

import pytest

from support.connection import connect
from support.expect import refused
from support.wire import exchange


@pytest.fixture
def post():
    """Sends one raw request, checks what every answer has, and answers status and body."""

    def send(body, operation="ListTables", **headers):
        answer = exchange(body, operation, **headers)
        assert int(answer.headers["x-amz-crc32"]) == zlib.crc32(answer.body)
        assert answer.headers["Content-Type"] == "application/x-amz-json-1.0"
        return answer.status, answer.json()

    return send


def metadata_of(call):
    """The raw answer of one client call and its metadata."""
    raw = {}
    events = connect().client.meta.events
    remember = lambda response_dict, **_: raw.update(response_dict)  # noqa: E731
    events.register("before-parse.dynamodb", remember)
    try:
        metadata = call()["ResponseMetadata"]
    finally:
        events.unregister("before-parse.dynamodb", remember)
    return raw, metadata


def test_an_answer_has_request_id_and_checksum(client):
    raw, metadata = metadata_of(client.list_tables)
    assert metadata["HTTPStatusCode"] == 200
    assert re.fullmatch(r"[A-Z0-9]{52}", metadata["RequestId"])
    assert int(metadata["HTTPHeaders"]["x-amz-crc32"]) == zlib.crc32(raw["body"])
    assert metadata["HTTPHeaders"]["content-type"] == "application/x-amz-json-1.0"


def test_an_error_has_request_id_and_checksum(client):
    with refused("ResourceNotFoundException") as caught:
        client.describe_table(TableName="no-such-table-anywhere")
    metadata = caught.value.response["ResponseMetadata"]
    assert re.fullmatch(r"[A-Z0-9]{52}", metadata["RequestId"])
    assert "x-amz-crc32" in metadata["HTTPHeaders"]
    assert isinstance(caught.value, client.exceptions.ResourceNotFoundException)


def test_request_ids_differ(client):
    ids = {client.list_tables()["ResponseMetadata"]["RequestId"] for _ in range(10)}
    assert len(ids) == 10


def test_error_types_carry_their_namespace(post):
    status, error = post('{"TableName": "no-such-table-anywhere"}', "DescribeTable")
    assert status == 400
    assert error["__type"] == "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException"
    status, error = post('{"TableName": "x", "Key": 7}', "GetItem")
    assert (status, error["__type"]) == (400, "com.amazon.coral.service#SerializationException")


def test_validation_errors_accumulate(post):
    status, error = post('{"ReturnConsumedCapacity": "x", "Limit": 0, "Select": "y"}', "Scan")
    assert (status, error["__type"]) == (400, "com.amazon.coral.validate#ValidationException")
    assert re.match(r"[234] validation errors detected: Value '", error["message"])
    assert error["message"].count("failed to satisfy constraint") == int(error["message"][0])


def test_unknown_operations_are_refused_at_once(post):
    status, error = post("{}", "NoSuchOperation")
    assert status == 400
    assert error == {"__type": "com.amazon.coral.service#UnknownOperationException"}


@pytest.mark.parametrize("body", ["", "no json", '{"TableName"', "[]", '"text"', '{"a":' * 5000])
def test_what_is_no_json_object_is_refused(post, body):
    status, error = post(body, "GetItem")
    assert status == 400
    assert error["__type"].endswith("#SerializationException")


def test_a_request_without_signature_is_refused(post):
    status, error = post("{}", Authorization=None)
    assert status == 400
    assert error["__type"] == "com.amazon.coral.service#MissingAuthenticationTokenException"


def test_an_incomplete_signature_is_refused(post):
    status, error = post("{}", Authorization="AWS4-HMAC-SHA256 Credential=test")
    assert status == 400
    assert error["__type"] == "com.amazon.coral.service#IncompleteSignatureException"


def test_a_valid_raw_request_is_answered(post):
    status, answer = post('{"Limit": 1}')
    assert status == 200
    assert isinstance(answer["TableNames"], list)


@pytest.mark.parametrize("operation", ["put_item", "get_item", "query", "update_item"])
def test_missing_members_are_reported(unchecked, table, operation):
    with refused("ValidationException"):
        getattr(unchecked, operation)()
