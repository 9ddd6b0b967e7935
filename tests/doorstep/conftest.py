from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.core import clock
from backend.core.db import Database
from tests.builders.product import AUTUMN, kept_app_on
from tests.doorstep import homes as looked_at
from tests.doorstep import houses as scanned
from tests.doorstep.homes import Homes
from tests.doorstep.houses import Houses
from tests.harness.databases import Filling, Stocked
from tests.installation import world as installing
from tests.installation.world import World


@pytest.fixture
def filling(request: pytest.FixtureRequest) -> Filling | None:
    if "houses" in request.fixturenames:
        return scanned.peopled
    if "world" in request.fixturenames:
        return installing.peopled
    return looked_at.peopled if "homes" in request.fixturenames else None


@pytest.fixture
def houses(db: Database, stocked: Stocked, tmp_path: Path) -> Iterator[Houses]:
    """A village in autumn, and everybody who might scan a door in it."""
    with clock.pinned(AUTUMN):
        yield Houses(db, kept_app_on(stocked.url, tmp_path), *stocked.made)


@pytest.fixture
def homes(db: Database, stocked: Stocked, tmp_path: Path) -> Iterator[Homes]:
    """A county in autumn, with everybody who looks at its houses and works at them."""
    with clock.pinned(AUTUMN):
        yield looked_at.homes_on(db, kept_app_on(stocked.url, tmp_path), *stocked.made)


@pytest.fixture
def world(db: Database, stocked: Stocked, tmp_path: Path) -> Iterator[World]:
    """A county in autumn with everybody who has a hand in an installation, for those who talk to the service."""
    with clock.pinned(AUTUMN):
        yield installing.world_on(db, kept_app_on(stocked.url, tmp_path), *stocked.made)
