"""Models: tables, items, the types of their attributes, and updates."""

from datetime import UTC, datetime, timedelta

import pytest
from films import Film, Scene, Showing
from pynamodb.attributes import UnicodeAttribute
from pynamodb.exceptions import DeleteError, DoesNotExist, PutError, TableDoesNotExist, UpdateError
from pynamodb.models import Model


def failed_condition(error):
    return error.value.cause_response_code == "ConditionalCheckFailedException"


def plain(film, attributes):
    """The values of attributes; maps, which have no equality of their own, as dictionaries."""

    def value(found):
        if isinstance(found, list):
            return [value(each) for each in found]
        return found.as_dict() if isinstance(found, Scene) else found

    return {attribute: value(getattr(film, attribute)) for attribute in attributes}


def test_a_models_table_is_described_with_its_indexes():
    assert Film.exists()
    described = Film.describe_table()
    assert described["TableStatus"] == "ACTIVE"
    assert described["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert [index["IndexName"] for index in described["GlobalSecondaryIndexes"]] == ["by-studio"]
    (local,) = Showing.describe_table()["LocalSecondaryIndexes"]
    assert local["Projection"] == {"ProjectionType": "KEYS_ONLY"}


def test_a_table_that_is_not_there_is_noticed():
    class Nothing(Model):
        class Meta(Film.Meta):
            table_name = "nothing-of-this-name"

        name = UnicodeAttribute(hash_key=True)

    assert not Nothing.exists()
    with pytest.raises(TableDoesNotExist):
        Nothing.describe_table()
    with pytest.raises(PutError) as error:
        Nothing("x").save()
    assert error.value.cause_response_code == "ResourceNotFoundException"


def test_creating_a_ttl_model_has_set_the_time_to_live(name):
    described = Showing._get_connection().connection.client.describe_time_to_live(
        TableName=Showing.Meta.table_name
    )
    assert described["TimeToLiveDescription"]["AttributeName"] == "expires"
    soon = datetime.now(UTC).replace(microsecond=0) + timedelta(days=2)
    Showing(name, "today", expires=soon).save()
    assert Showing.get(name, "today").expires == soon


def test_an_item_is_saved_refreshed_and_deleted(name):
    film = Film(name, votes=3)
    film.save()
    other = Film.get(name, consistent_read=True)
    other.votes = 4
    other.save()
    film.refresh(consistent_read=True)
    assert film.votes == 4
    film.delete()
    with pytest.raises(DoesNotExist):
        Film.get(name)


def test_every_attribute_type_comes_back_as_it_was(name):
    values = {
        "opening": Scene(name="city", minutes=4),
        "scenes": [Scene(name="one"), Scene(name="two", minutes=2.5)],
        "tags": {"silent", "größe", ""},
        "years": {1927, 2010, -0.5},
        "posters": {b"\x00", b"\xff\x7f"},
        "poster": bytes(range(256)),
        "silent": True,
        "notes": {"deep": [1, None, {"er": False}]},
        "premiere": datetime(1927, 1, 10, 20, 30, 15, 123456, tzinfo=UTC),
    }
    Film(name, **values).save()
    assert plain(Film.get(name), values) == plain(Film(name, **values), values)


def test_a_unique_save_is_refused_the_second_time(name):
    Film(name, votes=1).save(Film.name.does_not_exist())
    with pytest.raises(PutError) as error:
        Film(name, votes=2).save(Film.name.does_not_exist())
    assert failed_condition(error)
    assert error.value.cause_response_message == "The conditional request failed"
    assert Film.get(name).votes == 1


def test_an_update_runs_every_kind_of_action(name):
    film = Film(name, votes=5, tags={"a", "b"}, scenes=[Scene(name="one")], studio="x", silent=True)
    film.save()
    film.update(
        actions=[
            Film.votes.set(Film.votes + 2),
            Film.scenes.set(Film.scenes.append([Scene(name="two")])),
            Film.opening.set(Film.opening | Scene(name="none before")),
            Film.tags.delete({"a"}),
            Film.years.add({1927}),
            Film.silent.remove(),
        ]
    )
    stored = Film.get(name)
    assert (stored.votes, stored.tags, stored.years) == (7, {"b"}, {1927})
    assert [scene.name for scene in stored.scenes] == ["one", "two"]
    assert stored.opening.name == "none before"
    assert stored.silent is None
    # The update's answer became the instance.
    everything = Film.get_attributes()
    assert plain(film, everything) == plain(stored, everything)


def test_an_update_addresses_what_is_nested(name):
    film = Film(name, opening=Scene(name="city"), scenes=[Scene(name="one"), Scene(name="two")])
    film.save()
    film.update(
        actions=[
            Film.opening.minutes.set(9),
            Film.scenes[1].name.set("second"),
            Film.scenes[0].remove(),
        ]
    )
    stored = Film.get(name)
    assert stored.opening.minutes == 9
    assert [scene.name for scene in stored.scenes] == ["second"]


CONDITIONS = [
    (Film.votes == 5, True),
    (Film.votes.between(6, 9), False),
    (Film.votes.is_in(1, 5), True),
    (Film.studio.startswith("Uf") & Film.tags.contains("a"), True),
    ((Film.votes > 5) | ~Film.silent.exists(), True),
    (Film.scenes[0].name == "one", True),
    (Film.scenes.is_type(), True),
    (Film.years.does_not_exist() & (Film.opening.minutes < 1), False),
]


@pytest.mark.parametrize("condition, holds", CONDITIONS, ids=lambda value: str(value)[:40])
def test_a_condition_decides_over_a_delete(name, condition, holds):
    Film(name, votes=5, studio="Ufa", tags={"a"}, scenes=[Scene(name="one")]).save()
    if holds:
        Film(name).delete(condition=condition)
        assert Film.count(name) == 0
    else:
        with pytest.raises(DeleteError) as error:
            Film(name).delete(condition=condition)
        assert failed_condition(error)


def test_a_version_locks_optimistically(name):
    mine = Showing(name, "today", seats=100)
    mine.save()
    theirs = Showing.get(name, "today")
    theirs.update(actions=[Showing.seats.set(99)])
    assert theirs.version == 2
    mine.seats = 98
    with pytest.raises(PutError) as error:
        mine.save()
    assert failed_condition(error)
    with pytest.raises(UpdateError):
        mine.update(actions=[Showing.seats.set(97)])
    with pytest.raises(DeleteError):
        mine.delete()
    mine.refresh()
    mine.delete()
