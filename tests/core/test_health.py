"""Alive, and ready: a process is given requests only on a database that it knows."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text, update

from backend import health
from backend.core import leases
from backend.core.db import Database
from backend.core.leases import Heartbeat, wall_clock
from tests.builders.product import app_on, client_of


@pytest.fixture
def app(db: Database, database_url: str, tmp_path: Path) -> Flask:
    return app_on(database_url, tmp_path)


def test_ready_on_the_schema_of_this_code(app: Flask) -> None:
    assert client_of(app).get("/readyz").expect(200) == {"status": "ok", "database": "ok", "worker": "late"}


@pytest.mark.parametrize("revision", ["0000", "9999"], ids=["older", "newer"])
def test_not_ready_on_another_schema(db: Database, app: Flask, revision: str) -> None:
    with db.writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = :number"), {"number": revision})
    said = client_of(app).get("/readyz").expect(503)
    assert said["status"] == "unavailable" and revision in said["database"]
    assert client_of(app).get("/healthz").expect(200) == {"status": "ok"}


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
