"""Contracts, slots and bookings, visits with what they left in the house, acceptance, and the network's stages."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    Numeric,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.db import AreaCodeColumn, Base, IdColumn, UTCDateTime, new_id


def _one(name: str, column: str, where: str) -> Index:
    return Index(name, column, unique=True, sqlite_where=text(where), postgresql_where=text(where))


class Installation(Base):
    """How far one household has come: one row a household, each instant set once by a conditional update."""

    __tablename__ = "installations"

    household_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("households.id"), primary_key=True)
    installed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    co_alarm_tested_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    briefing_given_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    energised_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    rework_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    accepted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    vacant_accepted: Mapped[bool] = mapped_column(Boolean, default=False)
    heat_confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    still_cold_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    rooms_lived_in: Mapped[list[str]] = mapped_column(JSON, default=list)


class Contract(Base):
    """What household and contractor signed before the works; ending it keeps the row."""

    __tablename__ = "contracts"
    __table_args__ = (
        CheckConstraint("own_share_fen >= 0", name="own_share_not_negative"),
        CheckConstraint("financing IN ('none', 'loan', 'lease')", name="financing_known"),
        _one("uq_contracts_standing", "household_id", "ended_at IS NULL"),
    )

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True, default=new_id)
    household_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("households.id"), index=True)
    contractor_id: Mapped[str] = mapped_column(String(64), ForeignKey("companies.id"), index=True)
    signed_on: Mapped[date] = mapped_column(Date)
    own_share_fen: Mapped[int] = mapped_column(Integer)
    summary: Mapped[str] = mapped_column(Text)
    financing: Mapped[str] = mapped_column(String(8))
    confirmable_from: Mapped[date | None] = mapped_column(Date)
    recorded_by: Mapped[str] = mapped_column(IdColumn)
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)
    owner_confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    owner_confirmed_by: Mapped[str | None] = mapped_column(IdColumn)
    owner_confirmed_on_behalf: Mapped[bool] = mapped_column(Boolean, default=False)
    witness: Mapped[str | None] = mapped_column(String(40))
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ended_by: Mapped[str | None] = mapped_column(IdColumn)
    end_reason: Mapped[str | None] = mapped_column(String(300))


class Slot(Base):
    """So many places in one village on one half-day; ``booked`` is guarded, never counted."""

    __tablename__ = "slots"
    __table_args__ = (
        UniqueConstraint("contractor_id", "area_code", "day", "half_day", name="uq_slots_half_day"),
        CheckConstraint("capacity >= 0", name="capacity_not_negative"),
        CheckConstraint("booked >= 0 AND booked <= capacity", name="never_oversold"),
        CheckConstraint("half_day IN ('morning', 'afternoon')", name="half_day_known"),
        Index("ix_slots_area_code_day", "area_code", "day"),
    )

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True, default=new_id)
    contractor_id: Mapped[str] = mapped_column(String(64), ForeignKey("companies.id"))
    area_code: Mapped[str] = mapped_column(AreaCodeColumn)
    day: Mapped[date] = mapped_column(Date)
    half_day: Mapped[str] = mapped_column(String(16))
    capacity: Mapped[int] = mapped_column(Integer)
    booked: Mapped[int] = mapped_column(Integer, default=0)
    opened_by: Mapped[str] = mapped_column(IdColumn)
    opened_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Booking(Base):
    """One place held for a household: standing until it is cancelled, or done when its visit ends."""

    __tablename__ = "bookings"
    __table_args__ = (
        CheckConstraint("state IN ('standing', 'done', 'cancelled')", name="state_known"),
        _one("uq_bookings_standing", "household_id", "ended_at IS NULL"),
        CheckConstraint("(state = 'standing') = (ended_at IS NULL)", name="ended_or_standing"),
    )

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True, default=new_id)
    household_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("households.id"), index=True)
    contract_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("contracts.id"))
    slot_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("slots.id"), index=True)
    state: Mapped[str] = mapped_column(String(16), default="standing")
    booked_by: Mapped[str] = mapped_column(IdColumn)
    on_behalf: Mapped[bool] = mapped_column(Boolean)
    booked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    moved_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ended_by: Mapped[str | None] = mapped_column(IdColumn)
    cancel_reason: Mapped[str | None] = mapped_column(String(300))


class Visit(Base):
    """A crew at the door. ``made_at`` is the phone's own time, beside ours; ``outcome`` is complete or partial."""

    __tablename__ = "visits"
    __table_args__ = (
        CheckConstraint("outcome IS NULL OR outcome IN ('complete', 'partial')", name="outcome_known"),
        _one("uq_visits_open", "booking_id", "finished_at IS NULL"),
    )

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True, default=new_id)
    booking_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("bookings.id"), index=True)
    household_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("households.id"), index=True)
    contractor_id: Mapped[str] = mapped_column(String(64), ForeignKey("companies.id"))
    installer_id: Mapped[str] = mapped_column(IdColumn)
    scan_id: Mapped[str] = mapped_column(IdColumn)
    begun_at: Mapped[datetime] = mapped_column(UTCDateTime)
    made_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    finished_by: Mapped[str | None] = mapped_column(IdColumn)
    finish_made_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    outcome: Mapped[str | None] = mapped_column(String(16))
    missing: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    remark: Mapped[str | None] = mapped_column(String(300))


class InstalledItem(Base):
    """One device in a house (or a quantity, where no serials are kept); a serial stands in one house only."""

    __tablename__ = "installed_items"
    __table_args__ = (
        CheckConstraint("quantity >= 1", name="quantity_positive"),
        _one("uq_installed_items_serial", "serial_key", "serial_key IS NOT NULL AND removed_at IS NULL"),
    )

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True, default=new_id)
    household_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("households.id"), index=True)
    visit_id: Mapped[str | None] = mapped_column(IdColumn, ForeignKey("visits.id"))
    kind: Mapped[str] = mapped_column(String(48))
    quantity: Mapped[int] = mapped_column(Integer, default=1)
    serial: Mapped[str | None] = mapped_column(String(64))
    serial_key: Mapped[str | None] = mapped_column(String(64))
    model: Mapped[str | None] = mapped_column(String(80))
    figures: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    rooms: Mapped[list[str]] = mapped_column(JSON, default=list)
    recorded_by: Mapped[str] = mapped_column(IdColumn)
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)
    made_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    removed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    removed_by: Mapped[str | None] = mapped_column(IdColumn)
    remove_reason: Mapped[str | None] = mapped_column(String(300))


class AlarmTest(Base):
    """One test beep of a carbon-monoxide alarm that was heard (4.1.1.5)."""

    __tablename__ = "co_alarm_tests"

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True, default=new_id)
    household_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("households.id"), index=True)
    item_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("installed_items.id"))
    room: Mapped[str] = mapped_column(String(40))
    tested_by: Mapped[str] = mapped_column(IdColumn)
    tested_at: Mapped[datetime] = mapped_column(UTCDateTime)
    made_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Briefing(Base):
    """Safe use, explained at the house to somebody who stays there."""

    __tablename__ = "briefings"

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True, default=new_id)
    household_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("households.id"), index=True)
    given_to: Mapped[str] = mapped_column(String(40))
    given_by: Mapped[str] = mapped_column(IdColumn)
    given_at: Mapped[datetime] = mapped_column(UTCDateTime)
    made_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Acceptance(Base):
    """One check of a finished installation, with its list and what it found."""

    __tablename__ = "acceptances"
    __table_args__ = (CheckConstraint("outcome IN ('passed', 'rework')", name="outcome_known"),)

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True, default=new_id)
    household_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("households.id"), index=True)
    acceptor_id: Mapped[str] = mapped_column(IdColumn)
    outcome: Mapped[str] = mapped_column(String(16))
    checklist: Mapped[dict[str, bool]] = mapped_column(JSON)
    rework: Mapped[str | None] = mapped_column(String(500))
    old_heating_removed: Mapped[bool] = mapped_column(Boolean, default=False)
    vacant: Mapped[bool] = mapped_column(Boolean, default=False)
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)
    made_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class HeatWord(Base):
    """What the household said of its warmth: warm, or still cold. Every word is kept."""

    __tablename__ = "heat_words"

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True, default=new_id)
    household_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("households.id"), index=True)
    warm: Mapped[bool] = mapped_column(Boolean)
    indoor_temperature_c: Mapped[Decimal | None] = mapped_column(Numeric(5, 1))
    said_by: Mapped[str] = mapped_column(IdColumn)
    on_behalf: Mapped[bool] = mapped_column(Boolean)
    said_at: Mapped[datetime] = mapped_column(UTCDateTime)
    made_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class NetworkStage(Base):
    """A dated step of the shared work of one village and path; its households wait for it."""

    __tablename__ = "network_stages"
    __table_args__ = (UniqueConstraint("area_code", "path", "stage", name="uq_network_stages_stage"),)

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True, default=new_id)
    area_code: Mapped[str] = mapped_column(AreaCodeColumn)
    path: Mapped[str] = mapped_column(String(32))
    stage: Mapped[str] = mapped_column(String(48))
    owner: Mapped[str] = mapped_column(String(48))
    planned_on: Mapped[date] = mapped_column(Date)
    done_on: Mapped[date | None] = mapped_column(Date)
    planned_by: Mapped[str] = mapped_column(IdColumn)
    planned_at: Mapped[datetime] = mapped_column(UTCDateTime)
    done_by: Mapped[str | None] = mapped_column(IdColumn)
    done_recorded_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
