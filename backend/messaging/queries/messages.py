"""Messages as whoever answers for them sees them: what waits, what failed, what nobody knows of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from backend.core import outbox
from backend.core.crypto import mask_name
from backend.core.http import Page, page_of
from backend.core.outbox import OutboxRow
from backend.identity import Actor, Place, names_of, place_of
from backend.messaging.handover import lasts_until
from backend.messaging.models import Delivery, InboxEntry
from backend.messaging.notices import MESSAGE_LABELS, REASON_LABELS
from backend.messaging.topics import topic_label

MESSAGE_STATES: Final = (
    outbox.WAITING,
    outbox.SENDING,
    outbox.SENT,
    outbox.REFUSED,
    outbox.UNKNOWN,
    outbox.DEAD,
)
STOPPED: Final = (outbox.REFUSED, outbox.UNKNOWN, outbox.DEAD)
"""What is not sent any more unless somebody decides so."""

LOOKED_AT: Final = 200
"""Messages that one page looks at: of those elsewhere a page may be short, or empty and not the last."""


@dataclass(frozen=True, slots=True)
class MessageView:
    """One message to one person, without the person's account. ``proof``: the platform's message id.

    ``doubts``: sends whose answer was lost. ``retries``: times that somebody let it be tried again. ``lasts_until``:
    after that it is not sent any more.
    """

    id: str
    person_id: str
    person_name: str | None
    notice_id: str
    topic: str
    topic_label: str
    title: str
    state: str
    state_label: str
    reason: str | None
    reason_label: str | None
    error: str | None
    attempts: int
    doubts: int
    retries: int
    proof: str | None
    created_at: datetime
    due_at: datetime
    settled_at: datetime | None
    lasts_until: datetime


def _messages() -> Select[OutboxRow, Delivery, InboxEntry]:
    return (
        select(OutboxRow, Delivery, InboxEntry)
        .join(Delivery, Delivery.outbox_id == OutboxRow.id)
        .join(InboxEntry, InboxEntry.id == Delivery.notice_id)
        .order_by(OutboxRow.id.desc())
        .execution_options(populate_existing=True)
    )


def _page(session: Session, rows: Sequence[Any], limit: int) -> Page[MessageView]:
    names = names_of(session, {told.person_id for _row, _delivery, told in rows})
    return page_of(rows, limit, lambda row: row[0].id, lambda row: _view(names[row[2].person_id], *row))


def _view(name: str | None, row: OutboxRow, delivery: Delivery, told: InboxEntry) -> MessageView:
    state = outbox.SENDING if row.state == outbox.LEASED else row.state
    return MessageView(
        id=row.id,
        person_id=told.person_id,
        person_name=mask_name(name),
        notice_id=told.id,
        topic=told.topic,
        topic_label=topic_label(told.topic),
        title=told.title,
        state=state,
        state_label=MESSAGE_LABELS[state],
        reason=delivery.reason,
        reason_label=REASON_LABELS.get(delivery.reason) if delivery.reason else None,
        error=row.last_error,
        attempts=row.attempts,
        doubts=row.unknowns,
        retries=row.retries,
        proof=delivery.msgid,
        created_at=row.created_at,
        due_at=row.due_at,
        settled_at=row.settled_at,
        lasts_until=lasts_until(row.payload),
    )


def message(session: Session, message_id: str) -> MessageView | None:
    found = session.execute(_messages().where(OutboxRow.id == message_id)).all()
    return next(iter(_page(session, found, 1).items), None)


def messages(
    session: Session, actor: Actor | None, *, states: Sequence[str], after: str = "", limit: int = 50
) -> Page[MessageView]:
    """Messages in one of ``states``, newest first; within the actor's areas, or all of them for a command (None)."""
    wanted = _messages().where(OutboxRow.state.in_(_stored(states)))
    if after:
        wanted = wanted.where(OutboxRow.id < after)
    if actor is None:
        return _page(session, session.execute(wanted.limit(limit + 1)).all(), limit)
    reach, areas = actor.reach("message.see"), _Areas(session)
    looked = session.execute(wanted.limit(LOOKED_AT + 1)).all()
    mine = [row for row in looked[:LOOKED_AT] if reach.covers_area(areas.of(row[2].person_id))]
    page = _page(session, mine, limit)
    if page.next is None and len(looked) > LOOKED_AT:
        rest = page_of(looked, LOOKED_AT, lambda row: row[0].id, lambda _row: None)
        return Page(page.items, rest.next)
    return page


def _stored(states: Sequence[str]) -> set[str]:
    return {*states, *((outbox.LEASED,) if outbox.SENDING in states else ())}


class _Areas:
    """Where people belong, each looked up once."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known: dict[str, str] = {}

    def of(self, person_id: str) -> str:
        if person_id not in self._known:
            place = place_of(self._session, "person", person_id)
            self._known[person_id] = (place.area_code if place else None) or ""
        return self._known[person_id]


def place_of_message(session: Session, message_id: str) -> Place | None:
    """A message lies where the person belongs whom it is for."""
    person_id = session.scalar(
        select(InboxEntry.person_id)
        .join(Delivery, Delivery.notice_id == InboxEntry.id)
        .where(Delivery.outbox_id == message_id)
    )
    return place_of(session, "person", person_id) if person_id else None
