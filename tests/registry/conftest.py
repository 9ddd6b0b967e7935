from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.core import clock
from backend.core.db import Database
from tests.builders.product import AUTUMN, kept_app_on
from tests.harness.databases import Filling, Stocked
from tests.registry.world import World, peopled


@pytest.fixture
def filling(request: pytest.FixtureRequest) -> Filling | None:
    return peopled if "world" in request.fixturenames else None


@pytest.fixture
def autumn() -> Iterator[None]:
    with clock.pinned(AUTUMN):
        yield


@pytest.fixture
def world(db: Database, stocked: Stocked, tmp_path: Path, autumn: None) -> World:
    """The county in its autumn with a township, a village and their people."""
    return World(db, kept_app_on(stocked.url, tmp_path), *stocked.made)
