"""Take a report in: open a fault for it, or add it to the one that is open; keep its photos; tell who must know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backend.core import clock
from backend.core.db import affected, insert_ignoring, new_id
from backend.faults.actions.closing import open_again
from backend.faults.actions.history import write_down
from backend.faults.actions.judging import Judged, judge
from backend.faults.actions.outages import watch_village
from backend.faults.actions.pictures import Pictures, keep_pictures
from backend.faults.actions.telling import tell_of_raising, tell_of_report
from backend.faults.models import OPEN, Fault, FaultReport
from backend.faults.queries import fault
from backend.faults.queries.faults import row_of
from backend.faults.rules import severity, states
from backend.faults.rules.service import DueTimes
from backend.identity import Actor
from backend.installation import contract_of
from backend.programme import ProgrammeView
from backend.registry import HouseholdView

OFFICER: Final = "officer"
PASSER_BY: Final = "passer_by"


@dataclass(frozen=True, slots=True)
class Told:
    """One report as it came; ``via`` is a tie's role, OFFICER or PASSER_BY."""

    category: str
    via: str
    actor: Actor | None
    description: str | None
    indoor_temperature_c: Decimal | None
    photo_ids: Sequence[str | None]
    phone: str | None = None
    scan_id: str | None = None

    @property
    def on_behalf(self) -> bool:
        return self.via == OFFICER


@dataclass(frozen=True, slots=True)
class Taken:
    """Which fault a report went to, and what it was judged to be."""

    fault_id: str
    report_id: str
    joined: bool
    pictures: Pictures
    judged: Judged


def take(session: Session, home: HouseholdView, programme: ProgrammeView, told: Told) -> Taken:
    """Open a fault, or add the report to the one that is open for this household and category."""
    judged = judge(programme, told.category, told.indoor_temperature_c)
    fault_id, joined = _open_or_join(session, home, told, judged)
    report_id = new_id()
    person_id = told.actor.person_id if told.actor else None
    pictures = keep_pictures(session, told.photo_ids, fault_id, person_id)
    session.add(
        FaultReport(
            id=report_id,
            fault_id=fault_id,
            at=clock.now(),
            person_id=person_id,
            via=told.via,
            on_behalf=told.on_behalf,
            description=told.description,
            indoor_temperature_c=told.indoor_temperature_c,
            photo_ids=list(pictures.kept),
            phone=told.phone,
            scan_id=told.scan_id,
        )
    )
    row = row_of(session, fault_id)
    # A passer-by who signed in stays nobody to those who read the history.
    by = None if told.via == PASSER_BY else told.actor
    facts = {"report_id": report_id, "via": told.via, "severity": judged.severity}
    write_down(session, row, "joined" if joined else "reported", by, on_behalf=told.on_behalf, facts=facts)
    if joined:
        _after_joining(session, programme, row, told, judged)
    else:
        tell_of_report(session, fault(session, fault_id), told.via)
        watch_village(session, programme, home.area_code, told.category, fault_id)
    return Taken(fault_id, report_id, joined, pictures, judged)


def _open_or_join(session: Session, home: HouseholdView, told: Told, judged: Judged) -> tuple[str, bool]:
    """The fault's id, and whether it was open before. The partial unique index decides between two at once."""
    contract = contract_of(session, home.id)
    fresh: dict[str, Any] = {
        "id": new_id(),
        "household_id": home.id,
        "area_code": home.area_code,
        "address": home.address,
        "category": told.category,
        "state": states.REPORTED,
        "contractor_id": contract.contractor_id if contract else None,
        "reported_at": clock.now(),
        "reports": 1,
        "round": 0,
        **judged.columns(),
    }
    while True:  # another turn only where the open one was closed by somebody between the two statements
        if insert_ignoring(session, Fault, fresh, ["household_id", "category"], OPEN):
            return fresh["id"], False
        standing = session.scalar(
            select(Fault.id).where(
                Fault.household_id == home.id, Fault.category == told.category, Fault.state != states.CLOSED
            )
        )
        if standing is not None and affected(
            session,
            update(Fault)
            .where(Fault.id == standing, Fault.state != states.CLOSED)
            .values(reports=Fault.reports + 1),
        ):
            return standing, True


def _after_joining(
    session: Session, programme: ProgrammeView, row: Fault, told: Told, judged: Judged
) -> None:
    """A report of what was said to be repaired opens it again; a graver one tightens the clock."""
    by = None if told.via == PASSER_BY else told.actor
    if row.state == states.DONE:
        open_again(session, row.id, by, judged, reason="修完后又有人报告", on_behalf=told.on_behalf)
        return
    if severity.graver(row.severity, judged.severity) == row.severity:
        return
    standing = DueTimes(row.answer_due_at, row.on_site_due_at, row.restore_due_at)
    sooner = Judged(judged.decision, judged.due.sooner(standing), judged.tonight)
    affected(session, update(Fault).where(Fault.id == row.id).values(**sooner.columns()))
    row = row_of(session, row.id)
    write_down(session, row, "raised", by, facts={"severity": row.severity})
    tell_of_raising(session, fault(session, row.id))
