"""Campaigns and how far each has been delivered."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.db import AreaCodeColumn, Base, IdColumn, UTCDateTime, new_id


class Campaign(Base):
    """Draft → released (being delivered) → delivered; or stopped. ``reached_until`` is where delivery goes on."""

    __tablename__ = "campaigns"
    __table_args__ = (
        CheckConstraint("state IN ('draft', 'released', 'delivered', 'stopped')", name="state_known"),
        CheckConstraint("released_by IS NULL OR released_by <> written_by", name="two_people"),
        CheckConstraint("reached >= 0", name="reached_not_negative"),
    )

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True, default=new_id)
    area_code: Mapped[str] = mapped_column(AreaCodeColumn, index=True)
    path: Mapped[str | None] = mapped_column(String(32))
    title: Mapped[str] = mapped_column(String(60))
    body: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(16), default="draft", index=True)
    written_by: Mapped[str] = mapped_column(IdColumn)
    written_at: Mapped[datetime] = mapped_column(UTCDateTime)
    released_by: Mapped[str | None] = mapped_column(IdColumn)
    released_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    reached: Mapped[int] = mapped_column(Integer, default=0)
    reached_until: Mapped[str] = mapped_column(String(26), default="")
