"""The time in which tests live, in this process and in those that it starts: a morning, whatever the hour outside.

What the product does depends on the hour (quiet hours, jobs of the day) and on the date; the outcome of a test may not.
Time goes on from there; ``clock.pinned`` holds it still where a proof needs that. A demo lives in the plan's autumn:
``at(AUTUMN)`` is the environment of its processes.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from backend.core import clock
from scripts.run import shift_to

AUTUMN = datetime(2022, 9, 15, 2, 0, tzinfo=UTC)  # a Thursday, 10:00 for people
# A Wednesday in the middle of a month; what was prepared in the autumn lies far behind.
MORNING = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)


def at(moment: datetime) -> dict[str, str]:
    """The environment of processes for which it is ``moment`` (aware) when they start."""
    return {"CLOCK_SHIFT_MINUTES": str(shift_to(moment))}


def now_with(shift: Mapping[str, str]) -> datetime:
    """The time it is now for processes that were given this environment."""
    return datetime.now(UTC) + timedelta(minutes=int(shift["CLOCK_SHIFT_MINUTES"]))


# What scripts/at_every_hour.py moves the wall clock with; processes with an environment of their own need it too.
MOVED_CLOCK = ("LD_PRELOAD", "WALL_CLOCK_SHIFT")

# Taken once: all processes of a run have the same time, that of a slow one too.
THIS_MORNING = at(MORNING)


def morning_unless_chosen(env: Mapping[str, str]) -> dict[str, str]:
    """The tests' morning, for processes whose own environment says nothing of the time."""
    chosen = env.keys() & {"CLOCK_SHIFT_DAYS", "CLOCK_SHIFT_MINUTES"}
    return {} if chosen else THIS_MORNING


def begin_in_the_morning(env: Mapping[str, str] = THIS_MORNING) -> None:
    """From here on this process lives in the tests' morning; a child of theirs in the one that ``env`` tells."""
    clock.configure(timedelta(minutes=int(env["CLOCK_SHIFT_MINUTES"])))
