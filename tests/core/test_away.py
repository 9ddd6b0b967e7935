"""What the database's errors mean, how long a request waits for it, and how a server that was stopped is noticed."""

from __future__ import annotations

import errno
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError

from backend.core.away import DATABASE_AWAY, is_away
from backend.core.db import Database, DatabaseAway, Waits, hurried
from backend.core.storage import write_whole
from tests.builders.product import client_of, settings_on
from tests.core.probe import probe_app
from tests.harness.between import Wire

AWAY = (
    *("25006", "25P03", "40001", "40P01", "55P03", "57014", "57P01", "57P03", "08006", "53100", "53200", "53300", "58030"),
)  # fmt: skip
OURS = ("22012", "23505", "42P01", "42601", "42703", "42501")


def raising(db: Database, state: str) -> None:
    with db.writing() as session:
        session.execute(text(f"DO $$ BEGIN RAISE EXCEPTION 'so' USING ERRCODE = '{state}'; END $$"))


@pytest.mark.only_on("postgresql", "codes of its own")
def test_what_passes_by_itself_is_told_from_our_own_mistakes_by_the_server_s_code(db: Database) -> None:
    for state in AWAY:
        with pytest.raises(DatabaseAway):
            raising(db, state)
    for state in OURS:
        with pytest.raises(DBAPIError) as raised:
            raising(db, state)
        assert not is_away(raised.value), state


@pytest.mark.only_on("sqlite", "codes of its own")
def test_a_full_locked_or_unreadable_file_is_away_and_a_wrong_statement_is_ours(
    db: Database, tmp_path: Path
) -> None:
    with pytest.raises(DATABASE_AWAY), db.writing() as session:
        pages = session.execute(text("PRAGMA page_count")).scalar()
        session.execute(text(f"PRAGMA max_page_count = {pages}"))
        session.execute(text("CREATE TABLE filling AS SELECT zeroblob(200000)"))
    with (
        closing(sqlite3.connect(make_url(str(db.engine.url)).database or "", isolation_level=None)) as other,
        hurried(0.1),
    ):
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(DATABASE_AWAY), db.writing() as session:
            session.execute(text("SELECT 1"))
    (tmp_path / "no.db").write_bytes(b"no database at all" * 1000)
    no_database = Database(f"sqlite:///{tmp_path / 'no.db'}")
    with closing(no_database), pytest.raises(DATABASE_AWAY), no_database.reading() as session:
        session.execute(text("SELECT * FROM sqlite_master"))
    with pytest.raises(DBAPIError) as raised, db.reading() as session:
        session.execute(text("SELECT * FROM nothing_of_that_name"))
    assert not is_away(raised.value)


@pytest.mark.only_on("postgresql", "SQLite knows nothing of the kind")
def test_a_database_that_only_reads_refuses_a_write_for_a_while_and_not_by_accident(db: Database) -> None:
    name = make_url(str(db.engine.url)).database
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as admin:
        admin.execute(text(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on'))
    db.close()
    answer = client_of(probe_app(db)).post("/api/orders", {"kilograms": 25})
    assert answer.expect(503)["code"] == "http.database_away"
    assert answer.headers["retry-after"] == "60"


def test_a_request_waits_for_as_long_as_the_settings_say_and_the_worker_for_as_long_as_it_takes(
    database_url: str, tmp_path: Path
) -> None:
    usual = settings_on(database_url, tmp_path).database_waits
    assert (usual.connect, usual.busy, usual.lock, usual.statement, usual.idle, usual.pool) == (
        3,
        5,
        5,
        30,
        60,
        5,
    )
    given = settings_on(database_url, tmp_path, DATABASE_STATEMENT_SECONDS="7", DATABASE_LOCK_SECONDS="2")
    with (
        closing(Database(database_url, waits=given.database_waits)) as web,
        closing(Database(database_url)) as worker,
    ):
        if web.dialect == "sqlite":
            assert [asked(each, "PRAGMA busy_timeout") for each in (web, worker)] == [2000, 30_000]
        else:
            names = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
            assert [asked(web, f"SHOW {name}") for name in names] == ["7s", "2s", "1min"]
            assert [asked(worker, f"SHOW {name}") for name in names] == ["0", "0", "0"]


def asked(db: Database, question: str) -> object:
    with db.reading() as session:
        return session.execute(text(question)).scalar()


def test_who_is_in_a_hurry_does_not_wait_for_a_lock_and_the_next_waits_as_usual(db: Database) -> None:
    lock = text("SELECT pg_advisory_xact_lock(7)" if db.dialect == "postgresql" else "SELECT 1")
    held, over = threading.Event(), threading.Event()

    def hold() -> None:
        with db.writing() as session:
            session.execute(lock)
            held.set()
            over.wait(30)

    holding = threading.Thread(target=hold)
    holding.start()
    assert held.wait(30)
    began = time.monotonic()
    with pytest.raises(DATABASE_AWAY), hurried(0.5), db.writing() as session:
        session.execute(lock)
    assert time.monotonic() - began < 4
    threading.Timer(1, over.set).start()
    with db.writing() as session:
        session.execute(lock)
    holding.join(30)


# -- a server that answers nothing


@pytest.fixture
def wire(database_url: str) -> Iterator[Wire]:
    made = Wire(database_url)
    yield made
    made.close()


@pytest.fixture
def through(wire: Wire) -> Iterator[Database]:
    database = Database(wire.url, waits=Waits(connect=3, statement=30, lock=5))
    yield database
    database.close()


@pytest.mark.only_on("postgresql", "a server beside the product")
@pytest.mark.parametrize("connected", [True, False], ids=["connected", "not connected"])
def test_nobody_waits_long_for_a_server_that_answers_nothing(
    wire: Wire, through: Database, connected: bool
) -> None:
    if connected:
        asked(through, "SELECT 1")
    wire.hold()
    waits = []
    for _ in range(3):
        began = time.monotonic()
        with pytest.raises(DATABASE_AWAY):
            asked(through, "SELECT 1")
        waits.append(time.monotonic() - began)
    assert waits[0] < 10 and min(waits) < 0.5, "the first finds out, the next know"
    wire.mend()
    until = time.monotonic() + 20
    while time.monotonic() < until:
        try:
            assert asked(through, "SELECT 1") == 1
            break
        except DatabaseAway:
            threading.Event().wait(0.1)
    else:
        raise AssertionError("it answers, and nobody asks it")


@pytest.mark.only_on("postgresql", "a server beside the product")
def test_a_slow_statement_of_a_server_that_answers_is_waited_for(through: Database) -> None:
    assert asked(through, "SELECT pg_sleep(4) IS NOT NULL") is True


# -- a disk that takes nothing


def test_what_a_full_disk_does_not_take_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "no room")

    monkeypatch.setattr("os.fsync", refuse)
    with pytest.raises(OSError, match="no room"):
        write_whole(tmp_path / "photo", b"x" * 1000)
    assert list(tmp_path.iterdir()) == []
