"""Is the database away, or did we make a mistake? Judged here and nowhere else, by the code that the database gives.

Away is whatever passes without a change of the product: no answer, restarting, full, read-only, too busy for longer than
we wait. A statement that no database would take is ours, and stays an accident.
"""

from __future__ import annotations

import errno
from typing import Final

from sqlalchemy import Engine, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnectionFree


class DatabaseAway(SQLAlchemyError):
    """Takes the place of what the driver raised; that is its cause."""


DATABASE_AWAY: Final = (DatabaseAway, NoConnectionFree)
"""What a database raises that is busy for longer than we wait, does not answer, or takes nothing down."""

_SQLITE: Final = frozenset(
    {
        5,  # BUSY
        6,  # LOCKED
        7,  # NOMEM
        8,  # READONLY
        9,  # INTERRUPT
        10,  # IOERR
        11,  # CORRUPT
        13,  # FULL
        14,  # CANTOPEN
        15,  # PROTOCOL: locked by too many at once
        26,  # NOTADB
    }
)
_POSTGRESQL_CLASSES: Final = frozenset(
    {
        "08",  # connection
        "53",  # resources: disk, memory, connections
        "57",  # shut down, restarting, cancelled
        "58",  # input and output
    }
)
_POSTGRESQL: Final = frozenset(
    {
        "25006",  # read-only, or a standby
        "25P03",  # idle in a transaction for too long
        "25P04",  # a transaction that lasted too long
        "40001",  # serialization failure
        "40P01",  # deadlock
        "55P03",  # lock not available
        "XX001",  # data corrupted
        "XX002",  # index corrupted
    }
)
_DISK: Final = frozenset(
    {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO, errno.ENFILE, errno.EMFILE}
)


def is_away(error: BaseException) -> bool:
    """Whether an error of SQLAlchemy's or of a driver's means that the database is away."""
    if isinstance(error, DATABASE_AWAY):
        return True
    original = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(original, "sqlite_errorcode", None)
    if isinstance(code, int):
        return code & 0xFF in _SQLITE  # the rest of it is detail
    if not _of_psycopg(original):
        return False
    state = getattr(original, "sqlstate", None)
    if state:
        return state in _POSTGRESQL or state[:2] in _POSTGRESQL_CLASSES
    # The server said nothing: it was not reached, or went away in the middle.
    return isinstance(error, OperationalError) or _is_operational(original)


def is_disk_away(error: OSError) -> bool:
    """Whether a file could not be written for want of room, or because the disk takes nothing."""
    return error.errno in _DISK


def _of_psycopg(error: BaseException | None) -> bool:
    # By name: a product on SQLite need not load the driver.
    return type(error).__module__.partition(".")[0] == "psycopg"


def _is_operational(error: BaseException | None) -> bool:
    return any(kind.__name__ == "OperationalError" for kind in type(error).__mro__)


def raise_when_away(engine: Engine) -> None:
    """Let whatever of this engine means "away" be raised as DatabaseAway."""
    event.listen(engine, "handle_error", _replaced)


def _replaced(context: ExceptionContext) -> BaseException | None:
    if context.is_pre_ping:  # the pool itself tries another connection
        return None
    error = context.sqlalchemy_exception or context.original_exception
    if context.is_disconnect or is_away(error):
        return DatabaseAway("the database is away")  # why, its cause tells
    return None
