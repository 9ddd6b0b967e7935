"""What a home screen rests on, read once."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from backend.core import clock
from backend.faults import FaultInShort, faults_in_short
from backend.fuel import DeliveryView, EntitlementView, NoLimitYet, entitlement_at, unsettled_deliveries_of
from backend.identity import Actor
from backend.installation import InstallationStanding, standing_at
from backend.programme import HeatingPath, ProgrammeView, area_names, programme_for
from backend.registry import HouseholdView, HouseOnRecord, house_on_record
from backend.supervision import company_name


@dataclass(frozen=True, slots=True)
class House:
    """What was read of one household, before any of it is worded."""

    actor: Actor
    record: HouseOnRecord
    plan: ProgrammeView
    village: str
    township: str
    standing: InstallationStanding
    contractor: str | None
    entitlement: EntitlementView | None
    deliveries: tuple[DeliveryView, ...]
    faults: tuple[FaultInShort, ...]

    @property
    def home(self) -> HouseholdView:
        return self.record.household

    @property
    def path(self) -> HeatingPath:
        return self.plan.path(self.home.path)

    @property
    def tie(self) -> str | None:
        return next((tie.role for tie in self.actor.ties if tie.household_id == self.home.id), None)

    @property
    def footings(self) -> tuple[str, ...]:
        """The caller's tie to this house, and the roles that reach it."""
        code = self.home.area_code
        held = [each.role for each in self.actor.roles if each.area_code and code.startswith(each.area_code)]
        return (*((self.tie,) if self.tie else ()), *held)


def read_house(session: Session, actor: Actor, household_id: str) -> House:
    """A household with everything that its screen tells of; raises NotFound, NoProgramme.

    Each capability is handed what the ones before it read: how much is asked of the database does not grow.
    """
    record = house_on_record(session, household_id, clock.today())
    home = record.household
    plan = programme_for(session, home.area_code)
    names = area_names(session, (home.area_code[:9], home.area_code))
    standing = standing_at(session, home, plan)
    contractor = standing.contractor_id
    with_fuel = plan.path(home.path).subsidised_fuel
    return House(
        actor=actor,
        record=record,
        plan=plan,
        village=names.get(home.area_code, ""),
        township=names.get(home.area_code[:9], ""),
        standing=standing,
        contractor=company_name(session, contractor) if contractor else None,
        entitlement=_entitlement(session, home, plan, standing) if with_fuel else None,
        deliveries=unsettled_deliveries_of(session, home.id) if with_fuel else (),
        faults=faults_in_short(session, home.id),
    )


def _entitlement(
    session: Session, home: HouseholdView, plan: ProgrammeView, standing: InstallationStanding
) -> EntitlementView | None:
    """None before any limit is in force."""
    today = clock.today()
    in_force = plan if plan.first_day <= today else programme_for(session, home.area_code, today)
    try:
        return entitlement_at(session, home, in_force, standing)
    except NoLimitYet:
        return None
