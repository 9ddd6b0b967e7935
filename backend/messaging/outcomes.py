"""What became of a send: one answer of the platform, written down."""

from __future__ import annotations

import logging
import secrets
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backend.core import clock, outbox
from backend.core.db import affected
from backend.identity.roles import ADMINISTRATOR
from backend.messaging import ledger
from backend.messaging.actions import SUBSCRIBE_AGAIN, notify_role, pause_template
from backend.messaging.handover import PAUSED_LOOK, Handed, close, mark, may_stay_unanswered, put_off
from backend.messaging.models import ACCEPTED, GIVEN_UP, REFUSED, UNKNOWN, WAITING, Delivery, InboxEntry
from backend.messaging.notices import account_refused, field_refused
from backend.messaging.rules import MAX_ATTEMPTS, next_morning, retry_delay
from backend.wechat import (
    CONCURRENT_SEND,
    FIELD_REFUSED,
    NO_GRANT,
    QUOTA_SPENT,
    TEMPLATE_TROUBLE,
    AnswerLost,
    NotReached,
    SendOutcome,
    UnfitValue,
    WechatBusy,
    WechatError,
    WechatRefused,
)

log = logging.getLogger("backend.messaging")

BURST: Final = timedelta(seconds=60)
SECOND_TRY: Final = timedelta(minutes=2)
"""43101 within a minute of another message to the same person is often wrong; such a row is tried once more, later."""

# The account's trouble, not the message's: token, secret, appid, list of addresses, permission of the interface.
ACCOUNT_TROUBLE: Final = frozenset({40001, 40013, 40014, 40125, 40164, 41001, 41002, 41004, 42001, 48001})

Outcome = SendOutcome | Exception


def record(session: Session, owner: str, handed: Handed, outcome: Outcome) -> str:
    """Write down what became of a send; how it is counted."""
    message = handed.message
    if isinstance(outcome, SendOutcome):
        proof = {"msgid": outcome.msgid}
        if not outbox.settle(session, message.row.id, owner, outbox.SENT, outcome=proof):
            log.warning("a send outlived its lease and may be repeated", extra={"outbox": message.row.id})
        mark(session, message, ACCEPTED, None, msgid=outcome.msgid)
        return "accepted"
    if isinstance(outcome, (NotReached, WechatBusy)):
        return _try_again(session, owner, handed, outcome)
    if isinstance(outcome, WechatRefused):
        return _refused(session, owner, handed, outcome)
    if isinstance(outcome, UnfitValue):
        log.error("message does not fit its template: %s", outcome, extra={"outbox": message.row.id})
        _take_back(session, handed)
        return close(session, owner, message, outbox.REFUSED, REFUSED, "unfit_value", errmsg=str(outcome))
    if isinstance(outcome, WechatError) and not isinstance(outcome, AnswerLost):
        _take_back(session, handed)
        return close(session, owner, message, outbox.REFUSED, REFUSED, "platform_refused", outcome)
    if not isinstance(outcome, AnswerLost):
        log.error("a send broke", exc_info=outcome, extra={"outbox": message.row.id})
    return _lost(session, owner, handed, outcome)


def _lost(session: Session, owner: str, handed: Handed, outcome: Exception) -> str:
    """Perhaps sent: the consent stays taken, and the row is marked. Some topics are sent once more."""
    message = handed.message
    if message.row.topic != SUBSCRIBE_AGAIN or message.row.unknowns + 1 >= may_stay_unanswered(message.row):
        return close(session, owner, message, outbox.UNKNOWN, UNKNOWN, "answer_lost", errmsg=str(outcome))
    due = clock.now() + retry_delay(handed.attempts, _draw())
    if outbox.settle(session, message.row.id, owner, outbox.UNKNOWN, error=str(outcome)):
        affected(
            session,
            update(outbox.OutboxRow)
            .where(outbox.OutboxRow.id == message.row.id, outbox.OutboxRow.state == outbox.UNKNOWN)
            .values(state=outbox.WAITING, due_at=due, settled_at=None),
        )
        mark(session, message, WAITING, "answer_lost", errmsg=str(outcome))
    return "unknown"


def _refused(session: Session, owner: str, handed: Handed, refusal: WechatRefused) -> str:
    """The platform's "no": certainly not sent. What it means depends on whose fault it is."""
    message, code = handed.message, refusal.errcode
    if code == NO_GRANT:
        return _no_grant(session, owner, handed, refusal)
    if code == CONCURRENT_SEND:
        return _try_again(session, owner, handed, refusal)
    if code in ACCOUNT_TROUBLE:
        notify_role(
            session, (ADMINISTRATOR,), account_refused(str(refusal)), f"account:{code}:{clock.today()}"
        )
        return _try_again(session, owner, handed, refusal)
    if (
        code == QUOTA_SPENT and handed.counted_on is None
    ):  # it cannot wait: the next hour, another worker may do it
        return _try_again(session, owner, handed, refusal)
    _take_back(session, handed)
    if code == QUOTA_SPENT:
        return put_off(session, owner, message, _tomorrow(), "quota_spent", refusal)
    if code in TEMPLATE_TROUBLE:
        assert code is not None
        pause_template(session, message.account.template_id, code, refusal.errmsg)
        return put_off(session, owner, message, clock.now() + PAUSED_LOOK, "template_paused", refusal)
    if code == FIELD_REFUSED:
        template_id = message.account.template_id
        log.error("message refused for a field: %s", refusal, extra={"outbox": message.row.id})
        notice = field_refused(template_id, refusal.errmsg)
        notify_role(session, (ADMINISTRATOR,), notice, f"field-refused:{template_id}:{clock.today()}")
        return close(session, owner, message, outbox.REFUSED, REFUSED, "field_refused", refusal)
    return close(session, owner, message, outbox.REFUSED, REFUSED, "platform_refused", refusal)


def quota_spent_until(outcome: Outcome) -> datetime | None:
    """When to go on, where the platform said that the day's quota is used up."""
    spent = isinstance(outcome, WechatRefused) and outcome.errcode == QUOTA_SPENT
    return _tomorrow() if spent else None


def _tomorrow() -> datetime:
    return next_morning(clock.local_time(clock.now()))


def _no_grant(session: Session, owner: str, handed: Handed, refusal: WechatRefused) -> str:
    """The platform knows of no consent, whatever our ledger says: it is empty from now on. In a burst, one more try."""
    message = handed.message
    _take_back(session, handed)
    doubted = session.scalar(select(Delivery.errcode).where(Delivery.id == message.delivery_id)) == NO_GRANT
    if not doubted and _in_a_burst(session, message.person_id):
        later = clock.now() + SECOND_TRY
        return put_off(session, owner, message, later, "consent_doubted", refusal, counted="retried")
    ledger.empty(session, message.account)
    return close(session, owner, message, outbox.REFUSED, REFUSED, "needs_consent", refusal)


def _in_a_burst(session: Session, person_id: str) -> bool:
    recent = (
        select(Delivery.id)
        .join(InboxEntry, InboxEntry.id == Delivery.notice_id)
        .where(
            InboxEntry.person_id == person_id,
            Delivery.state == ACCEPTED,
            Delivery.changed_at > clock.now() - BURST,
        )
    )
    return session.scalar(recent.limit(1)) is not None


def _try_again(session: Session, owner: str, handed: Handed, error: WechatError) -> str:
    """Certainly not sent and not the message's fault: later, with growing pauses, and not for ever."""
    message = handed.message
    _take_back(session, handed)
    if handed.attempts >= MAX_ATTEMPTS:
        return close(session, owner, message, outbox.DEAD, GIVEN_UP, "not_reached", error)
    later = clock.now() + retry_delay(handed.attempts, _draw())
    return put_off(session, owner, message, later, "not_reached", error, counted="retried")


def _take_back(session: Session, handed: Handed) -> None:
    ledger.give_back(session, handed.message.account, handed.generation)
    if handed.counted_on is not None:
        ledger.uncount_message(session, handed.message.person_id, handed.counted_on)


def _draw() -> float:
    return secrets.randbelow(1000) / 1000
