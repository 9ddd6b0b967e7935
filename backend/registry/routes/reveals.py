"""A household's telephone numbers in the clear, and the record of who was shown them."""

from __future__ import annotations

from typing import Any

from backend.core.http import (
    Page,
    PagingSchema,
    ReasonGivenSchema,
    after,
    db,
    idempotent,
    page_schema,
    refuses,
)
from backend.identity import actor, permit
from backend.registry import queries
from backend.registry.actions import reveals
from backend.registry.errors import NumbersUsedUp
from backend.registry.routes.blueprint import blp
from backend.registry.schemas import RevealSchema, ShownNumbersSchema


@blp.route("/households/<string:household_id>/phone-reveal", methods=["POST"])
@permit("household.call", scope="household")
@idempotent(secret=True)
@blp.arguments(ReasonGivenSchema)
@blp.response(201, ShownNumbersSchema)
@refuses(NumbersUsedUp)
def reveal_numbers(body: dict[str, Any], household_id: str) -> dict[str, Any]:
    """The numbers to call a household at, for a reason that the household can read."""
    return {"phones": reveals.reveal_numbers(db(), actor(), household_id=household_id, **body)}


@blp.route("/households/<string:household_id>/reveals", methods=["GET"])
@permit("household.reveals", scope="household")
@blp.arguments(PagingSchema, location="query")
@blp.response(200, page_schema(RevealSchema))
def list_reveals(query: dict[str, Any], household_id: str) -> Page[queries.RevealView]:
    """Who was shown this household's numbers, when and why, the newest first."""
    return queries.reveals_of(db(), household_id, after=after(query["cursor"]), limit=query["limit"])
