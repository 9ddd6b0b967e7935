"""Calls that really happen at the same time, and the proof that they did."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Runner(Generic[T]):
    """One call: what it returned or raised, and from when to when it ran (seconds, monotonic)."""

    value: T | None
    error: Exception | None
    began: float
    ended: float


@dataclass(frozen=True)
class Race(Generic[T]):
    runners: tuple[Runner[T], ...]

    @property
    def values(self) -> list[T]:
        """What those returned that raised nothing."""
        return [runner.value for runner in self.runners if runner.error is None]  # type: ignore[misc]  # None may be T

    @property
    def errors(self) -> list[Exception]:
        return [runner.error for runner in self.runners if runner.error is not None]

    @property
    def overlapped(self) -> int:
        """How many calls ran while at least one other did: a race that nobody ran proves nothing."""
        return sum(
            any(
                one is not other and one.began < other.ended and other.began < one.ended
                for other in self.runners
            )
            for one in self.runners
        )


def race(n: int, fn: Callable[[int], T], *, seconds: float = 60.0) -> Race[T]:
    """Call ``fn(0)`` … ``fn(n - 1)``, each in a thread of its own, all released by one barrier.

    Each call opens its own connection (``with db.writing() as session:``); none may share one. Prints how many
    overlapped. An Exception is an outcome; a call that does not end in ``seconds`` fails the test.
    """
    barrier = threading.Barrier(n)
    runners: list[Runner[T] | None] = [None] * n

    def run(index: int) -> None:
        value: T | None = None
        error: Exception | None = None
        barrier.wait(seconds)
        began = time.monotonic()
        try:
            value = fn(index)
        except Exception as raised:  # whatever it is, it is this call's outcome, for the test to judge
            error = raised
        runners[index] = Runner(value, error, began, time.monotonic())

    threads = [threading.Thread(target=run, args=(index,), daemon=True) for index in range(n)]
    for thread in threads:
        thread.start()
    until = time.monotonic() + seconds
    for thread in threads:
        thread.join(max(0.0, until - time.monotonic()))
    finished = tuple(runner for runner in runners if runner is not None)
    assert len(finished) == n, f"{n - len(finished)} of {n} calls did not end within {seconds:g} s"
    result = Race(finished)
    print(f"race: {result.overlapped} of {n} calls overlapped")
    return result
