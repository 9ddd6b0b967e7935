"""What a browser sees: the page of a sticker, the landing page, what a client must know first."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from backend.core.http.rates import RateCount
from backend.registry.models import Household, Scan
from tests.doorstep.houses import Houses

ADVICE = "马上开门开窗"


def page(houses: Houses, code: str) -> tuple[int, str]:
    answer = houses.client(None).request("GET", f"/q/{code}", headers={"Accept": "text/html"})
    assert answer.headers["content-type"].startswith("text/html"), "a person is answered with a page"
    return answer.status, answer.text


def personal_data(houses: Houses) -> list[str]:
    with houses.db.reading() as session:
        rows = session.scalars(select(Household)).all()
    return [
        text
        for row in rows
        for text in (row.head_name, row.address, str(row.phone), str(row.id_number), row.id)
    ]


def test_a_valid_sticker_offers_the_emergency_report_and_names_nobody(houses: Houses) -> None:
    status, text = page(houses, houses.code)
    assert status == 200
    assert f'data-code="{houses.code}"' in text and "没有暖气" in text and "头晕或闻到烟味" in text
    assert ADVICE in text and "tel:120" in text and "服务热线" in text
    for private in personal_data(houses):
        assert private not in text
    with houses.db.reading() as session:
        assert session.scalars(select(Scan)).all() == [], "to look at a page is no scan at the door"


def test_a_mistyped_code_says_so_and_still_says_what_to_do(houses: Houses) -> None:
    code = houses.code
    for typed in (
        code[:-1] + ("2" if code[-1] != "2" else "3"),
        "ABC",
        "%E6%88%91",
        "<script>alert(1)",
    ):
        status, text = page(houses, typed)
        assert (status, "没有这个户码" in text) == (404, True), typed
        assert ADVICE in text and "tel:" in text and "<script>alert" not in text
        assert "data-code" not in text, "nothing can be reported for a door that is not known"


@pytest.mark.parametrize(("revoke", "word"), [(False, "已更换"), (True, "已作废")])
def test_a_replaced_or_revoked_sticker_says_so_and_names_nobody(
    houses: Houses, revoke: bool, word: str
) -> None:
    old = houses.code
    body = {"reason": "破损", "revoke": revoke}
    houses.client("cadre").post(f"/api/households/{houses.house}/stickers", body).expect(201)
    status, text = page(houses, old)
    assert status == 409 and word in text and ADVICE in text and "服务热线" in text
    assert f'data-code="{old}"' in text, "danger can be reported by an old sticker all the same"
    assert houses.code not in text, "the new code is not given away to who holds the old one"
    for private in personal_data(houses):
        assert private not in text
    assert page(houses, houses.code)[0] == 200


def test_the_page_that_takes_danger_opens_for_all_phones_of_a_carrier_and_writes_nothing(
    houses: Houses,
) -> None:
    for number in range(130):  # twice the limit that two pages once had, from one address
        assert page(houses, "2222222222")[0] == 404
        status, text = page(houses, f"{houses.code}/plain" if number % 2 else houses.code)
        assert status == 200 and ADVICE in text
    with houses.db.reading() as session:
        assert session.scalars(select(RateCount)).all() == []


def test_the_landing_page_shows_the_plan_and_whom_to_call(houses: Houses) -> None:
    answer = houses.client(None).get("/")
    assert answer.status == 200
    assert "23,613 户" in answer.text and "服务热线" in answer.text
    assert "演示环境" not in answer.text, "this is no demo"


@pytest.mark.parametrize("path", ["/", "/q/{}", "/api/docs"])
def test_pages_ask_for_nothing_from_elsewhere_and_run_nothing_inline(houses: Houses, path: str) -> None:
    answer = houses.client(None).get(path.format(houses.code))
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    for address in re.findall(r'(?:src|href)="([^"]+)"', answer.text):
        assert address.startswith(("/", "tel:")), address
    assert re.findall(r"<script(?![^>]*\bsrc=)", answer.text) == []
    assert re.findall(r"\son[a-z]+=", answer.text) == []
    for address in re.findall(r'(?:src|href)="(/[^"]+)"', answer.text):
        assert houses.client(None).get(address).status in (200, 302), address


def test_client_settings_tell_the_day_the_hotline_and_that_this_is_no_demo(houses: Houses) -> None:
    told = houses.client(None).get("/api/client-settings").expect(200)
    assert told["today"] == "2022-09-15" and told["hotline"]
    assert (told["demo"], told["sandbox_url"], told["official_account"]) == (False, None, False)
