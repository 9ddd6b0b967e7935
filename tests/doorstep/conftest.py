from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.core import clock
from backend.core.db import Database
from tests.builders.product import AUTUMN, app_on
from tests.doorstep.houses import Houses, built_houses


@pytest.fixture
def houses(db: Database, database_url: str, tmp_path: Path) -> Iterator[Houses]:
    """A village in autumn, and everybody who might scan a door in it."""
    with clock.pinned(AUTUMN):
        yield built_houses(db, app_on(database_url, tmp_path))
