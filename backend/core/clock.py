"""The only source of time. UTC inside; days are days in Asia/Shanghai, where the people are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")

_shift = timedelta(0)
_pinned: datetime | None = None
_as_of: ContextVar[datetime | None] = ContextVar("as_of", default=None)


def configure(shift: timedelta) -> None:
    """Shift the whole product (the demo lives in the plan's autumn, and begins in the morning); set once at start."""
    global _shift
    _shift = shift


def now() -> datetime:
    """The instant, aware, in UTC."""
    heard_at = _as_of.get()
    if heard_at is not None:
        return heard_at
    if _pinned is not None:
        return _pinned
    return datetime.now(UTC) + _shift


def today() -> date:
    """The day it is for people."""
    return local_day(now())


def local_day(instant: datetime) -> date:
    return instant.astimezone(SHANGHAI).date()


def local_time(instant: datetime) -> datetime:
    return instant.astimezone(SHANGHAI)


def start_of_day(day: date) -> datetime:
    """The UTC instant at which ``day`` begins in Asia/Shanghai."""
    return datetime.combine(day, time.min, SHANGHAI).astimezone(UTC)


@contextmanager
def pinned(instant: datetime) -> Iterator[None]:
    """Hold time still for this process (tests): a proof must not depend on when it runs."""
    global _pinned
    before, _pinned = _pinned, instant.astimezone(UTC)
    try:
        yield
    finally:
        _pinned = before


@contextmanager
def as_of(instant: datetime) -> Iterator[None]:
    """Within the block ``now()`` is ``instant``, in this thread only: for a request that was kept and is carried out later."""
    token = _as_of.set(instant.astimezone(UTC))
    try:
        yield
    finally:
        _as_of.reset(token)
