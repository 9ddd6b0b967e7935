"""Plans as they were loaded, version by version, and the areas that they cover."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.db import AreaCodeColumn, Base, IdColumn, UTCDateTime, new_id


class Programme(Base):
    """One version of one county's plan for one year. Rows are only added; the highest version is in force."""

    __tablename__ = "programmes"
    __table_args__ = (
        UniqueConstraint("area_code", "year", "version"),
        CheckConstraint("version >= 1", name="version"),
    )

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True, default=new_id)
    plan_id: Mapped[str] = mapped_column(String(48))
    area_code: Mapped[str] = mapped_column(AreaCodeColumn)
    year: Mapped[int] = mapped_column(Integer)
    version: Mapped[int] = mapped_column(Integer)
    content_hash: Mapped[str] = mapped_column(String(64))
    document: Mapped[dict[str, Any]] = mapped_column(JSON)
    loaded_at: Mapped[datetime] = mapped_column(UTCDateTime)
    loaded_by: Mapped[str | None] = mapped_column(IdColumn)


class Area(Base):
    """A district, township or village; for a village also what the plan means for it.

    ``source`` tells whether the area file of the plan named it (``file``) or a list of households did (``list``).
    """

    __tablename__ = "areas"
    __table_args__ = (
        UniqueConstraint("parent_code", "name"),
        CheckConstraint(
            "(level = 'district' AND length(code) = 6 AND parent_code IS NULL) OR "
            "(level = 'township' AND length(code) = 9 AND parent_code = substr(code, 1, 6)) OR "
            "(level = 'village' AND length(code) = 12 AND parent_code = substr(code, 1, 9))",
            name="place",
        ),
        CheckConstraint("level = 'village' OR (path IS NULL AND households IS NULL)", name="planned"),
        CheckConstraint("households >= 0", name="households"),
        CheckConstraint("source IN ('file', 'list')", name="source"),
    )

    code: Mapped[str] = mapped_column(AreaCodeColumn, primary_key=True)
    parent_code: Mapped[str | None] = mapped_column(AreaCodeColumn, ForeignKey("areas.code"))
    level: Mapped[str] = mapped_column(String(8))
    name: Mapped[str] = mapped_column(String(50))
    path: Mapped[str | None] = mapped_column(String(48))
    households: Mapped[int | None] = mapped_column(Integer)
    plan_id: Mapped[str] = mapped_column(String(48))
    source: Mapped[str] = mapped_column(String(4))
