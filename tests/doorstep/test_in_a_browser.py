"""The pages in a real browser, as a phone shows them: nothing foreign, nothing thrown, the emergency report works."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from sqlalchemy import select

from backend.core.db import Database
from backend.faults.models import Fault, FaultReport
from backend.registry.models import Sticker
from tests.builders.product import code_of, small_county
from tests.builders.rates import spend
from tests.doorstep.houses import picture
from tests.harness.browser import Phone
from tests.harness.databases import Filling, Stocked
from tests.harness.day import AUTUMN, at
from tests.harness.served import Served

pytestmark = pytest.mark.only_on(
    "sqlite", "what a page does on a phone; the routes behind it are tested on both"
)

WAIT_MS = 15_000
SHOTS = os.environ.get("SCREENSHOTS")  # a folder: pictures of what the tests saw


def one_house_a_path(db: Database) -> str:
    return small_county(db, 1).households["biomass"][0]


@pytest.fixture
def filling() -> Filling:
    return one_house_a_path


@pytest.fixture
def house(stocked: Stocked) -> str:
    return str(stocked.made)


@pytest.fixture
def product(house: str, serve: Callable[..., Served]) -> Served:
    return serve(worker=False, stand_in=False, web_processes=1, env=at(AUTUMN))


def shot(page: Page, name: str) -> None:
    if SHOTS:
        Path(SHOTS).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)


def fits(page: Page) -> bool:
    """Nothing hangs over the side."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def reports(db: Database) -> list[FaultReport]:
    with db.reading() as session:
        return list(session.scalars(select(FaultReport).order_by(FaultReport.id)))


def test_the_pages_open_on_a_phone_and_the_emergency_report_arrives_once(
    product: Served, house: str, db: Database, phone: Phone, browser: Browser, tmp_path: Path
) -> None:
    page = phone.page
    page.set_default_timeout(WAIT_MS)
    code = code_of(db, house)

    # The description of the API: operations are rendered, from here.
    page.goto(f"{product.base_url}/api/docs")
    page.locator(".opblock-tag", has_text="faults").first.click()
    expect(page.locator(".opblock-summary-path", has_text="/fault-reports").first).to_be_visible()

    # The landing page.
    page.goto(f"{product.base_url}/")
    expect(page.get_by_text("23,613 户")).to_be_visible()
    assert fits(page)
    shot(page, "landing-phone")

    # The sticker: two big buttons, within reach without scrolling.
    page.goto(f"{product.base_url}/q/{code}")
    for name in ("头晕或闻到烟味", "没有暖气"):
        box = page.get_by_role("button", name=name).bounding_box()
        assert box is not None and box["height"] >= 60 and box["y"] + box["height"] <= 844, name
    assert fits(page)
    shot(page, "sticker-phone")

    # Danger: what to do stands first, and the button that sends is in view at once.
    page.get_by_role("button", name="头晕或闻到烟味").click()
    first = page.locator("[data-steps=co] li").first
    expect(first).to_be_visible()
    expect(first).to_contain_text("打开门窗")
    above, below = first.bounding_box(), page.locator("textarea[name=description]").bounding_box()
    assert above is not None and below is not None and above["y"] < below["y"]
    expect(page.locator("#send")).to_be_in_viewport()
    assert fits(page)
    shot(page, "danger-phone")
    page.locator("label.pick", has_text="冒烟").click()
    expect(page.locator("[data-steps=smoke] li").first).to_contain_text("119")
    expect(page.locator("[data-steps=co] li").first).to_be_hidden()
    page.get_by_role("button", name="返回").click()

    # No heat, with everything filled in. The server fails first: words, and nothing that was typed is lost.
    page.get_by_role("button", name="没有暖气").click()
    page.locator("textarea[name=description]").fill("炉子点着了，屋里还是凉的")
    page.locator("input[name=phone]").fill("不是电话")
    photo = tmp_path / "炉子.jpg"
    photo.write_bytes(picture("grey", (2400, 1800), "JPEG"))
    page.locator("input[name=photo]").set_input_files(photo)
    expect(page.get_by_text("已选：炉子.jpg")).to_be_visible()

    def fail(route: Route) -> None:
        route.fulfill(status=502, content_type="text/html", body="<h1>Bad Gateway</h1>")

    page.route("**/api/fault-reports", fail)
    page.locator("#send").click()
    expect(page.locator("#failed")).to_contain_text("没有送到")
    page.unroute("**/api/fault-reports")
    page.locator("#send").click()
    expect(page.locator(".wrong[data-for=phone]")).to_have_text("应为电话号码。")
    expect(page.locator("textarea[name=description]")).to_have_value("炉子点着了，屋里还是凉的")
    shot(page, "refused-phone")
    assert reports(db) == []

    # A double tap sends one report.
    page.locator("input[name=phone]").fill("13900001111")
    page.locator("#send").dblclick()
    expect(page.locator("#answer-title")).to_be_visible()
    page.wait_for_load_state("networkidle")  # had the second tap sent anything, it would be on its way
    (report,) = reports(db)
    assert (report.description, report.via, report.phone) == (
        "炉子点着了，屋里还是凉的",
        "passer_by",
        "13900001111",
    )
    assert len(report.photo_ids) == 1
    expect(page.locator("#answer-reference")).to_have_text(report.id)
    expect(page.locator("#answer-message")).to_contain_text("已报告")
    expect(page.locator("#answer-hotline")).to_have_attribute("href", "tel:0349-0000000")
    shot(page, "answer-phone")

    # Another report is another one, of another kind; the answer's first words are what to do.
    page.get_by_role("button", name="再报告一件事").click()
    page.get_by_role("button", name="头晕或闻到烟味").click()
    expect(page.locator("textarea[name=description]")).to_have_value("")
    page.evaluate("const send = document.getElementById('send'); send.click(); send.click();")
    expect(page.locator("#answer-advice li").first).to_contain_text("打开门窗")
    page.wait_for_load_state("networkidle")
    shot(page, "answer-danger-phone")
    assert len(reports(db)) == 2
    with db.reading() as session:
        assert sorted(session.scalars(select(Fault.category))) == ["co", "no_heat"]

    # On a desk.
    wide = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    desk = wide.new_page()
    for name, path in (("landing", "/"), ("sticker", f"/q/{code}")):
        desk.goto(f"{product.base_url}{path}")
        assert fits(desk)
        shot(desk, f"{name}-desk")
    desk.get_by_role("button", name="头晕或闻到烟味").click()
    shot(desk, "danger-desk")
    wide.close()


def test_an_answer_that_was_lost_on_the_way_does_not_make_a_second_report(
    product: Served, house: str, db: Database, phone: Phone
) -> None:
    page = phone.page
    page.set_default_timeout(WAIT_MS)
    page.goto(f"{product.base_url}/q/{code_of(db, house)}")
    page.get_by_role("button", name="没有暖气").click()

    def lose(route: Route) -> None:
        route.fetch()  # it arrives
        route.abort()  # and its answer does not

    page.route("**/api/fault-reports", lose)
    page.locator("#send").click()
    expect(page.locator("#failed")).to_contain_text("没有送到")
    assert len(reports(db)) == 1
    page.unroute("**/api/fault-reports")
    page.locator("#send").click()
    expect(page.locator("#answer-title")).to_be_visible()
    (report,) = reports(db)
    expect(page.locator("#answer-reference")).to_have_text(report.id)


def test_what_is_added_after_a_lost_answer_is_told_as_well(
    product: Served, house: str, db: Database, phone: Phone
) -> None:
    page = phone.page
    page.set_default_timeout(WAIT_MS)
    page.goto(f"{product.base_url}/q/{code_of(db, house)}")
    page.get_by_role("button", name="没有暖气").click()

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route("**/api/fault-reports", lose)
    page.locator("#send").click()
    expect(page.locator("#failed")).to_contain_text("没有送到")
    page.unroute("**/api/fault-reports")
    page.locator("textarea[name=description]").fill("家里有两个孩子")
    page.locator("#send").click()
    expect(page.locator("#answer-title")).to_be_visible()
    first, second = reports(db)
    assert (first.description, second.description) == (None, "家里有两个孩子")
    assert first.fault_id == second.fault_id, "one fault of one house"


@pytest.mark.parametrize("refused", [False, True], ids=["no signal", "refused by the server"])
def test_a_photo_that_does_not_arrive_holds_no_report_up(
    product: Served, house: str, db: Database, phone: Phone, tmp_path: Path, refused: bool
) -> None:
    page = phone.page
    page.set_default_timeout(WAIT_MS)
    page.goto(f"{product.base_url}/q/{code_of(db, house)}")
    page.get_by_role("button", name="头晕或闻到烟味").click()
    if not refused:
        page.route("**/api/photos", lambda route: route.abort())
    photo = tmp_path / ("a.heic" if refused else "a.png")
    photo.write_bytes(b"\0\0\0\x18ftypheic" + b"\0" * 4_000 if refused else picture())
    page.locator("input[name=photo]").set_input_files(photo)
    page.locator("#send").click()
    expect(page.locator("#answer-photo")).to_be_visible()
    (report,) = reports(db)
    assert report.photo_ids == []


def test_by_an_old_sticker_danger_is_reported_for_its_house(
    product: Served, house: str, db: Database, phone: Phone
) -> None:
    page = phone.page
    page.set_default_timeout(WAIT_MS)
    old = code_of(db, house)
    with db.writing() as session:
        for sticker in session.scalars(select(Sticker).where(Sticker.household_id == house)):
            sticker.state = "replaced"
    page.goto(f"{product.base_url}/q/{old}")
    expect(page.locator("#problem")).to_contain_text("已更换")
    shot(page, "replaced-phone")
    page.get_by_role("button", name="头晕或闻到烟味").click()
    page.locator("#send").click()
    expect(page.locator("#answer-title")).to_be_visible()
    with db.reading() as session:
        assert session.scalars(select(Fault.household_id)).all() == [house]


def test_a_refusal_is_shown_in_its_own_words_with_what_to_do_now(
    product: Served, house: str, db: Database, phone: Phone
) -> None:
    page = phone.page
    page.set_default_timeout(WAIT_MS)
    page.goto(f"{product.base_url}/q/{code_of(db, house)}")
    page.get_by_role("button", name="没有暖气").click()
    body = {"household_code": code_of(db, house), "category": "no_heat"}
    product.client().post("/api/fault-reports", body).expect(201)
    spend(db, "fault-report", 600)
    page.locator("#send").click()
    expect(page.locator("#failed")).to_contain_text("直接拨打 120 或 119")
    expect(page.locator("#send")).to_have_text("再发一次")
