"""What one person is shown in a day has an end, and the township hears of it before."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from backend.core import clock
from backend.core.http.rates import RateCount
from backend.faults.models import Fault
from backend.identity.roles import ACTS, OF_A_HOUSEHOLD
from backend.messaging.models import InboxEntry
from backend.registry.models import NumbersShown
from backend.registry.rules.reveals import NUMBERS_A_DAY, numbers_a_day, worth_telling
from tests.builders.product import Someone, person_with, proxy_of
from tests.harness.races import race
from tests.registry.world import World

WHY = {"reason": "约安装时间，打电话问"}
LIMIT = NUMBERS_A_DAY["village_cadre"]
TOPIC = "registration.numbers_shown"


def has_seen(world: World, who: str, numbers: int) -> None:
    """As if this person had been shown so many today."""
    with world.db.writing() as session:
        session.add(NumbersShown(person_id=world.people[who].id, day=clock.today(), shown=numbers))


def seen(world: World, who: str) -> int:
    with world.db.reading() as session:
        return (
            session.scalar(
                select(NumbersShown.shown).where(
                    NumbersShown.person_id == world.people[who].id, NumbersShown.day == clock.today()
                )
            )
            or 0
        )


def ask(world: World, house: str, by: str = "cadre") -> Any:
    return world.client(by).post(f"/api/households/{house}/phone-reveal", WHY)


def told(world: World, who: str | Someone) -> list[str]:
    person = world.people[who] if isinstance(who, str) else who
    with world.db.reading() as session:
        entries = select(InboxEntry.body).where(InboxEntry.person_id == person.id, InboxEntry.topic == TOPIC)
        return list(session.scalars(entries.order_by(InboxEntry.id)))


def in_danger(world: World, house: str) -> str:
    report = {"household_code": world.code(house), "category": "co", "phone": "13700001234"}
    world.client(None).post("/api/fault-reports", report).expect(201)
    with world.db.reading() as session:
        return session.scalars(select(Fault.id).where(Fault.household_id == house)).one()


def test_each_number_shown_is_counted(world: World) -> None:
    house = world.house()
    proxy_of(world.db, house, world.resident(house))
    shown = sum(len(ask(world, each).expect(201)["phones"]) for each in (house, world.house(1), house))
    assert shown == 5 == seen(world, "cadre")


def test_beyond_the_days_limit_no_number_is_shown_and_it_says_why_and_what_to_do(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    house = world.house()
    has_seen(world, "cadre", LIMIT)
    refused = ask(world, house)
    problem = refused.expect(429)
    assert problem["code"] == "household.numbers_used_up"
    assert str(LIMIT) in problem["detail"] and "明天" in problem["next"] and "险情" in problem["next"]
    assert refused.headers["retry-after"] == str(14 * 3600), (
        "at midnight for people; it is ten in the morning"
    )
    assert problem["facts"] == {"limit": LIMIT, "shown": LIMIT, "asked": 1}
    logged = "".join(record.getMessage() + str(record.__dict__) for record in caplog.records)
    assert str(world.row(house).phone) not in refused.text + logged
    assert not world.audit("household.phone_revealed") and seen(world, "cadre") == LIMIT
    with clock.pinned(clock.now() + timedelta(days=1)):
        ask(world, house).expect(201)


def test_the_limit_is_each_persons_own(world: World) -> None:
    has_seen(world, "cadre", LIMIT)
    ask(world, world.house(), by="township").expect(201)


def test_of_two_who_ask_at_the_limit_one_is_shown(world: World) -> None:
    has_seen(world, "cadre", LIMIT - 1)
    ended = race(2, lambda n: ask(world, world.house(n)).status)
    assert ended.overlapped == 2
    assert sorted(ended.values) == [201, 429]
    assert seen(world, "cadre") == LIMIT
    assert len(world.audit("household.phone_revealed")) == 1


def test_of_the_first_of_a_day_two_at_once_are_both_counted(world: World) -> None:
    ended = race(2, lambda n: ask(world, world.house(n)).status)
    assert (sorted(ended.values), seen(world, "cadre")) == ([201, 201], 2)


# Danger


def test_the_call_back_for_an_open_danger_is_never_refused_and_is_counted(world: World) -> None:
    house = world.house()
    fault = in_danger(world, house)
    has_seen(world, "cadre", LIMIT)
    phones = world.cadre.post(f"/api/faults/{fault}/phone-reveal", WHY).expect(201)["phones"]
    assert [each["phone"] for each in phones] == ["13700001234"]
    assert len(ask(world, house).expect(201)["phones"]) == 1, "nor the household's own number"
    assert seen(world, "cadre") == LIMIT + 2
    assert ask(world, world.house(1)).status == 429


def test_a_danger_that_is_over_is_no_reason_any_more(world: World) -> None:
    house = world.house()
    fault = in_danger(world, house)
    world.client("district").post(f"/api/faults/{fault}/closure", {"reason": "误报"}).expect(201)
    has_seen(world, "cadre", LIMIT)
    assert world.cadre.post(f"/api/faults/{fault}/phone-reveal", WHY).status == 429
    assert ask(world, house).status == 429


def test_a_flood_of_numbers_left_by_strangers_does_not_use_up_a_day(world: World) -> None:
    house = world.house()
    for n in range(25):
        report = {"household_code": world.code(house), "category": "no_heat", "phone": f"1370000{n:04d}"}
        if world.client(None).post("/api/fault-reports", report).status != 201:
            break
        with world.db.writing() as session:
            session.execute(RateCount.__table__.delete())  # type: ignore[attr-defined]  # a Table
    own = {"household_code": world.code(house), "category": "no_heat", "phone": "13799999999"}
    world.home(house).post("/api/fault-reports", own).expect(201)
    with world.db.reading() as session:
        fault = session.scalars(select(Fault.id).where(Fault.household_id == house)).one()
    phones = world.cadre.post(f"/api/faults/{fault}/phone-reveal", WHY).expect(201)["phones"]
    assert len(phones) == 20 == seen(world, "cadre")
    assert "13799999999" in [each["phone"] for each in phones], "who is signed in comes first"


# Who is told


def test_the_township_is_told_at_half_the_limit_and_at_the_limit_who_how_many_and_where(world: World) -> None:
    house = world.house()
    has_seen(world, "cadre", LIMIT // 2 - 2)
    ask(world, house).expect(201)
    assert not told(world, "township")
    for n in range(3):
        ask(world, world.house(n)).expect(201)
    (words,) = told(world, "township")
    assert "李村长（村干部）" in words and str(LIMIT // 2) in words
    assert str(world.row(house).phone) not in words
    assert not told(world, "cadre") and not told(world, "other_township") and not told(world, "district")
    with world.db.writing() as session:
        session.get_one(NumbersShown, (world.people["cadre"].id, clock.today())).shown = LIMIT - 1
    ask(world, house).expect(201)
    assert len(told(world, "township")) == 2


def test_of_an_officer_of_the_township_the_district_is_told(world: World) -> None:
    has_seen(world, "township", LIMIT // 2 - 1)
    colleague = person_with(world.db, "township_officer", area_code=world.area_code)
    ask(world, world.house(), by="township").expect(201)
    assert not told(world, "township")
    assert len(told(world, colleague)) == len(told(world, "district")) == 1


def test_the_household_can_read_who_was_shown_its_numbers(world: World) -> None:
    house = world.house()
    ask(world, house).expect(201)
    items = world.home(house).get(f"/api/households/{house}/reveals").expect(200)["items"]
    assert [(each["by_name"], each["numbers"]) for each in items] == [("李村长", 1)]


# The rule


def test_every_role_that_may_ask_for_numbers_has_a_limit_of_its_own() -> None:
    may = (ACTS["household.call"] | ACTS["fault.call_back"]) - OF_A_HOUSEHOLD
    assert may == set(NUMBERS_A_DAY)


@pytest.mark.parametrize(
    ("roles", "limit"),
    [(["repairer"], 60), (["repairer", "village_cadre"], 200), (["resident"], 60), ([], 60)],
)
def test_the_widest_of_ones_roles_counts(roles: list[str], limit: int) -> None:
    assert numbers_a_day(roles) == limit


@pytest.mark.parametrize(
    ("before", "after", "mark"),
    [(98, 99, None), (99, 100, 100), (100, 101, None), (199, 200, 200), (90, 210, 200), (200, 203, None)],
)
def test_a_mark_is_told_when_it_is_reached(before: int, after: int, mark: int | None) -> None:
    assert worth_telling(before, after, 200) == mark
