"""Every page of the mini-program in elder mode: nothing runs out of the screen, what is tapped is large enough, letters too.

With SCREENSHOTS a picture is taken of each page, in both looks, and of what else a page can show (`make screenshots`).
"""

from __future__ import annotations

import inspect
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.harness import ROOT
from tests.miniprogram import steps
from tests.miniprogram.marks import IN_THE_BROWSER
from tests.miniprogram.world import Phones, World

pytestmark = IN_THE_BROWSER
PICTURES = os.environ.get("SCREENSHOTS")
BIOMASS, HEAT_PUMP, NETWORK = "resident-biomass", "resident-heat-pump", "resident-district-heat"
CADRE, TOWNSHIP = "cadre-biomass", "township-officer"
ELDER = json.dumps({"type": "object", "data": {"elder": True, "step": 1}})
PLAIN = json.dumps({"type": "object", "data": {"elder": False, "step": 0}})
LEAST_TARGET_PX = 60  # dp on a main action, as the platform asks of what old people use
LEAST_LETTERS_PX = 18

# What is tapped and what is read, as laid out: [name, height, width] of each target, and the smallest letters.
MEASURE = """() => {
  const shown = [...document.querySelectorAll('uni-page-body *')].filter((each) => each.checkVisibility())
  const targets = shown.filter((each) => each.matches('uni-button.tap, [role=button][data-act], [data-tab]'))
  const bare = (each) => [...each.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim())
  const letters = shown.filter((each) => bare(each) && !each.closest('[data-act=demo], [data-tab]'))
  const sizes = letters.map((each) => [parseFloat(getComputedStyle(each).fontSize), each.textContent.trim().slice(0, 20)])
  return {
    overflow: document.documentElement.scrollWidth - innerWidth,
    targets: targets.map((each) => [each.dataset.act ?? each.dataset.tab, each.getBoundingClientRect().height]),
    letters: sizes.sort((one, other) => one[0] - other[0])[0] ?? null,
  }
}"""


def pages_of_the_app() -> set[str]:
    """Every page that pages.json lists."""
    listed = json.loads((ROOT / "miniprogram/src/pages.json").read_text("utf-8"))
    below = [
        f"{package['root']}/{page['path']}" for package in listed["subPackages"] for page in package["pages"]
    ]
    return {page["path"] for page in listed["pages"]} | set(below)


def settle(page: Page) -> None:
    expect(page.locator("[data-state=loading]:visible")).to_have_count(0, timeout=15_000)
    page.evaluate("() => document.fonts.ready")


def picture(page: Page, name: str) -> None:
    if PICTURES:
        Path(PICTURES).mkdir(parents=True, exist_ok=True)
        page.wait_for_timeout(400)
        page.screenshot(path=Path(PICTURES) / f"{name}.png")


def look_at(page: Page, address: str, name: str) -> None:
    """Open a page in both looks; measured in elder mode."""
    if PICTURES:
        page.evaluate(f"localStorage.setItem('look', {json.dumps(PLAIN)})")
        page.goto(address)
        settle(page)
        picture(page, name)
    page.evaluate(f"localStorage.setItem('look', {json.dumps(ELDER)})")
    page.goto(address)
    settle(page)
    picture(page, f"{name}-elder")
    measured: dict[str, Any] = page.evaluate(MEASURE)
    assert measured["overflow"] <= 0, f"{address} is {measured['overflow']} px wider than the phone"
    small = {act: height for act, height in measured["targets"] if height < LEAST_TARGET_PX and act != "demo"}
    assert not small, f"{address}: too small for a cold finger: {small}"
    letters = measured["letters"]
    assert letters is None or letters[0] >= LEAST_LETTERS_PX, f"{address}: {letters[1]} at {letters[0]} px"


def visitor(world: World) -> Iterator[tuple[str, str]]:
    yield "/pages/home/index", "visitor-home"
    yield "/pages/scan/index", "visitor-scan"
    yield "/pages/inbox/index", "visitor-inbox"
    yield "/pages/me/index", "visitor-me"
    yield "/pages/login/index", "visitor-login"
    yield "/pages/privacy/index", "visitor-privacy"
    yield f"/pages/door/index?q={world.code(world.house(BIOMASS))}", "visitor-door"
    yield "/pages/door/index?q=AAAAAAAAAA", "visitor-door-unknown"


def warm_house(world: World) -> Iterator[tuple[str, str]]:
    """A house with a stove, an order on its way, a fault, notices and a conversation."""
    steps.installed(world, BIOMASS, CADRE)
    house, api = world.house(BIOMASS), world.client(BIOMASS)
    window = {"wanted_from": steps.day(world, 1), "wanted_until": steps.day(world, 3)}
    api.post("/api/fuel-orders", {"household_id": house, "kilograms": 1000, **window}).expect(201)
    fault = api.post("/api/faults", {"household_id": house, "category": "no_heat"}).expect(201)["fault"]["id"]
    api.post("/api/conversation", {"text": "领燃料"}).expect(201)
    yield "/pages/home/index", "resident-home"
    yield f"/pages/household/index?household={house}", "resident-household"
    yield f"/pages/installation/index?household={house}", "resident-installation"
    yield f"/pages/fuel/index?household={house}", "resident-fuel"
    yield f"/pages/fuel/order?household={house}", "resident-fuel-order"
    yield f"/pages/fault/index?household={house}", "resident-faults"
    yield f"/pages/fault/index?fault={fault}", "resident-fault"
    yield f"/pages/fault/report?household={house}", "resident-report"
    yield f"/pages/fault/report?household={house}&category=co", "resident-report-co"
    yield f"/pages/conversation/index?household={house}", "resident-conversation"
    yield "/pages/inbox/index", "resident-inbox"
    yield "/pages/me/index", "resident-me"
    yield f"/pages/door/index?q={world.code(house)}", "resident-door"
    yield "/pages/waiting/index", "resident-waiting"


def house_before_works(world: World) -> Iterator[tuple[str, str]]:
    """Bound but not confirmed; nothing has happened yet."""
    house = world.house(BIOMASS)
    steps.bound(world, BIOMASS)
    yield "/pages/home/index", "new-home"
    yield f"/pages/household/index?household={house}", "new-household"
    yield f"/pages/household/bind?code={world.code(world.house(HEAT_PUMP))}", "new-bind"
    yield f"/pages/fuel/index?household={house}", "new-fuel-closed"
    yield f"/pages/installation/book?household={house}", "new-book-closed"
    yield f"/pages/fault/index?household={house}", "new-faults-empty"
    yield "/pages/invitation/index", "new-invitation"
    yield "/pages/fault/outage?outage=00000000000000000000000000", "new-outage-missing"


def house_with_a_contract(world: World) -> Iterator[tuple[str, str]]:
    steps.contracted(world, BIOMASS, CADRE)
    for ahead, half in ((1, "morning"), (1, "afternoon"), (3, "morning")):
        steps.slot(world, BIOMASS, capacity=3, days=ahead, half_day=half)
    house = world.house(BIOMASS)
    yield f"/pages/installation/book?household={house}", "contract-book"
    yield f"/pages/installation/index?household={house}", "contract-installation"


def network_house(world: World) -> Iterator[tuple[str, str]]:
    yield "/pages/home/index", "network-home"
    yield f"/pages/installation/index?household={world.house(NETWORK)}", "network-installation"


def village(world: World) -> Iterator[tuple[str, str]]:
    steps.bound(world, BIOMASS).post(f"/api/households/{world.house(BIOMASS)}/confirmation").expect(200)
    yield "/pages/home/index", "cadre-home"
    yield "/packages/cadre/confirm/index", "cadre-confirm"
    yield "/packages/cadre/call/index", "cadre-call"
    yield f"/packages/cadre/house/index?household={world.house(BIOMASS)}", "cadre-house"
    yield f"/pages/door/index?q={world.code(world.house(BIOMASS))}", "cadre-door"


def township(world: World) -> Iterator[tuple[str, str]]:
    steps.confirmed(world, BIOMASS, CADRE)
    yield "/pages/home/index", "township-home"
    yield "/packages/township/lock/index", "township-lock"
    yield f"/packages/township/review/index?household={world.house(BIOMASS)}", "township-review"


def works(world: World) -> Iterator[tuple[str, str]]:
    yield "/pages/home/index", "installer-home"
    yield "/pages/round/index", "installer-round"


WHO = {
    None: visitor,
    BIOMASS: warm_house,
    f"{BIOMASS} ": house_before_works,
    f"{BIOMASS}  ": house_with_a_contract,
    NETWORK: network_house,
    CADRE: village,
    TOWNSHIP: township,
    "installer": works,
}


@pytest.mark.parametrize("who", WHO, ids=[story.__name__ for story in WHO.values()])
def test_old_eyes_and_cold_fingers_can_use_every_page(world: World, phones: Phones, who: str | None) -> None:
    seen = list(WHO[who](world))
    page = phones(who.strip() if who else None).page
    page.goto("/pages/scan/index")
    for address, name in seen:
        look_at(page, address, name)


def test_no_page_is_left_out(world: World) -> None:
    looked_at = {
        address.split("?")[0].lstrip("/") for story in WHO.values() for address, _ in addresses(story)
    }
    assert pages_of_the_app() - looked_at == set()


def addresses(story: Any) -> list[tuple[str, str]]:
    """The addresses that a story names, without playing it: read from its own text."""
    return [(found, "") for found in re.findall(r'"(/(?:pages|packages)/[a-z/]+)', inspect.getsource(story))]
