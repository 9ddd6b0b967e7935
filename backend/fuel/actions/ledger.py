"""The only place where kilograms move: the row is locked, a pure rule is asked, and balance and entry change together.

Locks are taken in one order everywhere: batch, entitlements by id, order, delivery. An entitlement that may be missing
is made before any is locked: of two who make it at once, one waits.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import Session

from backend.core import clock
from backend.core.db import affected, insert_ignoring, new_id
from backend.core.law import DatedValue
from backend.fuel.errors import EntitlementClosed, MovedMeanwhile
from backend.fuel.models import Entitlement, LedgerEntry
from backend.fuel.queries import limit_on
from backend.fuel.rules import Balance, Movement
from backend.programme import FuelYear, ProgrammeView


@dataclass(frozen=True, slots=True)
class Account:
    """An entitlement as it stands under this transaction's lock."""

    id: str
    household_id: str
    fuel_year: str
    last_day: date
    entries: int
    closed: bool
    balance: Balance

    def year_over(self, on: date) -> bool:
        return on > self.last_day


@dataclass(frozen=True, slots=True)
class About:
    """What a movement was for, and who moved."""

    by: str | None
    order_id: str | None = None
    delivery_id: str | None = None
    reason: str | None = None


def _account(row: Entitlement) -> Account:
    balance = Balance(row.limit_kg, row.reserved_kg, row.delivered_kg, row.owed_kg, row.excess_kg)
    closed = row.closed_at is not None
    return Account(row.id, row.household_id, row.fuel_year, row.last_day, row.entries, closed, balance)


def open_entitlement(session: Session, household_id: str, year: FuelYear, limit: DatedValue) -> None:
    """Make a household's entitlement of a year unless it stands; of two at once, one makes it and one waits."""
    values = {
        "id": new_id(),
        "household_id": household_id,
        "fuel_year": year.label,
        "first_day": year.first_day,
        "last_day": year.last_day,
        "limit_kg": limit.value,
        "limit_clause": limit.clause,
        "reserved_kg": 0,
        "delivered_kg": 0,
        "owed_kg": 0,
        "excess_kg": 0,
        "entries": 0,
    }
    insert_ignoring(session, Entitlement, values, ["household_id", "fuel_year"])


def accounts_to_draw_on(
    session: Session, household_id: str, plan: ProgrammeView, on: date
) -> tuple[Account, ...]:
    """What an order of ``on`` may draw on, locked, oldest first: earlier years with something owed, then this year's.

    This year's has the limit of ``on`` (4.1.1.5). Raises NoLimitYet, EntitlementClosed.
    """
    year, limit = plan.fuel_year_of(on), limit_on(plan, on)
    open_entitlement(session, household_id, year, limit)
    wanted = (
        select(Entitlement)
        .where(
            Entitlement.household_id == household_id,
            or_(
                Entitlement.fuel_year == year.label,
                and_(Entitlement.owed_kg > 0, Entitlement.closed_at.is_(None), Entitlement.last_day < on),
            ),
        )
        .order_by(Entitlement.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    rows = sorted(session.scalars(wanted), key=lambda row: row.first_day)
    accounts = tuple(_account(row) for row in rows)
    if any(account.closed for account in accounts if account.fuel_year == year.label):
        raise EntitlementClosed("这一户的补贴额度已关闭，不能再申领。")
    return tuple(
        replace(account, balance=replace(account.balance, limit_kg=limit.value))
        if account.fuel_year == year.label
        else account
        for account in accounts
    )


def locked_account(session: Session, entitlement_id: str) -> Account:
    """One entitlement under lock; where it was merged, the one that took it over."""
    while True:
        entitlement_id = standing_entitlement(session, entitlement_id)
        row = session.get_one(Entitlement, entitlement_id, populate_existing=True, with_for_update=True)
        if row.merged_into_id is None:
            return _account(row)


def standing_entitlement(session: Session, entitlement_id: str) -> str:
    """The entitlement itself, or the one that took it over, without a lock."""
    while True:
        merged = select(Entitlement.merged_into_id).where(Entitlement.id == entitlement_id)
        taken_over_by = session.scalar(merged)
        if taken_over_by is None:
            return entitlement_id
        entitlement_id = taken_over_by


def locked_accounts_of(session: Session, household_ids: tuple[str, ...]) -> tuple[Account, ...]:
    """All entitlements of some households under lock, in the order of their ids: two mergers cannot wait in a ring."""
    rows = session.scalars(
        select(Entitlement)
        .where(Entitlement.household_id.in_(household_ids), Entitlement.merged_into_id.is_(None))
        .order_by(Entitlement.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return tuple(_account(row) for row in rows)


def move(
    session: Session,
    account: Account,
    kind: str,
    movement: Movement,
    about: About,
    *,
    reverses_id: str | None = None,
) -> Account:
    """Change a balance and write the entry that says so; the account as it stands then.

    The update holds only for the very balance that the rule was shown; the table's check is the last word.
    Raises Overdrawn where a rule and this ledger disagree, MovedMeanwhile where somebody was between.
    """
    after = account.balance.after(movement)
    position = account.entries + 1
    moved = affected(
        session,
        update(Entitlement)
        .where(Entitlement.id == account.id, Entitlement.entries == account.entries)
        .values(
            limit_kg=after.limit_kg,
            reserved_kg=Entitlement.reserved_kg + movement.reserved_kg,
            delivered_kg=Entitlement.delivered_kg + movement.delivered_kg,
            owed_kg=Entitlement.owed_kg + movement.owed_kg,
            excess_kg=Entitlement.excess_kg + movement.excess_kg,
            entries=position,
        ),
    )
    if not moved:
        raise MovedMeanwhile("这一户的额度刚刚有别的变动，系统没有办理这一次。")
    session.add(
        LedgerEntry(
            id=new_id(),
            entitlement_id=account.id,
            position=position,
            kind=kind,
            reserved_kg=movement.reserved_kg,
            delivered_kg=movement.delivered_kg,
            owed_kg=movement.owed_kg,
            excess_kg=movement.excess_kg,
            order_id=about.order_id,
            delivery_id=about.delivery_id,
            reverses_id=reverses_id,
            reason=about.reason,
            by=about.by,
            at=clock.now(),
        )
    )
    session.flush()
    return replace(account, entries=position, balance=after)


def close_entitlement(
    session: Session, account: Account, because: str, merged_into_id: str | None = None
) -> None:
    """No order draws on it any more; what was drawn stays on record. ``because``: path_changed or merged."""
    affected(
        session,
        update(Entitlement)
        .where(Entitlement.id == account.id)
        .values(closed_at=clock.now(), closed_because=because, merged_into_id=merged_into_id),
    )


def reopen_entitlements(session: Session, household_id: str) -> None:
    """The household is back on the path that it had left."""
    affected(
        session,
        update(Entitlement)
        .where(Entitlement.household_id == household_id, Entitlement.closed_because == "path_changed")
        .values(closed_at=None, closed_because=None),
    )
