"""Order fuel, cancel an order, say that it did not arrive."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy.orm import Session

from backend.core import audit, clock
from backend.core.db import new_id
from backend.core.law import Decision, clause_label, day_in_words
from backend.fuel.actions.ledger import About, Account, accounts_to_draw_on, locked_account, move
from backend.fuel.errors import REFUSAL_OF, AboveLimit, NoSupplier, NotInBags, OrderClosed, WindowPast
from backend.fuel.models import FuelOrder
from backend.fuel.notices import (
    cancelled_notice,
    cold_house_notice,
    failed_notice,
    ordered_notice,
    undelivered_notice,
)
from backend.fuel.queries import OrderView, fuel_order, standing_of_house, supply_area_of
from backend.fuel.rules import OPEN, drawn_from, releasing, reserving
from backend.identity import Actor
from backend.identity.roles import CADRE, SUPPLIER, TOWNSHIP
from backend.installation import way_to_warmth
from backend.messaging import Notice, notify_role
from backend.programme import ProgrammeView, programme_for
from backend.registry import HouseholdView, household, household_or_refuse, tell_household

CAUSES: Final[Mapping[str, str]] = {
    "supplier": "供应商未送",
    "road": "道路不通",
    "nobody_home": "家中无人",
    "refused": "住户拒收",
    "bad_fuel": "燃料不合格",
}

_TOLD: Final = "我们已告诉乡镇（街道）。"


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for: whole kilograms, and the days within which it should come."""

    kilograms: int
    wanted_from: date
    wanted_until: date


def order_fuel(
    session: Session,
    actor: Actor,
    *,
    household_id: str,
    kilograms: int,
    wanted_from: date,
    wanted_until: date,
) -> OrderView:
    """Order subsidised fuel (4.1.1.5); the order belongs to the fuel year of today.

    Raises NotFound, FuelNotOpen in its kinds, NotInBags, WindowPast, NoSupplier, NoLimitYet, AboveLimit.
    """
    home, on = household_or_refuse(session, household_id), clock.today()
    plan = programme_for(session, home.area_code, on)
    standing = standing_of_house(session, home, plan, on)
    if standing.outcome != OPEN:
        _refuse(standing, plan, on)
    wish = Wish(kilograms, wanted_from, wanted_until)
    _check_wish(wish, plan, on)
    supply = supply_area_of(session, home.area_code)
    if supply is None:
        said = "这个村还没有指定燃料供应商，暂时不能申领。"
        raise NoSupplier(said, next=NoSupplier.next + _tonight(plan, on), facts=_cold(plan, on))
    accounts = accounts_to_draw_on(session, household_id, plan, on)
    chosen = drawn_from([(account.balance, account.year_over(on)) for account in accounts], kilograms)
    if chosen is None:
        raise _above(accounts, kilograms, on, plan)
    account = accounts[chosen]
    order = place(session, actor, home, account, wish, company_id=supply.company_id, grade=supply.grade)
    facts = {"kilograms": kilograms, "year": order.year, "rule": standing.rule, "version": standing.version}
    _record(session, actor, order, "fuel.ordered", {**facts, "standing": dict(standing.facts)})
    _tell(session, order, ordered_notice(order, actor.name), f"fuel.ordered:{order.id}")
    return order


def _refuse(standing: Decision, plan: ProgrammeView, on: date) -> None:
    """Raise the first reason."""
    first = standing.reasons[0]
    kind = REFUSAL_OF[first.code]
    told = {"reasons": [reason.code for reason in standing.reasons]}
    raise kind(
        "".join(reason.text for reason in standing.reasons),
        next=kind.next + (_tonight(plan, on) if kind.not_yet else ""),
        clause=first.clause,
        facts={**told, **_cold(plan, on)} if kind.not_yet else {**told, "cold_house": False},
    )


def _cold(plan: ProgrammeView, on: date) -> dict[str, bool]:
    """The mark by which whoever answers tells the township of a house that may be cold."""
    return {"cold_house": plan.in_heating_season(on)}


def _tonight(plan: ProgrammeView, on: date) -> str:
    """What can be done tonight in the cold season, whatever stands against the order (2)."""
    ways = way_to_warmth(plan.in_heating_season(on), plan.hotline.number)
    return f"{_TOLD}{ways}" if ways else ""


def _check_wish(wish: Wish, plan: ProgrammeView, on: date) -> None:
    if wish.kilograms <= 0 or wish.kilograms % plan.bag_kg:
        raise NotInBags(
            f"每袋 {plan.bag_kg} 公斤，{wish.kilograms} 公斤不是整袋。", facts={"bag_kg": plan.bag_kg}
        )
    if wish.wanted_from < on or wish.wanted_until < wish.wanted_from:
        raise WindowPast(f"今天是{day_in_words(on)}，希望送达的日期不能早于今天，也不能前后颠倒。")


def _above(accounts: tuple[Account, ...], kilograms: int, on: date, plan: ProgrammeView) -> AboveLimit:
    year = plan.fuel_year_of(on)
    left = next(account.balance.left_kg for account in accounts if not account.year_over(on))
    limit = next(account.balance.limit_kg for account in accounts if not account.year_over(on))
    owed = sum(account.balance.available_kg(True) for account in accounts if account.year_over(on))
    detail = f"{year.label}每户补贴燃料最多 {limit} 公斤（{clause_label('4.1.1.5')}），还剩 {left} 公斤，这次申领 {kilograms} 公斤。"
    if owed:
        detail += f"往年没有送到的还有 {owed} 公斤，可以另填一张单申领。"
    return AboveLimit(
        detail,
        next=f"请按剩余的 {left} 公斤以内申领；下一个燃料年度从{day_in_words(year.next_begins, year=True)}开始。"
        + _tonight(plan, on),
        facts={
            "limit_kg": limit,
            "left_kg": left,
            "owed_earlier_kg": owed,
            "asked_kg": kilograms,
            "next_begins": year.next_begins.isoformat(),
            **_cold(plan, on),
        },
    )


def place(
    session: Session,
    actor: Actor,
    home: HouseholdView,
    account: Account,
    wish: Wish,
    *,
    company_id: str,
    grade: str,
) -> OrderView:
    """Set the kilograms aside and write the order; what is available was asked before, under the same lock."""
    movement = reserving(account.balance, wish.kilograms, account.year_over(clock.today()))
    assert movement is not None
    order = FuelOrder(
        id=new_id(),
        household_id=home.id,
        entitlement_id=account.id,
        area_code=home.area_code,
        company_id=company_id,
        grade=grade,
        kilograms=wish.kilograms,
        reserved_kg=wish.kilograms,
        owed_kg=-movement.owed_kg,
        wanted_from=wish.wanted_from,
        wanted_until=wish.wanted_until,
        placed_by=actor.person_id,
        placed_at=clock.now(),
        on_behalf=not actor.tied_to(home.id),
    )
    session.add(order)
    session.flush()
    move(session, account, "reserve", movement, About(actor.person_id, order.id))
    return fuel_order(session, order.id)


def open_order(session: Session, fuel_order_id: str) -> tuple[FuelOrder, Account]:
    """An order that still has something to come, with its account, both under lock; raises OrderClosed."""
    entitlement_id = session.get_one(FuelOrder, fuel_order_id).entitlement_id
    account = locked_account(session, entitlement_id)
    order = session.get_one(FuelOrder, fuel_order_id, populate_existing=True, with_for_update=True)
    if order.state != "open":
        raise OrderClosed("这张申领单已送完、取消或退回。")
    return order, account


def release(
    session: Session,
    order: FuelOrder,
    account: Account,
    state: str,
    *,
    by: str | None,
    reason: str | None,
    lapses: bool,
    delivery_id: str | None = None,
) -> int:
    """Give back what is still to come and end the order as ``state``; the kilograms given back.

    ``lapses``: whether they go with the year (a household's own cancelling); what the supplier failed to bring does not.
    """
    rest = order.reserved_kg
    if rest:
        movement = releasing(rest, order.owed_kg if lapses else rest)
        move(session, account, "release", movement, About(by, order.id, delivery_id, reason))
    order.reserved_kg, order.state = 0, state
    order.closed_at, order.closed_by, order.closed_reason = clock.now(), by, reason
    session.flush()
    return rest


def cancel_order(session: Session, actor: Actor, *, fuel_order_id: str, reason: str) -> OrderView:
    """Cancel what has not been delivered; raises OrderClosed."""
    row, account = open_order(session, fuel_order_id)
    released = release(session, row, account, "cancelled", by=actor.person_id, reason=reason, lapses=True)
    order = fuel_order(session, fuel_order_id)
    _record(session, actor, order, "fuel.cancelled", {"released_kg": released, "reason": reason})
    _tell(session, order, cancelled_notice(order, released, reason), f"fuel.cancelled:{order.id}")
    _tell_supplier(session, order, cancelled_notice(order, released, reason))
    return order


def report_failure(
    session: Session, actor: Actor, *, fuel_order_id: str, cause: str, note: str | None
) -> OrderView:
    """An order that did not arrive, or was refused at the door: everything to come is given back and does not lapse.

    ``cause`` is one of CAUSES. The township is told, because roads and suppliers are its to see to (7.2.11).
    """
    row, account = open_order(session, fuel_order_id)
    why = CAUSES[cause] + (f"：{note}" if note else "")
    released = release(session, row, account, "failed", by=actor.person_id, reason=why[:300], lapses=False)
    order = fuel_order(session, fuel_order_id)
    _record(session, actor, order, "fuel.failed", {"released_kg": released, "cause": cause, "note": note})
    key = f"fuel.failed:{order.id}"
    _tell(session, order, failed_notice(order, released, why), key)
    address = household_or_refuse(session, order.household_id).address
    for_township = undelivered_notice(order, address, released, why)
    notify_role(session, (TOWNSHIP,), for_township, key, area_code=order.area_code[:9])
    return order


def tell_of_cold_house(session: Session, actor: Actor, *, household_id: str, why: str) -> None:
    """In the cold season a house was refused fuel: its township and its village hear of it, once a day (2)."""
    home = household(session, household_id)
    if home is None:
        return
    notice = cold_house_notice(household_id, home.address, why)
    key = f"fuel.cold:{household_id}:{clock.today()}"
    notify_role(session, (TOWNSHIP,), notice, key, area_code=home.area_code[:9])
    notify_role(session, (CADRE,), notice, key, area_code=home.area_code)
    about = ("household", household_id)
    audit.record(session, actor.person_id, "fuel.cold_house", about, {"why": why}, area=home.area_code)


def _record(
    session: Session, actor: Actor, order: OrderView, event: str, facts: Mapping[str, object]
) -> None:
    behalf = None if actor.tied_to(order.household_id) else order.household_id
    about = ("fuel_order", order.id)
    audit.record(session, actor.person_id, event, about, facts, behalf_of=behalf, area=order.area_code)


def _tell(session: Session, order: OrderView, notice: Notice, key: str) -> None:
    tell_household(session, order.household_id, notice, key)


def _tell_supplier(session: Session, order: OrderView, notice: Notice) -> None:
    notify_role(
        session, (SUPPLIER,), notice, f"supplier:{notice.topic}:{order.id}", company_id=order.company_id
    )
