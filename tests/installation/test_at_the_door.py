"""Visits: the scan, the kit against its figures, serials, alarm and briefing, what is carried over."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from backend.core import clock
from tests.builders.product import code_of, company_in, person_with
from tests.installation.test_order import refused
from tests.installation.world import World

NEXT_DAY = datetime(2022, 9, 16, 2, 0, tzinfo=UTC)


def test_a_visit_begins_with_the_code_of_this_very_house(world: World) -> None:
    house, _, booking = world.booked("heat_pump")
    wrong = {"booking_id": booking, "household_code": code_of(world.db, world.house("heat_pump", 1))}
    refused(world.installer.post("/api/visits", wrong), "code.other_house")
    right = {"booking_id": booking, "household_code": code_of(world.db, house)}
    visit = world.installer.post("/api/visits", {**right, "made_at": "2022-09-15T01:30:00Z"}).expect(201)
    assert (visit["made_at"], visit["begun_at"]) == ("2022-09-15T01:30:00.000Z", "2022-09-15T02:00:00.000Z")
    refused(world.second_installer.post("/api/visits", right), "visit.open_already")
    item = {"kind": "induction_cooker", "serial": "A1"}
    world.second_installer.post(f"/api/visits/{visit['id']}/items", item).expect(201)


def test_a_visit_is_not_made_before_its_day(world: World) -> None:
    house, resident = world.contracted("heat_pump")
    slot = world.slot("heat_pump", day=NEXT_DAY.date())
    booking = resident.post("/api/bookings", {"household_id": house, "slot_id": slot}).expect(201)["id"]
    body = {"booking_id": booking, "household_code": code_of(world.db, house)}
    refused(world.installer.post("/api/visits", body), "visit.early")
    with clock.pinned(NEXT_DAY):
        world.installer.post("/api/visits", body).expect(201)


def test_nobody_else_works_there(world: World) -> None:
    house, resident, booking = world.booked("heat_pump")
    visit = world.visit(booking, house)
    other = world.client(person_with(world.db, "installer", company_id="other-co"))
    item = {"kind": "induction_cooker", "serial": "A1"}
    other.post(f"/api/visits/{visit}/items", item).expect(404)
    resident.post(f"/api/visits/{visit}/items", item).expect(403)


@pytest.mark.parametrize(
    ("item", "code", "clause", "status"),
    [
        ({"kind": "biomass_stove", "serial": "A1"}, "kit.not_of_this_path", "4.1.1.2", 409),
        (
            {"kind": "heat_pump_water", "serial": "A1", "figures": {"heat_output_w": 2999}},
            "kit.figure_short",
            "4.1.1.2",
            409,
        ),
        ({"kind": "heat_pump_water", "serial": "A1"}, "kit.figure_missing", "4.1.1.2", 422),
        (
            {"kind": "induction_cooker", "serial": "A1", "figures": {"colour": 1}},
            "kit.figure_unknown",
            "4.1.1.2",
            422,
        ),
        ({"kind": "induction_cooker"}, "kit.serial_missing", None, 422),
        ({"kind": "induction_cooker", "serial": "—-—"}, "kit.serial_missing", None, 422),
        ({"kind": "induction_cooker", "serial": "A1", "quantity": 2}, "kit.serial_missing", None, 422),
        ({"kind": "wiring", "serial": "A1"}, "kit.no_serial_here", None, 422),
    ],
)
def test_an_item_must_fit_the_plans_kit(
    world: World, item: dict[str, object], code: str, clause: str | None, status: int
) -> None:
    house, _, booking = world.booked("heat_pump")
    visit = world.visit(booking, house)
    refused(world.installer.post(f"/api/visits/{visit}/items", item), code, clause, status)


def test_a_serial_stands_in_one_house_only_however_it_is_spelt(world: World) -> None:
    first, _, booking = world.booked("heat_pump")
    second, _, other = world.booked("heat_pump", 1)
    here, there = world.visit(booking, first), world.visit(other, second)
    item = world.installer.post(
        f"/api/visits/{here}/items", {"kind": "induction_cooker", "serial": "ab-001"}
    ).expect(201)
    again = {"kind": "induction_cooker", "serial": "AB 001"}
    problem = refused(world.installer.post(f"/api/visits/{there}/items", again), "kit.serial_taken", "8.4")
    assert "另一户" in problem["detail"]
    removal = f"/api/installed-items/{item['id']}/removal"
    world.installer.post(removal, {"reason": "登记错户"}).expect(200)
    refused(world.installer.post(removal, {"reason": "登记错户"}), "kit.removed_already")
    world.installer.post(f"/api/visits/{there}/items", again).expect(201)


def test_partial_work_is_told_and_carried_over_to_the_next_visit(world: World) -> None:
    house, resident, booking = world.booked("biomass")
    visit = world.visit(booking, house)
    world.installer.post(f"/api/visits/{visit}/items", {"kind": "radiator", "quantity": 1}).expect(201)
    ended = world.installer.post(f"/api/visits/{visit}/finish", {"remark": "缺货"}).expect(200)
    assert ended["outcome"] == "partial"
    assert {each["kind"]: each["count"] for each in ended["missing"]} == {
        "biomass_stove": 1,
        "radiator": 1,
        "co_alarm": 1,
    }
    refused(world.installer.post(f"/api/visits/{visit}/finish", {}), "visit.over")
    assert any("还缺" in told["body"] for told in resident.get("/api/inbox").expect(200)["items"])
    with clock.pinned(NEXT_DAY):
        slot = world.slot("biomass", day=NEXT_DAY.date())
        again = resident.post("/api/bookings", {"household_id": house, "slot_id": slot}).expect(201)["id"]
        second = world.visit(again, house)
        for item in (
            {"kind": "radiator"},
            {"kind": "biomass_stove", "serial": "S1"},
            {"kind": "co_alarm", "serial": "C1"},
        ):
            world.installer.post(f"/api/visits/{second}/items", item).expect(201)
        assert world.installer.post(f"/api/visits/{second}/finish", {}).expect(200)["outcome"] == "complete"
        standing = world.standing(house)
        assert standing["installed_at"] and standing["co_alarm_tested_at"] is None
        assert standing["next"]["code"] == "co_alarm"


def test_a_silent_alarm_does_not_count_and_rooms_without_one_are_flagged(world: World) -> None:
    house, _, booking = world.booked("biomass")
    visit = world.visit(booking, house)
    alarm = {"serial": "C1", "room": "堂屋", "test_beep": True}
    refused(
        world.installer.post(f"/api/visits/{visit}/co-alarm", {**alarm, "test_beep": False}),
        "co_alarm.silent",
        "4.1.1.5",
    )
    world.installer.post(f"/api/visits/{visit}/co-alarm", alarm).expect(201)
    world.installer.post(f"/api/visits/{visit}/co-alarm", alarm).expect(201)  # tested again, still one alarm
    world.installer.post(f"/api/visits/{visit}/finish", {"rooms_lived_in": ["堂屋", "卧室"]}).expect(200)
    shown = world.district.get(f"/api/households/{house}/installation").expect(200)
    assert shown["standing"]["rooms_without_alarm"] == ["卧室"]
    assert (len(shown["items"]), len(shown["co_alarm_tests"])) == (1, 2)


@pytest.mark.parametrize("role", ["driver", "village_cadre", "installer"])
def test_whoever_stands_at_the_door_fits_the_alarm_and_explains(world: World, role: str) -> None:
    house, _ = world.contracted("biomass")
    if role == "village_cadre":
        helper = world.cadre("biomass")
    else:
        company_in(world.db, "heat-co", "contractor")
        helper = world.client(person_with(world.db, role, company_id="heat-co"))
    alarm = {"serial": "C9", "room": "卧室", "test_beep": True}
    code = {"household_code": code_of(world.db, house)}
    helper.post(f"/api/households/{house}/co-alarm", {**alarm, "household_code": "2222222222"}).expect(404)
    standing = helper.post(f"/api/households/{house}/co-alarm", alarm | code).expect(201)
    assert standing["co_alarm_tested_at"]
    standing = helper.post(f"/api/households/{house}/briefing", {"given_to": "王奶奶"} | code).expect(201)
    assert standing["briefing_given_at"]


def test_an_alarm_was_all_that_was_missing_and_whoever_brings_it_completes_the_house(world: World) -> None:
    house, _, booking = world.booked("biomass")
    visit = world.visit(booking, house)
    works = f"/api/visits/{visit}"
    world.installer.post(f"{works}/items", {"kind": "biomass_stove", "serial": "S1"}).expect(201)
    world.installer.post(f"{works}/items", {"kind": "radiator", "quantity": 2}).expect(201)
    finished = world.installer.post(f"{works}/finish", {"rooms_lived_in": ["正房"]}).expect(200)
    assert [each["kind"] for each in finished["missing"]] == ["co_alarm"]
    assert world.standing(house)["installed_at"] is None
    alarm = {"household_code": code_of(world.db, house), "serial": "C1", "room": "正房", "test_beep": True}
    cadre = world.cadre("biomass")
    standing = cadre.post(f"/api/households/{house}/co-alarm", alarm).expect(201)
    assert standing["installed_at"] and not standing["missing"]
    # An alarm that broke later and was changed at the door leaves the house as complete as it was.
    items = world.district.get(f"/api/households/{house}/installation").expect(200)["items"]
    broken = next(item["id"] for item in items if item["kind"] == "co_alarm")
    world.installer.post(f"/api/installed-items/{broken}/removal", {"reason": "失灵"}).expect(200)
    assert world.standing(house)["installed_at"] is None
    cadre.post(f"/api/households/{house}/co-alarm", {**alarm, "serial": "C2"}).expect(201)
    assert world.standing(house)["installed_at"]


def test_an_alarm_before_any_visit_completes_nothing(world: World) -> None:
    house, _ = world.contracted("biomass")
    alarm = {"household_code": code_of(world.db, house), "serial": "C1", "room": "正房", "test_beep": True}
    standing = world.cadre("biomass").post(f"/api/households/{house}/co-alarm", alarm).expect(201)
    assert standing["installed_at"] is None


def test_taking_the_tested_alarm_away_takes_the_test_away(world: World) -> None:
    house, _ = world.installed("biomass")
    items = world.district.get(f"/api/households/{house}/installation").expect(200)["items"]
    alarm = next(item for item in items if item["kind"] == "co_alarm")
    world.installer.post(f"/api/installed-items/{alarm['id']}/removal", {"reason": "失灵"}).expect(200)
    standing = world.standing(house)
    assert (standing["co_alarm_tested_at"], standing["installed_at"]) == (None, None)
    assert [each["kind"] for each in standing["missing"]] == ["co_alarm"]


def test_energising_waits_for_the_kit_and_happens_once(world: World) -> None:
    empty, _ = world.contracted("biomass", 1)
    refused(world.installer.post(f"/api/households/{empty}/energised", {}), "installation.not_installed")
    house, _ = world.installed("biomass")
    standing = world.installer.post(f"/api/households/{house}/energised", {}).expect(200)
    assert (standing["rung"], standing["old_heating_may_go"]) == ("energised", True)
    refused(world.installer.post(f"/api/households/{house}/energised", {}), "installation.energised_already")


def test_an_installed_house_is_not_booked_again(world: World) -> None:
    house, resident = world.installed("heat_pump")
    slot = world.slot("heat_pump", half_day="morning")
    refused(
        resident.post("/api/bookings", {"household_id": house, "slot_id": slot}),
        "booking.installed_already",
        "2",
    )


def test_sent_twice_from_a_phone_without_signal_it_is_recorded_once(world: World) -> None:
    house, _, booking = world.booked("heat_pump")
    visit = world.visit(booking, house)
    item = {"kind": "induction_cooker", "serial": "A1", "made_at": "2022-09-15T01:00:00Z"}
    first = world.installer.post(f"/api/visits/{visit}/items", item, key="offline-0001")
    second = world.installer.post(f"/api/visits/{visit}/items", item, key="offline-0001")
    assert first.expect(201) == second.expect(201)
