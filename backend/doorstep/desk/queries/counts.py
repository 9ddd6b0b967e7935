"""How many houses of an area stand where; each capability is asked once, nothing house by house."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from backend.doorstep.desk.queries.areas import DeskArea, area_within, own_areas
from backend.doorstep.desk.queries.urgent import urgent_in
from backend.faults import open_fault_counts
from backend.identity import Actor
from backend.programme import areas_below
from backend.registry import held_counts, house_counts

Counts = Mapping[str, Counter[str]]
"""Numbers by name, by the code they are filed under."""


@dataclass(frozen=True, slots=True)
class DeskCounts:
    """The numbers of one area; what each means stands in rules.COUNTS."""

    households: int = 0
    confirmed_by_household: int = 0
    confirmed_by_village: int = 0
    to_confirm: int = 0
    sent_back: int = 0
    to_lock: int = 0
    locked: int = 0
    unreachable: int = 0
    open_faults: int = 0
    cold: int = 0
    danger: int = 0
    disputed_deliveries: int = 0
    to_call: int = 0
    held_rows: int = 0


@dataclass(frozen=True, slots=True)
class AreaCounts:
    code: str
    name: str
    counts: DeskCounts


@dataclass(frozen=True, slots=True)
class Desk:
    """One area with what lies below it; without an area, the caller's areas to choose from."""

    areas: tuple[DeskArea, ...]
    area: DeskArea | None = None
    counts: DeskCounts | None = None
    below: tuple[AreaCounts, ...] = ()


def desk_of(session: Session, actor: Actor, *, area_code: str | None) -> Desk:
    """The numbers of an area (default: the caller's only one) and of each area below it; raises NotFound."""
    own = own_areas(session, actor)
    if area_code is None and len(own) != 1:
        return Desk(own)
    area = own[0] if area_code is None else area_within(session, actor, area_code)
    counts = _counts_by_village(session, area.code)
    below = areas_below(session, area.code)
    return Desk(
        areas=own,
        area=area,
        counts=_sum(counts, area.code),
        below=tuple(AreaCounts(each.code, each.name, _sum(counts, each.code)) for each in below),
    )


def _sum(counts: Counts, prefix: str) -> DeskCounts:
    total: Counter[str] = Counter()
    for code, each in counts.items():
        if code.startswith(prefix):
            total.update(each)
    return DeskCounts(**total)


def _counts_by_village(session: Session, area_code: str) -> Counts:
    """The numbers by the code they are filed under, each capability asked once."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for code, houses in house_counts(session, area_code).items():
        counts[code].update({name: getattr(houses, name) for name in houses.__slots__})
    for code, held in held_counts(session, area_code).items():
        counts[code]["held_rows"] += held
    for code, faults in open_fault_counts(session, area_code).items():
        counts[code]["open_faults"] += faults
    urgent = urgent_in(session, area_code)
    for home, stands in urgent.stands.items():
        counts[stands.area_code]["disputed_deliveries"] += urgent.disputed[home]
        counts[stands.area_code]["cold"] += home in urgent.cold
        counts[stands.area_code]["danger"] += home in urgent.danger
        # What the registry alone would have called is counted there already.
        counts[stands.area_code]["to_call"] += home in urgent.calls and not stands.to_call
    return counts
