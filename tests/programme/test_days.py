"""Which fuel year, whether it is the cold season, when working days have run out."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.programme import FuelYear, MonthDay
from backend.programme.rules import season_fuel_year, within_season
from tests.programme.files import PLAN, altered, plan_of, sample_plan

DAYS = st.dates(date(2000, 1, 1), date(2100, 12, 31))
SEASON = altered(
    PLAN,
    (
        "  fuel_year:\n    value: calendar\n",
        '  fuel_year_first_day:\n    value: "10-01"\n    label: 燃料年度首日\n    choice: true\n    why: 试\n'
        "  fuel_year:\n    value: season\n",
    ),
)


@pytest.mark.parametrize(
    ("day", "label", "first", "last"),
    [
        (date(2022, 12, 31), "2022年", date(2022, 1, 1), date(2022, 12, 31)),
        (date(2023, 1, 1), "2023年", date(2023, 1, 1), date(2023, 12, 31)),
        (date(2023, 1, 2), "2023年", date(2023, 1, 1), date(2023, 12, 31)),
    ],
)
def test_a_calendar_fuel_year_turns_with_the_new_year(day: date, label: str, first: date, last: date) -> None:
    assert sample_plan().fuel_year_of(day) == FuelYear(label, first, last)


@pytest.mark.parametrize(
    ("day", "begins"),
    [
        (date(2022, 9, 30), date(2021, 10, 1)),
        (date(2022, 10, 1), date(2022, 10, 1)),
        (date(2022, 10, 2), date(2022, 10, 1)),
        (date(2023, 1, 1), date(2022, 10, 1)),
    ],
)
def test_a_season_fuel_year_turns_on_its_first_day_so_that_a_winter_cannot_draw_twice(
    day: date, begins: date
) -> None:
    year = plan_of(SEASON).fuel_year_of(day)
    assert (year.first_day, year.next_begins) == (begins, date(begins.year + 1, 10, 1))


@given(DAYS)
def test_every_day_lies_in_exactly_one_fuel_year_of_either_kind(day: date) -> None:
    for year_of in (sample_plan().fuel_year_of, lambda day: season_fuel_year(day, MonthDay(10, 1))):
        year = year_of(day)
        assert year.first_day <= day <= year.last_day
        assert year_of(year.last_day) == year
        assert year_of(year.next_begins).first_day == year.next_begins
        assert year_of(year.next_begins).label != year.label


@pytest.mark.parametrize(
    ("day", "cold"),
    [
        (date(2022, 10, 24), False),
        (date(2022, 10, 25), True),
        (date(2022, 10, 26), True),
        (date(2023, 1, 1), True),
        (date(2023, 4, 14), True),
        (date(2023, 4, 15), True),
        (date(2023, 4, 16), False),
    ],
)
def test_the_heating_season_includes_its_first_and_last_day(day: date, cold: bool) -> None:
    assert sample_plan().in_heating_season(day) is cold


@given(DAYS)
def test_the_season_at_or_after_a_day_holds_it_exactly_in_the_season(day: date) -> None:
    plan = sample_plan()
    first, last = plan.heating_season_of(day)
    assert day <= last
    assert (first <= day) is plan.in_heating_season(day)


def test_a_season_within_one_year_does_not_cross_it() -> None:
    assert within_season(date(2022, 6, 1), MonthDay(5, 1), MonthDay(9, 30))
    assert not within_season(date(2022, 12, 1), MonthDay(5, 1), MonthDay(9, 30))


@pytest.mark.parametrize("text", ["02-29", "13-01", "00-10", "1-1", "10-1", "", "１０-01", "10-01\n"])
def test_a_yearly_day_is_a_day_of_every_year(text: str) -> None:
    with pytest.raises(ValueError):
        MonthDay.read(text)


def test_working_days_skip_weekends_and_holidays_and_count_worked_weekends() -> None:
    plan = sample_plan()
    # The week of the national holiday is off; Saturday and Sunday after it are worked.
    assert plan.working_days_after(date(2022, 9, 30), 1) == date(2022, 10, 8)
    assert plan.working_days_after(date(2022, 9, 30), 5) == date(2022, 10, 12)
    assert plan.working_days_after(date(2022, 9, 15), 5) == date(2022, 9, 22)
    assert not plan.is_working_day(date(2022, 10, 3)) and plan.is_working_day(date(2022, 10, 9))
