"""Orders with their deliveries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from backend.core.db import in_area
from backend.core.errors import NotFound
from backend.core.http import Page, page_of
from backend.fuel.models import Entitlement, FuelDelivery, FuelOrder
from backend.fuel.queries.reach import within
from backend.identity import Actor, Place


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """One hand-over. ``kilograms`` counts; ``weighed_kg`` is what the driver recorded, ``received_kg`` the answer."""

    id: str
    fuel_order_id: str
    household_id: str
    fuel_batch_id: str
    bags: int
    weighed_kg: int
    kilograms: int
    state: str
    made_at: datetime
    recorded_at: datetime
    received_kg: int | None
    confirmed_at: datetime | None
    witness_name: str | None
    replacement_id: str | None
    note: str | None


def delivery_view(row: FuelDelivery) -> DeliveryView:
    return DeliveryView(
        id=row.id,
        fuel_order_id=row.order_id,
        household_id=row.household_id,
        fuel_batch_id=row.batch_id,
        bags=row.bags,
        weighed_kg=row.weighed_kg,
        kilograms=row.kilograms,
        state=row.state,
        made_at=row.made_at,
        recorded_at=row.recorded_at,
        received_kg=row.received_kg,
        confirmed_at=row.confirmed_at,
        witness_name=row.witness_name,
        replacement_id=row.replacement_id,
        note=row.note,
    )


@dataclass(frozen=True, slots=True)
class OrderView:
    """An order; ``reserved_kg`` is still to come. ``on_behalf``: a cadre placed it for the household."""

    id: str
    household_id: str
    year: str
    area_code: str
    company_id: str
    grade: str
    kilograms: int
    reserved_kg: int
    wanted_from: date
    wanted_until: date
    state: str
    on_behalf: bool
    placed_at: datetime
    closed_at: datetime | None
    closed_reason: str | None
    deliveries: tuple[DeliveryView, ...]


def _orders(session: Session, wanted: Select[FuelOrder, str]) -> list[OrderView]:
    rows = session.execute(wanted.execution_options(populate_existing=True)).all()
    made: dict[str, list[DeliveryView]] = {}
    for delivery in session.scalars(
        select(FuelDelivery)
        .where(FuelDelivery.order_id.in_([row[0].id for row in rows]))
        .order_by(FuelDelivery.id)
        .execution_options(populate_existing=True)
    ):
        made.setdefault(delivery.order_id, []).append(delivery_view(delivery))
    return [_order_view(row, year, tuple(made.get(row.id, ()))) for row, year in rows]


def _order_view(row: FuelOrder, year: str, deliveries: tuple[DeliveryView, ...]) -> OrderView:
    return OrderView(
        id=row.id,
        household_id=row.household_id,
        year=year,
        area_code=row.area_code,
        company_id=row.company_id,
        grade=row.grade,
        kilograms=row.kilograms,
        reserved_kg=row.reserved_kg,
        wanted_from=row.wanted_from,
        wanted_until=row.wanted_until,
        state=row.state,
        on_behalf=row.on_behalf,
        placed_at=row.placed_at,
        closed_at=row.closed_at,
        closed_reason=row.closed_reason,
        deliveries=deliveries,
    )


def _all_orders() -> Select[FuelOrder, str]:
    return select(FuelOrder, Entitlement.fuel_year).join(
        Entitlement, Entitlement.id == FuelOrder.entitlement_id
    )


def fuel_order(session: Session, fuel_order_id: str) -> OrderView:
    """One order with its deliveries; raises NotFound."""
    found = _orders(session, _all_orders().where(FuelOrder.id == fuel_order_id))
    if not found:
        raise NotFound()
    return found[0]


def open_orders_of(session: Session, household_id: str) -> tuple[OrderView, ...]:
    """What a household ordered and has not received."""
    wanted = _all_orders().where(FuelOrder.household_id == household_id, FuelOrder.state == "open")
    return tuple(_orders(session, wanted.order_by(FuelOrder.id)))


def unsettled_deliveries_of(session: Session, household_id: str) -> tuple[DeliveryView, ...]:
    """What a household was brought and has not agreed to: unanswered, or disputed; the oldest first."""
    rows = session.scalars(
        select(FuelDelivery)
        .where(FuelDelivery.household_id == household_id, FuelDelivery.state.in_(("awaiting", "disputed")))
        .order_by(FuelDelivery.id)
    )
    return tuple(delivery_view(row) for row in rows)


@dataclass(frozen=True, slots=True)
class UnsettledDelivery:
    """A delivery of an area that somebody must ask about: disputed, or without an answer since ``since``."""

    household_id: str
    area_code: str
    disputed: bool
    since: datetime


def unsettled_deliveries_in(
    session: Session, area_code: str, unanswered_before: datetime
) -> tuple[UnsettledDelivery, ...]:
    """The disputed deliveries of an area, and those without an answer that were recorded before an instant."""
    rows = session.execute(
        select(
            FuelDelivery.household_id,
            FuelOrder.area_code,
            FuelDelivery.state,
            func.coalesce(FuelDelivery.confirmed_at, FuelDelivery.recorded_at),
        )
        .join(FuelOrder, FuelOrder.id == FuelDelivery.order_id)
        .where(
            in_area(FuelOrder.area_code, area_code),
            or_(
                FuelDelivery.state == "disputed",
                and_(FuelDelivery.state == "awaiting", FuelDelivery.recorded_at < unanswered_before),
            ),
        )
        .order_by(FuelDelivery.id)
    )
    return tuple(UnsettledDelivery(home, code, state == "disputed", at) for home, code, state, at in rows)


def suppliers_of(session: Session, household_id: str) -> tuple[str, ...]:
    """The companies with fuel to bring to a household."""
    wanted = select(FuelOrder.company_id).where(
        FuelOrder.household_id == household_id, FuelOrder.state == "open"
    )
    return tuple(session.scalars(wanted.distinct().order_by(FuelOrder.company_id)))


def fuel_orders(
    session: Session,
    actor: Actor,
    *,
    household_id: str | None = None,
    area_code: str | None = None,
    company_id: str | None = None,
    state: str | None = None,
    after: str,
    limit: int,
) -> Page[OrderView]:
    """Orders within the actor's reach, in the order in which they were placed. A village's are a delivery round."""
    reach = actor.reach("fuel.see")
    covered = within(reach, FuelOrder.area_code, FuelOrder.company_id, FuelOrder.household_id)
    wanted = _all_orders().where(covered, FuelOrder.id > after)
    if household_id is not None:
        wanted = wanted.where(FuelOrder.household_id == household_id)
    if area_code is not None:
        wanted = wanted.where(FuelOrder.area_code.startswith(area_code))
    if company_id is not None:
        wanted = wanted.where(FuelOrder.company_id == company_id)
    if state is not None:
        wanted = wanted.where(FuelOrder.state == state)
    found = _orders(session, wanted.order_by(FuelOrder.id).limit(limit + 1))
    return page_of(found, limit, lambda order: order.id, lambda order: order)


def place_of_fuel_order(session: Session, fuel_order_id: str) -> Place | None:
    row = session.get(FuelOrder, fuel_order_id)
    return Place(row.area_code, row.household_id, (row.company_id,)) if row else None


def place_of_fuel_delivery(session: Session, fuel_delivery_id: str) -> Place | None:
    """That of its order; of a household that was merged, the order's place stays."""
    row = session.get(FuelDelivery, fuel_delivery_id)
    return place_of_fuel_order(session, row.order_id) if row else None
