"""What phones and networks do to people: double taps, slow answers, failing servers, the back button, gates that stand."""

from __future__ import annotations

import time

from playwright.sync_api import Page, Route, expect

from backend.fuel.models import FuelOrder
from backend.installation.models import Booking
from tests.miniprogram import steps
from tests.miniprogram.marks import IN_THE_BROWSER
from tests.miniprogram.steps import act, fill, refusal, sees, tap
from tests.miniprogram.world import Phones, World

pytestmark = IN_THE_BROWSER
WHO, CADRE = "resident-biomass", "cadre-biomass"
ORDERS = "**/api/fuel-orders"


def orders_of(world: World) -> list[int]:
    with world.db.reading() as session:
        return [order.kilograms for order in session.query(FuelOrder)]


def ordering(world: World, phones: Phones) -> Page:
    """The order page with a ton chosen."""
    steps.installed(world, WHO, CADRE)
    page = phones(WHO).page
    page.goto(f"/pages/fuel/order?household={world.house(WHO)}")
    tap(page, "amount-ton")
    return page


def slowly(route: Route) -> None:
    time.sleep(2)
    route.continue_()


def test_two_taps_and_an_answer_after_two_seconds_are_one_order(world: World, phones: Phones) -> None:
    page = ordering(world, phones)
    page.route(ORDERS, slowly)
    act(page, "order").first.dblclick()
    expect(act(page, "order").first).to_have_attribute("aria-disabled", "true")
    expect(act(page, "messages-reject")).to_be_visible(timeout=15_000)
    assert orders_of(world) == [1000]


def test_an_answer_that_was_lost_is_one_order_when_tapped_again_after_a_reload(
    world: World, phones: Phones
) -> None:
    page = ordering(world, phones)

    def lost(route: Route) -> None:
        route.fetch()  # the server has it; the phone never hears
        route.abort()

    page.route(ORDERS, lost)
    tap(page, "order")
    assert "再点一次" in refusal(page, "client.unreached").inner_text()
    assert orders_of(world) == [1000]
    page.unroute(ORDERS)
    page.reload()
    tap(page, "amount-ton")
    tap(page, "order")
    expect(act(page, "messages-reject")).to_be_visible()
    assert orders_of(world) == [1000]


def test_a_server_that_fails_keeps_what_was_chosen_and_says_what_to_do(world: World, phones: Phones) -> None:
    page = ordering(world, phones)
    page.route(ORDERS, lambda route: route.fulfill(status=500, body="<html>oops</html>"))
    tap(page, "order")
    assert "过一会儿再点一次" in refusal(page, "client.server_failed").inner_text()
    page.unroute(ORDERS)
    tap(page, "order")
    expect(act(page, "messages-reject")).to_be_visible()
    assert orders_of(world) == [1000]


def test_what_cannot_be_read_offers_another_try(world: World, phones: Phones) -> None:
    steps.bound(world, WHO)
    page = phones(WHO).page
    page.route("**/api/me/homes", lambda route: route.fulfill(status=503, body=""))
    page.route("**/home", lambda route: route.fulfill(status=503, body=""))
    page.goto("/pages/home/index")
    refusal(page, "client.server_failed")
    page.unroute("**/api/me/homes")
    page.unroute("**/home")
    tap(page, "retry")
    sees(page, "请确认登记")


def test_going_back_from_an_order_orders_nothing_and_home_is_still_there(
    world: World, phones: Phones
) -> None:
    steps.installed(world, WHO, CADRE)
    page = phones(WHO).page
    page.goto("/pages/home/index")
    tap(page, "order-fuel")
    tap(page, "amount-ton")
    page.go_back()
    expect(act(page, "report-fault")).to_be_visible()
    assert orders_of(world) == []


def test_the_last_place_is_gone_and_another_is_offered(world: World, phones: Phones) -> None:
    steps.contracted(world, WHO, CADRE)
    mine = steps.slot(world, WHO)
    steps.slot(world, WHO, days=3)
    page = phones(WHO).page
    page.goto(f"/pages/installation/book?household={world.house(WHO)}")
    act(page, f"slot-{steps.day(world, 2)}-morning").click()
    world.client("contractor-manager").post(f"/api/slots/{mine}/capacity", {"capacity": 0}).expect(200)
    tap(page, "hold")
    refusal(page, "slot.full")
    act(page, f"slot-{steps.day(world, 3)}-morning").click()
    tap(page, "hold")
    expect(act(page, "messages-reject")).to_be_visible()
    with world.db.reading() as session:
        assert session.query(Booking).count() == 1


# -- the gates, in words that a villager understands


def test_no_fuel_before_the_stove_is_installed_and_the_alarm_tested(world: World, phones: Phones) -> None:
    steps.contracted(world, WHO, CADRE)
    page = phones(WHO).page
    page.goto(f"/pages/fuel/index?household={world.house(WHO)}")
    sees(page, "报警器")
    expect(act(page, "order")).to_have_count(0)


def test_no_more_fuel_than_is_left(world: World, phones: Phones) -> None:
    steps.installed(world, WHO, CADRE)
    page = phones(WHO).page
    page.goto(f"/pages/fuel/order?household={world.house(WHO)}")
    fill(page, "bags", "121")
    tap(page, "order")
    expect(page.locator("[role=alert]:visible").first).to_contain_text("3,000公斤")
    assert orders_of(world) == []


def test_no_booking_before_the_entry_is_confirmed(world: World, phones: Phones) -> None:
    steps.bound(world, WHO)
    page = phones(WHO).page
    page.goto(f"/pages/installation/book?household={world.house(WHO)}")
    expect(act(page, "hold")).to_have_count(0)
    sees(page, "还没有签改造协议")


def test_a_house_is_not_bound_by_somebody_else_s_telephone(world: World, phones: Phones) -> None:
    page = phones("stranger").page
    page.goto(f"/q/{world.code(world.house(WHO))}")
    tap(page, "bind")
    tap(page, "way-identity")
    fill(page, "name", world.stories[WHO]["name"])
    fill(page, "id-tail", "000000")
    tap(page, "bind-identity")
    assert "村干部" in refusal(page, "binding.proof_failed").inner_text()


def test_a_replaced_sticker_says_so_and_still_takes_a_report_of_danger(world: World, phones: Phones) -> None:
    house = world.house(WHO)
    old = world.code(house)
    world.client(CADRE).post(f"/api/households/{house}/stickers", {"reason": "被雨淋坏"}).expect(201)
    page = phones().page
    page.goto(f"/q/{old}")
    refusal(page, "code.replaced")
    tap(page, "danger-co")
    tap(page, "report")
    expect(page.locator("[data-state=reported]:visible")).to_be_visible()
    sees(page, "120")
    faults = world.client(CADRE).get("/api/faults", household_id=house).expect(200)["items"]
    assert [fault["category"] for fault in faults] == ["co"]
