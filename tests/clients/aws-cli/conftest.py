"""Fixtures: the `aws` program, and one table that all tests share, each in a partition of its own."""

import json
import os
import subprocess
import sys
import uuid
from pathlib import Path
from types import SimpleNamespace

import pytest


class Aws:
    """Runs `aws dynamodb …` against the server under test."""

    def __init__(self, endpoint, folder):
        program = Path(sys.executable).with_name("aws")
        self.command = [program, "--endpoint-url", endpoint, "dynamodb"]
        self.folder = folder
        self.environment = os.environ | {
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test-secret",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_DEFAULT_OUTPUT": "json",
            "AWS_MAX_ATTEMPTS": "1",  # A retry would hide a failure of the server.
            # Nothing of the developer's own settings.
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        }

    def run(self, *arguments):
        """Runs a command and answers with its exit code and what it printed."""
        done = subprocess.run(
            [*self.command, *arguments],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            check=False,
            text=True,
        )
        return SimpleNamespace(code=done.returncode, out=done.stdout, error=done.stderr.strip())

    def __call__(self, *arguments):
        """Runs a command that must succeed, and answers with the JSON it printed, or nothing."""
        done = self.run(*arguments)
        assert done.code == 0, done.error
        return json.loads(done.out) if done.out else None

    def text(self, *arguments):
        """Runs a command that must succeed, with `--output text`, and answers with its lines."""
        done = self.run(*arguments, "--output", "text")
        assert done.code == 0, done.error
        return done.out.splitlines()

    def file(self, name, content):
        """Writes a JSON file and answers with the argument that names it."""
        (self.folder / name).write_text(json.dumps(content))
        return f"file://{name}"


@pytest.fixture
def aws(endpoint, tmp_path):
    return Aws(endpoint, tmp_path)


@pytest.fixture(scope="session")
def endpoint():
    address = os.environ.get("STATOR_ENDPOINT")
    if not address:
        pytest.exit("STATOR_ENDPOINT must name the server, e.g. http://127.0.0.1:8000", 2)
    return address


@pytest.fixture(scope="session")
def table(endpoint, tmp_path_factory):
    """A table of films: partition key `p`, sort key `c`, and the index `by-year`."""
    aws = Aws(endpoint, tmp_path_factory.mktemp("table"))
    name = f"films-{uuid.uuid4().hex}"
    aws(
        "create-table",
        "--table-name", name,
        "--attribute-definitions",
        "AttributeName=p,AttributeType=S",
        "AttributeName=c,AttributeType=N",
        "AttributeName=year,AttributeType=N",
        "--key-schema", "AttributeName=p,KeyType=HASH", "AttributeName=c,KeyType=RANGE",
        "--global-secondary-indexes",
        "IndexName=by-year,KeySchema=[{AttributeName=year,KeyType=HASH}],"
        "Projection={ProjectionType=ALL}",
        "--billing-mode", "PAY_PER_REQUEST",
    )  # fmt: skip
    aws("wait", "table-exists", "--table-name", name)
    yield name
    aws("delete-table", "--table-name", name)
    aws("wait", "table-not-exists", "--table-name", name)
    assert name not in aws("list-tables")["TableNames"]


@pytest.fixture
def p():
    """A partition key that no other test uses."""
    return f"p-{uuid.uuid4().hex}"
