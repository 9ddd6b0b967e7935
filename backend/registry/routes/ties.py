"""Bind oneself to a house, name a proxy, end either."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy.orm import Session

from backend.core.http import Guesses, ReasonGivenSchema, db, idempotent, limited, limited_guesses, refuses
from backend.identity import actor, permit
from backend.messaging import with_templates_to_ask
from backend.registry import queries
from backend.registry.actions import ties
from backend.registry.errors import (
    IdentityProofPaused,
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

TRIES_A_PERSON: Final = 5
# A large family may bind on one day; whoever guesses with many accounts gets no further than this.
TRIES_A_HOUSEHOLD: Final = 20
PHONE_PROOFS_AN_HOUR: Final = 60
A_DAY: Final = 86_400


def _guesser(body: dict[str, Any]) -> str | None:
    """Name and number can be guessed; the phone that WeChat vouched for cannot."""
    return actor().person_id if body["proof"] == "identity" else None


def _guessed_household(body: dict[str, Any]) -> str | None:
    """One house however its code is typed; what is no code leads to none."""
    if body["proof"] != "identity":
        return None
    try:
        return household_code.check(body["household_code"])
    except household_code.MistypedCode:
        return None


def _tell_of_guesses(session: Session, body: dict[str, Any]) -> None:
    ties.tell_of_guesses(session, code=body["household_code"])


@blp.route("/bindings", methods=["POST"])
@permit("household.bind")
@idempotent
@blp.arguments(BindingSchema)
@blp.response(201, HouseholdAnswerSchema)
@limited_guesses(
    ProofFailed,
    Guesses("binding", TRIES_A_PERSON, A_DAY, per=_guesser, refusal=TooManyTries),
    Guesses(
        "binding-code",
        TRIES_A_HOUSEHOLD,
        A_DAY,
        per=_guessed_household,
        refusal=IdentityProofPaused,
        spent=_tell_of_guesses,
    ),
)
@limited("binding-phone", PHONE_PROOFS_AN_HOUR, 3600, passes=lambda body: body["proof"] == "identity")
@refuses(ProofFailed, OwnWord, TiedAlready, UnknownCode, StickerReplaced, StickerRevoked)
def bind(body: dict[str, Any]) -> dict[str, Any]:
    """Bind oneself to the house whose code was scanned, by one's phone or by name and last six of the ID number.

    Five wrong guesses a day and person; after twenty at one house by anybody the house is told, and proof by identity
    rests there for the day. Proof by phone stays open.
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
