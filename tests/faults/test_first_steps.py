"""What a phone says in danger before any answer is what the server says first."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from backend.faults.rules import categories
from backend.faults.rules.advice import safety_advice, tonight

ROOT = Path(__file__).resolve().parents[2]
ON_THE_PHONE = json.loads((ROOT / "miniprogram/src/pages/fault/parts/first-steps.json").read_text("utf-8"))


@pytest.mark.parametrize("category", categories.CATEGORIES)
def test_the_phone_knows_the_first_steps_of_a_category_word_for_word(category: str) -> None:
    kept = ON_THE_PHONE["first"].get(category, {"call": "", "steps": []})
    assert kept["steps"] == [step.text for step in safety_advice(category)]
    assert kept["call"] in "".join(kept["steps"]), "the number to call is the one that the steps name"


@pytest.mark.parametrize("category", categories.DANGERS)
def test_a_danger_to_life_has_a_number_to_call_at_once(category: str) -> None:
    assert ON_THE_PHONE["first"][category]["call"] in ("119", "120")


def test_the_phone_knows_where_to_be_warm_tonight() -> None:
    assert ON_THE_PHONE["tonight"] == [
        step.text for step in tonight(categories.NO_HEAT, in_season=True, measured_cold=False)
    ]
