"""The guards in the database itself, and races against them."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError, IntegrityError
from sqlalchemy.orm import Session

from backend.core import clock
from backend.core.db import Database
from backend.core.errors import NotFound, Refusal
from backend.fuel import follow_merge
from backend.fuel.actions.batches import quarantine
from backend.fuel.actions.ledger import About, locked_account, move
from backend.fuel.actions.orders import cancel_order
from backend.fuel.errors import AboveLimit, EntitlementClosed, MovedMeanwhile, OrderClosed
from backend.fuel.models import Entitlement
from backend.fuel.queries import open_orders_of
from backend.fuel.rules import Movement
from backend.registry import HouseholdMerged
from backend.registry.models import Household
from tests.builders.fuel_houses import House, Village, books, deliver, house, order, refused
from tests.harness.races import race
from tests.sizes import SIZES

YEAR = "2022年"


@pytest.mark.parametrize(
    "change", ["UPDATE fuel_ledger_entries SET reserved_kg = 0", "DELETE FROM fuel_ledger_entries"]
)
def test_the_ledger_is_only_added_to(db: Database, home: House, change: str) -> None:
    with db.writing() as session:
        order(session, home, 25)
    with pytest.raises(DatabaseError, match="append-only"), db.writing() as session:
        session.execute(text(change))


@pytest.mark.parametrize(
    "change",
    [
        "reserved_kg = limit_kg + 1",
        "delivered_kg = limit_kg",
        "owed_kg = limit_kg",
        "reserved_kg = -1",
        "delivered_kg = -1",
        "owed_kg = -1",
        "excess_kg = -1",
    ],
)
def test_the_table_itself_refuses_a_counter_above_the_limit_or_below_zero(
    db: Database, home: House, change: str
) -> None:
    with db.writing() as session:
        order(session, home, 25)
    with pytest.raises(IntegrityError), db.writing() as session:
        session.execute(text(f"UPDATE fuel_entitlements SET {change}"))


def test_a_movement_holds_only_for_the_balance_that_its_rule_was_shown(db: Database, home: House) -> None:
    with db.writing() as session:
        order(session, home, 25)
        row = session.query(Entitlement).one()
        shown = locked_account(session, row.id)
        move(session, shown, "release", Movement(reserved_kg=-5), About(None))
        refused(
            MovedMeanwhile, lambda: move(session, shown, "release", Movement(reserved_kg=-5), About(None))
        )


def in_own_transaction(db: Database, act: Callable[..., object]) -> Callable[[int], bool]:
    """True: done; False: refused in words. Anything else is a failure of the race."""

    def run(index: int) -> bool:
        try:
            with db.writing() as session:
                act(session, index)
        except Refusal:
            return False
        return True

    return run


def test_however_many_order_at_once_the_limit_the_ledger_and_the_balance_agree(
    db: Database, made: Village, home: House
) -> None:
    racers = 32
    for round_ in range(SIZES.race_rounds):
        each = house(db, made, 100 + round_)
        done = race(racers, in_own_transaction(db, lambda session, _i, at=each: order(session, at, 200)))
        assert not done.errors and sum(done.values) == 15
        assert done.overlapped == racers
        with db.reading() as session:
            assert books(session, each.id) == {YEAR: (3000, 0, 0, 0)}
            assert len(open_orders_of(session, each.id)) == 15


def test_orders_deliveries_and_cancellations_at_once_never_lose_a_kilogram(
    db: Database, made: Village, home: House
) -> None:
    with db.writing() as session:
        waiting = [order(session, home, 100).id for _ in range(16)]

    def act(session: Session, index: int) -> None:
        kind, which = index % 4, waiting[index // 2]
        if kind == 0:
            order(session, home, 175)
        elif kind == 1:
            cancel_order(session, home.resident, fuel_order_id=which, reason="不要了")
        else:
            deliver(session, made, home, which, 80 + index)

    done = race(32, in_own_transaction(db, act))
    assert not done.errors, done.errors
    print(f"accepted {sum(done.values)} of 32")
    with db.reading() as session:
        reserved, delivered, owed, excess = books(session, home.id)[YEAR]
        assert reserved + delivered + owed <= 3000 and excess == 0
        assert reserved == sum(each.reserved_kg for each in open_orders_of(session, home.id))


def test_an_order_and_a_merger_at_once_leave_nothing_drawable_on_the_household_that_goes(
    db: Database, made: Village
) -> None:
    for round_ in range(2 * SIZES.race_rounds):
        kept, gone = house(db, made, 200 + 2 * round_), house(db, made, 201 + 2 * round_)

        def act(session: Session, index: int, kept: House = kept, gone: House = gone) -> None:
            if index == 0:
                session.get_one(Household, gone.id).ended_at = clock.now()
                follow_merge(session, HouseholdMerged(kept.id, gone.id))
            else:
                order(session, (gone, kept)[index % 2], 1000)

        done = race(8, in_own_transaction(db, act))
        assert {type(error) for error in done.errors} <= {NotFound}  # the household that went
        with db.reading() as session:
            assert books(session, gone.id) == {YEAR: (0, 0, 0, 0)}
            assert not open_orders_of(session, gone.id)
            books(session, kept.id)


def test_a_quarantine_among_deliveries_of_its_batch_neither_blocks_nor_misses_one(
    db: Database, made: Village, home: House
) -> None:
    homes = [house(db, made, 300 + number) for number in range(8)]
    with db.writing() as session:
        placed = [order(session, each, 500).id for each in homes]

    def act(session: Session, index: int) -> None:
        if index == 0:
            quarantine(session, made.inspector, fuel_batch_id=made.batch_id, reason="灰分超标")
        else:
            deliver(session, made, homes[index], placed[index], 500)

    done = race(8, in_own_transaction(db, act))
    assert not done.errors, done.errors
    with db.reading() as session:
        for each in homes:
            assert books(session, each.id) == {YEAR: (500, 0, 0, 0)}


def test_the_two_refusals_of_a_race_are_words_for_people() -> None:
    for kind in (AboveLimit, EntitlementClosed, MovedMeanwhile, OrderClosed):
        assert kind.next and kind.title and os.linesep not in kind.next


def test_an_order_says_who_placed_it(db: Database, made: Village, home: House) -> None:
    with db.writing() as session:
        stranger = replace(home.resident, ties=())
        assert order(session, home, 25, by=stranger).on_behalf
