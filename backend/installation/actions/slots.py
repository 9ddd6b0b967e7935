"""Open slots and change how many places they have."""

from __future__ import annotations

from datetime import date

from sqlalchemy import update
from sqlalchemy.orm import Session

from backend.core import audit, clock
from backend.core.db import affected, insert_ignoring, new_id
from backend.core.law import day_in_words
from backend.identity import Actor
from backend.identity.roles import CONTRACTOR as MANAGER
from backend.installation.errors import (
    BelowBooked,
    NotAContractor,
    NotYourCompany,
    SlotOpenAlready,
    SlotPast,
    UnknownVillage,
)
from backend.installation.models import Slot
from backend.installation.queries import SlotView, slot_with
from backend.installation.rules.turns import HALF_DAY_LABELS, slot_is_past
from backend.programme import area
from backend.supervision import CONTRACTOR, company

VILLAGE = "village"


def open_slot(
    session: Session,
    actor: Actor,
    *,
    area_code: str,
    day: date,
    half_day: str,
    capacity: int,
    contractor_id: str | None = None,
) -> SlotView:
    """Open so many places of one's company in a village on a half-day.

    Raises NotYourCompany, NotAContractor, UnknownVillage, SlotPast, SlotOpenAlready.
    """
    contractor_id = contractor_id or actor.company_of(MANAGER)
    if not any(held.role == MANAGER and held.company_id == contractor_id for held in actor.roles):
        raise NotYourCompany("您不是这家企业的负责人。")
    assert contractor_id is not None
    contractor = company(session, contractor_id)
    if contractor is None or CONTRACTOR not in contractor.kinds:
        raise NotAContractor(f"{contractor_id} 不在实施企业名单里。")
    village = area(session, area_code)
    if village is None or village.level != VILLAGE:
        raise UnknownVillage(f"行政区划 {area_code} 不是方案里的村（片区）。")
    if not contractor.works_in(area_code):
        raise NotAContractor(f"{contractor.name}不在{village.name}的实施范围里。")
    if slot_is_past(day, half_day, clock.local_time(clock.now())):
        raise SlotPast(f"{day_in_words(day)}{HALF_DAY_LABELS[half_day]}已经过去。")
    values = {
        "id": new_id(),
        "contractor_id": contractor_id,
        "area_code": area_code,
        "day": day,
        "half_day": half_day,
        "capacity": capacity,
        "booked": 0,
        "opened_by": actor.person_id,
        "opened_at": clock.now(),
    }
    if not insert_ignoring(session, Slot, values, ["contractor_id", "area_code", "day", "half_day"]):
        raise SlotOpenAlready(f"{village.name}{day_in_words(day)}{HALF_DAY_LABELS[half_day]}已开放。")
    slot = slot_with(session, str(values["id"]))
    assert slot is not None
    facts = {"day": day.isoformat(), "half_day": half_day, "capacity": capacity, "contractor": contractor_id}
    audit.record(session, actor.person_id, "slot.opened", ("slot", slot.id), facts, area=area_code)
    return slot


def change_capacity(session: Session, actor: Actor, *, slot_id: str, capacity: int) -> SlotView:
    """Give a slot more or fewer places, never fewer than are booked. Raises BelowBooked."""
    changed = affected(
        session,
        update(Slot).where(Slot.id == slot_id, Slot.booked <= capacity).values(capacity=capacity),
    )
    slot = slot_with(session, slot_id)
    assert slot is not None
    if not changed:
        raise BelowBooked(
            f"这个时段已约{slot.booked}户，不能减到{capacity}户。", facts={"booked": slot.booked}
        )
    facts = {"capacity": capacity}
    audit.record(
        session, actor.person_id, "slot.capacity_changed", ("slot", slot_id), facts, area=slot.area_code
    )
    return slot
