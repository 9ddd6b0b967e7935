"""Every reviewed case of severity, clock and climbing, one test each; and what must hold for all of them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from backend.core import clock
from backend.faults.rules.advice import safety_advice, tonight
from backend.faults.rules.categories import CATEGORIES, DANGERS
from backend.faults.rules.service import Level, Promise, Stage, due_times, late
from backend.faults.rules.severity import SEVERITIES, SeverityFacts, severity_of
from tests.programme.files import sample_plan

HERE = Path(__file__).parent / "cases"
FIRST, LAST, COLD = date(2022, 10, 25), date(2023, 4, 15), Decimal(14)


def cases(name: str) -> list[Any]:
    return [
        pytest.param(case, id=case["title"])
        for case in yaml.safe_load((HERE / f"{name}.yaml").read_text(encoding="utf-8"))
    ]


def local(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=clock.SHANGHAI).astimezone(UTC)


def facts(category: str, temperature: str | None = None) -> SeverityFacts:
    return SeverityFacts(category, Decimal(temperature) if temperature else None, COLD, FIRST, LAST)


@pytest.mark.parametrize("case", cases("severity"))
def test_a_report_is_as_grave_as_the_case_says(case: dict[str, Any]) -> None:
    plan = sample_plan()
    assert plan.setting("cold_indoor_c") == COLD
    first, last = plan.heating_season_of(case["day"])
    told = SeverityFacts(
        case["category"],
        Decimal(case["indoor_temperature_c"]) if "indoor_temperature_c" in case else None,
        plan.setting("cold_indoor_c"),
        first,
        last,
    )
    decision = severity_of(told, case["day"])
    assert decision.outcome == case["outcome"]
    assert [{"code": r.code, "clause": r.clause} for r in decision.reasons] == case["reasons"]
    assert decision.facts["on"] == case["day"].isoformat() and decision.rule == "fault_severity"


@pytest.mark.parametrize("case", cases("clock"))
def test_the_clock_runs_as_the_case_says(case: dict[str, Any]) -> None:
    level = sample_plan().service_level(**case["level"])
    at = local(case["at"])
    ends = clock.start_of_day(clock.local_day(at) + timedelta(days=1))
    due = due_times(Promise(level.answer_minutes, level.on_site_minutes, level.restore_minutes), at, ends)
    assert due.answer == local(case["answer"])
    assert due.on_site == local(case["on_site"])
    assert due.restore == local(case["restore"])
    assert due.answer.tzinfo is UTC


@pytest.mark.parametrize("case", cases("climb"))
def test_an_overdue_stage_climbs_as_the_case_says(case: dict[str, Any]) -> None:
    due = local("2022-12-01 10:00")
    levels = [Level(each.role, each.after_minutes) for each in sample_plan().climbs]
    stage = Stage("answer", due, due + timedelta(minutes=5) if case.get("met") else None)
    now = due + timedelta(minutes=case["after"])
    assert list(late(stage, reversed(levels), case.get("unheard", ()), now)) == case["climbed"]


@given(
    st.integers(1, 5000),
    st.integers(0, 5000),
    st.one_of(st.none(), st.integers(0, 20000)),
    st.datetimes(datetime(2022, 1, 1), datetime(2024, 1, 1)),
)
def test_nothing_is_due_before_what_comes_first(
    answer: int, more: int, later: int | None, naive: datetime
) -> None:
    on_site = answer + more
    since = naive.replace(tzinfo=UTC)
    ends = clock.start_of_day(clock.local_day(since) + timedelta(days=1))
    due = due_times(Promise(answer, on_site, None if later is None else on_site + later), since, ends)
    assert since < due.answer <= due.on_site <= due.restore


@given(
    st.sampled_from(CATEGORIES),
    st.dates(date(2022, 1, 1), date(2023, 12, 31)),
    st.one_of(st.none(), st.decimals(-30, 40, places=1)),
)
def test_a_temperature_never_makes_a_report_less_grave_and_every_answer_cites(
    category: str, on: date, temperature: Decimal | None
) -> None:
    without = severity_of(SeverityFacts(category, None, COLD, FIRST, LAST), on)
    measured = severity_of(SeverityFacts(category, temperature, COLD, FIRST, LAST), on)
    assert SEVERITIES.index(measured.outcome) <= SEVERITIES.index(without.outcome)
    assert all(reason.clause and reason.text for reason in measured.reasons)
    if category in DANGERS or (temperature is not None and temperature < COLD):
        assert measured.outcome == "critical"


@pytest.mark.parametrize("category", ["co", "smoke", "leaking", "electric_shock"])
def test_what_is_dangerous_has_numbered_advice(category: str) -> None:
    steps = safety_advice(category)
    assert [step.number for step in steps] == list(range(1, len(steps) + 1)) and len(steps) >= 4


def test_carbon_monoxide_advice_begins_with_air_and_getting_out() -> None:
    first, second, *_ = safety_advice("co")
    assert "打开门窗" in first.text and "屋外" in first.text
    assert "120" in second.text


@pytest.mark.parametrize("category", DANGERS)
def test_nobody_is_sent_to_light_or_plug_in_where_the_heating_is_the_danger(category: str) -> None:
    spoken = "".join(step.text for step in tonight(category, True, True))
    assert "取暖点" in spoken
    assert "电暖器" not in spoken and "煤" not in spoken


def test_a_cold_house_is_offered_heater_coal_and_a_warm_room_and_a_warm_one_nothing() -> None:
    spoken = "".join(step.text for step in tonight("no_heat", True, False))
    assert all(word in spoken for word in ("电暖器", "清洁煤", "取暖点"))
    assert tonight("no_heat", False, False) == ()
    assert tonight("other", False, True) == tonight("no_heat", True, False)
    assert tonight("noise", True, False) == ()
