"""Faults with their reports, history, parts, heaters lent, climbs, and village outages."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    Numeric,
    String,
    Text,
    UniqueConstraint,
    false,
    literal_column,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.crypto import EncryptedText
from backend.core.db import AreaCodeColumn, Base, IdColumn, UTCDateTime, new_id
from backend.faults.rules import vouching

OPEN: ColumnElement[bool] = literal_column("state <> 'closed'", Boolean)
_STANDING = text("ended_at IS NULL")
_OUT_ON_LOAN = text("returned_at IS NULL")


class Fault(Base):
    """One thing wrong at one household, however often it is reported, until it is closed.

    ``round`` counts from 0 and grows with each reopening; the clock (due and met instants) is that of the round.
    ``contractor_id`` is the enterprise of the contract, None where there is none: then the township is responsible.
    ``vouched`` is the level of rules.vouching that stands best behind it (a trigger on fault_reports raises it as well, for
    processes that do not know it); ``origin`` a hash of where a passer-by's first report came from; ``only_counted`` how many
    of ``reports`` have no row of their own.
    """

    __tablename__ = "faults"
    __table_args__ = (
        CheckConstraint(
            "state IN ('reported', 'reopened', 'dispatched', 'arrived', 'done', 'closed')", name="state_known"
        ),
        CheckConstraint("severity IN ('critical', 'urgent', 'ordinary')", name="severity_known"),
        CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed_with_instant"),
        CheckConstraint("(closed_at IS NULL) = (closed_as IS NULL)", name="closed_somehow"),
        CheckConstraint("rating IS NULL OR rating BETWEEN 1 AND 5", name="rating_1_to_5"),
        CheckConstraint("reports >= 1", name="reported"),
        Index(
            "uq_faults_open",
            "household_id",
            "category",
            unique=True,
            sqlite_where=OPEN,
            postgresql_where=OPEN,
        ),
        Index("ix_faults_household_id_id", "household_id", "id"),
        Index("ix_faults_area_code_id", "area_code", "id"),
        Index("ix_faults_contractor_id_id", "contractor_id", "id"),
        Index("ix_faults_village", "area_code", "category", "reported_at"),
        Index("ix_faults_reported_at", "reported_at"),
        Index("ix_faults_open_due", "answer_due_at", sqlite_where=OPEN, postgresql_where=OPEN),
    )

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True, default=new_id)
    household_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("households.id"))
    area_code: Mapped[str] = mapped_column(AreaCodeColumn)
    address: Mapped[str] = mapped_column(String(200))
    category: Mapped[str] = mapped_column(String(32))
    severity: Mapped[str] = mapped_column(String(16))
    decision: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(16))
    contractor_id: Mapped[str | None] = mapped_column(String(64), ForeignKey("companies.id"))
    outage_id: Mapped[str | None] = mapped_column(IdColumn, ForeignKey("village_outages.id"), index=True)
    reported_at: Mapped[datetime] = mapped_column(UTCDateTime)
    reports: Mapped[int] = mapped_column(Integer)
    only_counted: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    vouched: Mapped[int] = mapped_column(Integer, server_default=str(vouching.HOUSEHOLD))
    origin: Mapped[str | None] = mapped_column(String(64))
    flood: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    round: Mapped[int] = mapped_column(Integer)
    answer_due_at: Mapped[datetime] = mapped_column(UTCDateTime)
    on_site_due_at: Mapped[datetime] = mapped_column(UTCDateTime)
    restore_due_at: Mapped[datetime] = mapped_column(UTCDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    arrived_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    restored_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    paused_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    spare_heat_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    repairer_id: Mapped[str | None] = mapped_column(IdColumn, ForeignKey("people.id"), index=True)
    rating: Mapped[int | None] = mapped_column(Integer)
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    closed_as: Mapped[str | None] = mapped_column(String(16))


class FaultReport(Base):
    """One person's word on a fault. ``via``: resident, household_proxy, officer, passer_by."""

    __tablename__ = "fault_reports"
    __table_args__ = (
        CheckConstraint("via IN ('resident', 'household_proxy', 'officer', 'passer_by')", name="via_known"),
        Index("ix_fault_reports_fault_id_id", "fault_id", "id"),
    )

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True, default=new_id)
    fault_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("faults.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    person_id: Mapped[str | None] = mapped_column(IdColumn, ForeignKey("people.id"))
    via: Mapped[str] = mapped_column(String(16))
    on_behalf: Mapped[bool] = mapped_column(Boolean)
    description: Mapped[str | None] = mapped_column(Text)
    indoor_temperature_c: Mapped[Decimal | None] = mapped_column(Numeric(4, 1))
    photo_ids: Mapped[list[str]] = mapped_column(JSON)
    phone: Mapped[str | None] = mapped_column(EncryptedText("fault_report.phone"))
    scan_id: Mapped[str | None] = mapped_column(IdColumn, ForeignKey("scans.id"))


class FaultStep(Base):
    """One line of a fault's history; triggers refuse every change of it. ``note`` is what the person wrote.

    ``position`` orders what one transaction writes: ids of the same millisecond do not.
    """

    __tablename__ = "fault_steps"
    __table_args__ = (Index("ix_fault_steps_fault_id_position", "fault_id", "position"),)

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True, default=new_id)
    fault_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("faults.id"))
    position: Mapped[int] = mapped_column(Integer)
    round: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(String(32))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    by: Mapped[str | None] = mapped_column(IdColumn)
    on_behalf: Mapped[bool] = mapped_column(Boolean)
    note: Mapped[str | None] = mapped_column(Text)
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)


class FaultPart(Base):
    """A part that a repair put in; a serial stands in one house only. Triggers refuse every change."""

    __tablename__ = "fault_parts"
    __table_args__ = (UniqueConstraint("kind", "serial"),)

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True, default=new_id)
    fault_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("faults.id"), index=True)
    kind: Mapped[str] = mapped_column(String(32))
    serial: Mapped[str] = mapped_column(String(60))
    at: Mapped[datetime] = mapped_column(UTCDateTime)


class LentHeater(Base):
    """A spare heater in a cold house, by serial; one heater is in one house only."""

    __tablename__ = "lent_heaters"
    __table_args__ = (
        Index(
            "uq_lent_heaters_out",
            "serial",
            unique=True,
            sqlite_where=_OUT_ON_LOAN,
            postgresql_where=_OUT_ON_LOAN,
        ),
    )

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True, default=new_id)
    fault_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("faults.id"), index=True)
    serial: Mapped[str] = mapped_column(String(60))
    lent_at: Mapped[datetime] = mapped_column(UTCDateTime)
    lent_by: Mapped[str] = mapped_column(IdColumn)
    returned_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    returned_to: Mapped[str | None] = mapped_column(IdColumn)


class FaultClimb(Base):
    """An overdue stage told to one level, once a round; ``told`` people were reached."""

    __tablename__ = "fault_climbs"

    fault_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("faults.id"), primary_key=True)
    round: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    stage: Mapped[str] = mapped_column(String(16), primary_key=True)
    role: Mapped[str] = mapped_column(String(32), primary_key=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    told: Mapped[int] = mapped_column(Integer)


class VillageOutage(Base):
    """Many households of one village with the same fault within hours; ends when none of them is open any more."""

    __tablename__ = "village_outages"
    __table_args__ = (
        Index(
            "uq_village_outages_standing",
            "area_code",
            "category",
            unique=True,
            sqlite_where=_STANDING,
            postgresql_where=_STANDING,
        ),
    )

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True, default=new_id)
    area_code: Mapped[str] = mapped_column(AreaCodeColumn)
    category: Mapped[str] = mapped_column(String(32))
    began_at: Mapped[datetime] = mapped_column(UTCDateTime)
    flagged_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
