"""A spare heater for a cold house, and the numbers to call back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backend.core import clock
from backend.core.db import affected, insert_ignoring, new_id
from backend.faults import notices
from backend.faults.actions.history import move, write_down
from backend.faults.actions.judging import clock_of
from backend.faults.actions.telling import responsible, tell_home, tell_roles
from backend.faults.errors import HeaterElsewhere, HeaterNotHere
from backend.faults.models import Fault, FaultReport, LentHeater
from backend.faults.queries import FaultView, fault
from backend.faults.queries.faults import row_of
from backend.faults.rules import severity, states
from backend.faults.rules.categories import DANGERS
from backend.identity import Actor
from backend.identity.roles import TOWNSHIP
from backend.programme import programme_for
from backend.registry import count_numbers_shown

NUMBERS_AT_ONCE: Final = 20
"""A lane of neighbours. Strangers who leave made-up numbers must not use up the day of whoever calls back."""


def lend_heater(session: Session, actor: Actor, *, fault_id: str, serial: str) -> FaultView:
    """Leave a heater in the house, logged by serial: it is warm tonight, the repair goes on (2).

    The first one of a round puts the time to restore at that of an urgent report from now; a danger stays what it is.
    Raises HeaterElsewhere, WrongState.
    """
    before = row_of(session, fault_id)
    values: dict[str, object] = {"spare_heat_at": clock.now()}
    first = before.spare_heat_at is None
    if first and before.severity == severity.CRITICAL and before.category not in DANGERS:
        programme = programme_for(session, before.area_code)
        later = clock_of(programme, before.category, severity.URGENT).restore
        values["restore_due_at"] = max(before.restore_due_at, later)
    row = move(session, fault_id, "lend", values if first else {"spare_heat_at": before.spare_heat_at})
    lent = {
        "id": new_id(),
        "fault_id": fault_id,
        "serial": serial,
        "lent_at": clock.now(),
        "lent_by": actor.person_id,
    }
    if not insert_ignoring(session, LentHeater, lent, ["serial"], LentHeater.returned_at.is_(None)):
        raise HeaterElsewhere(f"编号 {serial} 的电暖器还登记在借出中。")
    write_down(session, row, "heater_lent", actor, facts={"serial": serial})
    view = fault(session, fault_id)
    notice, key = notices.heater_lent(view, serial), f"heater-lent:{lent['id']}"
    tell_home(session, view, notice, key)
    tell_roles(session, view, {responsible(view), TOWNSHIP}, notice, key)
    return view


def take_heater_back(session: Session, actor: Actor, *, fault_id: str, serial: str) -> FaultView:
    """A lent heater came back; whatever the fault's state. Raises HeaterNotHere."""
    back = affected(
        session,
        update(LentHeater)
        .where(LentHeater.fault_id == fault_id, LentHeater.serial == serial, LentHeater.returned_at.is_(None))
        .values(returned_at=clock.now(), returned_to=actor.person_id),
    )
    if not back:
        raise HeaterNotHere(f"这件报修没有借出编号 {serial} 的电暖器，或已经收回。")
    write_down(session, row_of(session, fault_id), "heater_returned", actor, facts={"serial": serial})
    return fault(session, fault_id)


@dataclass(frozen=True, slots=True)
class CallBack:
    """A number that a reporter left to be called back at."""

    report_id: str
    phone: str


def reveal_phones(session: Session, actor: Actor, *, fault_id: str, reason: str) -> tuple[CallBack, ...]:
    """The numbers left with a fault's reports, in the clear; who asked and why stands in its history.

    Of a flood of reports only some: those of people who are signed in first, then the latest. Raises NumbersUsedUp, but
    never for a danger that is open.
    """
    row: Fault = row_of(session, fault_id)
    vouched_first = FaultReport.person_id.is_(None), FaultReport.id.desc()
    reports = session.scalars(
        select(FaultReport)
        .where(FaultReport.fault_id == fault_id, FaultReport.phone.is_not(None))
        .order_by(*vouched_first)
        .limit(NUMBERS_AT_ONCE)
    ).all()
    danger = row.category in DANGERS and row.state != states.CLOSED
    count_numbers_shown(session, actor, len(reports), row.area_code, danger=danger)
    write_down(session, row, "phone_revealed", actor, note=reason, facts={"numbers": len(reports)})
    in_order = sorted(reports, key=lambda report: report.id)
    return tuple(CallBack(report.id, report.phone) for report in in_order if report.phone)
