"""Hold, move and give back a place; tell who must know."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backend.core import audit, clock
from backend.core.db import affected, insert_ignoring, new_id
from backend.core.errors import NotFound
from backend.core.law import day_in_words
from backend.identity import Actor
from backend.identity.roles import CONTRACTOR as MANAGER
from backend.identity.roles import INSTALLER
from backend.installation.actions.contracts import registration_of
from backend.installation.actions.progress import acts_for_another, hold_booking
from backend.installation.actions.refusing import demand, refusal_in
from backend.installation.errors import (
    BookedAlready,
    BookingOver,
    EvePassed,
    SlotElsewhere,
    SlotFull,
    SlotPast,
    StageFirst,
)
from backend.installation.models import Booking, Contract, Slot, Visit
from backend.installation.notices import (
    booked_notice,
    cancelled_notice,
    moved_notice,
    round_notice,
    tomorrow_notice,
    when,
)
from backend.installation.queries import (
    BookingView,
    ContractView,
    InstallationStanding,
    SlotView,
    booking_with,
    contract_of,
    slot_with,
    slots_in,
    standing_of,
)
from backend.installation.rules.turns import HALF_DAY_LABELS, Signed, may_book, may_change, slot_is_past
from backend.messaging import Notice, notify_role
from backend.programme import ProgrammeView, programme_for
from backend.registry import HouseholdView, household_or_refuse, tell_household


def book(session: Session, actor: Actor, *, household_id: str, slot_id: str) -> BookingView:
    """Hold one place for a household: plan, then contract, then works (2).

    Raises TakesNoPart, NotConfirmed, StageFirst, ContractMissing, OwnerNotConfirmed, InstalledAlready,
    SlotElsewhere, SlotPast, SlotFull, BookedAlready.
    """
    home = household_or_refuse(session, household_id)
    programme = programme_for(session, home.area_code)
    standing = standing_of(session, household_id)
    contract = _may_book(session, home, programme, standing)
    slot = _fitting_slot(session, programme, home, contract, slot_id)
    values = {
        "id": new_id(),
        "household_id": household_id,
        "contract_id": contract.id,
        "slot_id": slot_id,
        "state": "standing",
        "booked_by": actor.person_id,
        "on_behalf": acts_for_another(actor, household_id),
        "booked_at": clock.now(),
    }
    # The household's own row first, the slot's last: the slot is what many wait for.
    if not insert_ignoring(session, Booking, values, ["household_id"], where=Booking.ended_at.is_(None)):
        raise BookedAlready("这一户已有一个还没结束的预约。")
    _take_place(session, programme, slot)
    booking = booking_with(session, str(values["id"]))
    _record(session, actor, home, booking, "booking.made", {"slot_id": slot_id})
    notice = booked_notice(home, booking, actor.name or "工作人员")
    tell_household(session, household_id, notice, f"booked:{booking.id}")
    _tell_company(session, booking, notice, f"booked:{booking.id}")
    return booking


def _may_book(
    session: Session, home: HouseholdView, programme: ProgrammeView, standing: InstallationStanding
) -> ContractView:
    # Held until the commit, so that the contract cannot be ended under the booking.
    session.execute(
        select(Contract.id)
        .where(Contract.household_id == home.id, Contract.ended_at.is_(None))
        .with_for_update()
    )
    contract = contract_of(session, home.id)
    if stage := standing.waits_for_stage:
        planned = (
            f"，计划{day_in_words(stage.planned_on)}完成" if stage.planned_on else "，完成日期还没有公布"
        )
        owner = f"，责任单位{stage.owner_label}" if stage.owner_label else ""
        path = programme.path(home.path)
        raise refusal_in(
            programme,
            StageFirst,
            f"{path.label}现在到“{stage.label}”阶段{planned}{owner}。",
            clause=path.clause,
            facts={
                "stage": stage.stage,
                "label": stage.label,
                "owner": stage.owner,
                "planned_on": stage.planned_on.isoformat() if stage.planned_on else None,
            },
        )
    signed = None
    if contract is not None:
        from_day = contract.confirmable_from or contract.signed_on
        signed = Signed(contract.financing, contract.owner_confirmed_at is not None, from_day)
    installed = standing.installed_at is not None
    demand(may_book(registration_of(home), signed, installed, standing.rework_open), programme)
    assert contract is not None
    return contract


def _fitting_slot(
    session: Session, programme: ProgrammeView, home: HouseholdView, contract: ContractView, slot_id: str
) -> SlotView:
    slot = slot_with(session, slot_id)
    if slot is None:
        raise NotFound("没有找到这个时段。")
    if slot.contractor_id != contract.contractor_id or slot.area_code != home.area_code:
        raise SlotElsewhere(f"这一户的协议企业是{contract.contractor_name}，只能约它在本村的时段。")
    if slot_is_past(slot.day, slot.half_day, clock.local_time(clock.now())):
        raise refusal_in(
            programme, SlotPast, f"{day_in_words(slot.day)}{HALF_DAY_LABELS[slot.half_day]}已经过去。"
        )
    return slot


def _take_place(session: Session, programme: ProgrammeView, slot: SlotView) -> None:
    """One place less, in one statement that cannot oversell."""
    taken = affected(
        session,
        update(Slot).where(Slot.id == slot.id, Slot.booked < Slot.capacity).values(booked=Slot.booked + 1),
    )
    if not taken:
        others = slots_in(
            session,
            slot.area_code,
            first_day=clock.today(),
            contractor_id=slot.contractor_id,
            only_free=True,
            after="",
            limit=3,
        ).items
        free = "、".join(
            f"{day_in_words(each.day)}{HALF_DAY_LABELS[each.half_day]}余{each.free}" for each in others
        )
        raise refusal_in(
            programme,
            SlotFull,
            f"{day_in_words(slot.day)}{HALF_DAY_LABELS[slot.half_day]}的{slot.capacity}个名额已约满。"
            + (f"还可以约：{free}。" if free else "目前没有其他空位。"),
            facts={"capacity": slot.capacity},
        )


def _give_back(session: Session, slot_id: str) -> None:
    affected(session, update(Slot).where(Slot.id == slot_id, Slot.booked > 0).values(booked=Slot.booked - 1))


def _changeable(session: Session, booking_id: str) -> BookingView:
    """The booking, held by this transaction, if it may still be changed. Raises BookingOver, EvePassed."""
    booking = hold_booking(session, booking_id)
    if booking.state != "standing":
        raise BookingOver("这个预约已经完成或取消。")
    visited = session.scalar(select(Visit.id).where(Visit.booking_id == booking_id).limit(1)) is not None
    if not may_change(booking.day, clock.today(), visited):
        raise EvePassed(f"预约在{when(booking)}，改约、取消截止到前一天。")
    return booking


def move_booking(session: Session, actor: Actor, *, booking_id: str, slot_id: str) -> BookingView:
    """Change to another slot of the same contractor and village, to the eve.

    Raises BookingOver, EvePassed, SlotElsewhere, SlotPast, SlotFull.
    """
    before = _changeable(session, booking_id)
    home = household_or_refuse(session, before.household_id)
    if slot_id == before.slot_id:
        return before
    programme = programme_for(session, home.area_code)
    contract = contract_of(session, home.id)
    assert contract is not None, "a contract does not end while a booking stands"
    slot = _fitting_slot(session, programme, home, contract, slot_id)
    # Two that swap their slots must not each hold what the other waits for: always the smaller id first.
    if slot_id < before.slot_id:
        _take_place(session, programme, slot)
        _give_back(session, before.slot_id)
    else:
        _give_back(session, before.slot_id)
        _take_place(session, programme, slot)
    affected(
        session,
        update(Booking).where(Booking.id == booking_id).values(slot_id=slot_id, moved_at=clock.now()),
    )
    booking = booking_with(session, booking_id)
    facts = {"from": before.slot_id, "to": slot_id}
    _record(session, actor, home, booking, "booking.moved", facts)
    key = f"moved:{booking_id}:{slot_id}:{booking.moved_at}"
    tell_household(session, home.id, moved_notice(home, booking), key)
    _tell_company(session, booking, moved_notice(home, booking), key)
    return booking


def cancel_booking(session: Session, actor: Actor, *, booking_id: str, reason: str) -> BookingView:
    """Give the place back, to the eve. Raises BookingOver, EvePassed."""
    before = _changeable(session, booking_id)
    home = household_or_refuse(session, before.household_id)
    end_booking(session, before, by=actor.person_id, reason=reason)
    booking = booking_with(session, booking_id)
    _record(session, actor, home, booking, "booking.cancelled", {"reason": reason})
    key = f"cancelled:{booking_id}"
    tell_household(session, home.id, cancelled_notice(home, booking, reason), key)
    _tell_company(session, booking, cancelled_notice(home, booking, reason), key)
    return booking


def end_booking(session: Session, booking: BookingView, *, by: str | None, reason: str) -> None:
    """Cancel a standing booking and give its place back, exactly once."""
    ended = affected(
        session,
        update(Booking)
        .where(Booking.id == booking.id, Booking.ended_at.is_(None))
        .values(state="cancelled", ended_at=clock.now(), ended_by=by, cancel_reason=reason),
    )
    if ended:
        _give_back(session, booking.slot_id)


def remind_of_visit(session: Session, booking_id: str) -> None:
    """Tell the household of tomorrow's visit; once a person, booking and day."""
    booking = booking_with(session, booking_id)
    if booking.state != "standing":
        return
    home = household_or_refuse(session, booking.household_id)
    key = f"visit-tomorrow:{booking_id}:{booking.day}"
    tell_household(session, home.id, tomorrow_notice(home, booking), key, to_many=True)


def remind_of_round(session: Session, contractor_id: str, day: date, houses: int) -> None:
    """Tell a contractor's people how many houses wait for them tomorrow; once a person and day."""
    notify_role(
        session,
        (MANAGER, INSTALLER),
        round_notice(day, houses),
        f"round-tomorrow:{contractor_id}:{day}",
        company_id=contractor_id,
    )


def _tell_company(session: Session, booking: BookingView, notice: Notice, key: str) -> None:
    notify_role(session, (MANAGER,), notice, key, company_id=booking.contractor_id)


def _record(
    session: Session,
    actor: Actor,
    home: HouseholdView,
    booking: BookingView,
    event: str,
    facts: dict[str, Any],
) -> None:
    on_behalf = acts_for_another(actor, home.id)
    audit.record(
        session,
        actor.person_id,
        event,
        ("household", home.id),
        {"booking_id": booking.id, "on_behalf": on_behalf, **facts},
        behalf_of=home.id if on_behalf else None,
        area=home.area_code,
    )
