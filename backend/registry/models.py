"""Households, what they were imported from, their codes at the door, and the people tied to them."""

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
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.crypto import EncryptedText
from backend.core.db import AreaCodeColumn, Base, IdColumn, UTCDateTime, new_id

_STANDING = text("ended_at IS NULL")


class Household(Base):
    """One recognised subsidy household: the unit that is counted, equipped and subsidised. Never deleted."""

    __tablename__ = "households"
    __table_args__ = (
        CheckConstraint("people IS NULL OR people >= 0", name="people_not_negative"),
        Index("uq_households_entry_key", "programme_id", "entry_key", unique=True),
        Index(
            "uq_households_person_once",
            "programme_id",
            "id_hash",
            unique=True,
            sqlite_where=text("ended_at IS NULL AND id_hash IS NOT NULL"),
            postgresql_where=text("ended_at IS NULL AND id_hash IS NOT NULL"),
        ),
        Index("ix_households_area_code_id", "area_code", "id"),
    )

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True, default=new_id)
    programme_id: Mapped[str] = mapped_column(String(64))
    area_code: Mapped[str] = mapped_column(AreaCodeColumn)
    path: Mapped[str] = mapped_column(String(32), index=True)
    head_name: Mapped[str] = mapped_column(String(60))
    id_number: Mapped[str | None] = mapped_column(EncryptedText("household.id_number"))
    id_hash: Mapped[str | None] = mapped_column(String(64))
    phone: Mapped[str | None] = mapped_column(EncryptedText("household.phone"))
    phone_hash: Mapped[str | None] = mapped_column(String(64), index=True)
    police_no: Mapped[str | None] = mapped_column(String(40), index=True)
    village_registered: Mapped[bool | None] = mapped_column(Boolean)
    people: Mapped[int | None] = mapped_column(Integer)
    address: Mapped[str] = mapped_column(String(200))
    courtyard: Mapped[str | None] = mapped_column(String(40))
    floor_area_m2: Mapped[Decimal | None] = mapped_column(Numeric(10, 2))
    # Free text of other people's lists: telephones and more stand in it.
    remark: Mapped[str | None] = mapped_column(EncryptedText("household.remark"))
    vacant: Mapped[bool] = mapped_column(Boolean, default=False)
    arrangement: Mapped[str | None] = mapped_column(String(32))
    participates: Mapped[bool] = mapped_column(Boolean, default=True)
    entry_key: Mapped[str] = mapped_column(String(64))
    fingerprint: Mapped[str] = mapped_column(String(64))
    import_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("list_imports.id"))
    sheet_row: Mapped[int] = mapped_column(Integer)
    flags: Mapped[list[str]] = mapped_column(JSON, default=list)
    confirmed_by_household_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    confirmed_by_household_person: Mapped[str | None] = mapped_column(IdColumn)
    confirmed_by_village_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    confirmed_by_village_person: Mapped[str | None] = mapped_column(IdColumn)
    sent_back_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    sent_back_reason: Mapped[str | None] = mapped_column(String(300))
    locked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    locked_by: Mapped[str | None] = mapped_column(IdColumn)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class ListImport(Base):
    """One list as a township sent it: checked first, committed by a person after looking at the findings."""

    __tablename__ = "list_imports"
    __table_args__ = (CheckConstraint("state IN ('checked', 'committed')", name="state_known"),)

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True, default=new_id)
    area_code: Mapped[str] = mapped_column(AreaCodeColumn)
    programme_id: Mapped[str] = mapped_column(String(64))
    filename: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    storage_key: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(16))
    rows: Mapped[int] = mapped_column(Integer)
    counts: Mapped[dict[str, Any]] = mapped_column(JSON)
    checked_by: Mapped[str | None] = mapped_column(IdColumn)
    checked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    committed_by: Mapped[str | None] = mapped_column(IdColumn)
    committed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class ImportFinding(Base):
    """One thing found in one cell; what it shows is masked."""

    __tablename__ = "import_findings"
    __table_args__ = (Index("ix_import_findings_import_id_id", "import_id", "id"),)

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True, default=new_id)
    import_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("list_imports.id"))
    sheet_row: Mapped[int] = mapped_column(Integer)
    column: Mapped[str] = mapped_column(String(4))
    code: Mapped[str] = mapped_column(String(40))
    outcome: Mapped[str] = mapped_column(String(16))
    shown: Mapped[str | None] = mapped_column(String(200))
    remedy: Mapped[str] = mapped_column(String(300))


class HeldRow(Base):
    """An imported row that is not counted until settled; what was typed is kept, sealed, so that nobody is lost."""

    __tablename__ = "held_rows"
    __table_args__ = (
        Index("uq_held_rows_fingerprint", "programme_id", "fingerprint", unique=True),
        Index("ix_held_rows_area_code_id", "area_code", "id"),
    )

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True, default=new_id)
    programme_id: Mapped[str] = mapped_column(String(64))
    area_code: Mapped[str] = mapped_column(AreaCodeColumn)
    import_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("list_imports.id"))
    sheet_row: Mapped[int] = mapped_column(Integer)
    entry_key: Mapped[str | None] = mapped_column(String(64), index=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    codes: Mapped[list[str]] = mapped_column(JSON)
    typed: Mapped[str] = mapped_column(EncryptedText("held_row.typed"))
    settled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    settled_by: Mapped[str | None] = mapped_column(IdColumn)
    settled_as: Mapped[str | None] = mapped_column(String(16))
    household_id: Mapped[str | None] = mapped_column(IdColumn, ForeignKey("households.id"))


class Sticker(Base):
    """One printing of a household code; a replaced or revoked one stays and says so."""

    __tablename__ = "stickers"
    __table_args__ = (
        CheckConstraint("state IN ('valid', 'replaced', 'revoked')", name="state_known"),
        Index(
            "uq_stickers_valid",
            "household_id",
            unique=True,
            sqlite_where=text("state = 'valid'"),
            postgresql_where=text("state = 'valid'"),
        ),
    )

    code: Mapped[str] = mapped_column(String(10), primary_key=True)
    household_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("households.id"), index=True)
    state: Mapped[str] = mapped_column(String(16), default="valid")
    issued_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    reason: Mapped[str | None] = mapped_column(String(300))


class Scan(Base):
    """One reading of a household code: who, when, where, for what."""

    __tablename__ = "scans"
    __table_args__ = (Index("ix_scans_household_id_id", "household_id", "id"),)

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(String(10))
    household_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("households.id"))
    person_id: Mapped[str | None] = mapped_column(IdColumn)
    seen_as: Mapped[str] = mapped_column(String(32))
    purpose: Mapped[str] = mapped_column(String(32))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    latitude: Mapped[Decimal | None] = mapped_column(Numeric(9, 6))
    longitude: Mapped[Decimal | None] = mapped_column(Numeric(9, 6))


class HouseholdTie(Base):
    """A person bound to a household, as its resident or its proxy; ending it keeps the row."""

    __tablename__ = "household_ties"
    __table_args__ = (
        Index(
            "uq_household_ties_standing",
            "household_id",
            "person_id",
            unique=True,
            sqlite_where=_STANDING,
            postgresql_where=_STANDING,
        ),
    )

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True, default=new_id)
    household_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("households.id"))
    person_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("people.id"), index=True)
    role: Mapped[str] = mapped_column(String(32))
    proven_by: Mapped[str] = mapped_column(String(16))
    given_by: Mapped[str] = mapped_column(IdColumn)
    relation: Mapped[str | None] = mapped_column(Text)
    since: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ended_by: Mapped[str | None] = mapped_column(IdColumn)


class NumbersShown(Base):
    """How many telephone numbers a person was shown in the clear on a day (the people's); which, the record tells."""

    __tablename__ = "numbers_shown"
    __table_args__ = (CheckConstraint("shown >= 0", name="not_negative"),)

    person_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("people.id"), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    shown: Mapped[int] = mapped_column(Integer)
