"""The mini-program in a browser: what is served of its build, where a sticker leads, what a browser without scripts gets."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from sqlalchemy import select

from backend.core import clock
from backend.core.db import Database
from backend.core.http.rates import RateCount
from backend.settings import SettingsError
from tests.builders.h5 import PICTURE, SCRIPT, STYLES, small_build
from tests.builders.product import AUTUMN, AppClient, app_on, client_of, code_of, kept_app_on, small_county
from tests.harness.http import Answer

VERIFICATION = {"MP_verify_a1B2c3.txt": "a1B2c3"}


@pytest.fixture
def build(tmp_path: Path) -> Path:
    return small_build(tmp_path)


@pytest.fixture
def app(database_url: str, keys: None, tmp_path: Path, build: Path) -> Iterator[Flask]:
    with clock.pinned(AUTUMN):
        yield kept_app_on(
            database_url, tmp_path, H5_DIR=str(build), WECHAT_VERIFICATION_FILES=json.dumps(VERIFICATION)
        )


@pytest.fixture
def browser_client(app: Flask) -> AppClient:
    return client_of(app)


@pytest.mark.parametrize(
    "path", ["/", "/pages/home/index", "/pages/door/index?q=ABC", "/packages/cadre/confirm/index"]
)
def test_every_page_of_the_app_is_answered_with_its_one_page(browser_client: AppClient, path: str) -> None:
    answer = browser_client.get(path)
    assert answer.status == 200 and answer.headers["content-type"] == "text/html; charset=utf-8"
    assert '<div id="app"></div>' in answer.text
    assert answer.headers["cache-control"] == "no-cache", "a new build is seen at once"
    again = browser_client.request("GET", path, headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status, again.body) == (304, b"")


def test_the_page_runs_only_our_scripts_and_may_use_camera_and_place(browser_client: AppClient) -> None:
    headers = browser_client.get("/pages/home/index").headers
    policy = dict(part.strip().partition(" ")[::2] for part in headers["content-security-policy"].split(";"))
    assert policy["script-src"] == "'self'" and policy["default-src"] == "'self'"
    assert policy["connect-src"] == "'self'", "this is no demo: nobody else is spoken to"
    assert not re.search(r"https?:|\*|unsafe-eval", headers["content-security-policy"])
    assert "camera=(self)" in headers["permissions-policy"]
    assert "geolocation=(self)" in headers["permissions-policy"]


def test_styles_within_the_page_are_for_these_pages_only(browser_client: AppClient) -> None:
    for path in ("/plain", "/q/ABC/plain", "/api/client-settings", f"/{SCRIPT}"):
        assert "unsafe-inline" not in browser_client.get(path).headers["content-security-policy"], path


def test_in_the_demo_alone_the_page_may_speak_to_the_stand_in(
    database_url: str, keys: None, tmp_path: Path, build: Path
) -> None:
    stand_in = "http://127.0.0.1:8091"
    app = app_on(database_url, tmp_path, wechat_url=stand_in, H5_DIR=str(build), MODE="demo")
    policy = client_of(app).get("/").headers["content-security-policy"]
    assert f"connect-src 'self' {stand_in};" in policy
    assert policy.count(stand_in) == 1


def test_files_named_by_their_content_are_kept_for_ever_and_others_for_an_hour(
    browser_client: AppClient,
) -> None:
    for name, kind in ((SCRIPT, "text/javascript; charset=utf-8"), (STYLES, "text/css; charset=utf-8")):
        answer = browser_client.get(f"/{name}")
        assert (answer.status, answer.headers["content-type"]) == (200, kind)
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    answer = browser_client.get(f"/{PICTURE}")
    assert (answer.status, answer.headers["content-type"]) == (200, "image/svg+xml")
    assert answer.headers["cache-control"] == "public, max-age=3600"


def test_a_long_script_travels_shrunk_to_whoever_can_read_that(
    browser_client: AppClient, build: Path
) -> None:
    plain = browser_client.get(f"/{SCRIPT}")
    shrunk = browser_client.request("GET", f"/{SCRIPT}", headers={"Accept-Encoding": "br, gzip"})
    assert "content-encoding" not in plain.headers and shrunk.headers["content-encoding"] == "gzip"
    assert plain.body == gzip.decompress(shrunk.body) == (build / SCRIPT).read_bytes()
    assert len(shrunk.body) < len(plain.body) / 2
    assert plain.headers["etag"] != shrunk.headers["etag"] and shrunk.headers["vary"] == "Accept-Encoding"
    for answer, accepted in ((plain, ""), (shrunk, "gzip")):
        known = {"If-None-Match": answer.headers["etag"], "Accept-Encoding": accepted}
        assert browser_client.request("GET", f"/{SCRIPT}", headers=known).status == 304
    crossed = {"If-None-Match": shrunk.headers["etag"], "Accept-Encoding": ""}
    assert browser_client.request("GET", f"/{SCRIPT}", headers=crossed).status == 200


@pytest.mark.parametrize(
    "path",
    [
        "/assets/index-00000000.js",
        "/assets/",
        "/static/../index.html",
        "/static/%2e%2e/keys.json",
        "/assets/..%2f..%2fkeys.json",
        "/static/leading-out",
        "/static/folder-out/secret.txt",
        "/index.html",
    ],
)
def test_nothing_but_the_build_is_served(
    database_url: str, keys: None, tmp_path: Path, build: Path, path: str
) -> None:
    (tmp_path / "keys.json").write_text("{}")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret.txt").write_text("secret")
    (build / "static" / "leading-out").symlink_to(tmp_path / "keys.json")
    (build / "static" / "folder-out").symlink_to(tmp_path / "outside")
    answer = client_of(app_on(database_url, tmp_path, H5_DIR=str(build))).get(path)
    assert answer.status == 404 and answer.json()["code"] == "not_found"


def test_the_pages_own_files_and_the_build_s_do_not_clash(browser_client: AppClient) -> None:
    assert browser_client.get("/door-static/icon.svg").body != browser_client.get("/static/icon.svg").body
    assert browser_client.get("/door-static/report.js").status == 200
    assert browser_client.get("/static/report.js").status == 404


# -- stickers


def opened(browser_client: AppClient, typed: str) -> Answer:
    return browser_client.get(f"/q/{typed}")


def test_a_sticker_leads_to_the_app_s_page_of_its_door_whatever_its_code(
    browser_client: AppClient, db: Database
) -> None:
    with clock.pinned(AUTUMN):
        code = code_of(db, small_county(db, 1).households["biomass"][0])
    typed = {
        code: code,
        "NOBODY2345": "NOBODY2345",
        "%E6%88%91": "我",
        "a%26x=1%23%22%3E%25": 'a&x=1#">%',
    }
    for in_path, meant in typed.items():
        answer = opened(browser_client, in_path)
        assert answer.status == 302, "known or not: that is told by the scan, not by the address"
        there = urlsplit(answer.headers["location"])
        assert (there.netloc, there.path) == ("", "/pages/door/index")
        assert parse_qs(there.query) == {"q": [meant]} and not there.fragment


def test_all_phones_behind_one_address_open_their_stickers(browser_client: AppClient, db: Database) -> None:
    assert {opened(browser_client, "ABC").status for _ in range(130)} == {302}
    with db.reading() as session:
        assert session.scalars(select(RateCount)).all() == [], "a page that only reads writes nothing"


def without_scripts(answer: Answer) -> tuple[str, str]:
    """Where a browser that runs no script is led by itself, and where a tap leads."""
    led = re.findall(
        r'<noscript><meta http-equiv="refresh" content="0; url=([^"]*)"></noscript>', answer.text
    )
    tapped = re.findall(r'<noscript><p><a href="([^"]*)">', answer.text)
    assert len(led) == len(tapped) == 1
    return led[0], tapped[0]


def test_without_scripts_a_sticker_leads_to_the_plain_page(browser_client: AppClient, db: Database) -> None:
    with clock.pinned(AUTUMN):
        code = code_of(db, small_county(db, 1).households["biomass"][0])
        there = opened(browser_client, code).headers["location"]
        led, tapped = without_scripts(browser_client.get(there))
        assert led == tapped == f"/q/{code}/plain"
        page = browser_client.get(led)
    assert page.status == 200 and f'data-code="{code}"' in page.text and "没有暖气" in page.text


@pytest.mark.parametrize("typed", ['"><script>alert(1)</script>', "';--", "我 &", "%2e", "a%20b"])
def test_what_somebody_typed_stays_an_address_and_nothing_else(browser_client: AppClient, typed: str) -> None:
    answer = browser_client.get("/pages/door/index", q=typed)
    led, tapped = without_scripts(answer)
    assert led == tapped and re.fullmatch(r"/q/[0-9A-Za-z%_.~-]+/plain|/plain", led), led
    assert typed not in answer.text


@pytest.mark.parametrize(
    "path", ["/", "/pages/home/index?q=ABC", "/pages/door/index", "/pages/door/index?q=.."]
)
def test_without_scripts_other_pages_lead_to_what_this_is_and_whom_to_call(
    browser_client: AppClient, path: str
) -> None:
    assert without_scripts(browser_client.get(path)) == ("/plain", "/plain")
    assert "农村清洁取暖服务" in browser_client.get("/plain").text


# -- without a build, and what is wrong with one


def test_without_a_build_the_product_shows_its_plain_pages(
    database_url: str, keys: None, tmp_path: Path
) -> None:
    bare = client_of(app_on(database_url, tmp_path))
    assert "农村清洁取暖服务" in bare.get("/").text
    for path in ("/pages/home/index", "/packages/cadre/confirm/index", f"/{SCRIPT}", f"/{PICTURE}"):
        assert bare.get(path).status == 404, path
    assert bare.get("/q/ABC").status == bare.get("/q/ABC/plain").status == 404, "the page says so itself"


def test_a_folder_without_a_build_stops_the_product_with_the_name_of_the_setting(
    database_url: str, tmp_path: Path
) -> None:
    for folder in (tmp_path / "nowhere", tmp_path):
        with pytest.raises(SettingsError, match="H5_DIR"):
            app_on(database_url, tmp_path, H5_DIR=str(folder))


# -- WeChat asks whether this address is ours


def test_the_platform_finds_its_verification_file_at_the_root_and_below_the_stickers(
    browser_client: AppClient,
) -> None:
    ((name, content),) = VERIFICATION.items()
    for path in (f"/{name}", f"/q/{name}"):
        answer = browser_client.get(path)
        assert (answer.status, answer.text) == (200, content)
        assert answer.headers["content-type"].startswith("text/plain")
    assert browser_client.get("/MP_verify_other.txt").status == 404
    assert browser_client.get("/q/other.txt").status == 404


@pytest.mark.parametrize(
    "files",
    ["{", "[]", '{"../a.txt": "a"}', '{"a.html": "a"}', '{"a.txt": 1}', '{"a.txt": ""}', '{"a.txt": "<你>"}'],
)
def test_only_such_files_can_be_set(database_url: str, tmp_path: Path, files: str) -> None:
    with pytest.raises(SettingsError, match="WECHAT_VERIFICATION_FILES"):
        app_on(database_url, tmp_path, WECHAT_VERIFICATION_FILES=files)
