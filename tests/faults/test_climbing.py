"""What is past its time climbs, each level once a round; villages with many faults are flagged."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from backend.core import clock
from backend.faults.jobs import climb_overdue, watch_outages
from backend.faults.models import Fault, FaultClimb, VillageOutage
from tests.faults.world import PATH, WINTER, World

DUE = WINTER + timedelta(hours=1)  # the answer to a fault reported now


def climbed(world: World) -> list[tuple[str, str, int]]:
    with world.db.reading() as session:
        rows = session.execute(
            select(FaultClimb.stage, FaultClimb.role, FaultClimb.round).order_by(
                FaultClimb.at, FaultClimb.role
            )
        )
        return [(stage, role, number) for stage, role, number in rows]


def run_at(world: World, instant: datetime) -> int:
    with clock.pinned(instant):
        return climb_overdue(world.db)


def test_an_unanswered_fault_climbs_to_manager_township_and_district_each_once(world: World) -> None:
    world.reported()
    before = {who: len(world.inbox(who)) for who in ("manager", "township", "district")}
    assert run_at(world, DUE - timedelta(seconds=1)) == 0
    assert run_at(world, DUE) == 1
    assert run_at(world, DUE) == 0, "safe to run twice"
    assert run_at(world, DUE + timedelta(minutes=59)) == 0
    # An hour later the visit is past its time as well, and begins its own climb.
    assert run_at(world, DUE + timedelta(minutes=60)) == 2
    assert climbed(world) == [
        ("answer", "contractor_manager", 0),
        ("on_site", "contractor_manager", 0),
        ("answer", "township_officer", 0),
    ]
    run_at(world, DUE + timedelta(minutes=180))
    assert ("answer", "district_officer", 0) in climbed(world)
    after = {who: len(world.inbox(who)) for who in ("manager", "township", "district")}
    assert [after[who] - before[who] for who in ("manager", "township", "district")] == [2, 2, 1]
    assert {topic for topic, _ in world.inbox("district")} == {"fault.critical"}


def test_what_is_met_climbs_no_more_and_a_new_round_climbs_anew(world: World) -> None:
    house, fault = world.done()
    assert run_at(world, WINTER + timedelta(days=2)) == 0
    with clock.pinned(WINTER + timedelta(days=2)):
        world.act(world.resident(house), fault, "reopening", {"reason": "又不热"}).expect(201)
    assert run_at(world, WINTER + timedelta(days=2, hours=1)) == 1
    assert climbed(world) == [("answer", "contractor_manager", 1)]
    with clock.pinned(WINTER + timedelta(days=2)):
        world.act(world.resident(house), fault, "closure", {"reason": "好了"}).expect(201)
    assert run_at(world, WINTER + timedelta(days=9)) == 0


def test_without_a_contract_the_township_is_told_at_once(world: World) -> None:
    world.report(world.house())
    assert run_at(world, DUE) == 2
    assert climbed(world) == [("answer", "contractor_manager", 0), ("answer", "township_officer", 0)]


def test_a_paused_fault_climbs_only_after_the_pause(world: World) -> None:
    _, fault = world.dispatched(category="equipment")
    until = {"reason": "等配件", "until": "2022-12-02T02:00:00Z"}
    world.act("manager", fault, "pause", until).expect(201)
    assert run_at(world, WINTER + timedelta(days=2) - timedelta(seconds=1)) == 0
    assert run_at(world, WINTER + timedelta(days=2)) == 1


def test_a_climb_is_a_line_of_the_history(world: World) -> None:
    _, fault = world.reported()
    run_at(world, DUE)
    last = world.file(fault)["steps"][-1]
    assert last["kind"] == "climbed" and last["by_name"] is None
    assert last["facts"] == {"stage": "answer", "role": "contractor_manager", "told": 1}


def test_enough_households_of_one_village_are_an_outage_and_the_last_closing_ends_it(world: World) -> None:
    faults = [world.report(house)["fault"]["id"] for house in world.county.households[PATH][:4]]
    assert world.client("township").get("/api/outages").expect(200)["items"] == []
    world.contract(world.house(4))
    faults.append(world.report(world.house(4))["fault"]["id"])
    (outage,) = world.client("township").get("/api/outages").expect(200)["items"]
    assert (outage["households"], outage["open"], outage["ended_at"]) == (5, 5, None)
    for who in ("cadre", "township", "district", "manager"):
        assert [topic for topic, _ in world.inbox(who)].count("fault.outage") == 1
    sixth = world.report(world.house(5))["fault"]
    assert sixth["outage_id"] == outage["id"], "who reports later joins the outage"
    assert world.client("manager").get("/api/outages").expect(200)["items"][0]["households"] == 6
    assert world.client("elsewhere").get("/api/outages").expect(200)["items"] == []
    for fault in (*faults, sixth["id"]):
        assert world.client("district").get("/api/outages").expect(200)["items"][0]["ended_at"] is None
        world.act("district", fault, "closure", {"reason": "管网已修好"}).expect(201)
    (ended,) = world.client("district").get("/api/outages", standing="false").expect(200)["items"]
    assert ended["open"] == 0 and ended["ended_at"]
    assert [topic for topic, _ in world.inbox("district")].count("fault.outage") == 1


def test_faults_of_different_kinds_or_far_apart_in_time_are_no_outage(world: World) -> None:
    houses = world.county.households[PATH]
    for house in houses[:3]:
        world.report(house, "noise")
    with clock.pinned(WINTER + timedelta(hours=6, seconds=1)):
        for house in houses[3:5]:
            world.report(house, "noise")
        world.report(houses[0], "equipment")
        watch_outages(world.db)
    with world.db.reading() as session:
        assert session.scalar(select(func.count()).select_from(VillageOutage)) == 0


@pytest.mark.parametrize("hours", [0, 6])
def test_the_worker_flags_what_no_report_saw_and_ends_what_is_over(world: World, hours: int) -> None:
    faults = [world.report(house)["fault"]["id"] for house in world.county.households[PATH][:5]]
    with world.db.writing() as session:  # as if all had been reported at once, none seeing the others
        session.query(Fault).update({Fault.outage_id: None})
        session.query(VillageOutage).delete()
    with clock.pinned(WINTER + timedelta(hours=hours)):
        watch_outages(world.db)
        watch_outages(world.db)
    with world.db.reading() as session:
        outage = session.scalars(select(VillageOutage)).one()
        assert outage.began_at == WINTER.astimezone(UTC)
        assert session.scalar(select(func.count(Fault.outage_id))) == len(faults)
    with world.db.writing() as session:  # as if the last two had been closed at once
        session.query(Fault).update(
            {Fault.state: "closed", Fault.closed_at: WINTER, Fault.closed_as: "by_district"}
        )
    watch_outages(world.db)
    with world.db.reading() as session:
        assert session.scalars(select(VillageOutage.ended_at)).one() is not None
