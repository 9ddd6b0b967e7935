"""A person's notices, and what became of each on every channel."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import Session

from backend.core.http import Page, page_of
from backend.core.outbox import OutboxRow
from backend.identity import Place
from backend.messaging.models import ACCEPTED, WAITING, Delivery, InboxEntry, SentReport
from backend.messaging.notices import REASON_LABELS, STATE_LABELS
from backend.messaging.topics import topic_label


@dataclass(frozen=True, slots=True)
class NoticeView:
    """One notice in somebody's inbox."""

    id: str
    topic: str
    topic_label: str
    title: str
    body: str
    about_kind: str | None
    about_id: str | None
    household_id: str | None
    page: str
    created_at: datetime
    read_at: datetime | None


@dataclass(frozen=True, slots=True)
class ChannelOutcome:
    """What became of a notice on one channel. ``proof``: the platform's message id. ``doubts``: sends without answer."""

    channel: str
    state: str
    state_label: str
    reason: str | None
    reason_label: str | None
    at: datetime
    proof: str | None = None
    doubts: int = 0
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class NoticeHistory:
    """A notice with its outcomes, the inbox first."""

    notice: NoticeView
    outcomes: tuple[ChannelOutcome, ...]


def _view(row: InboxEntry) -> NoticeView:
    return NoticeView(
        row.id,
        row.topic,
        topic_label(row.topic),
        row.title,
        row.body,
        row.about_kind,
        row.about_id,
        row.household_id,
        row.page,
        row.created_at,
        row.read_at,
    )


def _group(row: InboxEntry) -> str:
    return "0" if row.read_at is None else "1"


def inbox_of(
    session: Session, person_id: str, *, after: str, limit: int, unread_first: bool = False
) -> Page[NoticeView]:
    """A person's notices, newest first; with ``unread_first`` the unread ones before all others.

    A key is ``<group>:<id>``, group 0 the unread; a notice read between two pages may come a second time.
    """
    query = select(InboxEntry).where(InboxEntry.person_id == person_id)
    group, _, last_id = after.rpartition(":")
    is_read = case((InboxEntry.read_at.is_(None), 0), else_=1)
    if unread_first:
        query = query.order_by(is_read, InboxEntry.id.desc())
        if after:
            number = 1 if group == "1" else 0
            query = query.where(or_(is_read > number, and_(is_read == number, InboxEntry.id < last_id)))
    else:
        query = query.order_by(InboxEntry.id.desc())
        if after:
            query = query.where(InboxEntry.id < last_id)
    rows = session.scalars(query.limit(limit + 1)).all()
    return page_of(rows, limit, lambda row: f"{_group(row)}:{row.id}", _view)


def goes_out(session: Session, person_ids: Sequence[str], key: str) -> bool:
    """Whether a notice leaves the inbox for the phone of at least one of these people: a message waits or was taken."""
    under_way = (
        select(Delivery.id)
        .join(InboxEntry, InboxEntry.id == Delivery.notice_id)
        .where(
            InboxEntry.person_id.in_(person_ids),
            InboxEntry.key == key,
            Delivery.state.in_((WAITING, ACCEPTED)),
        )
    )
    return session.scalar(under_way.limit(1)) is not None


def unread_count(session: Session, person_id: str) -> int:
    """How many notices a person has not read."""
    return (
        session.scalar(
            select(func.count()).where(InboxEntry.person_id == person_id, InboxEntry.read_at.is_(None))
        )
        or 0
    )


def notice(session: Session, notice_id: str) -> NoticeView | None:
    row = session.get(InboxEntry, notice_id, populate_existing=True)
    return _view(row) if row else None


def place_of_notice(session: Session, notice_id: str) -> Place | None:
    """A notice lies with the person it was sent to, and nowhere else."""
    person_id = session.scalar(select(InboxEntry.person_id).where(InboxEntry.id == notice_id))
    return Place(person_ids=(person_id,)) if person_id else None


def history_of(session: Session, notice_id: str) -> NoticeHistory | None:
    """A notice and what became of it on every channel."""
    told = notice(session, notice_id)
    return _histories(session, [told])[0] if told else None


def person_history(session: Session, person_id: str, *, after: str, limit: int) -> Page[NoticeHistory]:
    """All that a person was ever told, newest first, each with what became of it."""
    query = select(InboxEntry).where(InboxEntry.person_id == person_id).order_by(InboxEntry.id.desc())
    if after:
        query = query.where(InboxEntry.id < after)
    page = page_of(session.scalars(query.limit(limit + 1)).all(), limit, lambda row: row.id, _view)
    return Page(tuple(_histories(session, page.items)), page.next)


def _histories(session: Session, notices: Sequence[NoticeView]) -> list[NoticeHistory]:
    rows = session.execute(
        select(Delivery, SentReport, OutboxRow.unknowns, OutboxRow.attempts)
        .outerjoin(SentReport, SentReport.msgid == Delivery.msgid)
        .outerjoin(OutboxRow, OutboxRow.id == Delivery.outbox_id)
        .where(Delivery.notice_id.in_([told.id for told in notices]))
        .order_by(Delivery.id)
        .execution_options(populate_existing=True)
    )
    outcomes: dict[str, list[ChannelOutcome]] = defaultdict(list)
    for delivery, report, unknowns, attempts in rows:
        outcomes[delivery.notice_id].append(_on_channel(delivery, report, unknowns or 0, attempts or 0))
    return [NoticeHistory(told, (_in_inbox(told), *outcomes[told.id])) for told in notices]


def _in_inbox(told: NoticeView) -> ChannelOutcome:
    return _outcome("inbox", "read" if told.read_at else "kept", None, told.read_at or told.created_at)


def _on_channel(
    delivery: Delivery, report: SentReport | None, unknowns: int, attempts: int
) -> ChannelOutcome:
    state, reason, at = delivery.state, delivery.reason, delivery.changed_at
    if report is not None and state == ACCEPTED:
        arrived = report.error_code == 0
        state, reason, at = (
            ("arrived" if arrived else "failed"),
            None if arrived else "not_delivered",
            report.heard_at,
        )
    return _outcome(delivery.channel, state, reason, at, delivery.msgid, unknowns, attempts)


def _outcome(
    channel_name: str,
    state: str,
    reason: str | None,
    at: datetime,
    proof: str | None = None,
    doubts: int = 0,
    attempts: int = 0,
) -> ChannelOutcome:
    label = REASON_LABELS.get(reason) if reason else None
    return ChannelOutcome(
        channel_name, state, STATE_LABELS[state], reason, label, at, proof, doubts, attempts
    )
