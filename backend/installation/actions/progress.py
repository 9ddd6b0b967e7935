"""The one row on which a household's instants are set, each once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import InstrumentedAttribute, Session

from backend.core import clock
from backend.core.db import affected, insert_ignoring
from backend.identity import Actor
from backend.installation.models import Installation


def ensure_row(session: Session, household_id: str) -> None:
    values = {"household_id": household_id, "vacant_accepted": False, "rooms_lived_in": []}
    insert_ignoring(session, Installation, values, ["household_id"])


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
    """Whether what is done counts as done on the household's behalf, and is marked and told as such."""
    return not actor.tied_to(household_id)
