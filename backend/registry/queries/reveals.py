"""Who was shown a household's telephone numbers, when and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from backend.core import audit
from backend.core.http import Page, page_of
from backend.identity import names_of

PHONE_REVEALED: Final = "household.phone_revealed"


@dataclass(frozen=True, slots=True)
class RevealView:
    """One look at the numbers: by whom, why, and how many were shown."""

    id: str
    at: datetime
    by_name: str | None
    reason: str
    numbers: int


def reveals_of(session: Session, household_id: str, *, after: str, limit: int) -> Page[RevealView]:
    """The looks at a household's numbers, the newest first."""
    entries = audit.entries_about(
        session, ("household", household_id), PHONE_REVEALED, before=after, limit=limit + 1
    )
    names = names_of(session, [entry.by for entry in entries if entry.by])
    return page_of(
        entries,
        limit,
        lambda entry: entry.id,
        lambda entry: RevealView(
            entry.id,
            entry.at,
            names.get(entry.by or ""),
            str(entry.facts.get("reason", "")),
            int(entry.facts.get("numbers", 0)),
        ),
    )
