"""A thread beside each job at work: it renews the lease, saves the progress and asks whether the job must stop."""

from __future__ import annotations

import logging
import threading
from typing import Final

from sqlalchemy import update

from backend.background.models import RUNNING, BackgroundJob
from backend.background.work import Work
from backend.core import leases
from backend.core.db import Database, affected

log = logging.getLogger("backend.background")

LEASE_SECONDS: Final = 20
LOOK_SECONDS: Final = 1.0
"""Seconds between two looks for a job to do; while one is at work, between two renewals of its lease."""


def lease_of(job_id: str) -> str:
    return f"job:{job_id}"


class Watch:
    """For the time of one job: every LOOK_SECONDS renews its lease, saves its progress and asks whether it must stop.

    Sets ``work.stopped`` where it must: the process ends, the job was cancelled or its lease could not be kept. In the last
    case it is ``lost``: another worker may have the job by now, and it is not given back.
    """

    def __init__(self, database: Database, owner: str, stopping: threading.Event, work: Work) -> None:
        self.database, self.owner, self.stopping, self.work = database, owner, stopping, work
        self._over = threading.Event()
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Watch:
        self.begin()
        return self

    def __exit__(self, *_error: object) -> None:
        self.end()

    def begin(self) -> None:
        self._over.clear()
        self._thread = threading.Thread(target=self._look, name="job-watch", daemon=True)
        self._thread.start()

    def end(self) -> None:
        self._over.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _look(self) -> None:
        failed_for = 0.0
        while not self._over.wait(LOOK_SECONDS):
            if self.stopping.is_set():
                self.work.stopped.set()
                return
            try:
                if not self._written_down():
                    self.work.stopped.set()
                    return
                failed_for = 0.0
            except Exception as error:
                log.warning("progress was not written down: %s", type(error).__name__)
                failed_for += LOOK_SECONDS
                if failed_for >= LEASE_SECONDS:
                    self.work.stopped.set()
                    return

    def _written_down(self) -> bool:
        """Renew the lease and save the progress; False where the job must stop."""
        done, total, words = self.work.progress
        with self.database.writing() as session:
            if not leases.acquire(session, lease_of(self.work.job_id), self.owner, LEASE_SECONDS):
                return False
            going_on = affected(
                session,
                update(BackgroundJob)
                .where(
                    BackgroundJob.id == self.work.job_id,
                    BackgroundJob.state == RUNNING,
                    BackgroundJob.attempts == self.work.attempt,
                    BackgroundJob.cancel_asked_at.is_(None),
                )
                .values(done=done, total=total, words=words),
            )
        return going_on == 1
