from __future__ import annotations

import pytest
from flask import Flask

from backend.core.db import Database
from tests.builders.product import AppClient, client_of
from tests.core.probe import probe_app


@pytest.fixture
def probe(db: Database) -> Flask:
    """The probe application on this test's database."""
    return probe_app(db)


@pytest.fixture
def client(probe: Flask) -> AppClient:
    """Somebody without a session."""
    return client_of(probe)


@pytest.fixture(scope="session")
def unstored(tmp_path_factory: pytest.TempPathFactory) -> AppClient:
    """Somebody whose requests are answered before any database is asked; there is none."""
    return client_of(probe_app(Database(f"sqlite:///{tmp_path_factory.mktemp('none') / 'none.db'}")))
