"""One answer for a home screen: what it says at each step of a house's way, to whom, and how little it asks."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from backend.doorstep.home.queries import home_of
from backend.installation.models import Installation
from backend.programme import programme_for
from backend.registry.models import Household
from tests.builders.product import actor_of, code_of
from tests.builders.township_lists import id_number
from tests.doorstep.homes import WINTER, Homes, on

MOST_STATEMENTS = 12
TOMORROW = date(2022, 9, 16)


def reached(home: dict[str, Any]) -> list[str]:
    return [step["code"] for step in home["ladder"] if step["reached"]]


def current(home: dict[str, Any]) -> list[str]:
    return [step["code"] for step in home["ladder"] if step["current"]]


def test_a_house_that_was_only_listed_is_asked_to_confirm(homes: Homes) -> None:
    house = homes.house()
    home = homes.home(house)
    assert (home["mine"], home["tie"], home["elder"]) == (True, "resident", False)
    shown = home["household"]
    assert shown["id"] == house and shown["code"] == code_of(homes.db, house)
    assert shown["path_label"] and shown["village"] and shown["township"] not in ("", shown["village"])
    assert reached(home) == current(home) == ["listed"]
    assert home["next"]["code"] == "confirm" and home["next"]["who"] == "household"
    assert home["next"]["who_label"] == "您家" and home["next"]["clause_label"].startswith("第八部分")
    assert home["next"]["page"] == f"pages/household/index?household={house}"
    assert [(each["code"], each["mine"]) for each in home["to_do"]] == [("confirm", True)]
    assert (home["booking"], home["fault"], home["open_faults"], home["cold_tonight"]) == (None, None, 0, [])
    assert home["hotline"]["number"] and home["hotline"]["label"]
    assert home["fuel"]["open"] is False and home["fuel"]["reasons"][0]["code"] == "fuel.not_installed"


def test_each_step_of_the_way_shows_in_the_ladder_and_in_what_comes_next(homes: Homes) -> None:
    house, resident = homes.house(), homes.own(homes.house())
    homes.confirm(house)
    assert homes.next(house) == ("confirm_village", "village") and homes.to_do(house) == []
    homes.confirm_on_site(house).expect(200)
    assert homes.next(house) == ("contract", "contractor")
    homes.world.contract(house).expect(201)
    assert homes.next(house) == ("book", "household") and homes.to_do(house) == ["book"]
    booking = homes.world.slot("biomass")
    resident.post("/api/bookings", {"household_id": house, "slot_id": booking}).expect(201)
    home = homes.home(house)
    assert home["next"]["who_label"] == "示范取暖公司" and home["next"]["until"] == "2022-09-15"
    assert "今天（9月15日）下午" in home["next"]["text"]
    assert home["booking"]["contractor_name"] == "示范取暖公司" and home["booking"]["half_day"] == "afternoon"
    assert (home["booking"]["can_change"], home["booking"]["change_until"]) == (False, "2022-09-14")
    visit = homes.world.visit(home["booking"]["id"], house)
    homes.world.install(visit, "biomass")
    installer = homes.world.installer
    installer.post(f"/api/visits/{visit}/co-alarm", {"serial": "CO-1", "room": "堂屋", "test_beep": True})
    installer.post(f"/api/visits/{visit}/briefing", {"given_to": "户主"}).expect(201)
    finish = {"energised": True, "rooms_lived_in": ["堂屋"]}
    installer.post(f"/api/visits/{visit}/finish", finish).expect(200)
    home = homes.home(house)
    assert reached(home) == ["listed", "confirmed", "contracted", "installed", "energised"]
    assert current(home) == ["energised"] and home["booking"] is None
    assert (home["next"]["code"], home["next"]["who"]) == ("accept", "acceptor")
    homes.accept(house)
    assert homes.next(house) == ("confirm_heat", "household")
    assert "confirm_heat" in homes.to_do(house)
    resident.post(f"/api/households/{house}/heat-confirmation", {"warm": True}).expect(201)
    home = homes.home(house)
    assert (home["next"]["code"], home["next"]["who"], home["next"]["who_label"]) == ("done", "nobody", "")
    assert all(step["reached"] for step in home["ladder"]) and current(home) == ["heat_confirmed"]


def test_a_house_on_a_network_sees_its_stages_between_the_rungs(homes: Homes) -> None:
    house = homes.house(path="district_heat")
    village = homes.world.county.villages["district_heat"]
    plan = {"area_code": village, "path": "district_heat", "owner": "district_office"}
    with homes.db.reading() as session:
        programme = programme_for(session, village)
    stages = [stage.code for stage in programme.path("district_heat").stages]
    owner = programme.path("district_heat").lead
    body = {**plan, "owner": owner.code, "stage": stages[0], "planned_on": "2022-10-01"}
    stage = homes.client("district").post("/api/network-stages", body).expect(201)["id"]
    codes = [step["code"] for step in homes.home(house)["ladder"]]
    before, last = codes.index("contracted") + 1, len(stages) - 1
    assert codes[before : before + last] == stages[:-1], "what brings the house onto the network"
    assert codes[codes.index("installed") + 1] == stages[-1], "what brings the heat"
    first = next(step for step in homes.home(house)["ladder"] if step["code"] == stages[0])
    assert (first["planned_on"], first["reached"]) == ("2022-10-01", False)
    homes.confirm(house)
    homes.world.cadre("district_heat").post(
        f"/api/households/{house}/village-confirmation", {"household_code": code_of(homes.db, house)}
    ).expect(200)
    homes.world.contract(house).expect(201)
    home = homes.home(house)
    assert (home["next"]["code"], home["next"]["who"]) == ("network_stage", "network")
    assert (home["next"]["who_label"], home["next"]["until"]) == (owner.label, "2022-10-01")
    assert current(home) == ["contracted"] and home["fuel"] is None
    homes.client("district").post(f"/api/network-stages/{stage}/done", {"done_on": "2022-09-15"}).expect(200)
    home = homes.home(house)
    assert current(home) == [stages[0]]
    assert (
        next(s for s in home["ladder"] if s["code"] == stages[0])["reached_at"] == "2022-09-14T16:00:00.000Z"
    )


def test_what_is_most_urgent_stands_first(homes: Homes) -> None:
    house = homes.house()
    homes.warm_stove(house)
    homes.delivered(house)
    fault = homes.repaired(house, "noise")
    with homes.db.writing() as session:
        session.get_one(Installation, house).rooms_lived_in = ["西屋"]
    to_do = homes.home(house)["to_do"]
    assert [each["code"] for each in to_do] == ["co_alarm", "repair", "delivery", "confirm"]
    assert "西屋" in to_do[0]["text"] and to_do[0]["clause"] == "4.1.1.5" and not to_do[0]["mine"]
    assert to_do[1]["page"] == f"pages/fault/index?fault={fault}"
    assert "1000公斤" in to_do[2]["text"] and to_do[2]["mine"]


def test_a_loan_is_confirmed_a_second_time_and_the_day_is_told(homes: Homes) -> None:
    house = homes.house()
    homes.confirm(house)
    homes.confirm_on_site(house).expect(200)
    homes.world.contract(house, financing="loan").expect(201)
    to_do = homes.home(house)["to_do"]
    assert [each["code"] for each in to_do] == ["owner_confirmation"] and "起可以确认" in to_do[0]["text"]
    assert to_do[0]["clause"] == "4.2.2"


def test_a_visit_of_another_day_can_still_be_changed_until_its_eve(homes: Homes) -> None:
    house = homes.house()
    homes.booked(house, TOMORROW)
    booking = homes.home(house)["booking"]
    assert (booking["can_change"], booking["change_until"]) == (True, "2022-09-15")
    with on(homes, "2022-09-18T02:00:00"):
        missed = homes.home(house)["booking"]
    assert (missed["can_change"], missed["change_until"]) == (True, None), (
        "nobody came: no household is trapped"
    )


def test_a_registration_that_was_sent_back_says_why(homes: Homes) -> None:
    house = homes.house()
    homes.confirm(house)
    reason = {"reason": "人口数不对"}
    homes.client("township").post(f"/api/households/{house}/send-back", reason).expect(200)
    home = homes.home(house)
    assert home["household"]["sent_back_reason"] == "人口数不对"
    assert "人口数不对" in home["to_do"][0]["text"]


def test_fuel_is_told_with_the_figures_of_the_entitlement(homes: Homes) -> None:
    house = homes.house()
    homes.warm_stove(house)
    assert "fuel_order" in homes.to_do(house)
    homes.ordered(house, 1000)
    fuel = homes.home(house)["fuel"]
    entitlement = homes.own(house).get(f"/api/households/{house}/entitlement").expect(200)
    for name in set(fuel) - {"reasons"}:
        assert fuel[name] == entitlement[name], name
    assert fuel["reserved_kg"] == 1000 and fuel["reasons"] == entitlement["reasons"]
    assert "fuel_order" not in homes.to_do(house), "it is on its way"


def test_the_villages_word_waits_for_the_cadre_and_for_nobody_else(homes: Homes) -> None:
    house = homes.house()
    waiting = homes.home(house, "cadre")["to_do"]
    assert [(each["code"], each["mine"]) for each in waiting] == [
        ("confirm", False),
        ("confirm_village", True),
    ]
    assert homes.to_do(house, "township") == homes.to_do(house) == ["confirm"]
    homes.confirm_on_site(house).expect(200)
    assert homes.to_do(house, "cadre") == ["confirm"]


def test_a_disputed_delivery_waits_for_the_township(homes: Homes) -> None:
    house = homes.house()
    homes.warm_stove(house)
    delivery = homes.delivered(house)
    body = {"answer": "disputes", "received_kg": 900, "note": "少了几袋"}
    homes.own(house).post(f"/api/fuel-deliveries/{delivery}/confirmation", body).expect(200)
    waiting = {each["code"]: each for each in homes.home(house)["to_do"]}
    assert waiting["delivery_disputed"]["who"] == "township" and not waiting["delivery_disputed"]["mine"]
    theirs = {each["code"]: each for each in homes.home(house, "township")["to_do"]}
    assert theirs["delivery_disputed"]["mine"] and not theirs["confirm"]["mine"]


def test_the_newest_open_fault_is_shown_and_how_many_there_are(homes: Homes) -> None:
    house = homes.house()
    homes.report(house, "noise")
    newest = homes.report(house, "leaking")
    home = homes.home(house)
    assert home["open_faults"] == 2 and home["fault"]["id"] == newest
    assert home["fault"]["category_label"] == "漏水、漏液" and home["fault"]["late"] == []
    with on(homes, "2022-09-25T02:00:00"):
        assert "answer" in homes.home(house)["fault"]["late"]


def test_unread_notices_are_the_callers_own(homes: Homes) -> None:
    house = homes.house()
    resident, proxy = homes.resident(house), homes.proxy(house)
    homes.confirm_on_site(house).expect(200)
    assert homes.home(house, proxy)["unread"] > 0
    before = homes.home(house, resident)["unread"]
    first = homes.client(resident).get("/api/inbox").expect(200)["items"][0]["id"]
    homes.client(resident).post(f"/api/inbox/{first}/read").expect(200)
    assert homes.home(house, resident)["unread"] == before - 1


@pytest.mark.parametrize(
    ("born", "elder"), [(date(1962, 9, 15), True), (date(1962, 9, 16), False), (date(1940, 1, 1), True)]
)
def test_who_is_sixty_today_is_shown_large_print_in_the_own_house_only(
    homes: Homes, born: date, elder: bool
) -> None:
    house = homes.house()
    homes.change(house, id_number=id_number(born, order=901))
    assert homes.home(house)["elder"] is elder
    assert homes.home(house, homes.proxy(house))["elder"] is False
    assert homes.home(house, "cadre")["elder"] is False


def test_a_head_without_a_number_has_no_age(homes: Homes) -> None:
    house = homes.house()
    homes.change(house, id_number=None)
    assert homes.home(house)["elder"] is False


# The cold


def test_in_the_season_a_house_whose_heating_does_not_run_is_told_what_can_be_done_tonight(
    homes: Homes,
) -> None:
    house = homes.house()
    assert homes.home(house)["cold_tonight"] == [], "nobody freezes in September"
    with on(homes, WINTER):
        steps = homes.home(house)["cold_tonight"]
        assert [step["number"] for step in steps] == list(range(1, len(steps) + 1))
        told = "".join(step["text"] for step in steps)
        assert all(words in told for words in ("电暖器", "清洁煤", "取暖点"))


def test_a_warm_house_an_empty_one_and_one_that_takes_no_part_are_not_alarmed(homes: Homes) -> None:
    warm, empty, apart = (homes.house(n) for n in range(3))
    homes.warm_stove(warm)
    homes.change(empty, vacant=True)
    homes.change(apart, participates=False)
    with on(homes, WINTER):
        for house in (warm, empty, apart):
            assert homes.home(house)["cold_tonight"] == []
        assert homes.next(apart) == ("takes_no_part", "nobody") and homes.to_do(apart) == []
        homes.report(warm, "no_heat")
        assert homes.home(warm)["cold_tonight"], "until the heating fails"


def test_where_the_heating_itself_is_the_danger_nothing_is_lit(homes: Homes) -> None:
    house = homes.house()
    homes.warm_stove(house)
    with on(homes, WINTER):
        homes.report(house, "co")
        told = "".join(step["text"] for step in homes.home(house)["cold_tonight"])
    assert "取暖点" in told and "煤" not in told and "电暖器" not in told


def test_a_word_of_cold_offers_warmth(homes: Homes) -> None:
    house = homes.house()
    homes.warm_stove(house)
    with on(homes, WINTER):
        homes.own(house).post(f"/api/households/{house}/heat-confirmation", {"warm": False}).expect(201)
        assert homes.home(house)["cold_tonight"]


# Who may look


@pytest.mark.parametrize("who", ["cadre", "township", "district", "inspector", "auditor"])
def test_offices_look_at_the_houses_of_their_area(homes: Homes, who: str) -> None:
    house = homes.house()
    home = homes.home(house, who)
    assert (home["mine"], home["tie"], home["elder"]) == (False, None, False)
    assert home["next"]["who_label"] == "住户" and home["to_do"][0]["mine"] is False
    knows_the_door = who in ("cadre", "township", "district")
    assert (home["household"]["code"] is not None) == knows_the_door


@pytest.mark.parametrize("who", ["cadre elsewhere", "township elsewhere"])
def test_offices_of_elsewhere_find_nothing(homes: Homes, who: str) -> None:
    assert homes.client(who).get(f"/api/households/{homes.house()}/home").status == 404


@pytest.mark.parametrize(
    "who", ["installer", "supplier", "driver", "repairer", "acceptor", "cadre no longer"]
)
def test_who_works_there_or_worked_there_once_is_not_shown_a_home(homes: Homes, who: str) -> None:
    homes.booked(homes.house(), TOMORROW)
    assert homes.client(who).get(f"/api/households/{homes.house()}/home").status == 403


def test_a_neighbour_finds_nothing_and_nobody_is_told_without_a_session(homes: Homes) -> None:
    path = f"/api/households/{homes.house()}/home"
    assert homes.own(homes.house(1)).get(path).status == 404
    assert homes.client(None).get(path).status == 401


def test_a_tie_that_was_ended_shows_nothing_any_more(homes: Homes) -> None:
    house = homes.house()
    proxy = homes.proxy(house)
    assert homes.home(house, proxy)["tie"] == "household_proxy"
    people = homes.own(house).get(f"/api/households/{house}/people").expect(200)["items"]
    tie = next(each["tie_id"] for each in people if each["role"] == "household_proxy")
    homes.own(house).post(f"/api/ties/{tie}/end", {"reason": "不再代办"}).expect(204)
    assert homes.client(proxy).get(f"/api/households/{house}/home").status == 403
    assert homes.client(proxy).get("/api/me/homes").expect(200) == {"items": []}


def test_neither_number_nor_telephone_is_told(homes: Homes) -> None:
    house = homes.house()
    with homes.db.reading() as session:
        row = session.get_one(Household, house)
    answer = homes.own(house).get(f"/api/households/{house}/home")
    for secret in (str(row.phone), str(row.id_number), str(row.phone)[-4:], str(row.id_number)[-4:]):
        assert secret not in answer.text


# Several houses


def test_a_person_with_several_houses_sees_each_in_short(homes: Homes) -> None:
    first, second = homes.house(), homes.house(1)
    resident = homes.resident(first)
    homes.client("cadre").post(
        f"/api/households/{second}/proxies", {"phone": _phone_of(homes, first), "relation": "儿子"}
    ).expect(201)
    homes.confirm(first)
    items = homes.client(resident).get("/api/me/homes").expect(200)["items"]
    assert [(each["household"]["id"], each["tie"]) for each in items] == [
        (first, "resident"),
        (second, "household_proxy"),
    ]
    assert [(each["next"]["code"], each["to_do"]) for each in items] == [
        ("confirm_village", 0),
        ("confirm", 1),
    ]
    assert items[0]["fuel"]["limit_kg"] > 0


def test_who_has_no_house_has_an_empty_list(homes: Homes) -> None:
    assert homes.client("cadre").get("/api/me/homes").expect(200) == {"items": []}


def _phone_of(homes: Homes, house: str) -> str:
    with homes.db.reading() as session:
        phone = session.get_one(Household, house).phone
    assert phone
    return phone


# How much is asked of the database


def test_a_home_screen_costs_few_statements_however_much_there_is(homes: Homes) -> None:

    house, resident = homes.house(), homes.resident(homes.house())
    homes.booked(house, TOMORROW)
    homes.warm_stove(house)
    homes.delivered(house)
    for category in ("noise", "leaking", "equipment", "no_heat"):
        homes.report(house, category)
    actor = actor_of(homes.db, resident)
    database = homes.app.extensions["backend.database"]
    with homes.statements() as heard, database.reading() as session:
        home = home_of(session, actor, house)
    assert home.open_faults == 4 and home.booking and home.fuel
    assert 6 < len(heard) <= MOST_STATEMENTS, "\n".join(heard)
    # With the session, the roles and the house's place, as a whole request.
    with homes.statements() as heard:
        homes.home(house, resident)
    assert len(heard) <= MOST_STATEMENTS + 8, "\n".join(heard)
