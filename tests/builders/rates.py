"""A rate limit that somebody has used up."""

from __future__ import annotations

from sqlalchemy import select

from backend.core.db import Database
from backend.core.http.rates import RateCount


def spend(db: Database, name: str, seconds: int) -> None:
    """Use up what was counted under ``name`` so far, in the window that stands and in the next one: it may begin meanwhile."""
    with db.writing() as session:
        counts = session.scalars(select(RateCount).where(RateCount.bucket.startswith(f"{name}:"))).all()
        assert counts, f"nothing was counted under {name}"
        for count in counts:
            count.used = 10_000
            following = count.window_start + seconds
            if session.get(RateCount, (count.bucket, following)) is None:
                session.add(RateCount(bucket=count.bucket, window_start=following, used=10_000))
