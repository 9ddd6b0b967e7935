"""Bodies while they arrive: who must go when there is no room, and what is left of each."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Awaitable
from pathlib import Path

import pytest

from backend.core.http import LARGEST_BODY
from backend.serving.bodies import IN_MEMORY, Bodies
from backend.serving.refusals import Refused
from tests.harness.loops import played


class Sender:
    """Sends pieces when told to, and ends as granian's reader does: one empty piece, two where it broke off."""

    def __init__(self) -> None:
        self._pieces: asyncio.Queue[bytes | None] = asyncio.Queue()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while (piece := await self._pieces.get()) is not None:
            yield piece

    def send(self, *pieces: bytes) -> Sender:
        for piece in pieces:
            self._pieces.put_nowait(piece)
        return self

    def end(self, empty: int = 1) -> Sender:
        for _ in range(empty):
            self._pieces.put_nowait(b"")
        self._pieces.put_nowait(None)
        return self


async def refusal_of(receiving: Awaitable[object]) -> Refused:
    with pytest.raises(Refused) as refused:
        await receiving
    return refused.value


async def turns() -> None:
    """Let everything that can go on go on."""
    for _ in range(10):
        await asyncio.sleep(0)


@pytest.mark.parametrize("length", [1, IN_MEMORY, IN_MEMORY + 1, 1_000_000])
@pytest.mark.parametrize("in_pieces", [False, True])
def test_a_whole_body_is_there_from_its_beginning_and_counts_until_it_is_closed(
    length: int, in_pieces: bool
) -> None:
    async def scene() -> None:
        bodies = Bodies(30)
        whole = bytes(length)
        sender = Sender().send(*(whole[at : at + 65536] for at in range(0, length, 65536))).end()
        body = await bodies.receive(sender, None if in_pieces else length)
        assert body.file.read() == whole and body.length == length == bodies.kept_bytes
        body.close()
        assert bodies.kept_bytes == 0 and body.file.closed

    played(scene())


def test_what_broke_off_is_refused() -> None:
    async def scene() -> None:
        bodies = Bodies(30)
        assert (await refusal_of(bodies.receive(Sender().send(b"abc").end(2), None))).status == 400
        assert (await refusal_of(bodies.receive(Sender().send(b"abc").end(), 4))).status == 400
        assert bodies.kept_bytes == 0

    played(scene())


def test_what_is_too_large_is_refused_before_or_while_it_comes() -> None:
    async def scene() -> None:
        bodies = Bodies(30, kept_bytes=2 * LARGEST_BODY)
        assert (await refusal_of(bodies.receive(Sender(), LARGEST_BODY + 1))).status == 413
        piece = bytes(LARGEST_BODY // 2)
        assert (await refusal_of(bodies.receive(Sender().send(piece, piece, b"xx"), None))).status == 413
        assert bodies.kept_bytes == 0

    played(scene())


def test_what_does_not_end_is_refused_at_the_deadline() -> None:
    async def scene() -> None:
        bodies = Bodies(0.05)
        said = await refusal_of(bodies.receive(Sender().send(b"a"), 10))
        assert (said.status, said.code) == (408, "http.timeout")
        assert bodies.kept_bytes == 0

    played(scene())


def test_where_too_many_arrive_the_slowest_goes_and_not_the_one_that_came_first() -> None:
    async def scene() -> None:
        bodies = Bodies(30, at_once=3, young_seconds=0)
        photo = Sender().send(bytes(500_000))  # slow, on a bad signal, and there before the others
        honest = asyncio.create_task(bodies.receive(photo, 500_001))
        await turns()
        idle = [asyncio.create_task(bodies.receive(Sender().send(b"a"), 1_000_000)) for _ in range(2)]
        await turns()
        report = await bodies.receive(Sender().send(b"danger").end(), 6)
        assert report.file.read() == b"danger"
        photo.send(b"x").end()
        assert (await honest).length == 500_001
        report.close()
        (await honest).close()
        done, still = await asyncio.wait(idle, timeout=5, return_when=asyncio.FIRST_COMPLETED)
        assert len(done) == 1 and (await refusal_of(done.pop())).status == 408
        bodies.end_all()
        assert (await refusal_of(still.pop())).status == 503

    played(scene())


def test_who_has_only_just_begun_is_not_called_slow() -> None:
    async def scene() -> None:
        bodies = Bodies(30, at_once=3)
        idle = [asyncio.create_task(bodies.receive(Sender().send(bytes(2_000)), 1_000_000)) for _ in range(3)]
        await turns()
        late = Sender()  # its body comes well after its head
        report = asyncio.create_task(bodies.receive(late, 6))
        await turns()
        other = asyncio.create_task(bodies.receive(Sender().send(bytes(2_000)), 1_000_000))
        await turns()
        late.send(b"danger").end()
        assert (await report).file.read() == b"danger"
        (await report).close()
        assert [(await refusal_of(each)).status for each in idle[:2]] == [408, 408]
        bodies.end_all()
        assert {(await refusal_of(each)).status for each in (idle[2], other)} == {503}

    played(scene())


def test_all_together_keep_no_more_than_their_share_of_the_disk() -> None:
    async def scene() -> None:
        bodies = Bodies(30, kept_bytes=1_000_000)
        slow = asyncio.create_task(bodies.receive(Sender().send(bytes(300_000)), 2_000_000))
        await turns()
        fast = await bodies.receive(Sender().send(bytes(900_000)).end(), 900_000)
        assert (await refusal_of(slow)).status == 408
        assert bodies.kept_bytes == 900_000
        # Whoever finds nobody slower goes.
        assert (await refusal_of(bodies.receive(Sender().send(bytes(200_000)), 200_000))).status == 503
        fast.close()
        assert bodies.kept_bytes == 0

    played(scene())


def test_a_full_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "absent"))

    async def scene() -> None:
        bodies = Bodies(30)
        sender = Sender().send(bytes(IN_MEMORY + 1)).end()
        said = await refusal_of(bodies.receive(sender, IN_MEMORY + 1))
        assert said.status == 503 and said.retry_after and "120" in said.next
        assert bodies.kept_bytes == 0
        small = await bodies.receive(Sender().send(b"danger").end(), 6)
        assert small.file.read() == b"danger"
        small.close()

    played(scene())


def test_nothing_is_received_any_more_once_the_process_is_to_stop() -> None:
    async def scene() -> None:
        bodies = Bodies(30)
        assert bodies.end_all() == 0
        assert (await refusal_of(bodies.receive(Sender().send(b"a").end(), 1))).status == 503

    played(scene())
