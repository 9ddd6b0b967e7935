"""The few threads in which requests run, and how many may wait for one."""

from __future__ import annotations

import asyncio
import contextlib
import math
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any, Final, TypeVar

from backend.serving.refusals import busy

Result = TypeVar("Result")

THREADS: Final = 4
FOR_DANGER: Final = 1
"""Of these, kept free for requests that may report danger: where a database begins to hang, all others are in it."""

WAITING: Final = 512
WAIT_SECONDS: Final = 25.0
"""For a thread. Whoever asked is told before his own client, or the proxy, gives up."""


class _Job:
    """One request's work. Begun or given up, never both."""

    __slots__ = ("_open", "done", "loop", "work")

    def __init__(self, work: Callable[[], Any]) -> None:
        self.work = work
        self.loop = asyncio.get_running_loop()
        self.done: asyncio.Future[Any] = self.loop.create_future()
        self._open = [True]

    def taken(self) -> bool:
        """Whether it is the caller's to begin, or to give up: True once, in whichever thread asks first."""
        try:
            return self._open.pop()
        except IndexError:
            return False

    def run(self) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits for it any more
            try:
                result = self.work()
            except BaseException as error:
                self.loop.call_soon_threadsafe(self._fail, error)
            else:
                self.loop.call_soon_threadsafe(self._succeed, result)

    def give_up(self) -> None:
        if self.taken():
            self._fail(busy())

    def _succeed(self, result: Any) -> None:
        if not self.done.done():
            self.done.set_result(result)

    def _fail(self, error: BaseException) -> None:
        if not self.done.done():
            self.done.set_exception(error)


class Threads:
    """Runs one request a thread; used from the event loop. What cannot begin in time is refused and never begins.

    ``for_danger`` of the threads take urgent work alone; urgent work takes any.

    Not concurrent.futures: its locks and callbacks cost more than many a request does.
    """

    def __init__(
        self,
        count: int = THREADS,
        *,
        for_danger: int = 0,
        waiting: int = WAITING,
        seconds: float = WAIT_SECONDS,
    ) -> None:
        self._seconds = seconds
        self._ordinary = _Lane("request", count - for_danger, waiting)
        self._urgent = _Lane("danger", for_danger, waiting)

    async def run(self, work: Callable[[], Result], *, urgent: bool = False) -> Result:
        """What ``work`` returns; raises what it raises, or Refused where no thread is free for too long."""
        lane = self._urgent if urgent and self._urgent.waits <= self._ordinary.waits else self._ordinary
        return await lane.run(_Job(work), self._seconds)

    def close(self) -> None:
        self._ordinary.close()
        self._urgent.close()


class _Lane:
    """Threads that take from one queue."""

    def __init__(self, name: str, count: int, waiting: int) -> None:
        self._count = count
        self._most = count + waiting if count else 0
        self._in_hand = 0
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        for number in range(count):
            threading.Thread(target=self._work, name=f"{name}-{number}", daemon=True).start()

    @property
    def waits(self) -> float:
        """How many wait for each thread that there is; below 0 where one is free."""
        return (self._in_hand - self._count) / self._count if self._count else math.inf

    async def run(self, job: _Job, seconds: float) -> Any:
        if self._in_hand >= self._most:
            raise busy()
        # Where a thread is free it begins at once.
        give_up = job.loop.call_later(seconds, job.give_up) if self._in_hand >= self._count else None
        self._in_hand += 1
        self._jobs.put(job)
        try:
            return await job.done
        finally:
            self._in_hand -= 1
            if give_up is not None:
                give_up.cancel()

    def close(self) -> None:
        for _ in range(self._count):
            self._jobs.put(None)

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            if job.taken():
                job.run()
            del job  # nothing of a request is held while waiting for the next
