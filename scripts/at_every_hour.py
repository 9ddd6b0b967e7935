"""Run the tests at several hours of a day and on the last day of a month: what passes at noon must pass at midnight.

    .venv/bin/python scripts/at_every_hour.py [--at "2027-03-10 03:30" …] [pytest's arguments]

The wall clock of every process but the browser is moved by the same distance with scripts/wall_clock.c (a C compiler is
needed); what measures durations is left alone. libfaketime does not do: Python's sleep fails under it with true durations,
and its locks hang with moved ones. Times are Shanghai's. Ends with one line a run; the exit status is 0 only if all passed.
Run `make test` once before it: nothing else is installed or built here.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SHANGHAI = timezone(timedelta(hours=8))
MOMENTS = (
    "2027-03-10 03:30",  # deep in the quiet hours, before most jobs of the day
    "2027-03-10 08:58",  # just before the reminders of the morning
    "2027-03-10 16:58",  # just before those of the evening
    "2027-03-10 21:57",  # the quiet hours begin within
    "2027-02-28 23:56",  # the month and, in UTC, the afternoon end within; a Sunday
)


def compiled(folder: Path) -> Path:
    """The library that moves the wall clock."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        raise SystemExit("a C compiler is missing: apt-get install gcc libc6-dev")
    library = folder / "wall_clock.so"
    source = Path(__file__).with_name("wall_clock.c")
    subprocess.run([compiler, "-shared", "-fPIC", "-O2", "-o", library, source], check=True)
    return library


def moved(moment: datetime, library: Path) -> dict[str, str]:
    """The environment in which it is ``moment`` now, for a process and for all that it starts."""
    seconds = round((moment - datetime.now(SHANGHAI)).total_seconds())
    return {**os.environ, "LD_PRELOAD": str(library), "WALL_CLOCK_SHIFT": str(seconds)}


def main() -> int:
    parser = argparse.ArgumentParser(description="Run the tests at several hours.")
    parser.add_argument("--at", action="append", metavar="TIME", help="a moment in Shanghai; may stand often")
    chosen, arguments = parser.parse_known_args()
    command = [sys.executable, "-m", "tests.harness.both", *arguments]
    told = []
    failed = False
    with tempfile.TemporaryDirectory(prefix="heating-hours-") as folder:
        os.chmod(folder, 0o755)  # noqa: S103  # PostgreSQL runs as somebody else, and must read the library
        library = compiled(Path(folder))
        for text in chosen.at or MOMENTS:
            moment = datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)
            began = time.monotonic()
            print(f"\n==== {text} ====", flush=True)
            run = subprocess.run(command, cwd=ROOT, env=moved(moment, library), check=False)
            failed |= run.returncode != 0
            word = "passed" if run.returncode == 0 else f"FAILED ({run.returncode})"
            told.append(f"{text}: {word} in {time.monotonic() - began:.0f} s")
    print("\n" + "\n".join(told), flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
