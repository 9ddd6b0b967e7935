"""No danger is refused: not for what others sent before, not by whom, not by how many. What a flood can fill is bounded."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from backend.core.db import Database
from backend.core.http.rates import RateCount
from backend.core.idempotency import StoredAnswer
from backend.core.outbox import OutboxRow
from backend.faults.models import Fault, FaultReport, FaultStep
from backend.faults.rules.vouching import FLOOD_OF_ALL, FLOOD_OF_ONE, KEPT_AN_HOUR
from backend.messaging.models import InboxEntry
from backend.registry.models import Scan
from tests.builders.product import app_on, client_of, somebody
from tests.builders.rates import spend
from tests.faults.world import World
from tests.harness.databases import Stocked
from tests.harness.http import Answer
from tests.harness.races import race

PHONE = "13912345678"
JSON = {"Content-Type": "application/json"}
DANGERS = ("co", "smoke", "electric_shock")


def door(world: World, house: str, category: str = "co", who: Any = None, **more: Any) -> Answer:
    body = {"household_code": world.code(house), "category": category, **more}
    return world.client(who).post("/api/fault-reports", body)


def all_houses(world: World) -> list[str]:
    return [house for houses in world.county.households.values() for house in houses]


def fault_of(world: World, house: str, category: str = "co") -> Fault:
    with world.db.reading() as session:
        where = (Fault.household_id == house, Fault.category == category, Fault.state != "closed")
        return session.scalars(select(Fault).where(*where)).one()


def rows(db: Database, *tables: Any) -> list[int]:
    with db.reading() as session:
        return [session.scalar(select(func.count()).select_from(table)) or 0 for table in tables]


# -- never refused


def test_senseless_bodies_close_no_door_and_no_address(world: World) -> None:
    house = world.house()
    code = world.code(house)
    senseless: list[dict[str, Any]] = [
        {"json": {"household_code": code}},
        {"json": {"category": "co"}},
        {"json": {"household_code": code, "category": "fire"}},
        {"json": {"household_code": "2222222222", "category": "co"}},
        {"json": {"household_code": code, "category": "no_heat", "phone": "x"}},
        {"body": b"{not json", "headers": JSON},
        {"body": b"[]", "headers": JSON},
        {"body": b"\xff", "headers": JSON},
    ]
    client = world.client(None)
    for number in range(80):
        sent = dict(senseless[number % len(senseless)])
        sent["headers"] = {**sent.get("headers", {}), "Idempotency-Key": f"senseless-{number}"}
        answer = client.request("POST", "/api/fault-reports", **sent)
        assert answer.status in (404, 422), answer.text
    assert rows(world.db, RateCount) == [0], "counted against nobody"
    assert door(world, house).expect(201)["advice"][0]["number"] == 1
    door(world, house, "no_heat").expect(201)


def test_every_phone_behind_one_address_reports_danger_and_a_cold_house_at_every_door(world: World) -> None:
    houses, some = all_houses(world), all_houses(world)[::3]
    for house, category in [
        *itertools.product(some, ("smoke", "electric_shock", "no_heat")),
        *((h, "co") for h in houses),
    ]:
        door(world, house, category).expect(201)
    assert rows(world.db, Fault) == [len(houses) + 3 * len(some)], "all are stored"
    told = [topic for topic, _title in world.inbox("district")]
    assert told.count("fault.critical") == len(houses) + 2 * len(some), "of all the district hears"


def test_a_danger_passes_where_a_cold_house_has_to_wait(world: World) -> None:
    stranger = somebody(world.db)
    for who in (None, stranger):
        door(world, world.house(), "no_heat", who).expect(201)
    spend(world.db, "fault-report", 600)
    for who in (None, stranger):
        refused = door(world, world.house(1), "no_heat", who)
        assert (refused.status, refused.json()["code"]) == (429, "fault.too_many_reports")
        assert "120" in refused.json()["next"] and 0 < int(refused.headers["retry-after"]) <= 600
        for category in DANGERS:
            door(world, world.house(1), category, who).expect(201)
    door(world, world.house(2), "no_heat", world.people["cadre"]).expect(201)


def test_reports_of_one_danger_at_once_are_all_taken(world: World) -> None:
    house = world.house()
    result = race(16, lambda _index: door(world, house).status)
    assert not result.errors and set(result.values) <= {201, 202}, (
        "stored, or kept where the database is busy"
    )
    assert world.app.extensions["backend.kept_requests"].take_up() == 0
    assert fault_of(world, house).reports == 16


# -- one house's crowd


def test_a_crowd_at_one_door_is_counted_and_fills_neither_tables_nor_inboxes(world: World) -> None:
    house = world.house()
    door(world, house).expect(201)
    told = rows(world.db, InboxEntry, OutboxRow)
    for _ in range(KEPT_AN_HOUR):
        door(world, house, photo_ids=["0" * 26]).expect(201)
    kept = rows(world.db, FaultReport, Scan, StoredAnswer)
    assert kept == [KEPT_AN_HOUR + 1] * 3
    answers = [door(world, house, photo_ids=["0" * 26]).expect(201) for _ in range(10)]
    assert {answer["photos_left_out"] for answer in answers} == {1}
    assert rows(world.db, FaultReport, Scan, StoredAnswer) == kept
    assert rows(world.db, FaultStep) == [KEPT_AN_HOUR + 2], "the history has a line that there were too many"
    assert rows(world.db, InboxEntry, OutboxRow) == told, "nobody is told again"
    fault = world.file(fault_of(world, house).id)
    assert (fault["fault"]["reports"], fault["fault"]["reports_only_counted"]) == (KEPT_AN_HOUR + 11, 10)
    assert [step["kind"] for step in fault["steps"]].count("crowded") == 1, "and staff see what it is"


def test_a_crowd_at_one_door_takes_its_danger_off_no_place(world: World) -> None:
    crowded, cold = world.house(), world.house(1)
    world.report(cold)
    for _ in range(KEPT_AN_HOUR + 2):
        door(world, crowded).expect(201)
    fault = world.file(fault_of(world, crowded).id)["fault"]
    assert (fault["reports_only_counted"], fault["flood"]) == (1, False), "a flood is many doors"
    assert [each["household_id"] for each in listed(world)] == [crowded, cold]
    query = {"area_code": world.village, "kind": "to_call", "limit": 50}
    first = world.client("cadre").get("/api/desk/households", **query).expect(200)["items"][0]
    assert first["household"]["id"] == crowded and first["reasons"][0]["code"] == "danger"


def test_whoever_is_better_known_is_kept_and_told_above_a_crowd(world: World) -> None:
    house = world.house()
    world.contract(house)
    for _ in range(KEPT_AN_HOUR + 2):
        door(world, house).expect(201)
    before = {who: len(world.inbox(who)) for who in ("manager", "cadre", "township", "district")}
    levels = [
        ({"phone": PHONE}, None, "路人报告，留了回电号码"),
        ({}, somebody(world.db), "路人报告，已用微信登录"),
        ({}, world.resident(house), "住户、代办人或干部报告"),
    ]
    for place, (more, who, label) in enumerate(levels, 1):
        for _ in range(3):  # the first of them is news
            door(world, house, who=who, **more).expect(201)
        for role, count in before.items():
            assert len(world.inbox(role)) == count + place, (role, label)
        assert world.file(fault_of(world, house).id)["fault"]["vouched_label"] == label
    told = world.file(fault_of(world, house).id)
    assert not told["fault"]["flood"], "the household has said so: no flood"
    assert [step["kind"] for step in told["steps"]].count("vouched") == 3
    numbers = world.act("cadre", told["fault"]["id"], "phone-reveal", {"reason": "回电"}).expect(201)[
        "phones"
    ]
    assert len(numbers) == 3


def test_a_danger_after_a_cold_house_is_told_of_its_own(world: World) -> None:
    house = world.house()
    door(world, house, "no_heat").expect(201)
    before = len(world.inbox("cadre"))
    door(world, house, "smoke").expect(201)
    assert len(world.inbox("cadre")) == before + 1
    assert [title for _, title in world.inbox("district")] == ["紧急报修：冒烟、有焦糊味"]


def test_a_report_that_was_only_counted_is_answered_like_any_other(world: World) -> None:
    house = world.house()
    first = door(world, house).expect(201)
    for _ in range(KEPT_AN_HOUR):
        door(world, house).expect(201)
    body = {"household_code": world.code(house), "category": "co"}
    client = world.client(None)
    for _ in range(2):
        told = client.post("/api/fault-reports", body, key="one-too-many").expect(201)
        assert {**told, "report_id": ""} == {**first, "report_id": ""}


def test_a_household_that_repeats_itself_is_bounded_too_and_told_of_each_graver_state(world: World) -> None:
    house = world.house()
    for _ in range(KEPT_AN_HOUR + 5):
        world.report(house, "noise")
    assert rows(world.db, FaultReport) == [KEPT_AN_HOUR + 1]
    colder = world.report(house, "noise", indoor_temperature_c=9)
    assert colder["fault"]["severity"] == "critical", "what is graver is kept and told"
    assert rows(world.db, FaultReport) == [KEPT_AN_HOUR + 2]
    assert not colder["fault"]["flood"]


# -- many doors


@pytest.fixture
def behind_proxy(world: World, stocked: Stocked, tmp_path: Path) -> Iterator[Flask]:
    app = app_on(stocked.url, tmp_path / "behind", TRUSTED_PROXIES="1")
    yield app
    app.extensions["backend.database"].close()


def from_address(app: Flask, world: World, house: str, address: str, **more: Any) -> None:
    body = {"household_code": world.code(house), "category": "co", **more}
    client_of(app).post("/api/fault-reports", body, headers={"X-Forwarded-For": address}).expect(201)


def listed(world: World, who: str = "district", **query: Any) -> list[Any]:
    found: list[Any] = []
    cursor = None
    while True:
        page = world.client(who).get("/api/faults", open="true", limit=7, cursor=cursor, **query).expect(200)
        found += page["items"]
        cursor = page["next"]
        if cursor is None:
            return found


def test_many_doors_from_one_network_are_a_flood_and_stand_after_what_somebody_vouches_for(
    world: World, behind_proxy: Flask
) -> None:
    houses = all_houses(world)
    home, alone, *flooded = houses[: FLOOD_OF_ONE + 3]
    world.report(home, "co")
    from_address(behind_proxy, world, alone, "203.0.113.1")
    for number, house in enumerate(flooded[:-1], 1):
        assert not any(each["flood"] for each in listed(world)), "not before it is one"
        from_address(behind_proxy, world, house, f"2001:db8:1:1::{number:x}", phone=PHONE)
    from_address(behind_proxy, world, flooded[-1], "2001:db8:1:1::ffff")
    items = listed(world)
    assert {each["household_id"] for each in items if each["flood"]} == set(flooded)
    assert [each["flood"] for each in items] == [False] * 2 + [True] * len(flooded), "vouched ones first"
    assert len({each["id"] for each in items}) == len(flooded) + 2, "each once, over all pages"
    titles = [title for topic, title in world.inbox("district") if topic == "fault.critical"]
    assert len(titles) == len(flooded) + 2, "and every one of them is told"
    assert [title.endswith("（短时间大量报告）") for title in titles] == [False] * (FLOOD_OF_ONE + 1) + [
        True
    ] * 2


def test_many_doors_from_everywhere_are_a_flood_too(world: World, behind_proxy: Flask) -> None:
    houses = all_houses(world)[: FLOOD_OF_ALL + 1]
    for number, house in enumerate(houses):
        from_address(behind_proxy, world, house, f"198.51.100.{number}")
    assert sum(each["flood"] for each in listed(world)) == FLOOD_OF_ALL + 1
    with world.db.reading() as session:
        kept = session.scalars(select(Fault.origin)).all()
    assert len(set(kept)) == len(houses) and not any("198.51" in str(origin) for origin in kept)


def test_a_stranger_who_is_signed_in_floods_from_any_network(world: World, behind_proxy: Flask) -> None:
    stranger = somebody(world.db)
    for number, house in enumerate(all_houses(world)[:FLOOD_OF_ONE]):
        body = {"household_code": world.code(house), "category": "co"}
        address = {"X-Forwarded-For": f"198.51.100.{number}"}
        client_of(behind_proxy, stranger).post("/api/fault-reports", body, headers=address).expect(201)
    assert all(each["flood"] for each in listed(world))


def test_what_cadres_and_households_report_is_no_flood(world: World) -> None:
    for house in all_houses(world)[: FLOOD_OF_ALL + 1]:
        world.report(house, "co")
    assert not any(each["flood"] for each in listed(world))


def test_an_offices_desk_puts_a_flood_after_danger_and_cold_and_says_that_it_is_one(world: World) -> None:
    *flooded, vouched = world.county.households["biomass"]
    elsewhere = [house for house in all_houses(world) if house not in (*flooded, vouched)]
    for house in (*elsewhere[: FLOOD_OF_ONE - 1], *flooded):
        door(world, house).expect(201)
    world.report(vouched, "co")
    query = {"area_code": world.village, "kind": "to_call", "limit": 50}
    items = world.client("cadre").get("/api/desk/households", **query).expect(200)["items"]
    assert items[0]["household"]["id"] == vouched and items[0]["reasons"][0]["code"] == "danger"
    then = items[1 : len(flooded) + 1]
    assert {each["household"]["id"] for each in then} == set(flooded)
    for each in then:
        assert each["reasons"][0]["code"] == "danger_in_flood" and "误报" in each["reasons"][0]["text"]
    world.home(flooded[0]).post("/api/faults", {"household_id": flooded[0], "category": "co"}).expect(201)
    items = world.client("cadre").get("/api/desk/households", **query).expect(200)["items"]
    assert flooded[0] in {each["household"]["id"] for each in items[:2]}, "the household has said so itself"


def test_floods_at_once_from_one_network_hold_each_other_up_nowhere(world: World) -> None:
    houses = all_houses(world)[:16]
    result = race(16, lambda index: door(world, houses[index]).status)
    assert not result.errors and set(result.values) <= {201, 202}, (
        "stored, or kept where the database is busy"
    )
    assert world.app.extensions["backend.kept_requests"].take_up() == 0
    door(world, all_houses(world)[16]).expect(201)
    assert all(each["flood"] for each in listed(world)), "what was not seen at once is seen by the next"
