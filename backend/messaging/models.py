"""Notices, consents, and what became of each message on each channel."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import JSON, CheckConstraint, Date, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.db import Base, IdColumn, UTCDateTime, new_id

KEY_MAX: Final = 200
ID_MAX: Final = 64  # of the platform: templates and messages

# A delivery's states. "accepted" is the platform's word; that it arrived (or did not) is in SentReport.
WAITING: Final = "waiting"
ACCEPTED: Final = "accepted"
REFUSED: Final = "refused"
UNKNOWN: Final = "unknown"
GIVEN_UP: Final = "given_up"
NO_CONSENT: Final = "no_consent"


class InboxEntry(Base):
    """One notice to one person; ``key`` makes it one, however often it is told."""

    __tablename__ = "notices"
    __table_args__ = (
        UniqueConstraint("person_id", "key"),
        Index("ix_notices_person_id_id", "person_id", "id"),
        Index("ix_notices_household_id_id", "household_id", "id"),
    )

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("people.id"))
    key: Mapped[str] = mapped_column(String(KEY_MAX))
    topic: Mapped[str] = mapped_column(String(64))
    title: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    about_kind: Mapped[str | None] = mapped_column(String(32))
    about_id: Mapped[str | None] = mapped_column(String(64))
    household_id: Mapped[str | None] = mapped_column(IdColumn)
    page: Mapped[str] = mapped_column(String(300), default="")
    shown: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class SubscriptionGrant(Base):
    """How many messages of a template an account still allows: +1 an accept, -1 a send; 1 or 0 where it is long-term.

    ``told_by_client`` and ``told_by_platform``: accepts that each told of since the balance was last emptied, at
    ``emptied_at``.

    ``generation`` grows whenever the balance is emptied, so that a consent given back after a failed send is not added
    to a ledger that was emptied meanwhile.
    """

    __tablename__ = "subscription_grants"
    __table_args__ = (
        CheckConstraint("balance >= 0", name="balance_not_negative"),
        Index("ix_subscription_grants_person_id_template_id", "person_id", "template_id"),
    )

    appid: Mapped[str] = mapped_column(String(32), primary_key=True)
    openid: Mapped[str] = mapped_column(String(64), primary_key=True)
    template_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("people.id"))
    balance: Mapped[int] = mapped_column(Integer)
    generation: Mapped[int] = mapped_column(Integer)
    told_by_client: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    told_by_platform: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    accepted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    rejected_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    emptied_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class GrantReport(Base):
    """One answer to the consent dialogue, as the client or the platform reported it; counted once by its key."""

    __tablename__ = "grant_reports"

    appid: Mapped[str] = mapped_column(String(32), primary_key=True)
    openid: Mapped[str] = mapped_column(String(64), primary_key=True)
    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    template_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    outcome: Mapped[str] = mapped_column(String(8))
    at: Mapped[datetime] = mapped_column(UTCDateTime)


class Delivery(Base):
    """What became of a notice on one channel beside the inbox, with its proof (``msgid``)."""

    __tablename__ = "deliveries"

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True, default=new_id)
    notice_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("notices.id"), index=True)
    channel: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(String(32))
    outbox_id: Mapped[str | None] = mapped_column(IdColumn, ForeignKey("outbox.id"), unique=True)
    template_id: Mapped[str | None] = mapped_column(String(64))
    msgid: Mapped[str | None] = mapped_column(String(64), index=True)
    errcode: Mapped[int | None] = mapped_column(Integer)
    errmsg: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)


class SentReport(Base):
    """The platform's later word on a message it had accepted; joined by ``msgid`` when read, as it may come first."""

    __tablename__ = "sent_reports"

    msgid: Mapped[str] = mapped_column(String(64), primary_key=True)
    template_id: Mapped[str] = mapped_column(String(64))
    error_code: Mapped[int] = mapped_column(Integer)
    error_status: Mapped[str] = mapped_column(String(64))
    heard_at: Mapped[datetime] = mapped_column(UTCDateTime)


class MessageCount(Base):
    """Messages handed over for a person on a day of theirs, safety ones aside."""

    __tablename__ = "message_counts"
    __table_args__ = (CheckConstraint("used >= 0", name="used_not_negative"),)

    person_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("people.id"), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    used: Mapped[int] = mapped_column(Integer)


class PausedTemplate(Base):
    """A template that rests until a person has looked; ``resumed_at`` ends the rest."""

    __tablename__ = "paused_templates"

    template_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    paused_at: Mapped[datetime] = mapped_column(UTCDateTime)
    errcode: Mapped[int] = mapped_column(Integer)
    errmsg: Mapped[str] = mapped_column(Text)
    resumed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    resumed_by: Mapped[str | None] = mapped_column(IdColumn)
