"""News of the registry that others must act on in the same transaction."""

from __future__ import annotations

from dataclasses import dataclass

from backend.core.events import Event


@dataclass(frozen=True, slots=True)
class HouseholdMerged(Event):
    """Two households were found to be one: ``gone_id`` ends, ``kept_id`` keeps one entitlement."""

    kept_id: str
    gone_id: str


@dataclass(frozen=True, slots=True)
class PathChanged(Event):
    """A household's heating path was changed (4.1.1.6)."""

    household_id: str
    old: str
    new: str
