"""Connections to the server under test, whose address is in STATOR_ENDPOINT."""

import functools
import os
from types import SimpleNamespace

import boto3
import pytest
from botocore.config import Config

REGION = "us-east-1"


@functools.cache
def connect(access_key_id="test", region=REGION):
    endpoint = os.environ.get("STATOR_ENDPOINT")
    if not endpoint:
        pytest.exit("STATOR_ENDPOINT must name the server, e.g. http://127.0.0.1:8000", 2)
    session = boto3.Session(access_key_id, "test-secret", region_name=region)
    options = {"endpoint_url": endpoint}
    # One attempt: a retry would hide a failure of the server.
    once = Config(retries={"total_max_attempts": 1}, max_pool_connections=32, read_timeout=20)
    lenient = once.merge(Config(parameter_validation=False))
    return SimpleNamespace(
        resource=session.resource("dynamodb", config=once, **options),
        client=session.client("dynamodb", config=once, **options),
        streams=session.client("dynamodbstreams", config=once, **options),
        unchecked=session.client("dynamodb", config=lenient, **options),
    )
