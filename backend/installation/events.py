"""News of installation that others must act on in the same transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from backend.core.events import Event


@dataclass(frozen=True, slots=True)
class Accepted(Event):
    """A household's installation was accepted; clearing its coal may begin (8.6)."""

    household_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class HeatConfirmed(Event):
    """The household said that it is warm: only now does it count as complete."""

    household_id: str
    at: datetime
