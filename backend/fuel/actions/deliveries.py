"""Hand fuel over at the household's code, have it confirmed by the household, correct what was recorded."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backend.core import audit, clock
from backend.core.db import affected, new_id
from backend.core.storage import attach_photos
from backend.fuel.actions.batches import give_back, take_from_batch
from backend.fuel.actions.ledger import About, Account, locked_account, move
from backend.fuel.actions.orders import open_order, release
from backend.fuel.errors import (
    AboveLimit,
    AnswerContradicts,
    BatchUsedUp,
    ConfirmedAlready,
    HouseholdConfirms,
    MadeAtWrong,
    OwnDelivery,
    WitnessMissing,
)
from backend.fuel.models import FuelBatch, FuelDelivery, FuelOrder, LedgerEntry
from backend.fuel.notices import corrected_notice, delivered_notice, disputed_notice, witnessed_notice
from backend.fuel.queries import DeliveryView, delivery_view
from backend.fuel.rules import Movement, correcting, delivering, reserving
from backend.identity import Actor
from backend.identity.roles import TOWNSHIP
from backend.messaging import notify_role
from backend.registry import household_or_refuse, people_of_household, require_scan, tell_household

AGREES: Final = "agrees"
DISPUTES: Final = "disputes"

_CLOCKS_DIFFER: Final = timedelta(minutes=10)  # a phone's clock is never exactly ours


def record_delivery(
    session: Session,
    actor: Actor,
    *,
    fuel_order_id: str,
    household_code: str,
    fuel_batch_id: str,
    bags: int,
    kilograms: int,
    photo_ids: Sequence[str] = (),
    made_at: datetime | None = None,
    more_to_come: bool = False,
    latitude: Decimal | None = None,
    longitude: Decimal | None = None,
) -> DeliveryView:
    """Record weighed ``kilograms`` of a batch handed over at the door; the household is asked to confirm.

    Less than ordered gives the rest back, or leaves it open with ``more_to_come``; more only within what is left.
    ``made_at`` is when it happened, where the phone sends late. Raises what require_scan raises, OrderClosed,
    MadeAtWrong, UnknownBatch, BatchNotPassed, BatchQuarantined, WrongGrade, BatchUsedUp, AboveLimit.
    """
    order, made = session.get_one(FuelOrder, fuel_order_id), made_at or clock.now()
    household_id = order.household_id
    scan_id = require_scan(session, actor, household_id, household_code, "delivery", latitude, longitude)
    if made > clock.now() + _CLOCKS_DIFFER or made < order.placed_at - _CLOCKS_DIFFER:
        raise MadeAtWrong("交付时间在将来，或早于申领的时间。")
    batch = take_from_batch(session, fuel_batch_id, order, kilograms, made)
    order, account = open_order(session, fuel_order_id)
    account = _reserve_more(session, actor, order, account, kilograms - order.reserved_kg, made)
    delivery = FuelDelivery(
        id=new_id(),
        order_id=order.id,
        household_id=household_id,
        batch_id=batch.id,
        scan_id=scan_id,
        bags=bags,
        weighed_kg=kilograms,
        kilograms=kilograms,
        delivered_by=actor.person_id,
        made_at=made,
        recorded_at=clock.now(),
    )
    session.add(delivery)
    session.flush()
    attach_photos(session, photo_ids, ("fuel_delivery", delivery.id), actor.person_id)
    about = About(actor.person_id, order.id, delivery.id)
    account = move(session, account, "deliver", delivering(kilograms), about)
    released = _book_off(session, actor, order, account, delivery, more_to_come)
    view = delivery_view(delivery)
    facts = {"kilograms": kilograms, "bags": bags, "batch": batch.number, "released_kg": released}
    audit.record(
        session, actor.person_id, "fuel.delivered", ("fuel_delivery", view.id), facts, area=order.area_code
    )
    notice = delivered_notice(view, released, order.reserved_kg)
    tell_household(session, household_id, notice, f"fuel.delivered:{view.id}")
    if batch.state == "quarantined":  # it was handed over before that was known
        give_back(session, actor, delivery, batch)
    return delivery_view(delivery)


def _reserve_more(
    session: Session, actor: Actor, order: FuelOrder, account: Account, more_kg: int, made: datetime
) -> Account:
    """What was weighed above the order is drawn as well, as far as the year allows."""
    if more_kg <= 0:
        return account
    year_over = account.year_over(clock.local_day(made))
    movement = reserving(account.balance, more_kg, year_over)
    if movement is None or account.closed:
        left = account.balance.available_kg(year_over)
        raise AboveLimit(
            f"比申领多 {more_kg} 公斤，而这一户的额度只剩 {left} 公斤。",
            next="请把多出的燃料带回，按申领数量重新过秤登记。",
            facts={"left_kg": left, "more_kg": more_kg},
        )
    order.reserved_kg += more_kg
    return move(session, account, "reserve", movement, About(actor.person_id, order.id))


def _book_off(
    session: Session,
    actor: Actor,
    order: FuelOrder,
    account: Account,
    delivery: FuelDelivery,
    more_to_come: bool,
) -> int:
    """Take a delivery off its order; the kilograms given back because they will not come."""
    rest = order.reserved_kg - delivery.kilograms
    if rest and more_to_come:
        order.reserved_kg, order.owed_kg = rest, min(order.owed_kg, rest)
        session.flush()
        return 0
    order.reserved_kg = rest
    reason = "送到的少于申领的" if rest else None
    return release(
        session,
        order,
        account,
        "delivered",
        by=actor.person_id,
        reason=reason,
        lapses=False,
        delivery_id=delivery.id,
    )


def confirm_delivery(
    session: Session,
    actor: Actor,
    *,
    fuel_delivery_id: str,
    answer: str,
    received_kg: int,
    note: str | None = None,
    witness_name: str | None = None,
) -> DeliveryView:
    """The household's word on a hand-over: ``agrees`` or ``disputes``, with the kilograms it received.

    A cadre speaks for a household that has no phone, with a named witness; the deliverer never.
    Raises OwnDelivery, HouseholdConfirms, WitnessMissing, AnswerContradicts, ConfirmedAlready.
    """
    row = session.get_one(FuelDelivery, fuel_delivery_id, populate_existing=True)
    own = actor.tied_to(row.household_id)
    _check_speaker(session, actor, row, own, witness_name)
    if (answer == AGREES) != (received_kg == row.kilograms) and not (answer == DISPUTES and note):
        raise AnswerContradicts(f"登记的是 {row.kilograms} 公斤，您填的是 {received_kg} 公斤。")
    answered = affected(
        session,
        update(FuelDelivery)
        .where(
            FuelDelivery.id == row.id,
            FuelDelivery.state == "awaiting",
            FuelDelivery.kilograms == row.kilograms,
        )
        .values(
            state="agreed" if answer == AGREES else "disputed",
            received_kg=received_kg,
            confirmed_by=actor.person_id,
            confirmed_at=clock.now(),
            witness_name=None if own else witness_name,
            note=note,
        ),
    )
    if not answered:
        raise ConfirmedAlready("这次交付已经确认、提出异议或已更正。")
    view = delivery_view(session.get_one(FuelDelivery, row.id, populate_existing=True))
    area = _area_of(session, row)
    audit.record(
        session,
        actor.person_id,
        "fuel.confirmed" if answer == AGREES else "fuel.disputed",
        ("fuel_delivery", row.id),
        {"received_kg": received_kg, "witness": view.witness_name},
        behalf_of=None if own else row.household_id,
        area=area,
    )
    if not own:
        notice = witnessed_notice(view, actor.name)
        tell_household(session, row.household_id, notice, f"fuel.witnessed:{row.id}:{view.kilograms}")
    if answer == DISPUTES:
        address = household_or_refuse(session, row.household_id).address
        key = f"fuel.disputed:{row.id}:{view.kilograms}"
        notify_role(session, (TOWNSHIP,), disputed_notice(view, address), key, area_code=area[:9])
    return view


def _check_speaker(
    session: Session, actor: Actor, row: FuelDelivery, own: bool, witness_name: str | None
) -> None:
    if actor.person_id == row.delivered_by:
        raise OwnDelivery("您是这次送货的人。")
    if own:
        return
    if people_of_household(session, row.household_id):
        raise HouseholdConfirms("这一户有居民或代办人登记了手机。")
    if not witness_name:
        raise WitnessMissing(
            "替没有手机的住户确认，要写明在场的见证人。", errors={"witness_name": ["必填。"]}
        )


def _area_of(session: Session, row: FuelDelivery) -> str:
    return session.get_one(FuelOrder, row.order_id).area_code


def correct_delivery(
    session: Session, actor: Actor, *, fuel_delivery_id: str, kilograms: int, reason: str
) -> DeliveryView:
    """Set right what a delivery counts for, by reversal; the household is asked to confirm anew.

    Fewer kilograms become owed to the household, more are drawn from what is left. Raises AboveLimit, OwnDelivery,
    ConfirmedAlready for a recalled delivery, BatchUsedUp.
    """
    found = session.get_one(FuelDelivery, fuel_delivery_id)
    order = session.get_one(FuelOrder, found.order_id)
    batch = session.get_one(FuelBatch, found.batch_id, populate_existing=True, with_for_update=True)
    account = locked_account(session, order.entitlement_id)
    row = session.get_one(FuelDelivery, fuel_delivery_id, populate_existing=True, with_for_update=True)
    if actor.person_id == row.delivered_by:
        raise OwnDelivery("您是这次送货的人，不能更正自己的登记。")
    if row.state == "recalled":
        raise ConfirmedAlready("这次交付的燃料已封存，数量已全部退回。")
    before, more_kg = row.kilograms, kilograms - row.kilograms
    year_over = account.year_over(clock.today())
    movements = correcting(account.balance, before, kilograms, year_over)
    if movements is None:
        left = account.balance.available_kg(year_over)
        raise AboveLimit(f"更正后多出 {more_kg} 公斤，而额度只剩 {left} 公斤。", facts={"left_kg": left})
    if batch.delivered_kg + more_kg > batch.quantity_kg:
        raise BatchUsedUp(f"批次 {batch.number} 的数量不够。")
    batch.delivered_kg += more_kg
    _write_correction(session, account, movements, row, About(actor.person_id, row.order_id, row.id, reason))
    row.kilograms, row.state = kilograms, "awaiting"
    row.received_kg = row.confirmed_by = row.confirmed_at = row.witness_name = None
    session.flush()
    view, area = delivery_view(row), order.area_code
    facts = {"from_kg": before, "to_kg": kilograms, "reason": reason}
    audit.record(session, actor.person_id, "fuel.corrected", ("fuel_delivery", row.id), facts, area=area)
    key = f"fuel.corrected:{row.id}:{account.entries}"
    tell_household(session, account.household_id, corrected_notice(view, before, reason), key)
    return view


def _write_correction(
    session: Session, account: Account, movements: tuple[Movement, Movement], row: FuelDelivery, about: About
) -> None:
    undone = select(LedgerEntry.reverses_id).where(
        LedgerEntry.delivery_id == row.id, LedgerEntry.reverses_id.is_not(None)
    )
    standing = session.scalars(
        select(LedgerEntry.id).where(
            LedgerEntry.delivery_id == row.id,
            LedgerEntry.kind.in_(("deliver", "correct")),
            LedgerEntry.reverses_id.is_(None),
            LedgerEntry.id.not_in(undone),
        )
    ).one()
    reversal, renewal = movements
    account = move(session, account, "correct", reversal, about, reverses_id=standing)
    move(session, account, "correct", renewal, about)
