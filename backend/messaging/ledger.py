"""Two counters that cannot lie: consents left of an account for a template, and messages of a person's day.

Each step is one conditional statement in the caller's transaction; the check constraints stand behind them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, case, or_, update
from sqlalchemy.orm import Session

from backend.core import clock
from backend.core.db import affected, insert_ignoring
from backend.messaging.models import MessageCount, SubscriptionGrant
from backend.messaging.topics import is_long_term

CLIENT: Final = "told_by_client"
PLATFORM: Final = "told_by_platform"
_A_SECOND: Final = timedelta(seconds=1)
_TOLD: Final = (CLIENT, PLATFORM)


@dataclass(frozen=True, slots=True)
class Account:
    """Whose consents: an account of the mini-program, and a template's id."""

    appid: str
    openid: str
    template_id: str


def _row(account: Account) -> tuple[ColumnElement[bool], ...]:
    return (
        SubscriptionGrant.appid == account.appid,
        SubscriptionGrant.openid == account.openid,
        SubscriptionGrant.template_id == account.template_id,
    )


def add_grant(
    session: Session,
    account: Account,
    person_id: str,
    *,
    told_by: str = CLIENT,
    said_at: datetime | None = None,
) -> None:
    """One accept, as the client or the platform tells of it: one more message, whether one of them tells or both do.

    Neither tells of all: a client may lose its answer, and the platform is silent where "always keep" hides its dialogue.
    So the larger of the two numbers counts. A template that is long-term is allowed or not, and not counted.
    ``said_at``: of an accept heard of later; one older than the last emptying of the ledger was part of what it ended.
    """
    moment = said_at or clock.now()
    first = {**dict.fromkeys(_TOLD, 0), told_by: 1}
    if _first(session, account, person_id, balance=1, accepted_at=moment, rejected_at=None, **first):
        return
    own, other = (getattr(SubscriptionGrant, name) for name in (told_by, *(set(_TOLD) - {told_by})))
    counted = case((own >= other, SubscriptionGrant.balance + 1), else_=SubscriptionGrant.balance)
    standing = or_(SubscriptionGrant.emptied_at.is_(None), SubscriptionGrant.emptied_at <= moment)
    affected(
        session,
        update(SubscriptionGrant)
        .where(*_row(account), *([standing] if said_at else []))
        .values(
            {
                SubscriptionGrant.balance: 1 if is_long_term(account.template_id) else counted,
                own: own + 1,
                SubscriptionGrant.person_id: person_id,
                SubscriptionGrant.accepted_at: moment,
                SubscriptionGrant.rejected_at: None,
            }
        ),
    )


def reject(session: Session, account: Account, person_id: str, said_at: datetime | None = None) -> None:
    """The person said no: nothing may be sent, and that they said so is known even if they never said yes.

    ``said_at``: of a "no" heard of later, in whole seconds as the platform tells them; a "yes" after it stands.
    """
    moment = said_at or clock.now()
    none = {**dict.fromkeys(_TOLD, 0), "emptied_at": moment}
    if not _first(session, account, person_id, balance=0, accepted_at=None, rejected_at=moment, **none):
        older = or_(
            SubscriptionGrant.accepted_at.is_(None), SubscriptionGrant.accepted_at < moment + _A_SECOND
        )
        _emptied(session, account, moment, [older] if said_at else [], rejected_at=moment)


def _first(session: Session, account: Account, person_id: str, **values: object) -> bool:
    row = {
        "appid": account.appid,
        "openid": account.openid,
        "template_id": account.template_id,
        "person_id": person_id,
        "generation": 0,
        **values,
    }
    return insert_ignoring(session, SubscriptionGrant, row, ["appid", "openid", "template_id"])


def empty(session: Session, account: Account) -> None:
    """The platform knows of no consent: nothing may be sent any more, until the next accept."""
    _emptied(session, account, clock.now(), [])


def _emptied(
    session: Session,
    account: Account,
    moment: datetime,
    only_if: Sequence[ColumnElement[bool]],
    **more: object,
) -> None:
    values: dict[str, object] = {
        "balance": 0,
        "generation": SubscriptionGrant.generation + 1,
        "emptied_at": moment,
        **dict.fromkeys(_TOLD, 0),
        **more,
    }
    affected(session, update(SubscriptionGrant).where(*_row(account), *only_if).values(**values))


def reserve(session: Session, account: Account) -> int | None:
    """Take one consent for a message about to be sent; the ledger's generation, None if there is none left.

    Of a long-term template nothing is taken: it is allowed until the person takes it back.
    """
    return session.scalar(
        update(SubscriptionGrant)
        .where(*_row(account), SubscriptionGrant.balance > 0)
        .values(balance=SubscriptionGrant.balance - _price(account))
        .returning(SubscriptionGrant.generation),
        execution_options={"synchronize_session": False},
    )


def give_back(session: Session, account: Account, generation: int) -> None:
    """Return a consent whose message was certainly not taken, unless the ledger was emptied since."""
    affected(
        session,
        update(SubscriptionGrant)
        .where(*_row(account), SubscriptionGrant.generation == generation)
        .values(balance=SubscriptionGrant.balance + _price(account)),
    )


def _price(account: Account) -> int:
    """Consents that one message costs."""
    return 0 if is_long_term(account.template_id) else 1


def count_message(session: Session, person_id: str, day: date, cap: int) -> bool:
    """Count one message of that day; False, and nothing counted, where the cap is reached."""
    first = {"person_id": person_id, "day": day, "used": 1}
    if insert_ignoring(session, MessageCount, first, ["person_id", "day"]):
        return True
    return (
        affected(
            session,
            update(MessageCount)
            .where(MessageCount.person_id == person_id, MessageCount.day == day, MessageCount.used < cap)
            .values(used=MessageCount.used + 1),
        )
        == 1
    )


def uncount_message(session: Session, person_id: str, day: date) -> None:
    """Take back one that was certainly not sent."""
    affected(
        session,
        update(MessageCount)
        .where(MessageCount.person_id == person_id, MessageCount.day == day, MessageCount.used > 0)
        .values(used=MessageCount.used - 1),
    )
