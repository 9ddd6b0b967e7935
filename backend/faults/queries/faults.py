"""Faults within somebody's reach, one with its history, and those that a household has open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, and_, false, func, or_, select
from sqlalchemy.orm import Session

from backend.core import clock
from backend.core.db import in_area
from backend.core.errors import NotFound
from backend.core.http import Page, page_of
from backend.faults.models import Fault
from backend.faults.queries.views import (
    FaultView,
    Names,
    fault_view,
    next_of,
    stages_of,
)
from backend.faults.rules import categories, severity, states, vouching
from backend.faults.rules.service import met_late
from backend.identity import Actor, Place, Reach
from backend.installation import companies_with_job

_IN_FLOOD: Final = and_(Fault.flood.is_(True), Fault.vouched < vouching.HOUSEHOLD)


def place_of_fault(session: Session, fault_id: str) -> Place | None:
    """Where it is, whose house, and the enterprise responsible (before there is one: whoever has the contract)."""
    found = session.execute(
        select(Fault.area_code, Fault.household_id, Fault.contractor_id).where(Fault.id == fault_id)
    ).first()
    if found is None:
        return None
    contractor = found.contractor_id
    companies = (contractor,) if contractor else companies_with_job(session, found.household_id)
    return Place(area_code=found.area_code, household_id=found.household_id, company_ids=companies)


def row_of(session: Session, fault_id: str) -> Fault:
    """The row as it stands in the database now; raises NotFound."""
    row = session.get(Fault, fault_id, populate_existing=True)
    if row is None:
        raise NotFound("没有这件报修。")
    return row


def fault(session: Session, fault_id: str) -> FaultView:
    """Raises NotFound."""
    return fault_view(row_of(session, fault_id), Names(session))


def in_danger(session: Session, household_id: str) -> bool:
    """Whether a danger to life is open at a household."""
    found = select(Fault.id).where(
        Fault.household_id == household_id,
        Fault.state != states.CLOSED,
        Fault.category.in_(categories.DANGERS),
    )
    return session.scalar(found.limit(1)) is not None


def open_faults_of(session: Session, household_id: str) -> tuple[FaultView, ...]:
    """What is open at a household, the oldest first."""
    rows = session.scalars(
        select(Fault)
        .where(Fault.household_id == household_id, Fault.state != states.CLOSED)
        .order_by(Fault.id)
        .execution_options(populate_existing=True)
    )
    names = Names(session)
    return tuple(fault_view(row, names) for row in rows)


@dataclass(frozen=True, slots=True)
class FaultInShort:
    """An open fault without the names of who works on it. ``late`` and ``flood`` as in FaultView."""

    id: str
    household_id: str
    area_code: str
    category: str
    category_label: str
    severity: str
    severity_label: str
    state: str
    state_label: str
    next: str
    reported_at: datetime
    answer_due_at: datetime
    answered: bool
    restored: bool
    spare_heat: bool
    vouched_label: str
    flood: bool
    late: tuple[str, ...]

    @property
    def danger(self) -> bool:
        return self.category in categories.DANGERS

    @property
    def awaits_household(self) -> bool:
        """Done, as the repairer says; the household has not said so yet."""
        return self.state == states.DONE

    def leaves_cold(self, in_season: bool) -> bool:
        """Whether nobody can be warm by this heating tonight: reported cold, or a danger to use in the season (2)."""
        if self.restored or self.spare_heat or self.severity != severity.CRITICAL:
            return False
        return in_season or not self.danger


def _in_short(row: Fault) -> FaultInShort:
    until = clock.now()
    return FaultInShort(
        id=row.id,
        household_id=row.household_id,
        area_code=row.area_code,
        category=row.category,
        category_label=categories.LABELS[row.category],
        severity=row.severity,
        severity_label=severity.LABELS[row.severity],
        state=row.state,
        state_label=states.LABELS[row.state],
        next=next_of(row),
        reported_at=row.reported_at,
        answer_due_at=row.answer_due_at,
        answered=row.answered_at is not None,
        restored=row.restored_at is not None,
        spare_heat=row.spare_heat_at is not None,
        vouched_label=vouching.LABELS[row.vouched],
        flood=vouching.shown_as_flood(row.flood, row.vouched),
        late=tuple(stage.name for stage in stages_of(row) if met_late(stage, until)),
    )


def faults_in_short(session: Session, household_id: str) -> tuple[FaultInShort, ...]:
    """What is open at a household, the newest first, in one statement."""
    rows = session.scalars(
        select(Fault)
        .where(Fault.household_id == household_id, Fault.state != states.CLOSED)
        .order_by(Fault.id.desc())
    )
    return tuple(_in_short(row) for row in rows)


def gravest_faults_in(session: Session, area_code: str) -> tuple[FaultInShort, ...]:
    """The critical faults of an area that are open and not restored, the oldest first."""
    rows = session.scalars(
        select(Fault)
        .where(
            in_area(Fault.area_code, area_code),
            Fault.state != states.CLOSED,
            Fault.severity == severity.CRITICAL,
            Fault.restored_at.is_(None),
        )
        .order_by(Fault.id)
    )
    return tuple(_in_short(row) for row in rows)


def open_fault_counts(session: Session, area_code: str) -> dict[str, int]:
    """How many faults are open, by village."""
    rows = session.execute(
        select(Fault.area_code, func.count())
        .where(in_area(Fault.area_code, area_code), Fault.state != states.CLOSED)
        .group_by(Fault.area_code)
    )
    return {code: int(count) for code, count in rows}


def within(reach: Reach) -> ColumnElement[bool]:
    """The faults that a reach covers, as a condition on Fault."""
    conditions: list[ColumnElement[bool]] = [Fault.area_code.startswith(prefix) for prefix in reach.areas]
    if reach.companies:
        conditions.append(Fault.contractor_id.in_(reach.companies))
    if reach.households:
        conditions.append(Fault.household_id.in_(reach.households))
    return or_(*conditions) if conditions else false()


def faults(
    session: Session,
    actor: Actor,
    *,
    state: str | None = None,
    open: bool | None = None,
    category: str | None = None,
    severity: str | None = None,
    household_id: str | None = None,
    area_code: str | None = None,
    mine: bool | None = None,
    after: str,
    limit: int,
) -> Page[FaultView]:
    """Faults within the actor's reach, the newest first; of the open ones those of a flood come last.

    ``mine``: those sent to the actor as repairer.
    """
    query = select(Fault).where(within(actor.reach("fault.see")))
    if state is not None:
        query = query.where(Fault.state == state)
    if open is not None:
        query = query.where(Fault.state != states.CLOSED if open else Fault.state == states.CLOSED)
    if category is not None:
        query = query.where(Fault.category == category)
    if severity is not None:
        query = query.where(Fault.severity == severity)
    if household_id is not None:
        query = query.where(Fault.household_id == household_id)
    if area_code is not None:
        query = query.where(Fault.area_code.startswith(area_code))
    if mine is not None:
        sent = Fault.repairer_id == actor.person_id
        query = query.where(sent if mine else or_(~sent, Fault.repairer_id.is_(None)))
    parts = (query.where(~_IN_FLOOD), query.where(_IN_FLOOD)) if open else (query,)
    number, _, last = after.rpartition(":")
    begun = int(number) if number in ("0", "1") else 0
    rows: list[tuple[int, Fault]] = []
    for place, part in enumerate(parts[begun:], begun):
        if place == begun and last:
            part = part.where(Fault.id < last)
        newest = part.order_by(Fault.id.desc()).limit(limit + 1 - len(rows))
        rows += [(place, row) for row in session.scalars(newest)]
        if len(rows) > limit:
            break
    names = Names(session)
    return page_of(
        rows, limit, lambda each: f"{each[0]}:{each[1].id}", lambda each: fault_view(each[1], names)
    )
