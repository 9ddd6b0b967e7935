"""Threads, cards, and what was asked last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from backend.core import clock
from backend.core.http import Page, page_of
from backend.doorstep.conversation.models import CADRE, OPEN, SERVICE, ConversationCard, ConversationEntry
from backend.doorstep.conversation.rules import CARD, DANGER_CARD
from backend.identity import Place, person

ASKED_FOR: Final = timedelta(minutes=30)  # after that a bare number is the menu's again
EXPIRED: Final = "expired"
STATE_LABELS: Final = {"open": "待确认", "confirmed": "已办理", "dismissed": "已取消", EXPIRED: "已过期"}
# Where a card's matter is seen and changed afterwards.
_PAGES: Final = {
    "fault": "pages/fault/index?household={household}",
    "fuel_order": "pages/fuel/index?household={household}",
    "booking": "pages/installation/index?household={household}",
}


@dataclass(frozen=True, slots=True)
class CardView:
    """A card; ``state`` also says ``expired``. ``result``: {kind, id} of what the confirmation made.

    ``category``: of the fault that it reports.
    """

    id: str
    household_id: str
    kind: str
    title: str
    body: str
    state: str
    state_label: str
    page: str
    made_at: datetime
    expires_at: datetime
    result: Mapping[str, str] | None
    category: str | None


@dataclass(frozen=True, slots=True)
class OptionView:
    """Something to tap, or to type by its key."""

    key: str
    label: str


@dataclass(frozen=True, slots=True)
class EntryView:
    """One line. ``by_name``: of the cadre who answered; a household's own people are not named to one another."""

    id: str
    household_id: str | None
    person_id: str
    who: str
    by_name: str | None
    channel: str
    text: str
    options: tuple[OptionView, ...]
    card: CardView | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Question:
    """What the service asked this person last; ``asks`` None when it wanted nothing, or too long ago."""

    asks: str | None = None
    text: str = ""
    options: tuple[OptionView, ...] = ()
    memo: Mapping[str, Any] = field(default_factory=dict)
    card: CardView | None = None


def card_view(row: ConversationCard) -> CardView:
    state = EXPIRED if row.state == OPEN and row.expires_at <= clock.now() else row.state
    return CardView(
        id=row.id,
        household_id=row.household_id,
        kind=row.kind,
        title=row.payload["title"],
        body=row.payload["body"],
        state=state,
        state_label=STATE_LABELS[state],
        page=_PAGES[row.kind].format(household=row.household_id),
        made_at=row.made_at,
        expires_at=row.expires_at,
        result={"kind": row.result["kind"], "id": row.result["id"]} if row.result else None,
        category=row.payload["facts"].get("category"),
    )


def entry_view(session: Session, row: ConversationEntry) -> EntryView:
    card = session.get(ConversationCard, row.card_id, populate_existing=True) if row.card_id else None
    cadre = person(session, row.person_id) if row.who == CADRE else None
    return EntryView(
        id=row.id,
        household_id=row.household_id,
        person_id=row.person_id,
        who=row.who,
        by_name=cadre.name if cadre else None,
        channel=row.channel,
        text=row.text,
        options=tuple(OptionView(**option) for option in row.options),
        card=card_view(card) if card else None,
        at=row.at,
    )


def _in_thread(household_id: str | None, person_id: str) -> tuple[ColumnElement[bool], ...]:
    if household_id is not None:
        return (ConversationEntry.household_id == household_id,)
    return (ConversationEntry.household_id.is_(None), ConversationEntry.person_id == person_id)


def thread(
    session: Session, household_id: str | None, person_id: str, *, after: str, limit: int
) -> Page[EntryView]:
    """A household's thread, or the one of a person without a household, the newest first."""
    query = select(ConversationEntry).where(*_in_thread(household_id, person_id))
    if after:
        query = query.where(ConversationEntry.id < after)
    rows = session.scalars(query.order_by(ConversationEntry.id.desc()).limit(limit + 1)).all()
    return page_of(rows, limit, lambda row: row.id, lambda row: entry_view(session, row))


def last_question(session: Session, household_id: str | None, person_id: str) -> Question:
    """What this person was asked last in this thread, while it still holds.

    A card is asked about while it is open. A danger that nobody confirmed waits on, but after a while for a plain yes.
    """
    row = session.scalars(
        select(ConversationEntry)
        .where(
            *_in_thread(household_id, person_id),
            ConversationEntry.person_id == person_id,
            ConversationEntry.who == SERVICE,
        )
        .order_by(ConversationEntry.id.desc())
        .limit(1)
    ).first()
    if row is None or row.asks is None:
        return Question()
    asked = entry_view(session, row)
    if row.asks in (CARD, DANGER_CARD) and (asked.card is None or asked.card.state != OPEN):
        return Question()
    asks: str | None = row.asks
    if row.at < clock.now() - ASKED_FOR:
        asks = CARD if row.asks == DANGER_CARD else None
    return Question(asks, row.text, asked.options, row.memo, asked.card) if asks else Question()


def household_last_spoken_of(session: Session, person_id: str) -> str | None:
    """The household in whose thread this person was last answered."""
    return session.scalar(
        select(ConversationEntry.household_id)
        .where(ConversationEntry.person_id == person_id, ConversationEntry.who == SERVICE)
        .order_by(ConversationEntry.id.desc())
        .limit(1)
    )


def last_answer_in(session: Session, household_id: str) -> str | None:
    """The id of the latest line that a cadre wrote in a thread."""
    return session.scalar(
        select(func.max(ConversationEntry.id)).where(
            ConversationEntry.household_id == household_id, ConversationEntry.who == CADRE
        )
    )


def place_of_card(session: Session, card_id: str) -> Place | None:
    """A card lies with the person it was made for, and nowhere else."""
    owner = session.scalar(select(ConversationCard.person_id).where(ConversationCard.id == card_id))
    return Place(person_ids=(owner,)) if owner else None
