"""Acceptance, the household's word, and everything on one household."""

from __future__ import annotations

from typing import Any

from backend.core.http import db, idempotent, refuses
from backend.core.storage import PhotoMissing, PhotoTaken
from backend.identity import actor, permit
from backend.installation import actions, queries
from backend.installation.errors import (
    AcceptedAlready,
    AlarmUntested,
    BuildFirst,
    ChecklistOpen,
    HeatConfirmedAlready,
    HouseVacant,
    KitIncomplete,
    NotAccepted,
    OwnWork,
    ReworkOpen,
    ReworkUnexplained,
    WarmthByOwnHand,
)
from backend.installation.routes.blueprint import blp
from backend.installation.routes.cold import tells_of_cold_house
from backend.installation.schemas import (
    HeatWordSchema,
    HouseAcceptanceRequestSchema,
    HouseAcceptanceSchema,
    InstallationSchema,
    InstallationStandingSchema,
)


@blp.route("/households/<string:household_id>/acceptance", methods=["POST"])
@permit("acceptance.record", scope="household")
@idempotent
@blp.arguments(HouseAcceptanceRequestSchema)
@blp.response(201, HouseAcceptanceSchema)
@refuses(
    OwnWork, BuildFirst, KitIncomplete, AlarmUntested, ReworkOpen, ChecklistOpen, ReworkUnexplained,
    AcceptedAlready, PhotoMissing, PhotoTaken,
)  # fmt: skip
@tells_of_cold_house
def record_acceptance(body: dict[str, Any], household_id: str) -> queries.AcceptanceView:
    """Check a finished installation, by another than who installed it (8.4)."""
    return actions.record_acceptance(db(), actor(), household_id=household_id, **body)


@blp.route("/households/<string:household_id>/heat-confirmation", methods=["POST"])
@permit("heat.confirm", scope="household")
@idempotent
@blp.arguments(HeatWordSchema)
@blp.response(201, InstallationStandingSchema)
@refuses(HeatConfirmedAlready, HouseVacant, NotAccepted, WarmthByOwnHand)
def say_how_warm(body: dict[str, Any], household_id: str) -> queries.InstallationStanding:
    """The household says that it is warm, or that it is still cold; the latter is never refused."""
    say = actions.say_warm if body.pop("warm") else actions.say_cold
    return say(db(), actor(), household_id=household_id, **body)


@blp.route("/households/<string:household_id>/installation", methods=["GET"])
@permit("installation.see", scope="household")
@blp.response(200, InstallationSchema)
def show_installation(household_id: str) -> dict[str, Any]:
    """Where a household stands, with bookings, visits, devices, tests, acceptances, network stages, and its contract.

    The contract is null for who has another job there: its money is the household's, its offices' and its contractor's.
    """
    return {
        "standing": queries.standing_of(db(), household_id),
        "contract": queries.contract_shown_to(db(), actor(), household_id),
        "bookings": queries.bookings_of(db(), household_id),
        "visits": queries.visits_of(db(), household_id),
        "items": queries.items_of(db(), household_id),
        "co_alarm_tests": queries.alarm_tests_of(db(), household_id),
        "acceptances": queries.acceptances_of(db(), household_id),
    }
