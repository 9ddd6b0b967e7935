"""What a household may draw, and its ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import and_, or_, select, true
from sqlalchemy.orm import Session

from backend.core import clock
from backend.core.http import Page, page_of
from backend.core.law import DatedValue, Decision, NotInForce, Reason
from backend.fuel.errors import NoLimitYet
from backend.fuel.models import Entitlement, LedgerEntry
from backend.fuel.rules import NONE, OPEN, Balance, FuelFacts, fuel_standing
from backend.installation import InstallationStanding, standing_of
from backend.programme import ProgrammeView, programme_for
from backend.registry import HouseholdView, household_or_refuse

TO_HOUSEHOLD: Final = "household"


def standing_of_house(
    session: Session,
    home: HouseholdView,
    plan: ProgrammeView,
    on: date,
    done: InstallationStanding | None = None,
) -> Decision:
    """May this house draw fuel on this day? The facts come from the register, the plan and the installation.

    ``done``: how far the installation is, for who has it at hand.
    """
    path = plan.path(home.path)
    arrangement = path.arrangement(home.arrangement) if home.arrangement else None
    done = done or standing_of(session, home.id)
    facts = FuelFacts(
        listed=home.active,
        participates=home.participates,
        path_has_fuel=path.subsidised_fuel,
        fuel_to=arrangement.fuel_to if arrangement else TO_HOUSEHOLD,
        needs_co_alarm=path.co_alarm_with(home.arrangement),
        installed_on=_day(done.installed_at),
        co_alarm_tested_on=_day(done.co_alarm_tested_at),
        briefing_given_on=_day(done.briefing_given_at),
    )
    return fuel_standing(facts, on)


def limit_on(plan: ProgrammeView, on: date) -> DatedValue:
    """The kilograms a household may draw, as the law of that day has it; raises NoLimitYet before there is one."""
    try:
        return plan.fuel_limit_kg(on)
    except NotInForce as error:
        raise NoLimitYet(f"{on.isoformat()} 还没有补贴额度。") from error


def _day(instant: datetime | None) -> date | None:
    return clock.local_day(instant) if instant else None


@dataclass(frozen=True, slots=True)
class EntitlementView:
    """A household's fuel year. ``left_kg`` may still be ordered this year; ``owed_earlier_kg`` are kilograms of earlier
    years that the supplier failed to bring, and come on top. ``excess_kg`` is to be recovered."""

    household_id: str
    year: str
    first_day: date
    last_day: date
    next_begins: date
    limit_kg: int
    limit_clause: str
    reserved_kg: int
    delivered_kg: int
    left_kg: int
    owed_kg: int
    owed_earlier_kg: int
    excess_kg: int
    bag_kg: int
    open: bool
    reasons: tuple[Reason, ...]


def entitlement_of(session: Session, household_id: str) -> EntitlementView:
    """The entitlement of the fuel year that today lies in; raises NotFound, NoLimitYet.

    A household without a right of its own is shown a limit of nothing, with the reasons.
    """
    home = household_or_refuse(session, household_id)
    return entitlement_at(session, home, programme_for(session, home.area_code, clock.today()))


def entitlement_at(
    session: Session, home: HouseholdView, plan: ProgrammeView, done: InstallationStanding | None = None
) -> EntitlementView:
    """As ``entitlement_of`` for who has the household, its plan and perhaps its installation at hand."""
    on = clock.today()
    year, limit = plan.fuel_year_of(on), limit_on(plan, on)
    standing = standing_of_house(session, home, plan, on, done)
    rows = session.scalars(select(Entitlement).where(Entitlement.household_id == home.id)).all()
    row = next((row for row in rows if row.fuel_year == year.label), None)
    entitled = standing.outcome != NONE and (row is None or row.closed_at is None)
    limit_kg = int(limit.value) if entitled or row else 0
    balance = Balance(limit_kg, row.reserved_kg, row.delivered_kg, row.owed_kg) if row else Balance(limit_kg)
    return EntitlementView(
        household_id=home.id,
        year=year.label,
        first_day=year.first_day,
        last_day=year.last_day,
        next_begins=year.next_begins,
        limit_kg=limit_kg,
        limit_clause=limit.clause,
        reserved_kg=balance.reserved_kg,
        delivered_kg=balance.delivered_kg,
        left_kg=balance.left_kg if entitled else 0,
        owed_kg=balance.owed_kg,
        owed_earlier_kg=sum(r.owed_kg for r in rows if r.last_day < on and r.closed_at is None),
        excess_kg=sum(r.excess_kg for r in rows),
        bag_kg=plan.bag_kg,
        open=standing.outcome == OPEN and entitled,
        reasons=standing.reasons,
    )


@dataclass(frozen=True, slots=True)
class LedgerEntryView:
    """One movement, signed kilograms by bucket."""

    id: str
    year: str
    position: int
    kind: str
    reserved_kg: int
    delivered_kg: int
    owed_kg: int
    excess_kg: int
    fuel_order_id: str | None
    fuel_delivery_id: str | None
    reverses_id: str | None
    reason: str | None
    at: datetime


def ledger_of(session: Session, household_id: str, *, after: str, limit: int) -> Page[LedgerEntryView]:
    """A household's movements, year by year in the order in which they were made."""
    entitlement_id, _, position = after.partition(":")
    rows = session.execute(
        select(LedgerEntry, Entitlement.fuel_year)
        .join(Entitlement, Entitlement.id == LedgerEntry.entitlement_id)
        .where(
            Entitlement.household_id == household_id,
            or_(
                LedgerEntry.entitlement_id > entitlement_id,
                and_(
                    LedgerEntry.entitlement_id == entitlement_id,
                    LedgerEntry.position > int(position) if position.isdecimal() else true(),
                ),
            ),
        )
        .order_by(LedgerEntry.entitlement_id, LedgerEntry.position)
        .limit(limit + 1)
    ).all()
    return page_of(
        rows,
        limit,
        lambda row: f"{row[0].entitlement_id}:{row[0].position}",
        lambda row: LedgerEntryView(
            id=row[0].id,
            year=row[1],
            position=row[0].position,
            kind=row[0].kind,
            reserved_kg=row[0].reserved_kg,
            delivered_kg=row[0].delivered_kg,
            owed_kg=row[0].owed_kg,
            excess_kg=row[0].excess_kg,
            fuel_order_id=row[0].order_id,
            fuel_delivery_id=row[0].delivery_id,
            reverses_id=row[0].reverses_id,
            reason=row[0].reason,
            at=row[0].at,
        ),
    )
