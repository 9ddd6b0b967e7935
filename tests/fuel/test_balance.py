"""What no sequence of movements can do to a balance, with numbers that hypothesis chooses."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from backend.fuel.rules import (
    Balance,
    Movement,
    Overdrawn,
    correcting,
    delivering,
    giving_back,
    merging,
    releasing,
    reserving,
)


@st.composite
def balances(draw: st.DrawFn, limit: int | None = None) -> Balance:
    limit = limit or draw(st.integers(1, 3000))
    reserved = draw(st.integers(0, limit))
    delivered = draw(st.integers(0, limit - reserved))
    owed = draw(st.integers(0, limit - reserved - delivered))
    full = reserved + delivered == limit
    return Balance(limit, reserved, delivered, owed, draw(st.integers(0, 2000)) if full else 0)


@given(balances(), st.integers(1, 4000), st.booleans())
def test_an_order_is_granted_exactly_up_to_what_is_available(
    balance: Balance, kilograms: int, year_over: bool
) -> None:
    movement = reserving(balance, kilograms, year_over)
    assert (movement is None) == (kilograms > balance.available_kg(year_over))
    if movement is not None:
        after = balance.after(movement)
        assert after.left_kg == balance.left_kg - kilograms
        assert after.reserved_kg + after.delivered_kg + after.owed_kg <= after.limit_kg


@given(balances(), st.integers(1, 3000), st.data())
def test_what_was_owed_is_owed_again_when_its_order_is_cancelled(
    balance: Balance, kilograms: int, data: st.DataObject
) -> None:
    movement = reserving(balance, kilograms, False)
    assume(movement is not None)
    assert movement is not None
    ordered = balance.after(movement)
    back = data.draw(st.integers(1, kilograms))
    cancelled = ordered.after(releasing(back, -movement.owed_kg))
    assert cancelled.left_kg == balance.left_kg - kilograms + back
    assert cancelled.owed_kg == ordered.owed_kg + min(back, -movement.owed_kg)
    failed = ordered.after(releasing(back, back))
    assert failed.owed_kg == ordered.owed_kg + back


@given(balances(), st.data())
def test_a_delivery_changes_nothing_of_what_is_left(balance: Balance, data: st.DataObject) -> None:
    assume(balance.reserved_kg > 0)
    after = balance.after(delivering(data.draw(st.integers(1, balance.reserved_kg))))
    assert (after.left_kg, after.owed_kg) == (balance.left_kg, balance.owed_kg)


@given(balances(), st.data(), st.integers(0, 4000), st.booleans())
def test_a_correction_reverses_and_records_anew_without_going_above_the_limit(
    balance: Balance, data: st.DataObject, right: int, year_over: bool
) -> None:
    assume(balance.drawn_kg > 0)
    recorded = data.draw(st.integers(1, balance.drawn_kg))
    movements = correcting(balance, recorded, right, year_over)
    assert (movements is None) == (right - recorded > balance.available_kg(year_over))
    if movements is None:
        return
    reversal, renewal = movements
    after = balance.after(reversal).after(renewal)
    assert after.drawn_kg == balance.drawn_kg - recorded + right
    if right < recorded and not balance.excess_kg:
        assert after.owed_kg == balance.owed_kg + recorded - right
    if after.excess_kg:
        assert after.left_kg == 0


@given(balances(), st.data())
def test_bad_fuel_given_back_is_owed_after_the_excess_is_made_good(
    balance: Balance, data: st.DataObject
) -> None:
    assume(balance.drawn_kg > 0)
    kilograms = data.draw(st.integers(1, balance.drawn_kg))
    after = balance.after(giving_back(balance, kilograms))
    assert after.drawn_kg == balance.drawn_kg - kilograms
    assert after.owed_kg - balance.owed_kg == max(0, kilograms - balance.excess_kg)


@given(st.integers(1, 3000), st.data())
def test_a_merger_adds_up_what_both_had_drawn_and_shows_the_excess(limit: int, data: st.DataObject) -> None:
    kept, gone = data.draw(balances(limit)), replace(data.draw(balances(limit)), reserved_kg=0)
    to_kept, from_gone = merging(kept, gone)
    after, emptied = kept.after(to_kept), gone.after(from_gone)
    assert after.drawn_kg == kept.drawn_kg + gone.drawn_kg
    assert after.excess_kg == max(0, after.drawn_kg - (limit - kept.reserved_kg))
    assert after.owed_kg <= kept.owed_kg + gone.owed_kg
    assert emptied == Balance(limit)


@pytest.mark.parametrize(
    "movement",
    [Movement(reserved_kg=-1), Movement(delivered_kg=101), Movement(owed_kg=101), Movement(excess_kg=-1)],
)
def test_a_movement_that_no_rule_made_is_refused(movement: Movement) -> None:
    with pytest.raises(Overdrawn):
        Balance(100).after(movement)
