"""What clause 5 leaves open and a programme must settle: handed in, without a default here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from backend.core.law import Dated


class SharedCourtyardChild(StrEnum):
    """A child that qualifies under 5.2 but shares courtyard and pipeline (5.1.3): which clause goes first."""

    ONE_HOUSEHOLD = "one_household"
    """5.1.3 does; the way of 5.3 is offered."""
    SPLIT = "split"
    """5.2 does."""


class Decider(StrEnum):
    """Who decides, or countersigns, a split under 5.2."""

    VILLAGE_COMMITTEE = "village_committee"
    TOWNSHIP = "township"
    DISTRICT = "district"


@dataclass(frozen=True, slots=True)
class SettledChoices:
    """The choices as they stand on one day."""

    shared_courtyard_child: SharedCourtyardChild
    split_decided_by: Decider
    split_countersigned_by: Decider
    split_countersign_working_days: int

    def recorded(self) -> dict[str, str | int]:
        """The choices as JSON, for what is stored with a decision."""
        return {
            "shared_courtyard_child": self.shared_courtyard_child.value,
            "split_decided_by": self.split_decided_by.value,
            "split_countersigned_by": self.split_countersigned_by.value,
            "split_countersign_working_days": self.split_countersign_working_days,
        }


@dataclass(frozen=True, slots=True)
class SplitChoices:
    """The settings of the programme file, by their names there, with their dates.

    ``shared_courtyard_child``: values of SharedCourtyardChild.
    ``split_decided_by``, ``split_countersigned_by``: values of Decider.
    ``split_countersign_working_days``: the term to countersign under 5.2 (int, at least 1).
    """

    shared_courtyard_child: Dated
    split_decided_by: Dated
    split_countersigned_by: Dated
    split_countersign_working_days: Dated

    def on(self, day: date) -> SettledChoices:
        """The choices in force on ``day``; NotInForce before their first, ValueError for an unknown value."""
        days = self.split_countersign_working_days.on(day).value
        if not isinstance(days, int) or isinstance(days, bool) or days < 1:
            raise ValueError(f"split_countersign_working_days is a whole number of at least 1, not {days!r}")
        return SettledChoices(
            SharedCourtyardChild(self.shared_courtyard_child.on(day).value),
            Decider(self.split_decided_by.on(day).value),
            Decider(self.split_countersigned_by.on(day).value),
            days,
        )
