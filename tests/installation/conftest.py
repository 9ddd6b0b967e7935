from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.core import clock
from backend.core.db import Database
from tests.builders.product import AUTUMN, kept_app_on
from tests.harness.databases import Filling, Stocked
from tests.installation.world import World, peopled, world_on


@pytest.fixture
def filling(request: pytest.FixtureRequest) -> Filling | None:
    return peopled if "world" in request.fixturenames else None


@pytest.fixture
def autumn() -> Iterator[None]:
    with clock.pinned(AUTUMN):
        yield


@pytest.fixture
def world(db: Database, stocked: Stocked, tmp_path: Path, autumn: None) -> World:
    """The county in its autumn, a contractor with its people, everybody who has a hand in one house."""
    return world_on(db, kept_app_on(stocked.url, tmp_path), *stocked.made)
