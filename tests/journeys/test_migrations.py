"""Migrations: one line, forward only, what the models say, and nothing lost on the way from any landed revision."""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, MetaData, Table, create_engine, delete, insert, select

from backend.core import clock
from backend.core.db import Database
from backend.messaging import send_due
from backend.wechat import SendOutcome
from tests.builders.fuel_houses import NOON, deliver, house, order, village
from tests.harness import ROOT
from tests.harness.databases import Filling, Stocked, migrate
from tests.harness.races import race
from tests.harness.served import environment_of
from tests.messaging.builders import Scripted, configure_channel, told

SCRIPTS = ScriptDirectory(str(ROOT / "migrations"))
landed = [each.revision for each in reversed(list(SCRIPTS.walk_revisions()))]

# An index over an expression is not read back from SQLite; PostgreSQL's is compared.
pytestmark = [
    pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index"),
    pytest.mark.filterwarnings("ignore:autogenerate skipping metadata-specified expression-based index"),
]

Rows = dict[str, list[Mapping[str, Any]]]


def a_county_at_work(db: Database) -> None:
    """A village with a house whose fuel came, somebody who was told and somebody who is still to be told."""
    with clock.pinned(NOON):
        made = village(db)
        home = house(db, made)
        with db.writing() as session:
            ordered = order(session, home, 500)
        with db.writing() as session:
            deliver(session, made, home, ordered.id, 500)
        configure_channel()
        told(db, 0, "told")
        send_due(db, Scripted(SendOutcome("1")), "worker")
        told(db, 1, "waiting")


@pytest.fixture
def filling() -> Filling:
    return a_county_at_work


@pytest.fixture
def filled(stocked: Stocked) -> Iterator[Engine]:
    engine = create_engine(stocked.url)
    yield engine
    engine.dispose()


@pytest.fixture
def upgraded(empty_database_url: str) -> Iterator[Engine]:
    engine = create_engine(empty_database_url)
    yield engine
    engine.dispose()


def tables_of(connection: Connection) -> list[Table]:
    """As they stand, those first that others refer to."""
    found = MetaData()
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name != "alembic_version"]


def rows_of(connection: Connection, tables: list[Table]) -> Rows:
    """Every row in the columns that ``tables`` name, whatever columns there are by now."""
    return {
        table.name: [
            dict(row) for row in connection.execute(select(table).order_by(*table.primary_key)).mappings()
        ]
        for table in tables
    }


def test_there_is_one_line_of_migrations_and_none_leads_back() -> None:
    assert len(SCRIPTS.get_heads()) == 1
    assert landed == [f"{number:04}" for number in range(1, len(landed) + 1)]
    for revision in SCRIPTS.walk_revisions():
        with pytest.raises(NotImplementedError):
            revision.module.downgrade()


def test_models_and_migrations_say_the_same(empty_database_url: str) -> None:
    said = io.StringIO()
    config = Config(str(ROOT / "alembic.ini"), stdout=said)
    config.attributes["url"] = empty_database_url
    migrate(empty_database_url)
    command.check(config)  # raises where it would write a further migration
    assert "No new upgrade operations detected" in said.getvalue()


@pytest.mark.parametrize("revision", landed[:-1])
def test_what_a_revision_held_is_there_after_the_ones_that_followed(
    filled: Engine, upgraded: Engine, empty_database_url: str, revision: str
) -> None:
    migrate(empty_database_url, revision)
    with filled.connect() as county, upgraded.begin() as older:
        tables = tables_of(older)
        before = rows_of(county, tables)  # in so far as that revision knew them
        for table in tables:
            if before[table.name]:
                older.execute(delete(table))  # what a trigger has written there for another table's rows
                older.execute(insert(table).values(before[table.name]))
    assert {"people", "subscription_grants", "outbox"} <= {name for name, rows in before.items() if rows}

    migrate(empty_database_url)

    with upgraded.connect() as newer:
        assert rows_of(newer, tables) == before
        assert len(tables_of(newer)) >= len(tables)


BREAKS = """
revision = "{next}"
down_revision = "{last}"


def upgrade():
    op.create_table("made_up", sa.Column("id", sa.String(26), primary_key=True))
    raise ZeroDivisionError
"""


def test_each_migration_is_taken_down_by_itself(
    upgraded: Engine, empty_database_url: str, tmp_path: Path
) -> None:
    shutil.copytree(ROOT / "migrations", tmp_path / "migrations")
    breaks = BREAKS.format(next=f"{len(landed) + 1:04}", last=landed[-1])
    file = tmp_path / "migrations" / "versions" / "breaks.py"
    file.write_text(f"import sqlalchemy as sa\nfrom alembic import op\n{breaks}", "utf-8")
    config = Config(str(ROOT / "alembic.ini"))
    config.set_main_option("script_location", str(tmp_path / "migrations"))
    config.attributes["url"] = empty_database_url
    with pytest.raises(ZeroDivisionError):
        command.upgrade(config, "head")
    with upgraded.connect() as connection:
        found = MetaData()
        found.reflect(connection)
        assert "households" in found.tables and "made_up" not in found.tables
        version = found.tables["alembic_version"]
        assert connection.execute(select(version.c.version_num)).scalars().all() == [landed[-1]]


def test_two_that_migrate_at_once_leave_one_schema(
    upgraded: Engine, empty_database_url: str, tmp_path: Path
) -> None:
    environment = environment_of(empty_database_url, tmp_path / "data", 0, 0)

    def migrated(_number: int) -> str:
        words = [sys.executable, "-m", "backend.cli", "migrate"]
        done = subprocess.run(words, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    both = race(2, migrated)
    assert not both.errors, both.errors
    assert both.overlapped == 2
    with upgraded.connect() as connection:
        found = MetaData()
        found.reflect(connection)
        version = found.tables["alembic_version"]
        assert connection.execute(select(version.c.version_num)).scalars().all() == [landed[-1]]
