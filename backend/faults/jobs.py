"""What the worker does for faults, each item in a transaction of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.core.db import Database
from backend.core.jobs import each_item
from backend.faults.actions.climbing import climb, faults_past_time
from backend.faults.actions.outages import close_over, villages_to_watch, watch_again
from backend.faults.models import VillageOutage

_BATCH = 500


def _past_time(database: Database) -> Iterator[str]:
    after = ""
    while True:
        with database.reading() as session:
            candidates = faults_past_time(session, after, _BATCH)
        yield from candidates
        if len(candidates) < _BATCH:
            return
        after = candidates[-1]


def climb_overdue(database: Database) -> int:
    """Let everything past its time climb; how many levels were told. To be run every minute. Raises JobIncomplete."""
    told = 0

    def climb_one(session: Session, fault_id: str) -> None:
        nonlocal told
        told += climb(session, fault_id)

    each_item(database, _past_time(database), climb_one, "faults.climb_overdue")
    return told


def watch_outages(database: Database) -> int:
    """Flag outages that reports at once did not see, end those that are over; how many were looked at.

    Raises JobIncomplete.
    """
    with database.reading() as session:
        villages = villages_to_watch(session)
        standing = session.scalars(select(VillageOutage.id).where(VillageOutage.ended_at.is_(None))).all()
    looks: list[Callable[[Session], None]] = [
        *(partial(watch_again, area_code=area_code, category=category) for area_code, category in villages),
        *(partial(close_over, outage_id=outage_id) for outage_id in standing),
    ]
    return each_item(database, looks, lambda session, look: look(session), "faults.watch_outages")
