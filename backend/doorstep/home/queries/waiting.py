"""What comes next at a house, and everything that waits there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta

from backend.core import clock
from backend.core.law import day_in_words
from backend.doorstep.home import rules
from backend.doorstep.home.queries.house import House
from backend.doorstep.home.rules import Waiting
from backend.installation import HALF_DAY_LABELS, BookingView, step


def next_of(house: House) -> Waiting:
    """What comes next, in one plain sentence."""
    at = house.standing
    if at.next is None:
        code, text = (
            ("done", "安装和验收都办好了，有问题随时报修。")
            if house.home.participates
            else ("takes_no_part", "这一户登记为不参与改造，没有要办的事。")
        )
        page = rules.page_of(code, house.home.id)
        return Waiting(code, text, rules.NOBODY, rules.called(rules.NOBODY, False), None, page, None)
    text = at.next.text
    if at.booking is not None and at.next.code == "visit":
        text = _visit_text(at.booking)
    named = at.waits_for_stage.owner_label if at.waits_for_stage and at.next.code == "network_stage" else None
    clause = house.path.clause if at.next.code == "network_stage" else at.next.clause
    return _waiting(
        house, at.next.code, f"{text}。", rules.turn_of(at.next.who), at.next_until, clause, named
    )


def _visit_text(booking: BookingView) -> str:
    when = rules.day_words(booking.day, clock.today())
    return f"{when}{HALF_DAY_LABELS[booking.half_day]}有人上门安装，请留人在家"


def _waiting(
    house: House,
    code: str,
    text: str,
    who: str,
    until: date | None = None,
    clause: str | None = None,
    named: str | None = None,
    *,
    fault_id: str | None = None,
    urgency: str = "",
) -> Waiting:
    own = house.tie is not None
    return Waiting(
        code=code,
        text=text,
        who=who,
        who_label=rules.called(who, own, named or (house.contractor if who == rules.BUILDER else None)),
        until=until,
        page=rules.page_of(code, house.home.id, fault_id),
        clause=clause,
        mine=rules.falls_to(who, house.footings),
        urgency=urgency,
    )


def to_do_of(house: House) -> tuple[Waiting, ...]:
    """Everything that waits now. Each source tells of its own."""
    sources: tuple[Callable[[House], Iterator[Waiting]], ...] = (
        _registration,
        _works,
        _alarm,
        _repairs,
        _deliveries,
        _fuel_to_order,
    )
    return rules.most_urgent_first([each for source in sources for each in source(house)])


def _registration(house: House) -> Iterator[Waiting]:
    """The household's own word; and for the cadre who looks, the village's."""
    home = house.home
    if not home.participates:
        return
    if home.confirmed_by_household_at is None:
        asked = step("confirm")
        sent_back = f"登记被退回：{home.sent_back_reason}。更正后" if home.sent_back_reason else ""
        text, until = f"{sent_back}{asked.text}。", _until(house, asked.code)
        yield _waiting(house, asked.code, text, rules.HOUSEHOLD, until, asked.clause)
    if home.confirmed_by_village_at is None and rules.falls_to(rules.VILLAGE, house.footings):
        asked = step("confirm_village")
        text, until = "请上门扫户码牌确认登记。", _until(house, asked.code)
        yield _waiting(house, asked.code, text, rules.VILLAGE, until, asked.clause)


def _until(house: House, code: str) -> date | None:
    """The day of a step, where it is the one that comes next."""
    following = house.standing.next
    return house.standing.next_until if following is not None and following.code == code else None


def _works(house: House) -> Iterator[Waiting]:
    """The contract's second word, the booking, the visit, the word that it is warm."""
    at = house.standing
    following = at.next.code if at.next else ""
    if following == "owner_confirmation":
        asked, since = step(following), at.contract_confirmable_from
        early = since is not None and clock.today() < since
        text = f"{asked.text}，{day_in_words(since)}起可以确认。" if early and since else f"{asked.text}。"
        yield _waiting(house, asked.code, text, rules.HOUSEHOLD, at.next_until, asked.clause)
    if following in ("book", "confirm_heat"):
        asked = step(following)
        yield _waiting(house, asked.code, f"{asked.text}。", rules.HOUSEHOLD, at.next_until, asked.clause)
    if at.booking is not None:
        soon = at.booking.day <= clock.today() + timedelta(days=1)
        yield _waiting(
            house,
            "visit",
            f"{_visit_text(at.booking)}。",
            rules.BUILDER,
            at.booking.day,
            step("visit").clause,
            urgency="visit_now" if soon else "visit",
        )


def _alarm(house: House) -> Iterator[Waiting]:
    """No room with a stove of its own without an alarm that was heard (4.1.1.5)."""
    at, asked = house.standing, step("co_alarm")
    untested = at.co_alarm_needed and at.installed_at is not None and at.co_alarm_tested_at is None
    rooms = at.rooms_without_alarm if at.co_alarm_needed else ()
    if not untested and not rooms:
        return
    text = f"{'、'.join(rooms)}还没有试响过的一氧化碳报警器" if rooms else "一氧化碳报警器还没有装好试响"
    running = at.energised_at is not None
    yield _waiting(
        house,
        asked.code,
        f"{text}，睡人的屋先开窗通风，{asked.text}。" if running else f"{text}，{asked.text}。",
        rules.turn_of(asked.who),
        None,
        asked.clause,
        urgency="co_alarm_running" if running else "co_alarm",
    )


def _repairs(house: House) -> Iterator[Waiting]:
    for fault in house.faults:
        if fault.awaits_household:
            text = f"“{fault.category_label}”报修已修完，请确认修好没有。"
            yield _waiting(house, "repair", text, rules.HOUSEHOLD, clause="4.2.2", fault_id=fault.id)


def _deliveries(house: House) -> Iterator[Waiting]:
    for each in house.deliveries:
        day = day_in_words(clock.local_day(each.made_at))
        if each.state == "disputed":
            text = f"{day}送的燃料住户说数量不对，等乡镇（街道）核实。"
            yield _waiting(house, "delivery_disputed", text, rules.OFFICE, clause="4.1.1.5")
        else:
            text = f"{day}送来燃料{each.kilograms}公斤，请核对后确认。"
            yield _waiting(house, "delivery", text, rules.HOUSEHOLD, clause="4.1.1.5")


def _fuel_to_order(house: House) -> Iterator[Waiting]:
    """Nothing drawn of this year yet, or something still owed from earlier ones."""
    fuel = house.entitlement
    if fuel is None or not fuel.open or fuel.reserved_kg:
        return
    if fuel.owed_earlier_kg:
        text = f"往年还有{fuel.owed_earlier_kg}公斤燃料没有送到，可以再申领。"
    elif fuel.delivered_kg or fuel.left_kg < fuel.bag_kg:
        return
    else:
        text = f"{fuel.year}还可以申领补贴燃料{fuel.left_kg}公斤。"
    yield _waiting(
        house, "fuel_order", text, rules.HOUSEHOLD, fuel.next_begins - timedelta(days=1), fuel.limit_clause
    )
