"""What became of a send: one answer of the platform, written down."""

from __future__ import annotations

import logging
import secrets
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.core import clock, outbox
from backend.identity.roles import ADMINISTRATOR
from backend.messaging import ledger
from backend.messaging.actions import SUBSCRIBE_AGAIN, notify_role, pause_template
from backend.messaging.actions.stopping import tell_if_it_failed, tell_of_stopped
from backend.messaging.handover import (
    PAUSED,
    PAUSED_LOOK,
    Handed,
    Message,
    close,
    mark,
    may_stay_unanswered,
    put_off,
    take_back,
)
from backend.messaging.models import (
    ACCEPTED,
    GIVEN_UP,
    REFUSED,
    UNKNOWN,
    WAITING,
    Delivery,
    InboxEntry,
)
from backend.messaging.notices import account_refused, field_refused
from backend.messaging.rules import MAX_ATTEMPTS, next_morning, retry_delay
from backend.wechat import (
    CONCURRENT_SEND,
    FIELD_REFUSED,
    NO_GRANT,
    QUOTA_SPENT,
    TEMPLATE_TROUBLE,
    AnswerLost,
    NoToken,
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

TRIES_IN_SILENCE: Final = 3  # of danger, within two or three minutes; then somebody goes there
# The account's trouble, not the message's: token, secret, appid, list of addresses, permission of the interface.
ACCOUNT_TROUBLE: Final = frozenset({40001, 40013, 40014, 40125, 40164, 41001, 41002, 41004, 42001, 48001})

Outcome = SendOutcome | Exception


def record(session: Session, owner: str, handed: Handed, outcome: Outcome) -> str:
    """Write down what became of a send; how it is counted."""
    message = handed.message
    if isinstance(outcome, SendOutcome):
        proof = {"msgid": outcome.msgid}
        if outbox.settle(session, message.row.id, owner, handed.attempt, outbox.SENT, outcome=proof):
            mark(session, message, ACCEPTED, None, msgid=outcome.msgid)
            if message.safety and outcome.msgid is not None:
                tell_if_it_failed(session, outcome.msgid)
        else:
            log.warning("a send outlived its lease and is repeated", extra={"outbox": message.row.id})
        return "accepted"
    if isinstance(outcome, (NotReached, WechatBusy)):
        if isinstance(outcome, NoToken) and outcome.errcode is not None:
            _tell_of_account(session, outcome)
        return _try_again(session, owner, handed, outcome)
    if isinstance(outcome, WechatRefused):
        return _refused(session, owner, handed, outcome)
    if isinstance(outcome, UnfitValue):
        log.error("message does not fit its template: %s", outcome, extra={"outbox": message.row.id})
        _take_back(session, handed)
        _tell_of_field(session, message, str(outcome))
        return close(
            session,
            owner,
            message,
            outbox.REFUSED,
            REFUSED,
            "unfit_value",
            errmsg=str(outcome),
            attempt=handed.attempt,
        )
    if isinstance(outcome, WechatError) and not isinstance(outcome, AnswerLost):
        return _closed_as_refused(session, owner, handed, "platform_refused", outcome)
    if not isinstance(outcome, AnswerLost):
        log.error("a send broke", exc_info=outcome, extra={"outbox": message.row.id})
    return _lost(session, owner, handed, outcome)


def _lost(session: Session, owner: str, handed: Handed, outcome: Exception) -> str:
    """Perhaps sent: the consent stays taken, and the row is marked. Some topics are sent once more."""
    message, attempt = handed.message, handed.attempt
    if message.row.topic != SUBSCRIBE_AGAIN or message.row.unknowns + 1 >= may_stay_unanswered(message.row):
        return close(
            session,
            owner,
            message,
            outbox.UNKNOWN,
            UNKNOWN,
            "answer_lost",
            errmsg=str(outcome),
            attempt=attempt,
        )
    due = clock.now() + retry_delay(handed.tries, _draw())
    if outbox.settle(
        session, message.row.id, owner, attempt, outbox.WAITING, error=str(outcome), retry_at=due, doubt=True
    ):
        mark(session, message, WAITING, "answer_lost", errmsg=str(outcome))
        _tell_after_some_tries(session, handed)
    return "unknown"


def _tell_after_some_tries(session: Session, handed: Handed) -> None:
    """Danger that is still tried, and has not gone out after a while: others are told all the same, as often as need be."""
    if handed.message.safety and handed.tries >= TRIES_IN_SILENCE:
        tell_of_stopped(session, [handed.message.delivery_id])


def _closed_as_refused(
    session: Session, owner: str, handed: Handed, reason: str, refusal: WechatError
) -> str:
    _take_back(session, handed)
    return close(
        session,
        owner,
        handed.message,
        outbox.REFUSED,
        REFUSED,
        reason,
        refusal,
        attempt=handed.attempt,
    )


def _tell_of_account(session: Session, error: WechatError) -> None:
    """The administrators, once a day and code: the platform does not take this account as it is set up."""
    notice = account_refused(str(error))
    notify_role(session, (ADMINISTRATOR,), notice, f"account:{error.errcode}:{clock.today()}")


def _tell_of_field(session: Session, message: Message, word: str) -> None:
    """The administrators, once a day and template: the words of a topic do not fit it, and nobody would be told."""
    template_id = message.account.template_id
    notice = field_refused(template_id, word)
    notify_role(session, (ADMINISTRATOR,), notice, f"field-refused:{template_id}:{clock.today()}")


def _refused(session: Session, owner: str, handed: Handed, refusal: WechatRefused) -> str:
    """The platform's "no": certainly not sent. What it means depends on whose fault it is."""
    message, code = handed.message, refusal.errcode
    if code == NO_GRANT:
        return _no_grant(session, owner, handed, refusal)
    if code == CONCURRENT_SEND:
        return _try_again(session, owner, handed, refusal)
    if code in ACCOUNT_TROUBLE:
        _tell_of_account(session, refusal)
        return _try_again(session, owner, handed, refusal)
    if (
        code == QUOTA_SPENT and handed.counted_on is None
    ):  # it cannot wait: the next hour, another worker may do it
        return _try_again(session, owner, handed, refusal)
    if code == QUOTA_SPENT:
        return _put_off(session, owner, handed, _tomorrow(), "quota_spent", refusal)
    if code in TEMPLATE_TROUBLE:
        assert code is not None
        pause_template(session, message.account.template_id, code, refusal.errmsg)
        return _put_off(session, owner, handed, clock.now() + PAUSED_LOOK, PAUSED, refusal)
    if code == FIELD_REFUSED:
        log.error("message refused for a field: %s", refusal, extra={"outbox": message.row.id})
        _tell_of_field(session, message, refusal.errmsg)
        return _closed_as_refused(session, owner, handed, "field_refused", refusal)
    return _closed_as_refused(session, owner, handed, "platform_refused", refusal)


def _put_off(
    session: Session,
    owner: str,
    handed: Handed,
    until: datetime,
    reason: str,
    refusal: WechatError,
    counted: str = "put_off",
) -> str:
    _take_back(session, handed)
    return put_off(
        session, owner, handed.message, until, reason, refusal, counted=counted, attempt=handed.attempt
    )


def quota_spent_until(outcome: Outcome) -> datetime | None:
    """When to go on, where the platform said that the day's quota is used up."""
    spent = isinstance(outcome, WechatRefused) and outcome.errcode == QUOTA_SPENT
    return _tomorrow() if spent else None


def _tomorrow() -> datetime:
    return next_morning(clock.local_time(clock.now()))


def _no_grant(session: Session, owner: str, handed: Handed, refusal: WechatRefused) -> str:
    """The platform knows of no consent, whatever our ledger says: it is empty from now on. In a burst, one more try."""
    message = handed.message
    doubted = session.scalar(select(Delivery.errcode).where(Delivery.id == message.delivery_id)) == NO_GRANT
    if not doubted and _in_a_burst(session, message.person_id):
        later = clock.now() + SECOND_TRY
        return _put_off(session, owner, handed, later, "consent_doubted", refusal, counted="retried")
    counted = _closed_as_refused(session, owner, handed, "needs_consent", refusal)
    ledger.empty(session, message.account)  # last: what this message had cost was given back to it
    return counted


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
    """Certainly not sent and not the message's fault: later, with growing pauses, and not for ever.

    Danger is tried on, and after some tries others are told all the same.
    """
    message = handed.message
    if handed.tries >= MAX_ATTEMPTS:
        _take_back(session, handed)
        return close(
            session, owner, message, outbox.DEAD, GIVEN_UP, "not_reached", error, attempt=handed.attempt
        )
    later = clock.now() + retry_delay(handed.tries, _draw())
    _tell_after_some_tries(session, handed)
    return _put_off(session, owner, handed, later, "not_reached", error, counted="retried")


def _take_back(session: Session, handed: Handed) -> None:
    take_back(session, handed.message, handed.generation, handed.counted_on)


def _draw() -> float:
    return secrets.randbelow(1000) / 1000
