"""The README's journey, block by block as it stands there: a newcomer's shell against the running product."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from backend.cli import cli
from backend.core.db import Database
from scripts.synthetic_list import main as make_list
from tests.harness import ROOT
from tests.harness.day import AUTUMN, at
from tests.harness.served import Served
from tests.journeys.demo import demo_county

README = (ROOT / "README.md").read_text("utf-8")
# Debian's plain shell, which knows nothing that only bash knows; elsewhere whatever `sh` is.
PLAIN_SHELL = shutil.which("dash") or "sh"
CLI = ".venv/bin/python -m backend.cli "


def test_the_journey_of_the_readme_plays_as_it_is_written(
    db: Database, tmp_path: Path, serve: Callable[..., Served]
) -> None:
    demo_county(db, tmp_path)
    served = serve(env={**at(AUTUMN), "MODE": "demo"})
    blocks = re.findall(r"^```sh\n(.*?)^```$", README, re.M | re.S)
    assert len(blocks) >= 8
    script = "set -eu\n" + "\n".join(blocks)
    played = subprocess.run(
        [PLAIN_SHELL, "-c", script],
        env={"PATH": "/usr/bin:/bin:/usr/local/bin", "BASE": served.base_url, "LANG": "C.UTF-8"},
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        timeout=240,
    )
    assert played.returncode == 0, played.stdout[-3000:] + played.stderr[-3000:]
    assert '"code": "fuel.above_limit"' in played.stdout
    assert (tmp_path / "stickers.pdf").read_bytes().startswith(b"%PDF")
    assert '"state":"closed"' in played.stdout.replace(" ", "")


def commands() -> list[str]:
    """What README says to type besides the journey, without the remarks."""
    fences = re.findall(r"^```(\w*)\n(.*?)^```$", README, re.M | re.S)
    blocks = [block for kind, block in fences if not kind and not block.startswith("backend/")]
    lines = [line for block in blocks for line in block.splitlines()]
    return [line.partition("  #")[0].rstrip() for line in lines]


@pytest.mark.only_on("sqlite", "no database is asked")
def test_every_command_of_the_readme_is_there() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.M))
    known = set(cli.commands) | {f"messages {name}" for name in cli.commands["messages"].commands}  # type: ignore[attr-defined]  # a group
    for line in commands():
        words = line.removeprefix("HOUSEHOLD_LIST=FILE.xlsx ").split()
        if words[0] == "make":
            assert words[1] in targets, line
        elif line.startswith(CLI):
            asked = line.removeprefix(CLI).split()
            assert asked[0] in known or " ".join(asked[:2]) in known, line
        else:
            assert words[0] == "export", (
                f"{line}: not from the project's folder outside the virtual environment"
            )
    assert not re.search(r"(?<!/)\bpython -m backend", README.replace("`python -m …`", "")), (
        "outside .venv there is none"
    )
    assert len(commands()) >= 10


@pytest.mark.only_on("sqlite", "the demo's own database is SQLite")
def test_a_list_of_one_s_own_is_taken_in_as_the_readme_says(tmp_path: Path) -> None:
    for name in ("backend", "migrations", "alembic.ini"):
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / ".venv").symlink_to(sys.prefix)
    make_list(["--out", str(tmp_path / "FILE.xlsx"), "--households-per-village", "1"])
    said = commands()
    first = said.index("export MODE=demo DATA_DIR=var")
    settings, *taking_in = said[first : first + 3]
    script = [
        "set -eu",
        settings,
        *(f"{CLI}{name} > /dev/null" for name in ("migrate", "load-programme", "load-areas")),
        *taking_in,
        next(line for line in said if line.endswith("messages list")),
    ]
    assert [line.removeprefix(CLI).split()[0] for line in taking_in] == ["import-list", "import-list"]
    played = subprocess.run(
        [PLAIN_SHELL, "-c", "\n".join(script)],
        env={"PATH": "/usr/bin:/bin"},
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        timeout=240,
    )
    assert played.returncode == 0, played.stdout[-3000:] + played.stderr[-3000:]
    assert '"added": 146' in played.stdout and played.stdout.endswith("0 messages\n")
