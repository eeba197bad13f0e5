"""The models under test: films with their scenes, and what is shown of them."""

import os
import uuid

import pytest
from pynamodb.attributes import (
    BinaryAttribute,
    BinarySetAttribute,
    BooleanAttribute,
    JSONAttribute,
    ListAttribute,
    MapAttribute,
    NumberAttribute,
    NumberSetAttribute,
    TTLAttribute,
    UnicodeAttribute,
    UnicodeSetAttribute,
    UTCDateTimeAttribute,
    VersionAttribute,
)
from pynamodb.indexes import (
    AllProjection,
    GlobalSecondaryIndex,
    KeysOnlyProjection,
    LocalSecondaryIndex,
)
from pynamodb.models import Model

ENDPOINT = os.environ.get("STATOR_ENDPOINT")
if not ENDPOINT:
    pytest.exit("STATOR_ENDPOINT must name the server, e.g. http://127.0.0.1:8000", 2)

RUN = uuid.uuid4().hex


class Connected:
    """What the Meta of every model says."""

    host = ENDPOINT
    region = "us-east-1"
    billing_mode = "PAY_PER_REQUEST"
    max_retry_attempts = 0  # A retry would hide a failure of the server.


class Scene(MapAttribute):
    name = UnicodeAttribute()
    minutes = NumberAttribute(default=1)


class ByStudio(GlobalSecondaryIndex):
    class Meta:
        index_name = "by-studio"
        projection = AllProjection()

    studio = UnicodeAttribute(hash_key=True)
    votes = NumberAttribute(range_key=True)


class Film(Model):
    class Meta(Connected):
        table_name = f"films-{RUN}"

    name = UnicodeAttribute(hash_key=True)
    studio = UnicodeAttribute(null=True)
    votes = NumberAttribute(default=0)
    opening = Scene(null=True)
    scenes = ListAttribute(of=Scene, null=True)
    tags = UnicodeSetAttribute(null=True)
    years = NumberSetAttribute(null=True)
    posters = BinarySetAttribute(legacy_encoding=False, null=True)
    poster = BinaryAttribute(legacy_encoding=False, null=True)
    silent = BooleanAttribute(null=True)
    notes = JSONAttribute(null=True)
    premiere = UTCDateTimeAttribute(null=True)
    by_studio = ByStudio()


class BySeats(LocalSecondaryIndex):
    class Meta:
        index_name = "by-seats"
        projection = KeysOnlyProjection()

    film = UnicodeAttribute(hash_key=True)
    seats = NumberAttribute(range_key=True)


class Showing(Model):
    class Meta(Connected):
        table_name = f"showings-{RUN}"

    film = UnicodeAttribute(hash_key=True)
    at = UnicodeAttribute(range_key=True)
    seats = NumberAttribute(null=True)
    expires = TTLAttribute(null=True)
    version = VersionAttribute()
    by_seats = BySeats()


MODELS = [Film, Showing]
