"""The village's word that was given at a door without signal, and reaches the server late."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from backend.core import clock
from tests.builders.product import AUTUMN, person_with
from tests.registry.world import World

YESTERDAY = AUTUMN - timedelta(days=1)


def said(world: World, house: str, made_at: datetime | None, by: str = "cadre", **more: Any) -> Any:
    body = {"household_code": world.code(house), "made_at": made_at.isoformat() if made_at else None}
    return world.client(by).post(f"/api/households/{house}/village-confirmation", body, **more)


def test_the_phones_own_time_is_kept_beside_the_servers(world: World) -> None:
    house = world.house()
    shown = said(world, house, YESTERDAY).expect(200)
    assert shown["confirmed_by_village_at"] == "2022-09-15T02:00:00.000Z"
    (entry,) = world.audit("household.confirmed_by_village")
    assert entry.at == AUTUMN
    assert entry.facts["made_at"] == "2022-09-14T02:00:00+00:00" and entry.facts["scan_id"]


def test_without_it_nothing_is_kept_of_it(world: World) -> None:
    said(world, world.house(), None).expect(200)
    body = {"household_code": world.code(world.house(1))}
    world.cadre.post(f"/api/households/{world.house(1)}/village-confirmation", body).expect(200)
    assert [set(entry.facts) for entry in world.audit("household.confirmed_by_village")] == [{"scan_id"}] * 2


@pytest.mark.parametrize(
    ("ago", "status"),
    [
        (timedelta(days=14), 200),
        (timedelta(days=14, seconds=1), 409),
        (timedelta(minutes=-10), 200),  # a phone's clock is never exactly ours
        (timedelta(minutes=-11), 409),
    ],
)
def test_it_lies_neither_ahead_nor_too_far_back(world: World, ago: timedelta, status: int) -> None:
    answer = said(world, world.house(), AUTUMN - ago)
    assert answer.status == status
    if status == 409:
        assert answer.json()["code"] == "confirmation.made_at_wrong" and answer.json()["next"]
        assert not world.audit("household.confirmed_by_village")
        assert world.row(world.house()).confirmed_by_village_at is None


def test_a_moment_without_its_zone_is_refused(world: World) -> None:
    house = world.house()
    body = {"household_code": world.code(house), "made_at": "2022-09-14T10:00:00"}
    assert world.cadre.post(f"/api/households/{house}/village-confirmation", body).status == 422


def test_what_was_sent_back_meanwhile_is_not_confirmed_by_an_earlier_word(world: World) -> None:
    house = world.house()
    world.township.post(f"/api/households/{house}/send-back", {"reason": "人口数不对"}).expect(200)
    refused = said(world, house, YESTERDAY).expect(409)
    assert refused["code"] == "confirmation.sent_back_since" and "人口数不对" in refused["detail"]
    assert world.row(house).confirmed_by_village_at is None
    with clock.pinned(AUTUMN + timedelta(hours=2)):
        said(world, house, AUTUMN + timedelta(hours=1)).expect(200)


def test_the_same_key_sent_again_gets_the_first_answer(world: World) -> None:
    house = world.house()
    first = said(world, house, YESTERDAY, key="walk-000001")
    again = said(world, house, YESTERDAY, key="walk-000001")
    assert (again.status, again.body) == (first.status, first.body)
    assert len(world.audit("household.confirmed_by_village")) == 1


def test_a_repeat_under_another_key_is_told_that_the_word_stands(world: World) -> None:
    house = world.house()
    said(world, house, YESTERDAY).expect(200)
    with clock.pinned(AUTUMN + timedelta(days=3)):
        mine = said(world, house, YESTERDAY).expect(409)
    assert mine["code"] == "confirmation.done_already" and "9月15日" in mine["detail"]
    assert mine["facts"] == {"confirmed_at": "2022-09-15T02:00:00.000Z", "by_you": True}
    assert "那次确认有效" in mine["detail"] and mine["detail"].startswith("您")
    world.people["second"] = person_with(world.db, "village_cadre", area_code=world.village)
    theirs = said(world, house, YESTERDAY, by="second").expect(409)
    assert theirs["facts"]["by_you"] is False and theirs["detail"].startswith("村委会")
    assert len(world.audit("household.confirmed_by_village")) == 1
    assert world.row(house).confirmed_by_village_at == AUTUMN.astimezone(UTC)
