"""Clause 5, asked."""

from __future__ import annotations

from typing import Any

from backend.core import clock
from backend.core.http import blueprint, db, reads, refuses
from backend.eligibility.queries import StandingView, standing_for
from backend.eligibility.schemas import StandingQuestionSchema, StandingSchema
from backend.identity import permit
from backend.programme import NoProgramme

blp = blueprint("eligibility", "Who is one household, and what would change it")


@blp.route("/eligibility/questions", methods=["POST"])
@permit("eligibility.ask", scope="household")
@reads
@blp.arguments(StandingQuestionSchema)
@blp.response(200, StandingSchema)
@refuses(NoProgramme)
def ask_standing(body: dict[str, Any]) -> StandingView:
    """Ask whether a party counts as a household of its own (5), what is missing, and what would change it."""
    return standing_for(db(), body["household_id"], body["facts"], clock.today())
