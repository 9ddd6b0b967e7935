"""The guards in the database itself, and races against them."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import Executable, select, text
from sqlalchemy.exc import DatabaseError, IntegrityError
from sqlalchemy.orm import Session

from backend.core import clock
from backend.core.db import Database
from backend.core.errors import NotFound, Refusal
from backend.fuel import follow_merge
from backend.fuel.actions.batches import quarantine
from backend.fuel.actions.ledger import About, locked_account, move
from backend.fuel.actions.orders import cancel_order, report_failure
from backend.fuel.errors import AboveLimit, EntitlementClosed, MovedMeanwhile, OrderClosed
from backend.fuel.models import Entitlement, LedgerEntry
from backend.fuel.queries import open_orders_of
from backend.fuel.rules import Movement
from backend.registry import HouseholdMerged
from backend.registry.models import Household
from tests.builders.fuel_houses import House, Village, books, deliver, house, order, refused
from tests.harness.databases import statements_of
from tests.harness.races import race
from tests.sizes import SIZES

YEAR = "2022年"
NEXT_YEAR = datetime(2023, 1, 1, 4, tzinfo=UTC)


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


def _blocked(db: Database) -> bool:
    """Whether somebody waits for a row (PostgreSQL); on SQLite a writer waits for the whole file, unseen."""
    if db.dialect == "sqlite":
        return True
    with db.reading() as session:
        waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        return bool(session.scalar(text(waiting)))


def test_an_order_locks_entitlements_in_the_order_in_which_mergers_do(
    db: Database, made: Village, home: House
) -> None:
    with clock.pinned(NEXT_YEAR), db.writing() as session:
        order(session, home, 25, NEXT_YEAR.date())
    with db.writing() as session:  # an earlier year whose entitlement was made later, as a merger does
        placed = order(session, home, 25)
        report_failure(session, made.driver, fuel_order_id=placed.id, cause="road", note=None)
        ids = session.scalars(select(Entitlement.id).order_by(Entitlement.fuel_year.desc())).all()
        assert ids == sorted(ids) and len(ids) == 2
    waiter = threading.Thread(
        target=in_own_transaction(db, lambda session, _i: order(session, home, 25, NEXT_YEAR.date())),
        args=(0,),
    )
    with clock.pinned(NEXT_YEAR):
        with db.writing() as session:
            locked_account(session, ids[0])
            waiter.start()
            until = time.monotonic() + 20
            while not _blocked(db):
                assert time.monotonic() < until, "nobody waits"
            session.execute(text("SELECT 1") if db.dialect == "sqlite" else _at_once(ids[1]))
        waiter.join(30)
    with db.reading() as session:
        assert len(open_orders_of(session, home.id)) == 2


def _at_once(entitlement_id: str) -> Executable:
    return select(Entitlement.id).where(Entitlement.id == entitlement_id).with_for_update(nowait=True)


def test_an_order_makes_a_years_entitlement_before_it_locks_another(
    db: Database, made: Village, home: House
) -> None:
    with db.writing() as session:
        placed = order(session, home, 25)
        report_failure(session, made.driver, fuel_order_id=placed.id, cause="road", note=None)
    with clock.pinned(NEXT_YEAR), statements_of(db) as asked, db.writing() as session:
        order(session, home, 25, NEXT_YEAR.date())
    opened = next(i for i, s in enumerate(asked) if s.startswith("INSERT INTO fuel_entitlements"))
    drawn = next(i for i, s in enumerate(asked) if "FROM fuel_entitlements" in s and "owed_kg > " in s)
    assert opened < drawn


def test_a_quarantine_locks_the_entitlements_that_took_others_over_in_the_order_of_their_ids(
    db: Database, made: Village
) -> None:
    first, between, last = (house(db, made, number) for number in (400, 401, 402))
    with db.writing() as session:
        for each in (first, between, last):
            deliver(session, made, each, order(session, each, 25).id, 25)
        session.get_one(Household, first.id).ended_at = clock.now()
        follow_merge(session, HouseholdMerged(last.id, first.id))
        quarantine(session, made.inspector, fuel_batch_id=made.batch_id, reason="灰分超标")
        written = select(LedgerEntry.entitlement_id).where(LedgerEntry.kind == "recredit")
        moved = session.scalars(written.order_by(LedgerEntry.id)).all()
        assert moved == sorted(moved) and len(moved) == 3 and len(set(moved)) == 2


def test_the_two_refusals_of_a_race_are_words_for_people() -> None:
    for kind in (AboveLimit, EntitlementClosed, MovedMeanwhile, OrderClosed):
        assert kind.next and kind.title and os.linesep not in kind.next


def test_an_order_says_who_placed_it(db: Database, made: Village, home: House) -> None:
    with db.writing() as session:
        stranger = replace(home.resident, ties=())
        assert order(session, home, 25, by=stranger).on_behalf
