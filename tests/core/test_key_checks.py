"""A process with other keys than its database is told so at its start, and one with a new key is welcome."""

from __future__ import annotations

import base64
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import select, text

from backend.core import crypto
from backend.core.crypto import KeyRing
from backend.core.db import Database
from backend.core.key_checks import KeyCheck, WrongKeys, forget_key, recognise_keys
from scripts.children import wait_until
from tests.builders.product import somebody
from tests.harness import ROOT
from tests.harness.keys import TEST_KEYS, configure_this_process
from tests.harness.races import race
from tests.harness.served import Served, environment_of

ONE, TWO, LOOKUP, OTHER_LOOKUP = b"1" * 32, b"2" * 32, b"l" * 32, b"m" * 32
RING = KeyRing({"a": ONE}, "a", LOOKUP)
ROTATED = KeyRing({"b": TWO, "a": ONE}, "b", LOOKUP)


@pytest.fixture(autouse=True)
def own_keys() -> Iterator[None]:
    crypto.configure(RING)
    yield
    configure_this_process()


def known(db: Database) -> list[tuple[str, str]]:
    with db.reading() as session:
        rows = session.execute(
            select(KeyCheck.kind, KeyCheck.key_id).order_by(KeyCheck.kind, KeyCheck.key_id)
        )
        return [(kind, key_id) for kind, key_id in rows]


def seal_somebody(db: Database, ring: KeyRing = RING) -> None:
    crypto.configure(ring)
    person = somebody(db)
    with db.writing() as session:
        session.execute(
            text("UPDATE people SET phone = :sealed WHERE id = :id"),
            {"sealed": crypto.seal("13700000000", "person.phone"), "id": person.id},
        )


def test_the_first_start_is_remembered_and_the_same_keys_are_welcome(db: Database) -> None:
    recognise_keys(db, RING)
    recognise_keys(db, RING)
    assert known(db) == [("encryption", "a"), ("lookup", "")]


def test_no_key_can_be_had_from_what_is_remembered(db: Database) -> None:
    recognise_keys(db, RING)
    with db.reading() as session:
        values = session.scalars(select(KeyCheck.check_value)).all()
    for key in (ONE, LOOKUP):
        assert not {key.hex(), base64.b64encode(key).decode(), key.decode()} & set(values)
    assert len(set(values)) == 2


def test_a_key_added_for_rotation_is_welcome_and_remembered(db: Database) -> None:
    recognise_keys(db, RING)
    recognise_keys(db, ROTATED)
    assert known(db) == [("encryption", "a"), ("encryption", "b"), ("lookup", "")]
    with pytest.raises(WrongKeys, match="ENCRYPTION_KEYS: the key 'b'"):
        recognise_keys(db, RING)


@pytest.mark.parametrize(
    ("ring", "named"),
    [
        (KeyRing({"b": TWO}, "b", LOOKUP), "ENCRYPTION_KEYS: the key 'a'"),
        (KeyRing({"a": TWO}, "a", LOOKUP), "ENCRYPTION_KEYS: 'a' is another key"),
        (KeyRing({"a": ONE}, "a", OTHER_LOOKUP), "LOOKUP_KEY: another key"),
    ],
    ids=["missing", "other bytes", "other lookup key"],
)
def test_refuses_a_ring_that_is_not_the_databases(db: Database, ring: KeyRing, named: str) -> None:
    recognise_keys(db, RING)
    with pytest.raises(WrongKeys, match=named):
        recognise_keys(db, ring)
    assert known(db) == [("encryption", "a"), ("lookup", "")], "nor is anything of it remembered"


@pytest.mark.parametrize(
    "ring",
    [KeyRing({"b": TWO}, "b", LOOKUP), KeyRing({"a": TWO}, "a", LOOKUP)],
    ids=["missing", "other bytes"],
)
def test_refuses_a_ring_that_does_not_open_what_an_older_version_sealed(db: Database, ring: KeyRing) -> None:
    seal_somebody(db)
    with pytest.raises(WrongKeys, match=r"ENCRYPTION_KEYS: .*people\.phone"):
        recognise_keys(db, ring)
    assert known(db) == []
    recognise_keys(db, RING)


def test_a_database_without_tables_is_left_alone(empty_database_url: str) -> None:
    with closing(Database(empty_database_url)) as empty:
        recognise_keys(empty, RING)


def test_of_two_that_start_at_once_with_other_keys_one_is_refused(db: Database) -> None:
    rings = [RING, KeyRing({"a": TWO}, "a", LOOKUP)]
    ended = race(2, lambda n: recognise_keys(db, rings[n]))
    assert ended.overlapped == 2
    assert [type(each) for each in ended.errors] == [WrongKeys]
    assert known(db) == [("encryption", "a"), ("lookup", "")]


def test_of_two_that_start_at_once_with_the_same_keys_both_do(db: Database) -> None:
    ended = race(2, lambda _n: recognise_keys(db, ROTATED))
    assert not ended.errors and len(known(db)) == 3


def test_a_key_under_which_something_is_sealed_is_not_forgotten(db: Database) -> None:
    recognise_keys(db, ROTATED)
    seal_somebody(db, RING)
    with pytest.raises(WrongKeys, match=r"people\.phone still holds"), db.writing() as session:
        forget_key(session, "a")
    with db.writing() as session:
        assert forget_key(session, "b")
        assert not forget_key(session, "c")
    recognise_keys(db, RING)


# The programs

on_one_database = pytest.mark.only_on("sqlite", "processes; what they compare is compared on both above")


def environment(url: str, folder: Path, **more: str) -> dict[str, str]:
    return environment_of(url, folder, 1, 1, more)


def run(env: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *words], env=env, cwd=ROOT, capture_output=True, text=True, timeout=60
    )


OTHERS = {"ENCRYPTION_KEYS": f"test={base64.b64encode(TWO).decode()}"}
WRONG = "ENCRYPTION_KEYS: 'test' is another key"


@on_one_database
def test_commands_and_worker_refuse_other_keys_in_words(database_url: str, tmp_path: Path) -> None:
    assert run(environment(database_url, tmp_path), "backend.cli", "verify").returncode == 0
    env = environment(database_url, tmp_path, **OTHERS)
    for words in (["backend.cli", "verify"], ["backend.worker"]):
        ended = run(env, *words)
        assert ended.returncode == 1 and WRONG in ended.stderr, words
        assert "Traceback" not in ended.stderr and "in front of them" in ended.stderr


@on_one_database
def test_the_web_process_refuses_other_keys_in_words(
    serve: Callable[..., Served], database_url: str, tmp_path: Path
) -> None:
    assert run(environment(database_url, tmp_path), "backend.cli", "verify").returncode == 0
    served = serve(web_processes=0, worker=False, stand_in=False, env=OTHERS)
    served.web_processes = 1
    served.start_web_soon()
    assert served.web is not None
    log = served.web.log
    wait_until(lambda: WRONG in log.read_text(), [], seconds=60, what="the words")
    assert "Traceback" not in log.read_text()


@on_one_database
def test_a_demo_with_the_database_of_another_is_told_which_keys_it_lacks(
    database_url: str, tmp_path: Path
) -> None:
    """As `make run` with another demo's DATABASE_URL: each folder makes keys of its own."""
    nothing = dict.fromkeys(TEST_KEYS, "")
    for folder, status in (("one", 0), ("two", 1)):
        env = {**environment(database_url, tmp_path / folder), **nothing, "MODE": "demo"}
        ended = run({name: value for name, value in env.items() if value}, "backend.cli", "verify")
        assert ended.returncode == status, ended.stderr
    assert "ENCRYPTION_KEYS" in ended.stderr and "LOOKUP_KEY" in ended.stderr
    assert str(tmp_path / "two" / "keys.json") in ended.stderr and "DATA_DIR" in ended.stderr


# A database that is not UTF-8


def unfit(db: Database, folder: Path) -> Iterator[str]:
    """Addresses of databases that keep their text otherwise; PostgreSQL's are dropped afterwards."""
    if db.dialect == "sqlite":
        for encoding in ("UTF-16le", "UTF-16be"):
            path = folder / f"{encoding}.db"
            with closing(sqlite3.connect(path)) as file:
                file.execute(f'PRAGMA encoding = "{encoding}"')
                file.execute("CREATE TABLE anything (id INTEGER)")
            yield f"sqlite:///{path}"
        return
    for encoding in ("SQL_ASCII", "LATIN1"):
        name = f"unfit_{encoding.lower()}_{os.getpid()}"
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {name}")
            connection.exec_driver_sql(
                f"CREATE DATABASE {name} TEMPLATE template0 ENCODING '{encoding}' LC_COLLATE 'C' LC_CTYPE 'C'"
            )
            yield db.engine.url.set(database=name).render_as_string(hide_password=False)
            connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")


def test_a_database_that_is_not_utf8_is_named_in_words(db: Database, tmp_path: Path) -> None:
    programs = [["backend.cli", "migrate"], ["backend.cli", "verify"], ["backend.worker"]]
    for number, url in enumerate(unfit(db, tmp_path)):
        for words in programs if number == 0 else programs[:1]:
            ended = run(environment(url, tmp_path / "data"), *words)
            assert ended.returncode == 1, (url, words)
            assert "DATABASE_URL" in ended.stderr and "UTF" in ended.stderr, ended.stderr
            assert "Traceback" not in ended.stderr, ended.stderr
