"""One behaviour on both databases: what a transaction locks, what an instant is, who wins an insert."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as StillWaiting
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    insert,
    make_url,
    select,
    text,
    update,
)
from sqlalchemy.exc import IntegrityError, StatementError

from backend.core import db as db_module
from backend.core.db import Database, UTCDateTime, affected, insert_ignoring, insert_many_ignoring, new_id
from tests.harness.races import race
from tests.sizes import SIZES

_OPEN = text("state = 'open'")
_metadata = MetaData()
things = Table(
    "things",
    _metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(40), unique=True),
    Column("at", UTCDateTime),
)
doors = Table(
    "doors",
    _metadata,
    Column("id", String(26), primary_key=True),
    Column("house", String(40)),
    Column("state", String(8)),
    Index("uq_doors_open", "house", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
)
keys = Table("keys", _metadata, Column("thing_id", Integer, ForeignKey("things.id")))


@pytest.fixture
def db(empty_database_url: str) -> Iterator[Database]:
    database = Database(empty_database_url)
    _metadata.create_all(database.engine)
    yield database
    database.close()


def _names(db: Database) -> list[str]:
    with db.reading() as session:
        return list(session.scalars(select(things.c.name).order_by(things.c.name)))


# -- instants


def test_an_instant_comes_back_in_utc_whatever_zone_it_was_written_in(db: Database) -> None:
    beijing = datetime(2022, 9, 15, 10, 0, 0, 123456, timezone(timedelta(hours=8)))
    with db.writing() as session:
        session.execute(insert(things).values(id=1, name="a", at=beijing))
    with db.reading() as session:
        found = session.scalar(select(things.c.at))
    assert found == beijing
    assert found is not None and found.tzinfo is UTC and found.hour == 2


def test_an_instant_without_a_zone_is_refused(db: Database) -> None:
    with pytest.raises(StatementError, match="time zone"), db.writing() as session:
        session.execute(insert(things).values(id=1, name="a", at=datetime(2022, 9, 15, 10, 0)))
    assert _names(db) == []


def test_an_instant_without_a_zone_is_refused_in_a_question_too(db: Database) -> None:
    with pytest.raises(StatementError, match="time zone"), db.reading() as session:
        session.execute(select(things.c.id).where(things.c.at < datetime(2022, 9, 15, 10, 0)))


def test_instants_are_compared_as_instants(db: Database) -> None:
    early = datetime(2022, 9, 15, 1, 59, 59, 999999, UTC)
    noon_elsewhere = datetime(2022, 9, 15, 10, 0, tzinfo=timezone(timedelta(hours=8)))
    with db.writing() as session:
        session.execute(insert(things).values(id=1, name="early", at=early))
        session.execute(insert(things).values(id=2, name="exact", at=noon_elsewhere))
    with db.reading() as session:
        before = session.scalars(select(things.c.name).where(things.c.at < noon_elsewhere)).all()
    assert before == ["early"]


# -- transactions


@pytest.mark.only_on("sqlite", "PostgreSQL locks rows, not the database")
def test_a_writing_session_takes_the_write_lock_with_its_first_statement(db: Database) -> None:
    path = make_url(str(db.engine.url)).database or ""
    impatient = sqlite3.connect(path, timeout=0, isolation_level=None)
    with db.writing() as session:
        session.execute(select(things.c.id))  # it only looks, so far
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            impatient.execute("BEGIN IMMEDIATE")
    impatient.execute("BEGIN IMMEDIATE")
    impatient.execute("ROLLBACK")
    impatient.close()


@pytest.mark.only_on("sqlite", "PostgreSQL locks rows, not the database")
def test_a_reading_session_leaves_the_write_lock_alone(db: Database) -> None:
    path = make_url(str(db.engine.url)).database or ""
    impatient = sqlite3.connect(path, timeout=0, isolation_level=None)
    with db.reading() as session:
        session.execute(select(things.c.id)).all()
        impatient.execute("BEGIN IMMEDIATE")
        impatient.execute("ROLLBACK")
    impatient.close()


def test_readers_and_a_writer_do_not_wait_for_one_another(db: Database) -> None:
    with db.writing() as session:
        session.execute(insert(things).values(id=1, name="before"))
    with db.reading() as reader:
        assert reader.scalar(select(things.c.name)) == "before"
        with db.writing() as writer:
            affected(writer, update(things).values(name="after"))
            with db.reading() as other:  # while the change is not committed
                assert other.scalar(select(things.c.name)) == "before"
    assert _names(db) == ["after"]


def test_writers_that_read_first_are_queued_and_none_fails(db: Database) -> None:
    with db.writing() as session:
        session.execute(insert(things).values(id=1, name="0"))

    def add_one(_index: int) -> None:
        with db.writing() as session:
            row = session.execute(select(things.c.name).with_for_update()).scalar_one()
            affected(session, update(things).values(name=str(int(row) + 1)))

    result = race(SIZES.racers, add_one)
    assert not result.errors
    assert _names(db) == [str(SIZES.racers)]


def test_an_error_takes_everything_back(db: Database) -> None:
    with pytest.raises(RuntimeError), db.writing() as session:
        session.execute(insert(things).values(id=1, name="a"))
        raise RuntimeError
    assert _names(db) == []


def test_what_a_reading_session_wrote_is_not_kept(db: Database) -> None:
    with db.reading() as session:
        session.execute(insert(things).values(id=1, name="a"))
    assert _names(db) == []


def test_a_reference_to_nothing_is_refused(db: Database) -> None:
    with pytest.raises(IntegrityError), db.writing() as session:
        session.execute(insert(keys).values(thing_id=7))


@pytest.mark.only_on("sqlite", "settings of SQLite's own")
def test_sqlite_is_opened_so_that_a_commit_survives_a_power_cut(db: Database) -> None:
    with db.reading() as session:
        said = {
            name: session.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert said == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30_000}


def test_another_kind_of_database_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="mysql"):
        Database("mysql://localhost/x")


def test_an_error_of_the_database_does_not_repeat_what_it_was_given(db: Database) -> None:
    with db.writing() as session:
        session.execute(insert(things).values(id=1, name="王秀兰"))
    with pytest.raises(IntegrityError) as refused, db.writing() as session:
        session.execute(insert(things).values(id=1, name="李建国"))
    assert "李建国" not in str(refused.value)


# -- inserts that ignore


def test_the_first_insert_wins_and_the_second_is_told_so(db: Database) -> None:
    with db.writing() as session:
        assert insert_ignoring(session, things, {"id": 1, "name": "a"}, ["name"])
        assert not insert_ignoring(session, things, {"id": 2, "name": "a"}, ["name"])
    assert _names(db) == ["a"]


def test_only_the_named_conflict_is_ignored(db: Database) -> None:
    with db.writing() as session:
        insert_ignoring(session, things, {"id": 1, "name": "a"}, ["name"])
    with pytest.raises(IntegrityError), db.writing() as session:
        insert_ignoring(session, things, {"id": 1, "name": "b"}, ["name"])


def test_many_rows_are_counted_without_those_that_stood(db: Database) -> None:
    rows = [{"id": number, "name": str(number % 3)} for number in range(6)]
    with db.writing() as session:
        assert insert_many_ignoring(session, things, rows, ["name"]) == 3
        assert insert_many_ignoring(session, things, [], ["name"]) == 0
    assert _names(db) == ["0", "1", "2"]


def test_a_partial_index_is_met_only_under_its_condition(db: Database) -> None:
    def opened(house: str, state: str) -> bool:
        with db.writing() as session:
            values = {"id": new_id(), "house": house, "state": state}
            return insert_ignoring(session, doors, values, ["house"], where=doors.c.state == "open")

    assert opened("h1", "open")
    assert not opened("h1", "open")
    assert opened("h2", "open")
    assert opened("h1", "closed")
    assert opened("h1", "closed")


@pytest.mark.parametrize("first_commits", [True, False], ids=["it commits", "it rolls back"])
def test_a_competing_insert_is_waited_for(db: Database, first_commits: bool) -> None:
    begun = threading.Event()

    def second() -> bool:
        with db.writing() as session:
            begun.set()
            return insert_ignoring(session, things, {"id": 2, "name": "a"}, ["name"])

    with ThreadPoolExecutor(1) as other:
        first = db.session(writing=True)
        assert insert_ignoring(first, things, {"id": 1, "name": "a"}, ["name"])
        waiting = other.submit(second)
        assert begun.wait(10)
        with pytest.raises(StillWaiting):
            waiting.result(0.3)
        if first_commits:
            first.commit()
        else:
            first.rollback()
        assert waiting.result(10) is not first_commits
        first.close()
    assert _names(db) == ["a"]


def test_of_many_who_insert_at_once_one_is_told_that_it_did(db: Database) -> None:
    for round_number in range(SIZES.race_rounds):

        def claim(_index: int, house: str = f"h{round_number}") -> bool:
            with db.writing() as session:
                values = {"id": new_id(), "house": house, "state": "open"}
                return insert_ignoring(session, doors, values, ["house"], where=doors.c.state == "open")

        result = race(32, claim)
        assert not result.errors
        assert sum(result.values) == 1


def test_a_condition_of_a_partial_index_is_found_however_often_the_statement_was_run(db: Database) -> None:
    """After some runs on one connection PostgreSQL plans it for any values, and then only the text tells the index."""
    with closing(Database(str(db.engine.url.render_as_string(hide_password=False)), pool_size=1)) as one:
        for number in range(30):
            with one.writing() as session:
                values = {"id": new_id(), "house": f"n{number}", "state": "open"}
                assert insert_ignoring(session, doors, values, ["house"], where=doors.c.state == "open")
                again = {**values, "id": new_id()}
                assert not insert_ignoring(session, doors, again, ["house"], where=doors.c.state == "open")


def test_affected_tells_how_many_rows_a_conditional_update_met(db: Database) -> None:
    with db.writing() as session:
        session.execute(insert(things), [{"id": number, "name": str(number)} for number in range(3)])
        assert affected(session, update(things).where(things.c.id > 0).values(at=datetime.now(UTC))) == 2
        assert affected(session, update(things).where(things.c.id > 9).values(at=datetime.now(UTC))) == 0


# -- ids


def test_ids_are_opaque_distinct_and_of_one_length() -> None:
    ids = [new_id() for _ in range(10_000)]
    assert len(set(ids)) == len(ids)
    assert {len(each) for each in ids} == {db_module.ID_LENGTH}
    assert set("".join(ids)) <= set("0123456789ABCDEFGHJKMNPQRSTVWXYZ")


def test_ids_of_one_process_sort_as_they_were_made() -> None:
    made: list[list[str]] = [[] for _ in range(4)]

    def make(mine: list[str]) -> None:
        mine += [new_id() for _ in range(5_000)]

    threads = [threading.Thread(target=make, args=(mine,)) for mine in made]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert all(mine == sorted(mine) for mine in made)
    assert len({each for mine in made for each in mine}) == 20_000


def test_ids_sort_by_the_millisecond_of_their_making_on_both_databases(db: Database) -> None:
    made: list[str] = []
    while len({each[:10] for each in made}) < 20:  # ten characters hold the milliseconds
        made.append(new_id())
    moments = [each[:10] for each in made]
    assert moments == sorted(moments)
    rows = [{"id": each, "house": str(place), "state": "shut"} for place, each in enumerate(made)]
    with db.writing() as session:
        session.execute(insert(doors), rows)
        stored = session.scalars(select(doors.c.id).order_by(doors.c.id)).all()
    assert stored == sorted(made)
