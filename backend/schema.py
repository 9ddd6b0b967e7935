"""Does a database serve this code? At the code's own revision; at a later one as long as it has what the code knows.

While an upgrade is under way, old and new processes run on the new schema (README, "Upgrades"): a migration only adds,
and takes away a release later what nobody uses any more. An older process that meets a later revision does not know that
migration, so it looks at the tables themselves.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from sqlalchemy import Connection, MetaData, inspect

from backend.core.db import Base

ROOT = Path(__file__).resolve().parent.parent


@cache
def newest_revision() -> str | None:
    """The revision that the code expects its database to be at."""
    # Here and below: a tenth of every process's start, and most are never asked.
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    return ScriptDirectory.from_config(config).get_current_head()


def revision_of(connection: Connection) -> str | None:
    from alembic.runtime.migration import MigrationContext

    return MigrationContext.configure(connection).get_current_revision()


def unfit(connection: Connection) -> str | None:
    """Why this code cannot work on that database; None where it can."""
    found, expected = revision_of(connection), newest_revision()
    if found == expected:
        return None
    if not is_later(found, expected):
        return f"revision {found}, expected {expected}"
    lacks = sorted(lacking(connection, Base.metadata))
    return (
        f"revision {found} is later than {expected} and does not serve it: {', '.join(lacks)}"
        if lacks
        else None
    )


def is_later(found: str | None, expected: str | None) -> bool:
    """Revisions are numbered without a gap: a greater number is a later one."""
    numbers = [text for text in (found, expected) if text and text.isascii() and text.isdigit()]
    return len(numbers) == 2 and int(numbers[0]) > int(numbers[1])


def lacking(connection: Connection, known: MetaData) -> Iterator[str]:
    """Tables and columns of ``known`` that are not there, and columns beyond it that its writers would have to fill."""
    columns = inspect(connection).get_multi_columns(filter_names=list(known.tables))
    there = {table: {column["name"]: column for column in each} for (_, table), each in columns.items()}
    for name, table in known.tables.items():
        if name not in there:
            yield name
            continue
        yield from (f"{name}.{column.name}" for column in table.columns if column.name not in there[name])
        for unknown in there[name].keys() - table.columns.keys():
            column = there[name][unknown]
            filled = column.get("default") is not None or column.get("computed") or column.get("identity")
            if not column["nullable"] and not filled:
                yield f"{name}.{unknown} wants a value"
