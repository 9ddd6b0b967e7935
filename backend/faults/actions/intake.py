"""Take a report in: open a fault for it, or add it to the one that is open; keep its photos; tell who must know.

None is refused for being one too many. What one house's crowd can fill is bounded instead: reports that bring nothing new
are kept whole up to a number an hour, then counted, and none of them is told again.
"""

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
from backend.faults.actions.flooding import number_kept, only_count, origin_hash, watch_for_flood
from backend.faults.actions.history import write_down
from backend.faults.actions.judging import Judged, judge
from backend.faults.actions.outages import watch_village
from backend.faults.actions.pictures import Pictures, keep_pictures, leave_out
from backend.faults.actions.telling import tell_of_raising, tell_of_report, tell_of_vouching
from backend.faults.models import OPEN, Fault, FaultReport
from backend.faults.queries import fault
from backend.faults.queries.faults import row_of
from backend.faults.rules import severity, states, vouching
from backend.faults.rules.categories import DANGERS
from backend.faults.rules.service import DueTimes
from backend.faults.rules.vouching import HOUSEHOLD, KEPT_AN_HOUR
from backend.identity import Actor
from backend.installation import contract_of
from backend.programme import ProgrammeView
from backend.registry import HouseholdView, record_scan

OFFICER: Final = "officer"
PASSER_BY: Final = "passer_by"


@dataclass(frozen=True, slots=True)
class Told:
    """One report as it came; ``via`` is a tie's role, OFFICER or PASSER_BY.

    ``code``: what was scanned at the door. ``origin``: the network, or the person, that a passer-by's report came from.
    """

    category: str
    via: str
    actor: Actor | None
    description: str | None
    indoor_temperature_c: Decimal | None
    photo_ids: Sequence[str | None]
    phone: str | None = None
    code: str | None = None
    origin: str | None = None

    @property
    def vouched(self) -> int:
        return vouching.vouched(self.via == PASSER_BY, self.actor is not None, self.phone is not None)

    @property
    def on_behalf(self) -> bool:
        return self.via == OFFICER


@dataclass(frozen=True, slots=True)
class Taken:
    """Which fault a report went to, and what it was judged to be. Not ``kept``: only counted, ``report_id`` leads nowhere."""

    fault_id: str
    report_id: str
    joined: bool
    pictures: Pictures
    judged: Judged
    kept: bool = True


def take(session: Session, home: HouseholdView, programme: ProgrammeView, told: Told) -> Taken:
    """Open a fault, or add the report to the one that is open for this household and category."""
    judged = judge(programme, told.category, told.indoor_temperature_c)
    fault_id, joined = _open_or_join(session, home, told, judged)
    report_id = new_id()
    if joined and not _brings_news(session, fault_id, told, judged):
        number = number_kept(session, fault_id, told.vouched)
        if number > KEPT_AN_HOUR:
            if only_count(session, fault_id, number):
                write_down(session, row_of(session, fault_id), "crowded", None)
            return Taken(fault_id, report_id, joined, leave_out(told.photo_ids), judged, kept=False)
    better = joined and _stands_better(session, fault_id, told)
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
            scan_id=_keep_scan(session, home, told),
        )
    )
    row = row_of(session, fault_id)
    # A passer-by who signed in stays nobody to those who read the history.
    by = None if told.via == PASSER_BY else told.actor
    facts = {"report_id": report_id, "via": told.via, "severity": judged.severity}
    write_down(session, row, "joined" if joined else "reported", by, on_behalf=told.on_behalf, facts=facts)
    if joined:
        _after_joining(session, programme, row, told, judged, better=better)
    else:
        # First, while no other fault is held: flagging an outage waits for whoever else flags it.
        watch_village(session, programme, home.area_code, told.category, fault_id)
        if told.vouched < HOUSEHOLD and told.category in DANGERS:
            watch_for_flood(session, _origin(told), home.area_code)
        tell_of_report(session, fault(session, fault_id), told.via)
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
        "only_counted": 0,
        "vouched": told.vouched,
        "origin": _origin(told),
        "flood": False,
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


def _origin(told: Told) -> str | None:
    return origin_hash(told.origin) if told.origin and told.vouched < HOUSEHOLD else None


def _brings_news(session: Session, fault_id: str, told: Told, judged: Judged) -> bool:
    """Whether a joined report is graver, better vouched, or of what was said to be repaired."""
    row = row_of(session, fault_id)
    graver = severity.graver(row.severity, judged.severity) != row.severity
    return graver or told.vouched > row.vouched or row.state == states.DONE


def _keep_scan(session: Session, home: HouseholdView, told: Told) -> str | None:
    if told.code is None:
        return None
    return record_scan(
        session,
        household=home,
        code=told.code,
        person_id=told.actor.person_id if told.actor else None,
        seen_as="unknown" if told.actor is None else told.via,
        purpose="emergency",
    )


def _stands_better(session: Session, fault_id: str, told: Told) -> bool:
    """Let a better vouched report stand behind the fault; asked before the report is added, whose trigger does the same."""
    lower = update(Fault).where(Fault.id == fault_id, Fault.vouched < told.vouched)
    return affected(session, lower.values(vouched=told.vouched)) == 1


def _after_joining(
    session: Session, programme: ProgrammeView, row: Fault, told: Told, judged: Judged, *, better: bool
) -> None:
    """What was said to be repaired is open again; a graver report tightens the clock, a better vouched one is told again."""
    by = None if told.via == PASSER_BY else told.actor
    if better:
        write_down(session, row, "vouched", by, facts={"vouched": vouching.CODES[told.vouched]})
    if row.state == states.DONE:
        open_again(session, row.id, by, judged, reason="修完后又有人报告", on_behalf=told.on_behalf)
        return
    if severity.graver(row.severity, judged.severity) == row.severity:
        if better:
            tell_of_vouching(session, fault(session, row.id))
        return
    standing = DueTimes(row.answer_due_at, row.on_site_due_at, row.restore_due_at)
    sooner = Judged(judged.decision, judged.due.sooner(standing), judged.tonight)
    affected(session, update(Fault).where(Fault.id == row.id).values(**sooner.columns()))
    row = row_of(session, row.id)
    write_down(session, row, "raised", by, facts={"severity": row.severity})
    tell_of_raising(session, fault(session, row.id))
