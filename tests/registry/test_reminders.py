"""Reminders of a day: each once, whatever is started, stopped or killed (8.1)."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from backend import wiring
from backend.core import clock
from backend.core.db import Database, new_id
from backend.core.leases import JobSlot, Lease, claim_slot, wall_clock
from backend.installation.models import Booking, Contract, Slot
from backend.messaging.models import InboxEntry
from backend.registry import jobs
from backend.registry.models import Household, HouseholdTie
from backend.worker import Worker
from tests.builders.product import (
    AUTUMN,
    company_in,
    person_with,
    resident_of,
    settings_on,
    small_county,
    wired,
)
from tests.harness import ROOT

ASK, VISITS = "registry.ask_to_confirm", "installation.remind_of_visits"
MORNING, EVENING = AUTUMN, datetime(2022, 9, 15, 9, 5, tzinfo=UTC)  # 10:00 and 17:05 for people
CONFIRM, TOMORROW = "请确认您家的登记", "明天上门安装"


@pytest.fixture
def homes(db: Database) -> list[str]:
    """Three households with a resident each, of which the third has confirmed."""
    county = small_county(db, 1, biomass=4)
    homes = list(county.households["biomass"])[:3]  # the fourth has nobody to ask
    for home in homes:
        resident_of(db, home)
    with db.writing() as session:
        session.get_one(Household, homes[2]).confirmed_by_household_at = AUTUMN
    return homes


@pytest.fixture
def workers(database_url: str, tmp_path: Path) -> Iterator[tuple[Worker, Worker]]:
    wired()
    made = tuple(Worker(settings_on(database_url, tmp_path)) for _ in range(2))
    yield made[0], made[1]
    for worker in made:
        worker.client.close()
        worker.database.close()


def told(db: Database, title: str) -> Counter[str]:
    """How often each household's people were told."""
    with db.reading() as session:
        rows = session.scalars(select(InboxEntry.household_id).where(InboxEntry.title == title)).all()
    return Counter(str(row) for row in rows)


def day(worker: Worker, moment: datetime) -> None:
    with clock.pinned(moment):
        worker.lead()
        worker.run_daily()


def leases_run_out(db: Database) -> None:
    """What the passing of ten minutes does."""
    with db.writing() as session:
        past = wall_clock() - timedelta(seconds=1)
        session.execute(update(Lease).values(until=past))
        session.execute(update(JobSlot).where(JobSlot.done_at.is_(None)).values(lease_until=past))


def test_the_jobs_are_among_those_that_the_worker_runs_each_day() -> None:
    assert {ASK, VISITS} <= {job.name for job in wiring.DAILY_JOBS}


def test_two_workers_ask_each_household_once_a_day(
    db: Database, homes: list[str], workers: tuple[Worker, Worker]
) -> None:
    for _ in range(2):
        for worker in workers:
            day(worker, MORNING)
    assert told(db, CONFIRM) == {homes[0]: 1, homes[1]: 1}
    assert [worker.leads for worker in workers] == [True, False]


def test_before_its_hour_nobody_is_asked_and_later_it_is_made_up_for(
    db: Database, homes: list[str], workers: tuple[Worker, Worker]
) -> None:
    day(workers[0], datetime(2022, 9, 15, 0, 59, tzinfo=UTC))  # 08:59
    assert not told(db, CONFIRM)
    day(workers[0], datetime(2022, 9, 15, 15, 30, tzinfo=UTC))  # 23:30, after a day of standing still
    assert told(db, CONFIRM) == {homes[0]: 1, homes[1]: 1}
    day(workers[0], datetime(2022, 9, 15, 17, 0, tzinfo=UTC))  # one o'clock on the next day
    assert sum(told(db, CONFIRM).values()) == 2
    day(workers[0], datetime(2022, 9, 16, 1, 0, tzinfo=UTC))
    assert told(db, CONFIRM) == {homes[0]: 2, homes[1]: 2}


def test_who_has_confirmed_meanwhile_is_asked_no_more(
    db: Database, homes: list[str], workers: tuple[Worker, Worker]
) -> None:
    day(workers[0], MORNING)
    with db.writing() as session:
        session.get_one(Household, homes[0]).confirmed_by_household_at = clock.now()
    day(workers[0], MORNING + timedelta(days=1))
    assert told(db, CONFIRM) == {homes[0]: 1, homes[1]: 2}


def test_another_worker_goes_on_with_what_a_killed_one_had_claimed(
    db: Database, homes: list[str], workers: tuple[Worker, Worker]
) -> None:
    with clock.pinned(MORNING), db.writing() as session:
        assert claim_slot(session, ASK, "2022-09-15", "the killed one")
    day(workers[0], MORNING)
    assert not told(db, CONFIRM), "while its lease stands it may only be slow"
    leases_run_out(db)
    day(workers[1], MORNING)
    assert told(db, CONFIRM) == {homes[0]: 1, homes[1]: 1}
    day(workers[0], MORNING)
    assert sum(told(db, CONFIRM).values()) == 2


def test_a_worker_killed_in_the_middle_of_asking_leaves_nobody_out_and_asks_nobody_twice(
    db: Database, database_url: str, tmp_path: Path, workers: tuple[Worker, Worker]
) -> None:
    county = small_county(db, 1, biomass=99)
    homes = county.households["biomass"]
    one = resident_of(db, homes[0])
    with db.writing() as session:
        for home in homes[1:]:
            session.add(
                HouseholdTie(
                    id=new_id(),
                    household_id=home,
                    person_id=one.id,
                    role="resident",
                    proven_by="cadre",
                    given_by=one.id,
                    since=AUTUMN,
                )
            )
    command = [sys.executable, "-m", "tests.registry.daily", database_url, str(tmp_path), MORNING.isoformat()]
    process = subprocess.Popen(command, cwd=ROOT)
    pause = threading.Event()
    while process.poll() is None and sum(told(db, CONFIRM).values()) < 5:
        pause.wait(0.002)
    process.kill()
    process.wait()
    assert process.returncode == -signal.SIGKILL
    reached = sum(told(db, CONFIRM).values())
    print(f"killed after {reached} of {len(homes)}")
    assert 5 <= reached < len(homes)
    with db.reading() as session:
        assert session.scalar(select(func.count()).where(JobSlot.job == ASK, JobSlot.done_at.is_(None))) == 1
    leases_run_out(db)
    day(workers[0], MORNING)
    assert told(db, CONFIRM) == dict.fromkeys(homes, 1)


def test_tomorrows_visits_are_told_once_whatever_is_restarted(
    db: Database, homes: list[str], workers: tuple[Worker, Worker]
) -> None:
    company_in(db, "heat-co", "contractor")
    manager = person_with(db, "contractor_manager", company_id="heat-co")
    tomorrow = datetime(2022, 9, 16).date()
    with db.writing() as session:
        slot = Slot(
            contractor_id="heat-co", area_code="140602", day=tomorrow, half_day="morning", capacity=3, booked=2,
            opened_by=manager.id, opened_at=AUTUMN,
        )  # fmt: skip
        session.add(slot)
        session.flush()
        for home in homes[:2]:
            contract = Contract(
                household_id=home, contractor_id="heat-co", signed_on=AUTUMN.date(), own_share_fen=0, summary="协议",
                financing="none", recorded_by=manager.id, recorded_at=AUTUMN,
            )  # fmt: skip
            session.add(contract)
            session.flush()
            session.add(
                Booking(
                    household_id=home,
                    contract_id=contract.id,
                    slot_id=slot.id,
                    booked_by=manager.id,
                    on_behalf=False,
                    booked_at=AUTUMN,
                )
            )
    day(workers[0], MORNING)
    assert not told(db, TOMORROW), "in the evening, not in the morning"
    with clock.pinned(EVENING), db.writing() as session:
        assert claim_slot(session, VISITS, "2022-09-15", "the killed one")
    day(workers[0], EVENING)
    assert not told(db, TOMORROW)
    leases_run_out(db)
    for worker in (workers[1], workers[0], workers[1]):
        day(worker, EVENING)
    assert told(db, TOMORROW) == {homes[0]: 1, homes[1]: 1}


def test_all_are_asked_however_many_there_are(db: Database, homes: list[str], autumn: None) -> None:
    """Not only the first thousands: who never confirms must not stand in the way of those behind."""
    with db.reading() as session:
        assert jobs.households_to_remind(session, "", 1) == [homes[0]]
        assert jobs.households_to_remind(session, homes[0], 1) == [homes[1]]
        assert jobs.households_to_remind(session, homes[1], 1) == []
    assert jobs.ask_to_confirm(db) == 2
