from __future__ import annotations

from collections.abc import Iterator

import pytest

from backend.core import clock
from backend.core.db import Database
from backend.wechat import Wechat
from scripts.wechat_standin import Standin, serve
from tests.messaging.builders import NOON, PEOPLE, configure_channel, settings_for


@pytest.fixture(autouse=True)
def channel() -> None:
    """Templates and topics, anew for each test: they belong to the process."""
    configure_channel()


@pytest.fixture
def noon() -> Iterator[None]:
    """The middle of the day, so that nothing depends on when the tests run."""
    with clock.pinned(NOON):
        yield


@pytest.fixture(scope="module")
def one_standin() -> Iterator[Standin]:
    with serve(people=PEOPLE, now=clock.now) as running:
        yield running


@pytest.fixture
def standin(one_standin: Standin) -> Standin:
    """The platform, as if just started."""
    one_standin.reset()
    return one_standin


@pytest.fixture
def wechat(db: Database, standin: Standin) -> Iterator[Wechat]:
    client = Wechat(settings_for(standin.url), db)
    yield client
    client.close()
