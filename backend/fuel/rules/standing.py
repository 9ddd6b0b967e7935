"""May this house draw subsidised fuel on this day? (4.1.1.5, 5.4)"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from typing import Final

from backend.core.law import Decision, Reason

RULE: Final = "fuel_standing"
VERSION: Final = "1"

OPEN: Final = "open"
NOT_YET: Final = "not_yet"  # entitled, and something is still to be done at the house
NONE: Final = "none"  # no entitlement of its own

BOILER: Final = "boiler"


@dataclass(frozen=True, slots=True)
class FuelFacts:
    """What is known of a house. Days are None for what has not happened; acceptance is not among them on purpose."""

    listed: bool
    participates: bool
    path_has_fuel: bool
    fuel_to: str
    needs_co_alarm: bool
    installed_on: date | None = None
    co_alarm_tested_on: date | None = None
    briefing_given_on: date | None = None


def fuel_standing(facts: FuelFacts, on: date) -> Decision:
    """``open``, ``not_yet`` or ``none`` with every reason that stands against it, the first thing to do first."""
    barred = tuple(_bars(facts))
    missing = () if barred else tuple(_missing(facts, on))
    outcome = NONE if barred else NOT_YET if missing else OPEN
    told = {name: str(v) if isinstance(v, date) else v for name, v in asdict(facts).items()}
    return Decision(outcome, barred or missing or (_OPEN,), RULE, VERSION, {**told, "on": on.isoformat()})


_OPEN = Reason("fuel.open", "4.1.1.5", "炉具已装好，报警器已测试，用法已讲解，可以申领补贴燃料。")


def _bars(facts: FuelFacts) -> Iterator[Reason]:
    if not facts.listed:
        yield Reason("fuel.household_ended", "5", "这一户已合并或退出，没有单独的补贴额度。")
    if not facts.participates:
        yield Reason("fuel.takes_no_part", "5.4", "这一户没有参加改造，不享受补贴燃料。")
    if not facts.path_has_fuel:
        yield Reason("fuel.not_on_this_path", "4.1.1.5", "这一户的改造方式不使用补贴燃料。")
    elif facts.fuel_to == BOILER:
        yield Reason(
            "fuel.goes_to_boiler", "4.1.1.5", "这一户由集中或分布式锅炉供暖，燃料直接送到锅炉房，不按户申领。"
        )


def _missing(facts: FuelFacts, on: date) -> Iterator[Reason]:
    if not _done(facts.installed_on, on):
        yield Reason("fuel.not_installed", "4.1.1.5", "炉具还没有装好。")
    if facts.needs_co_alarm and not _done(facts.co_alarm_tested_on, on):
        yield Reason("fuel.no_co_alarm", "4.1.1.5", "室内还没有测试合格的一氧化碳报警器。")
    if not _done(facts.briefing_given_on, on):
        yield Reason("fuel.no_briefing", "8.3", "还没有向这一户当面讲解炉具的安全使用。")


def _done(day: date | None, on: date) -> bool:
    return day is not None and day <= on
