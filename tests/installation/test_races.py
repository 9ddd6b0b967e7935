"""The last place, one booking a household, one house a serial: however many ask at the same moment."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

from sqlalchemy import select

from backend.core import clock
from backend.core.db import Database, new_id
from backend.identity import actor_for
from backend.installation import actions
from backend.installation.errors import BookedAlready, SerialTaken, SlotFull
from backend.installation.models import Booking, Contract, InstalledItem, Slot, Visit
from backend.registry.models import Household
from tests.builders.product import AUTUMN, County, company_in, person_with, small_county, wired
from tests.harness.races import race
from tests.installation.world import TODAY
from tests.sizes import SIZES

RACERS = max(SIZES.racers, 32)


def _contracted_village(db: Database, houses: int) -> tuple[County, list[str]]:
    """A village whose households are all confirmed and under contract: the race is about what comes after."""
    county = small_county(db, households_each=houses)
    company_in(db, "heat-co", "contractor")
    homes = list(county.households["heat_pump"])
    with db.writing() as session:
        for house in homes:
            home = session.get_one(Household, house)
            home.confirmed_by_household_at = home.confirmed_by_village_at = AUTUMN
            session.add(
                Contract(
                    household_id=house,
                    contractor_id="heat-co",
                    signed_on=TODAY,
                    own_share_fen=0,
                    summary="协议",
                    financing="none",
                    recorded_by=new_id(),
                    recorded_at=AUTUMN,
                )
            )
    return county, homes


def _slot(db: Database, county: County, capacity: int, half_day: str = "afternoon") -> str:
    with db.writing() as session:
        slot = Slot(
            contractor_id="heat-co",
            area_code=county.villages["heat_pump"],
            day=TODAY,
            half_day=half_day,
            capacity=capacity,
            booked=0,
            opened_by=new_id(),
            opened_at=AUTUMN,
        )
        session.add(slot)
        session.flush()
        return slot.id


def _booked(db: Database, slot_id: str) -> tuple[int, int]:
    with db.reading() as session:
        counted = session.scalars(
            select(Booking.id).where(Booking.slot_id == slot_id, Booking.ended_at.is_(None))
        ).all()
        return session.get_one(Slot, slot_id).booked, len(counted)


def test_the_last_places_are_never_oversold(db: Database) -> None:
    wired()
    county, homes = _contracted_village(db, RACERS)
    slot_id = _slot(db, county, capacity=3)
    cadre = person_with(db, "village_cadre", area_code=county.villages["heat_pump"])

    def book(index: int) -> str:
        with db.writing() as session:
            actor = actor_for(session, cadre.id)
            return actions.book(session, actor, household_id=homes[index], slot_id=slot_id).id

    with clock.pinned(AUTUMN):
        result = race(RACERS, book)
    assert len(result.values) == 3
    assert Counter(type(error) for error in result.errors) == {SlotFull: RACERS - 3}
    assert result.overlapped == RACERS
    assert _booked(db, slot_id) == (3, 3)


def test_a_household_holds_one_place_whoever_books_for_it(db: Database) -> None:
    wired()
    county, homes = _contracted_village(db, 1)
    slot_id = _slot(db, county, capacity=RACERS)
    cadre = person_with(db, "village_cadre", area_code=county.villages["heat_pump"])

    def book(_index: int) -> str:
        with db.writing() as session:
            actor = actor_for(session, cadre.id)
            return actions.book(session, actor, household_id=homes[0], slot_id=slot_id).id

    with clock.pinned(AUTUMN):
        result = race(RACERS, book)
    assert len(result.values) == 1
    assert Counter(type(error) for error in result.errors) == {BookedAlready: RACERS - 1}
    assert _booked(db, slot_id) == (1, 1)


def test_swapping_slots_neither_deadlocks_nor_loses_a_place(db: Database) -> None:
    wired()
    county, homes = _contracted_village(db, 8)
    slots = [_slot(db, county, 8), _slot(db, county, 8, "morning")]
    cadre = person_with(db, "village_cadre", area_code=county.villages["heat_pump"])
    eve = datetime(2022, 9, 14, 2, 0, tzinfo=UTC)
    with clock.pinned(eve):
        bookings = []
        for index, house in enumerate(homes):
            with db.writing() as session:
                actor = actor_for(session, cadre.id)
                bookings.append(actions.book(session, actor, household_id=house, slot_id=slots[index % 2]).id)

        def swap(index: int) -> str:
            with db.writing() as session:
                actor = actor_for(session, cadre.id)
                return actions.move_booking(
                    session, actor, booking_id=bookings[index], slot_id=slots[(index + 1) % 2]
                ).slot_id

        result = race(len(homes), swap)
    assert not result.errors
    assert [_booked(db, slot) for slot in slots] == [(4, 4), (4, 4)]


def test_one_serial_asked_for_by_many_houses_stands_in_one(db: Database) -> None:
    wired()
    county, homes = _contracted_village(db, RACERS)
    slot_id = _slot(db, county, capacity=RACERS)
    installer = person_with(db, "installer", company_id="heat-co")
    visits = []
    with db.writing() as session:
        session.get_one(Slot, slot_id).booked = RACERS
        for house in homes:
            contract = session.scalars(select(Contract.id).where(Contract.household_id == house)).one()
            booking = Booking(
                id=new_id(),
                household_id=house,
                contract_id=contract,
                slot_id=slot_id,
                booked_by=installer.id,
                on_behalf=True,
                booked_at=AUTUMN,
            )
            session.add(booking)
            session.flush()
            visit = Visit(
                id=new_id(),
                booking_id=booking.id,
                household_id=house,
                contractor_id="heat-co",
                installer_id=installer.id,
                scan_id=new_id(),
                begun_at=AUTUMN,
            )
            session.add(visit)
            visits.append(visit.id)

    def install(index: int) -> str:
        with db.writing() as session:
            actor = actor_for(session, installer.id)
            return actions.add_item(
                session, actor, visit_id=visits[index], kind="induction_cooker", serial="SN-1"
            ).id

    with clock.pinned(AUTUMN):
        result = race(RACERS, install)
    assert len(result.values) == 1
    assert Counter(type(error) for error in result.errors) == {SerialTaken: RACERS - 1}
    with db.reading() as session:
        assert len(session.scalars(select(InstalledItem.id)).all()) == 1
