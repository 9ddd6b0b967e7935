"""The desk over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import request

from backend.core.http import Page, after, blueprint, db, page_schema, refuses
from backend.doorstep.desk import queries
from backend.doorstep.desk.errors import AreaUnchosen, NotAVillage
from backend.doorstep.desk.schemas import (
    DeskHouseholdsQuerySchema,
    DeskQuerySchema,
    DeskRowSchema,
    DeskSchema,
    WalkSchema,
)
from backend.identity import actor, permit
from backend.programme import NoProgramme

blp = blueprint("desk", "The desk of a village or an office")

View = TypeVar("View", bound=Callable[..., Any])


def _sent_when_changed(view: View) -> View:
    """With an ETag; who has this answer already is told so in a few bytes."""

    @wraps(view)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        answer = view(*args, **kwargs)
        answer.add_etag()
        answer.headers["Cache-Control"] = "private, no-cache"
        answer.vary.add("Authorization")  # two people of one browser
        return answer.make_conditional(request)

    return wrapper  # type: ignore[return-value]  # wraps keeps the signature


@blp.route("/desk", methods=["GET"])
@permit("desk.see")
@blp.arguments(DeskQuerySchema, location="query")
@blp.response(200, DeskSchema)
def show_desk(query: dict[str, Any]) -> queries.Desk:
    """How many houses of an area stand where, and of each area below it."""
    return queries.desk_of(db(), actor(), **query)


@blp.route("/desk/households", methods=["GET"])
@permit("desk.see")
@blp.arguments(DeskHouseholdsQuerySchema, location="query")
@blp.response(200, page_schema(DeskRowSchema))
@refuses(AreaUnchosen, NoProgramme)
def list_desk_households(query: dict[str, Any]) -> Page[queries.DeskRow]:
    """The houses of an area that something waits at, each with its reasons; ``to_call`` the most urgent first."""
    return queries.houses_waiting(db(), actor(), after=after(query.pop("cursor")), **query)


@blp.route("/desk/walk", methods=["GET"])
@_sent_when_changed
@permit("desk.see")
@blp.arguments(DeskQuerySchema, location="query")
@blp.response(200, WalkSchema)
@blp.alt_response(304, description="Nothing has changed since the answer with this ETag")
@refuses(AreaUnchosen, NotAVillage)
def walk_a_village(query: dict[str, Any]) -> queries.Walk:
    """All houses of a village in walking order, in few bytes: for a phone that will lose its signal."""
    return queries.walk_of(db(), actor(), **query)
