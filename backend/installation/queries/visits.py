"""Reads of visits, of what stands in a house, and of who had a hand in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.core.storage import photos_of
from backend.installation.models import Acceptance, AlarmTest, Briefing, InstalledItem, Visit


@dataclass(frozen=True, slots=True)
class MissingView:
    """So many of a kind that the house still waits for."""

    kind: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class VisitView:
    """A crew's visit; ``made_at`` is the phone's own time, ``begun_at`` ours. ``missing`` as it was at its end."""

    id: str
    booking_id: str
    household_id: str
    contractor_id: str
    installer_id: str
    begun_at: datetime
    made_at: datetime | None
    finished_at: datetime | None
    outcome: str | None
    missing: tuple[MissingView, ...]
    remark: str | None


def visit_view(row: Visit) -> VisitView:
    return VisitView(
        id=row.id,
        booking_id=row.booking_id,
        household_id=row.household_id,
        contractor_id=row.contractor_id,
        installer_id=row.installer_id,
        begun_at=row.begun_at,
        made_at=row.made_at,
        finished_at=row.finished_at,
        outcome=row.outcome,
        missing=tuple(MissingView(**each) for each in row.missing),
        remark=row.remark,
    )


def visit_with(session: Session, visit_id: str) -> VisitView:
    return visit_view(session.get_one(Visit, visit_id, populate_existing=True))


def visits_of(session: Session, household_id: str) -> tuple[VisitView, ...]:
    rows = session.scalars(
        select(Visit)
        .where(Visit.household_id == household_id)
        .order_by(Visit.id)
        .execution_options(populate_existing=True)
    )
    return tuple(visit_view(row) for row in rows)


@dataclass(frozen=True, slots=True)
class ItemView:
    """One installed device, or a quantity of a kind without serials. ``figures``: name → value in its unit."""

    id: str
    household_id: str
    visit_id: str | None
    kind: str
    quantity: int
    serial: str | None
    model: str | None
    figures: dict[str, Decimal]
    rooms: tuple[str, ...]
    recorded_at: datetime
    made_at: datetime | None
    removed_at: datetime | None
    remove_reason: str | None
    photo_ids: tuple[str, ...]


def item_view(session: Session, row: InstalledItem) -> ItemView:
    return ItemView(
        id=row.id,
        household_id=row.household_id,
        visit_id=row.visit_id,
        kind=row.kind,
        quantity=row.quantity,
        serial=row.serial,
        model=row.model,
        figures={name: Decimal(value) for name, value in row.figures.items()},
        rooms=tuple(row.rooms),
        recorded_at=row.recorded_at,
        made_at=row.made_at,
        removed_at=row.removed_at,
        remove_reason=row.remove_reason,
        photo_ids=tuple(photo.id for photo in photos_of(session, ("installed_item", row.id))),
    )


def item_with(session: Session, item_id: str) -> ItemView:
    return item_view(session, session.get_one(InstalledItem, item_id, populate_existing=True))


def items_of(session: Session, household_id: str) -> tuple[ItemView, ...]:
    """Everything ever recorded in a house; ``removed_at`` tells what is no longer there."""
    rows = session.scalars(
        select(InstalledItem)
        .where(InstalledItem.household_id == household_id)
        .order_by(InstalledItem.id)
        .execution_options(populate_existing=True)
    )
    return tuple(item_view(session, row) for row in rows)


def standing_quantities(session: Session, household_id: str) -> dict[str, int]:
    """How many of each kind stand in a house."""
    rows = session.execute(
        select(InstalledItem.kind, func.sum(InstalledItem.quantity))
        .where(InstalledItem.household_id == household_id, InstalledItem.removed_at.is_(None))
        .group_by(InstalledItem.kind)
    )
    return {kind: int(total) for kind, total in rows}


@dataclass(frozen=True, slots=True)
class AlarmTestView:
    """One test beep that was heard, in a room."""

    id: str
    item_id: str
    room: str
    tested_by: str
    tested_at: datetime
    made_at: datetime | None


def alarm_tests_of(session: Session, household_id: str) -> tuple[AlarmTestView, ...]:
    """Tests of the alarms that still stand in the house."""
    rows = session.scalars(
        select(AlarmTest)
        .join(InstalledItem, InstalledItem.id == AlarmTest.item_id)
        .where(AlarmTest.household_id == household_id, InstalledItem.removed_at.is_(None))
        .order_by(AlarmTest.id)
    )
    return tuple(
        AlarmTestView(row.id, row.item_id, row.room, row.tested_by, row.tested_at, row.made_at)
        for row in rows
    )


@dataclass(frozen=True, slots=True)
class AcceptanceView:
    """One check: its list, what it found."""

    id: str
    household_id: str
    outcome: str
    checklist: dict[str, bool]
    rework: str | None
    old_heating_removed: bool
    vacant: bool
    recorded_at: datetime
    made_at: datetime | None
    photo_ids: tuple[str, ...]


def acceptances_of(session: Session, household_id: str) -> tuple[AcceptanceView, ...]:
    rows = session.scalars(
        select(Acceptance).where(Acceptance.household_id == household_id).order_by(Acceptance.id)
    )
    return tuple(
        AcceptanceView(
            row.id,
            row.household_id,
            row.outcome,
            dict(row.checklist),
            row.rework,
            row.old_heating_removed,
            row.vacant,
            row.recorded_at,
            row.made_at,
            tuple(photo.id for photo in photos_of(session, ("acceptance", row.id))),
        )
        for row in rows
    )


def installed_or_accepted(session: Session, household_id: str, person_id: str) -> bool:
    """Whether a person led or ended a visit of this house, or accepted it."""
    columns: tuple[tuple[Any, Any], ...] = (
        (Visit.household_id, Visit.installer_id),
        (Visit.household_id, Visit.finished_by),
        (Acceptance.household_id, Acceptance.acceptor_id),
    )
    return _any_hand(session, columns, household_id, person_id)


def _any_hand(
    session: Session, columns: tuple[tuple[Any, Any], ...], household_id: str, person_id: str
) -> bool:
    return any(
        session.execute(select(person).where(home == household_id, person == person_id).limit(1)).first()
        for home, person in columns
    )


def worked_there(session: Session, household_id: str, person_id: str) -> bool:
    """Whether a person had a hand in this installation: led or ended a visit, recorded or tested a device, briefed."""
    columns: tuple[tuple[Any, Any], ...] = (
        (Visit.household_id, Visit.installer_id),
        (Visit.household_id, Visit.finished_by),
        (InstalledItem.household_id, InstalledItem.recorded_by),
        (AlarmTest.household_id, AlarmTest.tested_by),
        (Briefing.household_id, Briefing.given_by),
    )
    return _any_hand(session, columns, household_id, person_id)


def reworked_since(session: Session, household_id: str, since: datetime) -> bool:
    """Whether a visit that began after ``since`` has ended."""
    found = session.execute(
        select(Visit.id)
        .where(Visit.household_id == household_id, Visit.begun_at > since, Visit.finished_at.is_not(None))
        .limit(1)
    ).first()
    return found is not None
