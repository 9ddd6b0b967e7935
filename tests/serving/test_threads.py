"""A few threads: who may wait for one, how long, and what never begins."""

from __future__ import annotations

import asyncio
import threading

import pytest

from backend.serving.application import may_report_danger
from backend.serving.refusals import Refused
from backend.serving.threads import Threads
from tests.harness.loops import played


def test_beyond_those_that_may_wait_one_is_refused_at_once() -> None:
    free = threading.Event()

    async def scene() -> None:
        threads = Threads(2, waiting=1)
        running = [asyncio.create_task(threads.run(lambda: free.wait(60))) for _ in range(3)]
        await asyncio.sleep(0)
        with pytest.raises(Refused) as refused:
            await threads.run(lambda: True)
        assert (refused.value.status, refused.value.code) == (503, "http.busy")
        assert refused.value.retry_after and "120" in refused.value.next
        free.set()
        assert await asyncio.gather(*running) == [True] * 3
        assert await threads.run(lambda: "again") == "again"
        threads.close()

    played(scene())


def test_danger_finds_a_thread_where_all_others_hang() -> None:
    free = threading.Event()

    async def scene() -> None:
        threads = Threads(3, for_danger=1)
        hanging = [asyncio.create_task(threads.run(lambda: free.wait(60))) for _ in range(5)]
        await asyncio.sleep(0)
        assert await threads.run(lambda: "heard", urgent=True) == "heard"
        # Danger takes any thread: with its own in hand as well, the next waits where the fewest wait.
        hanging += [asyncio.create_task(threads.run(lambda: free.wait(60), urgent=True)) for _ in range(2)]
        await asyncio.sleep(0)
        free.set()
        assert await asyncio.gather(*hanging) == [True] * 7
        threads.close()

    played(scene())


@pytest.mark.parametrize(
    ("method", "path", "urgent"),
    [
        ("POST", "/api/fault-reports", True),
        ("POST", "/api/faults", True),
        ("POST", "/api/conversation", True),
        ("GET", "/q/2345678923/plain", True),
        ("GET", "/api/faults", False),
        ("POST", "/api/photos", False),
    ],
)
def test_what_may_report_danger_is_known_by_its_address(method: str, path: str, urgent: bool) -> None:
    assert may_report_danger(method, path) is urgent


def test_what_waited_too_long_is_refused_and_never_begins() -> None:
    free = threading.Event()
    begun: list[str] = []

    async def scene() -> None:
        threads = Threads(1, seconds=0.05)
        first = asyncio.create_task(threads.run(lambda: free.wait(60)))
        await asyncio.sleep(0)
        with pytest.raises(Refused):
            await threads.run(lambda: begun.append("late"))
        free.set()
        assert await first
        assert await threads.run(lambda: len(begun)) == 0
        threads.close()

    played(scene())


def test_what_runs_already_is_not_broken_off_however_long_it_takes() -> None:
    free = threading.Event()

    async def scene() -> None:
        threads = Threads(1, seconds=0.01)
        begun = threading.Event()

        def work() -> bool:
            begun.set()
            return free.wait(60)

        running = asyncio.create_task(threads.run(work))
        while not begun.is_set():
            await asyncio.sleep(0.001)
        await asyncio.sleep(0.05)  # longer than it might have waited for its thread
        assert not running.done()
        free.set()
        assert await running
        threads.close()

    played(scene())


def test_what_the_work_raises_is_raised() -> None:
    async def scene() -> None:
        threads = Threads(1)
        with pytest.raises(ZeroDivisionError):
            await threads.run(lambda: 1 / 0)
        threads.close()

    played(scene())
