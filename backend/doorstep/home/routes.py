"""Home screens over HTTP."""

from __future__ import annotations

from typing import Any

from backend.core.http import blueprint, db, refuses
from backend.doorstep.home import queries
from backend.doorstep.home.schemas import HomeSchema, HomesSchema
from backend.identity import actor, permit
from backend.programme import NoProgramme

blp = blueprint("home", "One answer for a home screen")


@blp.route("/households/<string:household_id>/home", methods=["GET"])
@permit("home.see", scope="household")
@blp.response(200, HomeSchema)
@refuses(NoProgramme)
def show_home(household_id: str) -> queries.Home:
    """Everything that a home screen shows of a household: ladder, next step, what waits, fuel, booking, fault."""
    return queries.home_of(db(), actor(), household_id)


@blp.route("/me/homes", methods=["GET"])
@permit("me.see")
@blp.response(200, HomesSchema)
@refuses(NoProgramme)
def list_my_homes() -> dict[str, Any]:
    """The houses that the caller is resident or proxy of, in short."""
    return {"items": queries.homes_of(db(), actor())}
