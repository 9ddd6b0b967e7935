"""Acceptance by another, rework, vacant houses, and the household's word."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from backend.core import clock, events
from backend.core.events import Event
from backend.installation import Accepted, HeatConfirmed
from backend.installation.models import Visit
from backend.registry.models import Household, HouseholdTie
from tests.builders.product import code_of, give_role_to
from tests.installation.test_order import refused
from tests.installation.world import CHECKED, World

NEXT_DAY = datetime(2022, 9, 16, 2, 0, tzinfo=UTC)
DAY_AFTER = datetime(2022, 9, 17, 2, 0, tzinfo=UTC)


def accept(world: World, house: str, **changes: Any) -> Any:
    body = {"outcome": "passed", "checklist": CHECKED, **changes}
    return world.acceptor.post(f"/api/households/{house}/acceptance", body)


def say(client: Any, house: str, **word: Any) -> Any:
    return client.post(f"/api/households/{house}/heat-confirmation", word)


@pytest.fixture
def heard() -> list[Event]:
    found: list[Event] = []
    for kind in (Accepted, HeatConfirmed):
        events.subscribe(kind, lambda _session, event: found.append(event))
    return found


def test_a_house_climbs_to_heat_confirmed(world: World, heard: list[Event]) -> None:
    house, resident = world.installed("biomass")
    refused(say(resident, house), "heat.not_accepted", "6.1.4")
    accepted = accept(world, house).expect(201)
    assert accepted["outcome"] == "passed"
    refused(accept(world, house), "acceptance.done_already")
    standing = world.standing(house)
    assert (standing["rung"], standing["next"]["who"]) == ("accepted", "resident")
    assert standing["next_until"] == "2022-10-31"
    done = say(resident, house, warm=True, indoor_temperature_c=20.5).expect(201)
    assert (done["rung"], done["next"]) == ("heat_confirmed", None)
    refused(say(resident, house), "heat.confirmed_already", "6.1.4")
    assert [type(event).__name__ for event in heard] == ["Accepted", "HeatConfirmed"]


def test_who_had_a_hand_in_it_does_not_accept_it(world: World) -> None:
    house, _ = world.installed("heat_pump")
    give_role_to(world.db, world.people["installer"], "acceptor", area_code=world.county.district)
    body = {"outcome": "passed", "checklist": CHECKED}
    refused(world.installer.post(f"/api/households/{house}/acceptance", body), "acceptance.own_work", "8.4")
    accept(world, house).expect(201)


def test_an_unfinished_house_does_not_pass(world: World) -> None:
    house, _ = world.contracted("biomass")
    problem = refused(accept(world, house), "acceptance.kit_incomplete", "4.1.1.5")
    assert "生物质炉具1件" in problem["detail"] and "暖气片2件" in problem["detail"]


def test_without_the_alarms_test_a_stove_does_not_pass(world: World) -> None:
    house, _, booking = world.booked("biomass")
    visit = world.visit(booking, house)
    world.install(visit, "biomass")
    alarm = {"kind": "co_alarm", "serial": "C1"}
    world.installer.post(f"/api/visits/{visit}/items", alarm).expect(201)
    world.installer.post(f"/api/visits/{visit}/finish", {}).expect(200)
    refused(accept(world, house), "acceptance.co_alarm_untested", "4.1.1.5")
    tested = {"serial": "C1", "room": "堂屋", "test_beep": True, "household_code": code_of(world.db, house)}
    world.cadre("biomass").post(f"/api/households/{house}/co-alarm", tested).expect(201)
    accept(world, house).expect(201)


def test_an_open_point_or_old_heating_torn_out_first_does_not_pass(world: World) -> None:
    house, _ = world.installed("heat_pump")
    open_point = {**CHECKED, "safely_fitted": False}
    problem = refused(accept(world, house, checklist=open_point), "acceptance.checklist_open", "8.4")
    assert "安装牢固" in problem["detail"]
    cold = {**CHECKED, "runs": False}
    refused(
        accept(world, house, outcome="rework", rework="不热", checklist=cold, old_heating_removed=True),
        "acceptance.build_first",
        "2",
    )
    assert world.standing(house)["old_heating_may_go"] is False


def test_rework_loops_until_a_visit_has_mended_it(world: World) -> None:
    house, resident = world.installed("heat_pump")
    refused(accept(world, house, outcome="rework"), "acceptance.rework_unexplained", None, 422)
    accept(world, house, outcome="rework", rework="管道漏水").expect(201)
    assert any("管道漏水" in told["body"] for told in world.manager.get("/api/inbox").expect(200)["items"])
    assert world.standing(house)["next"]["code"] == "rework"
    refused(accept(world, house), "acceptance.rework_open", "8.4")
    with clock.pinned(NEXT_DAY):
        slot = world.slot("heat_pump", day=NEXT_DAY.date())
        again = resident.post("/api/bookings", {"household_id": house, "slot_id": slot}).expect(201)["id"]
        visit = world.visit(again, house)
        refused(accept(world, house), "acceptance.rework_open", "8.4")
        world.installer.post(f"/api/visits/{visit}/finish", {"remark": "已换密封圈"}).expect(200)
    with clock.pinned(DAY_AFTER):
        accept(world, house).expect(201)


def test_a_vacant_house_is_accepted_and_waits_for_its_people(world: World) -> None:
    house, resident = world.installed("heat_pump")
    with world.db.writing() as session:
        session.get_one(Household, house).vacant = True
    accepted = accept(world, house, checklist={**CHECKED, "runs": False}).expect(201)
    assert accepted["vacant"] is True
    standing = world.standing(house)
    assert standing["vacant_accepted"] is True and standing["heat_confirmed_at"] is None
    refused(say(resident, house), "heat.vacant", "6.1.4")


def test_the_cadre_says_it_for_the_household(world: World) -> None:
    house, _ = world.installed("heat_pump")
    accept(world, house).expect(201)
    assert say(world.cadre("heat_pump"), house).expect(201)["rung"] == "heat_confirmed"


def test_still_cold_is_never_refused_and_reaches_those_who_must_act(world: World) -> None:
    house, resident = world.contracted("heat_pump")
    cadre = world.cadre("heat_pump")
    standing = say(resident, house, warm=False, indoor_temperature_c=9.5).expect(201)
    assert standing["still_cold_at"] and standing["heat_confirmed_at"] is None
    for who in (cadre, world.manager):
        assert any("9.5℃" in told["body"] for told in who.get("/api/inbox").expect(200)["items"])


def test_nobody_but_an_acceptor_accepts(world: World) -> None:
    house, resident = world.installed("heat_pump")
    body = {"outcome": "passed", "checklist": CHECKED}
    for client in (resident, world.manager, world.installer, world.district):
        client.post(f"/api/households/{house}/acceptance", body).expect(403)


def test_who_installed_does_not_say_for_the_household_that_it_is_warm(world: World) -> None:
    house, _ = world.installed("biomass")
    accept(world, house).expect(201)
    with world.db.writing() as session:
        installer = session.scalars(select(Visit.installer_id).where(Visit.household_id == house)).first()
        assert installer
        session.add(
            HouseholdTie(
                household_id=house,
                person_id=installer,
                role="household_proxy",
                proven_by="cadre",
                given_by=installer,
                since=clock.now(),
            )
        )
    refused(
        world.installer.post(f"/api/households/{house}/heat-confirmation", {"warm": True}),
        "heat.own_hand",
        "8.4",
    )
