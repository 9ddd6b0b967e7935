"""A village whose clock stands at noon on a day of the heating season."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from backend.core import clock
from backend.core.db import Database
from tests.builders.fuel_houses import NOON, House, Village, house, village


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    with clock.pinned(NOON):
        yield


@pytest.fixture
def made(db: Database) -> Village:
    return village(db)


@pytest.fixture
def home(db: Database, made: Village) -> House:
    return house(db, made)
