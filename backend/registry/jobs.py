"""What the worker does for the registry."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.core.db import Database
from backend.registry.actions.notices import remind_to_confirm
from backend.registry.models import Household, HouseholdTie


def households_to_remind(session: Session, limit: int = 5000) -> list[str]:
    """Households of people who are here, that have not confirmed themselves."""
    return list(
        session.scalars(
            select(Household.id)
            .where(
                Household.confirmed_by_household_at.is_(None),
                Household.ended_at.is_(None),
                select(HouseholdTie.id)
                .where(HouseholdTie.household_id == Household.id, HouseholdTie.ended_at.is_(None))
                .exists(),
            )
            .order_by(Household.id)
            .limit(limit)
        )
    )


def ask_to_confirm(database: Database) -> int:
    """Ask each household that has somebody to ask; one transaction a household, once a day each."""
    with database.reading() as session:
        candidates = households_to_remind(session)
    for household_id in candidates:
        with database.writing() as session:
            remind_to_confirm(session, household_id)
    return len(candidates)
