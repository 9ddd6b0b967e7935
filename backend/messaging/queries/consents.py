"""Which consents a person has in store, which templates rest, and what to ask for next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.core import clock
from backend.messaging.models import PausedTemplate, SubscriptionGrant
from backend.messaging.rules import MOST_ASKED, worth_asking
from backend.messaging.topics import channel, is_long_term, topic


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

    At most three, those with no consent left first, and all long-term or none, as the platform mixes no two kinds in one
    dialogue; none that rests, that the person lately refused, or of which there is enough in store. Raises UndefinedTopic.
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
        and (
            each not in held
            or worth_asking(held[each].balance, held[each].rejected_at, current, is_long_term(each))
        )
    ]
    asked.sort(key=lambda each: held[each].balance if each in held else 0)
    of_one_kind = [each for each in asked if is_long_term(each) == is_long_term(asked[0])]
    return tuple(of_one_kind[:MOST_ASKED])


def paused_templates(session: Session) -> tuple[PausedView, ...]:
    rows = session.scalars(
        select(PausedTemplate)
        .where(PausedTemplate.resumed_at.is_(None))
        .order_by(PausedTemplate.template_id)
        .execution_options(populate_existing=True)
    )
    return tuple(PausedView(row.template_id, row.paused_at, row.errcode, row.errmsg) for row in rows)
