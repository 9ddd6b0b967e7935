"""The code at the door: one valid one a household, an old one says so, sheets that a decoder reads."""

from __future__ import annotations

import pypdfium2
import zxingcpp
from sqlalchemy import select

from backend.identity import actor_for
from backend.registry.actions import doors
from backend.registry.models import Sticker
from backend.registry.rules.household_code import check
from tests.builders.product import DISTRICT
from tests.harness.races import race
from tests.registry.world import ELSEWHERE, World
from tests.sizes import SIZES


def replaced(world: World, house: str, revoke: bool = False) -> tuple[str, str]:
    """(old code, new code)."""
    old = world.code(house)
    body = {"reason": "风吹坏了", "revoke": revoke}
    shown = world.cadre.post(f"/api/households/{house}/stickers", body).expect(201)
    return old, shown["code"]


def test_a_replaced_sticker_says_so_and_the_new_one_is_valid(world: World) -> None:
    house = world.house()
    old, new = replaced(world, house)
    assert old != new == world.code(house)
    refused = world.cadre.post("/api/scans", {"household_code": old})
    assert (refused.status, refused.json()["code"]) == (409, "code.replaced")
    assert "村委会" in refused.json()["next"]
    assert world.cadre.post("/api/scans", {"household_code": new}).status == 201
    (entry,) = world.audit("sticker.replaced")
    assert entry.facts == {"reason": "风吹坏了"} and entry.about_id == house


def test_a_revoked_sticker_says_so(world: World) -> None:
    old, _new = replaced(world, world.house(), revoke=True)
    refused = world.client(None).post("/api/scans", {"household_code": old})
    assert (refused.status, refused.json()["code"]) == (409, "code.revoked")
    assert len(world.audit("sticker.revoked")) == 1


def test_a_code_that_nobody_has_and_a_mistyped_one_are_told_apart_from_an_old_one(world: World) -> None:
    code = world.code(world.house())
    other = code[:-1] + ("2" if code[-1] != "2" else "3")
    for typed, word in ((other, "校验"), ("XXXX", "读错"), ("2222222222", "没有")):
        answer = world.cadre.post("/api/scans", {"household_code": typed})
        assert (answer.status, answer.json()["code"]) == (404, "code.unknown"), typed
        assert word in answer.json()["detail"]


def test_replacing_at_once_leaves_one_valid_code(world: World) -> None:
    house, cadre = world.house(), world.people["cadre"].id

    def replace(_index: int) -> str | None:
        with world.db.writing() as session:
            return doors.replace_sticker(
                session, actor_for(session, cadre), household_id=house, reason="破损"
            ).code

    result = race(SIZES.racers, replace)
    assert not result.errors, result.errors
    with world.db.reading() as session:
        states = session.execute(select(Sticker.state).where(Sticker.household_id == house)).scalars().all()
    assert sorted(states) == ["replaced"] * SIZES.racers + ["valid"]
    assert world.code(house) in result.values


def test_codes_of_a_whole_list_are_unique_and_checkable(world: World) -> None:
    households = min(SIZES.households, 2_000)  # the whole plan's are counted where it is taken in
    world.take_in(*[world.line(n) for n in range(2, 2 + households)])
    with world.db.reading() as session:
        codes = session.scalars(select(Sticker.code)).all()
    assert len(set(codes)) == len(codes) >= households
    assert all(check(code) == code for code in codes)


def test_the_sheets_of_a_village_carry_its_valid_codes_and_no_others(world: World) -> None:
    old, new = replaced(world, world.house(0))
    answer = world.cadre.get(f"/api/areas/{world.village}/stickers.pdf")
    assert (answer.status, answer.headers["content-type"]) == (200, "application/pdf")
    document = pypdfium2.PdfDocument(answer.body)
    read, words = [], ""
    for page in document:
        read += [found.text for found in zxingcpp.read_barcodes(page.render(scale=200 / 72).to_pil())]
        text = page.get_textpage()
        words += text.get_text_range()
        text.close()
        page.close()
    document.close()
    valid = {world.code(each) for each in world.county.households["biomass"]}
    assert {check(text) for text in read} == valid
    assert new in valid and old not in valid
    assert all(text.startswith("http://localhost/q/") for text in read)
    for house in world.county.households["biomass"]:
        assert world.row(house).head_name not in words, "a sticker names nobody"


def test_sheets_are_printed_for_ones_own_area_only(world: World) -> None:
    there = world.county.villages[ELSEWHERE]
    assert world.cadre.get(f"/api/areas/{there}/stickers.pdf").status == 404
    assert world.client("other_cadre").get(f"/api/areas/{world.village}/stickers.pdf").status == 404
    assert world.cadre.get(f"/api/areas/{DISTRICT}/stickers.pdf").status == 404
    assert world.home(world.house()).get(f"/api/areas/{world.village}/stickers.pdf").status == 403
