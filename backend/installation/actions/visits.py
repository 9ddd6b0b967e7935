"""At the door: begin by scan, record what is installed, end with what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from backend.core import audit, clock
from backend.core.db import affected, insert_ignoring, new_id
from backend.core.storage import attach_photos
from backend.identity import Actor
from backend.identity.roles import CONTRACTOR as MANAGER
from backend.installation.actions.progress import held, hold_booking, reach
from backend.installation.actions.refusing import demand, refusal_in
from backend.installation.errors import (
    BookingOver,
    EnergisedAlready,
    ItemGone,
    NoSerialHere,
    NotInstalled,
    NotOfThisKit,
    SerialMissing,
    SerialTaken,
    VisitEarly,
    VisitOpen,
    VisitOver,
)
from backend.installation.models import AlarmTest, Booking, Installation, InstalledItem, Visit
from backend.installation.notices import installed_notice, partial_notice, when
from backend.installation.queries import (
    InstallationStanding,
    ItemView,
    VisitView,
    booking_with,
    item_with,
    missing_in,
    standing_of,
    visit_with,
)
from backend.installation.rules.kit import CO_ALARM, figures_hold, plain_serial
from backend.installation.rules.turns import visit_is_early
from backend.messaging import notify_role
from backend.programme import KitItem, ProgrammeView, programme_for
from backend.registry import HouseholdView, household_or_refuse, require_scan, tell_household


def begin_visit(
    session: Session,
    actor: Actor,
    *,
    booking_id: str,
    household_code: str,
    made_at: datetime | None = None,
    latitude: Decimal | None = None,
    longitude: Decimal | None = None,
) -> VisitView:
    """Scan in at the booked house, on its day or later. ``made_at``: the phone's own time, kept beside ours.

    Raises BookingOver, VisitEarly, VisitOpen, and the registry's refusals of a code.
    """
    booking = hold_booking(session, booking_id)
    if booking.state != "standing":
        raise BookingOver("这个预约已经完成或取消。")
    home = household_or_refuse(session, booking.household_id)
    if visit_is_early(booking.day, clock.today()):
        raise refusal_in(
            programme_for(session, home.area_code),
            VisitEarly,
            f"预约在{when(booking)}，今天是{clock.today()}。",
        )
    scan_id = require_scan(session, actor, home.id, household_code, "visit", latitude, longitude)
    values = {
        "id": new_id(),
        "booking_id": booking_id,
        "household_id": home.id,
        "contractor_id": booking.contractor_id,
        "installer_id": actor.person_id,
        "scan_id": scan_id,
        "begun_at": clock.now(),
        "made_at": made_at,
        "missing": [],
    }
    if not insert_ignoring(session, Visit, values, ["booking_id"], where=Visit.finished_at.is_(None)):
        raise VisitOpen("这个预约的上门已经由本企业人员开始。")
    visit = visit_with(session, str(values["id"]))
    _record(session, actor, home, "visit.begun", {"visit_id": visit.id, "scan_id": scan_id})
    return visit


def open_visit(session: Session, visit_id: str) -> tuple[Visit, HouseholdView]:
    """The open visit and its household, both held by this transaction. Raises VisitOver."""
    home = held(session, visit_with(session, visit_id).household_id)
    row = session.get_one(Visit, visit_id, populate_existing=True, with_for_update=True)
    if row.finished_at is not None:
        raise VisitOver("这次上门已登记结束。")
    return row, home


def kit_item_for(programme: ProgrammeView, home: HouseholdView, kind: str) -> KitItem:
    """What the plan wants of a kind in this house; an alarm may hang in any house. Raises NotOfThisKit."""
    path = programme.path(home.path)
    wanted = path.kit_item(kind)
    if wanted is None and kind == CO_ALARM:
        wanted = next((each.co_alarm for each in programme.paths if each.co_alarm), None)
    if wanted is None:
        listed = "、".join(item.label for item in path.kit_with(home.arrangement))
        raise NotOfThisKit(
            f"{path.label}的清单是：{listed or '户内没有设备'}。", clause=path.clause, facts={"kind": kind}
        )
    return wanted


def add_item(
    session: Session,
    actor: Actor,
    *,
    visit_id: str,
    kind: str,
    serial: str | None = None,
    quantity: int = 1,
    model: str | None = None,
    figures: Mapping[str, Decimal] | None = None,
    rooms: Sequence[str] = (),
    photo_ids: Sequence[str] = (),
    made_at: datetime | None = None,
) -> ItemView:
    """Record one device with serial and figures (watts, m²), or a quantity of a kind that has no serials.

    Raises VisitOver, NotOfThisKit, FigureUnknown, FigureMissing, FigureShort, SerialMissing, NoSerialHere, SerialTaken.
    """
    _, home = open_visit(session, visit_id)
    programme = programme_for(session, home.area_code)
    wanted = kit_item_for(programme, home, kind)
    demand(figures_hold(wanted, figures or {}), programme, {"kind": kind})
    item = place_item(
        session,
        actor,
        home,
        wanted,
        visit_id=visit_id,
        serial=serial,
        quantity=quantity,
        model=model,
        figures=figures or {},
        rooms=rooms,
        made_at=made_at,
    )
    attach_photos(session, photo_ids, ("installed_item", item.id), actor.person_id)
    return item_with(session, item.id)


def place_item(
    session: Session,
    actor: Actor,
    home: HouseholdView,
    wanted: KitItem,
    *,
    visit_id: str | None,
    serial: str | None,
    quantity: int = 1,
    model: str | None = None,
    figures: Mapping[str, Decimal] | None = None,
    rooms: Sequence[str] = (),
    made_at: datetime | None = None,
) -> ItemView:
    """Put an item into a house; its serial stands in one house only. Raises SerialMissing, NoSerialHere, SerialTaken."""
    if wanted.serial and (not serial or not plain_serial(serial)):
        raise SerialMissing(f"{wanted.label}须登记编号。", errors={"serial": ["必填。"]})
    if serial and not wanted.serial:
        raise NoSerialHere(f"{wanted.label}没有出厂编号，只登记数量。", errors={"serial": ["不要填写。"]})
    if wanted.serial and quantity != 1:
        raise SerialMissing(f"{wanted.label}要一件一件登记编号。", errors={"quantity": ["只能是 1。"]})
    values = {
        "id": new_id(),
        "household_id": home.id,
        "visit_id": visit_id,
        "kind": wanted.kind,
        "quantity": quantity,
        "serial": serial,
        "serial_key": plain_serial(serial) if serial else None,
        "model": model,
        "figures": {name: str(value) for name, value in (figures or {}).items()},
        "rooms": list(rooms),
        "recorded_by": actor.person_id,
        "recorded_at": clock.now(),
        "made_at": made_at,
    }
    stands = InstalledItem.serial_key.is_not(None) & InstalledItem.removed_at.is_(None)
    if not insert_ignoring(session, InstalledItem, values, ["serial_key"], where=stands):
        here = session.scalar(
            select(InstalledItem.household_id).where(
                InstalledItem.serial_key == values["serial_key"], InstalledItem.removed_at.is_(None)
            )
        )
        whose = "这一户" if here == home.id else "另一户"
        raise SerialTaken(f"编号 {serial} 已登记在{whose}，一个编号只能装在一户。", facts={"serial": serial})
    facts = {"item_id": values["id"], "kind": wanted.kind, "serial": serial, "visit_id": visit_id}
    _record(session, actor, home, "kit_item.installed", facts)
    return item_with(session, str(values["id"]))


def remove_item(session: Session, actor: Actor, *, installed_item_id: str, reason: str) -> ItemView:
    """Take an item back: wrong, broken, replaced. Before acceptance the house is then no longer complete.

    Raises ItemGone.
    """
    item = item_with(session, installed_item_id)
    home = held(session, item.household_id)
    removed = affected(
        session,
        update(InstalledItem)
        .where(InstalledItem.id == installed_item_id, InstalledItem.removed_at.is_(None))
        .values(removed_at=clock.now(), removed_by=actor.person_id, remove_reason=reason),
    )
    if not removed:
        raise ItemGone("这件设备此前已登记拆除。")
    if missing_in(session, home, programme_for(session, home.area_code).path(home.path)):
        affected(
            session,
            update(Installation)
            .where(Installation.household_id == home.id, Installation.accepted_at.is_(None))
            .values(installed_at=None),
        )
    tested = (
        select(AlarmTest.id)
        .join(InstalledItem, InstalledItem.id == AlarmTest.item_id)
        .where(AlarmTest.household_id == home.id, InstalledItem.removed_at.is_(None))
    )
    affected(
        session,
        update(Installation)
        .where(Installation.household_id == home.id, ~exists(tested))
        .values(co_alarm_tested_at=None),
    )
    facts = {"item_id": item.id, "kind": item.kind, "serial": item.serial, "reason": reason}
    _record(session, actor, home, "kit_item.removed", facts)
    return item_with(session, installed_item_id)


def finish_visit(
    session: Session,
    actor: Actor,
    *,
    visit_id: str,
    energised: bool = False,
    rooms_lived_in: Sequence[str] = (),
    remark: str | None = None,
    made_at: datetime | None = None,
) -> VisitView:
    """End a visit. With the kit complete the house is installed; else what is missing is carried to the next visit.

    ``energised``: switched on (or lit) and seen running. Raises VisitOver.
    """
    hold_booking(session, visit_with(session, visit_id).booking_id)
    visit, home = open_visit(session, visit_id)
    missing = missing_in(session, home, programme_for(session, home.area_code).path(home.path))
    ended = clock.now()
    visit.finished_at, visit.finished_by, visit.finish_made_at = ended, actor.person_id, made_at
    visit.outcome, visit.remark = ("partial" if missing else "complete"), remark
    visit.missing = [{"kind": each.kind, "label": each.label, "count": each.count} for each in missing]
    session.flush()
    affected(
        session,
        update(Booking)
        .where(Booking.id == visit.booking_id, Booking.ended_at.is_(None))
        .values(state="done", ended_at=ended, ended_by=actor.person_id),
    )
    _keep_rooms(session, home.id, rooms_lived_in)
    if not missing:
        reach(session, home.id, Installation.installed_at)
        if energised:
            reach(session, home.id, Installation.energised_at)
    facts: dict[str, Any] = {"visit_id": visit_id, "outcome": visit.outcome, "energised": energised}
    _record(session, actor, home, "visit.finished", facts)
    booking = booking_with(session, visit.booking_id)
    notice = partial_notice(home, booking, missing) if missing else installed_notice(home, booking)
    tell_household(session, home.id, notice, f"visit-finished:{visit_id}")
    notify_role(session, (MANAGER,), notice, f"visit-finished:{visit_id}", company_id=visit.contractor_id)
    return visit_with(session, visit_id)


def _keep_rooms(session: Session, household_id: str, rooms: Sequence[str]) -> None:
    if not rooms:
        return
    affected(
        session,
        update(Installation)
        .where(Installation.household_id == household_id)
        .values(rooms_lived_in=list(dict.fromkeys(rooms))),
    )


def mark_energised(
    session: Session, actor: Actor, *, household_id: str, made_at: datetime | None = None
) -> InstallationStanding:
    """The new heating was switched on or lit, and seen running; the kit must be in the house.

    Raises NotInstalled, EnergisedAlready.
    """
    home = held(session, household_id)
    if standing_of(session, household_id).installed_at is None:
        raise refusal_in(programme_for(session, home.area_code), NotInstalled, "这一户的设备还没有登记装齐。")
    if not reach(session, household_id, Installation.energised_at):
        raise EnergisedAlready("这一户此前已登记通电（点火）。")
    made = made_at.isoformat() if made_at else None
    _record(session, actor, home, "household.energised", {"made_at": made})
    return standing_of(session, household_id)


def _record(session: Session, actor: Actor, home: HouseholdView, event: str, facts: dict[str, Any]) -> None:
    audit.record(session, actor.person_id, event, ("household", home.id), facts, area=home.area_code)
