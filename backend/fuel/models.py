"""Entitlements and their ledger, orders, deliveries, batches with their test reports, and who supplies where.

Kilograms are whole. What a counter says and what the ledger sums up to are changed in one transaction.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.db import AreaCodeColumn, Base, IdColumn, UTCDateTime, new_id

_STANDING = text("ended_at IS NULL")
_UNDECIDED = text("decided_at IS NULL")


class Entitlement(Base):
    """What one household may draw in one fuel year (4.1.1.5). The check is the last word on the limit.

    ``entries`` counts the ledger's entries: a change is only made to the balance that its rule was shown.
    ``merged_into_id``: the entitlement that took over what was drawn here.
    """

    __tablename__ = "fuel_entitlements"
    __table_args__ = (
        UniqueConstraint("household_id", "fuel_year"),
        CheckConstraint("reserved_kg >= 0 AND delivered_kg >= 0 AND owed_kg >= 0", name="not_negative"),
        CheckConstraint("reserved_kg + delivered_kg + owed_kg <= limit_kg", name="within_limit"),
        CheckConstraint("excess_kg >= 0", name="excess_not_negative"),
        CheckConstraint("closed_because IN ('path_changed', 'merged')", name="closed_because_known"),
        CheckConstraint("(closed_at IS NULL) = (closed_because IS NULL)", name="closed_with_reason"),
    )

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True, default=new_id)
    household_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("households.id"))
    fuel_year: Mapped[str] = mapped_column(String(32))
    first_day: Mapped[date] = mapped_column(Date)
    last_day: Mapped[date] = mapped_column(Date)
    limit_kg: Mapped[int] = mapped_column(Integer)
    limit_clause: Mapped[str] = mapped_column(String(16))
    reserved_kg: Mapped[int] = mapped_column(Integer, default=0)
    delivered_kg: Mapped[int] = mapped_column(Integer, default=0)
    owed_kg: Mapped[int] = mapped_column(Integer, default=0)
    excess_kg: Mapped[int] = mapped_column(Integer, default=0)
    entries: Mapped[int] = mapped_column(Integer, default=0)
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    closed_because: Mapped[str | None] = mapped_column(String(16))
    merged_into_id: Mapped[str | None] = mapped_column(IdColumn, ForeignKey("fuel_entitlements.id"))


class LedgerEntry(Base):
    """One immutable movement of an entitlement, signed kilograms by bucket; triggers refuse every change.

    ``position`` counts without a gap, so that a missing entry shows. An entry can be reversed once.
    """

    __tablename__ = "fuel_ledger_entries"
    __table_args__ = (
        UniqueConstraint("entitlement_id", "position"),
        UniqueConstraint("reverses_id"),
        CheckConstraint(
            "kind IN ('reserve', 'release', 'deliver', 'correct', 'recredit')", name="kind_known"
        ),
    )

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True, default=new_id)
    entitlement_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("fuel_entitlements.id"))
    position: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(String(16))
    reserved_kg: Mapped[int] = mapped_column(Integer)
    delivered_kg: Mapped[int] = mapped_column(Integer)
    owed_kg: Mapped[int] = mapped_column(Integer)
    excess_kg: Mapped[int] = mapped_column(Integer)
    order_id: Mapped[str | None] = mapped_column(IdColumn, ForeignKey("fuel_orders.id"))
    delivery_id: Mapped[str | None] = mapped_column(IdColumn, ForeignKey("fuel_deliveries.id"), index=True)
    reverses_id: Mapped[str | None] = mapped_column(IdColumn, ForeignKey("fuel_ledger_entries.id"))
    reason: Mapped[str | None] = mapped_column(String(300))
    by: Mapped[str | None] = mapped_column(IdColumn)
    at: Mapped[datetime] = mapped_column(UTCDateTime)


class SupplyArea(Base):
    """Which company brings fuel to an area and all below it, at the grade of its contract; the closest area wins."""

    __tablename__ = "fuel_supply_areas"
    __table_args__ = (
        Index(
            "uq_fuel_supply_areas_standing",
            "area_code",
            unique=True,
            sqlite_where=_STANDING,
            postgresql_where=_STANDING,
        ),
    )

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True, default=new_id)
    company_id: Mapped[str] = mapped_column(String(64), ForeignKey("companies.id"), index=True)
    area_code: Mapped[str] = mapped_column(AreaCodeColumn)
    grade: Mapped[str] = mapped_column(String(32))
    set_by: Mapped[str] = mapped_column(IdColumn)
    set_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class FuelOrder(Base):
    """What a household asked for. ``reserved_kg`` is still to come; of it, ``owed_kg`` replaces what was owed.

    ``grade`` is the contract's on the day of the order.
    """

    __tablename__ = "fuel_orders"
    __table_args__ = (
        CheckConstraint("kilograms > 0 AND reserved_kg >= 0 AND owed_kg >= 0", name="not_negative"),
        CheckConstraint("(state = 'open') = (reserved_kg > 0)", name="open_while_reserved"),
        CheckConstraint("wanted_from <= wanted_until", name="window"),
        CheckConstraint(
            "state IN ('open', 'delivered', 'cancelled', 'failed', 'closed')", name="state_known"
        ),
        Index("ix_fuel_orders_household_id_id", "household_id", "id"),
        Index("ix_fuel_orders_area_code_id", "area_code", "id"),
        Index("ix_fuel_orders_company_id_id", "company_id", "id"),
    )

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True, default=new_id)
    household_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("households.id"))
    entitlement_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("fuel_entitlements.id"), index=True)
    area_code: Mapped[str] = mapped_column(AreaCodeColumn)
    company_id: Mapped[str] = mapped_column(String(64), ForeignKey("companies.id"))
    grade: Mapped[str] = mapped_column(String(32))
    kilograms: Mapped[int] = mapped_column(Integer)
    reserved_kg: Mapped[int] = mapped_column(Integer)
    owed_kg: Mapped[int] = mapped_column(Integer, default=0)
    wanted_from: Mapped[date] = mapped_column(Date)
    wanted_until: Mapped[date] = mapped_column(Date)
    state: Mapped[str] = mapped_column(String(16), default="open")
    placed_by: Mapped[str] = mapped_column(IdColumn)
    placed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    on_behalf: Mapped[bool] = mapped_column(Boolean)
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    closed_by: Mapped[str | None] = mapped_column(IdColumn)
    closed_reason: Mapped[str | None] = mapped_column(String(300))


class FuelBatch(Base):
    """A production lot. It may be handed over once its report of the contract's grade is confirmed by a second hand."""

    __tablename__ = "fuel_batches"
    __table_args__ = (
        UniqueConstraint("company_id", "number"),
        CheckConstraint("delivered_kg >= 0 AND delivered_kg <= quantity_kg", name="within_quantity"),
        CheckConstraint("state IN ('untested', 'passed', 'quarantined')", name="state_known"),
        CheckConstraint("(state = 'quarantined') = (quarantined_at IS NOT NULL)", name="quarantined_since"),
        CheckConstraint("state <> 'passed' OR passed_grade IS NOT NULL", name="passed_at_grade"),
        Index("ix_fuel_batches_area_code_id", "area_code", "id"),
    )

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True, default=new_id)
    company_id: Mapped[str] = mapped_column(String(64), ForeignKey("companies.id"))
    area_code: Mapped[str] = mapped_column(AreaCodeColumn)
    number: Mapped[str] = mapped_column(String(64))
    grade: Mapped[str] = mapped_column(String(32))
    produced_on: Mapped[date] = mapped_column(Date)
    quantity_kg: Mapped[int] = mapped_column(Integer)
    delivered_kg: Mapped[int] = mapped_column(Integer, default=0)
    state: Mapped[str] = mapped_column(String(16), default="untested")
    passed_grade: Mapped[str | None] = mapped_column(String(32))
    quarantined_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    quarantined_because: Mapped[str | None] = mapped_column(String(300))
    registered_by: Mapped[str] = mapped_column(IdColumn)
    registered_at: Mapped[datetime] = mapped_column(UTCDateTime)


class TestReport(Base):
    """A laboratory's report on a batch, brought by one person and confirmed or rejected by another."""

    __tablename__ = "fuel_test_reports"
    __test__ = False  # a report on fuel, none of pytest's
    __table_args__ = (
        CheckConstraint("decided_by <> recorded_by", name="two_hands"),
        Index(
            "uq_fuel_test_reports_undecided",
            "batch_id",
            unique=True,
            sqlite_where=_UNDECIDED,
            postgresql_where=_UNDECIDED,
        ),
    )

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True, default=new_id)
    batch_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("fuel_batches.id"), index=True)
    number: Mapped[str] = mapped_column(String(64))
    passed: Mapped[bool] = mapped_column(Boolean)
    grade: Mapped[str] = mapped_column(String(32))
    standard: Mapped[str] = mapped_column(String(64))
    tested_on: Mapped[date] = mapped_column(Date)
    recorded_by: Mapped[str] = mapped_column(IdColumn)
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)
    decided_by: Mapped[str | None] = mapped_column(IdColumn)
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    accepted: Mapped[bool | None] = mapped_column(Boolean)
    note: Mapped[str | None] = mapped_column(String(300))


class FuelDelivery(Base):
    """What was weighed and handed over at the household's code. ``kilograms`` is what counts, ``weighed_kg`` what the
    driver recorded; ``made_at`` is the phone's time, ``recorded_at`` the server's. A recalled one has its replacement."""

    __tablename__ = "fuel_deliveries"
    __table_args__ = (
        CheckConstraint("bags >= 0 AND weighed_kg > 0 AND kilograms >= 0", name="not_negative"),
        CheckConstraint("confirmed_by <> delivered_by", name="never_by_the_deliverer_alone"),
        CheckConstraint("state IN ('awaiting', 'agreed', 'disputed', 'recalled')", name="state_known"),
        CheckConstraint(
            "state NOT IN ('agreed', 'disputed') OR confirmed_by IS NOT NULL", name="answered_by_somebody"
        ),
        Index("ix_fuel_deliveries_household_id_id", "household_id", "id"),
    )

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True, default=new_id)
    order_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("fuel_orders.id"), index=True)
    household_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("households.id"))
    batch_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("fuel_batches.id"), index=True)
    scan_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("scans.id"))
    bags: Mapped[int] = mapped_column(Integer)
    weighed_kg: Mapped[int] = mapped_column(Integer)
    kilograms: Mapped[int] = mapped_column(Integer)
    delivered_by: Mapped[str] = mapped_column(IdColumn)
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)
    state: Mapped[str] = mapped_column(String(16), default="awaiting")
    received_kg: Mapped[int | None] = mapped_column(Integer)
    confirmed_by: Mapped[str | None] = mapped_column(IdColumn)
    confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    witness_name: Mapped[str | None] = mapped_column(String(40))
    replacement_id: Mapped[str | None] = mapped_column(IdColumn, ForeignKey("fuel_orders.id"))
    note: Mapped[str | None] = mapped_column(String(300))
