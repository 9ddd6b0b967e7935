"""A son in the city acts for his mother; it is marked, and she reads of it."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.miniprogram import steps
from tests.miniprogram.marks import IN_THE_BROWSER
from tests.miniprogram.steps import sees, tap
from tests.miniprogram.world import Phones, World

pytestmark = IN_THE_BROWSER
MOTHER, SON = "resident-biomass", "son-in-city"


def test_a_son_confirms_for_his_mother_and_she_reads_of_it(world: World, phones: Phones) -> None:
    house = world.house(MOTHER)
    mother = steps.bound(world, MOTHER)
    his = phones(SON).page
    his.goto(f"/pages/household/index?household={house}")
    sees(his, world.stories[MOTHER]["name"])
    tap(his, "confirm")
    expect(his.locator("[data-state=confirmed]")).to_be_visible()
    entry = mother.get(f"/api/households/{house}").expect(200)
    assert entry["confirmed_by_household_at"] and "confirmed.by_proxy" in entry["flags"]
    hers = phones(MOTHER).page
    hers.goto("/pages/inbox/index")
    sees(hers, "代办")
