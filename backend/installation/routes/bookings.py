"""Slots and bookings."""

from __future__ import annotations

from typing import Any

from backend.core import clock
from backend.core.http import Page, ReasonGivenSchema, after, db, idempotent, page_schema, refuses
from backend.identity import actor, permit
from backend.installation import actions, queries
from backend.installation.errors import (
    BelowBooked,
    BookedAlready,
    BookingOver,
    ContractMissing,
    EvePassed,
    InstalledAlready,
    NotAContractor,
    NotConfirmed,
    NotYourCompany,
    OwnerNotConfirmed,
    SlotElsewhere,
    SlotFull,
    SlotOpenAlready,
    SlotPast,
    StageFirst,
    TakesNoPart,
    UnknownVillage,
)
from backend.installation.notices import AFTER_BOOKING
from backend.installation.routes.blueprint import blp
from backend.installation.routes.cold import tells_of_cold_house
from backend.installation.schemas import (
    BookingAnswerSchema,
    BookingMoveSchema,
    BookingRequestSchema,
    BookingSchema,
    RoundQuerySchema,
    RoundStopSchema,
    SlotCapacitySchema,
    SlotQuerySchema,
    SlotRequestSchema,
    SlotSchema,
)
from backend.messaging import with_templates_to_ask


@blp.route("/slots", methods=["POST"])
@permit("slot.open")
@idempotent
@blp.arguments(SlotRequestSchema)
@blp.response(201, SlotSchema)
@refuses(NotYourCompany, NotAContractor, UnknownVillage, SlotPast, SlotOpenAlready)
def open_slot(body: dict[str, Any]) -> queries.SlotView:
    """Open places of one's company in a village on a half-day."""
    return actions.open_slot(db(), actor(), **body)


@blp.route("/slots/<string:slot_id>/capacity", methods=["POST"])
@permit("slot.open", scope="slot")
@idempotent
@blp.arguments(SlotCapacitySchema)
@blp.response(200, SlotSchema)
@refuses(BelowBooked)
def change_capacity(body: dict[str, Any], slot_id: str) -> queries.SlotView:
    """Give a slot more or fewer places, never fewer than are booked."""
    return actions.change_capacity(db(), actor(), slot_id=slot_id, capacity=body["capacity"])


@blp.route("/slots", methods=["GET"])
@permit("slot.see")
@blp.arguments(SlotQuerySchema, location="query")
@blp.response(200, page_schema(SlotSchema))
def list_slots(query: dict[str, Any]) -> Page[queries.SlotView]:
    """The slots of an area from a day on, full ones included."""
    return queries.slots_in(
        db(),
        query["area_code"],
        first_day=query["from_day"] or clock.today(),
        contractor_id=query["contractor_id"],
        after=after(query["cursor"]),
        limit=query["limit"],
    )


@blp.route("/bookings", methods=["POST"])
@permit("booking.make", scope="household")
@idempotent
@blp.arguments(BookingRequestSchema)
@blp.response(201, BookingAnswerSchema)
@refuses(
    TakesNoPart, NotConfirmed, StageFirst, ContractMissing, OwnerNotConfirmed, InstalledAlready, SlotElsewhere,
    SlotPast, SlotFull, BookedAlready,
)  # fmt: skip
@tells_of_cold_house
def book(body: dict[str, Any]) -> dict[str, Any]:
    """Hold one place for a household (2); a network's households are told their stage instead."""
    booking = actions.book(db(), actor(), **body)
    return _asking(booking)


@blp.route("/bookings/<string:booking_id>/move", methods=["POST"])
@permit("booking.change", scope="booking")
@idempotent
@blp.arguments(BookingMoveSchema)
@blp.response(200, BookingAnswerSchema)
@refuses(BookingOver, EvePassed, SlotElsewhere, SlotPast, SlotFull)
@tells_of_cold_house
def move_booking(body: dict[str, Any], booking_id: str) -> dict[str, Any]:
    """Change to another slot, to the eve."""
    booking = actions.move_booking(db(), actor(), booking_id=booking_id, slot_id=body["slot_id"])
    return _asking(booking)


def _asking(booking: queries.BookingView) -> dict[str, Any]:
    return with_templates_to_ask(db(), actor(), booking, AFTER_BOOKING, only_of=booking.household_id)


@blp.route("/bookings/<string:booking_id>/cancel", methods=["POST"])
@permit("booking.change", scope="booking")
@idempotent
@blp.arguments(ReasonGivenSchema)
@blp.response(200, BookingSchema)
@refuses(BookingOver, EvePassed)
def cancel_booking(body: dict[str, Any], booking_id: str) -> queries.BookingView:
    """Give the place back, to the eve."""
    return actions.cancel_booking(db(), actor(), booking_id=booking_id, reason=body["reason"])


@blp.route("/bookings", methods=["GET"])
@permit("booking.list")
@blp.arguments(RoundQuerySchema, location="query")
@blp.response(200, page_schema(RoundStopSchema))
def list_bookings(query: dict[str, Any]) -> Page[queries.RoundStop]:
    """A day's round within one's company, area or household."""
    return queries.round_of(
        db(),
        actor(),
        day=query["day"] or clock.today(),
        area_code=query["area_code"],
        after=after(query["cursor"]),
        limit=query["limit"],
    )
