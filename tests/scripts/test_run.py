"""`make run` as it is started: with and without Node, what it prints, how it ends."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from scripts.children import free_port
from scripts.run import settle
from scripts.synthetic_list import main as make_list
from tests.builders.h5 import small_build
from tests.harness import FONT_DIR, ROOT
from tests.harness.http import Client

READY_SECONDS = 120.0
NOTHING_BUT_ASCII = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}

pytestmark = pytest.mark.only_on("sqlite", "the demo's own database is SQLite")


@contextmanager
def demo(folder: Path, tree: Path = ROOT, **env: str) -> Iterator[tuple[str, Client]]:
    """The running demo: what it printed until it was ready, and a client. It is ended as by Ctrl-C, and ends well."""
    port, printed = free_port(), folder / "printed.txt"
    given = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT / "tests" / "harness" / "in_children"),
        "PORT": str(port),
        "DATA_DIR": str(folder / "var"),
        "FONT_DIR": str(FONT_DIR),
        "HOUSEHOLD_LIST": str(folder / "list.csv"),
        **env,
    }
    with printed.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, str(tree / "scripts" / "run.py")],
            env=given,
            cwd=tree,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        end = time.monotonic() + READY_SECONDS
        while "Ctrl-C stops everything." not in (said := printed.read_text("utf-8")):
            assert process.poll() is None and time.monotonic() < end, said
            time.sleep(0.1)
        yield said, Client(f"http://127.0.0.1:{port}")
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0, printed.read_text("utf-8")


def tree_without_a_build(folder: Path) -> Path:
    """The product's sources as a clone has them: nothing installed, nothing built."""
    tree = folder / "tree"
    made_here = shutil.ignore_patterns("node_modules", "dist", "__pycache__")
    for name in ("backend", "migrations", "miniprogram", "scripts"):
        shutil.copytree(ROOT / name, tree / name, ignore=made_here)
    for name in ("alembic.ini", "pyproject.toml", "requirements-node.txt"):
        shutil.copy(ROOT / name, tree / name)
    unreachable = tree / ".venv" / "bin" / "python"  # would fetch Node for the mini-program
    unreachable.parent.mkdir(parents=True)
    unreachable.write_text("#!/bin/sh\necho no package index answers >&2\nexit 1\n")
    unreachable.chmod(0o755)
    return tree


def test_the_demo_starts_without_a_node_to_be_had_and_with_a_build_and_ends_when_told(tmp_path: Path) -> None:
    make_list(["--out", str(tmp_path / "list.csv"), "--households-per-village", "1"])

    bare = tree_without_a_build(tmp_path)
    with demo(tmp_path, bare, PATH=str(tmp_path / "no-programs"), **NOTHING_BUT_ASCII) as (said, client):
        assert "The product starts without the mini-program" in said and "Node 18.17 or newer" in said
        assert "no package index answers" in said
        steps = ("Preparing the database ", "loading the areas ", "importing the list ", "Starting web")
        assert [said.count(step) for step in steps] == [1, 1, 1, 1], "it says what it is doing"
        assert "resident-biomass" in said, "who one can be"
        assert re.search(r"Demo time +2022-09-15 09:0\d", said), "a morning, whatever the hour outside"
        assert "农村清洁取暖服务" in client.get("/").text, "a plain page in its place"
        sticker = re.search(r"http://[^/]+(/q/[0-9A-Z]{10})", said)
        assert sticker is not None and client.get(sticker[1]).status == 200

    with demo(tmp_path, H5_DIR=str(small_build(tmp_path))) as (said, client):
        assert re.search(r"Demo time +2022-09-15 09:", said), "the clock went on from there"
        assert "First start" not in said and "without the mini-program" not in said
        assert '<div id="app"></div>' in client.get("/").text
        opened = client.get(sticker[1])
        assert (opened.status, opened.headers["location"].partition("?")[0]) == (302, "/pages/door/index")
        told = client.get("/api/client-settings").expect(200)
        assert told["demo"] and told["official_account"]
        policy = client.get("/").headers["content-security-policy"]
        assert f"connect-src 'self' {told['sandbox_url']};" in policy


def test_a_demo_that_an_older_version_settled_keeps_its_day(tmp_path: Path) -> None:
    kept = tmp_path / "settled.json"
    kept.write_text(
        json.dumps({"clock_shift_days": -1537, "wechat": {"WECHAT_APPID": "wx1"}, "loaded": ["a"]})
    )
    settled = settle(kept)
    assert settled["clock_shift_minutes"] == -1537 * 24 * 60 and "clock_shift_days" not in settled
    assert settled["wechat"]["WECHAT_APPID"] == "wx1" and settled["loaded"] == ["a"]
    assert settle(kept) == settled == json.loads(kept.read_text())
