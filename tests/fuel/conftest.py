"""A village whose clock stands at noon on a day of the heating season."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from backend.core import clock
from backend.core.db import Database
from tests.builders.fuel_houses import NOON, House, Village, at_noon, house, topics_defined
from tests.harness.databases import Filling, Stocked


@pytest.fixture
def filling(request: pytest.FixtureRequest) -> Filling | None:
    return at_noon if "made" in request.fixturenames else None


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    with clock.pinned(NOON):
        yield


@pytest.fixture
def made(stocked: Stocked) -> Village:
    topics_defined()
    village: Village = stocked.made
    return village


@pytest.fixture
def home(db: Database, made: Village) -> House:
    return house(db, made)
