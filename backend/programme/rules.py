"""Questions about days: which fuel year, whether it is the cold season, when working days have run out."""

from __future__ import annotations

import re
from collections.abc import Set
from dataclasses import dataclass
from datetime import date, timedelta

_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class MonthDay:
    """A day that comes back every year; 29 February is none."""

    month: int
    day: int

    @classmethod
    def read(cls, text: str) -> MonthDay:
        """From ``10-01``; ValueError for anything else."""
        if not re.fullmatch(r"[0-9]{2}-[0-9]{2}", text, re.ASCII):
            raise ValueError(text)
        month, day = int(text[:2]), int(text[3:])
        date(2001, month, day)  # a common year: what it does not have is no yearly day
        return cls(month, day)

    def in_year(self, year: int) -> date:
        return date(year, self.month, self.day)

    def __str__(self) -> str:
        return f"{self.month:02d}-{self.day:02d}"


@dataclass(frozen=True, slots=True)
class FuelYear:
    """The span in which a household's entitlement counts. ``label`` is short, stable and shown to people."""

    label: str
    first_day: date
    last_day: date

    @property
    def next_begins(self) -> date:
        return self.last_day + timedelta(days=1)


def calendar_fuel_year(day: date) -> FuelYear:
    """The words of 4.1.1.5, a year being January to December."""
    return FuelYear(f"{day.year}年", date(day.year, 1, 1), date(day.year, 12, 31))


def season_fuel_year(day: date, first: MonthDay) -> FuelYear:
    """A year that begins before the winter, so that one winter cannot draw twice (4.1.1.5, by choice)."""
    begins = first.in_year(day.year)
    if day < begins:
        begins = first.in_year(day.year - 1)
    ends = first.in_year(begins.year + 1) - timedelta(days=1)
    return FuelYear(f"{begins.year}—{begins.year + 1}采暖年度", begins, ends)


def within_season(day: date, first: MonthDay, last: MonthDay) -> bool:
    """Whether ``day`` lies in the yearly season, its last day included; the season may cross the new year."""
    here = (day.month, day.day)
    start, end = (first.month, first.day), (last.month, last.day)
    if start <= end:
        return start <= here <= end
    return here >= start or here <= end


def season_at_or_after(day: date, first: MonthDay, last: MonthDay) -> tuple[date, date]:
    """First and last day of the season that ``day`` lies in, or else of the next."""
    crosses = (last.month, last.day) < (first.month, first.day)
    for year in (day.year - 1, day.year, day.year + 1):
        ends = last.in_year(year + crosses)
        if ends >= day:
            return first.in_year(year), ends
    raise AssertionError("a season comes every year")


def is_working_day(day: date, days_off: Set[date], worked_weekends: Set[date]) -> bool:
    if day in worked_weekends:
        return True
    return day.weekday() < _SATURDAY and day not in days_off


def working_days_after(day: date, count: int, days_off: Set[date], worked_weekends: Set[date]) -> date:
    """The ``count``-th working day after ``day``; ``day`` itself is not counted."""
    while count > 0:
        day += timedelta(days=1)
        count -= is_working_day(day, days_off, worked_weekends)
    return day
