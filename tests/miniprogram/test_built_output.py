"""What the builds ship: nothing that is fetched from a foreign host, and nothing that WeChat would read otherwise than it was
meant, by what the files themselves say."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.miniprogram import build_h5, build_weixin, faults_in
from tests.miniprogram.marks import IN_THE_BROWSER

pytestmark = IN_THE_BROWSER

ADDRESS = re.compile(rb"""(?:https?:)?//([a-zA-Z0-9-]+(?:\.[a-zA-Z0-9-]+)+)(?::\d+)?[^\s"'`)<>\\]*""")
# Named in the files and never asked for.
NAMES_ONLY = {
    "www.w3.org": "namespaces of SVG, XLink and MathML",
    "vuejs.org": "where Vue's error codes are explained, printed with an error",
    "uniapp.dcloud.net.cn": "where uni's log of a development run is explained",
    "127.0.0.1": "the server of the demo, in WeChat's build without API_BASE_URL",
}
LOADED = re.compile(
    rb"""(?:url\(\s*["']?|\bsrc=["']|\bhref=["']|import\(\s*["']|@import\s+["'])(?:https?:)?//"""
)
TEXT = {".js", ".css", ".html", ".json", ".wxss", ".wxml", ".wxs", ".svg"}


def files_of(build: Path) -> Iterator[Path]:
    return (path for path in sorted(build.rglob("*")) if path.is_file() and path.suffix in TEXT)


@pytest.fixture(scope="module", params=["h5", "mp-weixin"])
def build(request: pytest.FixtureRequest) -> Path:
    return build_h5() if request.param == "h5" else build_weixin()


def test_no_address_beyond_the_product_is_in_a_build(build: Path) -> None:
    found = {}
    for path in files_of(build):
        for match in ADDRESS.finditer(path.read_bytes()):
            host = match.group(1).decode()
            if match.group(0).startswith(b"http") and host not in NAMES_ONLY:
                found[match.group(0).decode()] = path.name
    assert not found


def test_nothing_is_loaded_by_an_address_with_a_host(build: Path) -> None:
    loading = {path.name: LOADED.findall(path.read_bytes())[:3] for path in files_of(build)}
    assert not {name: found for name, found in loading.items() if found}


def test_the_measure_would_find_what_uni_ships_by_itself() -> None:
    shadow = b".x{background:url(https://cdn.example.net/img/shadow.png)}"
    assert LOADED.search(shadow)
    assert [match.group(1) for match in ADDRESS.finditer(shadow)] == [b"cdn.example.net"]


# -- WeChat's build


def test_every_template_is_well_formed_and_no_style_asks_what_a_host_hides() -> None:
    assert faults_in(build_weixin()) == []


def test_a_template_or_a_style_that_is_broken_in_the_finished_build_is_found(tmp_path: Path) -> None:
    build = tmp_path / "mp-weixin"
    shutil.copytree(build_weixin(), build)
    with (build / "pages/home/index.wxml").open("a") as template:
        template.write("<view><text></view>")
    with (build / "components/FactLine.wxss").open("a") as style:
        style.write(".fact:last-child{border-bottom:none}")
    found = "\n".join(faults_in(build))
    assert "pages/home/index.wxml: missing end tag" in found
    assert "components/FactLine: .fact:last-child asks for the place of a component's root" in found


def test_wechat_may_index_no_page() -> None:
    build = build_weixin()
    app = json.loads((build / "app.json").read_text("utf-8"))
    assert app["sitemapLocation"] == "sitemap.json"
    rules = json.loads((build / app["sitemapLocation"]).read_text("utf-8"))["rules"]
    assert rules == [{"action": "disallow", "page": "*"}]
