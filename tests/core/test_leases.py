"""Who leads, and what has run: one of many, again after its end, never before."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select, update

from backend.core import clock, leases
from backend.core.db import Database
from backend.core.leases import Heartbeat, JobSlot, Lease, wall_clock
from tests.builders.product import AUTUMN
from tests.harness.races import race
from tests.sizes import SIZES


def _acquire(db: Database, owner: str, seconds: int = 60) -> bool:
    with db.writing() as session:
        return leases.acquire(session, "leader", owner, seconds)


def _claim(db: Database, owner: str, slot: str = "2022-09-15") -> bool:
    with db.writing() as session:
        return leases.claim_slot(session, "job", slot, owner)


def _run_out(db: Database) -> None:
    gone = wall_clock() - timedelta(seconds=1)
    with db.writing() as session:
        session.execute(update(Lease).values(until=gone))
        session.execute(update(JobSlot).values(lease_until=gone))


def test_of_many_who_reach_for_the_lease_one_leads(db: Database) -> None:
    for _ in range(SIZES.race_rounds):
        result = race(32, lambda index: (index, _acquire(db, f"w{index}")))
        assert not result.errors
        winners = [index for index, won in result.values if won]
        assert len(winners) == 1
        with db.writing() as session:
            assert session.scalar(select(Lease.owner)) == f"w{winners[0]}"
            leases.release(session, "leader", f"w{winners[0]}")


def test_a_lease_is_kept_by_its_owner_and_by_nobody_else_while_it_stands(db: Database) -> None:
    assert _acquire(db, "w1")
    assert not _acquire(db, "w2")
    assert _acquire(db, "w1")
    assert not _acquire(db, "w2")


def test_a_lease_that_ran_out_is_taken_over_by_one(db: Database) -> None:
    _acquire(db, "w0")
    _run_out(db)
    result = race(32, lambda index: _acquire(db, f"w{index + 1}"))
    assert not result.errors
    assert sum(result.values) == 1
    assert not _acquire(db, "w0")


def test_only_the_owner_gives_a_lease_back(db: Database) -> None:
    _acquire(db, "w1")
    with db.writing() as session:
        leases.release(session, "leader", "w2")
    assert not _acquire(db, "w2")
    with db.writing() as session:
        leases.release(session, "leader", "w1")
    assert _acquire(db, "w2")


def test_leases_live_by_the_clock_of_the_wall_and_not_of_the_plan(db: Database) -> None:
    with clock.pinned(AUTUMN):
        _acquire(db, "w1")
    assert not _acquire(db, "w2")
    with db.reading() as session:
        until = session.scalar(select(Lease.until))
    assert until is not None and abs((until - wall_clock()).total_seconds() - 60) < 30


def test_of_many_who_reach_for_a_slot_one_runs_it(db: Database) -> None:
    for number in range(SIZES.race_rounds):
        result = race(32, lambda index, slot=f"s{number}": _claim(db, f"w{index}", slot))  # type: ignore[misc]
        assert not result.errors
        assert sum(result.values) == 1


def test_a_slot_that_is_being_run_is_not_run_again(db: Database) -> None:
    assert _claim(db, "w1")
    assert not _claim(db, "w2")
    assert not _claim(db, "w1")


def test_a_run_whose_worker_was_lost_is_taken_over_after_its_lease(db: Database) -> None:
    _claim(db, "w0")
    _run_out(db)
    result = race(32, lambda index: _claim(db, f"w{index + 1}"))
    assert not result.errors
    assert sum(result.values) == 1


def test_a_finished_run_is_never_taken_over(db: Database) -> None:
    _claim(db, "w1")
    with db.writing() as session:
        leases.finish_slot(session, "job", "2022-09-15")
    _run_out(db)
    assert not _claim(db, "w2")
    assert _claim(db, "w2", "2022-09-16")


def test_a_failed_run_gives_its_slot_back_at_once(db: Database) -> None:
    _claim(db, "w1")
    with db.writing() as session:
        leases.give_up_slot(session, "job", "2022-09-15")
    assert _claim(db, "w2")


def test_what_is_finished_cannot_be_given_up(db: Database) -> None:
    _claim(db, "w1")
    with db.writing() as session:
        leases.finish_slot(session, "job", "2022-09-15")
        leases.give_up_slot(session, "job", "2022-09-15")
    assert not _claim(db, "w2")


def test_a_heartbeat_tells_the_last_time_and_who(db: Database) -> None:
    before = wall_clock()
    with db.writing() as session:
        assert leases.last_beat(session, "worker") is None
        leases.beat(session, "worker", "first")
        leases.beat(session, "worker", "x" * 500)
    with db.reading() as session:
        beat = leases.last_beat(session, "worker")
        assert session.scalar(select(Heartbeat.detail)) == "x" * 200
    assert beat is not None and before <= beat <= wall_clock()


def test_hearts_that_beat_at_once_do_not_stop_one_another(db: Database) -> None:
    def beat(index: int) -> None:
        with db.writing() as session:
            leases.beat(session, "worker", str(index))

    assert not race(SIZES.racers, beat).errors
