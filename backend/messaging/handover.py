"""A row on its way: read, marked as being sent with what it costs, put off, or closed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backend.core import clock, outbox
from backend.core.db import affected
from backend.messaging import ledger
from backend.messaging.actions.stopping import tell_of_stopped
from backend.messaging.models import (
    ACCEPTED,
    GIVEN_UP,
    NO_CONSENT,
    REFUSED,
    WAITING,
    Delivery,
    InboxEntry,
)
from backend.messaging.rules import DAILY_CAP, cannot_wait, first_moment, next_morning
from backend.wechat import WechatError

SENDS_WITHOUT_ANSWER: Final = 2  # after that even a topic that prefers twice to never is left to a person
PAUSED: Final = "template_paused"
PAUSED_LOOK: Final = timedelta(minutes=30)  # how often a row of a resting template looks again


def may_stay_unanswered(row: outbox.Claimed) -> int:
    """How many sends of a row may go without an answer; each time that a person lets it be tried again is one more."""
    return SENDS_WITHOUT_ANSWER + row.retries


@dataclass(frozen=True, slots=True)
class Message:
    """A claimed row, read."""

    row: outbox.Claimed
    delivery_id: str
    person_id: str
    account: ledger.Account
    values: Mapping[str, str]
    page: str | None
    safety: bool
    visit_on: date | None
    until: datetime


@dataclass(frozen=True, slots=True)
class Handed:
    """A message marked as being sent, with what must be given back if it is certainly not taken.

    ``attempt``: the number of this handing over; ``tries``: how many it makes since a person last let it be tried again.
    """

    message: Message
    generation: int
    counted_on: date | None
    attempt: int
    tries: int


def read(session: Session, rows: Sequence[outbox.Claimed]) -> list[Message]:
    """Claimed rows with whom they are for; a row without its delivery is none of ours, and stays leased."""
    found = session.execute(
        select(Delivery.outbox_id, Delivery.id, InboxEntry.person_id)
        .join(InboxEntry, InboxEntry.id == Delivery.notice_id)
        .where(Delivery.outbox_id.in_([row.id for row in rows]))
    )
    people = {outbox_id: (delivery_id, person_id) for outbox_id, delivery_id, person_id in found}
    return [_message(row, *people[row.id]) for row in rows if row.id in people]


def _message(row: outbox.Claimed, delivery_id: str, person_id: str) -> Message:
    payload: Mapping[str, Any] = row.payload
    visit_on = payload.get("visit_on")
    return Message(
        row,
        delivery_id,
        person_id,
        ledger.Account(payload["appid"], row.lane, payload["template_id"]),
        payload["values"],
        payload["page"] or None,
        payload["safety"],
        date.fromisoformat(visit_on) if visit_on else None,
        lasts_until(payload),
    )


def lasts_until(payload: Mapping[str, Any]) -> datetime:
    """After that nobody is sent it any more."""
    return datetime.fromtimestamp(payload["from"], UTC) + timedelta(hours=payload["keeps_hours"])


def begin(
    session: Session,
    owner: str,
    message: Message,
    resting: Collection[str],
    quota_until: datetime | None = None,
    *,
    lease_seconds: int,
) -> Handed | str:
    """Mark a row as being sent, with its consent and its place in the day; else how it is counted ("": not ours).

    ``lease_seconds``: how long the send may take. ``resting``: templates that are not used now. ``quota_until``: when the
    platform takes messages again, if it said that the day's are used up; what cannot wait is tried all the same.
    """
    current = clock.now()
    local = clock.local_time(current)
    urgent = cannot_wait(local, message.safety, message.visit_on)
    allowed = first_moment(local, urgent)
    if message.until < current:
        return close(session, owner, message, outbox.REFUSED, REFUSED, "too_old")
    if message.account.template_id in resting:
        return put_off(session, owner, message, current + PAUSED_LOOK, PAUSED)
    if allowed > local:
        return put_off(session, owner, message, allowed, "quiet_hours")
    if quota_until is not None and not urgent:
        return put_off(session, owner, message, quota_until, "quota_spent")
    if message.row.unknowns >= may_stay_unanswered(message.row):
        return close(session, owner, message, outbox.DEAD, GIVEN_UP, "answer_lost")
    generation = ledger.reserve(session, message.account)
    if generation is None:
        return close(session, owner, message, outbox.REFUSED, NO_CONSENT, "needs_consent")
    day = None if urgent else local.date()
    if day is not None and not ledger.count_message(session, message.person_id, day, DAILY_CAP):
        ledger.give_back(session, message.account, generation)
        return put_off(session, owner, message, next_morning(local), "daily_cap")
    attempt = outbox.begin_sending(session, message.row.id, owner, lease_seconds)
    if attempt is None:
        take_back(session, message, generation, day)
        return ""
    return Handed(message, generation, day, attempt, attempt - message.row.attempts + message.row.tries)


def take_back(session: Session, message: Message, generation: int, counted_on: date | None) -> None:
    """What a message has cost that was certainly not taken."""
    ledger.give_back(session, message.account, generation)
    if counted_on is not None:
        ledger.uncount_message(session, message.person_id, counted_on)


_COUNTED: Final = {outbox.REFUSED: "refused", outbox.DEAD: "given_up", outbox.UNKNOWN: "unknown"}


def close(
    session: Session,
    owner: str,
    message: Message,
    row_state: str,
    state: str,
    reason: str,
    error: WechatError | None = None,
    errmsg: str | None = None,
    attempt: int | None = None,
) -> str:
    """It goes no further; whoever has another way to the person is told, where it cannot wait.

    ``attempt``: the handing over that ended so; None for a message that was not begun.
    """
    text = errmsg or (str(error) if error else reason)
    if attempt is None:
        written = outbox.leave_off(session, message.row.id, owner, row_state, error=text)
    else:
        doubt = row_state == outbox.UNKNOWN
        written = outbox.settle(session, message.row.id, owner, attempt, row_state, error=text, doubt=doubt)
    if written:
        mark(session, message, state, reason, error=error, errmsg=errmsg)
        if message.safety:
            tell_of_stopped(session, [message.delivery_id])
    return _COUNTED[row_state]


def put_off(
    session: Session,
    owner: str,
    message: Message,
    until: datetime,
    reason: str,
    error: WechatError | None = None,
    counted: str = "put_off",
    attempt: int | None = None,
) -> str:
    """It waits until then. Danger does not wait with a template that rests: others are told at once."""
    text = str(error) if error else reason
    if attempt is None:
        written = outbox.leave_off(session, message.row.id, owner, outbox.WAITING, error=text, retry_at=until)
    else:
        written = outbox.settle(
            session, message.row.id, owner, attempt, outbox.WAITING, error=text, retry_at=until
        )
    if written:
        mark(session, message, WAITING, reason, error=error)
        if message.safety and reason == PAUSED:
            tell_of_stopped(session, [message.delivery_id])
    return counted


def mark(
    session: Session,
    message: Message,
    state: str,
    reason: str | None,
    *,
    error: WechatError | None = None,
    errmsg: str | None = None,
    msgid: str | None = None,
) -> None:
    changed: dict[str, Any] = {"state": state, "reason": reason, "changed_at": clock.now()}
    if msgid is not None or state == ACCEPTED:
        changed["msgid"] = msgid
    # Without a new word of the platform its last one stays.
    if error is not None or errmsg is not None or state == ACCEPTED:
        changed["errcode"] = error.errcode if error else None
        changed["errmsg"] = error.errmsg if error else errmsg
    affected(session, update(Delivery).where(Delivery.id == message.delivery_id).values(**changed))
