"""Run background jobs in a worker: one at a time, under a lease, each effect once.

A kind works in two halves. ``run`` does what takes long and only reads; it tells its progress as it goes, and what it is
told back ends it: cancelled, lease lost, worker stopping. It returns the ``Ending``, which writes the outcome: in one
transaction with the job's own end, so that a job whose worker was lost either ended or never wrote anything, and is begun
anew.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Iterable
from typing import Any, Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backend.background.actions import remove_files, remove_results
from backend.background.errors import Broken, GivenUp
from backend.background.models import (
    CANCELLED,
    DONE,
    FAILED,
    OPEN,
    RUNNING,
    WAITING,
    BackgroundJob,
)
from backend.background.queries import holds_the_right
from backend.background.watch import LEASE_SECONDS, LOOK_SECONDS, Watch, lease_of
from backend.background.work import Again, Ending, Kind, Result, Stopped, Work
from backend.core import clock, leases
from backend.core.db import DATABASE_AWAY, Database, affected
from backend.core.errors import NotPermitted, Problem
from backend.core.storage import Storage
from backend.identity import actor_for

log = logging.getLogger("backend.background")

RETAKE_SECONDS: Final = 5.0
ATTEMPTS_AT_MOST: Final = 3
"""A job that takes its worker down with it must not do so for ever."""
ROUNDS_AT_MOST: Final = 3
OUTAGES_AT_MOST: Final = 20
"""Of the database, in the middle of one job, that cost it no attempt: perhaps it is the job that brings them about."""


class Runner:
    """Takes jobs one after the other until it is told to stop."""

    def __init__(
        self,
        database: Database,
        storage: Storage,
        kinds: Iterable[Kind],
        owner: str,
        stopping: threading.Event | None = None,
    ) -> None:
        self.database, self.storage, self.owner = database, storage, owner
        self.kinds = {kind.name: kind for kind in kinds}
        self.stopping = stopping or threading.Event()
        self._retake_at = 0.0
        self._interrupted: BackgroundJob | None = None
        self._outages: Counter[str] = Counter()

    def run_until_stopped(self) -> None:
        while not self.stopping.is_set():
            try:
                if self.run_next():
                    continue
            except DATABASE_AWAY as away:
                log.warning("no jobs while the database is away: %s", type(away).__name__)
            except Exception:
                log.exception("looking for a job failed; it goes on")
            self.stopping.wait(LOOK_SECONDS)

    def run_next(self) -> bool:
        """Do the oldest job that nobody has in hand; False if there is none, or the database went away meanwhile."""
        if self._interrupted is not None:
            self._give_back(self._interrupted)
            self._interrupted = None
        # One that runs may be a lost worker's: its lease is tried now and then, because trying takes the write lock.
        retakes = time.monotonic() >= self._retake_at
        if retakes:
            self._retake_at = time.monotonic() + RETAKE_SECONDS
        with self.database.reading() as session:
            waiting = session.scalars(
                select(BackgroundJob.id)
                .where(BackgroundJob.state.in_(OPEN if retakes else (WAITING,)))
                .order_by(BackgroundJob.id)
            ).all()
        for job_id in waiting:
            row = self._claim(job_id)
            if row is not None:
                return self._run(row)
        return False

    def _claim(self, job_id: str) -> BackgroundJob | None:
        with self.database.writing() as session:
            if not leases.acquire(session, lease_of(job_id), self.owner, LEASE_SECONDS):
                return None
            taken = affected(
                session,
                update(BackgroundJob)
                .where(BackgroundJob.id == job_id, BackgroundJob.state.in_(OPEN))
                .values(
                    state=RUNNING,
                    attempts=BackgroundJob.attempts + 1,
                    started_at=clock.now(),
                    words="开始办理",
                    done=0,
                ),
            )
            if not taken:
                leases.release(session, lease_of(job_id), self.owner)
                return None
            return session.get_one(BackgroundJob, job_id, populate_existing=True)

    def _run(self, row: BackgroundJob) -> bool:
        """Work on a job; False where the database went away: it is then given back as soon as the database is there."""
        try:
            self._attempt(row)
        except DATABASE_AWAY:
            log.exception("the database went away; the job is begun anew", extra={"job_id": row.id})
            self._outages[row.id] += 1
            if self._outages[row.id] <= OUTAGES_AT_MOST:
                self._interrupted = row
            return False
        del self._outages[row.id]
        return True

    def _attempt(self, row: BackgroundJob) -> None:
        if row.cancel_asked_at is not None:
            return self._end(row, CANCELLED)
        if row.attempts > ATTEMPTS_AT_MOST:
            return self._end(row, FAILED, GivenUp(f"办理时中断了 {ATTEMPTS_AT_MOST} 次。"))
        work = Work(row, self.database, self.storage)
        watch = Watch(self.database, self.owner, self.stopping, work)
        try:
            with self.database.reading() as session:
                self._insist_on_right(session, row.id)
            remove_results(self.storage, row.id, row.attempts - 1)
            with watch:
                ending = self._worked(row, work, watch)
            if ending is None:
                self._after_stop(row)
            log.info("job ended", extra={"job": row.kind, "job_id": row.id})
        except Problem as refused:
            self._end(row, FAILED, refused)
        except DATABASE_AWAY:
            raise
        except Exception:
            log.exception("job failed", extra={"job": row.kind, "job_id": row.id})
            self._end(row, FAILED, Broken(f"任务编号 {row.id}。"))
        return None

    def _worked(self, row: BackgroundJob, work: Work, watch: Watch) -> Result | None:
        """Both halves of the work; None where it was stopped in the middle."""
        kind = self.kinds.get(row.kind)
        if kind is None:
            raise Broken("系统不认识这种任务。")
        for rounds in range(1, ROUNDS_AT_MOST + 1):
            work.last_round = rounds == ROUNDS_AT_MOST
            try:
                ending = kind.run(work)
                watch.end()  # from here on nobody else writes this row
                return self._write(row, work, ending)
            except Again:
                watch.begin()
            except Stopped:
                return None
        raise Broken(f"任务编号 {row.id}。")

    def _write(self, row: BackgroundJob, work: Work, ending: Ending) -> Result:
        with self.database.writing() as session:
            if not leases.acquire(session, lease_of(row.id), self.owner, LEASE_SECONDS):
                raise Stopped()
            done, total, _words = work.progress
            ended = affected(
                session,
                update(BackgroundJob)
                .where(*_running(row), BackgroundJob.cancel_asked_at.is_(None))
                .values(state=DONE, done=total or done, total=total, words="已办完", ended_at=clock.now()),
            )
            if not ended:
                raise Stopped()
            self._insist_on_right(session, row.id)
            result = ending(session)
            affected(
                session,
                update(BackgroundJob)
                .where(BackgroundJob.id == row.id)
                .values(
                    upload_key=None,
                    result_key=result.key,
                    result_type=result.content_type,
                    result_name=result.filename,
                    result_bytes=result.size_bytes,
                ),
            )
            leases.release(session, lease_of(row.id), self.owner)
        if work.upload_key is not None:
            self.storage.remove(work.upload_key)
        return result

    def _insist_on_right(self, session: Session, job_id: str) -> None:
        """Nothing is written for somebody whose role was taken; raises NotPermitted."""
        row = session.get_one(BackgroundJob, job_id, populate_existing=True)
        if not holds_the_right(row, actor_for(session, row.asked_by)):
            raise NotPermitted("提交这个任务所需的身份已经终止或变动，任务没有办。")

    def _after_stop(self, row: BackgroundJob) -> None:
        with self.database.reading() as session:
            asked = session.scalar(select(BackgroundJob.cancel_asked_at).where(BackgroundJob.id == row.id))
        if asked is not None:
            self._end(row, CANCELLED)
        else:
            self._give_back(row)

    def _give_back(self, row: BackgroundJob) -> None:
        """A worker that stops in good order, or lost the database, costs the job no attempt; nothing if another has it."""
        with self.database.writing() as session:
            mine = affected(
                session,
                update(BackgroundJob)
                .where(*_running(row))
                .values(state=WAITING, attempts=BackgroundJob.attempts - 1, words="排队等候"),
            )
            if mine:  # within the transaction: the next attempt has the same number
                remove_results(self.storage, row.id, row.attempts)
            leases.release(session, lease_of(row.id), self.owner)

    def _end(self, row: BackgroundJob, state: str, problem: Problem | None = None) -> None:
        error = problem and {
            "code": problem.code,
            "title": problem.title,
            "detail": problem.detail,
            "next": problem.next_step,
        }
        words = "已取消" if state == CANCELLED else "没有办成"
        with self.database.writing() as session:
            mine = affected(
                session,
                update(BackgroundJob)
                .where(*_running(row))
                .values(state=state, error=error, words=words, ended_at=clock.now()),
            )
            leases.release(session, lease_of(row.id), self.owner)
        if mine:
            remove_files(self.storage, row)


def _running(row: BackgroundJob) -> tuple[Any, ...]:
    """This very attempt: a worker that was taken for lost writes nothing into the next one."""
    return (
        BackgroundJob.id == row.id,
        BackgroundJob.state == RUNNING,
        BackgroundJob.attempts == row.attempts,
    )
