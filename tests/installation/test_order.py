"""Plan, then contract, then booking: each step refused with its clause and what to do, and open once it is due."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from backend.core import clock
from tests.builders.product import person_with
from tests.harness.http import Answer
from tests.installation.world import World

BETWEEN = datetime(2022, 10, 10, 2, 0, tzinfo=UTC)
WINTER = datetime(2022, 10, 26, 2, 0, tzinfo=UTC)


def refused(answer: Answer, code: str, clause: str | None = None, status: int = 409) -> dict[str, str]:
    problem: dict[str, str] = answer.expect(status)
    assert problem["code"] == code, problem
    assert problem["clause"] == clause, problem
    assert problem["detail"] and problem["next"]
    return problem


def test_no_contract_before_both_have_confirmed(world: World) -> None:
    house = world.house("heat_pump")
    refused(world.contract(house), "installation.not_confirmed", "2")
    world.resident(house).post(f"/api/households/{house}/confirmation").expect(200)
    problem = refused(world.contract(house), "installation.not_confirmed", "2")
    assert "村委会" in problem["detail"] and "居民" not in problem["detail"]


def test_a_contract_is_recorded_once_and_told_to_the_household(world: World) -> None:
    house, resident = world.confirmed("heat_pump")
    contract = world.contract(house).expect(201)
    assert (contract["contractor_name"], contract["own_share_fen"]) == ("示范取暖公司", 200_000)
    refused(world.contract(house), "contract.stands_already", "2")
    told = resident.get("/api/inbox").expect(200)["items"]
    assert any("2000.00元" in notice["body"] for notice in told)
    assert (
        resident.get(f"/api/households/{house}/installation").expect(200)["contract"]["id"] == contract["id"]
    )


@pytest.mark.parametrize("signed_on", ["2022-05-12", "2022-09-16"])
def test_a_contract_is_signed_within_the_programme(world: World, signed_on: str) -> None:
    house, _ = world.confirmed("heat_pump")
    refused(world.contract(house, signed_on=signed_on), "contract.signed_outside", "2")


def test_a_contract_is_with_a_contractor_of_the_list_and_recorded_by_its_own_people(world: World) -> None:
    house, _ = world.confirmed("heat_pump")
    world.contract(house, contractor_id="other-co").expect(404)
    cadre = world.cadre("heat_pump")
    body = {"contractor_id": "nobody", "signed_on": "2022-09-10", "own_share_fen": 0, "summary": "协议"}
    refused(cadre.post(f"/api/households/{house}/contract", body), "contract.not_a_contractor", "4.2.2")
    cadre.post(f"/api/households/{house}/contract", {**body, "contractor_id": "other-co"}).expect(201)
    elsewhere = world.cadre("biomass")
    elsewhere.post(f"/api/households/{house}/contract", {**body, "contractor_id": "other-co"}).expect(404)


def test_a_booking_needs_the_contract_and_not_the_lock(world: World) -> None:
    house, resident = world.confirmed("heat_pump")
    slot = world.slot("heat_pump")
    body = {"household_id": house, "slot_id": slot}
    refused(resident.post("/api/bookings", body), "installation.contract_missing", "2")
    world.contract(house).expect(201)
    booking = resident.post("/api/bookings", body).expect(201)
    assert (booking["state"], booking["on_behalf"], booking["day"]) == ("standing", False, "2022-09-15")
    refused(resident.post("/api/bookings", body), "booking.standing_already")


def test_in_the_cold_season_a_refusal_tells_the_way_to_warmth_and_the_village(world: World) -> None:
    house, resident = world.confirmed("heat_pump")
    cadre, slot = world.cadre("heat_pump"), world.slot("heat_pump", day=WINTER.date())
    with clock.pinned(BETWEEN):
        for client in (resident, cadre):
            client.get("/api/me").expect(200)  # a session is kept by being used
    with clock.pinned(WINTER):
        problem = refused(
            resident.post("/api/bookings", {"household_id": house, "slot_id": slot}),
            "installation.contract_missing",
            "2",
        )
        told = [notice["title"] for notice in cadre.get("/api/inbox").expect(200)["items"]]
    assert "清洁煤" in problem["next"] and "0349-0000000" in problem["next"]
    assert told.count("有户可能受冻") == 1


def test_a_loan_waits_three_days_for_the_owners_second_word(world: World) -> None:
    house, resident = world.confirmed("heat_pump")
    contract = world.contract(house, financing="loan").expect(201)
    assert contract["confirmable_from"] == "2022-09-18"
    slot = world.slot("heat_pump", day=datetime(2022, 9, 20, tzinfo=UTC).date())
    body = {"household_id": house, "slot_id": slot}
    refused(resident.post("/api/bookings", body), "installation.owner_not_confirmed", "4.2.2")
    confirm = f"/api/households/{house}/contract/owner-confirmation"
    for day, status in ((17, 409), (18, 200)):
        with clock.pinned(datetime(2022, 9, day, 2, 0, tzinfo=UTC)):
            answer = resident.post(confirm, {})
            assert answer.status == status, answer.text
    with clock.pinned(datetime(2022, 9, 18, 3, 0, tzinfo=UTC)):
        refused(resident.post(confirm, {}), "contract.owner_confirmed_already")
        resident.post("/api/bookings", body).expect(201)


def test_the_cadre_confirms_a_loan_only_before_a_witness(world: World) -> None:
    house, _ = world.confirmed("heat_pump")
    world.contract(house, financing="lease").expect(201)
    cadre = world.cadre("heat_pump")
    confirm = f"/api/households/{house}/contract/owner-confirmation"
    with clock.pinned(datetime(2022, 9, 18, 2, 0, tzinfo=UTC)):
        refused(cadre.post(confirm, {}), "contract.witness_missing", "4.2.2", 422)
        done = cadre.post(confirm, {"witness": "李福"}).expect(200)
    assert (done["owner_confirmed_on_behalf"], done["witness"]) == (True, "李福")


def test_duty_14_who_confirms_a_loan_for_a_household_is_not_asked_for_its_messages(world: World) -> None:
    (own, resident), (other, _) = world.confirmed("heat_pump"), world.confirmed("heat_pump", 1)
    for house in (own, other):
        world.contract(house, financing="loan").expect(201)
    cadre = world.cadre("heat_pump")
    with clock.pinned(datetime(2022, 9, 18, 2, 0, tzinfo=UTC)):
        said = resident.post(f"/api/households/{own}/contract/owner-confirmation", {}).expect(200)
        for_it = cadre.post(
            f"/api/households/{other}/contract/owner-confirmation", {"witness": "李福"}
        ).expect(200)
    asked = {"demo-tmpl-visit", "demo-tmpl-notice"}
    assert (said["owner_confirmed_on_behalf"], set(said["templates_to_ask"])) == (False, asked)
    assert (for_it["owner_confirmed_on_behalf"], for_it["templates_to_ask"]) == (True, [])


def test_a_contract_ends_only_without_a_standing_booking_and_another_may_follow(world: World) -> None:
    house, resident, booking = world.booked("heat_pump")
    contract = resident.get(f"/api/households/{house}/installation").expect(200)["contract"]["id"]
    end = f"/api/contracts/{contract}/end"
    refused(world.district.post(end, {"reason": "换企业"}), "contract.in_use", "2")
    with clock.pinned(datetime(2022, 9, 16, 2, 0, tzinfo=UTC)):
        resident.post(f"/api/bookings/{booking}/cancel", {"reason": "没有来人"}).expect(200)
        world.district.post(end, {"reason": "换企业"}).expect(200)
        refused(world.district.post(end, {"reason": "换企业"}), "contract.ended_already")
        world.contract(house).expect(201)


def test_a_slot_of_another_village_or_company_is_refused(world: World) -> None:
    house, resident = world.contracted("heat_pump")
    body = {"household_id": house, "slot_id": world.slot("biomass")}
    refused(resident.post("/api/bookings", body), "slot.elsewhere")
    other = world.client(person_with(world.db, "contractor_manager", company_id="other-co"))
    foreign = other.post(
        "/api/slots",
        {
            "area_code": world.county.villages["heat_pump"],
            "day": "2022-09-16",
            "half_day": "morning",
            "capacity": 1,
        },
    ).expect(201)
    refused(resident.post("/api/bookings", {**body, "slot_id": foreign["id"]}), "slot.elsewhere")


def test_a_full_slot_names_what_is_free(world: World) -> None:
    first, resident = world.contracted("heat_pump")
    second, neighbour = world.contracted("heat_pump", 1)
    slot = world.slot("heat_pump", capacity=1)
    world.slot("heat_pump", capacity=3, half_day="morning")
    resident.post("/api/bookings", {"household_id": first, "slot_id": slot}).expect(201)
    problem = refused(neighbour.post("/api/bookings", {"household_id": second, "slot_id": slot}), "slot.full")
    assert "9月15日上午余3" in problem["detail"]
    refused(world.manager.post(f"/api/slots/{slot}/capacity", {"capacity": 0}), "slot.below_booked")
    world.manager.post(f"/api/slots/{slot}/capacity", {"capacity": 2}).expect(200)
    neighbour.post("/api/bookings", {"household_id": second, "slot_id": slot}).expect(201)


def test_slots_are_opened_once_in_known_villages_and_not_in_the_past(world: World) -> None:
    body = {
        "area_code": world.county.villages["heat_pump"],
        "day": "2022-09-15",
        "half_day": "afternoon",
        "capacity": 2,
    }
    world.manager.post("/api/slots", body).expect(201)
    refused(world.manager.post("/api/slots", body), "slot.open_already")
    refused(world.manager.post("/api/slots", {**body, "day": "2022-09-14"}), "slot.past")
    refused(
        world.manager.post("/api/slots", {**body, "area_code": "140602999999"}),
        "slot.unknown_village",
        None,
        422,
    )
    refused(
        world.manager.post("/api/slots", {**body, "contractor_id": "other-co"}),
        "contract.not_your_company",
        None,
        403,
    )
    world.installer.post("/api/slots", body).expect(403)


def test_a_booking_moves_and_is_cancelled_to_the_eve_and_gives_its_place_back(world: World) -> None:
    house, resident = world.contracted("heat_pump")
    here, there = (
        world.slot("heat_pump", 1, day=datetime(2022, 9, day, tzinfo=UTC).date()) for day in (20, 21)
    )
    booking = resident.post("/api/bookings", {"household_id": house, "slot_id": here}).expect(201)["id"]
    moved = resident.post(f"/api/bookings/{booking}/move", {"slot_id": there}).expect(200)
    assert moved["day"] == "2022-09-21" and moved["moved_at"]
    slots = resident.get("/api/slots", area_code=world.county.villages["heat_pump"]).expect(200)["items"]
    assert {slot["id"]: slot["booked"] for slot in slots} == {here: 0, there: 1}
    with clock.pinned(datetime(2022, 9, 21, 1, 0, tzinfo=UTC)):
        refused(resident.post(f"/api/bookings/{booking}/cancel", {"reason": "有事"}), "booking.eve_passed")
    with clock.pinned(datetime(2022, 9, 20, 15, 59, tzinfo=UTC)):  # one minute before midnight here
        resident.post(f"/api/bookings/{booking}/cancel", {"reason": "有事"}).expect(200)
        refused(resident.post(f"/api/bookings/{booking}/cancel", {"reason": "有事"}), "booking.over")
    slots = resident.get("/api/slots", area_code=world.county.villages["heat_pump"]).expect(200)["items"]
    assert {slot["booked"] for slot in slots} == {0}


def test_a_cadre_books_for_the_household_marked_and_told(world: World) -> None:
    house, resident = world.contracted("heat_pump")
    slot = world.slot("heat_pump")
    booking = (
        world.cadre("heat_pump").post("/api/bookings", {"household_id": house, "slot_id": slot}).expect(201)
    )
    assert booking["on_behalf"] is True
    told = resident.get("/api/inbox").expect(200)["items"]
    assert any("替您" in notice["body"] for notice in told)


def test_district_heat_is_told_its_stage_instead_of_a_slot(world: World) -> None:
    house, resident = world.contracted("district_heat")
    slot = world.slot("district_heat")
    area = world.county.villages["district_heat"]
    body = {"household_id": house, "slot_id": slot}
    problem = refused(resident.post("/api/bookings", body), "booking.network_stage", "4.1.1.1")
    assert "换热站" in problem["detail"] and "还没有公布" in problem["detail"]
    stage = {"area_code": area, "path": "district_heat", "owner": "housing", "planned_on": "2022-09-30"}
    first = world.district.post("/api/network-stages", {**stage, "stage": "exchange_station"}).expect(201)
    second = world.district.post("/api/network-stages", {**stage, "stage": "primary_network"}).expect(201)
    problem = refused(resident.post("/api/bookings", body), "booking.network_stage", "4.1.1.1")
    assert "计划9月30日完成" in problem["detail"] and "区住房和城乡建设局" in problem["detail"]
    refused(
        world.district.post(f"/api/network-stages/{second['id']}/done", {"done_on": "2022-09-14"}),
        "network_stage.order",
    )
    refused(
        world.district.post(f"/api/network-stages/{first['id']}/done", {"done_on": "2022-09-16"}),
        "network_stage.day_ahead",
    )
    done = world.district.post(f"/api/network-stages/{first['id']}/done", {"done_on": "2022-09-14"}).expect(
        200
    )
    assert done["done_on"] == "2022-09-14"
    standing = world.standing(house)
    assert standing["waits_for_stage"]["stage"] == "primary_network"
    assert [each["stage"] for each in standing["stages"]][:2] == ["exchange_station", "primary_network"]


def test_a_whole_network_brings_its_houses_to_energised(world: World) -> None:
    house, _ = world.contracted("district_heat")
    area = world.county.villages["district_heat"]
    for stage in (
        "exchange_station",
        "primary_network",
        "secondary_network",
        "household_connection",
        "commissioning",
    ):
        body = {
            "area_code": area,
            "path": "district_heat",
            "stage": stage,
            "owner": "housing",
            "planned_on": "2022-09-10",
        }
        planned = world.district.post("/api/network-stages", body).expect(201)
        world.district.post(f"/api/network-stages/{planned['id']}/done", {"done_on": "2022-09-10"}).expect(
            200
        )
    standing = world.standing(house)
    assert (standing["rung"], standing["next"]["code"]) == ("energised", "accept")


def test_a_station_house_books_once_its_station_stands(world: World) -> None:
    house, resident = world.contracted("heat_pump_station")
    slot = world.slot("heat_pump_station")
    body = {"household_id": house, "slot_id": slot}
    refused(resident.post("/api/bookings", body), "booking.network_stage", "4.1.1.3")
    stage = {
        "area_code": world.county.villages["heat_pump_station"],
        "path": "heat_pump_station",
        "stage": "heat_station",
        "owner": "energy",
        "planned_on": "2022-09-10",
    }
    planned = world.district.post("/api/network-stages", stage).expect(201)
    world.district.post(f"/api/network-stages/{planned['id']}/done", {"done_on": "2022-09-10"}).expect(200)
    resident.post("/api/bookings", body).expect(201)


def test_who_is_of_another_village_or_household_finds_nothing(world: World) -> None:
    house, _, booking = world.booked("heat_pump")
    stranger = world.resident(world.house("heat_pump", 1))
    stranger.get(f"/api/households/{house}/installation").expect(404)
    stranger.post(f"/api/bookings/{booking}/cancel", {"reason": "x"}).expect(404)
    world.cadre("biomass").post(f"/api/bookings/{booking}/cancel", {"reason": "x"}).expect(404)
    other = world.client(person_with(world.db, "installer", company_id="other-co"))
    other.post("/api/visits", {"booking_id": booking, "household_code": "x"}).expect(404)
    assert other.get("/api/bookings", day="2022-09-15").expect(200)["items"] == []
    mine = world.installer.get("/api/bookings", day="2022-09-15").expect(200)["items"]
    assert [stop["booking"]["id"] for stop in mine] == [booking]
