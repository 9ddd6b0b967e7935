"""Visits, what they leave in the house, and what anybody at the door can do."""

from __future__ import annotations

from typing import Any

from backend.core.http import ReasonGivenSchema, db, idempotent, refuses
from backend.core.storage import PhotoMissing, PhotoTaken
from backend.identity import actor, permit
from backend.installation import actions, queries
from backend.installation.errors import (
    AlarmSilent,
    BookingOver,
    EnergisedAlready,
    FigureMissing,
    FigureShort,
    FigureUnknown,
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
from backend.installation.routes.blueprint import blp
from backend.installation.routes.cold import tells_of_cold_house
from backend.installation.schemas import (
    AlarmAtTheDoorSchema,
    BriefingAtTheDoorSchema,
    BriefingSchema,
    CoAlarmSchema,
    EnergisedSchema,
    InstallationStandingSchema,
    InstalledItemRequestSchema,
    InstalledItemSchema,
    VisitFinishSchema,
    VisitRequestSchema,
    VisitSchema,
)
from backend.registry import OtherHouse, StickerReplaced, StickerRevoked, UnknownCode, require_scan


@blp.route("/visits", methods=["POST"])
@permit("visit.work", scope="booking")
@idempotent
@blp.arguments(VisitRequestSchema)
@blp.response(201, VisitSchema)
@refuses(BookingOver, VisitEarly, VisitOpen, UnknownCode, StickerReplaced, StickerRevoked, OtherHouse)
@tells_of_cold_house
def begin_visit(body: dict[str, Any]) -> queries.VisitView:
    """Scan in at the booked house."""
    return actions.begin_visit(db(), actor(), **body)


@blp.route("/visits/<string:visit_id>/items", methods=["POST"])
@permit("visit.work", scope="visit")
@idempotent
@blp.arguments(InstalledItemRequestSchema)
@blp.response(201, InstalledItemSchema)
@refuses(
    VisitOver, NotOfThisKit, FigureUnknown, FigureMissing, FigureShort, SerialMissing, NoSerialHere, SerialTaken,
    PhotoMissing, PhotoTaken,
)  # fmt: skip
@tells_of_cold_house
def add_item(body: dict[str, Any], visit_id: str) -> queries.ItemView:
    """Record one device with its serial and figures against the plan's kit (4.1.1)."""
    return actions.add_item(db(), actor(), visit_id=visit_id, **body)


@blp.route("/installed-items/<string:installed_item_id>/removal", methods=["POST"])
@permit("visit.work", scope="installed_item")
@idempotent
@blp.arguments(ReasonGivenSchema)
@blp.response(200, InstalledItemSchema)
@refuses(ItemGone)
def remove_item(body: dict[str, Any], installed_item_id: str) -> queries.ItemView:
    """Take an item back: wrong, broken or replaced; its record stays."""
    return actions.remove_item(db(), actor(), installed_item_id=installed_item_id, reason=body["reason"])


@blp.route("/visits/<string:visit_id>/co-alarm", methods=["POST"])
@permit("visit.work", scope="visit")
@idempotent
@blp.arguments(CoAlarmSchema)
@blp.response(201, InstallationStandingSchema)
@refuses(VisitOver, AlarmSilent, SerialMissing, SerialTaken, NotOfThisKit)
@tells_of_cold_house
def fit_alarm_at_visit(body: dict[str, Any], visit_id: str) -> queries.InstallationStanding:
    """Fit and test a carbon-monoxide alarm during a visit (4.1.1.5)."""
    return actions.fit_alarm_at_visit(db(), actor(), visit_id=visit_id, **body)


@blp.route("/households/<string:household_id>/co-alarm", methods=["POST"])
@permit("co_alarm.fit", scope="household")
@idempotent
@blp.arguments(AlarmAtTheDoorSchema)
@blp.response(201, InstallationStandingSchema)
@refuses(AlarmSilent, SerialMissing, SerialTaken, NotOfThisKit)
@refuses(UnknownCode, StickerReplaced, StickerRevoked, OtherHouse)
@tells_of_cold_house
def fit_co_alarm(body: dict[str, Any], household_id: str) -> queries.InstallationStanding:
    """Fit and test an alarm on the spot: installer, driver or cadre, whoever stands at the door (4.1.1.5)."""
    require_scan(db(), actor(), household_id, body.pop("household_code"), "co_alarm")
    return actions.fit_co_alarm(db(), actor(), household_id=household_id, **body)


@blp.route("/visits/<string:visit_id>/briefing", methods=["POST"])
@permit("visit.work", scope="visit")
@idempotent
@blp.arguments(BriefingSchema)
@blp.response(201, InstallationStandingSchema)
@refuses(VisitOver)
def brief_at_visit(body: dict[str, Any], visit_id: str) -> queries.InstallationStanding:
    """Safe use was explained during a visit."""
    return actions.brief_at_visit(db(), actor(), visit_id=visit_id, **body)


@blp.route("/households/<string:household_id>/briefing", methods=["POST"])
@permit("household.brief", scope="household")
@idempotent
@blp.arguments(BriefingAtTheDoorSchema)
@blp.response(201, InstallationStandingSchema)
@refuses(UnknownCode, StickerReplaced, StickerRevoked, OtherHouse)
def brief_household(body: dict[str, Any], household_id: str) -> queries.InstallationStanding:
    """Safe use was explained on the spot, by whoever stood at the door."""
    require_scan(db(), actor(), household_id, body.pop("household_code"), "briefing")
    return actions.brief_household(db(), actor(), household_id=household_id, **body)


@blp.route("/visits/<string:visit_id>/finish", methods=["POST"])
@permit("visit.work", scope="visit")
@idempotent
@blp.arguments(VisitFinishSchema)
@blp.response(200, VisitSchema)
@refuses(VisitOver)
def finish_visit(body: dict[str, Any], visit_id: str) -> queries.VisitView:
    """End the visit: installed when the kit is complete, else partial with what is missing."""
    return actions.finish_visit(db(), actor(), visit_id=visit_id, **body)


@blp.route("/households/<string:household_id>/energised", methods=["POST"])
@permit("household.energise", scope="household")
@idempotent
@blp.arguments(EnergisedSchema)
@blp.response(200, InstallationStandingSchema)
@refuses(NotInstalled, EnergisedAlready)
@tells_of_cold_house
def mark_energised(body: dict[str, Any], household_id: str) -> queries.InstallationStanding:
    """The new heating was switched on or lit, and seen running."""
    return actions.mark_energised(db(), actor(), household_id=household_id, **body)
