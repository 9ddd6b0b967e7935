"""Orders, deliveries, corrections, failures and the turn of the year in any order: the limit holds, the books agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import note, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from backend.core import clock
from backend.core.db import Database
from backend.core.errors import Refusal
from backend.fuel.actions.deliveries import correct_delivery
from backend.fuel.actions.orders import cancel_order, report_failure
from backend.fuel.models import FuelDelivery, FuelOrder
from tests.builders.fuel_houses import NOON, House, Village, books, deliver, house, order
from tests.sizes import SIZES

LEAST_ACCEPTED = 0.4


@dataclass
class Tally:
    """How often each operation was tried and accepted, over all runs."""

    tried: Counter[str] = field(default_factory=Counter)
    accepted: Counter[str] = field(default_factory=Counter)

    @property
    def share(self) -> float:
        return sum(self.accepted.values()) / max(1, sum(self.tried.values()))

    def __str__(self) -> str:
        steps = (f"{name} {self.accepted[name]}/{self.tried[name]}" for name in sorted(self.tried))
        return f"accepted {self.share:.0%} of {sum(self.tried.values())} steps: " + ", ".join(steps)


def machine(db: Database, made: Village, tally: Tally) -> type[RuleBasedStateMachine]:
    number = iter(range(1000, 10**9))

    class Fuel(RuleBasedStateMachine):
        home: House

        @initialize()
        def a_new_house(self) -> None:
            self.days, self.some_open, self.some_delivered = 0, False, False
            with clock.pinned(NOON):
                self.home = house(db, made, next(number))

        def attempt(self, name: str, act: Callable[[Any], object]) -> None:
            tally.tried[name] += 1
            with clock.pinned(NOON + timedelta(days=self.days)):
                try:
                    with db.writing() as session:
                        act(session)
                except Refusal as refusal:
                    note(f"{name}: {refusal.code}")
                    return
            tally.accepted[name] += 1

        def open_orders(self, session: Any) -> list[FuelOrder]:
            return list(
                session.scalars(
                    select(FuelOrder)
                    .where(FuelOrder.household_id == self.home.id, FuelOrder.state == "open")
                    .order_by(FuelOrder.id)
                )
            )

        def deliveries(self, session: Any) -> list[FuelDelivery]:
            return list(
                session.scalars(
                    select(FuelDelivery)
                    .where(FuelDelivery.household_id == self.home.id)
                    .order_by(FuelDelivery.id)
                )
            )

        @rule(bags=st.integers(1, 60))
        def order(self, bags: int) -> None:
            day = clock.local_day(NOON + timedelta(days=self.days))
            self.attempt("order", lambda session: order(session, self.home, bags * 25, day))

        @precondition(lambda self: self.some_open)
        @rule(which=st.integers(0, 9))
        def cancel(self, which: int) -> None:
            def act(session: Any) -> None:
                found = self.open_orders(session)
                row = found[which % len(found)]
                cancel_order(session, self.home.resident, fuel_order_id=row.id, reason="不要了")

            self.attempt("cancel", act)

        @precondition(lambda self: self.some_open)
        @rule(which=st.integers(0, 9))
        def fail(self, which: int) -> None:
            def act(session: Any) -> None:
                found = self.open_orders(session)
                row = found[which % len(found)]
                report_failure(session, made.driver, fuel_order_id=row.id, cause="supplier", note=None)

            self.attempt("fail", act)

        @precondition(lambda self: self.some_open)
        @rule(which=st.integers(0, 9), off=st.just(0) | st.integers(-400, 400), more_to_come=st.booleans())
        def deliver(self, which: int, off: int, more_to_come: bool) -> None:
            name = "deliver" if off == 0 else "deliver more" if off > 0 else "deliver less"

            def act(session: Any) -> None:
                found = self.open_orders(session)
                row = found[which % len(found)]
                kilograms = max(1, row.reserved_kg + off)
                deliver(session, made, self.home, row.id, kilograms, more_to_come=more_to_come)

            self.attempt(name, act)

        @precondition(lambda self: self.some_delivered)
        @rule(which=st.integers(0, 9), off=st.integers(-300, 300))
        def correct(self, which: int, off: int) -> None:
            def act(session: Any) -> None:
                found = self.deliveries(session)
                row = found[which % len(found)]
                right = max(0, row.kilograms + off)
                correct_delivery(
                    session, made.township, fuel_delivery_id=row.id, kilograms=right, reason="复秤"
                )

            self.attempt("correct", act)

        @rule(days=st.integers(1, 40))
        def time_passes(self, days: int) -> None:
            if NOON + timedelta(days=self.days + days) < datetime(2023, 12, 1, tzinfo=UTC):
                self.days += days

        @invariant()
        def limit_ledger_balance_orders_and_deliveries_agree(self) -> None:
            with db.reading() as session:
                found = books(session, self.home.id)
                waiting, brought = self.open_orders(session), self.deliveries(session)
                assert sum(each[0] for each in found.values()) == sum(row.reserved_kg for row in waiting)
                assert sum(each[1] for each in found.values()) == sum(row.kilograms for row in brought)
                self.some_open, self.some_delivered = bool(waiting), bool(brought)
                assert not any(each[3] for each in found.values())

    return Fuel


def test_in_any_order_of_things_the_limit_holds_and_the_books_agree(db: Database, made: Village) -> None:
    tally = Tally()
    run_state_machine_as_test(machine(db, made, tally), settings=settings(max_examples=SIZES.stateful_runs))
    print(tally)
    assert tally.share >= LEAST_ACCEPTED
    assert set(tally.accepted) == {
        "order", "cancel", "fail", "deliver", "deliver more", "deliver less", "correct",
    }  # fmt: skip
