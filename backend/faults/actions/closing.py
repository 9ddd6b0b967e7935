"""The household's word on a repair: confirmed, not repaired, no longer needed; and what a merge brings."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import and_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased

from backend.core import clock
from backend.core.db import affected
from backend.faults import notices
from backend.faults.actions.history import acts_for, move, write_down
from backend.faults.actions.judging import Judged, judge, judge_still_cold
from backend.faults.actions.outages import close_over
from backend.faults.actions.telling import responsible, tell_home, tell_of_reopening, tell_roles
from backend.faults.errors import OpenAlready, OwnRepair
from backend.faults.models import Fault
from backend.faults.queries import FaultView, fault
from backend.faults.queries.faults import row_of
from backend.faults.rules import states
from backend.faults.rules.vouching import HOUSEHOLD
from backend.identity import Actor
from backend.identity.roles import CADRE, DISTRICT, TOWNSHIP
from backend.installation import contract_of
from backend.programme import programme_for
from backend.registry import HouseholdMerged


def confirm_repair(
    session: Session, actor: Actor, *, fault_id: str, rating: int, warm: bool, note: str | None = None
) -> FaultView:
    """The household's own word, or its cadre's for it (marked). Not warm is no confirmation: it opens again.

    ``rating`` 1 to 5. Raises WrongState, OwnRepair.
    """
    row = row_of(session, fault_id)
    on_behalf = acts_for(actor, row.household_id)
    if actor.person_id == row.repairer_id:
        raise OwnRepair("这件报修是您维修的，不能由您替住户确认。")
    if not warm:
        judged = judge_still_cold(programme_for(session, row.area_code), row.category)
        reason = note or "住户反映仍然不热"
        return open_again(
            session,
            fault_id,
            actor,
            judged,
            reason=reason,
            on_behalf=on_behalf,
            rating=rating,
            only="confirm",
        )
    values = {
        "state": states.CLOSED,
        "closed_at": clock.now(),
        "closed_as": states.CONFIRMED,
        "rating": rating,
    }
    row = move(session, fault_id, "confirm", values)
    facts = {"rating": rating, "warm": warm}
    write_down(session, row, "confirmed", actor, on_behalf=on_behalf, note=note, facts=facts)
    close_over(session, row.outage_id)
    view = fault(session, fault_id)
    key = f"fault-confirmed:{fault_id}:{view.round}"
    notice = notices.confirmed(view, on_behalf)
    tell_roles(session, view, (responsible(view),), notice, key)
    if on_behalf:
        tell_home(session, view, notice, key)
    return view


def reopen_fault(
    session: Session, actor: Actor, *, fault_id: str, reason: str, indoor_temperature_c: Decimal | None = None
) -> FaultView:
    """Not repaired, or broken again: a new round with a clock of its own. Raises WrongState, OpenAlready."""
    row = row_of(session, fault_id)
    judged = judge(programme_for(session, row.area_code), row.category, indoor_temperature_c)
    on_behalf = acts_for(actor, row.household_id)
    return open_again(session, fault_id, actor, judged, reason=reason, on_behalf=on_behalf)


def open_again(
    session: Session,
    fault_id: str,
    actor: Actor | None,
    judged: Judged,
    *,
    reason: str,
    on_behalf: bool,
    rating: int | None = None,
    only: str = "reopen",
) -> FaultView:
    """Start a new round: the enterprise of the contract as it is now, a new clock, the next repairer.

    ``actor``: the household or an officer, who stands behind it from now on; None where a passer-by reported it again.
    ``only`` names the transition whose states it may begin in. Raises WrongState, OpenAlready.
    """
    row = row_of(session, fault_id)
    contract = contract_of(session, row.household_id)
    values: dict[str, Any] = {
        "state": states.REOPENED,
        "round": Fault.round + 1,
        "contractor_id": contract.contractor_id if contract else row.contractor_id,
        "answered_at": None,
        "arrived_at": None,
        "restored_at": None,
        "paused_until": None,
        "spare_heat_at": None,
        "closed_at": None,
        "closed_as": None,
        "rating": rating,
        **({"vouched": HOUSEHOLD} if actor else {}),
        **judged.columns(),
    }
    try:
        # The index refuses a second open fault of the same household and category.
        with session.begin_nested():
            row = move(session, fault_id, only, values)
    except IntegrityError as error:
        other = session.scalar(_open_twin(row.household_id, row.category))
        raise OpenAlready("这一户同类的另一件报修正在办理。", facts={"fault_id": other}) from error
    facts = {"severity": judged.severity, **({"rating": rating} if rating else {})}
    write_down(session, row, "reopened", actor, on_behalf=on_behalf, note=reason, facts=facts)
    view = fault(session, fault_id)
    tell_of_reopening(session, view)
    return view


def _open_twin(household_id: str, category: str) -> Any:
    return select(Fault.id).where(
        Fault.household_id == household_id, Fault.category == category, Fault.state != states.CLOSED
    )


def close_fault(session: Session, actor: Actor, *, fault_id: str, reason: str) -> FaultView:
    """No repair is needed any more: the household's word, its cadre's for it (marked), or the district's.

    Raises WrongState.
    """
    before = row_of(session, fault_id)
    own = actor.tied_to(before.household_id)
    by_district = not own and actor.has_role(DISTRICT)
    on_behalf = not own and not by_district
    how = states.BY_DISTRICT if by_district else states.WITHDRAWN
    values = {"state": states.CLOSED, "closed_at": clock.now(), "closed_as": how}
    row = move(session, fault_id, "close", values)
    write_down(session, row, "closed", actor, on_behalf=on_behalf, note=reason, facts={"closed_as": how})
    close_over(session, row.outage_id)
    view = fault(session, fault_id)
    key = f"fault-closed:{fault_id}:{view.round}"
    notice = notices.closed(view, states.CLOSED_AS[how], on_behalf)
    heard = (responsible(view), CADRE, TOWNSHIP) if view.critical else (responsible(view), CADRE)
    tell_roles(session, view, heard, notice, key)
    tell_home(session, view, notice, key)
    return view


def follow_merge(session: Session, event: HouseholdMerged) -> None:
    """Open faults of a household that ended go to the one that was kept; what is open there too is closed into it."""
    twin = aliased(Fault)
    has_twin = (
        select(twin.id)
        .where(
            and_(
                twin.household_id == event.kept_id,
                twin.category == Fault.category,
                twin.state != states.CLOSED,
            )
        )
        .exists()
    )
    open_ids = session.scalars(
        select(Fault.id)
        .where(Fault.household_id == event.gone_id, Fault.state != states.CLOSED)
        .order_by(Fault.id)
    ).all()
    for fault_id in open_ids:
        moved = affected(
            session,
            update(Fault)
            .where(Fault.id == fault_id, Fault.state != states.CLOSED, ~has_twin)
            .values(household_id=event.kept_id),
        )
        if moved:
            write_down(session, row_of(session, fault_id), "moved", None, facts={"from": event.gone_id})
            continue
        values = {"state": states.CLOSED, "closed_at": clock.now(), "closed_as": states.MERGED}
        row = move(session, fault_id, "close", values)
        into = session.scalar(_open_twin(event.kept_id, row.category))
        facts = {"closed_as": states.MERGED, "into": into}
        write_down(session, row, "closed", None, facts=facts)
        close_over(session, row.outage_id)
