"""Reads of slots and bookings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from sqlalchemy import ColumnElement, false, func, or_, select
from sqlalchemy.orm import Session

from backend.core.http import Page, page_of
from backend.identity import Actor, Reach
from backend.installation.models import Booking, Slot
from backend.registry import household
from backend.supervision import company


@dataclass(frozen=True, slots=True)
class SlotView:
    """Places in one village on one half-day; ``free`` may already be taken when somebody books."""

    id: str
    contractor_id: str
    contractor_name: str
    area_code: str
    day: date
    half_day: str
    capacity: int
    booked: int

    @property
    def free(self) -> int:
        return self.capacity - self.booked


def _company_names(session: Session) -> Callable[[str], str]:
    """id → name, each company read once however many rows of a page are its."""

    @cache
    def name(company_id: str) -> str:
        found = company(session, company_id)
        return found.name if found else company_id

    return name


def slot_view(row: Slot, contractor_name: str) -> SlotView:
    return SlotView(
        row.id,
        row.contractor_id,
        contractor_name,
        row.area_code,
        row.day,
        row.half_day,
        row.capacity,
        row.booked,
    )


def slot_with(session: Session, slot_id: str) -> SlotView | None:
    row = session.get(Slot, slot_id, populate_existing=True)
    return slot_view(row, _company_names(session)(row.contractor_id)) if row else None


def slots_in(
    session: Session,
    area_code: str,
    *,
    first_day: date,
    contractor_id: str | None = None,
    only_free: bool = False,
    after: str,
    limit: int,
) -> Page[SlotView]:
    """The slots of an area from a day on, by id; a contractor's only, or those with a place left."""
    query = select(Slot).where(
        Slot.area_code.startswith(area_code, autoescape=True), Slot.day >= first_day, Slot.id > after
    )
    if contractor_id is not None:
        query = query.where(Slot.contractor_id == contractor_id)
    if only_free:
        query = query.where(Slot.booked < Slot.capacity)
    rows = session.scalars(query.order_by(Slot.id).limit(limit + 1)).all()
    name = _company_names(session)
    return page_of(rows, limit, lambda row: row.id, lambda row: slot_view(row, name(row.contractor_id)))


@dataclass(frozen=True, slots=True)
class BookingView:
    """A booking with its half-day; ``on_behalf``: made by another than the household or its proxy."""

    id: str
    household_id: str
    contract_id: str
    slot_id: str
    contractor_id: str
    area_code: str
    day: date
    half_day: str
    state: str
    on_behalf: bool
    booked_at: datetime
    moved_at: datetime | None
    ended_at: datetime | None
    cancel_reason: str | None


def booking_view(row: Booking, slot: Slot) -> BookingView:
    return BookingView(
        id=row.id,
        household_id=row.household_id,
        contract_id=row.contract_id,
        slot_id=row.slot_id,
        contractor_id=slot.contractor_id,
        area_code=slot.area_code,
        day=slot.day,
        half_day=slot.half_day,
        state=row.state,
        on_behalf=row.on_behalf,
        booked_at=row.booked_at,
        moved_at=row.moved_at,
        ended_at=row.ended_at,
        cancel_reason=row.cancel_reason,
    )


def booking_with(session: Session, booking_id: str) -> BookingView:
    row = session.get_one(Booking, booking_id, populate_existing=True)
    return booking_view(row, session.get_one(Slot, row.slot_id, populate_existing=True))


def bookings_of(session: Session, household_id: str) -> tuple[BookingView, ...]:
    """All bookings of a household, the latest last."""
    rows = session.execute(
        select(Booking, Slot)
        .join(Slot, Slot.id == Booking.slot_id)
        .where(Booking.household_id == household_id)
        .order_by(Booking.id)
        .execution_options(populate_existing=True)
    )
    return tuple(booking_view(row, slot) for row, slot in rows)


def standing_booking(session: Session, household_id: str) -> BookingView | None:
    return next((each for each in bookings_of(session, household_id) if each.state == "standing"), None)


@dataclass(frozen=True, slots=True)
class RoundStop:
    """One house of a day's round: the booking, and where to go. The code at the door is not told: it is scanned."""

    booking: BookingView
    head_name: str
    address: str
    path: str
    phone_masked: str | None


def _within(reach: Reach) -> ColumnElement[bool]:
    conditions: list[ColumnElement[bool]] = [Slot.area_code.startswith(prefix) for prefix in reach.areas]
    if reach.companies:
        conditions.append(Slot.contractor_id.in_(reach.companies))
    if reach.households:
        conditions.append(Booking.household_id.in_(reach.households))
    return or_(*conditions) if conditions else false()


def round_of(
    session: Session, actor: Actor, *, day: date, area_code: str | None = None, after: str, limit: int
) -> Page[RoundStop]:
    """The standing and done bookings of a day within the actor's reach, by id."""
    query = (
        select(Booking, Slot)
        .join(Slot, Slot.id == Booking.slot_id)
        .where(
            _within(actor.reach("booking.list")),
            Slot.day == day,
            Booking.state != "cancelled",
            Booking.id > after,
        )
    )
    if area_code is not None:
        query = query.where(Slot.area_code.startswith(area_code, autoescape=True))
    rows = session.execute(query.order_by(Booking.id).limit(limit + 1)).all()

    def stop(booking: Booking, slot: Slot) -> RoundStop:
        home = household(session, booking.household_id)
        assert home is not None
        return RoundStop(
            booking_view(booking, slot), home.head_name, home.address, home.path, home.phone_masked
        )

    return page_of(rows, limit, lambda row: row[0].id, lambda row: stop(row[0], row[1]))


def houses_on(session: Session, day: date) -> dict[str, int]:
    """How many bookings stand for a day, by contractor."""
    rows = session.execute(
        select(Slot.contractor_id, func.count().label("houses"))
        .join(Booking, Booking.slot_id == Slot.id)
        .where(Slot.day == day, Booking.ended_at.is_(None))
        .group_by(Slot.contractor_id)
        .order_by(Slot.contractor_id)
    )
    return {row.contractor_id: row.houses for row in rows}


def bookings_on(session: Session, day: date) -> tuple[str, ...]:
    """Ids of the bookings that stand for a day."""
    rows = session.scalars(
        select(Booking.id)
        .join(Slot, Slot.id == Booking.slot_id)
        .where(Slot.day == day, Booking.ended_at.is_(None))
        .order_by(Booking.id)
    )
    return tuple(rows)
