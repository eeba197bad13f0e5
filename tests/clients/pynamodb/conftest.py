"""Fixtures: the models' tables for the whole run, and a name that no other test uses."""

import uuid

import pytest
from films import MODELS


@pytest.fixture(scope="session", autouse=True)
def tables():
    for model in MODELS:
        model.create_table(wait=True)
    yield
    for model in MODELS:
        model.delete_table()


@pytest.fixture
def name():
    return f"film-{uuid.uuid4().hex}"
