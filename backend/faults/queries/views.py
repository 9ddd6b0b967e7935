"""What others see of a fault: frozen, the phone of who reported it masked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from backend.core import clock
from backend.core.law import Decision, clause_label
from backend.faults.models import Fault
from backend.faults.rules import categories, severity, states, vouching
from backend.faults.rules.service import ANSWER, ON_SITE, RESTORE, Stage, met_late
from backend.identity import person
from backend.supervision import company


@dataclass(frozen=True, slots=True)
class ReasonView:
    """A cited reason of the severity."""

    code: str
    clause: str
    clause_label: str
    text: str


@dataclass(frozen=True, slots=True)
class FaultView:
    """A fault as it stands. ``late``: stages met after their time, or past it and not met (answer, on_site, restore)."""

    id: str
    household_id: str
    area_code: str
    address: str
    category: str
    category_label: str
    severity: str
    severity_label: str
    reasons: tuple[ReasonView, ...]
    state: str
    state_label: str
    next: str
    contractor_id: str | None
    contractor_name: str | None
    outage_id: str | None
    reported_at: datetime
    reports: int
    reports_only_counted: int
    vouched: str
    vouched_label: str
    flood: bool
    round: int
    answer_due_at: datetime
    on_site_due_at: datetime
    restore_due_at: datetime
    answered_at: datetime | None
    arrived_at: datetime | None
    restored_at: datetime | None
    paused_until: datetime | None
    spare_heat_at: datetime | None
    late: tuple[str, ...]
    repairer_id: str | None
    repairer_name: str | None
    rating: int | None
    closed_at: datetime | None
    closed_as: str | None

    @property
    def open(self) -> bool:
        return self.state != states.CLOSED

    @property
    def only_passers_by(self) -> bool:
        """Neither the household nor an officer has reported it."""
        return self.vouched != vouching.CODES[vouching.HOUSEHOLD]

    @property
    def critical(self) -> bool:
        return self.severity == severity.CRITICAL

    @property
    def danger(self) -> bool:
        return self.category in categories.DANGERS


def recorded(decision: Decision) -> dict[str, Any]:
    """A decision as it is kept: facts, outcome, reasons, rule and version."""
    return {
        "outcome": decision.outcome,
        "reasons": [{"code": r.code, "clause": r.clause, "text": r.text} for r in decision.reasons],
        "rule": decision.rule,
        "version": decision.version,
        "facts": dict(decision.facts),
    }


def _reasons(decision: Mapping[str, Any]) -> tuple[ReasonView, ...]:
    return tuple(
        ReasonView(each["code"], each["clause"], clause_label(each["clause"]), each["text"])
        for each in decision["reasons"]
    )


def stages_of(row: Fault) -> tuple[Stage, ...]:
    """The clock of the row's round."""
    return (
        Stage(ANSWER, row.answer_due_at, row.answered_at),
        Stage(ON_SITE, row.on_site_due_at, row.arrived_at),
        Stage(RESTORE, row.restore_due_at, row.restored_at),
    )


def next_of(row: Fault) -> str:
    """Whose turn it is, and who ends what turns out to be false."""
    turn = states.NEXT[row.state]
    if row.state == states.CLOSED or row.vouched >= vouching.HOUSEHOLD:
        return turn
    return turn + states.WHO_ENDS_A_FALSE_ONE


def name_of(session: Session, person_id: str | None) -> str | None:
    known = person(session, person_id) if person_id else None
    return known.name if known else None


class Names:
    """Names of people and companies, each read once however many rows of a page tell of them."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._people: dict[str, str | None] = {}
        self._companies: dict[str, str | None] = {}

    def person(self, person_id: str | None) -> str | None:
        if person_id is not None and person_id not in self._people:
            self._people[person_id] = name_of(self._session, person_id)
        return self._people[person_id] if person_id else None

    def company(self, company_id: str | None) -> str | None:
        if company_id is not None and company_id not in self._companies:
            known = company(self._session, company_id)
            self._companies[company_id] = known.name if known else None
        return self._companies[company_id] if company_id else None


def fault_view(row: Fault, names: Names) -> FaultView:
    until = row.closed_at or clock.now()
    return FaultView(
        id=row.id,
        household_id=row.household_id,
        area_code=row.area_code,
        address=row.address,
        category=row.category,
        category_label=categories.LABELS[row.category],
        severity=row.severity,
        severity_label=severity.LABELS[row.severity],
        reasons=_reasons(row.decision),
        state=row.state,
        state_label=states.LABELS[row.state],
        next=next_of(row),
        contractor_id=row.contractor_id,
        contractor_name=names.company(row.contractor_id),
        outage_id=row.outage_id,
        reported_at=row.reported_at,
        reports=row.reports,
        reports_only_counted=row.only_counted,
        vouched=vouching.CODES[row.vouched],
        vouched_label=vouching.LABELS[row.vouched],
        flood=vouching.shown_as_flood(row.flood, row.vouched),
        round=row.round,
        answer_due_at=row.answer_due_at,
        on_site_due_at=row.on_site_due_at,
        restore_due_at=row.restore_due_at,
        answered_at=row.answered_at,
        arrived_at=row.arrived_at,
        restored_at=row.restored_at,
        paused_until=row.paused_until,
        spare_heat_at=row.spare_heat_at,
        late=tuple(stage.name for stage in stages_of(row) if met_late(stage, until)),
        repairer_id=row.repairer_id,
        repairer_name=names.person(row.repairer_id),
        rating=row.rating,
        closed_at=row.closed_at,
        closed_as=row.closed_as,
    )
