"""How Alembic meets the database: forward only, one migrator at a time, on SQLite and on PostgreSQL.

The address is ``config.attributes["url"]`` when a program calls Alembic, else what the settings say.
"""

from __future__ import annotations

import importlib
import pkgutil
import random
import sqlite3
import time
from collections.abc import Callable, Iterable
from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from psycopg.errors import DeadlockDetected, LockNotAvailable
from sqlalchemy import Connection, TypeDecorator, create_engine, event, make_url, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

import backend
from backend.core.db import Base
from backend.core.encoding import insist_on_utf8

# Any number, the same for every migrator: PostgreSQL lets one hold it, the others wait and then find nothing to do.
MIGRATOR_LOCK = 6_815_320
# For a table that a running product uses; longer than PostgreSQL takes to find a deadlock (1 s).
LONGEST_WAIT = "3s"
TRIES = 60
IN_THE_WAY = (DeadlockDetected, LockNotAvailable)


def know_every_table() -> None:
    """Import every module that may map a class: a package that forgot to be imported would look like a dropped table."""
    for module in pkgutil.walk_packages(backend.__path__, "backend."):
        if module.name.rsplit(".", 1)[-1] == "models" or ".models." in module.name or ".core." in module.name:
            importlib.import_module(module.name)


def address() -> str:
    given = context.config.attributes.get("url")
    if given:
        return str(given)
    from backend.settings import read_settings

    return read_settings().database_url


def plain_type(kind: str, item: object, _context: AutogenContext) -> str | Literal[False]:
    """Write a column's type as the database knows it: a migration must outlive the product's own types."""
    if kind == "type" and isinstance(item, TypeDecorator) and type(item).__module__.startswith("backend."):
        return f"sa.{item.impl_instance!r}"
    return False


Steps = Callable[..., Iterable[Any]]


def asked_for() -> Steps:
    """What Alembic was told to do, as the steps that are left from the revisions that stand."""
    context.configure(dialect_name="sqlite")  # any: only the command's own words are read
    found: Steps = context.get_context().opts["fn"]
    return found


def run(connection: Connection, steps_left: Steps) -> None:
    """Take one step after the other, each in a transaction of its own: a table is held no longer than its own step takes.

    What is to be done is looked up anew in each, behind the lock: another migrator may have taken the step meanwhile.
    """
    more = True

    def next_step(*standing: Any) -> list[Any]:
        nonlocal more
        steps = list(steps_left(*standing))
        more = len(steps) > 1
        return steps[:1]

    while more:
        more = False
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            compare_type=True,
            render_as_batch=True,  # SQLite rebuilds a table to alter it; PostgreSQL takes the same words
            render_item=plain_type,
            transactional_ddl=True,  # SQLite can as well; Alembic would not commit what it believes committed by itself
            fn=next_step,
        )
        with context.begin_transaction():
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATOR_LOCK})
                # Whoever waits for a table holds up all that come after: the product goes on serving meanwhile.
                connection.execute(
                    text("SELECT set_config('lock_timeout', :wait, true)"), {"wait": LONGEST_WAIT}
                )
            context.run_migrations()


def migrate() -> None:
    know_every_table()
    steps_left = asked_for()
    given = context.config.attributes.get("connection")
    if given is not None:
        run(given, steps_left)
        return
    url = make_url(address())
    engine = create_engine(url, poolclass=NullPool)
    insist_on_utf8(engine)
    if url.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _sqlite_for_migrations)
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    for tries_left in reversed(range(TRIES)):
        try:
            with engine.connect() as connection:
                run(connection, steps_left)
            break
        except OperationalError as error:  # the step was rolled back; those before it stand
            if tries_left == 0 or not isinstance(error.orig, IN_THE_WAY):
                raise
            time.sleep(random.uniform(0.2, 1.0))  # noqa: S311  # so that both do not come back at once
    engine.dispose()


def _sqlite_for_migrations(connection: sqlite3.Connection, _record: object) -> None:
    # DDL within the transaction needs the driver's own transaction handling off. Foreign keys stay off: a batch
    # operation rebuilds tables, and dropping the old one would delete what refers to it.
    connection.isolation_level = None
    for pragma in ("busy_timeout = 30000", "journal_mode = WAL", "foreign_keys = OFF"):
        connection.execute(f"PRAGMA {pragma}").close()


if context.is_offline_mode():
    raise SystemExit("migrations are run against a database; there is no offline mode")
migrate()
