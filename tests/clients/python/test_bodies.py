"""Bodies on the wire: compressed, broken, oversized.

What AWS answers was observed by Alternator's test_compressed_request.py and
test_manual_requests.py (2026-11-23): a body that cannot be decompressed is a 500, not a 400.
Only what some clients call deflate, without the head of a zlib stream, is a 400.
"""

import gzip
import json
import zlib

import pytest

from support.wire import exchange

MEGABYTE = 1024 * 1024


@pytest.fixture
def put(table):
    """Sends PutItem of {"p": "x"} after `encode` changed its bytes; answers the status."""

    def send(encode, padding=0, **headers):
        request = {"TableName": table.name, "Item": {"p": {"S": "x"}}}
        body = encode(json.dumps(request).encode() + b" " * padding)
        return exchange(body, "PutItem", **headers).status

    return send


@pytest.mark.parametrize(
    "encoding, encode",
    [
        ("gzip", gzip.compress),
        ("gzip", lambda body: gzip.compress(body[:10]) + gzip.compress(body[10:])),
        ("deflate", zlib.compress),
    ],
)
def test_compressed_requests_are_understood(put, table, encoding, encode):
    assert put(encode, Content_Encoding=encoding) == 200
    assert table.scan()["Items"] == [{"p": "x"}]


@pytest.mark.parametrize(
    "encoding, encode",
    [
        ("gzip", lambda body: body),
        ("gzip", lambda body: gzip.compress(body)[:-1]),
        ("gzip", lambda body: b""),
        ("deflate", lambda body: zlib.compress(body)[:-1]),
        ("nonsense", lambda body: body),
    ],
)
def test_what_cannot_be_decompressed_is_a_server_error(put, table, encoding, encode):
    assert put(encode, Content_Encoding=encoding) == 500
    assert table.scan()["Count"] == 0


@pytest.mark.parametrize(
    "encode",
    [
        pytest.param(lambda body: zlib.compress(body)[2:-4], id="raw"),
        pytest.param(lambda body: body, id="plain"),
    ],
)
def test_deflated_data_that_is_no_zlib_stream_is_the_clients_mistake(put, table, encode):
    assert put(encode, Content_Encoding="deflate") == 400
    assert table.scan()["Count"] == 0


def test_a_body_beyond_16_megabytes_is_refused(put, table):
    assert put(lambda body: body, padding=17 * MEGABYTE) == 413
    assert table.scan()["Count"] == 0


def test_a_small_body_that_unpacks_beyond_16_megabytes_is_refused(put, table):
    assert put(gzip.compress, padding=20 * MEGABYTE, Content_Encoding="gzip") in (413, 500)
    assert table.scan()["Count"] == 0


def test_the_server_goes_on_after_refusals(put, table):
    assert put(lambda body: b"\xff" * 1000) == 400
    assert put(lambda body: body) == 200
    assert table.scan()["Count"] == 1


@pytest.fixture
def get_long(table):
    """Sends GetItem for an item of 10,000 characters; answers the answer."""
    table.put_item(Item={"p": "x", "text": "long " * 2000})
    body = json.dumps({"TableName": table.name, "Key": {"p": {"S": "x"}}})

    def send(accept_encoding):
        return exchange(body, "GetItem", Accept_Encoding=accept_encoding)

    return send


@pytest.mark.parametrize(
    "encoding, decode", [("gzip", gzip.decompress), ("deflate", zlib.decompress)]
)
def test_long_answers_are_compressed_for_whoever_asks(get_long, encoding, decode):
    answer = get_long(f"{encoding}, identity")
    assert answer.headers["Content-Encoding"] == encoding
    assert len(answer.body) < 1000
    # Of the bytes as sent: SDKs compute it before they decompress.
    assert int(answer.headers["x-amz-crc32"]) == zlib.crc32(answer.body)
    assert json.loads(decode(answer.body))["Item"]["text"] == {"S": "long " * 2000}


@pytest.mark.parametrize("wish", [None, "identity", "br", "gzip;q=0"])
def test_nobody_else_gets_them_compressed(get_long, wish):
    answer = get_long(wish)
    assert "Content-Encoding" not in answer.headers
    assert answer.json()["Item"]["text"] == {"S": "long " * 2000}
