"""The database is away in every way it can be: danger is heard, told what to do within two seconds, and counts once."""

from __future__ import annotations

import resource
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest
from sqlalchemy import func, make_url, select

from backend.core.db import Database
from backend.doorstep.conversation.models import ConversationEntry
from backend.faults.models import FaultReport
from backend.messaging.models import InboxEntry
from tests.builders.product import code_of, household_in, person_with, resident_of, small_county
from tests.harness.between import Wire
from tests.harness.databases import Filling
from tests.harness.http import Answer
from tests.harness.served import Served
from tests.harness.served import serve as start_serving

PATH = "biomass"
SECONDS = 2.0


@dataclass
class Product:
    served: Served
    db: Database
    database_url: str
    wire: Wire | None
    county: Any

    def web_processes(self) -> list[psutil.Process]:
        assert self.served.web is not None
        first = psutil.Process(self.served.web.process.pid)
        return [first, *first.children(recursive=True)]


Away = Callable[[Product], AbstractContextManager[None]]


@contextmanager
def hung(product: Product) -> Iterator[None]:
    """The server takes everything and answers nothing."""
    assert product.wire is not None
    product.wire.hold()
    yield
    product.wire.mend()


@contextmanager
def gone(product: Product) -> Iterator[None]:
    assert product.wire is not None
    product.wire.cut()
    yield
    product.wire.mend()


@contextmanager
def read_only(product: Product) -> Iterator[None]:
    """As after a failover, or as an operator sets it when the disk fills."""
    plain = make_url(product.database_url).set(drivername="postgresql")
    with psycopg.connect(
        plain.render_as_string(hide_password=False),
        autocommit=True,
        options="-c default_transaction_read_only=off",
    ) as admin:
        for value in ("on", "off"):
            admin.execute(
                f'ALTER DATABASE "{plain.database}" SET default_transaction_read_only = {value}'.encode()
            )
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            if value == "on":
                yield


@contextmanager
def locked(product: Product) -> Iterator[None]:
    """Somebody writes, and does not end."""
    other = sqlite3.connect(make_url(product.database_url).database or "", timeout=30, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield
    other.execute("ROLLBACK")
    other.close()


@contextmanager
def full(product: Product) -> Iterator[None]:
    """No file may grow any more. SQLite is refused the pages of its log; what is smaller than that may be written."""
    processes = product.web_processes()
    for each in processes:
        each.rlimit(resource.RLIMIT_FSIZE, (40_000, resource.RLIM_INFINITY))
    yield
    for each in processes:
        each.rlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


ON = {
    hung: pytest.mark.only_on("postgresql", "a server beside the product"),
    gone: pytest.mark.only_on("postgresql", "a server beside the product"),
    read_only: pytest.mark.only_on("postgresql", "a setting of its"),
    locked: pytest.mark.only_on("sqlite", "PostgreSQL locks rows, not the database"),
    full: pytest.mark.only_on("sqlite", "the disk is the product's own"),
}
EVERY_WAY = [pytest.param(way, marks=mark, id=way.__name__) for way, mark in ON.items()]


@pytest.fixture
def filling() -> Filling:
    return small_county


@pytest.fixture
def product(db: Database, database_url: str, stocked: Any, tmp_path: Path) -> Iterator[Product]:
    wire = Wire(database_url) if db.dialect == "postgresql" else None
    served = start_serving(
        wire.url if wire else database_url, tmp_path / "data", worker=False, web_processes=1
    )
    yield Product(served, db, database_url, wire, stocked.made)
    served.stop()
    if wire:
        wire.close()
    print(served.logs())


def timed(ask: Callable[[], Answer]) -> tuple[Answer, float]:
    began = time.monotonic()
    answer = ask()
    return answer, time.monotonic() - began


def quickest(ask: Callable[[], Answer], times: int = 3) -> tuple[Answer, float]:
    """Of a few, until one was quick: the machine may be busy with something else for a moment."""
    tries = []
    for _ in range(times):
        tries.append(timed(ask))
        if tries[-1][1] < SECONDS:
            break
    return min(tries, key=lambda pair: pair[1])


def wait_for(what: Callable[[], bool], seconds: float = 40) -> None:
    pause = threading.Event()
    until = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < until, f"not within {seconds:g} s"
        pause.wait(0.1)


def reports(db: Database) -> int:
    with db.reading() as session:
        return session.scalar(select(func.count()).select_from(FaultReport)) or 0


def told(db: Database, person_id: str) -> int:
    with db.reading() as session:
        return session.scalar(select(func.count()).where(InboxEntry.person_id == person_id)) or 0


@pytest.mark.parametrize("away", EVERY_WAY)
def test_duty_16_danger_is_heard_while_the_database_is_away_and_told_to_people_once(
    product: Product, away: Away
) -> None:
    db, served, house = product.db, product.served, household_in(product.db, PATH)
    code, resident = code_of(db, house), resident_of(db, house)
    cadre = person_with(db, "village_cadre", area_code=product.county.villages[PATH])
    stranger, at_home = served.client(), served.client(resident.token)
    hotline = stranger.get("/api/client-settings").expect(200)["hotline"]
    co = {"household_code": code, "category": "co"}
    with away(product):
        answer, seconds = quickest(lambda: stranger.post("/api/fault-reports", co, key="stranger-1"))
        said = answer.expect(202)
        assert seconds < SECONDS
        assert said["kept"] is True and said["hotline"] == hotline
        assert "开门窗" in said["advice"][0]["text"] and "120" in said["message"]
        answer, seconds = quickest(
            lambda: at_home.post("/api/faults", {"household_id": house, "category": "smoke"}, key="home-0001")
        )
        assert answer.expect(202)["kept"] is True and seconds < SECONDS
        answer, seconds = quickest(
            lambda: at_home.post("/api/conversation", {"text": "炉子冒烟了"}, key="words-0001")
        )
        assert "119" in answer.expect(202)["reply"]["text"] and seconds < SECONDS
        # What whoever scans the sticker sees first leads to the report.
        page, seconds = quickest(lambda: stranger.get(f"/q/{code}"))
        assert page.status == 200 and f'data-code="{code}"' in page.text and hotline in page.text
        assert seconds < SECONDS
        # What can never be taken is not kept, and what can wait is not either.
        senseless = stranger.post("/api/fault-reports", {**co, "household_code": 7}, key="senseless")
        assert senseless.expect(422)["code"] == "invalid"
        mistyped = stranger.post("/api/fault-reports", {**co, "household_code": "2222222223"}, key="mistyped")
        assert mistyped.expect(404)["facts"]["advice"]
        noise = at_home.post("/api/faults", {"household_id": house, "category": "noise"})
        assert noise.expect(503)["code"] == "http.database_away" and noise.headers["retry-after"]
        answer, seconds = quickest(lambda: stranger.get("/healthz"))
        assert answer.status == 200 and seconds < SECONDS / 2
        answer, seconds = quickest(lambda: stranger.get("/readyz"))
        assert answer.status == (503 if away in (hung, gone) else 200) and seconds < 3
    wait_for(lambda: reports(db) == 2)
    wait_for(lambda: waiting(product) == [])
    again = stranger.post("/api/fault-reports", co, key="stranger-1")
    assert again.expect(201)["report_id"] and again.headers["idempotent-replay"] == "true"
    assert reports(db) == 2
    assert told(db, cadre.id) >= 3, "of each report, and of what was written"
    with db.reading() as session:
        words = select(ConversationEntry.text).where(ConversationEntry.who == "household")
        assert session.scalars(words).all() == ["炉子冒烟了"]


def waiting(product: Product) -> list[Path]:
    return [path for path in (product.served.data_dir / "dangers").glob("*") if path.is_file()]


@pytest.mark.only_on("postgresql", "a server beside the product")
def test_who_waits_for_a_server_that_was_stopped_does_not_hold_the_threads_of_those_in_danger(
    product: Product,
) -> None:
    """Sixteen ask for the plan, with four threads in all; then somebody smells gas."""
    client, db = product.served.client(), product.db
    co = {"household_code": code_of(db, household_in(db, PATH)), "category": "co"}
    with hung(product):
        crowd = [
            threading.Thread(target=lambda: client.get("/api/client-settings").expect(503)) for _ in range(16)
        ]
        for each in crowd:
            each.start()
        for each in crowd:
            each.join(30)
        assert not any(each.is_alive() for each in crowd)
        answer, seconds = quickest(lambda: client.post("/api/fault-reports", co, key="in-danger"))
        assert answer.expect(202)["kept"] and seconds < SECONDS
    wait_for(lambda: reports(db) == 1)


def test_a_report_that_was_kept_outlives_the_process_that_kept_it(product: Product) -> None:
    db, served = product.db, product.served
    co = {"household_code": code_of(db, household_in(db, PATH)), "category": "co"}
    with (hung if db.dialect == "postgresql" else locked)(product):
        served.client().post("/api/fault-reports", co, key="outliving").expect(202)
        served.kill_web()
        (kept,) = waiting(product)
        assert co["household_code"].encode() not in kept.read_bytes()
    served.start_web()
    wait_for(lambda: reports(db) == 1 and waiting(product) == [])
