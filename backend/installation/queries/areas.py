"""What stands before the houses of a whole area: visits that come, and houses that said they are still cold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.core import clock
from backend.core.db import in_area
from backend.installation.models import Booking, Installation, Slot
from backend.installation.rules.warmth import says_it_is_cold
from backend.registry import households_under


@dataclass(frozen=True, slots=True)
class ComingVisit:
    """A booked half-day of a household."""

    household_id: str
    area_code: str
    day: date
    half_day: str
    booked_at: datetime


def visits_coming(session: Session, area_code: str, first: date, last: date) -> tuple[ComingVisit, ...]:
    """The bookings of an area that stand for these days."""
    rows = session.execute(
        select(Booking.household_id, Slot.area_code, Slot.day, Slot.half_day, Booking.booked_at)
        .join(Slot, Slot.id == Booking.slot_id)
        .where(in_area(Slot.area_code, area_code), Slot.day.between(first, last), Booking.ended_at.is_(None))
        .order_by(Slot.day, Booking.id)
    )
    return tuple(ComingVisit(*row) for row in rows)


def still_cold_in(session: Session, area_code: str) -> dict[str, datetime]:
    """The households of an area whose last word is that they are cold, and since when."""
    rows = session.execute(
        select(Installation.household_id, Installation.still_cold_at, Installation.heat_confirmed_at).where(
            Installation.household_id.in_(households_under(area_code)),
            Installation.still_cold_at.is_not(None),
        )
    )
    now = clock.now()
    return {
        home: cold_at
        for home, cold_at, warm_at in rows
        if cold_at is not None and says_it_is_cold(cold_at, warm_at, now)
    }
