"""A clock that stands at ten o'clock on a day of the heating season."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.core import clock
from backend.core.db import Database
from tests.builders.product import kept_app_on
from tests.faults.world import WINTER, World, peopled
from tests.harness.databases import Filling, Stocked


@pytest.fixture
def filling(request: pytest.FixtureRequest) -> Filling | None:
    return peopled if "world" in request.fixturenames else None


@pytest.fixture
def winter() -> Iterator[None]:
    with clock.pinned(WINTER):
        yield


@pytest.fixture
def world(db: Database, stocked: Stocked, tmp_path: Path, winter: None) -> World:
    return World(db, kept_app_on(stocked.url, tmp_path), *stocked.made)
