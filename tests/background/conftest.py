from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.core import clock
from backend.core.db import Database
from tests.background.office import Office
from tests.builders.product import AUTUMN, kept_app_on
from tests.harness.databases import Filling, Stocked
from tests.registry.world import peopled


@pytest.fixture
def filling() -> Filling:
    return peopled


@pytest.fixture
def office(db: Database, stocked: Stocked, tmp_path: Path) -> Iterator[Office]:
    """The county in its autumn, a district officer who asks, and no worker but the one that a test plays."""
    with clock.pinned(AUTUMN):
        yield Office(db, kept_app_on(stocked.url, tmp_path), *stocked.made)
