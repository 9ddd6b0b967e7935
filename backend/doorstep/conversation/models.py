"""What was said in each thread, the cards that wait for a yes, and the platform's pushes that were heard."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.crypto import EncryptedText
from backend.core.db import Base, IdColumn, UTCDateTime, new_id

HOUSEHOLD = "household"
SERVICE = "service"
CADRE = "cadre"

APP = "app"
OFFICIAL_ACCOUNT = "official_account"

OPEN = "open"
CONFIRMED = "confirmed"
DISMISSED = "dismissed"
IS_OPEN = text("state = 'open'")


class ConversationCard(Base):
    """One thing to be confirmed, by the person it was made for. ``result``: {kind, id, text} of what it became.

    A person has at most one open card a household; ``payload``: {title, body, facts}, facts as the action takes them.
    """

    __tablename__ = "conversation_cards"
    __table_args__ = (
        CheckConstraint("kind IN ('fault', 'fuel_order', 'booking')", name="kind_known"),
        CheckConstraint("state IN ('open', 'confirmed', 'dismissed')", name="state_known"),
        CheckConstraint("(state = 'open') = (settled_at IS NULL)", name="settled_with_instant"),
        Index(
            "uq_conversation_cards_open",
            "person_id",
            "household_id",
            unique=True,
            sqlite_where=IS_OPEN,
            postgresql_where=IS_OPEN,
        ),
    )

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("people.id"))
    household_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("households.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(16))
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON)


class ConversationEntry(Base):
    """One line of a thread; triggers refuse every change. Without a household the thread is the person's own.

    ``person_id``: who wrote, or whom the service answered. ``asks``: what the service wants to know, with what it
    needs to understand the answer in ``memo``; ``options``: [{key, label}] to tap or to type.
    """

    __tablename__ = "conversation_entries"
    __table_args__ = (
        CheckConstraint("who IN ('household', 'service', 'cadre')", name="who_known"),
        CheckConstraint("channel IN ('app', 'official_account')", name="channel_known"),
        UniqueConstraint("person_id", "key"),
        Index("ix_conversation_entries_household_id_id", "household_id", "id"),
        Index("ix_conversation_entries_person_id_id", "person_id", "id"),
    )

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True, default=new_id)
    household_id: Mapped[str | None] = mapped_column(IdColumn, ForeignKey("households.id"))
    person_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("people.id"))
    who: Mapped[str] = mapped_column(String(16))
    channel: Mapped[str] = mapped_column(String(16))
    text: Mapped[str] = mapped_column(EncryptedText("conversation.text"))
    card_id: Mapped[str | None] = mapped_column(IdColumn, ForeignKey("conversation_cards.id"))
    asks: Mapped[str | None] = mapped_column(String(16))
    options: Mapped[list[dict[str, str]]] = mapped_column(JSON)
    memo: Mapped[dict[str, Any]] = mapped_column(JSON)
    key: Mapped[str] = mapped_column(String(100))
    at: Mapped[datetime] = mapped_column(UTCDateTime)


class HeardPush(Base):
    """A push of the platform by its key, with what was answered: its repetition is given the same."""

    __tablename__ = "callback_messages"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    heard_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    reply: Mapped[str | None] = mapped_column(EncryptedText("conversation.reply"))
