"""The mini-program opens in a browser as it is served: nothing foreign, nothing thrown, nothing that its policy refuses."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from backend.registry.models import Scan
from tests.miniprogram.marks import IN_THE_BROWSER
from tests.miniprogram.world import Phones, World

pytestmark = IN_THE_BROWSER


@pytest.mark.parametrize("path", ["/", "/pages/home/index", "/pages/scan/index", "/pages/login/index"])
def test_a_page_opens_by_its_address(world: World, phones: Phones, path: str) -> None:
    page = phones().page
    page.goto(path)
    expect(page.locator("uni-page-body")).to_be_visible()
    expect(page.locator("[data-act=demo]").first).to_be_visible()


def test_a_sticker_opens_its_door_and_is_scanned(world: World, phones: Phones) -> None:
    house = world.house("resident-biomass")
    page = phones().page
    with page.expect_response("**/api/scans") as scanned:
        page.goto(f"/q/{world.code(house)}")
    assert scanned.value.status == 201 and page.url.startswith(f"{world.url}/pages/door/index?q=")
    with world.db.reading() as session:
        assert session.query(Scan).count() == 1


def test_without_scripts_the_sticker_s_plain_page_opens_by_itself(world: World, phones: Phones) -> None:
    code = world.code(world.house("resident-biomass"))
    page = phones(java_script_enabled=False).page
    page.goto(f"/q/{code}")
    page.wait_for_url(f"**/q/{code}/plain")
    expect(page.get_by_text("服务热线")).to_be_visible()


def test_somebody_signed_in_is_known(world: World, phones: Phones) -> None:
    page = phones("cadre-biomass").page
    with page.expect_response("**/api/me") as known:
        page.goto("/pages/home/index")
    assert known.value.json()["name"] == world.stories["cadre-biomass"]["name"]


@pytest.mark.parametrize("time", ["first", "second"])
def test_every_journey_finds_the_county_as_new(world: World, time: str) -> None:
    with world.db.reading() as session:
        assert session.query(Scan).count() == 0, "what another journey did is gone"
    code = world.code(world.house("resident-biomass"))
    world.client(None).post("/api/scans", {"household_code": code}).expect(201)
