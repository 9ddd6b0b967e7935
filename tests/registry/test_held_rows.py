"""Rows that are not counted until somebody settles them: seen by who must, settled once, moved nowhere (8.1, 5)."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from backend.identity import actor_for
from backend.registry.actions import confirmation, held_rows
from backend.registry.errors import PersonElsewhere, SettledAlready, StillHeld
from backend.registry.models import Household
from tests.builders.township_lists import id_number
from tests.harness.races import race
from tests.registry.world import ELSEWHERE, World, digests
from tests.sizes import SIZES

BAD_NUMBER = "140699196503090000"


def held_row(world: World, n: int = 2, **cells: object) -> str:
    world.take_in(world.line(n, **{"id_number": BAD_NUMBER, **cells}))
    return str(world.held()[-1]["id"])


def test_a_held_row_is_seen_by_its_village_and_township_masked_and_by_nobody_else(world: World) -> None:
    held_row(world, phone="13812345678", remark="儿子电话13998765432")
    (seen,) = world.held("cadre")
    assert world.held("township") == [seen] == world.held("district")
    assert world.held("other_cadre") == world.held("other_township") == []
    assert (seen["codes"], seen["sheet_row"], seen["settled_at"]) == (["id.checksum"], 2, None)
    assert seen["shown"]["id_number"] == "140699********0000"
    assert seen["shown"]["phone"] == "138****5678"
    assert seen["shown"]["head_name"] == "王*国"
    assert seen["shown"]["remark"] == "儿子电话139****5432"
    assert world.listed("新") == [], "it is not counted"


def test_a_corrected_row_is_counted_with_a_code_and_written_down(world: World) -> None:
    row = held_row(world)
    answer = world.settle(row, id_number=id_number(order=700)).expect(200)
    (home,) = world.listed("新2号")
    assert (answer["settled_as"], answer["household_id"]) == ("corrected", home["id"])
    assert len(home["code"]) == 10 and home["flags"] == []
    (entry,) = world.audit("held_row.corrected")
    assert entry.facts == {
        "reason": "与本人身份证核对过",
        "fields": ["id_number"],
        "household_id": home["id"],
    }
    assert entry.by == world.people["cadre"].id
    again = world.settle(row, id_number=id_number(order=700))
    assert (again.status, again.json()["code"], again.json()["clause"]) == (
        409,
        "held_row.settled_already",
        "8.1",
    )


def test_a_withdrawn_row_is_kept_with_its_reason_and_never_counted(world: World) -> None:
    row = held_row(world)
    body = {"outcome": "withdrawn", "reason": "已与邻户合并填报"}
    assert world.cadre.post(f"/api/held-rows/{row}/settlement", body).expect(200)["settled_as"] == "withdrawn"
    assert world.held() == [] and world.listed("新") == []
    assert world.audit("held_row.withdrawn")[0].facts["reason"] == "已与邻户合并填报"
    assert world.settle(row, id_number=id_number(order=700)).json()["code"] == "held_row.settled_already"
    both = {**body, "corrections": {"people": "3"}}
    assert world.cadre.post(f"/api/held-rows/{row}/settlement", both).status == 422


def test_what_is_still_wrong_is_refused_field_by_field_with_its_clause(world: World) -> None:
    row = held_row(world, path="天然气")
    before = digests(world.db)
    answer = world.settle(row, id_number="14069919650309001")
    told = answer.json()
    assert (answer.status, told["code"], told["clause_label"]) == (
        409,
        "held_row.still_held",
        "第八部分（一）",
    )
    assert set(told["errors"]) == {"id_number", "path"}
    assert digests(world.db) == before


def test_a_row_cannot_be_moved_into_another_village_or_township(world: World) -> None:
    row = held_row(world)
    with world.db.reading() as session:
        from backend.programme import area, areas_under

        neighbour = next(
            each
            for each in areas_under(session, world.area_code)
            if each.code != world.village and each.level == "village"
        )
        there = area(session, world.county.villages[ELSEWHERE])
        township = area(session, world.county.villages[ELSEWHERE][:9])
    assert there and township
    good = id_number(order=700)
    for corrections in ({"village": neighbour.name}, {"village": there.name, "township": township.name}):
        for by in ("cadre", "township", "district"):
            answer = world.settle(row, by=by, id_number=good, **corrections)
            assert (answer.status, answer.json()["code"]) == (409, "held_row.still_held"), (by, corrections)
    assert world.listed("新") == []


def test_a_row_without_a_known_village_is_the_townships_to_place_within_it(world: World) -> None:
    world.take_in(world.line(2, township="乙乙镇", village="东村"))
    (row,) = world.held()
    assert world.held("cadre") == []
    with world.db.reading() as session:
        from backend.programme import area

        village, township = area(session, world.village), area(session, world.area_code)
    assert village and township
    right = {"township": township.name, "village": village.name}
    assert world.settle(row["id"], by="cadre", **right).status == 404
    world.settle(row["id"], by="township", **right).expect(200)
    assert world.listed("新2号")[0]["area_code"] == world.village


def test_people_of_another_village_cannot_settle(world: World) -> None:
    row = held_row(world)
    for by in ("other_cadre", "other_township"):
        assert world.settle(row, by=by, id_number=id_number(order=700)).status == 404
    assert world.settle(row, by="cadre", id_number=id_number(order=700)).status == 200


def test_a_correction_writes_over_a_household_that_nobody_confirmed(world: World) -> None:
    world.take_in(world.line(2, people=3))
    home = world.listed("新2号")[0]
    row = held_row(world, people=6)
    answer = world.settle(row, id_number=id_number(order=700)).expect(200)
    assert answer["household_id"] == home["id"]
    (after,) = world.listed("新2号")
    assert (after["people"], after["code"]) == (6, home["code"])


def test_a_correction_does_not_write_over_a_household_that_somebody_confirmed(world: World) -> None:
    world.take_in(world.line(2, people=3))
    home = world.listed("新2号")[0]["id"]
    row = held_row(world, people=6)
    world.cadre.post(f"/api/households/{home}/confirmation-on-behalf", {"witness_name": "老李"}).expect(200)
    answer = world.settle(row, id_number=id_number(order=700))
    assert (answer.status, answer.json()["code"]) == (409, "held_row.entry_confirmed")
    assert answer.json()["clause"] == "8.1" and answer.json()["next"]
    assert world.listed("新2号")[0]["people"] == 3 and len(world.held()) == 1


def test_of_two_rows_with_one_person_only_one_can_be_counted(world: World) -> None:
    number = id_number(order=700)
    world.take_in(world.line(2, id_number=number), world.line(3, id_number=number))
    first, second = world.held()
    world.settle(first["id"]).expect(200)
    answer = world.settle(second["id"])
    assert (answer.status, answer.json()["code"]) == (409, "held_row.still_held")
    assert "新2号" in answer.json()["detail"], "it says where the person stands"


@pytest.mark.parametrize("turn", range(SIZES.race_rounds))
def test_rows_of_one_person_settled_at_once_count_it_once(world: World, turn: int) -> None:
    number = id_number(order=700)
    world.take_in(*[world.line(n, id_number=number) for n in range(2, 2 + SIZES.racers)])
    rows = [each["id"] for each in world.held()]
    cadre = world.people["cadre"].id

    def settle(index: int) -> str | None:
        with world.db.writing() as session:
            return held_rows.settle_held_row(
                session,
                actor_for(session, cadre),
                held_row_id=rows[index],
                corrections={},
                withdraw=False,
                reason="核对",
            ).household_id

    result = race(len(rows), settle)
    assert len(result.values) == 1, result.errors
    assert {type(error) for error in result.errors} == {StillHeld}
    assert result.overlapped == len(rows)
    with world.db.reading() as session:
        assert [home.id_number for home in session.scalars(select(Household))].count(number) == 1


def test_one_row_settled_by_many_at_once_is_settled_once(world: World) -> None:
    row = held_row(world)
    cadre = world.people["cadre"].id

    def settle(index: int) -> str | None:
        with world.db.writing() as session:
            return held_rows.settle_held_row(
                session, actor_for(session, cadre), held_row_id=row,
                corrections={} if index % 2 else {"id_number": id_number(order=700)}, withdraw=bool(index % 2), reason="核对",
            ).settled_as  # fmt: skip

    result = race(SIZES.racers, settle)
    assert len(result.values) == 1
    assert {type(error) for error in result.errors} == {SettledAlready}
    assert len(world.listed("新2号")) == (result.values[0] == "corrected")


def test_one_persons_number_completed_for_many_households_at_once_stands_in_one(world: World) -> None:
    world.take_in(*[world.line(n, id_number=None) for n in range(2, 2 + SIZES.racers)])
    homes = [each["id"] for each in world.listed("新")]
    cadre, number = world.people["cadre"].id, id_number(order=700)

    def complete(index: int) -> str:
        with world.db.writing() as session:
            actor = actor_for(session, cadre)
            return confirmation.complete(
                session, actor, household_id=homes[index], changes={"id_number": number}
            ).id

    result = race(len(homes), complete)
    assert len(result.values) == 1
    assert {type(error) for error in result.errors} == {PersonElsewhere}
    assert [world.row(home).id_number for home in homes].count(number) == 1


def test_the_database_itself_keeps_a_person_in_one_household(world: World) -> None:
    from sqlalchemy.exc import IntegrityError

    number = world.row(world.house(0)).id_hash
    with pytest.raises(IntegrityError), world.db.writing() as session:
        session.get_one(Household, world.house(1)).id_hash = number
