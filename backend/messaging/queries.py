"""What a person was told, what became of it, and what to ask consent for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, case, or_, select
from sqlalchemy.orm import Session

from backend.core import clock
from backend.core.http import Page, page_of
from backend.core.outbox import OutboxRow
from backend.identity import Place
from backend.messaging.models import (
    ACCEPTED,
    Delivery,
    InboxEntry,
    PausedTemplate,
    SentReport,
    SubscriptionGrant,
)
from backend.messaging.notices import REASON_LABELS, STATE_LABELS
from backend.messaging.rules import MOST_ASKED, worth_asking
from backend.messaging.topics import channel, topic, topic_label


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


@dataclass(frozen=True, slots=True)
class NoticeHistory:
    """A notice with its outcomes, the inbox first."""

    notice: NoticeView
    outcomes: tuple[ChannelOutcome, ...]


@dataclass(frozen=True, slots=True)
class GrantView:
    """How many messages of a template a person still allows, as far as we know."""

    template_id: str
    balance: int


@dataclass(frozen=True, slots=True)
class PausedView:
    """A template that rests, and the platform's word on why."""

    template_id: str
    paused_at: datetime
    errcode: int
    errmsg: str


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
    if told is None:
        return None
    inbox = _outcome("inbox", "read" if told.read_at else "kept", None, told.read_at or told.created_at)
    rows = session.execute(
        select(Delivery, SentReport, OutboxRow.unknowns)
        .outerjoin(SentReport, SentReport.msgid == Delivery.msgid)
        .outerjoin(OutboxRow, OutboxRow.id == Delivery.outbox_id)
        .where(Delivery.notice_id == notice_id)
        .order_by(Delivery.id)
    )
    return NoticeHistory(told, (inbox, *(_on_channel(*row) for row in rows)))


def _on_channel(delivery: Delivery, report: SentReport | None, unknowns: int | None) -> ChannelOutcome:
    state, reason, at = delivery.state, delivery.reason, delivery.changed_at
    if report is not None and state == ACCEPTED:
        arrived = report.error_code == 0
        state, reason, at = (
            ("arrived" if arrived else "failed"),
            None if arrived else "rejected",
            report.heard_at,
        )
    return _outcome(delivery.channel, state, reason, at, delivery.msgid, unknowns or 0)


def _outcome(
    channel_name: str, state: str, reason: str | None, at: datetime, proof: str | None = None, doubts: int = 0
) -> ChannelOutcome:
    label = REASON_LABELS.get(reason) if reason else None
    return ChannelOutcome(channel_name, state, STATE_LABELS[state], reason, label, at, proof, doubts)


def grants_of(session: Session, person_id: str, template_ids: Sequence[str]) -> tuple[GrantView, ...]:
    """A person's balances, one for each of ``template_ids``, in their order."""
    balances = {row.template_id: row.balance for row in _grants(session, person_id, template_ids)}
    return tuple(GrantView(each, balances.get(each, 0)) for each in template_ids)


def _grants(session: Session, person_id: str, template_ids: Sequence[str]) -> Sequence[SubscriptionGrant]:
    return session.scalars(
        select(SubscriptionGrant)
        .where(
            SubscriptionGrant.appid == channel().appid,
            SubscriptionGrant.person_id == person_id,
            SubscriptionGrant.template_id.in_(template_ids),
        )
        .execution_options(populate_existing=True)
    ).all()


def templates_to_ask(session: Session, person_id: str, topics: Sequence[str]) -> tuple[str, ...]:
    """Ids of the templates worth asking this person's consent for, after an action that ``topics`` will tell about.

    At most three, those with no consent left first; none that rests, that the person lately refused, or of which there
    is enough in store. Raises UndefinedTopic.
    """
    wanted = [channel().template_of(topic(code)) for code in topics]
    ids = list(dict.fromkeys(template.id for template in wanted if template is not None))
    if not ids:
        return ()
    held = {row.template_id: row for row in _grants(session, person_id, ids)}
    resting = {paused.template_id for paused in paused_templates(session)}
    current = clock.now()
    asked = [
        each
        for each in ids
        if each not in resting
        and (each not in held or worth_asking(held[each].balance, held[each].rejected_at, current))
    ]
    asked.sort(key=lambda each: held[each].balance if each in held else 0)
    return tuple(asked[:MOST_ASKED])


def paused_templates(session: Session) -> tuple[PausedView, ...]:
    rows = session.scalars(
        select(PausedTemplate)
        .where(PausedTemplate.resumed_at.is_(None))
        .order_by(PausedTemplate.template_id)
        .execution_options(populate_existing=True)
    )
    return tuple(PausedView(row.template_id, row.paused_at, row.errcode, row.errmsg) for row in rows)
