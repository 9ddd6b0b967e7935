"""What the worker does for faults, each item in a transaction of its own."""

from __future__ import annotations

from sqlalchemy import select

from backend.core.db import Database
from backend.faults.actions.climbing import climb, faults_past_time
from backend.faults.actions.outages import close_over, villages_to_watch, watch_again
from backend.faults.models import VillageOutage

_BATCH = 500


def climb_overdue(database: Database) -> int:
    """Let everything past its time climb; how many levels were told. To be run every minute."""
    told, after = 0, ""
    while True:
        with database.reading() as session:
            candidates = faults_past_time(session, after, _BATCH)
        for fault_id in candidates:
            with database.writing() as session:
                told += climb(session, fault_id)
        if len(candidates) < _BATCH:
            return told
        after = candidates[-1]


def watch_outages(database: Database) -> int:
    """Flag outages that reports at once did not see, end those that are over; how many were looked at."""
    with database.reading() as session:
        villages = villages_to_watch(session)
        standing = session.scalars(select(VillageOutage.id).where(VillageOutage.ended_at.is_(None))).all()
    for area_code, category in villages:
        with database.writing() as session:
            watch_again(session, area_code, category)
    for outage_id in standing:
        with database.writing() as session:
            close_over(session, outage_id)
    return len(villages) + len(standing)
