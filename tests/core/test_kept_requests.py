"""What waits is played though it came at the worst moment."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask, request

from backend.core import clock
from backend.core.http import KeptRequest, KeptRequests
from backend.core.keeping import Keeping
from backend.core.spool import Spool
from tests.harness.keys import configure_this_process


def asking(key: str, **more: object) -> KeptRequest:
    return KeptRequest("POST", "/heard", {"key": key}, key, None, "127.0.0.1", clock.now(), **more)  # type: ignore[arg-type]


def wait_for(what: Callable[[], bool]) -> None:
    pause = threading.Event()
    for _ in range(1_000):
        if what():
            return
        pause.wait(0.02)
    raise AssertionError("not within 20 s")


@pytest.fixture
def heard() -> list[str]:
    return []


@pytest.fixture
def app(heard: list[str]) -> Flask:
    configure_this_process()
    made = Flask("kept")

    @made.post("/heard")
    def hear() -> tuple[str, int]:
        heard.append(request.get_json()["key"])
        return "", 201

    return made


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    made = Spool(tmp_path / "spool", 1)
    yield made
    made.close()


class OneMoreAtTheEnd(Keeping):
    """Somebody keeps another request when a look has just found that nothing is left."""

    requests: KeptRequests | None = None

    def names(self) -> list[str]:
        found = super().names()
        requests = self.requests
        if not found and requests is not None:
            self.requests = None
            requests.keep(asking("second"))
        return found


def test_what_comes_while_a_look_ends_is_looked_for_again(
    app: Flask, heard: list[str], spool: Spool, tmp_path: Path
) -> None:
    waiting = OneMoreAtTheEnd(tmp_path / "kept", spool)
    requests = KeptRequests(app, waiting)
    requests.keep(asking("first"))
    waiting.requests = requests
    wait_for(lambda: heard == ["first", "second"])
    requests.close()
