"""Fixtures: one connection per session, fresh uniquely named tables per test."""

import pytest

from support.connection import connect
from support.tables import TableFactory


@pytest.fixture(scope="session")
def dynamodb():
    """The resource API: plain Python values."""
    return connect().resource


@pytest.fixture(scope="session")
def client():
    """The low-level API: explicitly typed values, arguments checked by botocore."""
    return connect().client


@pytest.fixture(scope="session")
def unchecked():
    """The low-level API without botocore's own checks, so that the server has to do them."""
    return connect().unchecked


@pytest.fixture(scope="session")
def streams():
    """The API of streams."""
    return connect().streams


@pytest.fixture
def tables(dynamodb):
    """Creates tables for one test and deletes them after it."""
    factory = TableFactory(dynamodb)
    yield factory
    factory.delete_all()


@pytest.fixture
def table(tables):
    """A table with the string partition key `p`."""
    return tables.create("p:S")


@pytest.fixture
def sorted_table(tables):
    """A table with the string partition key `p` and the string sort key `c`."""
    return tables.create("p:S c:S")
