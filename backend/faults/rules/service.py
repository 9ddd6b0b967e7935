"""By when must a report be answered, somebody stand at the door, and the house be warm or safe again? (4.2.2, 2)"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

ANSWER: Final = "answer"
ON_SITE: Final = "on_site"
RESTORE: Final = "restore"
STAGES: Final = (ANSWER, ON_SITE, RESTORE)
STAGE_LABELS: Final = {ANSWER: "派单", ON_SITE: "上门", RESTORE: "恢复"}


@dataclass(frozen=True, slots=True)
class Promise:
    """Minutes of one service level; ``restore_minutes`` None: before the day ends."""

    answer_minutes: int
    on_site_minutes: int
    restore_minutes: int | None


@dataclass(frozen=True, slots=True)
class DueTimes:
    """The three instants of one report, in UTC."""

    answer: datetime
    on_site: datetime
    restore: datetime

    def sooner(self, other: DueTimes) -> DueTimes:
        """Each of the three at the earlier of two: a second, graver report tightens and never loosens."""
        return DueTimes(
            min(self.answer, other.answer), min(self.on_site, other.on_site), min(self.restore, other.restore)
        )


def due_times(promise: Promise, since: datetime, day_ends: datetime) -> DueTimes:
    """The instants that a promise makes of ``since``. ``day_ends``: the end of that day where the people are.

    A same-day promise made too late in the evening ends when somebody should stand at the door.
    """
    on_site = since + timedelta(minutes=promise.on_site_minutes)
    restore = (
        max(day_ends, on_site)
        if promise.restore_minutes is None
        else since + timedelta(minutes=promise.restore_minutes)
    )
    return DueTimes(since + timedelta(minutes=promise.answer_minutes), on_site, restore)


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of a running clock: when it is due, and when it was met."""

    name: str
    due_at: datetime
    met_at: datetime | None


@dataclass(frozen=True, slots=True)
class Level:
    """To whom something overdue climbs, so many minutes after its time."""

    role: str
    after_minutes: int


def late(stage: Stage, levels: Iterable[Level], unheard: Collection[str], now: datetime) -> tuple[str, ...]:
    """The roles that an unmet stage has climbed to by ``now``, the lowest first; none once it is met, however late.

    Where a level reached nobody (its role is in ``unheard``), the next one is told at once instead of in its time.
    """
    if stage.met_at is not None or now < stage.due_at:
        return ()
    climbed: list[str] = []
    for level in sorted(levels, key=lambda each: each.after_minutes):
        its_time = stage.due_at + timedelta(minutes=level.after_minutes)
        if now < its_time and not (climbed and climbed[-1] in unheard):
            break
        climbed.append(level.role)
    return tuple(climbed)


def met_late(stage: Stage, now: datetime) -> bool:
    """Whether a stage was met after its time, or is not met and past it."""
    return (stage.met_at or now) > stage.due_at
