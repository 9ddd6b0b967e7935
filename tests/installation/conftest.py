from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.core import clock
from backend.core.db import Database
from tests.builders.product import AUTUMN, app_on
from tests.installation.world import World, built_world


@pytest.fixture
def autumn() -> Iterator[None]:
    with clock.pinned(AUTUMN):
        yield


@pytest.fixture
def world(db: Database, database_url: str, tmp_path: Path, autumn: None) -> World:
    """The county in its autumn, a contractor with its people, everybody who has a hand in one house."""
    return built_world(db, app_on(database_url, tmp_path))
