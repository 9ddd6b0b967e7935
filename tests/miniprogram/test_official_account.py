"""A page opened in WeChat from the official account: there and back, and one goes on where one was."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.miniprogram.marks import IN_THE_BROWSER
from tests.miniprogram.steps import refusal, tap
from tests.miniprogram.world import Phones, World

pytestmark = IN_THE_BROWSER

IN_WECHAT = "Mozilla/5.0 (Linux; Android 12) AppleWebKit/537.36 Chrome/116.0 Mobile Safari/537.36 MicroMessenger/8.0.50"


def test_who_opens_a_page_in_wechat_logs_in_there_and_is_the_same_person(
    world: World, phones: Phones
) -> None:
    page = phones(user_agent=IN_WECHAT).page
    page.goto("/pages/login/index")
    tap(page, "wechat-login")
    page.wait_for_url(f"{world.served.stand_in_url}/connect/oauth2/authorize**")
    with page.expect_response("**/api/sessions/official-account") as signed_in:
        page.get_by_text(world.stories["cadre-biomass"]["name"]).click()
    assert signed_in.value.status == 201
    assert signed_in.value.json()["person"]["id"] == world.stories["cadre-biomass"]["person_id"]
    for _ in ("now", "opened again"):
        expect(page.locator("[data-act=demo]:visible").first).to_contain_text(
            world.stories["cadre-biomass"]["name"]
        )
        page.goto("/pages/me/index")


def test_a_way_that_another_browser_began_is_not_gone_on_with(world: World, phones: Phones) -> None:
    theirs = phones(user_agent=IN_WECHAT).page
    theirs.goto("/api/sessions/official-account?return=/pages/me/index")
    link = theirs.get_by_text(world.stories["stranger"]["name"]).get_attribute("href")
    answer = theirs.request.get(f"{world.served.stand_in_url}{link}", max_redirects=0)
    page = phones(user_agent=IN_WECHAT).page
    page.goto(answer.headers["location"])
    refusal(page, "session.not_begun_here")
    expect(page.locator("[data-act=wechat-login]").first).to_be_visible()
