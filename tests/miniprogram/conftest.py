"""Journeys through the mini-program in a browser, against the whole product as a demo.

A test module begins with ``pytestmark = IN_THE_BROWSER`` (tests.miniprogram.marks) and asks for:

``world``   the running product (tests.miniprogram.world.World), as new for every test: plan, areas, two households in
            every village, the people of scripts/demo/people.json; it is morning (tests.harness.day).
            ``world.client("cadre-biomass")`` is the API as somebody, for what a journey needs done beforehand.
``phones``  ``phones("resident-biomass")`` is a phone of its own (390 × 844, tests.harness.browser.Phone) signed in as that
            person, ``phones()`` one that nobody has signed in on; as many as a journey needs. More is handed to
            Playwright's ``new_context``: ``phones("driver", permissions=["geolocation"], geolocation={…})``.
            ``phone.page.goto("/pages/home/index")`` knows the address. At the end each phone fails the test if it asked
            for a foreign address, its scripts threw, or its policy refused something.

    def test_a_resident_sees_the_house(world: World, phones: Phones) -> None:
        page = phones("resident-heat-pump").page
        page.goto("/pages/home/index")
        expect(page.get_by_text("…")).to_be_visible()

Environment: H5_DIR, a build to use as it is (else the present source is built if it changed); SCREENSHOTS, a folder that
gets a picture of every phone at the end of its test.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.harness.browser import Phone
from tests.harness.databases import Databases
from tests.miniprogram.world import Phones, World, running_world


@pytest.fixture(scope="package")
def _world(databases: Databases, keys: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    url = databases.fresh()
    with running_world(url, tmp_path_factory.mktemp("world")) as running:
        yield running
    databases.drop(url)


@pytest.fixture
def world(_world: World) -> Iterator[World]:
    _world.renew()
    yield _world
    print(_world.served.logs())


@pytest.fixture
def phones(world: World, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Phones]:
    with ExitStack() as opened:
        held: list[Phone] = []

        def hold(person: str | None = None, **more: Any) -> Phone:
            held.append(opened.enter_context(world.phone(browser, person, **more)))
            return held[-1]

        yield hold
        if folder := os.environ.get("SCREENSHOTS"):
            Path(folder).mkdir(parents=True, exist_ok=True)
            for number, each in enumerate(held, start=1):
                each.page.screenshot(path=Path(folder) / f"{request.node.name}-{number}.png")
    for each in held:
        each.blame()
