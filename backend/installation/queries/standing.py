"""How far a household has come, from everything that is recorded of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import and_, literal, select
from sqlalchemy.orm import Session

from backend.core import clock
from backend.core.errors import NotFound
from backend.installation.models import (
    Booking,
    Contract,
    Installation,
    InstalledItem,
    NetworkStage,
    Slot,
    Visit,
)
from backend.installation.queries.bookings import BookingView, booking_view
from backend.installation.queries.stages import StageView, stages_in_plan, stages_of, standing_of_stages
from backend.installation.queries.visits import (
    MissingView,
    alarm_tests_of,
    reworked_since,
    standing_quantities,
)
from backend.installation.rules.kit import missing_of, rooms_without_alarm
from backend.installation.rules.network import NetworkStanding, waits_for_network
from backend.installation.rules.next_step import NextStep, Progress, next_step, rung_of
from backend.installation.rules.turns import permits_works
from backend.installation.rules.warmth import says_it_is_cold
from backend.programme import HeatingPath, ProgrammeView, programme_for
from backend.registry import HouseholdView, household


@dataclass(frozen=True, slots=True)
class InstallationStanding:
    """A household's way from contract to warmth. Instants are None until reached.

    ``stages``: of its network, in order, empty without one. ``missing``: kit not yet in the house. ``rework_open``:
    acceptance sent it back, and no visit has ended since. ``next_until``: the booked day, the stage's planned day, or
    the milestone of the rung. ``booking``: the standing one; ``booking_visited``: somebody came for it.
    """

    household_id: str
    rung: str
    next: NextStep | None
    next_until: date | None
    contractor_id: str | None
    contracted_on: date | None
    contract_permits_works: bool
    contract_confirmable_from: date | None
    booking: BookingView | None
    booking_visited: bool
    installed_at: datetime | None
    co_alarm_needed: bool
    co_alarm_tested_at: datetime | None
    briefing_given_at: datetime | None
    energised_at: datetime | None
    rework_at: datetime | None
    rework_open: bool
    accepted_at: datetime | None
    vacant_accepted: bool
    heat_confirmed_at: datetime | None
    still_cold_at: datetime | None
    missing: tuple[MissingView, ...]
    rooms_without_alarm: tuple[str, ...]
    stages: tuple[StageView, ...]
    waits_for_stage: StageView | None

    @property
    def says_it_is_cold(self) -> bool:
        return says_it_is_cold(self.still_cold_at, self.heat_confirmed_at, clock.now())

    @property
    def booked_for(self) -> date | None:
        return self.booking.day if self.booking else None

    @property
    def booked_half_day(self) -> str | None:
        return self.booking.half_day if self.booking else None

    @property
    def old_heating_may_go(self) -> bool:
        """Build first, then remove (2): only once the new heating has run."""
        return self.energised_at is not None


def missing_in(session: Session, home: HouseholdView, path: HeatingPath) -> tuple[MissingView, ...]:
    """What is not yet in the house of its path's kit, the alarm included where its arrangement needs one."""
    quantities = standing_quantities(session, home.id)
    missing = missing_of(path.kit_with(home.arrangement), quantities)
    return tuple(MissingView(each.kind, each.label, each.count) for each in missing)


def _installed_at(row: Installation | None, path: HeatingPath, network: NetworkStanding) -> datetime | None:
    """The kit's instant, the network's connection, or the later of both where a path has both."""
    in_house = row.installed_at if row and path.in_house else None
    connected = clock.start_of_day(network.connected_on) if network.connected_on else None
    if not path.stages:
        return in_house
    if not path.in_house:
        return connected
    return max(in_house, connected) if in_house and connected else None


def _waits_for(path: HeatingPath, stages: Sequence[StageView], network: NetworkStanding) -> StageView | None:
    done = {stage.stage: stage.done_on for stage in stages if stage.done_on is not None}
    if network.next_stage is None or not waits_for_network(path.in_house, [s.stage for s in stages], done):
        return None
    return next(stage for stage in stages if stage.stage == network.next_stage)


def standing_of(session: Session, household_id: str) -> InstallationStanding:
    """Where the household stands; NotFound only for an id that is none."""
    home = household(session, household_id)
    if home is None:
        raise NotFound("没有找到这一户。")
    return standing_at(session, home, programme_for(session, home.area_code))


@dataclass(frozen=True, slots=True)
class _Kept:
    """The rows of one household; a booking without its slot is none."""

    row: Installation | None
    contract: Contract | None
    booking: BookingView | None
    visited: bool


def _kept(session: Session, household_id: str) -> _Kept:
    """Everything that there is one of for a household, in one statement: a home screen waits for it."""
    house = select(literal(household_id).label("id")).subquery()
    visited = select(Visit.id).where(Visit.booking_id == Booking.id).exists()
    row, contract, booking, slot, came = session.execute(
        select(Installation, Contract, Booking, Slot, visited)
        .select_from(house)
        .outerjoin(Installation, Installation.household_id == house.c.id)
        .outerjoin(Contract, and_(Contract.household_id == house.c.id, Contract.ended_at.is_(None)))
        .outerjoin(Booking, and_(Booking.household_id == house.c.id, Booking.ended_at.is_(None)))
        .outerjoin(Slot, Slot.id == Booking.slot_id)
        .execution_options(populate_existing=True)
    ).one()
    return _Kept(row, contract, booking_view(booking, slot) if booking else None, bool(booking and came))


def standing_at(session: Session, home: HouseholdView, programme: ProgrammeView) -> InstallationStanding:
    """As ``standing_of`` for who has the household and its plan at hand."""
    path = programme.path(home.path)
    kept = _kept(session, home.id)
    row, contract, booking = kept.row, kept.contract, kept.booking
    permits = contract is not None and permits_works(
        contract.confirmable_from, contract.owner_confirmed_at is not None
    )
    stages = stages_in_plan(session, programme, home.area_code, home.path)
    network = standing_of_stages(stages)
    heat_on = clock.start_of_day(network.heat_on) if network.heat_on else None
    rework_at = row.rework_at if row else None
    rooms = row.rooms_lived_in if row else []
    tests = alarm_tests_of(session, home.id) if rooms else ()
    reached = _Reached(
        installed_at=_installed_at(row, path, network),
        energised_at=(row.energised_at if row else None) or heat_on,
        rework_open=rework_at is not None and not reworked_since(session, home.id, rework_at),
        waits_for=_waits_for(path, stages, network),
    )
    progress = _progress(home, path, row, contract is not None, permits, booking, reached)
    step = next_step(progress)
    return InstallationStanding(
        household_id=home.id,
        rung=rung_of(
            {
                "confirmed": home.confirmed,
                "contracted": contract is not None,
                "installed": progress.installed,
                "energised": progress.energised,
                "accepted": progress.accepted,
                "heat_confirmed": progress.heat_confirmed,
            }
        ),
        next=step,
        next_until=_until(programme, step, booking, reached.waits_for),
        contractor_id=contract.contractor_id if contract else None,
        contracted_on=contract.signed_on if contract else None,
        contract_permits_works=permits,
        contract_confirmable_from=contract.confirmable_from if contract else None,
        booking=booking,
        booking_visited=kept.visited,
        installed_at=reached.installed_at,
        co_alarm_needed=path.co_alarm_with(home.arrangement),
        co_alarm_tested_at=row.co_alarm_tested_at if row else None,
        briefing_given_at=row.briefing_given_at if row else None,
        energised_at=reached.energised_at,
        rework_at=rework_at,
        rework_open=reached.rework_open,
        accepted_at=row.accepted_at if row else None,
        vacant_accepted=bool(row and row.vacant_accepted),
        heat_confirmed_at=row.heat_confirmed_at if row else None,
        still_cold_at=row.still_cold_at if row else None,
        missing=missing_in(session, home, path),
        rooms_without_alarm=rooms_without_alarm(rooms, [test.room for test in tests]),
        stages=stages,
        waits_for_stage=reached.waits_for,
    )


@dataclass(frozen=True, slots=True)
class _Reached:
    installed_at: datetime | None
    energised_at: datetime | None
    rework_open: bool
    waits_for: StageView | None


def _progress(
    home: HouseholdView,
    path: HeatingPath,
    row: Installation | None,
    contracted: bool,
    permits_works: bool,
    booking: BookingView | None,
    reached: _Reached,
) -> Progress:
    alarm = path.co_alarm_with(home.arrangement)
    waits_for = reached.waits_for
    return Progress(
        participates=home.participates,
        confirmed_by_household=home.confirmed_by_household_at is not None,
        confirmed_by_village=home.confirmed_by_village_at is not None,
        contracted=contracted,
        owner_must_confirm=contracted and not permits_works,
        waits_for_stage=waits_for.label if waits_for else None,
        stage_owner=waits_for.owner if waits_for else None,
        booked=booking is not None,
        installed=reached.installed_at is not None,
        alarm_untested=alarm and (row is None or row.co_alarm_tested_at is None),
        briefed=not path.in_house or (row is not None and row.briefing_given_at is not None),
        energised=reached.energised_at is not None,
        rework=reached.rework_open,
        accepted=row is not None and row.accepted_at is not None,
        vacant=home.vacant,
        heat_confirmed=row is not None and row.heat_confirmed_at is not None,
    )


def _until(
    programme: ProgrammeView, step: NextStep | None, booking: BookingView | None, waits_for: StageView | None
) -> date | None:
    if step is None:
        return None
    if step.code == "visit" and booking is not None:
        return booking.day
    if step.code == "network_stage" and waits_for is not None and waits_for.planned_on is not None:
        return waits_for.planned_on
    # A rung without a milestone of its own is due with the next one that has one.
    due = {milestone.rung: milestone.due for milestone in programme.milestones if milestone.rung}
    measured = ("confirmed",) if step.rung == "confirmed" else (step.rung, "accepted", "heat_confirmed")
    return next((due[rung] for rung in measured if rung in due), None)


@dataclass(frozen=True, slots=True)
class LadderRow:
    """The ladder's facts of one household, in bulk; network paths add their village's NetworkStanding."""

    household_id: str
    contractor_id: str | None
    contracted_on: date | None
    kit_installed_at: datetime | None
    energised_at: datetime | None
    accepted_at: datetime | None
    vacant_accepted: bool
    heat_confirmed_at: datetime | None


def ladder_rows(session: Session, household_ids: Sequence[str] | None = None) -> Iterator[LadderRow]:
    """Every household with a contract or an installation (or those of ``household_ids``), in one query each."""
    known = select(Installation.household_id).union(
        select(Contract.household_id).where(Contract.ended_at.is_(None))
    )
    homes = known.subquery()
    query = (
        select(
            homes.c.household_id,
            Contract.contractor_id,
            Contract.signed_on,
            Installation.installed_at,
            Installation.energised_at,
            Installation.accepted_at,
            Installation.vacant_accepted,
            Installation.heat_confirmed_at,
        )
        .outerjoin(Installation, Installation.household_id == homes.c.household_id)
        .outerjoin(Contract, and_(Contract.household_id == homes.c.household_id, Contract.ended_at.is_(None)))
        .order_by(homes.c.household_id)
    )
    if household_ids is not None:
        query = query.where(homes.c.household_id.in_(household_ids))
    for row in session.execute(query.execution_options(yield_per=1000)):
        home, contractor, signed, installed, energised, accepted, vacant, warm = row
        yield LadderRow(home, contractor, signed, installed, energised, accepted, bool(vacant), warm)


def networks_under(session: Session, prefix: str) -> dict[tuple[str, str], NetworkStanding]:
    """(village, path) → where its network stands, for every village below ``prefix`` with a dated stage."""
    pairs = session.execute(
        select(NetworkStage.area_code, NetworkStage.path)
        .where(NetworkStage.area_code.startswith(prefix, autoescape=True))
        .distinct()
    ).all()
    return {(code, path): standing_of_stages(stages_of(session, code, path)) for code, path in pairs}


def average_figure(session: Session, kind: str, figure: str) -> tuple[int, Decimal] | None:
    """(items, mean) of a figure over everything that stands: for what is watched on average, never a gate (4.1.1.4)."""
    values = [
        Decimal(figures[figure])
        for figures in session.scalars(
            select(InstalledItem.figures).where(
                InstalledItem.kind == kind, InstalledItem.removed_at.is_(None)
            )
        )
        if figure in figures
    ]
    return (len(values), sum(values, Decimal(0)) / len(values)) if values else None
