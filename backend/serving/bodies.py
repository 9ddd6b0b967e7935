"""Bodies while they arrive: each with a deadline, all together within bounds of number and bytes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterable, Callable
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import Final

from backend.core.http import LARGEST_BODY, MEGABYTE
from backend.serving.refusals import Refused, busy, not_understood, too_large, too_slow

log = logging.getLogger("backend.serving")

IN_MEMORY: Final = 128 * 1024  # of one body; what is more goes to an unnamed file
AT_ONCE: Final = 256
"""Bodies that a process receives at the same time. 32 MB of memory and 256 of its file handles at most."""

KEPT_BYTES: Final = 512 * MEGABYTE
"""Of all bodies of a process, until each one's request was answered."""

YOUNG_SECONDS: Final = 2.0
"""So long nobody is called slow: a body may come well after its head."""


def _restarting() -> Refused:
    return busy("系统正在重新启动。")


def _no_room() -> Refused:
    return busy("服务器存储空间不足。")


def _slowest() -> Refused:
    return too_slow("同时上传的人太多，传得最慢的先停下。")


class Body:
    """A whole body as a file, rewound. Close it when its request was answered."""

    def __init__(self, bodies: Bodies) -> None:
        self._bodies = bodies
        self.file = SpooledTemporaryFile[bytes](max_size=IN_MEMORY)  # closed by close()
        self.length = 0

    def add(self, piece: bytes) -> None:
        self.length += len(piece)
        self._bodies.kept_bytes += len(piece)
        self.file.write(piece)

    def close(self) -> None:
        self._bodies.kept_bytes -= self.length
        self.length = 0
        self.file.close()


@dataclass(eq=False)
class _Arrival:
    body: Body
    began: float
    limit: asyncio.Timeout
    why_ended: Callable[[], Refused] | None = None

    def rate(self, now: float) -> float:
        """Bytes per second until now."""
        return self.body.length / max(now - self.began, 0.001)

    def end(self, why: Callable[[], Refused]) -> None:
        self.why_ended = why
        if not self.limit.expired():
            self.limit.reschedule(0)


class Bodies:
    """What this process is receiving. Used from its event loop only.

    Where there is no room, the slowest goes (408): not the one that has waited longest, which would be the honest photo
    on a bad signal. Who has only just begun goes last; where all have, whoever began first goes.
    """

    def __init__(
        self,
        seconds: float,
        *,
        at_once: int = AT_ONCE,
        kept_bytes: int = KEPT_BYTES,
        young_seconds: float = YOUNG_SECONDS,
    ) -> None:
        self.kept_bytes = 0
        self._young_seconds = young_seconds
        self._seconds = seconds
        self._at_once = at_once
        self._most_kept = kept_bytes
        self._arriving: set[_Arrival] = set()
        self._stopping = False

    async def receive(self, pieces: AsyncIterable[bytes], declared: int | None) -> Body:
        """The whole body; raises Refused. ``declared``: its length by the request's head, None if it comes in pieces."""
        if declared is not None and declared > LARGEST_BODY:
            raise too_large(LARGEST_BODY // MEGABYTE)
        if self._stopping:
            raise _restarting()
        self._make_room()
        body = Body(self)
        arrival = _Arrival(body, asyncio.get_running_loop().time(), asyncio.timeout(self._seconds))
        try:
            async with arrival.limit:
                self._arriving.add(arrival)
                await self._fill(arrival, pieces, declared)
            late = arrival.why_ended  # while its last piece was on the way here
            if late is None:
                body.file.seek(0)
        except TimeoutError:
            late = arrival.why_ended or too_slow
        except OSError as error:
            log.error("a body could not be kept", exc_info=error)
            late = _no_room
        except BaseException:
            body.close()
            raise
        finally:
            self._arriving.discard(arrival)
        if late is not None:
            body.close()
            # Outside of the handler: the refusal must not hold the frames that hold the reader. granian closes the
            # connection of a body that was not read to its end once nobody can read it any more.
            raise late()
        return body

    def end_all(self) -> int:
        """The process is to stop: what has not arrived by now is sent again, to the next one. How many that are."""
        self._stopping = True
        for arrival in self._arriving:
            arrival.end(_restarting)
        return len(self._arriving)

    async def _fill(self, arrival: _Arrival, pieces: AsyncIterable[bytes], declared: int | None) -> None:
        empty = 0
        async for piece in pieces:
            if not piece:
                empty += 1
                continue
            if arrival.why_ended is not None:
                return
            if arrival.body.length + len(piece) > LARGEST_BODY:
                raise too_large(LARGEST_BODY // MEGABYTE)
            arrival.body.add(piece)
            self._keep_within_bounds(arrival)
        # granian ends a body with one empty piece, and one that broke off with two.
        if empty > 1 or (declared is not None and arrival.body.length != declared):
            raise not_understood("内容没有传完。")

    def _make_room(self) -> None:
        while len(self._arriving) >= self._at_once:
            self._end_slowest()

    def _keep_within_bounds(self, arrival: _Arrival) -> None:
        while self.kept_bytes > self._most_kept:
            others = self._arriving - {arrival}
            if not any(other.body.length for other in others):
                raise busy()
            self._end_slowest(among={other for other in others if other.body.length})

    def _end_slowest(self, among: set[_Arrival] | None = None) -> None:
        now = asyncio.get_running_loop().time()
        of_all = among or self._arriving
        slowest = min(
            (arrival for arrival in of_all if now - arrival.began >= self._young_seconds),
            key=lambda arrival: arrival.rate(now),
            default=min(of_all, key=lambda arrival: arrival.began),
        )
        self._arriving.discard(slowest)
        slowest.end(_slowest)
        slowest.body.close()
