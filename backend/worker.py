"""The worker: one leader runs the jobs, every worker sends messages.

APScheduler only calls functions, from memory; what may run, and whether it has, is decided by rows: a leader's lease,
a slot for each daily run, a lease for each message.
"""

from __future__ import annotations

import logging
import os
import secrets
import signal
import socket
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from types import FrameType

from apscheduler.schedulers.background import BackgroundScheduler

from backend import background, health, messaging, starting, wiring
from backend.core import audit, clock, crypto, leases
from backend.core.db import Database
from backend.core.storage import FolderStorage
from backend.settings import Settings
from backend.wechat import Wechat, WechatError

log = logging.getLogger("backend.worker")

LEADER = "worker.leader"
LEADER_SECONDS = 15
LEAD_EVERY = timedelta(seconds=5)
WARM_EVERY = timedelta(minutes=1)
LOOK_EVERY = timedelta(seconds=5)
IDLE_SECONDS = 0.5


class Worker:
    """One process: a scheduler thread, a thread that does background jobs, and the main thread that sends."""

    def __init__(self, settings: Settings, daily_jobs: Sequence[wiring.DailyJob] | None = None) -> None:
        storage = FolderStorage(settings.photo_dir)
        self.daily_jobs = wiring.daily_jobs(storage) if daily_jobs is None else daily_jobs
        self.database = Database(settings.database_url)
        self.client = Wechat(settings.wechat, self.database)
        self.owner = f"{socket.gethostname()[:16]}:{os.getpid()}:{secrets.token_hex(4)}"
        self.stopping = threading.Event()
        self.leads = False
        self.background = background.Runner(
            self.database, storage, wiring.job_kinds(settings), self.owner, self.stopping
        )
        self.scheduler = BackgroundScheduler(
            job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1}
        )

    def run(self) -> None:
        """Work until told to stop; what is in flight then is finished and recorded."""
        audit.go_on_after_what_stands(self.database)
        self.lead()
        self.scheduler.add_job(self.lead, "interval", seconds=LEAD_EVERY.total_seconds(), id="lead")
        self.scheduler.add_job(self.run_daily, "interval", seconds=LOOK_EVERY.total_seconds(), id="daily")
        for job in wiring.STEADY_JOBS:
            self.scheduler.add_job(
                self._as_leader(job.name, job.run),
                "interval",
                seconds=job.every.total_seconds(),
                id=job.name,
                next_run_time=datetime.now(UTC),  # at once: what a lost worker had in hand waits for it
            )
        self.scheduler.add_job(
            self.warm,
            "interval",
            seconds=WARM_EVERY.total_seconds(),
            id="warm",
            next_run_time=datetime.now(UTC),
        )
        self.scheduler.start()
        jobs = threading.Thread(target=self.background.run_until_stopped, name="background-jobs")
        jobs.start()
        log.info("worker started")
        while not self.stopping.is_set():
            try:
                messaging.send_until(
                    self.database,
                    self.client,
                    self.stopping,
                    sender=self.owner,
                    pause_seconds=IDLE_SECONDS,
                )
            except Exception:
                log.exception("sending failed; it goes on")
                self.stopping.wait(IDLE_SECONDS)
        jobs.join()
        self.scheduler.shutdown(wait=True)
        self.leave()
        log.info("worker stopped")

    def stop(self, _number: int = 0, _frame: FrameType | None = None) -> None:
        self.stopping.set()

    def warm(self) -> None:
        """Have a token of the platform's before somebody's request must wait for one; the leader alone."""
        if not self.leads or self.stopping.is_set():
            return
        try:
            self.client.warm()
        except WechatError as error:
            log.warning("no token of the platform's: %s", error)
        except Exception:
            log.exception("no token of the platform's")

    def lead(self) -> None:
        """Take or keep the leader's lease, and say that this worker is alive."""
        try:
            with self.database.writing() as session:
                self.leads = leases.acquire(session, LEADER, self.owner, LEADER_SECONDS)
                leases.beat(session, health.WORKER, self.owner)
        except Exception:
            self.leads = False
            log.exception("no lease")

    def leave(self) -> None:
        """Give the lease back, so that the next leader need not wait for its end."""
        with self.database.writing() as session:
            leases.release(session, LEADER, self.owner)
        self.database.close()

    def _as_leader(self, name: str, run: Callable[[Database], object]) -> Callable[[], None]:
        def guarded() -> None:
            if not self.leads or self.stopping.is_set():
                return
            try:
                run(self.database)
            except Exception:
                log.exception("job failed; it is tried again", extra={"job": name})

        return guarded

    def run_daily(self) -> None:
        """Run each daily job whose hour has come and whose slot of today is free; late ones are made up for."""
        now = clock.local_time(clock.now())
        slot = now.date().isoformat()
        for job in self.daily_jobs:
            if not self.leads or self.stopping.is_set() or now.time() < job.at:
                continue
            with self.database.writing() as session:
                mine = leases.claim_slot(session, job.name, slot, self.owner)
            if not mine:
                continue
            try:
                job.run(self.database)
            except Exception:
                log.exception("job failed; it is tried again", extra={"job": job.name})
                with self.database.writing() as session:
                    leases.give_up_slot(session, job.name, slot)
                continue
            with self.database.writing() as session:
                leases.finish_slot(session, job.name, slot)
                leases.beat(session, f"job:{job.name}", slot)
            log.info("job done", extra={"job": job.name})


def main() -> None:
    """Entry point of ``python -m backend.worker``."""
    settings = starting.settings_or_exit("the worker")
    clock.configure(settings.clock_shift)
    crypto.configure(settings.key_ring)
    wiring.wire()
    messaging.configure(settings.wechat.appid, settings.wechat.templates)
    worker = Worker(settings)
    signal.signal(signal.SIGTERM, worker.stop)
    signal.signal(signal.SIGINT, worker.stop)
    worker.run()


if __name__ == "__main__":
    main()
