"""Request bodies on the wire: compressed, broken, oversized.

What AWS answers was observed by Alternator's test_compressed_request.py and
test_manual_requests.py (2026-11-23): a body that cannot be decompressed is a 500, not a 400.
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
        ("deflate", lambda body: body),
        ("nonsense", lambda body: body),
    ],
)
def test_what_cannot_be_decompressed_is_a_server_error(put, table, encoding, encode):
    assert put(encode, Content_Encoding=encoding) == 500
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
