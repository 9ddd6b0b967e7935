"""Login on a web page opened in WeChat: there and back again, by the browser that left, and by no other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from flask import Flask
from sqlalchemy import select

from backend.core import clock
from backend.core.db import Database
from backend.core.http.rates import RateCount
from backend.identity.models import LoginSession, Person, WechatAccount
from backend.settings import SettingsError, read_settings
from scripts.wechat_standin import DEMO_APPID, DEMO_OA_APPID, DEMO_OA_SECRET, Standin, serve
from tests.builders.product import AUTUMN, AppClient, app_on, client_of, kept_app_on
from tests.core.test_settings import PRODUCTION
from tests.harness.http import Answer, Client

WAY = "/api/sessions/official-account"
CALL = "/sns/oauth2/access_token"
OFFICIAL = {"WECHAT_OA_APPID": DEMO_OA_APPID, "WECHAT_OA_SECRET": DEMO_OA_SECRET}
PEOPLE: list[dict[str, Any]] = [
    {"id": "wang", "name": "王秀兰", "openid": "o-wang", "unionid": "u-wang"},
    {"id": "li", "name": "李建国", "openid": "o-li"},
    {"id": "zhao", "name": "赵某", "high_risk": True},
    {"id": "qian", "name": "钱某", "snapshot": True},
]


@pytest.fixture(scope="module")
def one_standin() -> Iterator[Standin]:
    with serve(people=PEOPLE, now=clock.now) as running:
        yield running


@pytest.fixture
def app(db: Database, database_url: str, tmp_path: Path, standin: Standin) -> Flask:
    return kept_app_on(database_url, tmp_path, wechat_url=standin.url, **OFFICIAL)


@pytest.fixture
def page(app: Flask) -> AppClient:
    """One browser, which keeps its cookies."""
    return client_of(app)


def begun(page: AppClient, then: str | None = None) -> str:
    """Leave for WeChat; the address that the browser is sent to."""
    answer = page.get(WAY, **({"return": then} if then else {}))
    assert answer.status == 302, answer.text
    return answer.headers["location"]


def through_wechat(standin: Standin, address: str, person: str) -> dict[str, str]:
    """What WeChat adds to the login page's address for this person."""
    asked = urlsplit(address)
    answer = Client(standin.url).get(asked.path, **dict(parse_qsl(asked.query)), person=person)
    assert answer.status == 302, answer.text
    back = urlsplit(answer.headers["location"])
    assert (back.netloc, back.path) == ("localhost", "/pages/login/index")
    return dict(parse_qsl(back.query))


def finished(page: AppClient, brought: dict[str, str]) -> Answer:
    return page.request("POST", WAY, json=brought)


def signed_in(page: AppClient, standin: Standin, person: str = "li", then: str | None = None) -> Answer:
    return finished(page, through_wechat(standin, begun(page, then), person))


def nobody_came(db: Database) -> bool:
    with db.reading() as session:
        return not session.scalars(select(Person)).all() and not session.scalars(select(LoginSession)).all()


def test_there_and_back_is_a_session_as_any_other_and_the_page_to_go_on_with(
    app: Flask, page: AppClient, standin: Standin, db: Database
) -> None:
    then = "/pages/door/index?q=ABC%20D"
    with clock.pinned(AUTUMN):
        said = signed_in(page, standin, then=then).expect(201)
        me = AppClient("http://localhost", token=said["token"], app=app).get("/api/me").expect(200)
    assert set(said) == {"token", "expires_at", "person", "return_to"}
    assert said["return_to"] == then
    assert said["expires_at"].startswith("2022-10-15"), "thirty days, as every session"
    with db.reading() as session:
        (account,) = session.scalars(select(WechatAccount)).all()
    assert (account.appid, account.openid) == (DEMO_OA_APPID, "oa-o-li")
    assert me["id"] == said["person"]["id"] == account.person_id


def test_wechat_is_asked_in_the_order_that_it_compares(page: AppClient, standin: Standin) -> None:
    address = begun(page)
    assert address.startswith(f"{standin.url}/connect/oauth2/authorize?") and address.endswith(
        "#wechat_redirect"
    )
    asked = parse_qsl(urlsplit(address).query)
    assert [name for name, _ in asked] == ["appid", "redirect_uri", "response_type", "scope", "state"]
    found = dict(asked)
    assert found["scope"] == "snsapi_base", "nobody is asked for more than who it is"
    assert re.fullmatch("[0-9A-Za-z]{32,128}", found["state"]), "what WeChat carries along"


def test_the_cookie_is_for_this_way_alone_and_out_of_reach_of_scripts(page: AppClient) -> None:
    cookie = page.get(WAY).headers["set-cookie"]
    for word in ("HttpOnly", f"Path={WAY}", "SameSite=Lax", "Max-Age=600"):
        assert word in cookie, cookie


def test_over_https_the_cookie_goes_nowhere_else(
    db: Database, database_url: str, tmp_path: Path, standin: Standin
) -> None:
    address = "https://heating.example"
    app = app_on(database_url, tmp_path, wechat_url=standin.url, PUBLIC_BASE_URL=address, **OFFICIAL)
    answer = client_of(app).get(WAY)
    assert "Secure" in answer.headers["set-cookie"]
    back = parse_qs(urlsplit(answer.headers["location"]).query)["redirect_uri"]
    assert back == [f"{address}/pages/login/index"]


def test_another_browser_s_state_signs_nobody_in(
    app: Flask, page: AppClient, standin: Standin, db: Database
) -> None:
    mine, theirs = begun(page), begun(client_of(app))
    for brought in (
        through_wechat(standin, theirs, "li"),  # somebody's link, opened here
        {**through_wechat(standin, mine, "li"), "state": "0" * 64},
    ):
        answer = finished(page, brought)
        assert (answer.status, answer.json()["code"]) == (401, "session.not_begun_here")
    bare = finished(client_of(app), through_wechat(standin, mine, "li"))
    assert bare.json()["code"] == "session.not_begun_here", "the state without the cookie"
    forged = client_of(app)
    forged.cookies["on-the-way"] = "99999999999.0.L3BhZ2Vz"
    assert finished(forged, through_wechat(standin, mine, "li")).status == 401
    assert nobody_came(db) and not standin.calls(CALL), "the platform is not asked for nothing"


def test_who_takes_too_long_begins_again(page: AppClient, standin: Standin, db: Database) -> None:
    with clock.pinned(AUTUMN):
        brought = through_wechat(standin, begun(page), "li")
    with clock.pinned(AUTUMN + timedelta(minutes=10, seconds=1)):
        late = finished(page, brought)
    assert (late.status, late.json()["code"]) == (401, "session.not_begun_here")
    assert "再点一次登录" in late.json()["next"] and nobody_came(db)
    with clock.pinned(AUTUMN + timedelta(minutes=9, seconds=59)):
        assert finished(page, brought).status == 201


def test_a_code_signs_in_once_and_a_made_up_one_never(
    page: AppClient, standin: Standin, db: Database
) -> None:
    brought = through_wechat(standin, begun(page), "li")
    kept = dict(page.cookies)
    assert finished(page, brought).status == 201
    assert "on-the-way" not in page.cookies, "the way is gone once it was walked"
    page.cookies.update(kept)
    for again in (brought, {**brought, "code": "made-up"}):
        answer = finished(page, again)
        assert (answer.status, answer.json()["code"]) == (401, "session.code_used")
        assert "再点一次登录" in answer.json()["next"]
    with db.reading() as session:
        assert len(session.scalars(select(LoginSession)).all()) == 1


def test_a_login_code_of_the_mini_program_is_none_here(
    page: AppClient, standin: Standin, db: Database
) -> None:
    brought = through_wechat(standin, begun(page), "li")
    answer = finished(page, {**brought, "code": standin.platform.login_code("li")})
    assert answer.json()["code"] == "session.code_used" and nobody_came(db)


@pytest.mark.parametrize(
    ("person", "fault", "code"),
    [
        ("zhao", None, "session.restricted"),
        ("qian", None, "session.only_snapshot"),
        ("li", "busy", "wechat.unavailable"),
        ("li", "not_json", "wechat.unavailable"),
        ("li", "drop_after", "wechat.unavailable"),
        ("li", "502", "wechat.unavailable"),
    ],
)
def test_whom_the_platform_does_not_name_is_told_why_and_leaves_nothing_behind(
    page: AppClient, standin: Standin, db: Database, person: str, fault: str | None, code: str
) -> None:
    brought = through_wechat(standin, begun(page), person)
    if fault:
        standin.fault(fault, times=3, path=CALL)  # as often as it is asked
    answer = finished(page, brought)
    assert answer.json()["code"] == code and answer.json()["next"]
    assert nobody_came(db)


def test_the_same_person_in_the_mini_program_and_on_the_page_is_one(
    app: Flask, page: AppClient, standin: Standin, db: Database
) -> None:
    first = client_of(app).post("/api/sessions", {"code": standin.platform.login_code("wang")}).expect(201)
    second = signed_in(page, standin, "wang").expect(201)
    assert first["person"]["id"] == second["person"]["id"]
    with db.reading() as session:
        accounts = session.scalars(select(WechatAccount)).all()
        assert {account.appid for account in accounts} == {DEMO_APPID, DEMO_OA_APPID}
        assert len(session.scalars(select(Person)).all()) == 1


def test_who_came_by_the_page_first_is_known_in_the_mini_program(
    app: Flask, page: AppClient, standin: Standin
) -> None:
    first = signed_in(page, standin, "wang").expect(201)
    second = client_of(app).post("/api/sessions", {"code": standin.platform.login_code("wang")}).expect(201)
    assert first["person"]["id"] == second["person"]["id"]


def test_without_a_unionid_nobody_is_taken_for_somebody_else(
    app: Flask, page: AppClient, standin: Standin
) -> None:
    first = client_of(app).post("/api/sessions", {"code": standin.platform.login_code("li")}).expect(201)
    assert signed_in(page, standin, "li").expect(201)["person"]["id"] != first["person"]["id"]


@pytest.mark.parametrize(
    "then",
    [
        "https://elsewhere.example/",
        "//elsewhere.example/pages/home/index",
        "/\\elsewhere.example",
        "/pages/../../etc",
        "/api/me",
        "/pages/home/index#x",
        "/pages/home/index?a=<b>",
        "javascript:alert(1)",
        "/pages/" + "a" * 300,
    ],
)
def test_it_goes_on_with_a_page_of_ours_or_not_at_all(page: AppClient, then: str) -> None:
    answer = page.get(WAY, **{"return": then})
    assert (answer.status, answer.json()["code"]) == (422, "invalid")
    assert "set-cookie" not in answer.headers and "location" not in answer.headers


def test_without_an_official_account_it_says_where_to_go_instead(
    db: Database, database_url: str, tmp_path: Path, standin: Standin
) -> None:
    bare = client_of(app_on(database_url, tmp_path, wechat_url=standin.url))
    for answer in (bare.get(WAY), bare.request("POST", WAY, json={"code": "a", "state": "b"})):
        assert (answer.status, answer.json()["code"]) == (409, "session.no_official_account")
        assert "在微信中" in answer.json()["next"]
    assert nobody_came(db)


def test_beginning_and_ending_have_their_limits(page: AppClient, db: Database) -> None:
    assert page.get(WAY).status == 302
    finished(page, {"code": "a", "state": "b"})
    with db.writing() as session:
        for count in session.scalars(select(RateCount)):
            count.used = 10_000
    assert page.get(WAY).status == finished(page, {"code": "a", "state": "b"}).status == 429


def test_half_an_official_account_is_named_and_production_sends_nobody_to_a_stand_in(tmp_path: Path) -> None:
    env = {**PRODUCTION, "DATA_DIR": str(tmp_path)}
    assert read_settings({**env, **OFFICIAL}).wechat.open_base_url == "https://open.weixin.qq.com"
    with pytest.raises(SettingsError, match="WECHAT"):
        read_settings({**env, "WECHAT_OA_SECRET": "alone"})
    for address in ("http://127.0.0.1:8091", "http://open.weixin.qq.com", "https://10.0.0.8"):
        with pytest.raises(SettingsError, match="WECHAT_OPEN_BASE_URL"):
            read_settings({**env, **OFFICIAL, "WECHAT_OPEN_BASE_URL": address})
    assert DEMO_OA_SECRET not in repr(read_settings({**env, **OFFICIAL}))
