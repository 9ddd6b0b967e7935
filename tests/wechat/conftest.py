from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from backend.core import clock
from backend.core.db import Database
from backend.wechat import Wechat
from scripts.wechat_standin import Standin, serve
from tests.wechat.builders import PEOPLE, settings_for


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
def connect(db: Database, standin: Standin) -> Iterator[Callable[..., Wechat]]:
    """A client of its own, as another process would have: the memory of none is shared, the database is."""
    clients: list[Wechat] = []

    def connect_here(**settings: object) -> Wechat:
        clients.append(Wechat(settings_for(standin, **settings), db))
        return clients[-1]

    yield connect_here
    for client in clients:
        client.close()


@pytest.fixture
def wechat(connect: Callable[..., Wechat]) -> Wechat:
    return connect()
