"""The whole product as a demo, with the mini-program in the browser: a small county that every journey finds as new."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from playwright.sync_api import Browser
from sqlalchemy import make_url, select

from backend import wiring
from backend.core import clock
from backend.core.db import Database
from backend.core.leases import JobSlot
from backend.registry.queries import valid_code
from scripts.miniprogram import build_h5
from tests.harness.browser import Phone, phone
from tests.harness.day import AUTUMN, at, now_with
from tests.harness.http import Client
from tests.harness.served import Served, serve
from tests.journeys.demo import demo_county, sign_in

DAY_SECONDS = 60.0
HOUSEHOLDS_EACH = 2
OFFICIAL_ACCOUNT = {"WECHAT_OA_APPID": "wx0000000000oatest", "WECHAT_OA_SECRET": "the-tests-other-secret"}


class Phones(Protocol):
    """Makes a phone: of one of the demo's people, or of nobody yet."""

    def __call__(self, person: str | None = None, **more: Any) -> Phone: ...


@dataclass
class World:
    """The running demo: real web processes, worker and WeChat stand-in, on SQLite.

    ``db`` looks into its database; ``client("cadre-biomass")`` speaks to the API as one of the demo's people
    (scripts/demo/people.json) and ``client(None)`` as nobody; ``stand_in`` speaks to the stand-in.
    """

    served: Served
    db: Database
    stories: dict[str, dict[str, Any]]
    _as_new: Path

    @property
    def url(self) -> str:
        return self.served.base_url

    @property
    def stand_in(self) -> Client:
        return self.served.stand_in_client()

    def client(self, person: str | None) -> Client:
        return sign_in(self.served, person) if person else self.served.client()

    def house(self, person: str) -> str:
        """The id of the household that this person of the demo is of."""
        return str(self.stories[person]["household_id"])

    def code(self, household_id: str) -> str:
        """What its sticker says now."""
        with self.db.reading() as session:
            code = valid_code(session, household_id)
        assert code
        return code

    def village(self, person: str) -> str:
        """The area code of the village in which this person lives, or for which a cadre works."""
        story = self.stories[person]
        return str(
            story.get("village_code") or self.client(person).get("/api/me").json()["roles"][0]["area_code"]
        )

    def keep(self) -> None:
        """Remember the database as it is now; every journey begins with this."""
        with _opened(self.served.database_url) as live, _opened(f"sqlite:///{self._as_new}") as kept:
            live.backup(kept)

    def renew(self) -> None:
        """Everything as it was kept: the database, under running processes, and the stand-in's memory."""
        with _opened(f"sqlite:///{self._as_new}") as kept, _opened(self.served.database_url) as live:
            kept.backup(live)
        self.stand_in.post("/sandbox/reset", {}).expect(200)

    @contextmanager
    def phone(self, browser: Browser, person: str | None = None, **more: Any) -> Iterator[Phone]:
        """A phone of its own, signed in as one of the demo's people or, with None, as nobody yet."""
        kept = []
        if person:
            kept = [
                {"name": "demo-person", "value": person},
                {"name": "session-token", "value": self.client(person).token or ""},
            ]
        storage = {"cookies": [], "origins": [{"origin": self.url, "localStorage": kept}]}
        with phone(browser, base_url=self.url, storage_state=storage, **more) as held:
            yield held


@contextmanager
def _opened(url: str) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(make_url(url).database or "", timeout=30)
    try:
        yield connection
    finally:
        connection.close()


def until(question: Callable[[], Any], what: str, seconds: float = DAY_SECONDS) -> Any:
    """Ask until the answer is true, for what the worker does in its own time; the answer."""
    end = time.monotonic() + seconds
    while not (answer := question()):
        assert time.monotonic() < end, f"{what}: not within {seconds:g} s"
        time.sleep(0.1)
    return answer


def _the_day_has_begun(db: Database, instant: datetime) -> bool:
    """What the worker does once a day is done for today; else its reminders would come in the midst of a journey."""
    now = clock.local_time(instant)
    due = {job.name for job in wiring.DAILY_JOBS if job.at <= now.time()}
    with db.reading() as session:
        done = select(JobSlot.job).where(JobSlot.slot == now.date().isoformat(), JobSlot.done_at.is_not(None))
        return due <= set(session.scalars(done))


@contextmanager
def running_world(database_url: str, folder: Path) -> Iterator[World]:
    """The world of all journeys. H5_DIR names a build to use as it is; else that of the present source, made if need be."""
    build = Path(os.environ["H5_DIR"]) if os.environ.get("H5_DIR") else build_h5()
    db = Database(database_url)
    shift = at(AUTUMN)
    story = demo_county(db, folder, HOUSEHOLDS_EACH)
    served = serve(
        database_url,
        folder / "data",
        worker=False,
        env={**shift, **OFFICIAL_ACCOUNT, "MODE": "demo", "H5_DIR": str(build)},
    )
    try:
        stories = {person["id"]: person for person in story["people"]}
        world = World(served, db, stories, folder / "as-new.db")
        served.start_worker()
        until(lambda: _the_day_has_begun(db, now_with(shift)), "the jobs of the day")
        world.keep()
        yield world
    finally:
        served.stop()
        db.close()
