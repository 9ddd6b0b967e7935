"""What identity tells others."""

from __future__ import annotations

from dataclasses import dataclass

from backend.core.events import Event


@dataclass(frozen=True, slots=True)
class AccountsJoined(Event):
    """Accounts of ``earlier_id`` turned out to be the same human's as ``person_id``'s, and are that person's from now on."""

    earlier_id: str
    person_id: str
