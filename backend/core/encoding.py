"""A database that keeps text in another encoding than UTF-8 is named before anything is read from it or written to it."""

from __future__ import annotations

import sqlite3
from typing import Any, Final

from sqlalchemy import Engine, event

UTF8: Final = ("UTF8", "UTF-8")


class UnfitDatabase(RuntimeError):
    """The database at DATABASE_URL cannot keep Chinese names; the text says what to do."""


def insist_on_utf8(engine: Engine) -> None:
    """Look at each new connection, before SQLAlchemy itself asks it anything: raises UnfitDatabase."""
    look = _look_at_sqlite if engine.dialect.name == "sqlite" else _look_at_postgresql
    # First of all: with SQL_ASCII SQLAlchemy's own first question already ends in a TypeError.
    event.listen(engine.pool, "connect", look, insert=True)


def _look_at_postgresql(connection: Any, _record: object) -> None:
    server = connection.info.parameter_status("server_encoding")
    if server not in UTF8:
        raise UnfitDatabase(
            f"DATABASE_URL: the database {connection.info.dbname!r} keeps its text as {server}, not as UTF8; make one with: "
            f"CREATE DATABASE name TEMPLATE template0 ENCODING 'UTF8'"
        )
    client = connection.info.parameter_status("client_encoding")
    if client not in UTF8:
        raise UnfitDatabase(
            f"DATABASE_URL: this connection speaks {client}, not UTF8; take PGCLIENTENCODING or client_encoding away"
        )


def _look_at_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    (encoding,) = connection.execute("PRAGMA encoding").fetchone()
    if encoding not in UTF8:
        raise UnfitDatabase(
            f"DATABASE_URL: the SQLite file keeps its text as {encoding}, not as UTF-8, and cannot be changed to it; name a "
            "new file, and copy the rows if there are any"
        )
