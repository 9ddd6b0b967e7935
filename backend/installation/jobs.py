"""Reminders: tomorrow's visits. Safe to run twice, each item in a transaction of its own."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from sqlalchemy.orm import Session

from backend.core import clock
from backend.core.db import Database
from backend.installation.actions import remind_of_round, remind_of_visit
from backend.installation.queries import booking_with, bookings_on


def visits_tomorrow(session: Session) -> tuple[str, ...]:
    """Ids of the bookings that stand for tomorrow."""
    return bookings_on(session, clock.today() + timedelta(days=1))


def remind_of_visits(database: Database) -> int:
    """Remind every household and contractor of tomorrow; the number of bookings looked at."""
    tomorrow = clock.today() + timedelta(days=1)
    with database.reading() as session:
        due = visits_tomorrow(session)
        rounds = Counter(booking_with(session, booking_id).contractor_id for booking_id in due)
    for booking_id in due:
        with database.writing() as session:
            remind_of_visit(session, booking_id)
    for contractor_id, houses in sorted(rounds.items()):
        with database.writing() as session:
            remind_of_round(session, contractor_id, tomorrow, houses)
    return len(due)
