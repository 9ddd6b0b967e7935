"""Upgrades without a pause: a migration only adds, so that old and new processes serve side by side (README, "Upgrades")."""

from __future__ import annotations

import http.client
import shutil
import subprocess
import sys
import threading
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, func, inspect, select, text

from backend.core import clock
from backend.core.db import Database
from backend.fuel.models import FuelOrder
from backend.identity import open_session
from scripts.children import Child, free_port, start, stop, wait_until
from scripts.run import web_command
from tests.builders.fuel_houses import NOON, TODAY, House, house, village
from tests.harness import ROOT
from tests.harness.databases import migrate
from tests.harness.day import at, now_with
from tests.harness.http import Client
from tests.harness.served import Served

SCRIPTS = ScriptDirectory(str(ROOT / "migrations"))
landed = [each.revision for each in reversed(list(SCRIPTS.walk_revisions()))]
NEXT = f"{len(landed) + 1:04}"

# An index over an expression is not read back from SQLite; PostgreSQL's is compared.
pytestmark = pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index")

# The next release as it might be: something more in every table that there is, filled and empty, and a table of its own.
MIGRATION = f'''"""more in every table

Follows {landed[-1]}. Made up.
"""

import sqlalchemy as sa
from alembic import op

revision = "{NEXT}"
down_revision = "{landed[-1]}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table("made_up", sa.Column("id", sa.String(26), primary_key=True))
    for table in sa.inspect(op.get_bind()).get_table_names():
        if table not in ("made_up", "alembic_version"):
            op.add_column(table, sa.Column("made_up_may_be_empty", sa.String(10), nullable=True))
            op.add_column(table, sa.Column("made_up_filled", sa.Integer(), nullable=False, server_default="0"))
'''


@dataclass(frozen=True)
class Shape:
    """What writers and readers of a schema rely on: columns with type, emptiness and default; and what refuses rows."""

    columns: dict[str, dict[str, tuple[Any, bool, bool]]]
    refusing: frozenset[str]


def shape_of(engine: Engine) -> Shape:
    engine.dispose()
    found = inspect(engine)
    columns: dict[str, dict[str, tuple[Any, bool, bool]]] = {}
    refusing = set[str]()
    for table in found.get_table_names():
        columns[table] = {
            column["name"]: (
                column["type"],
                column["nullable"],
                column.get("default") is not None or bool(column.get("identity") or column.get("computed")),
            )
            for column in found.get_columns(table)
        }
        unique: list[Any] = [each["column_names"] for each in found.get_unique_constraints(table)]
        unique += [each["column_names"] for each in found.get_indexes(table) if each["unique"]]
        refusing |= {f"{table}: unique {', '.join(map(str, names))}" for names in unique}
        refusing |= {f"{table}: check {each['sqltext']}" for each in found.get_check_constraints(table)}
        for each in found.get_foreign_keys(table):
            refusing.add(f"{table}: {', '.join(each['constrained_columns'])} in {each['referred_table']}")
    return Shape(columns, frozenset(refusing))


def narrowed(before: Shape, after: Shape) -> Iterator[str]:
    """What code written for ``before`` could fail on at ``after``."""
    for table, columns in before.columns.items():
        there = after.columns.get(table)
        if there is None:
            yield f"{table} is gone"
            continue
        for name, (kind, nullable, filled) in columns.items():
            if name not in there:
                yield f"{table}.{name} is gone"
                continue
            new_kind, now_nullable, now_filled = there[name]
            if str(kind) != str(new_kind) and not _longer(kind, new_kind):
                yield f"{table}.{name} was {kind}, is {new_kind}"
            if nullable and not now_nullable:
                yield f"{table}.{name} may no longer be empty"
            if filled and not now_filled:
                yield f"{table}.{name} is no longer filled by itself"
        for name in there.keys() - columns.keys():
            _, now_nullable, now_filled = there[name]
            if not now_nullable and not now_filled:
                yield f"{table}.{name} wants a value"
    known = tuple(f"{table}: " for table in before.columns)
    yield from (each for each in after.refusing - before.refusing if each.startswith(known))


def _longer(kind: Any, new_kind: Any) -> bool:
    """A text that may be longer than before."""
    old, new = getattr(kind, "length", 0), getattr(new_kind, "length", 0)
    return type(kind) is type(new_kind) and old != 0 and (new is None or (old is not None and new >= old))


@pytest.fixture
def empty(empty_database_url: str) -> Iterator[Engine]:
    engine = create_engine(empty_database_url)
    yield engine
    engine.dispose()


def test_a_migration_takes_nothing_from_the_release_before_it_unless_it_says_what(
    empty: Engine, empty_database_url: str
) -> None:
    migrate(empty_database_url, landed[0])
    before = shape_of(empty)
    for revision in landed[1:]:
        migrate(empty_database_url, revision)
        after = shape_of(empty)
        # ``NARROWS``: what is taken away, and since which release nothing uses it.
        said = getattr(SCRIPTS.get_revision(revision).module, "NARROWS", {})
        assert sorted(narrowed(before, after)) == sorted(said), f"migration {revision}"
        assert all(said.values())
        before = after


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("DROP TABLE b", ["b is gone"]),
        ("ALTER TABLE a DROP COLUMN words", ["a.words is gone"]),
        ("ALTER TABLE a RENAME COLUMN words TO text", ["a.words is gone"]),
        ("CREATE UNIQUE INDEX one ON a (words)", ["a: unique words"]),
        ("ALTER TABLE a ADD COLUMN more INTEGER", []),
        ("ALTER TABLE a ADD COLUMN more INTEGER NOT NULL DEFAULT 1", []),
        ("CREATE TABLE c (id INTEGER NOT NULL UNIQUE)", []),
    ],
)
def test_what_would_stop_older_code_is_noticed(empty: Engine, change: str, told: list[str]) -> None:
    with empty.begin() as connection:
        connection.execute(text("CREATE TABLE a (id INTEGER PRIMARY KEY, words VARCHAR(5))"))
        connection.execute(text("CREATE TABLE b (id INTEGER PRIMARY KEY)"))
    before = shape_of(empty)
    with empty.begin() as connection:
        connection.execute(text(change))
    assert list(narrowed(before, shape_of(empty))) == told


@pytest.mark.only_on("postgresql", "SQLite cannot change a column's kind in place")
@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("ALTER words SET NOT NULL", ["a.words may no longer be empty"]),
        ("ADD more INTEGER NOT NULL", ["a.more wants a value"]),
        ("ALTER words TYPE VARCHAR(4)", ["a.words was VARCHAR(5), is VARCHAR(4)"]),
        ("ALTER words TYPE INTEGER USING 1", ["a.words was VARCHAR(5), is INTEGER"]),
        ("ALTER words TYPE VARCHAR(6)", []),
        ("ALTER number DROP DEFAULT", ["a.number is no longer filled by itself"]),
        ("ADD CHECK (number > 0)", ["a: check number > 0"]),
    ],
)
def test_a_column_that_takes_less_than_before_is_noticed(empty: Engine, change: str, told: list[str]) -> None:
    with empty.begin() as connection:
        connection.execute(text("CREATE TABLE a (words VARCHAR(5), number INTEGER DEFAULT 1)"))
    before = shape_of(empty)
    with empty.begin() as connection:
        connection.execute(text(f"ALTER TABLE a {change}"))
    assert list(narrowed(before, shape_of(empty))) == told


@pytest.mark.only_on("postgresql", "SQLite has one writer at a time, who ends")
def test_a_migration_that_finds_a_table_in_use_holds_nobody_up_and_comes_back(
    empty: Engine, empty_database_url: str
) -> None:
    migrate(empty_database_url, landed[-2])
    with empty.begin() as connection:
        connection.execute(text("LOCK TABLE alembic_version IN SHARE MODE"))  # every migration writes there
        migrating = threading.Thread(target=migrate, args=[empty_database_url])
        migrating.start()
        waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'relation'")
        seen = [0, 0]  # that it waited, and that it let go meanwhile
        for _ in range(3_000):
            with empty.connect() as other:
                now = other.scalar(waiting)
            seen[0] += bool(now)
            seen[1] += bool(seen[0] and not now)
            if seen[1]:
                break
            migrating.join(0.01)
        assert all(seen) and migrating.is_alive()
    migrating.join(60)
    assert not migrating.is_alive()
    with empty.connect() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == landed[-1]


# -- old and new at once


def next_release(folder: Path) -> Path:
    """The product as the next release might be: this one and a further migration."""
    tree = folder / "next"
    for name in ("backend", "migrations"):
        shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "alembic.ini", tree)
    (tree / "migrations" / "versions" / f"{NEXT}_made_up.py").write_text(MIGRATION, "utf-8")
    return tree


@dataclass
class Orders:
    """Fuel ordered and cancelled, one order after the other, each with its key until it is answered."""

    client: Client
    home: House
    answered: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    _ended: threading.Event = field(default_factory=threading.Event)

    def go_on(self) -> None:
        while not self._ended.wait(0.02) and not self.refused:
            wish = {
                "household_id": self.home.id,
                "kilograms": 25,
                "wanted_from": f"{TODAY}",
                "wanted_until": f"{TODAY}",
            }
            if ordered := self.ask("/api/fuel-orders", wish, 201):
                self.answered.append(ordered["id"])
                # So that the year's limit is never met.
                self.ask(f"/api/fuel-orders/{ordered['id']}/cancel", {"reason": "不要了"}, 200)

    def ask(self, path: str, body: dict[str, Any], expected: int) -> Any:
        """The answer; None where it was none of what a client expects of a product that is up."""
        key = str(uuid.uuid4())
        for _ in range(20):
            try:
                answer = self.client.post(path, body, key=key)
            except (OSError, http.client.HTTPException) as error:
                self.refused.append(repr(error))
                return None
            if answer.status == expected:
                return answer.json()
            if answer.status != 503:  # busy: the same again, as a phone does
                break
        self.refused.append(f"{path}: {answer.status} {answer.text[:300]}")
        return None

    def come(self, many: int) -> bool:
        """Whether so many were answered; fails on the first refusal."""
        assert self.refused == []
        return len(self.answered) >= many

    def end(self, thread: threading.Thread) -> None:
        self._ended.set()
        thread.join(60)


def test_old_and_new_processes_serve_side_by_side_with_a_migration_in_between(
    db: Database, serve: Callable[..., Served], tmp_path: Path
) -> None:
    shift = at(NOON)
    with clock.pinned(now_with(shift)):
        made = village(db)
        homes = [house(db, made, number) for number in (1, 2)]
        with db.writing() as session:
            tokens = [open_session(session, home.resident.person_id).token for home in homes]
    old = serve(worker=True, stand_in=True, env=shift)
    tree, port, new = next_release(tmp_path), free_port(), list[Child]()
    env = {**old.env, "PUBLIC_BASE_URL": f"http://127.0.0.1:{port}"}
    newer = Client(f"http://127.0.0.1:{port}")

    def ordering(base_url: str, which: int) -> tuple[Orders, threading.Thread]:
        orders = Orders(Client(base_url, tokens[which]), homes[which])
        thread = threading.Thread(target=orders.go_on)
        thread.start()
        return orders, thread

    def newer_status() -> int:
        try:
            return newer.get("/readyz").status
        except OSError:
            return 0

    before, its_thread = ordering(old.base_url, 0)
    try:
        new.append(
            start(
                "new web",
                [sys.executable, *web_command(port, 1)],
                log=tmp_path / "new.log",
                env=env,
                cwd=tree,
            )
        )
        wait_until(lambda: newer_status() != 0, new, seconds=60, what="the new web process")
        assert f"expected {NEXT}" in newer.get("/readyz").expect(503)["database"], "not before its migration"
        wait_until(lambda: before.come(3), new, seconds=60, what="orders before it")

        words = [sys.executable, "-m", "backend.cli", "migrate"]
        migrated = subprocess.run(words, env=env, cwd=tree, capture_output=True, encoding="utf-8")
        assert migrated.returncode == 0, migrated.stderr
        so_far = len(before.answered)

        wait_until(lambda: newer_status() == 200, new, seconds=30, what="the new web process, ready")
        assert old.client().get("/readyz").expect(200)["database"] == "ok"
        beside, other_thread = ordering(newer.base_url, 1)
        try:
            wait_until(
                lambda: before.come(so_far + 5) and beside.come(5), new, seconds=60, what="orders on both"
            )
        finally:
            beside.end(other_thread)
        # What one of them began the other goes on with.
        other, last = Client(newer.base_url, tokens[0]), before.answered[-1]
        assert other.get(f"/api/fuel-orders/{last}").expect(200)["id"] == last
    finally:
        before.end(its_thread)
        stop(new, grace=5)
    assert (before.refused, beside.refused) == ([], [])
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(FuelOrder)) == len(before.answered) + len(
            beside.answered
        )
