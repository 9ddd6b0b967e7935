"""One worker leads; a day's job runs once, and late where nobody was there at its hour."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from backend.core import clock, leases
from backend.core.db import Database
from backend.core.leases import JobSlot, Lease, wall_clock
from backend.wiring import DailyJob
from backend.worker import Worker
from scripts.children import wait_until
from tests.builders.product import settings_on, small_county, wired
from tests.harness.races import race

NINE = datetime(2022, 9, 15, 1, 0, tzinfo=UTC)  # 09:00 for people
JOB = "test.remind"


class Ran:
    """A job that counts its runs, and may be told to fail."""

    def __init__(self) -> None:
        self.times = 0
        self.fails = 0
        self.lock = threading.Lock()

    def __call__(self, _database: Database) -> None:
        with self.lock:
            self.times += 1
            if self.times <= self.fails:
                raise RuntimeError("not today")


@pytest.fixture
def ran() -> Ran:
    return Ran()


@pytest.fixture
def start(db: Database, database_url: str, tmp_path: Path, ran: Ran) -> Iterator[Callable[[], Worker]]:
    wired()
    made: list[Worker] = []

    def worker() -> Worker:
        jobs = (DailyJob(JOB, time(9, 0), ran),)
        made.append(Worker(settings_on(database_url, tmp_path), jobs))
        return made[-1]

    yield worker
    for each in made:
        each.database.close()
        each.client.close()


def _lease_runs_out(db: Database) -> None:
    with db.writing() as session:
        session.execute(update(Lease).values(until=wall_clock() - timedelta(seconds=1)))


def _slots(db: Database) -> dict[str, bool]:
    with db.reading() as session:
        return {slot.slot: slot.done_at is not None for slot in session.scalars(select(JobSlot))}


def test_of_many_workers_one_leads_and_another_follows_when_it_is_lost(
    db: Database, start: Callable[[], Worker]
) -> None:
    workers = [start() for _ in range(6)]
    race(6, lambda index: workers[index].lead())
    assert sum(worker.leads for worker in workers) == 1
    lost = next(worker for worker in workers if worker.leads)
    _lease_runs_out(db)
    others = [worker for worker in workers if worker is not lost]
    race(5, lambda index: others[index].lead())
    assert sum(worker.leads for worker in others) == 1
    lost.lead()
    assert not lost.leads


def test_a_leader_that_stops_in_good_order_is_followed_at_once(start: Callable[[], Worker]) -> None:
    one, other = start(), start()
    one.lead()
    other.lead()
    assert (one.leads, other.leads) == (True, False)
    one.leave()
    other.lead()
    assert other.leads


def test_a_job_waits_for_its_hour_and_runs_once_that_day(
    db: Database, start: Callable[[], Worker], ran: Ran
) -> None:
    worker = start()
    worker.lead()
    with clock.pinned(NINE - timedelta(seconds=1)):
        worker.run_daily()
        assert ran.times == 0
    for minutes in (0, 5, 600):
        with clock.pinned(NINE + timedelta(minutes=minutes)):
            worker.run_daily()
    assert ran.times == 1
    assert _slots(db) == {"2022-09-15": True}
    with clock.pinned(NINE + timedelta(days=1)):
        worker.run_daily()
    assert ran.times == 2


def test_the_day_is_the_people_s_and_not_greenwich_s(
    db: Database, start: Callable[[], Worker], ran: Ran
) -> None:
    worker = start()
    worker.lead()
    with clock.pinned(datetime(2022, 9, 15, 15, 59, tzinfo=UTC)):  # 23:59 for people
        worker.run_daily()
    with clock.pinned(datetime(2022, 9, 15, 16, 1, tzinfo=UTC)):  # 00:01 of the 16th
        worker.run_daily()
    assert _slots(db) == {"2022-09-15": True}


def test_a_job_whose_hour_passed_without_a_worker_is_made_up_for(
    db: Database, start: Callable[[], Worker], ran: Ran
) -> None:
    with clock.pinned(NINE + timedelta(hours=5)):
        worker = start()
        worker.lead()
        worker.run_daily()
    assert ran.times == 1
    assert _slots(db) == {"2022-09-15": True}


def test_who_does_not_lead_runs_no_daily_job(start: Callable[[], Worker], ran: Ran) -> None:
    leader, other = start(), start()
    leader.lead()
    other.lead()
    with clock.pinned(NINE):
        other.run_daily()
        assert ran.times == 0
        leader.run_daily()
        assert ran.times == 1


def test_two_who_both_believe_to_lead_run_it_once(
    db: Database, start: Callable[[], Worker], ran: Ran
) -> None:
    """A leader that was stopped for a while (by its machine) does not know yet that another leads."""
    one, other = start(), start()
    one.lead()
    _lease_runs_out(db)
    other.lead()
    assert one.leads and other.leads
    with clock.pinned(NINE):
        race(2, lambda index: (one, other)[index].run_daily())
    assert ran.times == 1


def test_a_job_that_failed_is_tried_again_on_the_same_day(
    db: Database, start: Callable[[], Worker], ran: Ran
) -> None:
    ran.fails = 2
    worker = start()
    worker.lead()
    with clock.pinned(NINE):
        for times, done in ((1, False), (2, False), (3, True), (3, True)):
            worker.run_daily()
            assert (ran.times, _slots(db)["2022-09-15"]) == (times, done)


def test_a_job_whose_worker_was_killed_is_run_by_the_next_after_its_lease(
    db: Database, start: Callable[[], Worker], ran: Ran
) -> None:
    with db.writing() as session:
        leases.claim_slot(session, JOB, "2022-09-15", "killed")
    worker = start()
    worker.lead()
    with clock.pinned(NINE):
        worker.run_daily()
        assert ran.times == 0
        with db.writing() as session:
            session.execute(update(JobSlot).values(lease_until=wall_clock() - timedelta(seconds=1)))
        worker.run_daily()
    assert ran.times == 1


def test_a_worker_works_beats_and_ends_when_told(db: Database, start: Callable[[], Worker]) -> None:
    worker, other = start(), start()
    thread = threading.Thread(target=worker.run)
    thread.start()

    def beats() -> bool:
        with db.reading() as session:
            return leases.last_beat(session, "worker") is not None

    wait_until(beats, [], seconds=30, what="a heartbeat")
    worker.stop()
    thread.join(30)
    assert not thread.is_alive()
    other.lead()
    assert other.leads  # the lease was given back


def test_the_product_s_own_jobs_run_on_a_county_and_twice_does_no_harm(
    db: Database, database_url: str, tmp_path: Path
) -> None:
    small_county(db)
    worker = Worker(settings_on(database_url, tmp_path))
    late = datetime(2022, 9, 15, 15, 0, tzinfo=UTC)  # 23:00 for people
    with clock.pinned(late):
        worker.lead()
        worker.run_daily()
        with db.writing() as session:
            slots = session.scalars(select(JobSlot)).all()
            assert {slot.job for slot in slots} == {job.name for job in worker.daily_jobs}
            assert all(slot.done_at for slot in slots), [slot.job for slot in slots if not slot.done_at]
            session.execute(update(JobSlot).values(done_at=None, lease_until=wall_clock() - timedelta(1)))
        worker.run_daily()
    with db.reading() as session:
        assert all(slot.done_at for slot in session.scalars(select(JobSlot)))
    worker.database.close()
    worker.client.close()
