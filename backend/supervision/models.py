"""Companies: who installs and maintains, who supplies fuel."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.db import AreaCodeColumn, Base, IdColumn, UTCDateTime

CONTRACTOR: Final = "contractor"
FUEL_SUPPLIER: Final = "fuel_supplier"
KINDS: Final = (CONTRACTOR, FUEL_SUPPLIER)


class Company(Base):
    """An enterprise of the programme; its id is the short code that roles are given for. It works within ``area_code``."""

    __tablename__ = "companies"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    area_code: Mapped[str] = mapped_column(AreaCodeColumn)
    registered_by: Mapped[str | None] = mapped_column(IdColumn)
    registered_at: Mapped[datetime] = mapped_column(UTCDateTime)


class CompanyKind(Base):
    """One thing that a company does; it may do several."""

    __tablename__ = "company_kinds"
    __table_args__ = (CheckConstraint("kind IN ('contractor', 'fuel_supplier')", name="kind_known"),)

    company_id: Mapped[str] = mapped_column(String(64), ForeignKey("companies.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(32), primary_key=True)
