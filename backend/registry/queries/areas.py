"""The households of a whole area: how many stand where, which of them wait for somebody, a village as one walks it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, Integer, Select, and_, cast, func, or_, select
from sqlalchemy.orm import Session

from backend.core.db import in_area
from backend.registry.models import HeldRow, Household, HouseholdTie, Sticker
from backend.registry.queries.households import HouseholdView, view_of
from backend.registry.rules.cleaning import masked_text

TO_CONFIRM: Final = "to_confirm"
SENT_BACK: Final = "sent_back"
TO_LOCK: Final = "to_lock"
LOCKED: Final = "locked"
UNREACHABLE: Final = "unreachable"
UNHEARD: Final = "unheard"

_AT_ONCE: Final = 5000  # ids in one statement

_REACHED = (
    select(HouseholdTie.id)
    .where(HouseholdTie.household_id == Household.id, HouseholdTie.ended_at.is_(None))
    .exists()
)
_OPEN = Household.locked_at.is_(None)
# Where a household stands, by the code of what waits there. UNHEARD: no word of its own, and nobody to ask for it.
_STANDS: Final[dict[str, ColumnElement[bool]]] = {
    TO_CONFIRM: and_(Household.confirmed_by_village_at.is_(None), _OPEN),
    SENT_BACK: and_(Household.sent_back_at.is_not(None), _OPEN),
    TO_LOCK: and_(
        Household.confirmed_by_household_at.is_not(None),
        Household.confirmed_by_village_at.is_not(None),
        _OPEN,
    ),
    LOCKED: Household.locked_at.is_not(None),
    UNREACHABLE: ~_REACHED,
    UNHEARD: and_(Household.confirmed_by_household_at.is_(None), _OPEN, ~_REACHED),
}
STANDINGS: Final = tuple(_STANDS)
_TO_CALL = or_(_STANDS[SENT_BACK], _STANDS[UNHEARD])


@dataclass(frozen=True, slots=True)
class HouseCounts:
    """How many households of one village stand where; ``to_call`` only for what the registry knows."""

    households: int
    confirmed_by_household: int
    confirmed_by_village: int
    to_confirm: int
    sent_back: int
    to_lock: int
    locked: int
    unreachable: int
    to_call: int


def _how_many(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(cast(condition, Integer)), 0)


def house_counts(session: Session, area_code: str) -> dict[str, HouseCounts]:
    """By village, in one statement."""
    rows = session.execute(
        select(
            Household.area_code,
            func.count(),
            func.count(Household.confirmed_by_household_at),
            func.count(Household.confirmed_by_village_at),
            *(_how_many(_STANDS[name]) for name in (TO_CONFIRM, SENT_BACK, TO_LOCK, LOCKED, UNREACHABLE)),
            _how_many(_TO_CALL),
        )
        .where(in_area(Household.area_code, area_code), Household.ended_at.is_(None))
        .group_by(Household.area_code)
    )
    return {code: HouseCounts(*(int(count) for count in counts)) for code, *counts in rows}


def held_counts(session: Session, area_code: str) -> dict[str, int]:
    """How many held rows wait, by the area they were filed under."""
    rows = session.execute(
        select(HeldRow.area_code, func.count())
        .where(in_area(HeldRow.area_code, area_code), HeldRow.settled_at.is_(None))
        .group_by(HeldRow.area_code)
    )
    return {code: int(count) for code, count in rows}


def households_under(area_code: str) -> Select[str]:
    """The ids of an area's active households, for another capability's statement."""
    return select(Household.id).where(in_area(Household.area_code, area_code), Household.ended_at.is_(None))


@dataclass(frozen=True, slots=True)
class WhereItStands:
    """Of one household: its village, whether somebody is tied to it, whether the registry alone says to call it."""

    area_code: str
    reached: bool
    to_call: bool


def where_they_stand(session: Session, household_ids: Collection[str]) -> dict[str, WhereItStands]:
    """By id; ended households drop out."""
    found: dict[str, WhereItStands] = {}
    for ids in _in_parts(household_ids):
        rows = session.execute(
            select(Household.id, Household.area_code, _REACHED, _TO_CALL).where(
                Household.id.in_(ids), Household.ended_at.is_(None)
            )
        )
        found.update({row[0]: WhereItStands(row[1], bool(row[2]), bool(row[3])) for row in rows})
    return found


def _in_parts(ids: Collection[str]) -> Iterator[Sequence[str]]:
    listed = sorted(ids)
    for start in range(0, len(listed), _AT_ONCE):
        yield listed[start : start + _AT_ONCE]


def households_standing(
    session: Session, area_code: str, standing: str, *, after: str, limit: int
) -> tuple[HouseholdView, ...]:
    """The households of an area that stand somewhere (one of STANDINGS), by id."""
    return _views(
        session,
        select(Household, Sticker.code)
        .where(in_area(Household.area_code, area_code), _STANDS[standing], Household.id > after)
        .order_by(Household.id)
        .limit(limit),
    )


def households_with(session: Session, household_ids: Collection[str]) -> dict[str, HouseholdView]:
    """Active households by id."""
    found: dict[str, HouseholdView] = {}
    for ids in _in_parts(household_ids):
        views = _views(session, select(Household, Sticker.code).where(Household.id.in_(ids)))
        found.update({view.id: view for view in views})
    return found


def _views(session: Session, query: Select[Household, str]) -> tuple[HouseholdView, ...]:
    rows = session.execute(
        query.outerjoin(Sticker, and_(Sticker.household_id == Household.id, Sticker.state == "valid")).where(
            Household.ended_at.is_(None)
        )
    )
    return tuple(view_of(row, code) for row, code in rows)


@dataclass(frozen=True, slots=True)
class WalkStop:
    """One house of a village, in the fewest words."""

    id: str
    code: str | None
    address: str
    head_name: str
    path: str
    confirmed_by_household: bool
    confirmed_by_village: bool
    locked: bool
    sent_back: bool


def walk_through(session: Session, area_code: str) -> tuple[WalkStop, ...]:
    """A village's houses in the order in which one walks past them: by address, 2号 before 12号."""
    rows = session.execute(
        select(
            Household.id,
            Sticker.code,
            Household.address,
            Household.head_name,
            Household.path,
            Household.confirmed_by_household_at,
            Household.confirmed_by_village_at,
            Household.locked_at,
            Household.sent_back_at,
        )
        .outerjoin(Sticker, and_(Sticker.household_id == Household.id, Sticker.state == "valid"))
        .where(in_area(Household.area_code, area_code), Household.ended_at.is_(None))
    ).all()
    stops = [
        WalkStop(
            id=row.id,
            code=row.code,
            address=masked_text(row.address),
            head_name=masked_text(row.head_name),
            path=row.path,
            confirmed_by_household=row.confirmed_by_household_at is not None,
            confirmed_by_village=row.confirmed_by_village_at is not None,
            locked=row.locked_at is not None,
            sent_back=row.sent_back_at is not None,
        )
        for row in rows
    ]
    return tuple(sorted(stops, key=lambda stop: (_as_counted(stop.address), stop.id)))


def _as_counted(address: str) -> tuple[tuple[int, str], ...]:
    """An address as people count: its numbers by their value, the words between them as they are written."""
    parts = re.split(r"([0-9]+)", address)
    return tuple((int(part), "") if part.isdecimal() and part.isascii() else (0, part) for part in parts)
