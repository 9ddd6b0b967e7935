"""Reminders: tomorrow's visits. Safe to run twice, each item in a transaction of its own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from sqlalchemy.orm import Session

from backend.core import clock
from backend.core.db import Database
from backend.core.jobs import each_item
from backend.installation.actions import remind_of_round, remind_of_visit
from backend.installation.queries import bookings_on, houses_on


def visits_tomorrow(session: Session) -> tuple[str, ...]:
    """Ids of the bookings that stand for tomorrow."""
    return bookings_on(session, clock.today() + timedelta(days=1))


def remind_of_visits(database: Database) -> int:
    """Remind every household and contractor of tomorrow; the number of bookings looked at. Raises JobIncomplete."""
    tomorrow = clock.today() + timedelta(days=1)
    with database.reading() as session:
        due = visits_tomorrow(session)
        rounds = houses_on(session, tomorrow)
    reminders: list[Callable[[Session], None]] = [
        *(partial(remind_of_visit, booking_id=booking_id) for booking_id in due),
        *(
            partial(remind_of_round, contractor_id=contractor_id, day=tomorrow, houses=houses)
            for contractor_id, houses in rounds.items()
        ),
    ]
    each_item(database, reminders, lambda session, remind: remind(session), "installation.remind_of_visits")
    return len(due)
