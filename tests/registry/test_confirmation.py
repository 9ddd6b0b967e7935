"""An entry becomes true by the household's word and its village's, and part of the baseline by the township's (8.1, 2)."""

from __future__ import annotations

from typing import Any

import pytest

from backend.identity import actor_for
from backend.registry.actions import confirmation
from backend.registry.errors import ConfirmedAlready
from tests.builders.product import proxy_of
from tests.builders.township_lists import id_number
from tests.harness.races import race
from tests.registry.world import World, digests
from tests.sizes import SIZES


def on_site(world: World, house: str, code: str | None = None, **more: Any) -> Any:
    body = {"household_code": code or world.code(house), **more}
    return world.cadre.post(f"/api/households/{house}/village-confirmation", body)


def confirmed(world: World, house: str) -> None:
    world.home(house).post(f"/api/households/{house}/confirmation").expect(200)
    on_site(world, house).expect(200)


def test_the_resident_confirms_once_and_it_is_written_down(world: World) -> None:
    house = world.house()
    home = world.home(house)
    assert home.post(f"/api/households/{house}/confirmation").expect(200)["confirmed_by_household_at"]
    (entry,) = world.audit("household.confirmed")
    assert (entry.by, entry.facts, entry.area) == (
        world.resident(house).id,
        {"as": "resident"},
        world.village,
    )
    again = home.post(f"/api/households/{house}/confirmation")
    assert (again.status, again.json()["code"], again.json()["clause"]) == (
        409,
        "confirmation.done_already",
        "8.1",
    )


def test_a_proxys_confirmation_is_marked_and_told_to_the_household(world: World) -> None:
    house = world.house()
    resident = world.resident(house)
    proxy = proxy_of(world.db, house, resident)
    shown = world.client(proxy).post(f"/api/households/{house}/confirmation").expect(200)
    assert shown["confirmed_by_household_at"] and "confirmed.by_proxy" in shown["flags"]
    assert world.audit("household.confirmed")[0].facts == {"as": "household_proxy"}
    assert "代办人替您确认了登记" in world.inbox(resident)


def test_the_cadre_confirms_for_a_household_before_a_witness_and_it_is_marked_and_told(world: World) -> None:
    house = world.house()
    path = f"/api/households/{house}/confirmation-on-behalf"
    assert world.cadre.post(path, {}).status == 422, "a witness is named"
    shown = world.cadre.post(path, {"witness_name": "邻居老李"}).expect(200)
    assert shown["confirmed_by_household_at"] and "confirmed.by_cadre" in shown["flags"]
    assert shown["confirmed_by_village_at"] is None, "the household's word is not the village's"
    assert world.audit("household.confirmed")[0].facts == {"as": "cadre", "witness": "邻居老李"}
    assert any("请转告" in title for title in world.inbox("cadre")), "nobody of the house can be reached"
    told = world.house(1)
    world.home(told)
    world.cadre.post(f"/api/households/{told}/confirmation-on-behalf", {"witness_name": "老李"}).expect(200)
    assert "村干部替您确认了登记" in world.inbox(world.resident(told))


def test_only_the_resident_the_proxy_and_the_cadre_here_may_confirm(world: World) -> None:
    house = world.house()
    neighbour = world.home(world.house(1))
    assert neighbour.post(f"/api/households/{house}/confirmation").status == 404
    assert world.cadre.post(f"/api/households/{house}/confirmation").status == 403
    body = {"witness_name": "老李"}
    assert (
        world.client("other_cadre").post(f"/api/households/{house}/confirmation-on-behalf", body).status
        == 404
    )
    assert world.township.post(f"/api/households/{house}/confirmation-on-behalf", body).status == 403


def test_the_village_confirms_only_at_the_door(world: World) -> None:
    house, other = world.house(0), world.house(1)
    assert world.cadre.post(f"/api/households/{house}/village-confirmation", {}).status == 422
    wrong = on_site(world, house, world.code(other))
    assert (wrong.status, wrong.json()["code"]) == (409, "code.other_house")
    old = world.code(house)
    world.cadre.post(f"/api/households/{house}/stickers", {"reason": "破损"}).expect(201)
    assert on_site(world, house, old).json()["code"] == "code.replaced"
    assert on_site(world, house, "2222222222").json()["code"] == "code.unknown"
    assert world.row(house).confirmed_by_village_at is None
    shown = on_site(world, house, f"http://localhost/q/{world.code(house)}", latitude=39.33, longitude=112.43)
    assert shown.expect(200)["confirmed_by_village_at"]
    (scan,) = world.cadre.get(f"/api/households/{house}/scans").expect(200)["items"]
    assert (scan["purpose"], scan["seen_as"], scan["latitude"]) == ("confirmation", "village_cadre", 39.33)
    assert world.audit("household.confirmed_by_village")[0].facts == {"scan_id": scan["id"]}
    assert on_site(world, house).json()["code"] == "confirmation.done_already"


@pytest.mark.parametrize("given", ["nothing", "household", "village"])
def test_the_township_locks_only_after_both(world: World, given: str) -> None:
    house = world.house()
    if given == "household":
        world.home(house).post(f"/api/households/{house}/confirmation").expect(200)
    if given == "village":
        on_site(world, house).expect(200)
    answer = world.township.post(f"/api/households/{house}/lock")
    assert (answer.status, answer.json()["code"], answer.json()["clause"]) == (
        409,
        "confirmation.missing",
        "8.1",
    )
    missing = {"nothing": "居民、村委会", "household": "村委会", "village": "居民"}[given]
    assert f"还缺{missing}的确认" in answer.json()["detail"]


def test_a_locked_entry_can_neither_be_completed_nor_sent_back_nor_locked_again(world: World) -> None:
    house = world.house()
    confirmed(world, house)
    assert world.cadre.post(f"/api/households/{house}/lock").status == 403
    assert world.client("other_township").post(f"/api/households/{house}/lock").status == 404
    assert world.township.post(f"/api/households/{house}/lock").expect(200)["locked_at"]
    before = digests(world.db)
    for answer in (
        world.township.post(f"/api/households/{house}/lock"),
        world.cadre.patch(f"/api/households/{house}", {"people": 2}),
        world.township.post(f"/api/households/{house}/send-back", {"reason": "人口不对"}),
    ):
        assert (answer.status, answer.json()["code"], answer.json()["clause"]) == (
            409,
            "household.locked",
            "8.1",
        )
    assert digests(world.db) == before
    assert [entry.by for entry in world.audit("household.locked")] == [world.people["township"].id]


def test_sending_back_takes_both_confirmations_and_says_why_until_the_household_answers(world: World) -> None:
    house = world.house()
    world.home(house)
    world.cadre.post(f"/api/households/{house}/confirmation-on-behalf", {"witness_name": "老李"}).expect(200)
    on_site(world, house).expect(200)
    assert world.township.post(f"/api/households/{house}/send-back", {}).status == 422
    shown = world.township.post(f"/api/households/{house}/send-back", {"reason": "人口不对"}).expect(200)
    assert (shown["confirmed_by_household_at"], shown["confirmed_by_village_at"]) == (None, None)
    assert shown["sent_back_reason"] == "人口不对"
    assert "confirmed.by_cadre" not in shown["flags"], "the mark goes with the word that it marked"
    assert "登记被退回" in world.inbox(world.resident(house))
    assert world.audit("household.sent_back")[0].facts == {"reason": "人口不对"}
    again = world.home(house).post(f"/api/households/{house}/confirmation").expect(200)
    assert (again["sent_back_at"], again["sent_back_reason"], again["flags"]) == (None, None, [])


def test_the_village_completes_what_the_list_left_out_and_the_household_hears_of_it(world: World) -> None:
    world.take_in(world.line(2, phone=None, id_number=None, people=None))
    house = world.listed("新2号")[0]["id"]
    child = id_number().replace(id_number()[6:14], "20100501")
    wrong = world.cadre.patch(f"/api/households/{house}", {"id_number": child[:17] + "Y"})
    assert (wrong.status, wrong.json()["code"]) == (422, "household.bad_id_number")
    taken = world.row(world.house(0)).id_number
    refused = world.cadre.patch(f"/api/households/{house}", {"id_number": taken})
    assert (refused.status, refused.json()["code"], refused.json()["clause"]) == (
        409,
        "household.person_elsewhere",
        "5",
    )
    assert taken is not None and taken not in refused.text
    assert (
        world.cadre.patch(f"/api/households/{house}", {"arrangement": "nonsense"}).json()["code"]
        == "household.no_such_arrangement"
    )
    assert world.cadre.patch(f"/api/households/{house}", {"phone": "123"}).status == 422
    assert world.cadre.patch(f"/api/households/{house}", {}).status == 422
    assert world.cadre.patch(f"/api/households/{house}", {"address": "别处"}).status == 422, (
        "no essential is changed so"
    )
    world.cadre.patch(f"/api/households/{house}", {"phone": "13711112222"}).expect(200)
    world.home(house)
    shown = world.cadre.patch(
        f"/api/households/{house}", {"people": 4, "id_number": id_number(order=650)}
    ).expect(200)
    assert shown["flags"] == []
    assert "您家的登记有补充" in world.inbox(world.resident(house))
    assert [entry.facts for entry in world.audit("household.completed")] == [
        {"fields": ["phone"]}, {"fields": ["id_number", "people"]},
    ]  # fmt: skip


def test_a_minors_number_that_is_completed_is_flagged(world: World) -> None:
    from datetime import date

    world.take_in(world.line(2, id_number=None))
    house = world.listed("新2号")[0]["id"]
    number = id_number(date(2010, 5, 1))
    assert world.cadre.patch(f"/api/households/{house}", {"id_number": number}).expect(200)["flags"] == [
        "head.minor"
    ]


def test_confirming_at_once_counts_once(world: World) -> None:
    house, resident = world.house(), world.resident(world.house()).id

    def confirm(_index: int) -> str:
        with world.db.writing() as session:
            return confirmation.confirm_own(session, actor_for(session, resident), household_id=house).id

    result = race(SIZES.racers, confirm)
    assert len(result.values) == 1
    assert {type(error) for error in result.errors} == {ConfirmedAlready}
    assert len(world.audit("household.confirmed")) == 1


def test_lock_and_send_back_at_once_leave_either_a_locked_or_an_open_entry(world: World) -> None:
    for turn in range(min(3, SIZES.race_rounds + 1)):
        house, officer = world.house(turn), world.people["township"].id
        confirmed(world, house)

        def act(index: int, house: str = house, officer: str = officer) -> str:
            with world.db.writing() as session:
                actor = actor_for(session, officer)
                if index % 2:
                    return confirmation.lock(session, actor, household_id=house).id
                return confirmation.send_back(session, actor, household_id=house, reason="人口不对").id

        race(4, act)
        row = world.row(house)
        assert (
            (row.locked_at is None)
            == (row.confirmed_by_household_at is None)
            == (row.confirmed_by_village_at is None)
        )
