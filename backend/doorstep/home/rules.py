"""What a home screen says: whose turn it is, what waits and in which order, how the ladder is drawn. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from backend.core.law import clause_label, day_in_words
from backend.identity.roles import (
    ACCEPTOR,
    CADRE,
    CONTRACTOR,
    DISTRICT,
    INSTALLER,
    PROXY,
    RESIDENT,
    TOWNSHIP,
)

ELDER_FROM: Final = 60
"""Full years of the head from which a screen opens in large print."""

HOUSEHOLD: Final = "household"
VILLAGE: Final = "village"
OFFICE: Final = "township"
BUILDER: Final = "contractor"
CHECKER: Final = "acceptor"
SUPPLIER: Final = "supplier"
NETWORK: Final = "network"
NOBODY: Final = "nobody"

WHO: Final[Mapping[str, str]] = {
    HOUSEHOLD: "住户",
    VILLAGE: "村委会",
    OFFICE: "乡镇（街道）",
    BUILDER: "施工企业",
    CHECKER: "验收员",
    SUPPLIER: "燃料供应商",
    NETWORK: "热源、管网建设单位",
    NOBODY: "",
}
_OWN: Final = "您家"

# The role that a step waits for → whose turn it is on the screen; an office's code is none of these: the network's.
_TURN: Final = {
    RESIDENT: HOUSEHOLD,
    CADRE: VILLAGE,
    TOWNSHIP: OFFICE,
    CONTRACTOR: BUILDER,
    INSTALLER: BUILDER,
    ACCEPTOR: CHECKER,
    DISTRICT: NETWORK,
}
# Who of those may do it on the spot, by the caller's role or tie.
_DONE_BY: Final = {HOUSEHOLD: (RESIDENT, PROXY), VILLAGE: (CADRE,), OFFICE: (TOWNSHIP,)}

# The most urgent first: what may cost a life, what may leave somebody cold, what has its day, what can wait.
URGENCY: Final = (
    "co_alarm_running",
    "repair",
    "visit_now",
    "delivery",
    "confirm",
    "confirm_village",
    "owner_confirmation",
    "book",
    "visit",
    "delivery_disputed",
    "confirm_heat",
    "co_alarm",
    "fuel_order",
)

PAGES: Final = {
    "confirm": "pages/household/index",
    "confirm_village": "pages/household/index",
    "book": "pages/installation/book",
    "repair": "pages/fault/index",
    "delivery": "pages/fuel/index",
    "delivery_disputed": "pages/fuel/index",
    "fuel_order": "pages/fuel/order",
    "takes_no_part": "pages/household/index",
}
_INSTALLATION: Final = "pages/installation/index"


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that comes next or waits: whose turn it is, until when, where to open it, and by which clause."""

    code: str
    text: str
    who: str
    who_label: str
    until: date | None
    page: str
    clause: str | None
    mine: bool = False
    urgency: str = ""

    @property
    def clause_label(self) -> str | None:
        return clause_label(self.clause) if self.clause else None


def turn_of(role: str) -> str:
    """Whose turn it is where a step waits for a role or an office."""
    return _TURN.get(role, NETWORK)


def called(who: str, own: bool, named: str | None = None) -> str:
    """How the screen calls them; ``named``: the enterprise or office, where it is known."""
    if who == HOUSEHOLD and own:
        return _OWN
    return named if named and who in (BUILDER, SUPPLIER, NETWORK) else WHO[who]


def falls_to(who: str, footings: Iterable[str]) -> bool:
    """Whether somebody with these roles and ties at the house can do it."""
    return bool(set(_DONE_BY.get(who, ())) & set(footings))


def page_of(code: str, household_id: str, fault_id: str | None = None) -> str:
    """The mini-program's page where a thing is seen and done."""
    page = PAGES.get(code, _INSTALLATION)
    return f"{page}?fault={fault_id}" if fault_id else f"{page}?household={household_id}"


def most_urgent_first(waiting: Sequence[Waiting]) -> tuple[Waiting, ...]:
    """By URGENCY, then by the day it should be done."""
    return tuple(
        sorted(waiting, key=lambda each: (URGENCY.index(each.urgency or each.code), each.until or date.max))
    )


def day_words(day: date, today: date) -> str:
    """A day as people say it."""
    ahead = (day - today).days
    near = {0: "今天", 1: "明天", 2: "后天"}.get(ahead)
    plain = day_in_words(day)
    return f"{near}（{plain}）" if near else plain


@dataclass(frozen=True, slots=True)
class LadderStep:
    """One rung, or one stage of the network between two; ``current``: the last with every one below it reached."""

    code: str
    label: str
    reached: bool
    reached_at: datetime | None
    planned_on: date | None = None
    current: bool = False


def ladder(rungs: Sequence[LadderStep], stages: Sequence[LadderStep]) -> tuple[LadderStep, ...]:
    """The rungs with the network's stages where a house waits for them: all but the last before it is connected, the
    last, which brings heat, before it is energised."""
    before = {"installed": tuple(stages[:-1]), "energised": tuple(stages[-1:])}
    steps = [each for rung in rungs for each in (*before.get(rung.code, ()), rung)]
    standing = next((place for place, each in enumerate(steps) if not each.reached), len(steps)) - 1
    return tuple(replace(each, current=place == standing) for place, each in enumerate(steps))


@dataclass(frozen=True, slots=True)
class ColdFacts:
    """What tells whether somebody would sit in the cold tonight."""

    in_season: bool
    vacant: bool
    participates: bool
    energised: bool
    cold_by_fault: bool
    cold_by_word: bool


def would_be_cold(facts: ColdFacts) -> bool:
    """In the heating season: the new heating does not run yet, or does not warm, and somebody lives there (2)."""
    if not facts.in_season or facts.vacant:
        return False
    return facts.cold_by_fault or facts.cold_by_word or (facts.participates and not facts.energised)
