"""What the worker does for the registry."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.core.db import Database
from backend.core.jobs import each_item
from backend.registry.actions.notices import remind_to_confirm
from backend.registry.models import Household, HouseholdTie

_BATCH = 1000


def households_to_remind(session: Session, after: str, limit: int = _BATCH) -> list[str]:
    """Households of people who are here, that have not confirmed themselves; in order of id, after ``after``."""
    return list(
        session.scalars(
            select(Household.id)
            .where(
                Household.id > after,
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


def _all_to_remind(database: Database) -> Iterator[str]:
    after = ""
    while True:
        with database.reading() as session:
            found = households_to_remind(session, after)
        yield from found
        if len(found) < _BATCH:
            return
        after = found[-1]


def ask_to_confirm(database: Database) -> int:
    """Ask each household that has somebody to ask; one transaction a household, once a day each."""
    return each_item(database, _all_to_remind(database), remind_to_confirm, "registry.ask_to_confirm")
