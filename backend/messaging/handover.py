"""A row on its way: read, marked as being sent with what it costs, put off, or closed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import update
from sqlalchemy.orm import Session

from backend.core import clock, outbox
from backend.core.db import affected
from backend.messaging import ledger
from backend.messaging.models import ACCEPTED, GIVEN_UP, NO_CONSENT, REFUSED, WAITING, Delivery
from backend.messaging.rules import DAILY_CAP, first_moment, next_morning
from backend.wechat import WechatError

SENDS_WITHOUT_ANSWER: Final = 2  # after that even a topic that prefers twice to never is left to a person
PAUSED_LOOK: Final = timedelta(minutes=30)  # how often a row of a resting template looks again


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
    until: datetime


@dataclass(frozen=True, slots=True)
class Handed:
    """A message marked as being sent, with what must be given back if it is certainly not taken."""

    message: Message
    generation: int
    counted_on: date | None
    attempts: int


def read(row: outbox.Claimed) -> Message:
    payload: Mapping[str, Any] = row.payload
    return Message(
        row,
        payload["delivery"],
        payload["person"],
        ledger.Account(payload["appid"], payload["openid"], payload["template_id"]),
        payload["values"],
        payload["page"] or None,
        payload["safety"],
        datetime.fromtimestamp(payload["from"], UTC) + timedelta(hours=payload["keeps_hours"]),
    )


def begin(session: Session, owner: str, message: Message, resting: set[str]) -> Handed | str:
    """Mark a row as being sent, with its consent and its place in the day; else how it is counted ("": not ours)."""
    current = clock.now()
    local = clock.local_time(current)
    allowed = first_moment(local, message.safety)
    if message.until < current:
        return close(session, owner, message, outbox.REFUSED, REFUSED, "too_old")
    if message.account.template_id in resting:
        return put_off(session, owner, message, current + PAUSED_LOOK, "template_paused")
    if allowed > local:
        return put_off(session, owner, message, allowed, "quiet_hours")
    if message.row.unknowns >= SENDS_WITHOUT_ANSWER:
        return close(session, owner, message, outbox.DEAD, GIVEN_UP, "answer_lost")
    if not outbox.begin_sending(session, message.row.id, owner):
        return ""
    generation = ledger.reserve(session, message.account)
    if generation is None:
        return close(session, owner, message, outbox.REFUSED, NO_CONSENT, "needs_consent")
    day = None if message.safety else local.date()
    if day is not None and not ledger.count_message(session, message.person_id, day, DAILY_CAP):
        ledger.give_back(session, message.account, generation)
        return put_off(session, owner, message, next_morning(local), "daily_cap")
    return Handed(message, generation, day, message.row.attempts + 1)


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
) -> str:
    if outbox.settle(
        session, message.row.id, owner, row_state, error=errmsg or (str(error) if error else reason)
    ):
        mark(session, message, state, reason, error=error, errmsg=errmsg)
    return _COUNTED[row_state]


def put_off(
    session: Session,
    owner: str,
    message: Message,
    until: datetime,
    reason: str,
    error: WechatError | None = None,
    counted: str = "put_off",
) -> str:
    text = str(error) if error else reason
    if outbox.settle(session, message.row.id, owner, outbox.WAITING, error=text, retry_at=until):
        mark(session, message, WAITING, reason, error=error)
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
    changed: dict[str, Any] = {"state": state, "reason": reason, "msgid": msgid, "changed_at": clock.now()}
    # Without a new word of the platform its last one stays.
    if error is not None or errmsg is not None or state == ACCEPTED:
        changed["errcode"] = error.errcode if error else None
        changed["errmsg"] = error.errmsg if error else errmsg
    affected(session, update(Delivery).where(Delivery.id == message.delivery_id).values(**changed))
