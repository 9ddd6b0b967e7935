"""At the same moment, on connections of their own."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select

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
