"""Whoever asks for background jobs, and the worker that does them, in this process."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import update

from backend.background import Ending, Kind, Result, Runner, Work, ask
from backend.background.models import BackgroundJob
from backend.core.db import Database
from backend.core.leases import Lease, wall_clock
from backend.identity import actor_for
from scripts.children import wait_until
from tests.builders.product import AppClient, County, InMemory, Someone, client_of

PLAYED = "test.played"


@dataclass
class Played:
    """A kind that does what the test says, and counts; ``at`` is called in the middle of the work, ``late`` after it."""

    at: Callable[[Work], None] = lambda work: None
    late: Callable[[], None] = lambda: None
    ending: Callable[[], None] = lambda: None
    begun: int = 0
    written: int = 0

    def run(self, work: Work) -> Ending:
        self.begun += 1
        work.tell(1, 3, "已办 1/3")
        self.at(work)
        work.tell(3, 3, "已办 3/3")
        self.late()

        def write(_session: Any) -> Result:
            self.ending()
            self.written += 1
            return work.keep(f"run {self.begun}".encode(), "text/plain", "结果.txt")

        return write


@dataclass
class Office:
    db: Database
    app: Flask
    county: County
    people: dict[str, Someone]
    storage: InMemory = field(default_factory=InMemory)

    def __post_init__(self) -> None:
        self.app.extensions["backend.storage"] = self.storage

    def client(self, who: str) -> AppClient:
        return client_of(self.app, self.people[who])

    def asked(self, by: str = "district", upload_key: str | None = None, **arguments: Any) -> str:
        """A job of the played kind; its id."""
        with self.db.writing() as session:
            actor = actor_for(session, self.people[by].id)
            return ask(
                session,
                actor,
                kind=PLAYED,
                title="演示任务",
                act="sticker.print",
                area_code=actor.roles[0].area_code or "",
                arguments=arguments,
                upload_key=upload_key,
            ).id

    def runner(
        self, played: Played, owner: str = "worker-1", stopping: threading.Event | None = None
    ) -> Runner:
        return Runner(self.db, self.storage, [Kind(PLAYED, played.run)], owner, stopping)

    def shown(self, job_id: str, by: str = "district") -> dict[str, Any]:
        found: dict[str, Any] = self.client(by).get(f"/api/jobs/{job_id}").expect(200)
        return found

    def leases_run_out(self) -> None:
        with self.db.writing() as session:
            session.execute(update(Lease).values(until=wall_clock() - timedelta(seconds=1)))

    def taken_over(self, other: Played) -> None:
        """Another worker does what a worker has in hand that is taken for lost; that one may just be keeping its lease."""

        def done() -> bool:
            self.leases_run_out()
            return self.runner(other, "other").run_next()

        wait_until(done, [], seconds=30, what="the other worker to take the job over")

    def row(self, job_id: str) -> BackgroundJob:
        with self.db.reading() as session:
            return session.get_one(BackgroundJob, job_id)
