"""Raw HTTP requests, for what no SDK would send."""

import http.client
import json
import os
from dataclasses import dataclass
from urllib.parse import urlsplit

TARGET = "DynamoDB_20120810."
SIGNATURE = (
    "AWS4-HMAC-SHA256 Credential=test/20261123/us-east-1/dynamodb/aws4_request, "
    "SignedHeaders=host;x-amz-date;x-amz-target, Signature=" + "0" * 64
)


@dataclass
class Answer:
    """The status, the headers and the bytes of one answer."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    def json(self):
        return json.loads(self.body)


def exchange(body, operation, **headers):
    """Posts one request; a header given as None is left out, `_` in a header's name is `-`."""
    sent = {
        "Content-Type": "application/x-amz-json-1.0",
        "X-Amz-Target": TARGET + operation,
        "X-Amz-Date": "20261123T000000Z",
        "Authorization": SIGNATURE,
    } | {name.replace("_", "-"): value for name, value in headers.items()}
    address = urlsplit(os.environ["STATOR_ENDPOINT"])
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=30)
    try:
        present = {name: value for name, value in sent.items() if value is not None}
        connection.request("POST", "/", body, present)
        response = connection.getresponse()
        return Answer(response.status, response.headers, response.read())
    finally:
        connection.close()
