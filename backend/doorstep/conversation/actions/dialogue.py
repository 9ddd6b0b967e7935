"""One thing at a time: what to answer to one intent of somebody who belongs to a household."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from sqlalchemy.orm import Session

from backend import faults, fuel, installation
from backend.core import clock
from backend.core.errors import NotFound, Problem
from backend.doorstep.conversation import notices, rules
from backend.doorstep.conversation.actions.settling import (
    BOOKING,
    FAULT,
    FUEL_ORDER,
    Draft,
    make_card,
    put_away,
    settle,
    tell_if_cold,
)
from backend.doorstep.conversation.notices import Reply, day_text
from backend.doorstep.conversation.queries import Question, last_answer_in
from backend.doorstep.conversation.rules import Intent
from backend.identity import Actor
from backend.programme import ProgrammeView
from backend.registry import HouseholdView, household_or_refuse, tell_cadres

DAYS: Final = {1: ("三天内", 3), 2: ("一周内", 7), 3: ("半个月内", 15)}
_DANGER_HOLDS: Final = timedelta(hours=24)
_DANGER_TOLD_ONCE_IN: Final = 600  # seconds
_SLOTS_SHOWN: Final = 6
_NO_SLOT: Final = "0" * 26
_HALF_DAYS: Final = {"morning": "上午", "afternoon": "下午"}


@dataclass(frozen=True, slots=True)
class Talk:
    """Who speaks, for which household, in answer to what. ``said_id``: the line that holds the words."""

    actor: Actor
    home: HouseholdView
    plan: ProgrammeView
    said_id: str
    question: Question

    @property
    def several(self) -> bool:
        return len(self.actor.ties) > 1


def answer(session: Session, talk: Talk, intent: Intent) -> Reply:
    """What the service says to ``intent``; whatever changes something ends in a card."""
    return _STEPS[intent.kind](session, talk, intent)


def refusal_of(session: Session, attempt: Callable[[], object]) -> Problem | None:
    """How an action would refuse; whatever it did is undone."""
    trial = session.begin_nested()
    try:
        attempt()
    except Problem as problem:
        return problem
    finally:
        trial.rollback()
    return None


def _menu(session: Session, talk: Talk, intent: Intent) -> Reply:
    before = "不客气。" if intent.kind == rules.THANKS else ""
    return notices.menu(talk.home, talk.several, before)


def _fault(session: Session, talk: Talk, intent: Intent) -> Reply:
    assert intent.category is not None
    return fault_card(session, talk, intent.category, in_words=True)


def fault_card(session: Session, talk: Talk, category: str, *, in_words: bool) -> Reply:
    """The card that reports; before a danger stands what to do first, and the village hears of it at once."""
    danger = category in faults.DANGERS
    draft = Draft(
        FAULT,
        f"报修：{faults.CATEGORY_LABELS[category]}",
        f"{talk.home.address}，确认后马上通知负责维修的人和村干部。",
        {"category": category, "entry_id": talk.said_id if in_words else None},
        **({"holds_for": _DANGER_HOLDS} if danger else {}),
    )
    card = make_card(session, talk.actor, talk.home, draft)
    if not danger:
        return notices.fault_card(card)
    hotline = talk.plan.hotline.number
    notice = notices.danger_notice(talk.home, category, hotline)
    # Who writes it again within minutes, and is heard beyond every limit, fills nobody's inbox.
    window = int(clock.now().timestamp()) // _DANGER_TOLD_ONCE_IN
    key = f"conversation.danger:{talk.home.id}:{talk.actor.person_id}:{category}:{window}"
    tell_cadres(session, talk.home.area_code, notice, key, until_sent=True)
    return notices.danger_card(card, faults.safety_advice(category), hotline)


def _ask_category(session: Session, talk: Talk, intent: Intent) -> Reply:
    return notices.ask_category()


def _told(session: Session, talk: Talk, intent: Intent) -> Reply:
    return fault_card(session, talk, "other", in_words=True)


def _fuel(session: Session, talk: Talk, intent: Intent) -> Reply:
    """How many bags? Where ordering is not open, why, as the order itself would say it (4.1.1.5)."""
    refusal = refusal_of(
        session,
        lambda: fuel.order_fuel(
            session,
            talk.actor,
            household_id=talk.home.id,
            kilograms=talk.plan.bag_kg,
            wanted_from=clock.today(),
            wanted_until=clock.today(),
        ),
    )
    if refusal is not None:
        tell_if_cold(session, talk.actor, FUEL_ORDER, talk.home.id, refusal)
        return notices.refused(refusal)
    if intent.number is not None:
        return _amount(session, talk, intent)
    return notices.ask_bags(_left_kg(session, talk), talk.plan.bag_kg)


def _left_kg(session: Session, talk: Talk) -> int:
    view = fuel.entitlement_of(session, talk.home.id)
    return view.left_kg or view.owed_earlier_kg


def _amount(session: Session, talk: Talk, intent: Intent) -> Reply:
    assert intent.number is not None
    bag = talk.plan.bag_kg
    kilograms = intent.number * (bag if intent.unit == rules.BAG else 1)
    left = _left_kg(session, talk)
    if kilograms % bag:
        return notices.ask_bags(left, bag, f"{kilograms} 公斤不是整袋。")
    if kilograms > left:
        return notices.ask_bags(left, bag, f"{kilograms} 公斤超过了还能领的数量。")
    return notices.ask_days(kilograms, DAYS)


def _chosen(session: Session, talk: Talk, intent: Intent) -> Reply:
    number, memo = intent.number or 0, talk.question.memo
    if talk.question.asks == rules.CATEGORY and 1 <= number <= len(notices.CATEGORIES):
        category = notices.CATEGORIES[number - 1]
        return (
            notices.ask_words()
            if category == "other"
            else fault_card(session, talk, category, in_words=False)
        )
    if talk.question.asks == rules.DAYS and number in DAYS:
        return _fuel_card(session, talk, memo["kilograms"], DAYS[number][1])
    if talk.question.asks == rules.SLOT and 1 <= number <= len(memo["slots"]):
        return _booking_card(session, talk, *memo["slots"][number - 1])
    if talk.question.asks == rules.HOUSE and 1 <= number <= len(memo["homes"]):
        return _other_house(session, talk, memo["homes"][number - 1])
    return _unclear(session, talk, intent)


def _fuel_card(session: Session, talk: Talk, kilograms: int, days: int) -> Reply:
    first, last = clock.today(), clock.today() + timedelta(days=days)
    facts = {"kilograms": kilograms, "wanted_from": first.isoformat(), "wanted_until": last.isoformat()}
    title = f"申领燃料 {kilograms} 公斤（{kilograms // talk.plan.bag_kg} 袋）"
    draft = Draft(FUEL_ORDER, title, f"{day_text(last)}前送到{talk.home.address}。", facts)
    return notices.fault_card(make_card(session, talk.actor, talk.home, draft))


def _book(session: Session, talk: Talk, intent: Intent) -> Reply:
    """The contractor's free places in the village; where booking is not open, why, as booking itself would say it."""
    standing = installation.standing_of(session, talk.home.id)
    if standing.booked_for is not None:
        half = _HALF_DAYS.get(standing.booked_half_day or "", "")
        text = f"已约好{day_text(standing.booked_for)}{half}上门。要改时间或取消，请在前一天以前打开小程序“安装”页面。"
        return Reply(text)
    refusal = refusal_of(
        session,
        lambda: installation.book(session, talk.actor, household_id=talk.home.id, slot_id=_NO_SLOT),
    )
    if refusal is not None and not isinstance(refusal, NotFound):  # no such slot: nothing else is against it
        tell_if_cold(session, talk.actor, BOOKING, talk.home.id, refusal)
        return notices.refused(refusal)
    found = installation.slots_in(
        session,
        talk.home.area_code,
        first_day=clock.today(),
        contractor_id=standing.contractor_id,
        only_free=True,
        after="",
        limit=100,
    ).items
    soonest = sorted(found, key=lambda slot: (slot.day, slot.half_day != "morning"))[:_SLOTS_SHOWN]
    slots = [
        (slot.id, f"{day_text(slot.day)}{_HALF_DAYS[slot.half_day]}（余{slot.free}）") for slot in soonest
    ]
    return notices.ask_slot(slots) if slots else notices.no_slots()


def _booking_card(session: Session, talk: Talk, slot_id: str, label: str) -> Reply:
    when = label.partition("（")[0]
    draft = Draft(BOOKING, "预约上门安装", f"{when}上门，{talk.home.address}。", {"slot_id": slot_id})
    return notices.fault_card(make_card(session, talk.actor, talk.home, draft))


def _progress(session: Session, talk: Talk, intent: Intent) -> Reply:
    """Where the house stands: rung and next step, what is open, fuel left."""
    standing = installation.standing_of(session, talk.home.id)
    lines = [f"{talk.home.address}：{installation.RUNG_LABELS[standing.rung]}。"]
    if standing.booked_for is not None:
        half = _HALF_DAYS.get(standing.booked_half_day or "", "")
        lines.append(f"上门安装约在{day_text(standing.booked_for)}{half}。")
    if standing.next is not None:
        by = f"（{day_text(standing.next_until)}前）" if standing.next_until else ""
        if standing.next_until and standing.next_until < clock.today():
            by = f"（原定{day_text(standing.next_until)}前，已经晚了）"
        lines.append(f"下一步：{standing.next.text}{by}。")
    lines += [
        f"报修“{fault.category_label}”：{fault.state_label}。{fault.next}"
        for fault in faults.open_faults_of(session, talk.home.id)
    ]
    lines += [
        f"燃料 {order.reserved_kg} 公斤待送，希望{day_text(order.wanted_until)}前送到。"
        for order in fuel.open_orders_of(session, talk.home.id)
    ]
    left = _fuel_left(session, talk)
    if left is not None:
        lines.append(left)
    return Reply("\n".join(lines))


def _fuel_left(session: Session, talk: Talk) -> str | None:
    if not talk.plan.path(talk.home.path).subsidised_fuel:
        return None
    try:
        view = fuel.entitlement_of(session, talk.home.id)
    except Problem:  # no limit is in force yet
        return None
    if not view.limit_kg:
        return None
    return f"{view.year}补贴燃料：还可以领 {view.left_kg} 公斤（共 {view.limit_kg} 公斤）。"


def _switch(session: Session, talk: Talk, intent: Intent) -> Reply:
    if not talk.several:
        return notices.menu(talk.home, several=False)
    return notices.ask_house([household_or_refuse(session, tie.household_id) for tie in talk.actor.ties])


def _other_house(session: Session, talk: Talk, household_id: str) -> Reply:
    if not talk.actor.tied_to(household_id):
        return notices.menu(talk.home, talk.several)
    home = household_or_refuse(session, household_id)
    return replace(notices.menu(home, several=True, before="已换户。"), household_id=home.id)


def _yes(session: Session, talk: Talk, intent: Intent) -> Reply:
    card = talk.question.card
    assert card is not None
    reply, _done = settle(session, talk.actor, card.id)
    if intent.category is None or intent.category == card.category:
        return reply
    more = fault_card(session, talk, intent.category, in_words=True)
    return replace(more, text=f"{reply.text}\n{more.text}")


def _no(session: Session, talk: Talk, intent: Intent) -> Reply:
    card = talk.question.card
    assert card is not None
    put_away(session, talk.actor, card.id)
    if card.category in faults.DANGERS:
        return notices.danger_dismissed(faults.safety_advice(card.category), talk.plan.hotline.number)
    return notices.menu(talk.home, talk.several, "已取消，没有办理。")


def _back(session: Session, talk: Talk, intent: Intent) -> Reply:
    if talk.question.asks == rules.DAYS:
        return notices.ask_bags(_left_kg(session, talk), talk.plan.bag_kg)
    if talk.question.asks == rules.WORDS:
        return notices.ask_category()
    return notices.menu(talk.home, talk.several)


def _person(session: Session, talk: Talk, intent: Intent) -> Reply:
    _pass_on(session, talk)
    return notices.passed_on(talk.plan.hotline.number)


def _unclear(session: Session, talk: Talk, intent: Intent) -> Reply:
    if talk.question.asks is not None and "again" not in talk.question.memo:
        return notices.again(talk.question)
    _pass_on(session, talk)
    return notices.not_understood(talk.plan.hotline.number)


def _pass_on(session: Session, talk: Talk) -> None:
    """Tell the village's cadres, once a day and until one of them has answered."""
    since = last_answer_in(session, talk.home.id) or "first"
    key = f"conversation.needs_person:{talk.home.id}:{since}:{clock.today()}"
    tell_cadres(session, talk.home.area_code, notices.needs_person_notice(talk.home), key)


_STEPS: Final[dict[str, Callable[[Session, Talk, Intent], Reply]]] = {
    rules.FAULT: _fault,
    rules.REPORT: _ask_category,
    rules.TOLD: _told,
    rules.FUEL: _fuel,
    rules.AMOUNT: _amount,
    rules.CHOICE: _chosen,
    rules.BOOK: _book,
    rules.PROGRESS: _progress,
    rules.SWITCH: _switch,
    rules.YES: _yes,
    rules.NO: _no,
    rules.BACK: _back,
    rules.MENU: _menu,
    rules.THANKS: _menu,
    rules.PERSON: _person,
    rules.UNCLEAR: _unclear,
}
