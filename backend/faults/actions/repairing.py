"""Send a repairer, arrive by scan, say what was done, put the clock off with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import func, or_
from sqlalchemy.orm import Session

from backend.core import clock
from backend.core.db import insert_ignoring, new_id
from backend.core.storage import attach_photos
from backend.faults import notices
from backend.faults.actions.history import move, write_down, wrong_state
from backend.faults.actions.telling import tell_home, tell_repairer, tell_roles
from backend.faults.errors import (
    CannotPause,
    CompanyMissing,
    ContractorDispatches,
    NotARepairer,
    PartUsed,
    PauseTooLong,
    SentToAnother,
)
from backend.faults.models import Fault, FaultPart
from backend.faults.queries import FaultView, fault
from backend.faults.queries.faults import row_of
from backend.faults.rules import states
from backend.identity import Actor, people_with_role
from backend.identity.roles import CADRE, CONTRACTOR, REPAIRER, TOWNSHIP
from backend.installation import contract_of
from backend.programme import programme_for
from backend.registry import require_scan


@dataclass(frozen=True, slots=True)
class Part:
    """A part put in, by the number on it."""

    kind: str
    serial: str


def dispatch_repairer(
    session: Session, actor: Actor, *, fault_id: str, person_id: str, company_id: str | None = None
) -> FaultView:
    """Send one of the enterprise's repairers; sending another instead is the same act.

    Without a contract the township or district does it and names the repairer's company. The first dispatch of a round
    stops the answer clock. Raises ContractorDispatches, CompanyMissing, NotARepairer, WrongState.
    """
    row = row_of(session, fault_id)
    contractor_id = row.contractor_id
    if contractor_id is None and (contract := contract_of(session, row.household_id)):
        contractor_id = contract.contractor_id
    if contractor_id is None:
        contractor_id = company_id
    elif not any(r.role == CONTRACTOR and r.company_id == contractor_id for r in actor.roles):
        raise ContractorDispatches("这一户有改造协议，由实施企业派人维修。")
    if contractor_id is None:
        raise CompanyMissing(
            "这一户没有改造协议，请填写维修人员所属的企业编号。", errors={"company_id": ["必填。"]}
        )
    if person_id not in people_with_role(session, (REPAIRER,), company_id=contractor_id):
        raise NotARepairer("此人今天没有这家企业的维修人员身份。")
    sent = clock.now()
    values = {
        "state": states.DISPATCHED,
        "repairer_id": person_id,
        "contractor_id": contractor_id,
        "answered_at": func.coalesce(Fault.answered_at, sent),
    }
    row = move(session, fault_id, "dispatch", values)
    write_down(
        session, row, "dispatched", actor, facts={"repairer_id": person_id, "contractor_id": contractor_id}
    )
    view = fault(session, fault_id)
    key = f"fault-dispatched:{fault_id}:{view.round}:{person_id}"
    tell_repairer(session, view, notices.sent_to_you(view), f"{key}:repairer")
    tell_home(session, view, notices.somebody_comes(view), key)
    return view


def _demand_sent(row: Fault, actor: Actor) -> None:
    if row.repairer_id is not None and row.repairer_id != actor.person_id:
        raise SentToAnother("这件报修派给了另一位维修人员。")


def arrive(
    session: Session,
    actor: Actor,
    *,
    fault_id: str,
    household_code: str,
    latitude: Decimal | None = None,
    longitude: Decimal | None = None,
) -> FaultView:
    """Stand at the door: the repairer who was sent scans the sticker. Raises SentToAnother, WrongState, code.*."""
    row = row_of(session, fault_id)
    _demand_sent(row, actor)
    if row.state not in states.FROM["arrive"]:
        raise wrong_state(row.state)
    scan_id = require_scan(session, actor, row.household_id, household_code, "repair", latitude, longitude)
    values = {"state": states.ARRIVED, "arrived_at": clock.now()}
    row = move(session, fault_id, "arrive", values, Fault.repairer_id == actor.person_id)
    write_down(session, row, "arrived", actor, facts={"scan_id": scan_id})
    view = fault(session, fault_id)
    tell_home(session, view, notices.somebody_arrived(view), f"fault-arrived:{fault_id}:{view.round}")
    return view


def finish_repair(
    session: Session,
    actor: Actor,
    *,
    fault_id: str,
    work: str,
    parts: Sequence[Part] = (),
    photo_ids: Sequence[str] = (),
) -> FaultView:
    """Say what was done and put in; then the household is asked. Raises SentToAnother, WrongState, PartUsed, photo.*."""
    _demand_sent(row_of(session, fault_id), actor)
    values = {"state": states.DONE, "restored_at": clock.now(), "paused_until": None}
    row = move(session, fault_id, "finish", values, Fault.repairer_id == actor.person_id)
    for part in sorted(set(parts), key=lambda each: (each.kind, each.serial)):
        put_in = {
            "id": new_id(),
            "fault_id": fault_id,
            "kind": part.kind,
            "serial": part.serial,
            "at": clock.now(),
        }
        if not insert_ignoring(session, FaultPart, put_in, ["kind", "serial"]):
            raise PartUsed(f"配件编号 {part.serial} 已经登记过。")
    attach_photos(session, tuple(dict.fromkeys(photo_ids)), ("fault", fault_id), actor.person_id)
    facts = {"parts": [{"kind": part.kind, "serial": part.serial} for part in parts]}
    write_down(session, row, "done", actor, note=work, facts=facts)
    view = fault(session, fault_id)
    tell_home(session, view, notices.please_confirm(view), f"fault-done:{fault_id}:{view.round}")
    return view


def pause_repair(session: Session, actor: Actor, *, fault_id: str, until: datetime, reason: str) -> FaultView:
    """Put what is not yet met off until an instant, with a reason that household, village and township are told.

    Never a danger, nor a cold house without spare heat; not twice at once. Raises CannotPause, PauseTooLong, WrongState.
    """
    row = row_of(session, fault_id)
    current = clock.now()
    longest = timedelta(hours=programme_for(session, row.area_code).setting("fault_pause_hours"))
    if not current < until <= current + longest:
        hours = int(longest.total_seconds()) // 3600
        raise PauseTooLong(
            f"一次最多顺延 {hours} 小时。", errors={"until": [f"应在现在以后 {hours} 小时以内。"]}
        )
    if not states.may_pause(row.category, row.severity, row.spare_heat_at is not None):
        raise CannotPause("这件报修危及安全，或住户今晚没有取暖，不能顺延。")
    if row.state in states.FROM["pause"] and row.paused_until is not None and row.paused_until > current:
        raise CannotPause("这件报修已经在顺延中。", next="到时仍未修好，再说明理由申请顺延。")
    by = until - current
    values = {"paused_until": until, "restore_due_at": row.restore_due_at + by}
    if row.arrived_at is None:
        values["on_site_due_at"] = row.on_site_due_at + by
    row = move(
        session,
        fault_id,
        "pause",
        values,
        or_(Fault.paused_until.is_(None), Fault.paused_until <= current),
        Fault.restore_due_at == row.restore_due_at,
        Fault.severity == row.severity,
    )
    write_down(session, row, "paused", actor, note=reason, facts={"until": until.isoformat()})
    view = fault(session, fault_id)
    key = f"fault-paused:{fault_id}:{view.round}:{until.isoformat()}"
    notice = notices.paused(view, reason)
    tell_home(session, view, notice, key)
    tell_roles(session, view, (CADRE, TOWNSHIP), notice, key)
    return view
