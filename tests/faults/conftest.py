"""A clock that stands at ten o'clock on a day of the heating season."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.core import clock
from backend.core.db import Database
from tests.builders.product import app_on
from tests.faults.world import WINTER, World, built_world


@pytest.fixture
def winter() -> Iterator[None]:
    with clock.pinned(WINTER):
        yield


@pytest.fixture
def world(db: Database, database_url: str, tmp_path: Path, winter: None) -> World:
    return built_world(db, app_on(database_url, tmp_path))
