"""Households: look, complete, confirm, lock, and their stickers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Response, current_app

from backend.background import JobSchema, TooManyOpen, accepted
from backend.core.http import (
    Page,
    PagingSchema,
    ReasonGivenSchema,
    after,
    db,
    idempotent,
    page_schema,
    refuses,
    takes_a_place,
)
from backend.identity import actor, permit
from backend.identity.roles import VILLAGE_UP
from backend.identity.rules import standing
from backend.messaging import with_templates_to_ask
from backend.programme import NoProgramme
from backend.registry import queries
from backend.registry.actions import confirmation, doors
from backend.registry.errors import (
    BadIdNumber,
    ConfirmationMissing,
    ConfirmedAlready,
    LockedAlready,
    MadeAtWrong,
    NoSuchArrangement,
    OtherHouse,
    PersonElsewhere,
    SentBackSince,
    StickerReplaced,
    StickerRevoked,
    TooManyStickers,
    TwoHandsNeeded,
    UnknownCode,
)
from backend.registry.notices import AFTER_CONFIRMATION
from backend.registry.routes.blueprint import blp
from backend.registry.schemas import (
    CompletionSchema,
    HouseholdAnswerSchema,
    HouseholdQuerySchema,
    HouseholdSchema,
    OnSiteSchema,
    ReplacementSchema,
    ScanEntrySchema,
    WitnessSchema,
)


@blp.route("/households", methods=["GET"])
@permit("household.list")
@blp.arguments(HouseholdQuerySchema, location="query")
@blp.response(200, page_schema(HouseholdSchema))
def list_households(query: dict[str, Any]) -> Page[queries.HouseholdView]:
    """The households within one's reach: one's own, one's village's, one's area's."""
    cursor = query.pop("cursor")
    return queries.households(db(), actor(), after=after(cursor), **query)


@blp.route("/households/<string:household_id>", methods=["GET"])
@permit("household.see", scope="household")
@blp.response(200, HouseholdSchema)
def show_household(household_id: str) -> queries.HouseholdView:
    """One household; ID number and phone masked. Who must scan the code at the door is not told it here."""
    home = queries.household_or_refuse(db(), household_id)
    knows_the_door = actor().tied_to(household_id) or actor().has_role(*VILLAGE_UP)
    return home if knows_the_door else replace(home, code=None)


@blp.route("/households/<string:household_id>", methods=["PATCH"])
@permit("household.complete", scope="household")
@idempotent
@blp.arguments(CompletionSchema)
@blp.response(200, HouseholdSchema)
@refuses(LockedAlready, BadIdNumber, PersonElsewhere, NoSuchArrangement)
def complete_household(body: dict[str, Any], household_id: str) -> queries.HouseholdView:
    """Complete what the list left out."""
    return confirmation.complete(db(), actor(), household_id=household_id, changes=body)


@blp.route("/households/<string:household_id>/confirmation", methods=["POST"])
@permit("household.confirm", scope="household")
@idempotent
@blp.response(200, HouseholdAnswerSchema)
@refuses(ConfirmedAlready)
def confirm_own(household_id: str) -> dict[str, Any]:
    """Resident or proxy: the entry is true."""
    home = confirmation.confirm_own(db(), actor(), household_id=household_id)
    return with_templates_to_ask(db(), actor(), home, AFTER_CONFIRMATION)


@blp.route("/households/<string:household_id>/confirmation-on-behalf", methods=["POST"])
@permit("household.confirm_for", scope="household")
@idempotent
@blp.arguments(WitnessSchema)
@blp.response(200, HouseholdSchema)
@refuses(ConfirmedAlready)
def confirm_for(body: dict[str, Any], household_id: str) -> queries.HouseholdView:
    """Cadre: give the word of a household that cannot, before a named witness; marked as such."""
    return confirmation.confirm_for(
        db(), actor(), household_id=household_id, witness_name=body["witness_name"]
    )


@blp.route("/households/<string:household_id>/village-confirmation", methods=["POST"])
@permit("household.confirm_for", scope="household")
@idempotent
@blp.arguments(OnSiteSchema)
@blp.response(200, HouseholdSchema)
@refuses(
    ConfirmedAlready, MadeAtWrong, SentBackSince, OtherHouse, UnknownCode, StickerReplaced, StickerRevoked
)
def confirm_on_site(body: dict[str, Any], household_id: str) -> queries.HouseholdView:
    """Cadre: the village's word, given at the door by scanning its code."""
    return confirmation.confirm_on_site(db(), actor(), household_id=household_id, **body)


@blp.route("/households/<string:household_id>/send-back", methods=["POST"])
@permit("household.send_back", scope="household")
@idempotent
@blp.arguments(ReasonGivenSchema)
@blp.response(200, HouseholdSchema)
@refuses(LockedAlready)
def send_back(body: dict[str, Any], household_id: str) -> queries.HouseholdView:
    """Cadre or township: take the confirmations back, with a reason that the household reads."""
    return confirmation.send_back(db(), actor(), household_id=household_id, reason=body["reason"])


@blp.route("/households/<string:household_id>/lock", methods=["POST"])
@permit("household.lock", scope="household")
@idempotent
@blp.response(200, HouseholdSchema)
@refuses(ConfirmationMissing, LockedAlready, TwoHandsNeeded)
def lock_household(household_id: str) -> queries.HouseholdView:
    """Township: lock the entry as part of the baseline."""
    return confirmation.lock(db(), actor(), household_id=household_id)


@blp.route("/households/<string:household_id>/stickers", methods=["POST"])
@permit("sticker.replace", scope="household")
@idempotent
@blp.arguments(ReplacementSchema)
@blp.response(201, HouseholdSchema)
def replace_sticker(body: dict[str, Any], household_id: str) -> queries.HouseholdView:
    """Give a household a new code; the old sticker says that it was replaced or revoked."""
    return doors.replace_sticker(db(), actor(), household_id=household_id, **body)


@blp.route("/households/<string:household_id>/scans", methods=["GET"])
@permit("scan.see", scope="household")
@blp.arguments(PagingSchema, location="query")
@blp.response(200, page_schema(ScanEntrySchema))
def list_scans(query: dict[str, Any], household_id: str) -> Page[queries.ScanView]:
    """As what this house's code was scanned, and when; officers also see by whom and where."""
    place = queries.place_of_household(db(), household_id)
    whole = place is not None and standing("scan.trace", actor(), place) == "yes"
    return queries.scans_of(
        db(), household_id, after=after(query["cursor"]), limit=query["limit"], whole=whole
    )


@blp.route("/areas/<string:area_code>/stickers.pdf", methods=["GET"])
@takes_a_place("stickers")
@permit("sticker.print", scope="area")
@blp.response(200, content_type="application/pdf")
@refuses(NoProgramme, TooManyStickers)
def print_stickers(area_code: str) -> Response:
    """A4 sheets with the stickers of a village; of more than a township, ask for them (POST …/stickers)."""
    return Response(doors.print_stickers(db(), area_code, _printing()), content_type="application/pdf")


@blp.route("/areas/<string:area_code>/stickers", methods=["POST"])
@permit("sticker.print", scope="area")
@idempotent
@blp.response(202, JobSchema)
@refuses(NoProgramme, TooManyOpen)
def ask_for_stickers(area_code: str) -> Response:
    """Have the A4 sheets of an area made by a background job, whose result is the PDF."""
    return accepted(doors.ask_for_stickers(db(), actor(), area_code))


def _printing() -> doors.Printing:
    found: doors.Printing = current_app.extensions["backend.printing"]
    return found
