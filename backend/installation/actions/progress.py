"""The one row on which a household's instants are set, each once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from backend.core import clock
from backend.core.db import affected, insert_ignoring
from backend.identity import Actor
from backend.identity.roles import RESIDENT
from backend.installation.models import Booking, Installation
from backend.installation.queries import BookingView, booking_with
from backend.registry import HouseholdView, household_or_refuse


def ensure_row(session: Session, household_id: str) -> None:
    values = {"household_id": household_id, "vacant_accepted": False, "rooms_lived_in": []}
    insert_ignoring(session, Installation, values, ["household_id"])


def held(session: Session, household_id: str) -> HouseholdView:
    """The household with its installation held until the commit; what is read afterwards stays true. Raises NotFound.

    Whoever changes what stands in a house, or judges it, comes through here first, so that none judges a kit that
    another is taking away. One order of locks for everybody, none left out of turn:
    contract, booking, slot (of two the smaller id first), installation, visit, item.
    """
    household_or_refuse(session, household_id)
    ensure_row(session, household_id)
    session.get_one(Installation, household_id, populate_existing=True, with_for_update=True)
    return household_or_refuse(session, household_id)


def hold_booking(session: Session, booking_id: str) -> BookingView:
    """The booking, held until the commit."""
    session.execute(select(Booking.id).where(Booking.id == booking_id).with_for_update())
    return booking_with(session, booking_id)


def reach(session: Session, household_id: str, column: InstrumentedAttribute[datetime | None]) -> bool:
    """Set an instant unless it is set; True for exactly one caller."""
    ensure_row(session, household_id)
    statement = (
        update(Installation)
        .where(Installation.household_id == household_id, column.is_(None))
        .values({column.key: clock.now()})
    )
    return affected(session, statement) == 1


def acts_for_another(actor: Actor, household_id: str) -> bool:
    """Whether what is done counts as done on the household's behalf, and is marked and told as such.

    A proxy was named by the household for the everyday; what binds its money asks ``lives_there``.
    """
    return not actor.tied_to(household_id)


def lives_there(actor: Actor, household_id: str) -> bool:
    return any(tie.household_id == household_id and tie.role == RESIDENT for tie in actor.ties)
