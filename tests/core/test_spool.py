"""Room taken beforehand: what is kept there is whole or free, is everybody's, and needs no other room."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.app import create_app
from backend.core.keeping import Keeping
from backend.core.spool import CONTENT_MAX, SLOT_BYTES, Spool, SpoolFull
from tests.builders.product import client_of, settings_on
from tests.harness import ROOT
from tests.harness.races import race

SLOTS = 1024 * 1024 // SLOT_BYTES


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    made = Spool(tmp_path / "spool", 1)
    yield made
    made.close()


def test_its_room_is_taken_at_the_start_for_the_owner_alone(spool: Spool, tmp_path: Path) -> None:
    assert spool.prepare()
    found = (tmp_path / "spool").stat()
    assert found.st_size == 1024 * 1024
    assert found.st_blocks * 512 >= 1024 * 1024, "and not only promised"
    assert found.st_mode & 0o777 == 0o600
    assert spool.names() == []


def test_what_is_kept_is_found_again_by_whoever_opens_it_next(spool: Spool, tmp_path: Path) -> None:
    spool.put("a/2", b"second")
    spool.put("a/1", b"first")
    spool.put("b/1", b"")
    spool.close()
    other = Spool(tmp_path / "spool", 1)
    assert other.names("a/") == ["a/1", "a/2"] and other.names() == ["a/1", "a/2", "b/1"]
    assert (other.get("a/1"), other.get("b/1")) == (b"first", b"")
    other.remove("a/1")
    other.remove("a/1")
    assert other.names("a/") == ["a/2"]
    with pytest.raises(FileNotFoundError):
        other.get("a/1")
    other.close()


def test_danger_has_room_when_the_rest_has_filled_its_own(spool: Spool) -> None:
    kept = 0
    with pytest.raises(SpoolFull):
        for number in range(SLOTS):
            spool.put(f"push/{number:03d}", b"x", rest=True)
            kept += 1
    assert SLOTS // 4 < kept < SLOTS // 2
    for number in range(SLOTS - kept):
        spool.put(f"danger/{number:03d}", b"x" * CONTENT_MAX)
    with pytest.raises(SpoolFull):
        spool.put("danger/more", b"x")
    spool.remove("push/000")
    spool.put("danger/more", b"x")
    with pytest.raises(SpoolFull):
        spool.put("large", b"x" * (CONTENT_MAX + 1))


def test_what_a_power_cut_tore_is_free_again(spool: Spool, tmp_path: Path) -> None:
    spool.put("torn", b"x" * 9000)
    with (tmp_path / "spool").open("r+b") as file:
        file.seek(5000)
        file.write(b"\0" * 100)
    assert spool.names() == []
    spool.put("next", b"y")
    assert spool.names() == ["next"]


def test_processes_and_threads_do_not_take_one_another_s_slots(spool: Spool, tmp_path: Path) -> None:
    each, processes = 10, 3
    script = (
        "import sys; from pathlib import Path; from backend.core.spool import Spool\n"
        "spool = Spool(Path(sys.argv[1]), 1)\n"
        "for number in range(int(sys.argv[3])): spool.put(f'{sys.argv[2]}/{number}', sys.argv[2].encode())\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "spool")]
    started = [
        subprocess.Popen([*command, f"p{number}", str(each)], cwd=ROOT, env=os.environ)
        for number in range(processes)
    ]
    result = race(each, lambda index: spool.put(f"t/{index}", b"t"))
    assert not result.errors
    assert [child.wait(60) for child in started] == [0] * processes
    names = spool.names()
    assert len(names) == each * (processes + 1)
    assert all(spool.get(name) == name.partition("/")[0].encode() for name in names)


def test_what_no_file_can_hold_waits_in_the_spool_in_its_order(spool: Spool, tmp_path: Path) -> None:
    """A file stands where the folder should be; as on a full disk, nothing can be written there."""
    waiting = Keeping(tmp_path / "kept", spool)
    (tmp_path / "kept").touch()
    first, second = waiting.put("one", b"1"), waiting.put("two", b"2")
    assert waiting.names() == [first, second]
    (tmp_path / "kept").unlink()
    third = waiting.put("three", b"3")
    assert (tmp_path / "kept" / third).read_bytes() == b"3"
    assert waiting.names() == [first, second, third]
    assert [waiting.get(name) for name in waiting.names()] == [b"1", b"2", b"3"]
    waiting.remove(first)
    waiting.set_aside(second)
    assert waiting.names() == [third]
    assert (tmp_path / "kept" / f"{second}.aside").read_bytes() == b"2"
    assert spool.names() == []


def test_a_process_starts_though_there_is_no_room_and_takes_it_when_there_is(tmp_path: Path) -> None:
    (tmp_path / "data").touch()
    spool = Spool(tmp_path / "data" / "spool", 1)
    assert not spool.prepare()
    (tmp_path / "data").unlink()
    spool.put("a", b"1")
    assert spool.names() == ["a"]
    spool.close()


def test_a_disk_without_room_for_it_stands_in_nobody_s_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_handle: int, _start: int, _size: int) -> None:
        raise OSError(errno.ENOSPC, "no room")

    spool = Spool(tmp_path / "spool", 1)
    waiting = Keeping(tmp_path / "kept", spool)
    with monkeypatch.context() as full:
        full.setattr("os.posix_fallocate", refuse)
        assert not spool.prepare()
        assert waiting.names() == []
        name = waiting.put("small", b"fits in a file")
        assert waiting.get(name) == b"fits in a file"
        waiting.remove(name)
        with pytest.raises(FileNotFoundError):
            spool.get("a")
        with pytest.raises(OSError, match="no room"):
            spool.put("a", b"1")
    spool.put("a", b"1")
    larger = Spool(tmp_path / "spool", 2)
    monkeypatch.setattr("os.posix_fallocate", refuse)
    larger.put("b", b"2")
    assert larger.names() == ["a", "b"], "and what room it had is used while there is no more"
    spool.close()
    larger.close()


def test_the_product_starts_though_what_waits_cannot_be_looked_at(database_url: str, tmp_path: Path) -> None:
    """A folder stands where the spool should be."""
    (tmp_path / "spool").mkdir()
    app = create_app(settings_on(database_url, tmp_path))
    assert client_of(app).get("/healthz").status == 200
    for name in ("pushes", "kept_requests", "database", "wechat"):
        app.extensions[f"backend.{name}"].close()


def test_what_is_set_aside_on_a_full_disk_stays_in_its_slot_and_can_be_taken_back(
    spool: Spool, tmp_path: Path
) -> None:
    waiting = Keeping(tmp_path / "kept", spool)
    (tmp_path / "kept").touch()
    first, second = waiting.put("one", b"1"), waiting.put("two", b"2")
    waiting.set_aside(first)
    waiting.set_aside(first)
    assert waiting.names() == [second] and waiting.set_aside_names() == [first]
    assert waiting.get_aside(first) == b"1"
    with pytest.raises(FileNotFoundError):
        waiting.take_back(second)
    waiting.take_back(first)
    assert waiting.names() == [first, second] and waiting.get(first) == b"1"
    assert waiting.set_aside_names() == []


def test_one_origin_leaves_half_of_it_to_the_others(spool: Spool) -> None:
    with pytest.raises(SpoolFull):
        for number in range(SLOTS):
            spool.put(f"danger/{number:03d}-one-", b"x", share="-one-")
    assert len(spool.names()) == SLOTS // 2
    spool.put("danger/999-two-", b"x", share="-two-")
