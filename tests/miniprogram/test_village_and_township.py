"""The cadre's walk through the village and the township's word after it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.harness.http import Client
from tests.miniprogram import steps
from tests.miniprogram.marks import IN_THE_BROWSER
from tests.miniprogram.steps import act, fill, refusal, sees, tap, until
from tests.miniprogram.world import Phones, World

pytestmark = IN_THE_BROWSER
WHO, CADRE, TOWNSHIP = "resident-biomass", "cadre-biomass", "township-officer"


def type_code(world: World, page: Page, household: str) -> None:
    tap(page, "type-code")
    fill(page, "code", world.code(household))
    tap(page, "code-go")


def confirm_on_site(page: Page) -> None:
    """The tap at the door; the first one on a phone asks whether it may tell where it is."""
    tap(page, "confirm-on-site")
    agreed, noted = act(page, "privacy-agree"), page.locator("[data-state=noted]")
    expect(agreed.or_(noted)).to_be_visible()
    if agreed.count():
        agreed.click()
    expect(noted).to_be_visible()


def village_word(api: Client, household: str) -> bool:
    return bool(api.get(f"/api/households/{household}").expect(200)["confirmed_by_village_at"])


def test_a_cadre_confirms_at_the_door_and_is_sent_on_to_the_next(world: World, phones: Phones) -> None:
    house, api = world.house(WHO), world.client(CADRE)
    page = phones(CADRE).page
    page.goto("/pages/home/index")
    tap(page, "confirm")
    type_code(world, page, house)
    confirm_on_site(page)
    until(page, lambda: village_word(api, house), "the village's word")
    sees(page, "去下一户")
    # The same door again: told plainly, nothing sent.
    type_code(world, page, house)
    assert "村里已确认" in refusal(page, "client.not_this_walk").inner_text()


def test_a_walk_without_signal_loses_no_house(world: World, phones: Phones) -> None:
    village, api = world.village(CADRE), world.client(CADRE)
    houses = api.get("/api/desk/walk", area_code=village).expect(200)["items"]
    page = phones(CADRE).page
    page.goto("/packages/cadre/confirm/index")
    expect(act(page, "house-open").first).to_be_visible()
    page.context.set_offline(True)
    for house in houses:
        type_code(world, page, house["id"])
        confirm_on_site(page)
    expect(act(page, "open-waiting")).to_contain_text(f"{len(houses)} 件")
    assert not any(village_word(api, house["id"]) for house in houses)
    page.context.set_offline(False)
    until(page, lambda: all(village_word(api, house["id"]) for house in houses), "every house of the walk")
    expect(act(page, "open-waiting")).to_have_count(0)


def test_what_was_refused_after_the_walk_is_shown_until_it_is_dealt_with(
    world: World, phones: Phones
) -> None:
    house = world.house(WHO)
    page = phones(CADRE).page
    page.goto("/packages/cadre/confirm/index")
    expect(act(page, "house-open").first).to_be_visible()
    page.context.set_offline(True)
    type_code(world, page, house)
    confirm_on_site(page)
    # Meanwhile another phone of the same cadre has said it.
    word = {"household_code": world.code(house)}
    world.client(CADRE).post(f"/api/households/{house}/village-confirmation", word).expect(200)
    page.context.set_offline(False)
    expect(act(page, "open-waiting")).to_contain_text("没有办成")
    page.reload()
    tap(page, "open-waiting")
    sees(page, "已经确认过")
    tap(page, "waiting-drop")
    tap(page, "waiting-drop-yes")
    expect(act(page, "waiting-refused")).to_have_count(0)


def test_a_cadre_acts_for_an_old_couple_and_it_says_so(world: World, phones: Phones) -> None:
    house = world.house(WHO)
    page = phones(CADRE).page
    page.goto(f"/packages/cadre/house/index?household={house}")
    tap(page, "confirm-for")
    fill(page, "witness", "赵秀英")
    tap(page, "confirm-for-yes")
    expect(act(page, "done")).to_be_visible()
    entry = world.client(CADRE).get(f"/api/households/{house}").expect(200)
    assert entry["confirmed_by_household_at"]


def test_a_number_is_shown_for_a_reason_and_the_household_sees_who_looked(
    world: World, phones: Phones
) -> None:
    house = world.house("resident-heat-pump")
    steps.bound(world, WHO)
    page = phones(CADRE).page
    page.goto(f"/packages/cadre/house/index?household={world.house(WHO)}")
    tap(page, "call")
    fill(page, "reason", "明天上门安装，通知在家")
    tap(page, "reveal")
    expect(act(page, "dial-0")).to_contain_text(world.stories[WHO]["phone"])
    looked = world.client(WHO).get(f"/api/households/{world.house(WHO)}/reveals").expect(200)["items"]
    assert [each["reason"] for each in looked] == ["明天上门安装，通知在家"]
    page.goto(f"/packages/cadre/house/index?household={house}")
    refusal(page, "not_found")


def test_a_township_looks_over_what_was_confirmed_and_locks_it(world: World, phones: Phones) -> None:
    steps.confirmed(world, WHO, CADRE)
    house = world.house(WHO)
    page = phones(TOWNSHIP).page
    page.goto("/pages/home/index")
    tap(page, "lock")
    tap(page, "lock-row")
    sees(page, world.stories[WHO]["name"])
    tap(page, "lock")
    expect(act(page, "done")).to_contain_text("已锁定")
    assert world.client(TOWNSHIP).get(f"/api/households/{house}").expect(200)["locked_at"]


def test_a_township_sends_an_entry_back_with_its_reason_and_the_cadre_reads_it(
    world: World, phones: Phones
) -> None:
    steps.confirmed(world, WHO, CADRE)
    house = world.house(WHO)
    page = phones(TOWNSHIP).page
    page.goto(f"/packages/township/review/index?household={house}")
    tap(page, "send-back")
    fill(page, "reason", "人口数与户口本不符")
    tap(page, "send-back-yes")
    expect(act(page, "done")).to_contain_text("已退回")
    cadre = phones(CADRE).page
    cadre.goto(f"/packages/cadre/house/index?household={house}")
    sees(cadre, "人口数与户口本不符")


@pytest.mark.parametrize("who", [WHO, "stranger"])
def test_a_cadre_s_pages_are_nobody_else_s(world: World, phones: Phones, who: str) -> None:
    page = phones(who).page
    page.goto("/packages/cadre/confirm/index")
    sees(page, "没有您负责的村")
    page.goto(f"/packages/township/review/index?household={world.house('resident-heat-pump')}")
    expect(page.locator("[role=alert]:visible")).to_be_visible()
