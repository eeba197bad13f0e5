"""Assertions that many tests share."""

import re
from contextlib import contextmanager

import pytest
from botocore.exceptions import ClientError


@contextmanager
def refused(code, message=None):
    """The block must fail with this error code and message: an exact text or a pattern."""
    with pytest.raises(ClientError) as caught:
        yield caught
    error = caught.value.response["Error"]
    assert (error["Code"], caught.value.response["ResponseMetadata"]["HTTPStatusCode"]) == (
        code,
        400,
    ), error
    if isinstance(message, re.Pattern):
        assert message.search(error["Message"]), error["Message"]
    elif message is not None:
        assert error["Message"] == message


def invalid(message=None):
    return refused("ValidationException", message)


def condition_failed():
    return refused("ConditionalCheckFailedException", "The conditional request failed")


def pages(operation, **request):
    """Every page of a Query or Scan, following LastEvaluatedKey."""
    while True:
        page = operation(**request)
        yield page
        if "LastEvaluatedKey" not in page:
            return
        request["ExclusiveStartKey"] = page["LastEvaluatedKey"]


def all_items(operation, **request):
    return [item for page in pages(operation, **request) for item in page["Items"]]
