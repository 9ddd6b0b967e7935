"""Sheets of stickers: each one is read by a decoder that knows nothing of how it was drawn, and names nobody."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp

from backend.registry.rules.household_code import check, grouped, new_code
from backend.registry.sheets import LABEL, SheetsResult, StickerFace, sticker_sheets
from tests.harness import FONT_DIR
from tests.sizes import SIZES

pytestmark = pytest.mark.only_on("sqlite", "sheets are drawn from what they are given; no database is asked")

SITE = "https://qn.example.gov.cn"
HOTLINE = "0349-2020202"
FONT_CACHE = FONT_DIR


def village(households: int, name: str = "下邹圪塔村") -> list[StickerFace]:
    return [StickerFace(new_code(), name, f"{name}{number}号") for number in range(1, households + 1)]


def printed(stickers: list[StickerFace], title: str = "利民镇 下邹圪塔村") -> SheetsResult:
    return sticker_sheets(stickers, SITE, title, hotline=HOTLINE, font_cache=FONT_CACHE)


def pages_of(pdf: bytes) -> Iterator[pypdfium2.PdfPage]:
    document = pypdfium2.PdfDocument(pdf)
    try:
        for page in document:
            yield page
            page.close()
    finally:
        document.close()


def text_of(pdf: bytes) -> list[str]:
    texts = []
    for page in pages_of(pdf):
        words = page.get_textpage()
        texts.append(words.get_text_range())
        words.close()
    return texts


@pytest.mark.parametrize("dots_per_inch", [110, 200])
def test_every_sticker_of_a_village_is_read_by_an_independent_decoder(dots_per_inch: int) -> None:
    stickers = village(max(67, min(SIZES.households // 4, 600)))
    result = printed(stickers)
    read: list[str] = []
    for page in pages_of(result.pdf):
        read += [
            found.text for found in zxingcpp.read_barcodes(page.render(scale=dots_per_inch / 72).to_pil())
        ]
    assert sorted(read) == sorted(f"{SITE}/q/{sticker.code}" for sticker in stickers)
    assert {check(text) for text in read} == {sticker.code for sticker in stickers}
    assert (result.stickers, result.pages) == (len(stickers), -(-len(stickers) // 10))


def test_around_each_symbol_four_modules_stay_white() -> None:
    for page in pages_of(printed(village(10)).pdf):
        picture = page.render(scale=300 / 72).to_pil().convert("L")
        for found in zxingcpp.read_barcodes(picture):
            corners = (found.position.top_left, found.position.bottom_right)
            (left, top), (right, bottom) = ((corner.x, corner.y) for corner in corners)
            module = (right - left) / 29
            for away in range(1, 4):
                reach = round(away * module + module / 2)
                for x in range(left - reach, right + reach, 3):
                    assert (
                        min(picture.getpixel((x, top - reach)), picture.getpixel((x, bottom + reach))) > 200
                    )
                for y in range(top - reach, bottom + reach, 3):
                    assert (
                        min(picture.getpixel((left - reach, y)), picture.getpixel((right + reach, y))) > 200
                    )


def test_each_sticker_says_where_it_belongs_and_whom_to_call() -> None:
    stickers = village(12)
    first, second = text_of(printed(stickers).pdf)
    assert (first.count(LABEL), first.count(HOTLINE), second.count(LABEL)) == (10, 10, 2)
    assert "第1页" in first and "第2页" in second
    for sticker in stickers[:10]:
        assert grouped(sticker.code) in first
        assert sticker.address in first


def test_the_same_stickers_make_the_same_bytes() -> None:
    stickers = village(11)
    assert printed(stickers).pdf == printed(stickers).pdf


def test_a_character_the_face_has_not_is_replaced_and_reported_with_its_stickers() -> None:
    rare = StickerFace(new_code(), "𪚥家村", "𪚥家村1号")
    result = printed([*village(2), rare])
    assert [(missing.character, missing.codes) for missing in result.missing_glyphs] == [("𪚥", (rare.code,))]
    assert "〓家村" in text_of(result.pdf)[0]
    assert printed(village(3)).missing_glyphs == ()


def test_a_long_address_stays_on_its_sticker() -> None:
    long = StickerFace(new_code(), "很长名字的一个行政村" * 3, "沿河北路东侧第三排" * 12)
    for page in pages_of(printed([long]).pdf):
        words = page.get_textpage()
        right = max(words.get_charbox(place)[2] for place in range(words.count_chars()))
        words.close()
        assert right < 102.5 / 25.4 * 72, "the second column begins there"


def test_a_code_with_a_slip_is_never_printed() -> None:
    code = new_code()
    with pytest.raises(ValueError):
        printed([StickerFace(code[:-1] + ("2" if code[-1] != "2" else "3"), "东村", "东村1号")])
    with pytest.raises(ValueError):
        printed([StickerFace(f" {code}", "东村", "东村1号")])


def test_an_empty_village_gives_an_empty_page(tmp_path: Path) -> None:
    result = printed([])
    assert (result.stickers, len(text_of(result.pdf))) == (0, 1)


def test_a_thousand_stickers_are_small() -> None:
    stickers = village(1_000)
    printed(stickers[:1])
    began = time.perf_counter()
    result = printed(stickers)
    took = time.perf_counter() - began
    print(f"\n1000 stickers in {took:.2f} s, {len(result.pdf) / 1000:.0f} bytes each")
    assert len(result.pdf) / 1000 <= 450
