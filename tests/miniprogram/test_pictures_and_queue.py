"""Pictures as today's phones take them, and what waits: scaled before they are sent, and no picture stops a report of danger."""

from __future__ import annotations

import io
import os
import re
from email.parser import BytesParser
from email.policy import HTTP
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, Request, Route, expect

from tests.miniprogram import steps
from tests.miniprogram.marks import IN_THE_BROWSER
from tests.miniprogram.steps import act, fill, sees, tap
from tests.miniprogram.world import Phones, World

pytestmark = IN_THE_BROWSER
WHO, CADRE = "resident-biomass", "cadre-biomass"
PHOTOS, DOOR = "**/api/photos", "**/api/fault-reports"
LONGEST = 2560


def jpeg(path: Path, width: int, height: int, *, lying: bool = False) -> Path:
    """A picture whose upper half is red and whose lower half is blue, as one looks at it. `lying`: stored on its side, with the
    camera's note how to turn it."""
    upright = Image.new("RGB", (width, height), (200, 30, 30))
    upright.paste((30, 30, 200), (0, height // 2, width, height))
    note = Image.Exif()
    if lying:
        upright = upright.transpose(Image.Transpose.ROTATE_90)
        note[0x0112] = 6
    upright.save(path, "JPEG", exif=note)
    return path


def picture_in(request: Request) -> Image.Image:
    """The picture that an upload carries, as it came."""
    body = request.post_data_buffer
    assert body is not None
    head = f"Content-Type: {request.headers['content-type']}\r\n\r\n".encode()
    (part,) = BytesParser(policy=HTTP).parsebytes(head + body).iter_parts()
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    return Image.open(io.BytesIO(content))


def choose(page: Page, path: Path) -> None:
    with page.expect_file_chooser() as chooser:
        tap(page, "add-photo")
    chooser.value.set_files(path)


def photo_field(page: Page, world: World) -> None:
    """The photo field of a repair report."""
    page.goto(f"/pages/fault/report?household={world.house(WHO)}&category=equipment")
    tap(page, "more-fields")


def at_the_door(page: Page, world: World, category: str = "co") -> None:
    page.goto(f"/q/{world.code(world.house(WHO))}")
    tap(page, f"danger-{category}")


def look(page: Page, name: str) -> None:
    """A picture of the page as it stands, at both widths; only where SCREENSHOTS names a folder."""
    if folder := os.environ.get("SCREENSHOTS"):
        for width in (390, 320):
            page.set_viewport_size({"width": width, "height": 844})
            page.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=True)
        page.set_viewport_size({"width": 390, "height": 844})


def faults(world: World) -> list[dict[str, object]]:
    items: list[dict[str, object]] = (
        world.client(CADRE).get("/api/faults", household_id=world.house(WHO)).expect(200)["items"]
    )
    return items


# -- scaled before they are sent


@pytest.mark.parametrize("lying", [False, True], ids=["upright", "lying"])
def test_a_picture_of_48_million_dots_arrives_scaled_and_upright(
    world: World, phones: Phones, tmp_path: Path, lying: bool
) -> None:
    steps.bound(world, WHO)
    page = phones(WHO).page
    photo_field(page, world)
    with page.expect_response(PHOTOS, timeout=90_000) as sent:
        choose(page, jpeg(tmp_path / "large.jpg", 6000, 8000, lying=lying))
    assert sent.value.status == 201
    arrived = picture_in(sent.value.request)
    assert arrived.size == (LONGEST * 3 // 4, LONGEST)
    assert not arrived.getexif().get(0x0112), "turned already"
    red, blue = (arrived.convert("RGB").getpixel((100, y)) for y in (100, LONGEST - 100))
    assert isinstance(red, tuple) and isinstance(blue, tuple)
    assert red[0] > 150 > red[2] and blue[2] > 150 > blue[0]
    expect(act(page, "remove-photo-0")).to_be_visible()
    look(page, f"photo-{'lying' if lying else 'upright'}")


def test_a_small_picture_is_sent_as_it_was_taken(world: World, phones: Phones, tmp_path: Path) -> None:
    steps.bound(world, WHO)
    page = phones(WHO).page
    photo_field(page, world)
    with page.expect_response(PHOTOS) as sent:
        choose(page, jpeg(tmp_path / "small.jpg", 600, 800, lying=True))
    arrived = picture_in(sent.value.request)
    assert (arrived.size, arrived.getexif().get(0x0112)) == ((800, 600), 6)


def test_what_the_browser_cannot_read_is_left_to_the_server_and_the_report_goes_without_it(
    world: World, phones: Phones, tmp_path: Path
) -> None:
    steps.bound(world, WHO)
    page = phones(WHO).page
    photo_field(page, world)
    heic = tmp_path / "a.heic"
    heic.write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(5000))
    with page.expect_response(PHOTOS) as sent:
        choose(page, heic)
    assert 400 <= sent.value.status < 500
    tap(page, "send-report")
    sees(page, "有 1 张照片没有传上去，不影响报修。")
    assert [fault["category"] for fault in faults(world)] == ["equipment"]
    look(page, "report-without-photo")


def test_what_can_neither_be_scaled_nor_sent_says_how_to_take_it_again(
    world: World, phones: Phones, tmp_path: Path
) -> None:
    steps.bound(world, WHO)
    page = phones(WHO).page
    photo_field(page, world)
    huge = tmp_path / "huge.heic"
    huge.write_bytes(bytes(33 * 1024 * 1024))
    choose(page, huge)
    assert "请用普通模式重拍" in steps.refusal(page, "client.photo_too_large").inner_text()
    expect(act(page, "add-photo")).to_be_visible()
    look(page, "photo-too-large")


# -- danger


def test_a_refused_picture_does_not_stop_a_report_of_danger(
    world: World, phones: Phones, tmp_path: Path
) -> None:
    page = phones().page
    at_the_door(page, world)
    page.route(PHOTOS, lambda route: route.fulfill(status=429, headers={"Retry-After": "600"}, body=""))
    choose(page, jpeg(tmp_path / "a.jpg", 600, 800))
    tap(page, "report-more")
    sees(page, "报告收到了")
    sees(page, "照片没有传上，报告已经送到")
    assert [fault["category"] for fault in faults(world)] == ["co"]


def test_a_report_that_the_server_keeps_for_later_shows_its_words(world: World, phones: Phones) -> None:
    page = phones().page
    at_the_door(page, world)
    told = {
        "kept": True,
        "message": "险情已经记下，系统一恢复就告诉值守的人。",
        "next": "有人头晕或叫不醒，现在就打120。",
        "advice": [{"code": "out", "text": "先开门窗，人马上到屋外。"}],
        "hotline": "0349-2000000",
    }
    page.route(DOOR, lambda route: route.fulfill(status=202, json=told))
    tap(page, "report")
    sees(page, "报告收下了，还没有通知到人")
    for words in (told["message"], told["next"], "先开门窗，人马上到屋外。"):
        sees(page, str(words))
    expect(act(page, "open-waiting")).to_have_count(0)
    look(page, "kept-by-the-server")


def test_a_resident_s_danger_that_is_kept_for_later_shows_its_words(world: World, phones: Phones) -> None:
    steps.bound(world, WHO)
    page = phones(WHO).page
    page.goto(f"/pages/fault/report?household={world.house(WHO)}&category=co")
    message = "险情已经记下，系统一恢复就告诉值守的人。"
    told = {
        "message": message,
        "advice": [{"code": "out", "text": "先到屋外。"}],
    }
    page.route(
        "**/api/faults",
        lambda route: (
            route.fulfill(status=202, json=told) if route.request.method == "POST" else route.continue_()
        ),
    )
    tap(page, "send-report")
    sees(page, message)
    sees(page, "先到屋外。")
    expect(act(page, "see-fault")).to_have_count(0)
    look(page, "kept-by-the-server-resident")


def test_a_danger_that_a_busy_server_puts_off_is_kept_and_goes_by_itself(
    world: World, phones: Phones
) -> None:
    page = phones().page
    at_the_door(page, world)
    tries: list[str] = []

    def busy(route: Route) -> None:
        tries.append(route.request.headers["idempotency-key"])
        if len(tries) > 1:
            route.continue_()
        else:
            route.fulfill(status=503, headers={"Retry-After": "3"}, body="")

    page.route(DOOR, busy)
    tap(page, "report")
    sees(page, "系统忙，先存在手机里")
    sees(page, "打电话不用等")
    look(page, "danger-put-off")
    sees(page, "报告收到了")
    assert len(tries) == 2 and len(set(tries)) == 1
    assert [fault["category"] for fault in faults(world)] == ["co"]


# -- what waits


def test_what_was_put_off_or_sent_without_its_photo_says_so(
    world: World, phones: Phones, tmp_path: Path
) -> None:
    steps.bound(world, WHO)
    page = phones(WHO).page
    photo_field(page, world)
    fill(page, "description", "炉子点不着")
    page.context.set_offline(True)
    choose(page, jpeg(tmp_path / "a.jpg", 600, 800))
    tap(page, "send-report")
    sees(page, "记下了，等有信号自动发出")
    page.route(PHOTOS, lambda route: route.fulfill(status=429, headers={"Retry-After": "600"}, body=""))
    page.context.set_offline(False)
    tap(page, "see-waiting")
    sees(page, re.compile("系统忙，约10分钟后自动再发"))
    look(page, "waiting-put-off")
    page.unroute(PHOTOS)
    page.route(PHOTOS, lambda route: route.fulfill(status=413, body=""))
    page.reload()
    sees(page, "有 1 张照片没有传上去")
    look(page, "waiting-sent-without")
    tap(page, "waiting-read")
    sees(page, "都发出去了")
    assert [fault["category"] for fault in faults(world)] == ["equipment"]
