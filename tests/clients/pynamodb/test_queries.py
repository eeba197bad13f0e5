"""Queries, scans, batches and transactions of models."""

import pytest
from films import Film, Showing
from pynamodb.connection import Connection
from pynamodb.exceptions import DoesNotExist, QueryError, TransactWriteError
from pynamodb.transactions import TransactGet, TransactWrite


def at(day):
    return f"2026-01-{day:02}"


def show(name, days):
    for day in range(1, days + 1):
        Showing(name, at(day), seats=100 - day).save()


def test_a_query_follows_its_pages(name):
    show(name, 7)
    results = Showing.query(name, Showing.at.between(at(2), at(6)), page_size=2)
    assert [showing.seats for showing in results] == [98, 97, 96, 95, 94]
    assert results.total_count == 5


def test_a_query_stops_at_its_limit_and_goes_on_from_there(name):
    show(name, 5)
    first = Showing.query(name, scan_index_forward=False, limit=2)
    assert [showing.at for showing in first] == [at(5), at(4)]
    assert first.last_evaluated_key == {"film": {"S": name}, "at": {"S": at(4)}}
    rest = Showing.query(
        name, scan_index_forward=False, last_evaluated_key=first.last_evaluated_key
    )
    assert [showing.at for showing in rest] == [at(3), at(2), at(1)]
    assert rest.last_evaluated_key is None


def test_a_query_filters_and_projects(name):
    show(name, 4)
    found = list(
        Showing.query(
            name, filter_condition=Showing.seats < 98, attributes_to_get=["at", "version"]
        )
    )
    assert [(showing.at, showing.seats) for showing in found] == [(at(3), None), (at(4), None)]
    assert Showing.count(name, filter_condition=Showing.seats < 98) == 2


def test_a_query_the_service_refuses_says_why(name):
    with pytest.raises(QueryError) as error:
        list(Showing.query(name, filter_condition=Showing.at == at(1)))
    assert error.value.cause_response_code == "ValidationException"
    assert error.value.cause_response_message == (
        "Filter Expression can only contain non-primary key attributes: Primary key attribute: at"
    )


def test_a_global_index_sorts_by_its_own_key(name):
    for votes in (3, 1, 2):
        Film(f"{name}-{votes}", studio=name, votes=votes).save()
    found = Film.by_studio.query(name, Film.votes >= 2, scan_index_forward=False)
    assert [film.votes for film in found] == [3, 2]
    assert Film.by_studio.count(name) == 3


def test_a_local_index_answers_keys_only(name):
    show(name, 3)
    found = list(Showing.by_seats.query(name, consistent_read=True))
    assert [(showing.seats, showing.at) for showing in found] == [
        (97, at(3)),
        (98, at(2)),
        (99, at(1)),
    ]
    assert all(showing.version is None for showing in found)


def test_segments_of_a_scan_together_are_the_table(name):
    show(name, 9)
    mine = Showing.film == name
    days = [
        showing.at
        for segment in range(3)
        for showing in Showing.scan(mine, segment=segment, total_segments=3, page_size=5)
    ]
    assert sorted(days) == [at(day) for day in range(1, 10)]


def test_batches_larger_than_a_request_are_split(name):
    with Film.batch_write() as batch:
        for i in range(130):
            batch.save(Film(f"{name}-{i}", votes=i))
    names = [f"{name}-{i}" for i in range(131)]
    assert sorted(film.votes for film in Film.batch_get(names)) == list(range(130))
    with Film.batch_write() as batch:
        for film in Film.batch_get(names, attributes_to_get=["name"]):
            batch.delete(film)
    assert list(Film.batch_get(names)) == []


@pytest.fixture
def connection():
    return Connection(region=Film.Meta.region, host=Film.Meta.host)


def test_a_transaction_writes_all_kinds_and_reads_at_once(name, connection):
    Film(name, votes=1).save()
    show(name, 2)
    with TransactWrite(connection=connection) as transaction:
        transaction.condition_check(Film, name, condition=Film.votes == 1)
        transaction.update(Showing.get(name, at(1)), actions=[Showing.seats.set(1)])
        transaction.delete(Showing.get(name, at(2)))
        transaction.save(Showing(name, at(3), seats=3))
    with TransactGet(connection=connection) as transaction:
        days = [transaction.get(Showing, name, at(day)) for day in (1, 2, 3)]
    assert [days[0].get().seats, days[2].get().seats] == [1, 3]
    with pytest.raises(DoesNotExist):
        days[1].get()


def test_a_cancelled_transaction_gives_its_reasons(name, connection):
    Film(name, votes=1).save()
    write = TransactWrite(connection=connection)
    with pytest.raises(TransactWriteError) as error, write as transaction:
        transaction.save(Showing(name, at(1)))
        transaction.save(Film(name), Film.name.does_not_exist(), return_values="ALL_OLD")
    assert error.value.cause_response_code == "TransactionCanceledException"
    # Conditional reasons carry the item that was asked for; passing actions have no reason.
    failed = [reason for reason in error.value.cancellation_reasons if reason]
    (reason,) = failed
    assert (reason.code, reason.message) == (
        "ConditionalCheckFailed",
        "The conditional request failed",
    )
    assert reason.raw_item["votes"] == {"N": "1"}
    assert Showing.count(name) == 0


def test_a_token_makes_a_transaction_happen_once(name, connection):
    film = Film(name, votes=1)
    film.save()
    for _ in range(2):
        with TransactWrite(connection=connection, client_request_token=name[:36]) as transaction:
            transaction.update(film, actions=[Film.votes.add(1)])
    assert Film.get(name).votes == 2


def test_a_version_is_checked_in_a_transaction(name, connection):
    mine = Showing(name, at(1), seats=1)
    mine.save()
    Showing.get(name, at(1)).save()
    write = TransactWrite(connection=connection)
    with pytest.raises(TransactWriteError) as error, write as transaction:
        transaction.save(mine)
    (reason,) = error.value.cancellation_reasons
    assert reason.code == "ConditionalCheckFailed"
