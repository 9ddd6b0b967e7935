"""Who is told when a report of danger was kept while the database was away, and could not be taken when it was back."""

from __future__ import annotations

from sqlalchemy.orm import Session

from backend.core.errors import Problem
from backend.core.http import KeptUnheard
from backend.faults import notices
from backend.faults.actions.telling import tell_role
from backend.identity.roles import ADMINISTRATOR, DISTRICT, TOWNSHIP
from backend.messaging import notify_role
from backend.registry import HouseholdView, household, household_of_code


def tell_of_unheard(session: Session, unheard: KeptUnheard) -> None:
    """Township and district of the house, once; every district and the administrators where no house is known."""
    home, key = _home(session, unheard), f"kept-unheard:{unheard.key}"
    notice = notices.could_not_be_taken(unheard, home)
    if home is not None:
        told = [tell_role(session, role, home.area_code, None, notice, key) for role in (TOWNSHIP, DISTRICT)]
        if any(told):
            return
    notify_role(session, (DISTRICT, ADMINISTRATOR), notice, key)


def _home(session: Session, unheard: KeptUnheard) -> HouseholdView | None:
    """By what it says: an id, or a code of a sticker, valid or not."""
    body = unheard.body or {}
    house, code = body.get("household_id"), body.get("household_code")
    if isinstance(house, str):
        return household(session, house)
    try:
        return household_of_code(session, code, any_sticker=True) if isinstance(code, str) else None
    except Problem:
        return None
