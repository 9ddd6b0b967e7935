"""Ask for a background job, cancel it, forget it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from backend.background.errors import Ended, TooManyOpen
from backend.background.models import (
    CANCELLED,
    DONE,
    FAILED,
    OPEN,
    RUNNING,
    WAITING,
    BackgroundJob,
    file_key,
)
from backend.background.queries import KEPT, JobView, job, job_of, view_of
from backend.core import audit, clock
from backend.core.db import Database, affected, new_id, one_at_a_time
from backend.core.storage import Storage
from backend.identity import AccountsJoined, Actor

OPEN_AT_MOST: Final = 5
"""Of one person: a worker does one at a time, and others wait behind."""


def ask(
    session: Session,
    actor: Actor,
    *,
    kind: str,
    title: str,
    act: str,
    area_code: str,
    arguments: Mapping[str, Any],
    upload_key: str | None = None,
    total: int = 0,
) -> JobView:
    """Leave a job for a worker; the very same one that this person has open already is given instead.

    ``act`` and ``area_code``: the permission that this request was made by. Raises TooManyOpen.
    """
    one_at_a_time(session, f"jobs:{actor.person_id}")
    open_ones = session.scalars(
        select(BackgroundJob).where(BackgroundJob.asked_by == actor.person_id, BackgroundJob.state.in_(OPEN))
    ).all()
    for row in open_ones:
        same = (row.kind, row.arguments, row.area_code) == (kind, dict(arguments), area_code)
        if same and upload_key is None and row.cancel_asked_at is None:
            return view_of(row)
    if len(open_ones) >= OPEN_AT_MOST:
        raise TooManyOpen(f"您已有 {len(open_ones)} 个任务在办，最多同时 {OPEN_AT_MOST} 个。")
    row = BackgroundJob(
        id=new_id(),
        kind=kind,
        title=title[:200],
        arguments=dict(arguments),
        upload_key=upload_key,
        asked_by=actor.person_id,
        act=act,
        area_code=area_code,
        state=WAITING,
        done=0,
        total=total,
        words="排队等候",
        attempts=0,
        asked_at=clock.now(),
    )
    session.add(row)
    session.flush()
    audit.record(
        session, actor.person_id, "job.asked", ("job", row.id), {"kind": kind, **arguments}, area=area_code
    )
    return view_of(row)


def cancel(session: Session, actor: Actor, job_id: str) -> JobView:
    """Cancel one's own job: at once while it waits, else its worker stops within seconds. Again: nothing more.

    Raises Ended when it is done or has failed.
    """
    row = job_of(session, actor, job_id)
    now = clock.now()
    mine = BackgroundJob.id == job_id
    stopped = affected(
        session,
        update(BackgroundJob)
        .where(mine, BackgroundJob.state == WAITING)
        .values(state=CANCELLED, cancel_asked_at=now, ended_at=now, words="已取消"),
    ) or affected(
        session,
        update(BackgroundJob)
        .where(mine, BackgroundJob.state == RUNNING, BackgroundJob.cancel_asked_at.is_(None))
        .values(cancel_asked_at=now),
    )
    if stopped:
        audit.record(session, actor.person_id, "job.cancelled", ("job", job_id), area=row.area_code)
    found = job(session, actor, job_id)
    if found.state in (DONE, FAILED):
        raise Ended("任务已经办完，不能再取消。" if found.state == DONE else "任务已经停止，没有办成。")
    return found


def follow_joined_accounts(session: Session, joined: AccountsJoined) -> None:
    """What was asked for by one account is its human's."""
    affected(
        session,
        update(BackgroundJob)
        .where(BackgroundJob.asked_by == joined.earlier_id)
        .values(asked_by=joined.person_id),
    )


def forget_old(database: Database, storage: Storage) -> int:
    """Remove jobs that ended a week ago, each after its files: a row that lost its file is found once more."""
    with database.reading() as session:
        old = session.scalars(
            select(BackgroundJob).where(
                BackgroundJob.state.not_in(OPEN), BackgroundJob.ended_at <= clock.now() - KEPT
            )
        ).all()
    for row in old:
        remove_files(storage, row)
        with database.writing() as session:
            affected(session, delete(BackgroundJob).where(BackgroundJob.id == row.id))
    return len(old)


def remove_files(storage: Storage, row: BackgroundJob) -> None:
    """Remove what came with a job and what its attempts kept."""
    if row.upload_key is not None:
        storage.remove(row.upload_key)
    remove_results(storage, row.id, row.attempts)


def remove_results(storage: Storage, job_id: str, attempts: int) -> None:
    """Remove what the first ``attempts`` attempts kept."""
    for attempt in range(1, attempts + 1):
        storage.remove(file_key(job_id, attempt))
