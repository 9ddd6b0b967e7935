"""Mergers and changes of path: what both had drawn is added up, nothing is hidden, nothing can still be drawn."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.core import clock
from backend.core.db import Database
from backend.fuel import entitlement_of, follow_merge, follow_path_change, open_orders_of
from backend.fuel.actions.batches import quarantine
from backend.fuel.actions.deliveries import correct_delivery
from backend.fuel.errors import AboveLimit, EntitlementClosed
from backend.fuel.models import Entitlement
from backend.messaging.models import InboxEntry
from backend.registry import HouseholdMerged, PathChanged
from backend.registry.models import Household
from tests.builders.fuel_houses import House, Village, books, deliver, house, order, refused

YEAR = "2022年"


def _merge(session: Session, kept: House, gone: House) -> None:
    session.get_one(Household, gone.id).ended_at = clock.now()
    follow_merge(session, HouseholdMerged(kept_id=kept.id, gone_id=gone.id))


def test_a_merger_adds_up_and_releases_the_orders_of_the_one_that_goes(
    db: Database, made: Village, home: House
) -> None:
    gone = house(db, made, 2)
    with db.writing() as session:
        deliver(session, made, home, order(session, home, 500).id, 500)
        deliver(session, made, gone, order(session, gone, 1000).id, 1000)
        order(session, gone, 250)
        kept_order = order(session, home, 300)
        _merge(session, home, gone)
        assert books(session, home.id) == {YEAR: (300, 1500, 250, 0)}
        assert books(session, gone.id) == {YEAR: (0, 0, 0, 0)}
        assert [each.id for each in open_orders_of(session, home.id)] == [kept_order.id]
        assert entitlement_of(session, home.id).left_kg == 1200
        told = session.scalars(
            select(InboxEntry.topic).where(InboxEntry.person_id == home.resident.person_id)
        )
        assert "fuel.closed" in told.all()


def test_an_excess_is_shown_and_nothing_more_can_be_drawn(db: Database, made: Village, home: House) -> None:
    gone = house(db, made, 2)
    with db.writing() as session:
        deliver(session, made, home, order(session, home, 2000).id, 2000)
        deliver(session, made, gone, order(session, gone, 1800).id, 1800)
        waiting = order(session, home, 500)
        _merge(session, home, gone)
        assert books(session, home.id) == {YEAR: (0, 3000, 0, 800)}
        assert not open_orders_of(session, home.id) and waiting.state == "open"
        view = entitlement_of(session, home.id)
        assert (view.left_kg, view.excess_kg) == (0, 800)
        refused(AboveLimit, lambda: order(session, home, 25))


def test_a_merger_releases_only_as_many_orders_as_the_limit_needs(
    db: Database, made: Village, home: House
) -> None:
    gone = house(db, made, 2)
    with db.writing() as session:
        first = order(session, home, 1000)
        order(session, home, 1000)
        deliver(session, made, gone, order(session, gone, 1500).id, 1500)
        _merge(session, home, gone)
        assert [each.id for each in open_orders_of(session, home.id)] == [first.id]
        assert books(session, home.id) == {YEAR: (1000, 1500, 500, 0)}


def test_after_a_merger_the_old_household_is_closed_even_where_it_had_drawn_nothing(
    db: Database, made: Village, home: House
) -> None:
    gone = house(db, made, 2)
    with db.writing() as session:
        _merge(session, home, gone)
        row = session.scalars(select(Entitlement).where(Entitlement.household_id == gone.id)).one()
        assert row.closed_because == "merged" and row.merged_into_id
        session.get_one(
            Household, gone.id
        ).ended_at = None  # an order that had read the house before the merger
        session.flush()
        refused(EntitlementClosed, lambda: order(session, gone, 25))


def test_what_happened_at_the_old_door_is_set_right_in_the_new_household(
    db: Database, made: Village, home: House
) -> None:
    gone = house(db, made, 2)
    with db.writing() as session:
        wrong = deliver(session, made, gone, order(session, gone, 1000).id, 1000)
        _merge(session, home, gone)
        correct_delivery(session, made.township, fuel_delivery_id=wrong.id, kilograms=900, reason="复秤")
        assert books(session, home.id) == {YEAR: (0, 900, 100, 0)}
        quarantine(session, made.inspector, fuel_batch_id=made.batch_id, reason="灰分超标")
        assert books(session, home.id) == {YEAR: (900, 0, 100, 0)}
        assert [each.reserved_kg for each in open_orders_of(session, home.id)] == [900]


def test_bad_fuel_given_back_first_makes_good_the_excess(db: Database, made: Village, home: House) -> None:
    gone = house(db, made, 2)
    with db.writing() as session:
        deliver(session, made, home, order(session, home, 2000).id, 2000)
        deliver(session, made, gone, order(session, gone, 1800).id, 1800)
        _merge(session, home, gone)
        quarantine(session, made.inspector, fuel_batch_id=made.batch_id, reason="灰分超标")
        reserved, delivered, owed, excess = books(session, home.id)[YEAR]
        assert (delivered, excess) == (0, 0) and reserved + owed == 3000


def test_leaving_the_path_closes_the_entitlement_and_coming_back_opens_it(
    db: Database, made: Village, home: House
) -> None:
    with db.writing() as session:
        deliver(session, made, home, order(session, home, 500).id, 500)
        order(session, home, 250)
        session.get_one(Household, home.id).path = "heat_pump"
        follow_path_change(session, PathChanged(home.id, "biomass", "heat_pump"))
        assert not open_orders_of(session, home.id)
        assert books(session, home.id) == {YEAR: (0, 500, 250, 0)}
        view = entitlement_of(session, home.id)
        assert (view.open, view.left_kg, view.delivered_kg) == (False, 0, 500)
        session.get_one(Household, home.id).path = "biomass"
        session.flush()
        refused(EntitlementClosed, lambda: order(session, home, 25))
        follow_path_change(session, PathChanged(home.id, "heat_pump", "biomass"))
        assert order(session, home, 2500).state == "open"
