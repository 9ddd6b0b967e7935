from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.core import clock
from backend.core.db import Database
from tests.builders.product import AUTUMN, app_on
from tests.harness import ROOT
from tests.registry.world import World, built_world


@pytest.fixture
def autumn() -> Iterator[None]:
    with clock.pinned(AUTUMN):
        yield


@pytest.fixture
def world(db: Database, database_url: str, tmp_path: Path, autumn: None) -> World:
    """The county in its autumn with a township, a village and their people."""
    (tmp_path / "fonts").symlink_to(fonts())  # making the printers' font takes ten seconds: once for all runs
    return built_world(db, app_on(database_url, tmp_path))


def fonts() -> Path:
    folder = ROOT / "var" / "fonts"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
