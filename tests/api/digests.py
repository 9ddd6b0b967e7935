"""The whole database as one digest for each table: what was written, and what was not."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Table

from backend.core.db import Base, Database

# What a refused request may touch: tries are counted, sessions slide.
LEFT_OUT: Final = {"rate_counts"}
COLUMNS_LEFT_OUT: Final = {"login_sessions": {"seen_at"}}


def digests_of(db: Database) -> dict[str, str]:
    """A digest by table, of every committed row."""
    tables = [table for table in Base.metadata.sorted_tables if table.name not in LEFT_OUT]
    with db.reading() as session:
        # Without the ORM's way, which takes ten times as long; this runs thousands of times.
        cursor = session.connection().connection.cursor()
        try:
            return _in_the_server(cursor, tables) if db.dialect == "postgresql" else _here(cursor, tables)
        finally:
            cursor.close()


def _columns(table: Table) -> str:
    left_out = COLUMNS_LEFT_OUT.get(table.name, set())
    return ", ".join(f'"{column.name}"' for column in table.columns if column.name not in left_out)


def _here(cursor: Any, tables: Sequence[Table]) -> dict[str, str]:
    """Of the rows as they lie in the database."""
    found = {}
    for table in tables:
        keyed = ", ".join(f'"{column.name}"' for column in table.primary_key)
        cursor.execute(f'SELECT {_columns(table)} FROM "{table.name}" ORDER BY {keyed}')
        found[table.name] = hashlib.sha256(repr(cursor.fetchall()).encode()).hexdigest()
    return found


def _in_the_server(cursor: Any, tables: Sequence[Table]) -> dict[str, str]:
    """The number of rows and the sum of 64 bits of each: the rows need not come here to be compared."""
    cursor.execute(
        " UNION ALL ".join(
            f"SELECT '{table.name}', count(*), sum(hashtextextended(ROW({_columns(table)})::text, 0)) "
            f'FROM "{table.name}"'
            for table in tables
        )
    )
    return {name: f"{rows}:{hashed}" for name, rows, hashed in cursor.fetchall()}


def changed(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """Tables that are not as they were."""
    return sorted(name for name in before if before[name] != after[name])
