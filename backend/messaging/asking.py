"""What the answer to a request carries so that consent is asked where it helps: in the tap that made the request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

import marshmallow as ma
from sqlalchemy.orm import Session

from backend.core.http import Schema
from backend.identity import Actor
from backend.messaging.queries import templates_to_ask
from backend.messaging.rules import Topic


class AskingSchema(Schema):
    """Beside an answer's own fields."""

    templates_to_ask = ma.fields.List(
        ma.fields.String(),
        required=True,
        metadata={"description": "Template ids, at most three, for one call of the consent dialogue"},
    )


def with_templates_to_ask(
    session: Session, actor: Actor, answer: Any, topics: Sequence[Topic], *, only_of: str | None = None
) -> dict[str, Any]:
    """A view's fields, and the templates worth asking the actor for, as later messages will be about ``topics``.

    ``only_of``: those messages go to the people of this household, so that nobody else is asked for them.
    """
    asked: tuple[str, ...] = ()
    if only_of is None or actor.tied_to(only_of):
        asked = templates_to_ask(session, actor.person_id, [topic.code for topic in topics])
    return {**{each.name: getattr(answer, each.name) for each in fields(answer)}, "templates_to_ask": asked}
