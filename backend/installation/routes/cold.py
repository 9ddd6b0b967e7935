"""A gate in the cold season: the request is undone, that a house may be cold is kept and told."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import g

from backend.core.errors import Refusal
from backend.core.http import db
from backend.identity import actor
from backend.installation import actions

View = TypeVar("View", bound=Callable[..., Any])


def tells_of_cold_house(view: View) -> View:
    """Have township and village told when the wrapped view refuses a household in the heating season (2)."""

    @wraps(view)
    def wrapper(body: dict[str, Any], **arguments: Any) -> Any:
        try:
            return view(body, **arguments)
        except Refusal as refusal:
            if refusal.facts.get("cold_house"):
                caller = actor()
                db().rollback()
                # The scope's household, where the route names a booking or a visit rather than a house.
                house = arguments.get("household_id") or body.get("household_id") or g.place.household_id
                actions.tell_of_cold_house(db(), caller, household_id=house, why=refusal.detail)
                db().commit()
            raise

    return wrapper  # type: ignore[return-value]  # wraps keeps the signature
