"""A resident's way through the mini-program: from the sticker at the door to a warm room, and to the last message."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.miniprogram import steps
from tests.miniprogram.marks import IN_THE_BROWSER
from tests.miniprogram.steps import act, become, sees, tap, until
from tests.miniprogram.world import Phones, World

pytestmark = IN_THE_BROWSER
WHO, CADRE = "resident-biomass", "cadre-biomass"


def test_from_the_sticker_to_the_confirmed_entry(world: World, phones: Phones) -> None:
    house = world.house(WHO)
    name = world.stories[WHO]["name"]
    page = phones().page
    page.goto(f"/q/{world.code(house)}")
    sees(page, "这是您家吗")
    assert name not in page.content(), "a stranger at the door learns nothing about who lives there"

    become(page, WHO)
    page.goto(f"/q/{world.code(house)}")
    tap(page, "bind")
    tap(page, "bind-phone")
    expect(page.locator("[data-state=bound]")).to_be_visible()
    tap(page, "messages-accept")
    tap(page, "see-entry")
    sees(page, name)
    tap(page, "confirm")
    expect(page.locator("[data-state=confirmed]")).to_be_visible()
    entry = world.client(WHO).get(f"/api/households/{house}").expect(200)
    assert entry["confirmed_by_household_at"]


def test_orders_fuel_in_three_taps_and_hears_of_its_delivery(world: World, phones: Phones) -> None:
    steps.installed(world, WHO, CADRE)
    house = world.house(WHO)
    page = phones(WHO).page
    page.goto("/pages/home/index")
    tap(page, "order-fuel")
    tap(page, "amount-ton")
    tap(page, "order")
    with page.expect_response("**/api/subscription-grants"):
        tap(page, "messages-accept")
    left = world.client(WHO).get(f"/api/households/{house}/entitlement").expect(200)
    assert left["reserved_kg"] == 1000

    order = world.client(WHO).get("/api/fuel-orders", household_id=house).expect(200)["items"][0]["id"]
    handed = {
        "household_code": world.code(house),
        "fuel_batch_id": steps.batch(world),
        "bags": 39,
        "kilograms": 975,
    }
    world.client("driver").post(f"/api/fuel-orders/{order}/deliveries", handed).expect(201)
    page.goto("/pages/home/index")
    tap(page, "do-delivery")
    tap(page, "delivery-agrees")
    api = world.client(WHO)
    until(
        page,
        lambda: api.get(f"/api/households/{house}/entitlement").expect(200)["delivered_kg"] == 975,
        "the delivery confirmed on the phone",
    )
    page.goto("/pages/inbox/index")
    sees(page, "燃料")
    sent = until(
        page,
        lambda: world.stand_in.get("/sandbox/messages", person=WHO).expect(200)["messages"],
        "the message by WeChat that was agreed to",
    )
    assert sent[0]["template_id"] == "demo-tmpl-fuel"


def test_reports_a_fault_in_two_taps_and_closes_it(world: World, phones: Phones) -> None:
    steps.installed(world, WHO, CADRE)
    page = phones(WHO).page
    page.goto("/pages/home/index")
    tap(page, "report-fault")
    tap(page, "category-no_heat")
    tap(page, "send-report")
    expect(act(page, "reported")).to_be_visible()
    fault = world.client(WHO).get("/api/faults").expect(200)["items"][0]
    assert (fault["category"], fault["state"]) == ("no_heat", "reported")
