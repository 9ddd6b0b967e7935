"""Background jobs as their askers see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import and_, false, or_, select
from sqlalchemy.orm import Session

from backend.background.errors import NotDone, ResultGone
from backend.background.models import CANCELLED, DONE, OPEN, BackgroundJob
from backend.core import clock
from backend.core.errors import NotFound
from backend.core.http import Page, page_of
from backend.identity import Actor, Place
from backend.identity.rules import standing

KEPT: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class JobView:
    """A job: ``done`` of ``total`` units, with ``words`` in Chinese that name them; ``error`` as a refusal says it."""

    id: str
    kind: str
    title: str
    area_code: str
    state: str
    done: int
    total: int
    words: str
    cancel_asked: bool
    error: dict[str, Any] | None
    result_type: str | None
    result_name: str | None
    result_bytes: int | None
    asked_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    kept_until: datetime | None

    @property
    def url(self) -> str:
        return f"/api/jobs/{self.id}"


def view_of(row: BackgroundJob) -> JobView:
    return JobView(
        row.id,
        row.kind,
        row.title,
        row.area_code,
        row.state,
        row.done,
        row.total,
        row.words,
        row.cancel_asked_at is not None,
        row.error,
        row.result_type,
        row.result_name,
        row.result_bytes,
        row.asked_at,
        row.started_at,
        row.ended_at,
        row.ended_at + KEPT if row.ended_at else None,
    )


def place_of_job(session: Session, job_id: str) -> Place | None:
    """A job is its asker's alone."""
    asked_by = session.scalar(select(BackgroundJob.asked_by).where(BackgroundJob.id == job_id))
    return Place(person_ids=(asked_by,)) if asked_by else None


def holds_the_right(row: BackgroundJob, actor: Actor) -> bool:
    """Whether somebody holds the role that was needed to ask for a job, where it was needed."""
    return standing(row.act, actor, Place(area_code=row.area_code)) == "yes"


def job_of(session: Session, actor: Actor, job_id: str) -> BackgroundJob:
    """One's own job, while one still holds the role that was needed to ask for it; raises NotFound."""
    row = session.get(BackgroundJob, job_id, populate_existing=True)
    if row is None or row.asked_by != actor.person_id or not holds_the_right(row, actor):
        raise NotFound("没有这个任务，或您已不再负责。")
    return row


def job(session: Session, actor: Actor, job_id: str) -> JobView:
    return view_of(job_of(session, actor, job_id))


def jobs(session: Session, actor: Actor, *, before: str, limit: int) -> Page[JobView]:
    """One's own jobs, the newest first, in so far as one still holds the roles for them."""
    mine = BackgroundJob.asked_by == actor.person_id
    acts = session.scalars(select(BackgroundJob.act).where(mine).distinct()).all()
    allowed = [
        and_(BackgroundJob.act == act, BackgroundJob.area_code.startswith(prefix))
        for act in acts
        for prefix in actor.reach(act).areas
    ]
    query = select(BackgroundJob).where(mine, or_(*allowed) if allowed else false())
    if before:
        query = query.where(BackgroundJob.id < before)
    rows = session.scalars(query.order_by(BackgroundJob.id.desc()).limit(limit + 1)).all()
    return page_of(rows, limit, lambda row: row.id, view_of)


@dataclass(frozen=True, slots=True)
class ResultView:
    """Where a result is kept, and what it is."""

    key: str
    content_type: str
    filename: str


def result_of(session: Session, actor: Actor, job_id: str) -> ResultView:
    """The result of a job that is done; raises NotDone, ResultGone after a week."""
    row = job_of(session, actor, job_id)
    if row.state != DONE:
        raise NotDone(_WHY_NONE.get(row.state, (row.error or {}).get("detail") or "任务没有办成。"))
    assert row.result_key and row.result_type and row.result_name and row.ended_at
    if row.ended_at + KEPT <= clock.now():
        raise ResultGone("结果已保存满七天，不再提供。")
    return ResultView(row.result_key, row.result_type, row.result_name)


_WHY_NONE: Final = {**dict.fromkeys(OPEN, "任务还在办理。"), CANCELLED: "任务已经取消。"}
