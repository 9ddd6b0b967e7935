"""Bind oneself to a house, name a proxy, end either."""

from __future__ import annotations

from typing import Any

from backend.core.http import ReasonGivenSchema, db, idempotent, limited, refuses
from backend.identity import actor, permit, person_of_request
from backend.registry import queries
from backend.registry.actions import ties
from backend.registry.errors import (
    PersonUnknown,
    ProofFailed,
    StickerReplaced,
    StickerRevoked,
    TiedAlready,
    TieEnded,
    UnknownCode,
)
from backend.registry.routes.blueprint import blp
from backend.registry.schemas import (
    BindingSchema,
    HouseholdSchema,
    ProxySchema,
    ResidentSchema,
    TiedPeopleSchema,
)


@blp.route("/bindings", methods=["POST"])
@limited("binding", 5, 86400, per=person_of_request)
@permit("household.bind")
@idempotent
@blp.arguments(BindingSchema)
@blp.response(201, HouseholdSchema)
@refuses(ProofFailed, TiedAlready, UnknownCode, StickerReplaced, StickerRevoked)
def bind(body: dict[str, Any]) -> queries.HouseholdView:
    """Bind oneself to the house whose code was scanned, by one's phone or by name and last six of the ID number.

    Five tries a day; after that the cadre confirms.
    """
    if body["proof"] == "phone":
        return ties.bind_by_phone(db(), actor(), code=body["household_code"])
    return ties.bind_by_identity(
        db(), actor(), code=body["household_code"], name=body["name"], id_last_six=body["id_last_six"]
    )


@blp.route("/households/<string:household_id>/people", methods=["GET"])
@permit("household.see", scope="household")
@blp.response(200, TiedPeopleSchema)
def list_people(household_id: str) -> dict[str, Any]:
    """Who is bound to a household."""
    return {"items": queries.tied_people(db(), household_id)}


@blp.route("/households/<string:household_id>/residents", methods=["POST"])
@permit("household.vouch", scope="household")
@idempotent
@blp.arguments(ResidentSchema)
@blp.response(201, HouseholdSchema)
@refuses(PersonUnknown, TiedAlready)
def vouch_for_resident(body: dict[str, Any], household_id: str) -> queries.HouseholdView:
    """Cadre: this person lives here."""
    return ties.vouch_for_resident(db(), actor(), household_id=household_id, phone=body["phone"])


@blp.route("/households/<string:household_id>/proxies", methods=["POST"])
@permit("proxy.give", scope="household")
@idempotent
@blp.arguments(ProxySchema)
@blp.response(201, HouseholdSchema)
@refuses(PersonUnknown, TiedAlready)
def name_proxy(body: dict[str, Any], household_id: str) -> queries.HouseholdView:
    """Let somebody act for the household, found by a phone that WeChat vouched for."""
    return ties.name_proxy(db(), actor(), household_id=household_id, **body)


@blp.route("/ties/<string:tie_id>/end", methods=["POST"])
@permit("tie.end", scope="tie")
@idempotent
@blp.arguments(ReasonGivenSchema)
@blp.response(204)
@refuses(TieEnded)
def end_tie(body: dict[str, Any], tie_id: str) -> None:
    """End a tie; who loses it is told."""
    ties.end_tie(db(), actor(), tie_id=tie_id, reason=body["reason"])
