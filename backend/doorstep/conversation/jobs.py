"""What the worker does for the conversation."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import faults
from backend.core import clock
from backend.core.db import Database
from backend.core.jobs import each_item
from backend.doorstep.conversation import notices
from backend.doorstep.conversation.actions.settling import FAULT
from backend.doorstep.conversation.models import OPEN, ConversationCard
from backend.programme import programme_for
from backend.registry import household, tell_officers

UNANSWERED_AFTER: Final = timedelta(minutes=5)


def dangers_unanswered(session: Session) -> list[str]:
    """Cards about a danger that nobody has confirmed or put away for five minutes, made within their time."""
    now = clock.now()
    cards = session.scalars(
        select(ConversationCard).where(
            ConversationCard.state == OPEN,
            ConversationCard.kind == FAULT,
            ConversationCard.made_at <= now - UNANSWERED_AFTER,
            ConversationCard.expires_at > now,
        )
    )
    return [card.id for card in cards if card.payload["facts"]["category"] in faults.DANGERS]


def climb_with_danger(session: Session, card_id: str) -> None:
    """Tell the township of a danger that was spoken of and neither confirmed nor denied, once; who faints taps nothing."""
    card = session.get_one(ConversationCard, card_id)
    home = household(session, card.household_id)
    if home is None or not home.active or card.state != OPEN:
        return
    hotline = programme_for(session, home.area_code).hotline.number
    notice = notices.danger_unanswered_notice(home, card.payload["facts"]["category"], hotline)
    tell_officers(session, home.area_code, notice, f"conversation.danger-unanswered:{card.id}")


def watch_dangers(database: Database) -> int:
    """One transaction a card; how many were looked at. Safe to run again."""
    return each_item(database, _all_unanswered(database), climb_with_danger, "doorstep.watch_dangers")


def _all_unanswered(database: Database) -> Iterator[str]:
    with database.reading() as session:
        found = dangers_unanswered(session)
    yield from found
