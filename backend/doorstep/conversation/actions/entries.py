"""Write a line into a thread; rows are only ever added."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.core import clock
from backend.core.db import insert_ignoring, new_id
from backend.doorstep.conversation.models import HOUSEHOLD, SERVICE, ConversationEntry
from backend.doorstep.conversation.notices import Reply
from backend.doorstep.conversation.queries import EntryView, entry_view


@dataclass(frozen=True, slots=True)
class Exchange:
    """The lines that were added, and what the service says now."""

    entries: tuple[EntryView, ...]
    reply: Reply


def _write(session: Session, values: Mapping[str, Any], after: str = "") -> EntryView | None:
    """None where this person's ``key`` stands already."""
    row_id = new_id()
    while row_id <= after:  # within one millisecond the order of ids is chance
        row_id = new_id()
    written = {"card_id": None, "asks": None, "options": [], "memo": {}, **values}
    written |= {"id": row_id, "at": clock.now()}
    if not insert_ignoring(session, ConversationEntry, written, ["person_id", "key"]):
        return None
    return entry_view(session, session.get_one(ConversationEntry, row_id))


def write_words(
    session: Session,
    person_id: str,
    household_id: str | None,
    *,
    channel: str,
    text: str,
    key: str,
    who: str = HOUSEHOLD,
) -> EntryView | None:
    """What a person wrote; None if it was written before."""
    return _write(
        session,
        {
            "person_id": person_id,
            "household_id": household_id,
            "who": who,
            "channel": channel,
            "text": text,
            "key": key,
        },
    )


def write_reply(
    session: Session,
    person_id: str,
    household_id: str | None,
    *,
    channel: str,
    reply: Reply,
    key: str,
    after: str = "",
) -> EntryView | None:
    """What the service says to a person; its id is greater than ``after``, the line that it answers."""
    return _write(
        session,
        {
            "person_id": person_id,
            "household_id": reply.household_id or household_id,
            "who": SERVICE,
            "channel": channel,
            "text": reply.text,
            "card_id": reply.card.id if reply.card else None,
            "asks": reply.asks,
            "options": [asdict(option) for option in reply.options],
            "memo": dict(reply.memo),
            "key": key,
        },
        after,
    )


def entry_with_key(session: Session, person_id: str, key: str) -> EntryView | None:
    row = session.scalars(
        select(ConversationEntry).where(
            ConversationEntry.person_id == person_id, ConversationEntry.key == key
        )
    ).first()
    return entry_view(session, row) if row else None
