"""Bind oneself to a house, name a proxy, end either."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Final, TypeVar

from flask import request

from backend.core.errors import TooMany
from backend.core.http import ReasonGivenSchema, db, idempotent, limited, refuses
from backend.identity import actor, permit, person_of_request
from backend.messaging import with_templates_to_ask
from backend.registry import queries
from backend.registry.actions import ties
from backend.registry.errors import (
    OwnWord,
    PersonUnknown,
    ProofFailed,
    ProxyOnly,
    StickerReplaced,
    StickerRevoked,
    TiedAlready,
    TieEnded,
    TooManyTries,
    UnknownCode,
)
from backend.registry.notices import AFTER_BINDING
from backend.registry.routes.blueprint import blp
from backend.registry.rules import household_code
from backend.registry.schemas import (
    BindingSchema,
    HouseholdAnswerSchema,
    HouseholdSchema,
    ProxySchema,
    ResidentSchema,
    TiedPeopleSchema,
)

View = TypeVar("View", bound=Callable[..., Any])

TRIES_A_PERSON: Final = 5
# A large family may bind on one day; whoever guesses with many accounts gets no further than this.
TRIES_A_HOUSEHOLD: Final = 20
A_DAY: Final = 86_400


def _guessed_household() -> str:
    """What an attempt by name and number is counted on; the phone cannot be guessed, so it counts on its caller."""
    body = request.get_json(silent=True)
    given = body if isinstance(body, dict) else {}
    if given.get("proof") != "identity":
        return person_of_request()
    try:
        return household_code.check(str(given.get("household_code")))
    except household_code.MistypedCode:
        return person_of_request()


def _limited_tries(view: View) -> View:
    """Both limits; who meets one is told that the cadre can do it."""
    counted = limited("binding-code", TRIES_A_HOUSEHOLD, A_DAY, per=_guessed_household)(view)
    counted = limited("binding", TRIES_A_PERSON, A_DAY, per=person_of_request)(counted)

    @wraps(counted)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        try:
            return counted(*args, **kwargs)
        except TooMany as refusal:
            raise TooManyTries(refusal.detail) from refusal

    return wrapper  # type: ignore[return-value]  # wraps keeps the signature


@blp.route("/bindings", methods=["POST"])
@_limited_tries
@permit("household.bind")
@idempotent
@blp.arguments(BindingSchema)
@blp.response(201, HouseholdAnswerSchema)
@refuses(ProofFailed, OwnWord, TiedAlready, TooManyTries, UnknownCode, StickerReplaced, StickerRevoked)
def bind(body: dict[str, Any]) -> dict[str, Any]:
    """Bind oneself to the house whose code was scanned, by one's phone or by name and last six of the ID number.

    Five tries a day and person, and a limit for each house; after that the cadre confirms.
    """
    if body["proof"] == "phone":
        home = ties.bind_by_phone(db(), actor(), code=body["household_code"])
    else:
        home = ties.bind_by_identity(
            db(), actor(), code=body["household_code"], name=body["name"], id_last_six=body["id_last_six"]
        )
    return with_templates_to_ask(db(), actor(), home, AFTER_BINDING)


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
@refuses(PersonUnknown, OwnWord, TiedAlready)
def vouch_for_resident(body: dict[str, Any], household_id: str) -> queries.HouseholdView:
    """Cadre: this person lives here."""
    return ties.vouch_for_resident(db(), actor(), household_id=household_id, phone=body["phone"])


@blp.route("/households/<string:household_id>/proxies", methods=["POST"])
@permit("proxy.give", scope="household")
@idempotent
@blp.arguments(ProxySchema)
@blp.response(201, HouseholdSchema)
@refuses(PersonUnknown, OwnWord, ProxyOnly, TiedAlready)
def name_proxy(body: dict[str, Any], household_id: str) -> queries.HouseholdView:
    """Let somebody act for the household, found by a phone that WeChat vouched for."""
    return ties.name_proxy(db(), actor(), household_id=household_id, **body)


@blp.route("/ties/<string:tie_id>/end", methods=["POST"])
@permit("tie.end", scope="tie")
@idempotent
@blp.arguments(ReasonGivenSchema)
@blp.response(204)
@refuses(ProxyOnly, TieEnded)
def end_tie(body: dict[str, Any], tie_id: str) -> None:
    """End a tie; who loses it is told."""
    ties.end_tie(db(), actor(), tie_id=tie_id, reason=body["reason"])
