"""Every reviewed case of clause 5, one test each."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from backend.core.law import NotInForce
from backend.eligibility.rules import split_standing
from tests.eligibility import standing

CASES = standing.cases()
KEYS = {
    "title",
    "facts",
    "day",
    "choices",
    "outcome",
    "reasons",
    "question",
    "possible",
    "changes",
    "says",
    "raises",
}


@pytest.mark.parametrize("case", CASES, ids=[case["title"] for case in CASES])
def test_the_rule_answers_as_the_case_says(case: dict[str, Any]) -> None:
    assert set(case) <= KEYS
    told, on = standing.facts(case["facts"]), case.get("day", date(2022, 9, 15))
    choices = standing.choices(case.get("choices", "sample"))
    if case.get("raises"):
        assert case["raises"] == "NotInForce"
        with pytest.raises(NotInForce):
            split_standing(told, on, choices)
        return
    answer = split_standing(told, on, choices)
    assert answer.outcome == case["outcome"]
    assert [(r.code, r.clause) for r in answer.reasons] == [(r["code"], r["clause"]) for r in case["reasons"]]
    assert (answer.question and answer.question.fact) == case.get("question")
    assert case.get("says", "") in "".join(reason.text for reason in answer.reasons)
    if "possible" in case:
        assert set(answer.possible) == set(case["possible"])
    for wanted in case.get("changes", ()):
        [found] = [c for c in answer.would_change if c.fact == wanted["fact"] and c.value == wanted["value"]]
        assert set(found.outcomes) == set(wanted.get("outcomes", found.outcomes))


def test_the_cases_show_every_outcome_every_ground_every_question_and_every_item_of_the_chapter() -> None:
    from backend.eligibility.rules import Fact, Outcome
    from backend.eligibility.rules.grounds import Ground

    codes = {reason["code"] for case in CASES for reason in case.get("reasons", ())}
    assert {case.get("outcome") for case in CASES} - {None} == set(Outcome)
    assert {f"eligibility.{ground}" for ground in Ground} <= codes
    assert {f"eligibility.ask.{fact}" for fact in Fact} <= codes
    clauses = {reason["clause"] for case in CASES for reason in case.get("reasons", ())}
    assert {"5", "5.1.1", "5.1.2", "5.1.3", "5.1.4", "5.2", "5.3", "5.4"} <= clauses


def test_no_two_cases_share_a_title() -> None:
    assert len({case["title"] for case in CASES}) == len(CASES) >= 30
