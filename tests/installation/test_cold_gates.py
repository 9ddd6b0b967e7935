"""In the heating season a gate before a cold house is told to its village; one before a warm house is not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from backend.core import clock
from tests.builders.product import code_of
from tests.harness.http import Answer, Client
from tests.installation.world import CHECKED, World

WINTER = datetime(2022, 10, 26, 2, 0, tzinfo=UTC)


@pytest.fixture
def world(world: World) -> World:
    with clock.pinned(WINTER - timedelta(days=16)):
        for client in (world.manager, world.installer, world.acceptor, world.district):
            client.get("/api/me").expect(200)  # a session is kept by being used
    return world


def warned(cadre: Client) -> int:
    told = cadre.get("/api/inbox").expect(200)["items"]
    return sum(notice["title"] == "有户可能受冻" for notice in told)


def _early(world: World) -> Answer:
    house, _ = world.contracted("biomass")
    slot = world.slot("biomass", day=WINTER.date() + timedelta(days=2))
    cadre = world.cadre("biomass")
    booking = cadre.post("/api/bookings", {"household_id": house, "slot_id": slot}).expect(201)["id"]
    return world.installer.post(
        "/api/visits", {"booking_id": booking, "household_code": code_of(world.db, house)}
    )


def _silent(world: World) -> Answer:
    house, _ = world.contracted("biomass")
    alarm = {"serial": "C1", "room": "堂屋", "test_beep": False, "household_code": code_of(world.db, house)}
    return world.cadre("biomass").post(f"/api/households/{house}/co-alarm", alarm)


def _silent_at_visit(world: World) -> Answer:
    house, _, booking = _booked_today(world)
    alarm = {"serial": "C1", "room": "堂屋", "test_beep": False}
    return world.installer.post(f"/api/visits/{world.visit(booking, house)}/co-alarm", alarm)


def _booked_today(world: World) -> tuple[str, Client, str]:
    house, resident = world.contracted("biomass")
    slot = world.slot("biomass", day=WINTER.date())
    booking = resident.post("/api/bookings", {"household_id": house, "slot_id": slot}).expect(201)["id"]
    return house, resident, booking


def _unlit(world: World) -> Answer:
    house, _ = world.contracted("biomass")
    return world.installer.post(f"/api/households/{house}/energised", {})


def _not_accepted(world: World) -> Answer:
    house, _ = world.contracted("biomass")
    body = {"outcome": "passed", "checklist": CHECKED}
    return world.acceptor.post(f"/api/households/{house}/acceptance", body)


@pytest.mark.parametrize("gate", [_early, _silent, _silent_at_visit, _unlit, _not_accepted])
def test_a_gate_before_a_cold_house_is_told_to_its_village(
    world: World, gate: Callable[[World], Answer]
) -> None:
    with clock.pinned(WINTER):
        cadre = world.cadre("biomass")
        problem = gate(world).expect(409)
        assert problem["facts"]["cold_house"] and "清洁煤" in problem["next"], problem
        assert warned(cadre) == 1


def test_a_move_that_fails_for_want_of_a_place_is_told_too(world: World) -> None:
    with clock.pinned(WINTER):
        cadre = world.cadre("biomass")
        _, resident = world.contracted("biomass")
        house = world.house("biomass")
        here = world.slot("biomass", day=WINTER.date() + timedelta(days=2))
        full = world.slot("biomass", capacity=1, day=WINTER.date() + timedelta(days=3))
        world.manager.post(f"/api/slots/{full}/capacity", {"capacity": 0}).expect(200)
        booking = resident.post("/api/bookings", {"household_id": house, "slot_id": here}).expect(201)["id"]
        resident.post(f"/api/bookings/{booking}/move", {"slot_id": full}).expect(409)
        assert warned(cadre) == 1


def test_a_house_that_is_fully_installed_is_not_said_to_be_cold(world: World) -> None:
    with clock.pinned(WINTER):
        cadre = world.cadre("biomass")
        house, resident, booking = _booked_today(world)
        visit = world.visit(booking, house)
        world.install(visit, "biomass")
        alarm = {"serial": "C1", "room": "堂屋", "test_beep": True}
        world.installer.post(f"/api/visits/{visit}/co-alarm", alarm).expect(201)
        world.installer.post(f"/api/visits/{visit}/finish", {}).expect(200)
        slot = world.slot("biomass", day=WINTER.date(), half_day="morning")
        problem = resident.post("/api/bookings", {"household_id": house, "slot_id": slot}).expect(409)
        assert problem["code"] == "booking.installed_already"
        assert "cold_house" not in problem.get("facts", {}) and "受冻" not in problem["next"]
        warm = resident.post(f"/api/households/{house}/heat-confirmation", {"warm": True}).expect(409)
        assert "cold_house" not in warm.get("facts", {})
        assert warned(cadre) == 0
