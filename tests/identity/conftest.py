from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from backend.core import clock
from backend.core.db import Database
from scripts.wechat_standin import Standin, serve
from tests.builders.product import kept_app_on

PHONE = "19900000001"
PEOPLE: list[dict[str, Any]] = [
    {"id": "wang", "name": "王秀兰", "phone": PHONE, "openid": "o-wang"},
    {"id": "li", "name": "李建国", "openid": "o-li", "unionid": "u-li"},
    {"id": "zhao", "name": "赵某", "phone": "19900000003", "high_risk": True},
]


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
def app(db: Database, database_url: str, tmp_path: Path, standin: Standin) -> Flask:
    """The product on this test's database, with the platform behind it."""
    return kept_app_on(database_url, tmp_path, wechat_url=standin.url)
