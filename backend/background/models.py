"""A background job as it stands."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import JSON, CheckConstraint, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.db import AreaCodeColumn, Base, IdColumn, UTCDateTime, new_id

WAITING: Final = "waiting"
RUNNING: Final = "running"
DONE: Final = "done"
FAILED: Final = "failed"
CANCELLED: Final = "cancelled"
OPEN: Final = (WAITING, RUNNING)


class BackgroundJob(Base):
    """Waiting → running → done, failed or cancelled; back to waiting when its worker stops in good order.

    The lease of a running one is the row ``job:<id>`` of ``leases``: once it is out, another worker begins the job anew.
    ``act`` is the permission that was needed to ask, in ``area_code``. ``arguments`` hold no personal data in clear;
    ``upload_key`` is a file that came with the asking and goes when the job ends.
    """

    __tablename__ = "background_jobs"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'running', 'done', 'failed', 'cancelled')", name="state_known"),
        Index("ix_background_jobs_state_id", "state", "id"),
        Index("ix_background_jobs_asked_by_id", "asked_by", "id"),
    )

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(64))
    title: Mapped[str] = mapped_column(String(200))
    arguments: Mapped[dict[str, Any]] = mapped_column(JSON)
    upload_key: Mapped[str | None] = mapped_column(String(64))
    asked_by: Mapped[str] = mapped_column(IdColumn)
    act: Mapped[str] = mapped_column(String(64))
    area_code: Mapped[str] = mapped_column(AreaCodeColumn)
    state: Mapped[str] = mapped_column(String(16), default=WAITING)
    done: Mapped[int] = mapped_column(Integer, default=0)
    total: Mapped[int] = mapped_column(Integer, default=0)
    words: Mapped[str] = mapped_column(String(200), default="")
    cancel_asked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    result_key: Mapped[str | None] = mapped_column(String(64))
    result_type: Mapped[str | None] = mapped_column(String(100))
    result_name: Mapped[str | None] = mapped_column(String(200))
    result_bytes: Mapped[int | None] = mapped_column(Integer)
    error: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)


def file_key(job_id: str, attempt: int) -> str:
    """Where an attempt keeps its result: a lost attempt's file is never taken for that of the next one."""
    return f"job{job_id}-{attempt}"
