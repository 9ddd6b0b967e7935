"""Fixtures that every test may ask for. What they stand on is in tests/harness; builders are plain functions elsewhere."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from backend.core.db import Database
from scripts.setup import has_browser
from tests.harness import SHARED, applications
from tests.harness.databases import Databases, Filling, Stocked, Stocks, databases_from, opened
from tests.harness.day import begin_in_the_morning
from tests.harness.loopback import only_loopback
from tests.harness.outcomes import ABSENT_BROWSER, ABSENT_DATA, outcomes_from_environment
from tests.sizes import SIZE_NAME, SIZES

if TYPE_CHECKING:  # the browser's library and the served product's parts are loaded by who asks for them
    from playwright.sync_api import Browser

    from tests.harness.browser import Phone
    from tests.harness.served import Served

only_loopback()
begin_in_the_morning()
hypothesis_settings.register_profile(
    "here",
    max_examples=SIZES.examples,
    stateful_step_count=SIZES.stateful_steps,
    deadline=None,
    derandomize=SIZE_NAME == "small",  # the same run twice says the same; `make test-all` goes exploring
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    print_blob=True,
)
hypothesis_settings.load_profile("here")


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(outcomes_from_environment(), "outcomes")


def pytest_collection_finish() -> None:
    # What is imported by now stays; nobody need look through it for garbage ten thousand times.
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def pytest_runtest_logfinish() -> None:
    applications.take_back()


def pytest_report_header(config: pytest.Config) -> str:
    return f"database: {os.environ.get('TEST_DATABASE', 'sqlite')}, size: {SIZE_NAME}"


@pytest.fixture(scope="session")
def databases() -> Iterator[Databases]:
    """The kind of database that TEST_DATABASE names."""
    kind = databases_from(os.environ)
    yield kind
    kind.close()


@pytest.fixture(scope="session")
def stocks(databases: Databases, keys: None) -> Iterator[Stocks]:
    held = Stocks(databases)
    yield held
    held.close()


@pytest.fixture
def filling() -> Filling | None:
    """What fills a test's database before it begins. Packages and modules whose tests begin alike say it here."""
    return None


@pytest.fixture
def stocked(stocks: Stocks, filling: Filling | None) -> Iterator[Stocked]:
    """A migrated database of this test's own, filled, and what its filling made."""
    with stocks.copy(filling) as copied:
        yield copied


@pytest.fixture
def database_url(stocked: Stocked) -> str:
    """This test's database."""
    return stocked.url


@pytest.fixture
def empty_database_url(databases: Databases) -> Iterator[str]:
    """A database without a table, for tests of the migrations themselves."""
    url = databases.empty()
    yield url
    databases.drop(url)


@pytest.fixture(scope="session")
def keys() -> None:
    """Keys for what is sealed at rest; the same ones that a served product is given."""
    from tests.harness.keys import configure_this_process

    configure_this_process()


@pytest.fixture
def db(database_url: str, keys: None) -> Iterator[Database]:
    """This test's database, as the product opens it."""
    database = opened(database_url)
    yield database
    applications.play_no_more()
    database.close()


TELLS_PEOPLE = {"doorstep", "faults", "fuel", "installation", "journeys", "publicity", "registry"}


@pytest.fixture(autouse=True)
def told_in_words_that_the_platform_takes(request: pytest.FixtureRequest) -> Iterator[None]:
    """Whatever a capability told people in a test fits its template: else who allowed a message would never get it."""
    tells = request.path.parent.name in TELLS_PEOPLE and "db" in request.fixturenames
    db: Database | None = request.getfixturevalue("db") if tells else None
    yield
    if db is not None:
        from tests.builders.messages import unfit_notices

        assert unfit_notices(db) == []


@pytest.fixture
def serve(database_url: str, tmp_path: Path) -> Iterator[Callable[..., Served]]:
    """Starts the product on this test's database; see tests.harness.served.serve for what may be chosen.

    Prepare data before it, or through HTTP after it. On failure the ends of the processes' logs are shown.
    """
    from tests.harness.served import serve as start_serving

    started: list[Served] = []

    def serve_here(**choices: Any) -> Served:
        served = start_serving(database_url, tmp_path / f"data-{len(started)}", **choices)
        started.append(served)
        return served

    yield serve_here
    for served in started:
        served.stop()
        print(served.logs())


@pytest.fixture
def served(serve: Callable[..., Served]) -> Served:
    """The whole product: stand-in, two web processes, worker."""
    return serve()


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of sample lists beside the project; a test that needs it is skipped where it is absent."""
    if not SHARED.is_dir():
        pytest.skip(f"{ABSENT_DATA}: {SHARED}")
    return SHARED


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium; a test that needs it is skipped where there is none."""
    from tests.harness.browser import launched

    if not has_browser():
        pytest.skip(ABSENT_BROWSER)
    with launched() as chromium:
        yield chromium


@pytest.fixture
def phone(browser: Browser) -> Iterator[Phone]:
    """A phone's page. The test fails if it asked for a foreign address or its scripts threw."""
    from tests.harness.browser import phone as new_phone

    with new_phone(browser) as held:
        yield held
    held.blame()
