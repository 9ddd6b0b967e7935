"""Everyday words, and what they are taken to mean."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from backend.doorstep.conversation import notices, rules
from backend.doorstep.conversation.actions import dialogue
from backend.doorstep.conversation.rules import Intent, fit_reply, readable, understand, whole_number
from backend.faults import CATEGORIES, DANGERS

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "understand.yaml").read_text("utf-8"))
ASKED = [None, "card", "danger_card", "category", "words", "bags", "days", "slot", "house"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.get('asked', '')}{case['said']}")
def test_words_mean_what_people_mean_by_them(case: dict[str, Any]) -> None:
    meant = Intent(case["means"], case.get("category"), case.get("number"), case.get("unit"))
    assert understand(str(case["said"]), case.get("asked")) == meant


@given(st.text(max_size=60), st.sampled_from(ASKED))
def test_whatever_is_written_means_something_that_can_be_answered(text: str, asked: str | None) -> None:
    meant = understand(text, asked)
    assert meant.kind in dialogue._STEPS
    assert meant.category is None or meant.category in CATEGORIES


@given(st.text(max_size=20), st.sampled_from(ASKED))
def test_a_danger_is_heard_in_the_middle_of_any_dialogue(around: str, asked: str | None) -> None:
    meant = understand(f"{around}\n头晕恶心", asked)
    assert meant.category in DANGERS and meant.kind == (rules.YES if asked == "danger_card" else rules.FAULT)


def test_the_rules_know_no_category_that_faults_does_not() -> None:
    known = {category for category, _words in (*rules._DANGERS, *rules._FAULTS)}
    assert known <= set(CATEGORIES) and set(DANGERS) <= known and set(notices.CATEGORIES) == set(CATEGORIES)


@pytest.mark.parametrize(
    ("text", "number"),
    [("十", 10), ("十五", 15), ("二十", 20), ("九十九", 99), ("两", 2), ("007", 7), ("百", None), ("", None)],
)
def test_chinese_numerals_below_a_hundred_are_read(text: str, number: int | None) -> None:
    assert whole_number(text) == number


@given(st.text(max_size=3000))
def test_a_reply_always_fits_the_platform(text: str) -> None:
    kept = readable(text)
    assert len(fit_reply(kept * 9).encode()) <= rules.REPLY_BYTES
