"""A flood of danger that nobody stands behind: all of it is told, and it is seen to be a flood."""

from __future__ import annotations

from sqlalchemy import case, false, func, select, update
from sqlalchemy.orm import Session

from backend.core import clock
from backend.core.crypto import lookup_hash
from backend.core.db import affected, in_area
from backend.core.http.rates import count_use
from backend.faults.models import Fault
from backend.faults.rules.categories import DANGERS
from backend.faults.rules.vouching import (
    FLOOD_OF_ALL,
    FLOOD_OF_ONE,
    FLOOD_WITHIN,
    HOUSEHOLD,
    KEPT_AN_HOUR,
)

_DISTRICT_DIGITS = 6
_AN_HOUR = 3600


def origin_hash(origin: str) -> str:
    """What is kept of the network or person that a passer-by's report came from: enough to see that it is the same."""
    return lookup_hash("fault.origin", origin)


def watch_for_flood(session: Session, origin: str | None, area_code: str) -> None:
    """Mark the dangers of the last minutes that passers-by reported, where they are a flood: of one origin, or of all.

    Rows that another transaction holds are left for the next report: a danger waits for nobody.
    """
    recent = (
        Fault.reported_at >= clock.now() - FLOOD_WITHIN,
        Fault.vouched < HOUSEHOLD,
        Fault.category.in_(DANGERS),
    )
    same = Fault.origin == origin if origin else false()
    here = in_area(Fault.area_code, area_code[:_DISTRICT_DIGITS])
    of_one, of_all = session.execute(
        select(
            func.count(case((same, Fault.household_id)).distinct()),
            func.count(case((here, Fault.household_id)).distinct()),
        ).where(*recent)
    ).one()
    if of_one < FLOOD_OF_ONE and of_all < FLOOD_OF_ALL:
        return
    unmarked = session.scalars(
        select(Fault.id)
        .where(*recent, Fault.flood.is_(False), same if of_one >= FLOOD_OF_ONE else here)
        .with_for_update(skip_locked=True)
    ).all()
    if unmarked:
        affected(session, update(Fault).where(Fault.id.in_(unmarked)).values(flood=True))


def number_kept(session: Session, fault_id: str, level: int) -> int:
    """Count a report that brings nothing new; up to KEPT_AN_HOUR it is kept whole. Each level has a count of its own, so
    that a stranger's crowd does not keep out who is better known."""
    return count_use(session, f"fault-kept:{fault_id}:{level}", _AN_HOUR).number


def only_count(session: Session, fault_id: str, number: int) -> bool:
    """Count a report beyond those that are kept; whether it was the first, from which on the house is crowded.

    A crowd at one door is no flood, which is many doors: the danger there may be real, and stays where it stands.
    """
    one_more = {"only_counted": Fault.only_counted + 1}
    affected(session, update(Fault).where(Fault.id == fault_id).values(**one_more))
    return number == KEPT_AN_HOUR + 1
