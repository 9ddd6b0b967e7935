"""What is answered to words of danger while the database is away. Nothing here asks it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from backend import faults
from backend.core.http import kept_when_away
from backend.doorstep.conversation.notices import steps_text
from backend.doorstep.conversation.rules import TEXT_MAX, understand
from backend.doorstep.conversation.schemas import KeptWordsSchema, SaidSchema

View = TypeVar("View", bound=Callable[..., Any])


def _danger_in(text: object) -> str | None:
    if not isinstance(text, str) or len(text) > TEXT_MAX:
        return None
    category = understand(text, None).category
    return category if category in faults.DANGERS else None


def _answer(body: Mapping[str, Any]) -> dict[str, Any]:
    category = _danger_in(body["text"])
    assert category is not None
    kept = faults.kept_answer(category, faults.WORDS)
    text = f"{steps_text(kept['advice'])}\n{kept['message']}"
    return {**kept, "entries": (), "reply": {"text": text, "options": (), "card": None}}


def _as_anybody_s(body: Mapping[str, Any]) -> Any:
    """Words of danger at a house that is named, from somebody who is no more of it."""
    if body["household_id"] is None:
        return None
    report = {"household_id": body["household_id"], "category": _danger_in(body["text"])}
    return faults.taken_as_anybody_s({**report, "description": body["text"]})


def words_of_danger_are_kept(view: View) -> View:
    """They are heard through the same route when the database is back, and the cadre of the household, if any, is told."""
    return kept_when_away(
        SaidSchema,
        lambda sent: _danger_in(sent.get("text")) is not None,
        _answer,
        KeptWordsSchema,
        otherwise=_as_anybody_s,
    )(view)
