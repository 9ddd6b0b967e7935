"""A house at one glance, and a person's houses in short."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from backend.core import clock
from backend.core.law import Reason, clause_label
from backend.doorstep.home import rules
from backend.doorstep.home.queries.house import House, read_house
from backend.doorstep.home.queries.waiting import next_of, to_do_of
from backend.doorstep.home.rules import LadderStep, Waiting
from backend.faults import FaultInShort, Step, tonight
from backend.fuel import EntitlementView
from backend.identity import Actor
from backend.identity.roles import RESIDENT, VILLAGE_UP
from backend.installation import RUNG_LABELS, RUNGS, may_change
from backend.messaging import unread_count


@dataclass(frozen=True, slots=True)
class HomeHousehold:
    """The household as a home screen shows it; ``code`` None for who must scan it at the door."""

    id: str
    code: str | None
    area_code: str
    village: str
    township: str
    path: str
    path_label: str
    head_name: str
    address: str
    vacant: bool
    participates: bool
    locked_at: datetime | None
    confirmed_by_household_at: datetime | None
    confirmed_by_village_at: datetime | None
    sent_back_at: datetime | None
    sent_back_reason: str | None


@dataclass(frozen=True, slots=True)
class ReasonShown:
    """A reason with its clause as people are shown it."""

    code: str
    clause: str
    clause_label: str
    text: str


@dataclass(frozen=True, slots=True)
class HomeFuel:
    """The fuel year's figures, as the entitlement has them, in kilograms."""

    year: str
    limit_kg: int
    delivered_kg: int
    reserved_kg: int
    left_kg: int
    owed_earlier_kg: int
    open: bool
    bag_kg: int
    next_begins: date
    reasons: tuple[ReasonShown, ...]


@dataclass(frozen=True, slots=True)
class HomeBooking:
    """The standing booking; ``change_until`` None: nobody came on its day, it may be changed any day."""

    id: str
    day: date
    half_day: str
    contractor_name: str
    state: str
    can_change: bool
    change_until: date | None


@dataclass(frozen=True, slots=True)
class Hotline:
    number: str
    label: str


@dataclass(frozen=True, slots=True)
class Home:
    """One house at one glance, for one caller."""

    household: HomeHousehold
    mine: bool
    tie: str | None
    elder: bool
    ladder: tuple[LadderStep, ...]
    next: Waiting
    to_do: tuple[Waiting, ...]
    fuel: HomeFuel | None
    booking: HomeBooking | None
    fault: FaultInShort | None
    open_faults: int
    unread: int
    hotline: Hotline
    cold_tonight: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class HomeInShort:
    """One of a person's houses: what comes next, and how much waits for the caller."""

    household: HomeHousehold
    tie: str
    next: Waiting
    to_do: int
    fuel: HomeFuel | None


def home_of(session: Session, actor: Actor, household_id: str) -> Home:
    """One answer for a home screen; raises NotFound, NoProgramme."""
    house = read_house(session, actor, household_id)
    in_season = house.plan.in_heating_season(clock.today())
    return Home(
        household=_shown(house),
        mine=house.tie is not None,
        tie=house.tie,
        elder=house.tie == RESIDENT and (house.record.head_age or 0) >= rules.ELDER_FROM,
        ladder=_ladder(house),
        next=next_of(house),
        to_do=to_do_of(house),
        fuel=_fuel(house.entitlement),
        booking=_booking(house),
        fault=house.faults[0] if house.faults else None,
        open_faults=len(house.faults),
        unread=unread_count(session, actor.person_id),
        hotline=Hotline(house.plan.hotline.number, f"清洁取暖服务热线（{house.plan.hotline.hours}）"),
        cold_tonight=_cold_tonight(house, in_season),
    )


def homes_of(session: Session, actor: Actor) -> tuple[HomeInShort, ...]:
    """The houses that a person is tied to, in the order of the ties."""
    return tuple(_in_short(read_house(session, actor, tie.household_id), tie.role) for tie in actor.ties)


def _in_short(house: House, tie: str) -> HomeInShort:
    mine = sum(each.mine for each in to_do_of(house))
    return HomeInShort(_shown(house), tie, next_of(house), mine, _fuel(house.entitlement))


def _shown(house: House) -> HomeHousehold:
    home = house.home
    knows_the_door = house.tie is not None or house.actor.has_role(*VILLAGE_UP)
    return HomeHousehold(
        id=home.id,
        code=home.code if knows_the_door else None,
        area_code=home.area_code,
        village=house.village,
        township=house.township,
        path=home.path,
        path_label=house.path.label,
        head_name=home.head_name,
        address=home.address,
        vacant=home.vacant,
        participates=home.participates,
        locked_at=home.locked_at,
        confirmed_by_household_at=home.confirmed_by_household_at,
        confirmed_by_village_at=home.confirmed_by_village_at,
        sent_back_at=home.sent_back_at,
        sent_back_reason=home.sent_back_reason,
    )


def _ladder(house: House) -> tuple[LadderStep, ...]:
    home, at = house.home, house.standing
    words = (home.confirmed_by_household_at, home.confirmed_by_village_at)
    reached: dict[str, datetime | None] = {
        "listed": house.record.listed_at,
        "confirmed": max(word for word in words if word) if all(words) else None,
        "contracted": clock.start_of_day(at.contracted_on) if at.contracted_on else None,
        "installed": at.installed_at,
        "energised": at.energised_at,
        "accepted": at.accepted_at,
        "heat_confirmed": at.heat_confirmed_at,
    }
    rungs = [LadderStep(rung, RUNG_LABELS[rung], reached[rung] is not None, reached[rung]) for rung in RUNGS]
    stages = [
        LadderStep(
            stage.stage,
            stage.label,
            stage.done_on is not None,
            clock.start_of_day(stage.done_on) if stage.done_on else None,
            stage.planned_on,
        )
        for stage in at.stages
    ]
    return rules.ladder(rungs, stages)


def _fuel(view: EntitlementView | None) -> HomeFuel | None:
    if view is None:
        return None
    return HomeFuel(
        year=view.year,
        limit_kg=view.limit_kg,
        delivered_kg=view.delivered_kg,
        reserved_kg=view.reserved_kg,
        left_kg=view.left_kg,
        owed_earlier_kg=view.owed_earlier_kg,
        open=view.open,
        bag_kg=view.bag_kg,
        next_begins=view.next_begins,
        reasons=_reasons(view.reasons),
    )


def _reasons(reasons: Sequence[Reason]) -> tuple[ReasonShown, ...]:
    return tuple(
        ReasonShown(reason.code, reason.clause, clause_label(reason.clause), reason.text)
        for reason in reasons
    )


def _booking(house: House) -> HomeBooking | None:
    booking, today = house.standing.booking, clock.today()
    if booking is None:
        return None
    can_change = may_change(booking.day, today, house.standing.booking_visited)
    missed = can_change and today > booking.day
    return HomeBooking(
        id=booking.id,
        day=booking.day,
        half_day=booking.half_day,
        contractor_name=house.contractor or booking.contractor_id,
        state=booking.state,
        can_change=can_change,
        change_until=None if missed else booking.day - timedelta(days=1),
    )


def _cold_tonight(house: House, in_season: bool) -> tuple[Step, ...]:
    """What can be done tonight; where the heating itself is the danger, nothing is lit or plugged in."""
    cold = [fault for fault in house.faults if fault.leaves_cold(in_season)]
    facts = rules.ColdFacts(
        in_season=in_season,
        vacant=house.home.vacant,
        participates=house.home.participates,
        energised=house.standing.energised_at is not None,
        cold_by_fault=bool(cold),
        cold_by_word=house.standing.says_it_is_cold,
    )
    if not rules.would_be_cold(facts):
        return ()
    danger = next((fault.category for fault in cold if fault.danger), None)
    return tonight(danger or "no_heat", in_season, measured_cold=True)
