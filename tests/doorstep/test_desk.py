"""The desk of a village and of an office: the numbers, the lists behind them, and the village as one walks it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from backend.core import clock
from backend.core.crypto import mask_phone
from backend.core.db import new_id
from backend.doorstep.desk.queries.walk import LONGEST_WALK
from backend.doorstep.desk.rules import COUNTS, KINDS
from backend.programme import areas_under
from backend.registry.models import Household
from tests.builders.product import code_of, give_role_to, person_with
from tests.builders.township_lists import csv_file, id_number, typed
from tests.doorstep.homes import PATH, WINTER, Homes, on
from tests.registry.world import line_in

TODAY, TOMORROW, IN_THREE_DAYS = date(2022, 9, 15), date(2022, 9, 16), date(2022, 9, 18)
HOUSES = 3  # in each village


# The numbers


def test_a_village_where_nothing_was_done_yet(homes: Homes) -> None:
    desk = homes.desk()
    assert desk["area"] == {"code": homes.village, "name": desk["area"]["name"], "level": "village"}
    assert desk["areas"] == [desk["area"]] and desk["below"] == []
    assert set(desk["counts"]) == set(COUNTS)
    some = {name: count for name, count in desk["counts"].items() if count}
    assert some == {"households": HOUSES, "to_confirm": HOUSES, "unreachable": HOUSES, "to_call": HOUSES}


def test_each_house_is_counted_where_it_stands(homes: Homes) -> None:
    locked, to_lock, sent_back = (homes.house(n) for n in range(3))
    for house in (locked, to_lock):
        homes.confirm(house)
        homes.confirm_on_site(house).expect(200)
    homes.client("township").post(f"/api/households/{locked}/lock").expect(200)
    homes.client("cadre").post(f"/api/households/{sent_back}/send-back", {"reason": "地址写错"}).expect(200)
    some = {name: count for name, count in homes.counts().items() if count}
    assert some == {
        "households": 3,
        "confirmed_by_household": 2,
        "confirmed_by_village": 2,
        "to_confirm": 1,
        "sent_back": 1,
        "to_lock": 1,
        "locked": 1,
        "unreachable": 1,
        "to_call": 1,
    }


def test_what_is_open_is_counted_where_it_is(homes: Homes) -> None:
    house, other = homes.house(), homes.house(1)
    homes.warm_stove(house)
    delivery = homes.delivered(house)
    body = {"answer": "disputes", "received_kg": 900, "note": "少了"}
    homes.own(house).post(f"/api/fuel-deliveries/{delivery}/confirmation", body).expect(200)
    homes.report(other, "co")
    homes.report(other, "noise")
    with on(homes, WINTER):
        homes.report(house, "no_heat")
        counts = homes.counts()
    assert (counts["disputed_deliveries"], counts["open_faults"], counts["cold"]) == (1, 3, 2)
    assert counts["to_call"] == HOUSES, "each once, however many reasons there are"


def test_a_township_sees_each_of_its_villages_and_their_sum(homes: Homes) -> None:
    homes.confirm(homes.house())
    desk = homes.desk("township")
    assert desk["area"]["level"] == "township"
    names = {each["code"]: each["counts"] for each in desk["below"]}
    with homes.db.reading() as session:
        villages = {area.code for area in areas_under(session, homes.village[:9], "village")}
    assert set(names) == villages
    assert names[homes.village]["confirmed_by_household"] == 1
    for count, total in desk["counts"].items():
        assert total == sum(each[count] for each in names.values()), count


def test_a_district_sees_its_townships(homes: Homes) -> None:
    desk = homes.desk("district")
    assert {len(each["code"]) for each in desk["below"]} == {9}
    assert desk["counts"]["households"] == sum(each["counts"]["households"] for each in desk["below"]) > 0
    inside = homes.desk("district", area_code=homes.village)
    assert inside["area"]["code"] == homes.village and inside["counts"]["households"] == HOUSES
    assert [area["level"] for area in inside["areas"]] == ["district"], "whose desk it is stays the same"


def test_rows_that_wait_are_counted(homes: Homes) -> None:
    line = line_in(homes.db, homes.village, 7, id_number="140699196503098880")  # mistyped: held
    township = homes.client("township")
    files = {"file": ("list.csv", csv_file(typed(line)))}
    sent = township.upload("/api/imports", files, {"area_code": homes.village[:9]}).expect(201)["id"]
    township.post(f"/api/imports/{sent}/commit").expect(200)
    assert homes.counts()["held_rows"] == 1


def test_who_has_several_villages_chooses_one(homes: Homes) -> None:
    other = homes.world.county.villages["heat_pump"]
    give_role_to(homes.db, homes.people["cadre"], "village_cadre", area_code=other)
    desk = homes.desk()
    assert sorted(area["code"] for area in desk["areas"]) == sorted((homes.village, other))
    assert (desk["area"], desk["counts"], desk["below"]) == (None, None, [])
    assert homes.counts(area_code=other)["households"] == HOUSES
    cadre = homes.client("cadre")
    for path, query in (("/api/desk/households", {"kind": "locked"}), ("/api/desk/walk", {})):
        refused = cadre.get(path, **query).expect(422)
        assert refused["code"] == "desk.area_unchosen"
        cadre.get(path, area_code=other, **query).expect(200)


def test_a_village_within_an_own_township_is_not_offered_twice(homes: Homes) -> None:
    give_role_to(homes.db, homes.people["township"], "village_cadre", area_code=homes.village)
    assert [area["code"] for area in homes.desk("township")["areas"]] == [homes.village[:9]]


def test_the_numbers_cost_the_same_for_a_village_and_for_a_district(homes: Homes) -> None:
    for n in range(3):
        homes.warm_stove(homes.house(n))
        homes.delivered(homes.house(n))
        homes.report(homes.house(n), "co")
    asked = []
    for who in ("cadre", "township", "district"):
        with homes.statements() as heard:
            homes.desk(who)
        asked.append(len(heard))
    assert max(asked) <= 18 and max(asked) - min(asked) <= 1, "\n".join(heard)


def test_the_areas_are_looked_up_as_ranges_and_not_as_patterns(homes: Homes) -> None:
    with homes.statements() as heard:
        homes.desk("township")
        homes.listed("to_call")
        homes.client("cadre").get("/api/desk/walk").expect(200)
    assert heard and not [text for text in heard if " LIKE " in text.upper()]


# The lists


@pytest.mark.parametrize(
    "kind", ["to_confirm", "sent_back", "to_lock", "locked", "unreachable", "cold", "to_call"]
)
def test_a_list_has_as_many_houses_as_its_number_says(homes: Homes, kind: str) -> None:
    """And page by page each house comes once."""
    a, b, c = (homes.house(n) for n in range(3))
    homes.confirm(a)
    homes.confirm_on_site(a).expect(200)
    homes.client("cadre").post(f"/api/households/{b}/send-back", {"reason": "人口数不对"}).expect(200)
    homes.report(c, "co")
    with on(homes, WINTER):
        homes.report(a, "no_heat")
        found = homes.listed(kind)
        assert len(found) == len({house for house, _ in found}) == homes.counts()[kind]
        for _house, reasons in found:
            assert reasons


def test_every_kind_is_counted_under_its_own_name() -> None:
    assert set(KINDS) <= set(COUNTS)


def test_a_row_tells_enough_to_call_and_to_find_and_no_number(homes: Homes) -> None:
    house = homes.house()
    homes.client("cadre").patch(f"/api/households/{house}", {"people": 4}).expect(200)
    page = homes.client("cadre").get("/api/desk/households", kind="to_confirm").expect(200)
    with homes.db.reading() as session:
        row = session.get_one(Household, house)
    shown = next(each["household"] for each in page["items"] if each["household"]["id"] == house)
    assert shown["code"] == code_of(homes.db, house) and shown["people"] == 4 and shown["path_label"]
    assert shown["phone_masked"] == mask_phone(row.phone) and str(row.phone) not in str(page)
    assert str(row.id_number) not in str(page) and str(row.id_number)[-4:] not in str(shown)


def test_whoever_must_be_called_first_stands_first_with_every_reason(homes: Homes) -> None:
    danger, visit, sent_back = (homes.house(n) for n in range(3))
    homes.booked(visit, TOMORROW)
    homes.client("cadre").post(f"/api/households/{sent_back}/send-back", {"reason": "地址写错"}).expect(200)
    homes.booked(danger, TODAY)
    homes.report(danger, "co")
    assert homes.listed("to_call") == [
        (danger, ["danger", "visit", "unconfirmed"]),
        (visit, ["visit", "unconfirmed"]),
        (sent_back, ["sent_back"]),
    ]
    items = homes.client("cadre").get("/api/desk/households", kind="to_call").expect(200)["items"]
    assert "明天" not in items[0]["reasons"][0]["text"] and "一氧化碳" in items[0]["reasons"][0]["text"]
    assert "9月16日上午" in items[1]["reasons"][0]["text"]
    assert "地址写错" in items[2]["reasons"][0]["text"] and items[2]["reasons"][0]["since"]


def test_a_danger_that_somebody_took_up_and_a_house_with_people_need_no_call(homes: Homes) -> None:
    house = homes.house()
    homes.confirm(house)
    fault = homes.report(house, "co")
    assert homes.listed("to_call")[0][0] == house
    assert homes.client("cadre").get("/api/desk").expect(200)["counts"]["danger"] == 1
    homes.dispatch(fault)
    assert house not in dict(homes.listed("to_call"))
    assert homes.client("cadre").get("/api/desk").expect(200)["counts"]["danger"] == 0


def test_a_visit_is_announced_by_telephone_only_where_no_message_arrives(homes: Homes) -> None:
    tied, alone, later = (homes.house(n) for n in range(3))
    for house in (tied, later):
        homes.confirm(house)
    homes.booked(tied, TOMORROW)
    homes.booked(alone, TOMORROW)
    homes.booked(later, IN_THREE_DAYS)
    assert dict(homes.listed("to_call")) == {alone: ["visit", "unconfirmed"]}


def test_a_delivery_without_an_answer_is_called_about_after_a_day_where_nobody_is_tied(homes: Homes) -> None:
    tied, alone = homes.house(), homes.house(1)
    homes.confirm(tied)
    for house in (tied, alone):
        homes.warm_stove(house)
        homes.delivered(house)
    assert dict(homes.listed("to_call"))[alone] == ["unconfirmed"], "a day is left"
    with on(homes, "2022-09-16T02:00:01"):
        found = dict(homes.listed("to_call"))
    assert found[alone] == ["delivery_unanswered", "unconfirmed"] and tied not in found


def test_a_disputed_delivery_is_called_about_whoever_is_tied(homes: Homes) -> None:
    house = homes.house()
    homes.confirm(house)
    homes.warm_stove(house)
    delivery = homes.delivered(house)
    body = {"answer": "disputes", "received_kg": 900, "note": "少了"}
    homes.own(house).post(f"/api/fuel-deliveries/{delivery}/confirmation", body).expect(200)
    assert dict(homes.listed("to_call"))[house] == ["delivery_disputed"]


def test_a_visit_of_tomorrow_is_called_about_before_a_delivery_of_yesterday(homes: Homes) -> None:
    delivery, visit = homes.house(), homes.house(1)
    homes.warm_stove(delivery)
    homes.delivered(delivery)
    with on(homes, "2022-09-16T02:00:01"):
        homes.booked(visit, date(2022, 9, 17))
        assert [house for house, _ in homes.listed("to_call")][:2] == [visit, delivery]


def test_a_house_is_cold_until_it_is_mended_or_has_spare_heat(homes: Homes) -> None:
    mended, lent, said = (homes.house(n) for n in range(3))
    homes.warm_stove(said)
    with on(homes, WINTER):
        homes.repaired(mended)
        fault = homes.report(lent)
        homes.own(said).post(f"/api/households/{said}/heat-confirmation", {"warm": False}).expect(201)
        assert dict(homes.listed("cold")) == {lent: ["cold"], said: ["cold"]}
        homes.client("cadre").post(f"/api/faults/{fault}/heaters", {"serial": "DN-1"}).expect(201)
        assert dict(homes.listed("cold")) == {said: ["cold"]}


def test_a_house_that_ended_is_in_no_list(homes: Homes) -> None:
    house = homes.house()
    homes.report(house, "co")
    homes.booked(house, TOMORROW)
    homes.change(house, ended_at=clock.now())
    assert homes.counts()["households"] == HOUSES - 1
    assert house not in dict(homes.listed("to_call"))


def test_a_cursor_of_nonsense_is_refused_and_an_unknown_kind_as_well(homes: Homes) -> None:
    cadre = homes.client("cadre")
    assert cadre.get("/api/desk/households", kind="everything").status == 422
    assert (
        cadre.get("/api/desk/households", kind="to_call", cursor="???").expect(422)["code"]
        == "http.bad_cursor"
    )
    assert cadre.get("/api/desk/households").status == 422


# The walk


def test_a_village_is_walked_by_the_numbers_of_its_houses(homes: Homes) -> None:
    for house, address in zip(
        (homes.house(n) for n in range(3)), ("村西12号", "村西2号", "村东7号"), strict=True
    ):
        homes.change(house, address=address)
    homes.confirm(homes.house(1))
    homes.confirm_on_site(homes.house(1)).expect(200)
    answer = homes.client("cadre").get("/api/desk/walk")
    walk = answer.expect(200)
    assert [each["address"] for each in walk["items"]] == ["村东7号", "村西2号", "村西12号"]
    assert walk["area"]["code"] == homes.village and walk["left_out"] == 0
    assert set(walk["items"][0]) == {
        "id",
        "code",
        "address",
        "head_name",
        "path",
        "confirmed_by_household",
        "confirmed_by_village",
        "locked",
        "sent_back",
    }
    done = walk["items"][1]
    assert (done["confirmed_by_household"], done["confirmed_by_village"], done["locked"]) == (
        True,
        True,
        False,
    )
    assert done["code"] == code_of(homes.db, homes.house(1))


def test_a_walk_holds_neither_numbers_nor_telephones(homes: Homes) -> None:
    house, number = homes.house(), id_number(order=555)
    homes.change(house, address=f"村东1号 电话13812345678 {number}")
    answer = homes.client("cadre").get("/api/desk/walk")
    with homes.db.reading() as session:
        row = session.get_one(Household, house)
    for secret in ("13812345678", number, str(row.phone), str(row.id_number)):
        assert secret not in answer.text


def _add_houses(homes: Homes, count: int) -> None:
    """So many more in the village, without the way through a list."""
    with homes.db.writing() as session:
        one = session.scalars(select(Household).where(Household.id == homes.house())).one()
        for n in range(count):
            session.add(
                Household(
                    id=new_id(),
                    programme_id=one.programme_id,
                    area_code=one.area_code,
                    path=one.path,
                    head_name="王新",
                    address=f"新{n}号",
                    entry_key=f"entry-{n}",
                    fingerprint=f"print-{n}",
                    import_id=one.import_id,
                    sheet_row=n,
                    flags=[],
                    created_at=clock.now(),
                )
            )


def test_a_phone_that_has_the_walk_is_told_so_and_of_every_change(homes: Homes) -> None:
    cadre = homes.client("cadre")
    first = cadre.get("/api/desk/walk")
    assert first.headers["vary"] == "Authorization"
    tag = {"If-None-Match": first.headers["etag"]}
    again = cadre.request("GET", "/api/desk/walk", headers=tag)
    assert (again.status, again.body) == (304, b"")
    homes.confirm(homes.house())
    changed = cadre.request("GET", "/api/desk/walk", headers=tag)
    assert changed.status == 200 and changed.headers["etag"] != first.headers["etag"]
    assert "no-cache" in changed.headers["cache-control"] and "private" in changed.headers["cache-control"]


def test_only_a_village_can_be_walked(homes: Homes) -> None:
    refused = homes.client("township").get("/api/desk/walk").expect(422)
    assert refused["code"] == "desk.not_a_village"
    homes.client("township").get("/api/desk/walk", area_code=homes.village).expect(200)


def test_six_hundred_houses_fit_into_one_answer_and_the_rest_is_told(homes: Homes) -> None:
    _add_houses(homes, LONGEST_WALK)
    walk = homes.client("cadre").get("/api/desk/walk").expect(200)
    assert (len(walk["items"]), walk["left_out"]) == (LONGEST_WALK, HOUSES)


# Who may look

PATHS: dict[str, dict[str, Any]] = {
    "/api/desk": {},
    "/api/desk/households": {"kind": "to_call"},
    "/api/desk/walk": {},
}


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("who", ["cadre elsewhere", "township elsewhere"])
def test_elsewhere_is_nothing_to_be_seen(homes: Homes, path: str, who: str) -> None:
    answer = homes.client(who).get(path, area_code=homes.village, **PATHS[path])
    assert answer.status == 404
    above = homes.client("cadre").get(path, area_code=homes.village[:9], **PATHS[path])
    assert above.status == 404, "nor what contains one's own"
    unknown = homes.client("district").get(path, area_code="140602999", **PATHS[path])
    assert unknown.status == 404


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "who", ["installer", "supplier", "driver", "repairer", "acceptor", "cadre no longer"]
)
def test_others_have_no_desk(homes: Homes, path: str, who: str) -> None:
    assert homes.client(who).get(path, area_code=homes.village, **PATHS[path]).status == 403


@pytest.mark.parametrize("path", PATHS)
def test_a_household_has_no_desk_and_nobody_has_one_without_a_session(homes: Homes, path: str) -> None:
    query = {"area_code": homes.village, **PATHS[path]}
    assert homes.own(homes.house()).get(path, **query).status == 403
    assert homes.client(None).get(path, **query).status == 401


@pytest.mark.parametrize("who", ["township", "district", "inspector", "auditor"])
def test_offices_and_lookers_see_the_desk_of_a_village(homes: Homes, who: str) -> None:
    assert homes.counts(who, area_code=homes.village)["households"] == HOUSES
    assert len(homes.listed("unreachable", who, area_code=homes.village)) == HOUSES


def test_a_role_of_a_larger_area_is_not_needed_for_a_small_one(homes: Homes) -> None:
    one = person_with(homes.db, "village_cadre", area_code=homes.world.county.villages["heat_pump"])
    desk = homes.client(one).get("/api/desk").expect(200)
    assert (
        desk["area"]["code"] == homes.world.county.villages["heat_pump"] != homes.world.county.villages[PATH]
    )
