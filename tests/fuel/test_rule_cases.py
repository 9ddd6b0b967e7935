"""Every reviewed case of who may draw and on which year, one test each."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from backend.fuel.rules import NONE, NOT_YET, OPEN, Balance, FuelFacts, drawn_from, fuel_standing
from backend.programme import FuelYear, MonthDay
from backend.programme.rules import calendar_fuel_year, season_fuel_year

CASES = Path(__file__).parent / "cases"
STANDING: list[dict[str, Any]] = yaml.safe_load((CASES / "standing.yaml").read_text(encoding="utf-8"))
YEARS: list[dict[str, Any]] = yaml.safe_load((CASES / "years.yaml").read_text(encoding="utf-8"))
USUAL = {
    "listed": True,
    "participates": True,
    "path_has_fuel": True,
    "fuel_to": "household",
    "needs_co_alarm": True,
    "installed_on": date(2022, 10, 1),
    "co_alarm_tested_on": date(2022, 10, 1),
    "briefing_given_on": date(2022, 10, 1),
}


def fuel_year(mode: str, day: date) -> FuelYear:
    return calendar_fuel_year(day) if mode == "calendar" else season_fuel_year(day, MonthDay(10, 1))


@pytest.mark.parametrize("case", STANDING, ids=[case["title"] for case in STANDING])
def test_a_house_may_draw_as_the_case_says(case: dict[str, Any]) -> None:
    facts = FuelFacts(**{**USUAL, **case.get("facts", {})})
    answer = fuel_standing(facts, case.get("on", date(2022, 11, 1)))
    assert answer.outcome == case["outcome"]
    assert [{"code": r.code, "clause": r.clause} for r in answer.reasons] == case["reasons"]
    assert answer.facts["on"] and answer.rule == "fuel_standing" and answer.version


def test_the_cases_show_every_outcome() -> None:
    assert {case["outcome"] for case in STANDING} == {OPEN, NOT_YET, NONE}


@pytest.mark.parametrize("case", YEARS, ids=[case["title"] for case in YEARS])
def test_an_order_draws_on_the_year_that_the_case_says(case: dict[str, Any]) -> None:
    day = case["day"]
    assert fuel_year(case["mode"], day).label == case["label"]
    last_of_earlier = {"calendar": date(2022, 12, 31), "season": date(2022, 9, 30)}[case["mode"]]
    names = [name for name in ("earlier", "current") if name in case]
    balances = [(Balance(*case[name]), name == "earlier" and day > last_of_earlier) for name in names]
    chosen = drawn_from(balances, case["asks"])
    assert case["draws"] == ("nothing" if chosen is None else names[chosen])
