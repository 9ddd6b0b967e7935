"""At the same moment, on connections of their own."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import event, func, select, text

from backend.core import clock
from backend.core.errors import Problem
from backend.faults import (
    close_fault,
    confirm_repair,
    dispatch_repairer,
    reopen_fault,
    report_at_the_door,
    report_fault,
)
from backend.faults.jobs import climb_overdue, watch_outages
from backend.faults.models import Fault, FaultClimb, FaultReport, FaultStep, VillageOutage
from backend.faults.rules.vouching import FLOOD_OF_ONE
from backend.programme import programme_for
from scripts.children import wait_until
from tests.builders.product import actor_of
from tests.faults.world import PATH, WINTER, World
from tests.harness.races import race


def test_two_reports_at_once_are_one_fault_with_two_reports(world: World) -> None:
    house = world.house()
    resident, code = actor_of(world.db, world.resident(house)), world.code(house)

    def report(n: int) -> bool:
        with world.db.writing() as session:
            if n == 0:
                report_at_the_door(session, None, household_code=code, category="co")
                return True
            return report_fault(session, resident, household_id=house, category="co").joined

    run = race(8, report)
    assert not run.errors and run.overlapped >= 2
    with world.db.reading() as session:
        assert session.scalars(select(Fault.reports)).all() == [8]
        assert session.scalar(select(func.count()).select_from(FaultReport)) == 8
        kinds = session.scalars(select(FaultStep.kind)).all()
    assert sorted(kinds) == ["joined"] * 7 + ["reported"]
    topics = [topic for topic, _ in world.inbox("cadre")]
    assert topics == ["fault.critical"], "told once"


def test_confirmed_and_reopened_at_once_is_one_of_the_two(world: World) -> None:
    house, fault = world.done()
    resident = actor_of(world.db, world.resident(house))

    def decide(n: int) -> str:
        with world.db.writing() as session:
            if n % 2:
                return confirm_repair(session, resident, fault_id=fault, rating=5, warm=True).state
            return close_fault(session, resident, fault_id=fault, reason="好了").state

    run = race(6, decide)
    assert run.values == ["closed"] and run.overlapped >= 2
    assert all(isinstance(error, Problem) and error.code == "fault.wrong_state" for error in run.errors)
    assert len([kind for kind in world.history(fault) if kind in ("confirmed", "closed")]) == 1


def test_a_report_while_the_fault_is_being_closed_is_never_lost(world: World) -> None:
    house, fault = world.reported()
    resident = actor_of(world.db, world.resident(house))

    def act(n: int) -> str:
        with world.db.writing() as session:
            if n == 0:
                return close_fault(session, resident, fault_id=fault, reason="好了").id
            return report_fault(session, resident, household_id=house, category="no_heat").fault.id

    run = race(6, act)
    assert not run.errors and run.overlapped >= 2
    with world.db.reading() as session:
        assert session.scalar(select(func.count()).select_from(FaultReport)) == 6
        assert session.scalar(select(func.sum(Fault.reports))) == 6
        assert session.scalar(select(func.count()).where(Fault.state != "closed")) in (0, 1)


def test_a_fault_reopened_while_the_same_is_reported_is_open_once(world: World) -> None:
    house, fault = world.done()
    resident = actor_of(world.db, world.resident(house))
    with world.db.writing() as session:
        confirm_repair(session, resident, fault_id=fault, rating=5, warm=True)

    def act(n: int) -> str:
        with world.db.writing() as session:
            if n % 2:
                return reopen_fault(session, resident, fault_id=fault, reason="又坏了").id
            return report_fault(session, resident, household_id=house, category="no_heat").fault.id

    run = race(6, act)
    assert run.overlapped >= 2
    assert all(
        isinstance(e, Problem) and e.code in ("fault.open_already", "fault.wrong_state") for e in run.errors
    )
    with world.db.reading() as session:
        assert session.scalar(select(func.count()).where(Fault.state != "closed")) == 1


def test_two_dispatches_at_once_leave_one_repairer_and_both_in_the_history(world: World) -> None:
    _, fault = world.reported()
    manager = actor_of(world.db, world.people["manager"])
    sent = [world.people["repairer"].id, world.people["second_repairer"].id]

    def dispatch(n: int) -> str:
        with world.db.writing() as session:
            dispatch_repairer(session, manager, fault_id=fault, person_id=sent[n])
            return sent[n]

    run = race(2, dispatch)
    assert not run.errors
    assert world.history(fault).count("dispatched") == 2
    assert world.file(fault)["fault"]["repairer_id"] in sent


def test_an_outage_that_all_reported_at_once_is_flagged_once(world: World) -> None:
    houses = world.county.households[PATH][:6]
    residents = [actor_of(world.db, world.resident(house)) for house in houses]

    def report(n: int) -> str:
        with world.db.writing() as session:
            told = report_fault(session, residents[n], household_id=houses[n], category="no_heat")
            return told.fault.id

    run = race(6, report)
    assert not run.errors and run.overlapped >= 2
    watch_outages(world.db)
    with world.db.reading() as session:
        outage = session.scalars(select(VillageOutage.id)).one()
        assert set(session.scalars(select(Fault.outage_id))) == {outage}
    assert [topic for topic, _ in world.inbox("district")].count("fault.outage") == 1


def test_two_workers_at_once_climb_once(world: World) -> None:
    world.reported(0)
    world.reported(1)
    with clock.pinned(WINTER + timedelta(hours=1)):
        run = race(4, lambda _n: climb_overdue(world.db))
    assert not run.errors
    with world.db.reading() as session:
        assert session.scalar(select(func.count()).select_from(FaultClimb)) == 2
        assert session.scalars(select(FaultStep.kind)).all().count("climbed") == 2


@pytest.mark.only_on("postgresql", "SQLite has one writer at a time, who ends")
def test_dangers_that_are_a_flood_and_an_outage_at_once_hold_each_other_up_nowhere(world: World) -> None:
    here = world.county.households[PATH]
    elsewhere = [home for homes in world.county.households.values() for home in homes if home not in here]
    with world.db.reading() as session:
        of_village = programme_for(session, world.village).setting("village_outage_households")

    def report(house: str) -> None:
        with world.db.writing() as session:
            code = world.code(house)
            report_at_the_door(session, None, household_code=code, category="co", origin="one")

    # Each of the next two makes it a flood of one origin and an outage of the village.
    *before, first, second = [*elsewhere[: FLOOD_OF_ONE - of_village], *here[: of_village + 1]]
    for house in before:
        report(house)
    held, go_on = threading.Event(), threading.Event()

    def hold_the_first(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if "INSERT INTO village_outages" in statement and not held.is_set():
            held.set()
            assert go_on.wait(60)

    def waits_or_ended(reported: Future[None]) -> bool:
        with world.db.reading() as session:
            waiting = session.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted"))
        return bool(waiting) or reported.done()

    event.listen(world.db.engine, "before_cursor_execute", hold_the_first)
    try:
        with ThreadPoolExecutor(1) as one, ThreadPoolExecutor(1) as other:
            ends = one.submit(report, first)
            assert held.wait(60)
            ends_too = other.submit(report, second)
            wait_until(lambda: waits_or_ended(ends_too), [], seconds=60, what="the second report")
            go_on.set()
            ends.result(60)
            ends_too.result(60)
    finally:
        go_on.set()
        event.remove(world.db.engine, "before_cursor_execute", hold_the_first)
    watch_outages(world.db)
    with world.db.reading() as session:
        flagged = select(VillageOutage.id).where(VillageOutage.area_code == world.village)
        assert len(session.scalars(flagged).all()) == 1
        in_village = select(Fault).where(Fault.area_code == world.village)
        faults = session.scalars(in_village).all()
        assert len(faults) == of_village + 1 and all(each.outage_id for each in faults)
