"""The lists behind a desk's numbers, each house with why it stands there."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from backend.core.http import Page, page_of
from backend.doorstep.desk import rules
from backend.doorstep.desk.queries.areas import chosen_area
from backend.doorstep.desk.queries.urgent import urgent_in
from backend.doorstep.desk.rules import CallReason
from backend.identity import Actor
from backend.programme import ProgrammeView, programme_for
from backend.registry import (
    HouseholdView,
    WhereItStands,
    households_standing,
    households_with,
    where_they_stand,
)


@dataclass(frozen=True, slots=True)
class DeskHousehold:
    """A house of a list; its phone is masked."""

    id: str
    code: str | None
    address: str
    head_name: str
    phone_masked: str | None
    path: str
    path_label: str
    people: int | None
    area_code: str
    flags: tuple[str, ...]
    confirmed_by_household_at: datetime | None
    confirmed_by_village_at: datetime | None
    locked_at: datetime | None
    sent_back_reason: str | None


@dataclass(frozen=True, slots=True)
class DeskRow:
    """A house with why it stands in the list."""

    household: DeskHousehold
    reasons: tuple[CallReason, ...]


def houses_waiting(
    session: Session, actor: Actor, *, area_code: str | None, kind: str, after: str, limit: int
) -> Page[DeskRow]:
    """One list of an area. By id; ``to_call`` by urgency, then by id. Raises NotFound, AreaUnchosen, NoProgramme."""
    code = chosen_area(session, actor, area_code).code
    plan = programme_for(session, code)
    if kind == rules.TO_CALL:
        return _to_call(session, plan, code, after, limit)
    if kind == rules.COLD:
        return _cold(session, plan, code, after, limit)
    views = households_standing(session, code, kind, after=after, limit=limit + 1)
    return page_of(
        views, limit, lambda view: view.id, lambda view: _row(plan, view, (_standing(kind, view),))
    )


def _row(plan: ProgrammeView, view: HouseholdView, reasons: Collection[CallReason]) -> DeskRow:
    shown = DeskHousehold(
        id=view.id,
        code=view.code,
        address=view.address,
        head_name=view.head_name,
        phone_masked=view.phone_masked,
        path=view.path,
        path_label=plan.path(view.path).label,
        people=view.people,
        area_code=view.area_code,
        flags=view.flags,
        confirmed_by_household_at=view.confirmed_by_household_at,
        confirmed_by_village_at=view.confirmed_by_village_at,
        locked_at=view.locked_at,
        sent_back_reason=view.sent_back_reason,
    )
    return DeskRow(shown, tuple(reasons))


def _standing(kind: str, view: HouseholdView) -> CallReason:
    words = [at for at in (view.confirmed_by_household_at, view.confirmed_by_village_at) if at]
    since = {
        rules.SENT_BACK: view.sent_back_at,
        "to_lock": max(words, default=None),
        "locked": view.locked_at,
    }.get(kind)
    return rules.standing_reason(kind, since, view.sent_back_reason)


def _cold(session: Session, plan: ProgrammeView, code: str, after: str, limit: int) -> Page[DeskRow]:
    found = urgent_in(session, code)
    ids = sorted(home for home in found.cold if home in found.stands and home > after)[: limit + 1]
    views = households_with(session, ids)
    rows = [_row(plan, views[home], found.cold[home]) for home in ids if home in views]
    return page_of(rows, limit, lambda row: row.household.id, lambda row: row)


def _to_call(session: Session, plan: ProgrammeView, code: str, after: str, limit: int) -> Page[DeskRow]:
    """Ranked houses, then the registry's own: those that were ranked before do not come a second time."""
    found = urgent_in(session, code)
    rank, _, last = after.partition(":")
    begun = (int(rank) if rank.isdecimal() else 0, last)
    ranked = sorted((rules.rank_of(reasons), home) for home, reasons in found.calls.items())
    keys = [key for key in ranked if key > begun][: limit + 1]
    views = households_with(session, [home for _rank, home in keys])
    rest = _of_registry(session, code, found.calls.keys(), begun, limit + 1 - len(keys))
    stands = where_they_stand(session, views)
    rows = [
        (
            key,
            _row(
                plan, views[home], rules.by_urgency([*found.calls[home], *_also(views[home], stands[home])])
            ),
        )
        for key, home in ((key, key[1]) for key in keys)
        if home in views
    ]
    rows += [
        ((rank_, view.id), _row(plan, view, [_standing(rules.REGISTRY_RANKS[rank_], view)]))
        for rank_, view in rest
    ]
    return page_of(rows, limit, lambda each: f"{each[0][0]}:{each[0][1]}", lambda each: each[1])


def _also(view: HouseholdView, stands: WhereItStands) -> Iterator[CallReason]:
    """What the registry would have called this house for as well."""
    if view.sent_back_at is not None:
        yield _standing(rules.SENT_BACK, view)
    elif view.confirmed_by_household_at is None and not stands.reached:
        yield _standing(rules.UNHEARD, view)


def _of_registry(
    session: Session, code: str, ranked: Collection[str], begun: tuple[int, str], limit: int
) -> list[tuple[int, HouseholdView]]:
    """Up to ``limit`` houses of the registry's own two ranks, in order, without those that stand higher."""
    found: list[tuple[int, HouseholdView]] = []
    for rank, standing in ((5, "sent_back"), (6, "unheard")):
        last = begun[1] if begun[0] == rank else ""
        if begun[0] > rank:
            continue
        while len(found) < limit:
            part = households_standing(session, code, standing, after=last, limit=limit)
            found += [
                (rank, view)
                for view in part
                if view.id not in ranked and (rank == 5 or view.sent_back_at is None)
            ]
            if len(part) < limit:
                break
            last = part[-1].id
    return found[:limit]
