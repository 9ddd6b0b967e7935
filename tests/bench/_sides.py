"""What the programs share: databases, sides that take turns, and the lines that name both."""

from __future__ import annotations

import os
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from backend.core.db import Database
from tests.harness.databases import Databases, databases_from
from tests.harness.day import begin_in_the_morning
from tests.harness.keys import configure_this_process
from tests.harness.loopback import only_loopback

KIND = os.environ.get("TEST_DATABASE", "postgresql")


@contextmanager
def bench() -> Iterator[tuple[Databases, Path]]:
    """A database server and a folder for one program, taken down at its end."""
    only_loopback()
    begin_in_the_morning()
    configure_this_process()
    kind = databases_from({**os.environ, "TEST_DATABASE": KIND})
    try:
        with tempfile.TemporaryDirectory(prefix="heating-bench-") as folder:
            yield kind, Path(folder)
    finally:
        kind.close()


@contextmanager
def opened(kind: Databases, url: str | None = None) -> Iterator[Database]:
    """A migrated database of one's own, or the one at ``url``."""
    database = Database(url or kind.fresh(), pool_size=40)
    try:
        yield database
    finally:
        database.close()


def in_turns(sides: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, float]:
    """Each side's median rate (things a second); one after the other in every round, so that all meet the same weather."""
    rates: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(rounds):
        for name, turn in sides.items():
            rates[name].append(turn())
    return {name: statistics.median(each) for name, each in rates.items()}


def compare(rates: Mapping[str, float], unit: str) -> None:
    """One line a side, the first being ours; then our ratio to each of the others."""
    ours, *others = rates
    for name, rate in rates.items():
        print(f"  {rate:>12,.1f} {unit}/s  {name}")
    for other in others:
        print(f"  {rates[ours] / rates[other]:>12.2g} x  {ours}, against {other}", flush=True)


def rate_of(things: int, did: Callable[[], object]) -> float:
    """Things a second in one call."""
    began = time.perf_counter()
    did()
    return things / (time.perf_counter() - began)


def rate_for(seconds: float, threads: int, did: Callable[[int], object]) -> float:
    """Calls a second by so many threads released at once, each calling ``did(its number)`` until the time is over."""
    barrier = threading.Barrier(threads + 1)
    ends = [0.0]

    def run(number: int) -> int:
        barrier.wait()
        count = 0
        while time.perf_counter() < ends[0]:
            did(number)
            count += 1
        return count

    with ThreadPoolExecutor(threads) as pool:
        counts = [pool.submit(run, number) for number in range(threads)]
        began = time.perf_counter()
        ends[0] = began + seconds
        barrier.wait()
        total = sum(each.result() for each in counts)
    return total / (time.perf_counter() - began)
