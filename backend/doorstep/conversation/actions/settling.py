"""Make a card; do what it says, once; or put it away."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import update
from sqlalchemy.orm import Session

from backend import faults, fuel, installation
from backend.core import audit, clock
from backend.core.db import affected, insert_ignoring, new_id
from backend.core.errors import NotPermitted, Problem
from backend.doorstep.conversation import notices
from backend.doorstep.conversation.actions.entries import Exchange, write_reply
from backend.doorstep.conversation.errors import CardClosed, DoneAlready
from backend.doorstep.conversation.models import (
    APP,
    CONFIRMED,
    DISMISSED,
    OPEN,
    ConversationCard,
    ConversationEntry,
)
from backend.doorstep.conversation.notices import Reply, day_text, steps_text
from backend.doorstep.conversation.queries import ASKED_FOR, CardView, card_view
from backend.faults.notices import AFTER_REPORT
from backend.fuel.notices import AFTER_ORDER
from backend.identity import Actor, place_of
from backend.identity.rules import standing
from backend.installation.actions import tell_of_cold_house as tell_of_cold_gate
from backend.installation.notices import AFTER_BOOKING
from backend.messaging import Topic
from backend.registry import HouseholdView

FAULT: Final = "fault"
FUEL_ORDER: Final = "fuel_order"
BOOKING: Final = "booking"
_TELLS: Final = {FUEL_ORDER: fuel.tell_of_cold_house, BOOKING: tell_of_cold_gate}
_TOLD_LATER: Final[Mapping[str, Sequence[Topic]]] = {
    FAULT: AFTER_REPORT,
    FUEL_ORDER: AFTER_ORDER,
    BOOKING: AFTER_BOOKING,
}
_ACTS: Final = {FAULT: "fault.report", FUEL_ORDER: "fuel.order", BOOKING: "booking.make"}


@dataclass(frozen=True, slots=True)
class Draft:
    """What a card is to say and do; ``facts`` as JSON, as the action takes them."""

    kind: str
    title: str
    body: str
    facts: Mapping[str, Any]
    holds_for: timedelta = ASKED_FOR


def make_card(session: Session, actor: Actor, home: HouseholdView, draft: Draft) -> CardView:
    """The one open card of this person for this household; an earlier one is put away."""
    made = clock.now()
    values = {
        "id": new_id(),
        "person_id": actor.person_id,
        "household_id": home.id,
        "kind": draft.kind,
        "payload": {"title": draft.title, "body": draft.body, "facts": dict(draft.facts)},
        "state": OPEN,
        "made_at": made,
        "expires_at": made + draft.holds_for,
        "settled_at": None,
        "result": None,
    }
    while True:  # another turn only where two messages of one person arrive at once
        affected(
            session,
            update(ConversationCard)
            .where(
                ConversationCard.person_id == actor.person_id,
                ConversationCard.household_id == home.id,
                ConversationCard.state == OPEN,
            )
            .values(state=DISMISSED, settled_at=made),
        )
        where = ConversationCard.state == OPEN
        if insert_ignoring(session, ConversationCard, values, ["person_id", "household_id"], where):
            return _card(session, str(values["id"]))


def _card(session: Session, card_id: str) -> CardView:
    return card_view(session.get_one(ConversationCard, card_id, populate_existing=True))


def settle(session: Session, actor: Actor, card_id: str) -> tuple[Reply, bool]:
    """Do what the card says, in this transaction; what to answer, and whether it was done by this very call.

    The action's refusal becomes the answer: nothing was done, and the card stays open. A card that was confirmed
    before answers as it did then. Raises CardClosed.
    """
    try:
        with session.begin_nested():
            if not _closed_as(session, card_id, CONFIRMED):
                return _as_before(session, actor, card_id), False
            row = session.get_one(ConversationCard, card_id, populate_existing=True)
            if not _is_permitted(session, actor, row):
                raise NotPermitted("您已不是这一户的人或代办人，不能替它办理。")
            made, text = _DONE[row.kind](session, actor, row)
            result = {"kind": row.kind, "id": made, "text": text}
            affected(
                session, update(ConversationCard).where(ConversationCard.id == card_id).values(result=result)
            )
            facts = {"card_id": card_id, "kind": row.kind, "made": made}
            about = ("household", row.household_id)
            audit.record(session, actor.person_id, "conversation.confirmed", about, facts)
            session.flush()
    except CardClosed:
        raise
    except Problem as refusal:
        card = _card(session, card_id)
        tell_if_cold(session, actor, card.kind, card.household_id, refusal)
        return notices.refused(refusal, card), False
    return Reply(text, card=_card(session, card_id)), True


def tell_if_cold(session: Session, actor: Actor, kind: str, household_id: str, refusal: Problem) -> None:
    """Have township and village told of a house that a refusal leaves in the cold (2), as what a ``kind`` of card does
    tells it."""
    if refusal.facts.get("cold_house") and (tell := _TELLS.get(kind)):
        tell(session, actor, household_id=household_id, why=refusal.detail)


def _closed_as(session: Session, card_id: str, state: str) -> bool:
    """The one call that takes a card out of ``open``."""
    waiting = update(ConversationCard).where(ConversationCard.id == card_id, ConversationCard.state == OPEN)
    if state == CONFIRMED:
        waiting = waiting.where(ConversationCard.expires_at > clock.now())
    return affected(session, waiting.values(state=state, settled_at=clock.now())) == 1


def _as_before(session: Session, actor: Actor, card_id: str) -> Reply:
    row = session.get_one(ConversationCard, card_id, populate_existing=True)
    if not _is_permitted(session, actor, row):
        raise CardClosed("您已不是这一户的人或代办人，办理结果不再显示。")
    if row.state != CONFIRMED or row.result is None:
        raise CardClosed("这张卡片已经取消或过期，没有办理。")
    return Reply(row.result["text"], card=card_view(row))


def _is_permitted(session: Session, actor: Actor, row: ConversationCard) -> bool:
    place = place_of(session, "household", row.household_id)
    return place is not None and standing(_ACTS[row.kind], actor, place) == "yes"


def put_away(session: Session, actor: Actor, card_id: str) -> CardView:
    """Close a card without doing anything; closing it again changes nothing. Raises DoneAlready."""
    closed = _closed_as(session, card_id, DISMISSED)
    card = _card(session, card_id)
    if card.state == CONFIRMED:
        raise DoneAlready(f"{card.title}已经办理。")
    if closed:
        about = ("household", card.household_id)
        audit.record(session, actor.person_id, "conversation.dismissed", about, {"card_id": card_id})
    return card


def confirm_card(session: Session, actor: Actor, *, card_id: str, key: str) -> Exchange:
    """The tap on 确认; a second one changes nothing and is told the same. Raises CardClosed."""
    reply, done = settle(session, actor, card_id)
    refused = reply.asks is not None
    return _tapped(session, actor, reply, key if done or refused else None)


def leads_to(card: CardView | None) -> Sequence[Topic]:
    """What messages later tell about, once a card is done; nothing for one that is not."""
    return _TOLD_LATER[card.kind] if card is not None and card.state == CONFIRMED else ()


def dismiss_card(session: Session, actor: Actor, *, card_id: str, key: str) -> Exchange:
    """The tap on 取消. Raises DoneAlready."""
    card = put_away(session, actor, card_id)
    return _tapped(session, actor, Reply("已取消，没有办理。", card=card), key)


def _tapped(session: Session, actor: Actor, reply: Reply, key: str | None) -> Exchange:
    assert reply.card is not None
    if key is None:
        return Exchange((), reply)
    home_id = reply.card.household_id
    line = write_reply(session, actor.person_id, home_id, channel=APP, reply=reply, key=f"tap:{key}")
    return Exchange((line,) if line else (), reply)


def _report(session: Session, actor: Actor, row: ConversationCard) -> tuple[str, str]:
    facts = row.payload["facts"]
    words = session.get(ConversationEntry, facts["entry_id"]) if facts["entry_id"] else None
    told = faults.report_fault(
        session,
        actor,
        household_id=row.household_id,
        category=facts["category"],
        description=words.text if words else None,
    )
    fault = told.fault
    due = clock.local_time(fault.on_site_due_at)
    lines = [f"已上报：{fault.category_label}（{fault.severity_label}）。{fault.next}"]
    if told.joined:
        lines = [f"这件事已在办理（{fault.state_label}），您说的情况已补充进去。{fault.next}"]
    if fault.arrived_at is None:
        lines.append(f"最迟 {day_text(due.date())} {due:%H:%M} 前有人上门。")
    if told.tonight:
        lines.append(f"今晚可以：\n{steps_text(told.tonight)}")
    lines.append(f"服务热线 {told.hotline}。")
    return fault.id, "\n".join(lines)


def _order(session: Session, actor: Actor, row: ConversationCard) -> tuple[str, str]:
    facts = row.payload["facts"]
    order = fuel.order_fuel(
        session,
        actor,
        household_id=row.household_id,
        kilograms=facts["kilograms"],
        wanted_from=date.fromisoformat(facts["wanted_from"]),
        wanted_until=date.fromisoformat(facts["wanted_until"]),
    )
    left = fuel.entitlement_of(session, row.household_id).left_kg
    until = day_text(order.wanted_until)
    return order.id, f"已申领 {order.kilograms} 公斤，希望 {until} 前送到；本年度还可以领 {left} 公斤。"


def _book(session: Session, actor: Actor, row: ConversationCard) -> tuple[str, str]:
    facts = row.payload["facts"]
    booking = installation.book(session, actor, household_id=row.household_id, slot_id=facts["slot_id"])
    return booking.id, f"已约好：{row.payload['body']}请留人在家，来人先扫他的工作码核对身份。"


_DONE: Final[Mapping[str, Callable[[Session, Actor, ConversationCard], tuple[str, str]]]] = {
    FAULT: _report,
    FUEL_ORDER: _order,
    BOOKING: _book,
}
