"""The database: one behaviour on SQLite and on PostgreSQL.

Who opens a transaction owns it: a request, or one item of a job. Actions are handed its session and never end it.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import sqlite3
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    CursorResult,
    DateTime,
    Dialect,
    Engine,
    Executable,
    MetaData,
    String,
    Table,
    create_engine,
    event,
    func,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute, Session
from sqlalchemy.sql import visitors
from sqlalchemy.types import TypeDecorator

from backend.core.away import DATABASE_AWAY, DatabaseAway, is_away, raise_when_away
from backend.core.encoding import insist_on_utf8
from backend.core.waits import AS_LONG_AS_IT_TAKES, Pulse, Waits, hurried, seconds_left, watch

__all__ = [
    "AREA_CODE_LENGTH", "AS_LONG_AS_IT_TAKES", "DATABASE_AWAY", "ID_LENGTH", "AreaCodeColumn", "Base", "Database",
    "DatabaseAway", "IdColumn", "UTCDateTime", "Waits", "affected", "first_id_of", "hurried", "ids_go_on_after", "in_area",
    "insert_ignoring", "insert_many_ignoring", "is_away", "new_id", "one_at_a_time",
]  # fmt: skip


class Base(DeclarativeBase):
    """Every mapped class derives from this, so that constraints have names that migrations can rely on."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class UTCDateTime(TypeDecorator[datetime]):
    """An instant. A naive one is refused: it would be eight hours wrong for somebody."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs its time zone")
        in_utc = value.astimezone(UTC)
        return in_utc.replace(tzinfo=None) if dialect.name == "sqlite" else in_utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


ID_LENGTH: Final = 26
IdColumn = String(ID_LENGTH)
AREA_CODE_LENGTH: Final = 12
AreaCodeColumn = String(AREA_CODE_LENGTH)


def in_area(column: InstrumentedAttribute[str], code: str) -> ColumnElement[bool]:
    """Whether a row lies in an area, as a range that an index serves; a pattern with LIKE is not served everywhere."""
    if len(code) >= AREA_CODE_LENGTH:
        return column == code
    return column.between(code, code.ljust(AREA_CODE_LENGTH, "9"))


_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


_RANDOM_BITS: Final = 80
_MOST_LEFT_FREE: Final = 1 << (_RANDOM_BITS - 1)  # so that no step within a millisecond reaches the next one
_STEP: Final = 1 << 40
_SET_BACK_MS: Final = 1_000
_FURTHEST_AHEAD_MS: Final = 7 * 86_400_000
_last_id = 0
_ahead_ms = 0  # of the clock, which was set back
_one_id_at_a_time = threading.Lock()


def new_id() -> str:
    """A fresh opaque id: 48 bits of milliseconds and 80 random bits; it sorts after all that this process made before.

    Lists are in the order of ids, so that ids go on at their pace where the clock is set back.
    """
    global _last_id, _ahead_ms
    with _one_id_at_a_time:
        now_ms = time.time_ns() // 1_000_000 + _ahead_ms
        behind_ms = (_last_id >> _RANDOM_BITS) - now_ms
        if behind_ms > _SET_BACK_MS:
            _ahead_ms += behind_ms
            now_ms += behind_ms
        moment = now_ms << _RANDOM_BITS
        if moment > _last_id:
            _last_id = moment | secrets.randbelow(_MOST_LEFT_FREE)
        else:  # within the same millisecond: a random step further
            _last_id += 1 + secrets.randbelow(_STEP)
        number = _last_id
    digits = []
    for _ in range(ID_LENGTH):
        number, digit = divmod(number, 32)
        digits.append(_CROCKFORD[digit])
    return "".join(reversed(digits))


def ids_go_on_after(identifier: str) -> None:
    """At the start of a process: what stands in the database was perhaps made before the clock was set back.

    One that lies more than a week ahead is nobody's pace, and is left alone.
    """
    global _ahead_ms
    made_ms = 0
    for digit in identifier[:_TIME_DIGITS]:
        made_ms = made_ms * 32 + _CROCKFORD.index(digit)
    with _one_id_at_a_time:
        ahead_ms = made_ms + 1 - time.time_ns() // 1_000_000
        if _ahead_ms < ahead_ms < _FURTHEST_AHEAD_MS:
            _ahead_ms = ahead_ms


_TIME_DIGITS: Final = 10  # of the 26; the other 16 hold the 80 random bits


def first_id_of(milliseconds: int) -> str:
    """What sorts before every id made at or after a moment (milliseconds since 1970)."""
    digits = []
    for _ in range(_TIME_DIGITS):
        milliseconds, digit = divmod(milliseconds, 32)
        digits.append(_CROCKFORD[digit])
    return "".join(reversed(digits)) + "0" * (ID_LENGTH - _TIME_DIGITS)


class Database:
    """One database with its pool; ``waits``: for how long whoever uses it waits, then it raises DATABASE_AWAY.

    ``reading()`` is for requests that only look, ``writing()`` for those that change: on SQLite the latter takes the
    write lock at once (BEGIN IMMEDIATE), because a deferred transaction that upgrades later fails instead of waiting.
    """

    def __init__(self, url: str, pool_size: int = 8, waits: Waits = AS_LONG_AS_IT_TAKES) -> None:
        parsed = make_url(url)
        self.dialect: str = parsed.get_backend_name()
        self.waits = waits
        self._pulse: Pulse | None = None
        # hide_parameters: what a statement was given is people's data, and errors are logged.
        pool = {
            "pool_size": pool_size,
            "max_overflow": 32,
            "pool_timeout": waits.pool,
            "hide_parameters": True,
        }
        if self.dialect == "sqlite":
            if parsed.database and parsed.database != ":memory:":
                os.makedirs(os.path.dirname(os.path.abspath(parsed.database)), exist_ok=True)
            self.engine: Engine = create_engine(parsed, **pool)
            event.listen(self.engine, "connect", self._prepare_sqlite)
            event.listen(self.engine, "begin", self._begin_sqlite)
        elif self.dialect == "postgresql":
            self.engine = create_engine(parsed, pool_pre_ping=True, **pool)
            self._pulse = watch(self.engine, waits)
        else:
            raise ValueError(f"DATABASE_URL: {self.dialect} is neither sqlite nor postgresql")
        insist_on_utf8(self.engine)
        raise_when_away(self.engine)
        self._for_writing = self.engine.execution_options(takes_write_lock=True)

    def session(self, *, writing: bool) -> Session:
        """A session whose end is the caller's duty; prefer ``reading()`` and ``writing()``."""
        return Session(self._for_writing if writing else self.engine, expire_on_commit=False)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        session = self.session(writing=False)
        try:
            yield session
        finally:
            session.close()

    @contextmanager
    def writing(self) -> Iterator[Session]:
        session = self.session(writing=True)
        try:
            yield session
            session.commit()
        except BaseException:
            session.rollback()
            raise
        finally:
            session.close()

    def close(self) -> None:
        if self._pulse is not None:
            self._pulse.close()
        self.engine.dispose()

    def _prepare_sqlite(self, connection: sqlite3.Connection, _record: object) -> None:
        # The driver's own transaction handling begins late and commits before DDL; ours is in _begin_sqlite.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {self._busy_ms()}")
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("PRAGMA foreign_keys = ON")
        # Else REPLACE would delete past the triggers that keep the record.
        cursor.execute("PRAGMA recursive_triggers = ON")
        cursor.close()

    def _begin_sqlite(self, connection: Connection) -> None:
        waited = self._busy_ms()
        if connection.info.get("busy_ms") != waited:
            connection.exec_driver_sql(f"PRAGMA busy_timeout = {waited}")
            connection.info["busy_ms"] = waited
        takes_lock = connection.get_execution_options().get("takes_write_lock", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if takes_lock else "BEGIN")

    def _busy_ms(self) -> int:
        left = seconds_left()
        return int(1000 * (self.waits.busy if left is None else min(left, self.waits.busy)))


def insert_ignoring(
    session: Session,
    table: type[Base] | Table,
    values: Mapping[str, Any],
    conflict: Sequence[str],
    where: ColumnElement[bool] | None = None,
) -> bool:
    """Insert unless a row with the same ``conflict`` columns stands; True if this call inserted it.

    ``where`` names the condition of a partial unique index. On PostgreSQL a competing uncommitted insert is waited
    for, so that exactly one caller is told True.
    """
    return insert_many_ignoring(session, table, [values], conflict, where) == 1


def insert_many_ignoring(
    session: Session,
    table: type[Base] | Table,
    rows: Sequence[Mapping[str, Any]],
    conflict: Sequence[str],
    where: ColumnElement[bool] | None = None,
) -> int:
    """As insert_ignoring for several rows in one statement; the number that were inserted."""
    if not rows:
        return 0
    session.flush()
    if where is not None:
        where = _spelt_out(where)
    make = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    statement = (
        make(table)
        .values(list(rows))
        .on_conflict_do_nothing(index_elements=list(conflict), index_where=where)
    )
    return affected(session, statement)


def _spelt_out(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """A condition with its values in its text: PostgreSQL finds the partial index by it, and where it has prepared the
    statement for any values at all it finds none."""
    return visitors.replacement_traverse(condition, {}, _as_text)


def _as_text(element: Any, **_context: Any) -> Any:
    return element.render_literal_execute() if isinstance(element, BindParameter) else None


def affected(session: Session, statement: Executable) -> int:
    """Run an INSERT, UPDATE or DELETE and tell how many rows it touched: the guard of every conditional update."""
    # Without preserve_rowcount an INSERT on PostgreSQL reports -1.
    options = {"synchronize_session": False, "preserve_rowcount": True}
    result = session.execute(statement, execution_options=options)
    assert isinstance(result, CursorResult)
    return result.rowcount


def one_at_a_time(session: Session, what: str) -> None:
    """From here to the end of the transaction be the only one that called this for the same ``what``.

    On SQLite a writing transaction is alone anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        number = int.from_bytes(hashlib.sha256(what.encode()).digest()[:8], signed=True)
        session.execute(select(func.pg_advisory_xact_lock(number)))
