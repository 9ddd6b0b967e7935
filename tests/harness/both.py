"""Run the tests on SQLite and on PostgreSQL at the same time, and compare what passed.

    python -m tests.harness.both [pytest's arguments]

Two runs for two cores. SQLite's output is shown as it comes, PostgreSQL's whole after it, so that neither breaks up
the other's failures. At the end one line for each database; they must have passed the same tests, but for those that
`only_on` names. The exit status is 0 only if all that passed.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.children import Child, start, stop
from scripts.setup import BROWSER_PACKAGES, print_anything
from tests.harness import ROOT
from tests.harness.outcomes import ABSENT_BROWSER

DATABASES = ("sqlite", "postgresql")
ADVICE = {ABSENT_BROWSER: f" (on Debian, as root: apt-get install {' '.join(BROWSER_PACKAGES)})"}


@dataclass(frozen=True)
class Run:
    database: str
    child: Child
    report: Path

    def outcomes(self) -> Mapping[str, Any]:
        """Test names by outcome, and how many were skipped by why; nothing when the run did not get that far."""
        if not self.report.exists():
            return {"passed": [], "failed": [], "skipped": [], "left_out": {}, "excuses": {}}
        read: dict[str, Any] = json.loads(self.report.read_text("utf-8"))
        return read


def begin(database: str, arguments: list[str], folder: Path) -> Run:
    report = folder / f"{database}.json"
    env = {**os.environ, "TEST_DATABASE": database, "TEST_REPORT": str(report), "PYTHONUNBUFFERED": "1"}
    env["PYTHONUTF8"] = "1"  # whatever the locale of this machine
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments]
    return Run(database, start(database, command, log=folder / f"{database}.txt", env=env, cwd=ROOT), report)


def break_off(runs: list[Run]) -> None:
    """End what still runs; pytest gets the time to take its databases down."""
    running = [run.child for run in runs if not run.child.ended]
    for child in running:
        child.process.send_signal(signal.SIGINT)
    for child in running:
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.process.wait(20)
    stop(running)


def show(run: Run) -> None:
    """Copy the run's output to ours until the run has ended."""
    print(flush=True)
    with run.child.log.open("rb") as file:
        while True:
            ended = run.child.ended
            sys.stdout.buffer.write(file.read())
            sys.stdout.buffer.flush()
            if ended:
                return
            time.sleep(0.2)


def differences(runs: list[Run]) -> list[str]:
    """What passed on one database only, and is no named exception there."""
    passed = {run.database: set(run.outcomes()["passed"]) for run in runs}
    named = {name for run in runs for name in run.outcomes()["left_out"]}
    found = []
    for one, other in (DATABASES, DATABASES[::-1]):
        found += [
            f"passed on {one}, not on {other}: {name}" for name in sorted(passed[one] - passed[other] - named)
        ]
    return found


def main() -> int:
    print_anything()
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="heating-output-") as folder:
        runs = [begin(database, sys.argv[1:], Path(folder)) for database in DATABASES]
        try:
            for run in runs:
                show(run)
        finally:
            break_off(runs)
        seconds = time.monotonic() - began
        failed = False
        totals = {"passed": 0, "failed": 0, "skipped": 0}
        print()
        for run in runs:
            outcomes = run.outcomes()
            counts = {outcome: len(outcomes[outcome]) for outcome in totals}
            for outcome, count in counts.items():
                totals[outcome] += count
            if run.child.process.returncode != 0:
                failed = True
                print(f"{run.database}: pytest ended with status {run.child.process.returncode}")
            if outcomes["left_out"]:
                print(f"{run.database}: {len(outcomes['left_out'])} tests belong to the other database only")
            for excuse, count in outcomes["excuses"].items():
                print(f"{run.database}: {count} tests were skipped: {excuse}{ADVICE.get(excuse, '')}")
            print(f"{run.database}: " + ", ".join(f"{count} {outcome}" for outcome, count in counts.items()))
        unequal = differences(runs)
        for line in unequal:
            print(line)
        if totals["passed"] == 0:
            print("no test ran")
        words = ", ".join(
            f"{count} {outcome}" for outcome, count in totals.items() if count or outcome == "passed"
        )
        print(f"{f' {words} in {seconds:.2f}s ':=^100}", flush=True)
        return 1 if failed or unequal or totals["passed"] == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
