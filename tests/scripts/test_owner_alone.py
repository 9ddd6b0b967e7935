"""What the product leaves on a disk is its owner's alone, whatever the umask of whoever starts it."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from backend.ownership import keep_to_owner, write_private
from scripts.synthetic_list import main as make_list
from tests.api.scene import photo_bytes
from tests.builders.h5 import small_build
from tests.harness import ROOT
from tests.harness.http import Client
from tests.harness.served import Served
from tests.scripts.test_run import demo

OPEN_TO_ALL = 0
an_other_databases_file = pytest.mark.only_on("sqlite", "files; the database's own are SQLite's")


@contextmanager
def umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


def open_to_others(folder: Path) -> list[str]:
    """Every file and folder, the first among them, that anybody but the owner may touch."""
    found = [folder, *folder.rglob("*")]
    return [
        f"{stat.filemode(path.lstat().st_mode)} {path.relative_to(folder)}"
        for path in found
        if not path.is_symlink() and path.lstat().st_mode & 0o077
    ]


@an_other_databases_file
def test_all_that_the_demo_leaves_is_the_owners_alone_and_what_stood_open_is_closed(tmp_path: Path) -> None:
    make_list(["--out", str(tmp_path / "list.csv"), "--households-per-village", "1"])
    with umask(OPEN_TO_ALL):
        data_dir = tmp_path / "var"
        (data_dir / "photos" / "ab").mkdir(parents=True)
        (data_dir / "photos" / "ab" / "abcd").write_bytes(b"an old photo")
        (data_dir / "keys.partial").write_text("{}")
        assert open_to_others(data_dir)
        with demo(tmp_path, H5_DIR=str(small_build(tmp_path))) as (said, client):
            assert "was open to others (drwxrwxrwx)" in said and "(4 files and folders)" in said
            send_photo(client)
            checked(data_dir, tmp_path / "list.csv")
            assert open_to_others(data_dir) == []
        assert open_to_others(data_dir) == []
        names = {path.name for path in data_dir.rglob("*")}
        assert {"product.db", "keys.json", "settled.json", "people.json", "web.log", "errors.xlsx"} <= names


def send_photo(client: Client) -> None:
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'
    body, kind = head + photo_bytes() + b"\r\n--b--\r\n", "multipart/form-data; boundary=b"
    client.post("/api/photos", body=body, headers={"Content-Type": kind}).expect(201)


def checked(data_dir: Path, household_list: Path) -> None:
    """The list judged by the command, with its workbook of findings in place of one that others could read."""
    (data_dir / "errors.xlsx").write_bytes(b"of an older version")
    words = ["import-list", str(household_list), "--workbook", str(data_dir / "errors.xlsx")]
    env = {"PATH": os.environ["PATH"], "MODE": "demo", "DATA_DIR": str(data_dir)}
    done = subprocess.run(
        [sys.executable, "-m", "backend.cli", *words], env=env, cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert (data_dir / "errors.xlsx").stat().st_size > 1000


def test_the_processes_alone_keep_their_files_as_well(serve: Callable[..., Served]) -> None:
    """As in production, where nothing but web and worker is started."""
    with umask(OPEN_TO_ALL):
        served = serve(web_processes=1)
        send_photo(served.client())
        assert served.data_dir.stat().st_mode & 0o777 == 0o700
        assert [path.name for path in served.data_dir.rglob("*") if path.is_file() and "log" not in str(path)]
        assert open_to_others(served.data_dir) == []


def test_a_folder_that_is_more_than_ours_is_told_and_left_as_it_is(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    with umask(OPEN_TO_ALL):
        shared.mkdir()
        shared.chmod(0o1777)
        (shared / "somebody's").write_text("theirs")
        told = keep_to_owner(shared)
    assert told is not None and "left as it is" in told and str(shared) in told
    assert (
        shared.stat().st_mode & 0o7777 == 0o1777 and (shared / "somebody's").stat().st_mode & 0o777 == 0o666
    )


def test_what_a_link_leads_to_is_not_touched(tmp_path: Path) -> None:
    with umask(OPEN_TO_ALL):
        outside = tmp_path / "outside"
        outside.mkdir()
        (outside / "file").write_text("")
        data_dir = tmp_path / "var"
        data_dir.mkdir()
        (data_dir / "link").symlink_to(outside)
        (data_dir / "own").write_text("")
        assert "(1 files and folders)" in str(keep_to_owner(data_dir))
        assert keep_to_owner(data_dir) is None
    assert outside.stat().st_mode & 0o777 == 0o777 and (outside / "file").stat().st_mode & 0o777 == 0o666
    assert (data_dir / "own").stat().st_mode & 0o777 == 0o600


def test_a_private_file_takes_the_place_of_one_that_others_could_read(tmp_path: Path) -> None:
    path = tmp_path / "findings"
    with umask(OPEN_TO_ALL):
        path.write_bytes(b"much longer than what comes")
        write_private(path, b"new")
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"new", 0o600)
