"""A report before the plan: how grave it is today, and by when what must happen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from backend.core import clock
from backend.core.law import Decision
from backend.faults.queries.views import recorded
from backend.faults.rules import severity
from backend.faults.rules.advice import Step, tonight
from backend.faults.rules.categories import NO_HEAT
from backend.faults.rules.service import DueTimes, Promise, due_times
from backend.faults.rules.severity import SeverityFacts, severity_of
from backend.programme import ProgrammeView


@dataclass(frozen=True, slots=True)
class Judged:
    """The severity with its reasons, the clock that starts now, and what can be done tonight."""

    decision: Decision
    due: DueTimes
    tonight: tuple[Step, ...]

    @property
    def severity(self) -> str:
        return self.decision.outcome

    def columns(self) -> dict[str, Any]:
        """What of it stands in the fault's row."""
        return {
            "severity": self.severity,
            "decision": recorded(self.decision),
            "answer_due_at": self.due.answer,
            "on_site_due_at": self.due.on_site,
            "restore_due_at": self.due.restore,
        }


def judge(programme: ProgrammeView, category: str, indoor_temperature_c: Decimal | None) -> Judged:
    """Judge a report made now, by the programme's season, settings and service levels."""
    today = clock.today()
    first, last = programme.heating_season_of(today)
    cold_below_c: Decimal = programme.setting("cold_indoor_c")
    facts = SeverityFacts(category, indoor_temperature_c, cold_below_c, first, last)
    decision = severity_of(facts, today)
    measured_cold = indoor_temperature_c is not None and indoor_temperature_c < cold_below_c
    return Judged(
        decision,
        clock_of(programme, category, decision.outcome),
        tonight(category, first <= today <= last, measured_cold),
    )


def judge_still_cold(programme: ProgrammeView, category: str) -> Judged:
    """A house that is not warm after a repair is a house without heat, whatever it had been reported as."""
    reported, without_heat = judge(programme, category, None), judge(programme, NO_HEAT, None)
    if reported.severity == severity.graver(reported.severity, without_heat.severity):
        return reported
    return without_heat


def clock_of(programme: ProgrammeView, category: str, grave: str) -> DueTimes:
    """The clock of a severity, started now."""
    level = programme.service_level(category, grave)
    promise = Promise(level.answer_minutes, level.on_site_minutes, level.restore_minutes)
    return due_times(promise, clock.now(), clock.start_of_day(clock.today() + timedelta(days=1)))
