"""Alive, and ready: a process is given requests only on a database that it knows."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Column, Integer, MetaData, Table, text, update

from backend import health, schema
from backend.core import leases
from backend.core.db import Database
from backend.core.leases import Heartbeat, wall_clock
from tests.builders.product import app_on, client_of


@pytest.fixture
def app(db: Database, database_url: str, tmp_path: Path) -> Flask:
    return app_on(database_url, tmp_path)


def test_ready_on_the_schema_of_this_code(app: Flask) -> None:
    assert client_of(app).get("/readyz").expect(200) == {"status": "ok", "database": "ok", "worker": "late"}


def at_revision(db: Database, number: str, *changes: str) -> None:
    """As if a migration of another release had been applied."""
    with db.writing() as session:
        for change in changes:
            session.execute(text(change))
        session.execute(text("UPDATE alembic_version SET version_num = :number"), {"number": number})


@pytest.mark.parametrize("revision", ["0000", "0001", "elsewhere"])
def test_not_ready_on_an_older_schema_or_somebody_else_s(db: Database, app: Flask, revision: str) -> None:
    at_revision(db, revision)
    said = client_of(app).get("/readyz").expect(503)
    assert said["status"] == "unavailable" and revision in said["database"]
    assert client_of(app).get("/healthz").expect(200) == {"status": "ok"}


def test_ready_on_a_later_schema_that_only_added(db: Database, app: Flask) -> None:
    at_revision(
        db,
        "9999",
        "CREATE TABLE made_up (id VARCHAR(26) NOT NULL)",
        "ALTER TABLE people ADD COLUMN may_be_empty VARCHAR(26)",
        "ALTER TABLE people ADD COLUMN has_a_default INTEGER NOT NULL DEFAULT 0",
    )
    assert client_of(app).get("/readyz").expect(200)["database"] == "ok"


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("DROP TABLE lent_heaters", "lent_heaters"),
        ("ALTER TABLE people RENAME COLUMN name TO full_name", "people.name"),
        ("ALTER TABLE people DROP COLUMN name", "people.name"),
    ],
)
def test_not_ready_on_a_later_schema_that_took_away_what_this_code_uses(
    db: Database, app: Flask, change: str, named: str
) -> None:
    at_revision(db, "9999", change)
    said = client_of(app).get("/readyz").expect(503)
    assert said["status"] == "unavailable" and said["database"].endswith(f"does not serve it: {named}")


def test_a_new_column_that_older_writers_would_have_to_fill_is_named(db: Database) -> None:
    with db.writing() as session:
        session.execute(
            text(
                "CREATE TABLE made_up (id INTEGER PRIMARY KEY, a INTEGER, b INTEGER NOT NULL DEFAULT 0, c INTEGER NOT NULL)"
            )
        )
        known = MetaData()
        Table("made_up", known, Column("id", Integer, primary_key=True))
        assert list(schema.lacking(session.connection(), known)) == ["made_up.c wants a value"]


def test_not_ready_on_an_empty_database(empty_database_url: str, tmp_path: Path) -> None:
    app = app_on(empty_database_url, tmp_path)
    assert client_of(app).get("/readyz").expect(503)["status"] == "unavailable"
    client_of(app).get("/healthz").expect(200)


def test_not_ready_without_a_database_and_says_no_more_than_that(tmp_path: Path) -> None:
    app = app_on("postgresql://nobody:pass-of-nobody@127.0.0.1:9/none", tmp_path)
    answer = client_of(app).get("/readyz")
    assert answer.expect(503) == {"status": "unavailable", "database": "no answer"}
    client_of(app).get("/healthz").expect(200)


def test_the_worker_s_heartbeat_is_told_and_not_waited_for(db: Database, app: Flask) -> None:
    with db.writing() as session:
        leases.beat(session, health.WORKER, "w1")
    assert client_of(app).get("/readyz").expect(200)["worker"] == "ok"
    with db.writing() as session:
        long_ago = wall_clock() - timedelta(seconds=health.WORKER_LATE_SECONDS + 1)
        session.execute(update(Heartbeat).values(at=long_ago))
    assert client_of(app).get("/readyz").expect(200)["worker"] == "late"
