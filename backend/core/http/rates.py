"""Rate limits, counted in the database so that several processes share them.

A try is counted in a transaction of its own before the request's begins: a refused request rolls back, its count stays.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import request
from sqlalchemy import Integer, String, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from backend.core.db import Base, affected, insert_ignoring
from backend.core.errors import TooMany
from backend.core.http.api import refuses
from backend.core.http.transactions import database
from backend.core.leases import wall_clock

View = TypeVar("View", bound=Callable[..., Any])


class RateCount(Base):
    """How often ``bucket`` was used in a window (window start in epoch seconds)."""

    __tablename__ = "rate_counts"

    bucket: Mapped[str] = mapped_column(String(160), primary_key=True)
    window_start: Mapped[int] = mapped_column(Integer, primary_key=True)
    used: Mapped[int] = mapped_column(Integer)


def count_use(session: Session, bucket: str, seconds: int) -> int:
    """Count one use; the number of uses in the current window, this one included."""
    start = int(wall_clock().timestamp()) // seconds * seconds
    if insert_ignoring(
        session, RateCount, {"bucket": bucket, "window_start": start, "used": 1}, ["bucket", "window_start"]
    ):
        return 1
    where = (RateCount.bucket == bucket, RateCount.window_start == start)
    affected(session, update(RateCount).where(*where).values(used=RateCount.used + 1))
    return session.scalar(select(RateCount.used).where(*where)) or 1


def limited(
    name: str, limit: int, seconds: int, per: Callable[[], str] | None = None
) -> Callable[[View], View]:
    """At most ``limit`` calls of this route in each window of ``seconds`` for one caller (``per``: default its address)."""

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            who = (per() if per else request.remote_addr or "?")[:100]
            with database().writing() as session:
                used = count_use(session, f"{name}:{who}", seconds)
            if used > limit:
                left = seconds - int(wall_clock().timestamp()) % seconds
                raise TooMany(f"尝试次数过多，每 {_spoken(seconds)}最多 {limit} 次。", retry_after=left)
            return view(*args, **kwargs)

        return refuses(TooMany)(wrapper)  # type: ignore[return-value]  # wraps keeps the signature

    return decorate


def _spoken(seconds: int) -> str:
    if seconds % 86400 == 0:
        return f"{seconds // 86400} 天"
    if seconds % 3600 == 0:
        return f"{seconds // 3600} 小时"
    return f"{max(1, seconds // 60)} 分钟"


def forget_old(session: Session) -> int:
    """Drop windows that ended more than two days ago."""
    return affected(
        session,
        delete(RateCount).where(RateCount.window_start < int(wall_clock().timestamp()) - 2 * 86400),
    )
