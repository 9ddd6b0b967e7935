"""Plan first, then contract, then works; and until when a booking may change."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from backend.core.clock import SHANGHAI
from backend.installation.rules.turns import (
    Registration,
    Signed,
    confirmable_from,
    may_book,
    may_change,
    may_contract,
    slot_is_past,
)

CONFIRMED = Registration(by_household=True, by_village=True, participates=True)
TODAY = date(2022, 9, 15)
FIRST_DAY = date(2022, 5, 13)
PLAIN = Signed("none", False, TODAY)


def codes(decision: object) -> list[str]:
    return [reason.code for reason in decision.reasons]  # type: ignore[attr-defined]  # a Decision


@pytest.mark.parametrize(
    ("by_household", "by_village", "outcome"),
    [(True, True, "yes"), (True, False, "no"), (False, True, "no"), (False, False, "no")],
)
def test_contracts_need_both_words(by_household: bool, by_village: bool, outcome: str) -> None:
    decision = may_contract(Registration(by_household, by_village, True), TODAY, FIRST_DAY, TODAY)
    assert decision.outcome == outcome
    assert set(decision.clauses) <= {"2"}


def test_who_takes_no_part_signs_nothing() -> None:
    decision = may_contract(Registration(True, True, False), TODAY, FIRST_DAY, TODAY)
    assert codes(decision) == ["installation.takes_no_part"] and decision.clauses == ("5.4",)


@pytest.mark.parametrize(
    ("signed_on", "outcome"),
    [
        (date(2022, 5, 12), "no"),
        (date(2022, 5, 13), "yes"),
        (date(2022, 9, 15), "yes"),
        (date(2022, 9, 16), "no"),
    ],
)
def test_a_contract_is_signed_within_the_programme_and_not_tomorrow(signed_on: date, outcome: str) -> None:
    assert may_contract(CONFIRMED, signed_on, FIRST_DAY, TODAY).outcome == outcome


def test_a_booking_needs_a_contract() -> None:
    assert codes(may_book(CONFIRMED, None, False, False)) == ["installation.contract_missing"]
    assert may_book(CONFIRMED, PLAIN, False, False).outcome == "yes"


@pytest.mark.parametrize("financing", ["loan", "lease"])
def test_a_loan_or_lease_waits_for_the_owner(financing: str) -> None:
    waiting = may_book(CONFIRMED, Signed(financing, False, TODAY), False, False)
    assert codes(waiting) == ["installation.owner_not_confirmed"]
    assert may_book(CONFIRMED, Signed(financing, True, TODAY), False, False).outcome == "yes"


def test_an_installed_house_books_again_only_for_rework() -> None:
    assert codes(may_book(CONFIRMED, PLAIN, True, False)) == ["booking.installed_already"]
    assert may_book(CONFIRMED, PLAIN, True, True).outcome == "yes"


def test_the_cooling_days_count_from_the_later_of_signing_and_recording() -> None:
    assert confirmable_from(date(2022, 9, 15), date(2022, 9, 15), 3) == date(2022, 9, 18)
    assert confirmable_from(date(2022, 9, 1), date(2022, 9, 15), 3) == date(2022, 9, 18)


@pytest.mark.parametrize(
    ("day", "visited", "allowed"),
    [
        (date(2022, 9, 16), False, True),
        (date(2022, 9, 15), False, False),
        (date(2022, 9, 14), False, True),
        (date(2022, 9, 14), True, False),
    ],
)
def test_a_booking_changes_to_the_eve_and_after_a_day_on_which_nobody_came(
    day: date, visited: bool, allowed: bool
) -> None:
    assert may_change(day, TODAY, visited) is allowed


@pytest.mark.parametrize(
    ("half_day", "hour", "minute", "past"),
    [
        ("morning", 11, 59, False),
        ("morning", 12, 0, True),
        ("afternoon", 12, 0, False),
        ("afternoon", 18, 0, False),
        ("afternoon", 23, 59, False),
    ],
)
def test_a_half_day_can_be_booked_until_it_ends(half_day: str, hour: int, minute: int, past: bool) -> None:
    local = datetime(2022, 9, 15, hour, minute, tzinfo=SHANGHAI)
    assert slot_is_past(TODAY, half_day, local) is past
    assert slot_is_past(date(2022, 9, 16), half_day, local) is False
    assert slot_is_past(date(2022, 9, 14), half_day, local) is True
