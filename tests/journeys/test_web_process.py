"""A web process dies: the others answer, and it is replaced, however often."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from scripts.children import free_port, wait_until
from scripts.run import web_command
from tests.harness import ROOT
from tests.harness.served import Served, environment_of

pytestmark = pytest.mark.only_on("sqlite", "processes; the database is asked nothing")


def working(served: Served) -> list[int]:
    """The web processes by their start, those that ended left out."""
    assert served.web is not None
    children = psutil.Process(served.web.process.pid).children()
    return [
        child.pid
        for child in sorted(children, key=lambda child: child.create_time())
        if child.status() != psutil.STATUS_ZOMBIE
    ]


def answers(served: Served) -> bool:
    try:
        return served.client().get("/healthz").status == 200
    except OSError:  # a connection that the killed one had not accepted yet
        return False


def test_a_web_process_that_is_killed_ends_no_other_and_is_replaced(serve: Callable[..., Served]) -> None:
    served = serve(worker=False, stand_in=False)
    assert served.web is not None
    before = working(served)
    assert len(before) == 2
    psutil.Process(before[0]).kill()

    def replaced() -> bool:
        now = working(served)
        return before[0] not in now and len(now) == len(before)

    wait_until(replaced, [served.web], seconds=30, what="the process in its place")
    wait_until(lambda: answers(served), [served.web], seconds=30, what="an answer")
    assert not served.web.ended


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_place_whose_process_dies_again_and_again_is_filled_again_while_the_other_goes_on(
    serve: Callable[..., Served], number: signal.Signals
) -> None:
    served = serve(worker=False, stand_in=False)
    assert served.web is not None
    victim, other = working(served)
    for _ in range(3):
        os.kill(victim, number)
        gone = victim
        wait_until(
            lambda gone=gone: gone not in working(served) and len(working(served)) == 2,  # type: ignore[misc]
            [served.web],
            seconds=60,
            what="the process in its place",
        )
        assert other in working(served)
        [victim] = set(working(served)) - {other}
        wait_until(lambda: answers(served), [served.web], seconds=30, what="an answer")
    assert not served.web.ended
    assert served.web.process.poll() is None
    served.web.process.terminate()
    assert served.web.process.wait(30) == 0


def test_what_no_process_can_start_with_is_told_and_ends_the_server(
    environment: dict[str, str],
) -> None:
    command = [sys.executable, *web_command(free_port())]
    for broken in ({"MODE": "sometimes"}, {"DATABASE_URL": "mysql://localhost/none"}):
        ended = subprocess.run(
            command,
            env={**environment, **broken},
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert ended.returncode == 1
        assert next(iter(broken)) in ended.stderr


@pytest.fixture
def environment(tmp_path: Path) -> Iterator[dict[str, str]]:
    yield environment_of(f"sqlite:///{tmp_path}/none.db", tmp_path, free_port(), free_port())


def test_what_is_in_hand_is_finished_before_it_stops(
    serve: Callable[..., Served],
) -> None:
    """A request that waits for the database, which somebody else has locked, is answered though the stop has begun."""
    served = serve(worker=False, stand_in=False, web_processes=1)
    assert served.web is not None
    lock = sqlite3.connect(served.database_url.removeprefix("sqlite:///"), isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    told: list[int] = []
    asking = threading.Thread(
        target=lambda: told.append(served.client().post("/api/sessions", {"code": "nobody"}).status)
    )
    asking.start()
    [process] = working(served)
    wait_until(
        lambda: len(psutil.Process(process).net_connections("tcp")) > 1,
        [served.web],
        seconds=30,
        what="a request",
    )
    served.web.process.terminate()
    lock.execute("ROLLBACK")
    lock.close()
    asking.join(30)
    assert served.web.process.wait(30) == 0
    assert len(told) == 1 and told[0] in (401, 503), told


def test_healthz_answers_while_every_thread_waits_for_a_database_that_does_not_answer(
    serve: Callable[..., Served],
) -> None:
    served = serve(worker=False, stand_in=False, web_processes=1)
    lock = sqlite3.connect(served.database_url.removeprefix("sqlite:///"), isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    told: list[int] = []
    asking = [
        threading.Thread(
            target=lambda: told.append(served.client().post("/api/sessions", {"code": "nobody"}).status)
        )
        for _ in range(12)
    ]
    for each in asking:
        each.start()
    [process] = working(served)
    wait_until(
        lambda: len(psutil.Process(process).net_connections("tcp")) > len(asking),
        [],
        seconds=30,
        what="the requests",
    )
    client = served.client()
    client.timeout = 5
    assert client.get("/healthz").expect(200) == {"status": "ok"}
    assert not told
    lock.execute("ROLLBACK")
    lock.close()
    for each in asking:
        each.join(60)
    assert len(told) == len(asking)
