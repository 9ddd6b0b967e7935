"""The question and the answer as they travel."""

from __future__ import annotations

import json
from datetime import date, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from marshmallow import ValidationError

from backend.core.law import NotInForce, clause_label
from backend.eligibility.queries import choices_of, standing_in
from backend.eligibility.rules import Fact, Register, Relation, StandingFacts
from backend.eligibility.schemas import StandingQuestionSchema, StandingSchema
from backend.programme import ProgrammeView
from backend.programme.document import SETTINGS, read_programme
from tests.eligibility import standing
from tests.programme.files import PLAN, altered, plan_of

pytestmark = pytest.mark.only_on("sqlite", "schemas and a rule in memory; no database is asked")

HOUSEHOLD = "0" * 26
SAMPLE = Path(__file__).parents[2] / "backend" / "programme" / "data" / "shuocheng-2022.yaml"


def loaded(**told: Any) -> StandingFacts:
    facts: StandingFacts = StandingQuestionSchema().load({"household_id": HOUSEHOLD, **told})["facts"]
    return facts


def test_what_is_left_out_and_what_is_null_are_both_unknown() -> None:
    assert loaded() == loaded(**{fact.value: None for fact in Fact}) == StandingFacts()


def test_every_fact_of_the_rule_can_be_told() -> None:
    told = {fact.value: True for fact in Fact} | {
        "relationship": "parent",
        "police_register": "together",
        "village_register": "apart",
    }
    facts = loaded(**told)
    assert facts.recorded() == told
    assert facts.relationship is Relation.PARENT and facts.police_register is Register.TOGETHER


@pytest.mark.parametrize(
    "told",
    [
        {"takes_part": "yes"},
        {"takes_part": 1},
        {"relationship": "cousin"},
        {"police_register": True},
        {"village_register": ""},
        {"own_heater": True},
    ],
)
def test_refuses_what_is_no_answer_to_the_question(told: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        loaded(**told)


def sample_programme() -> ProgrammeView:
    plan = read_programme(SAMPLE.read_bytes()).plan
    assert plan is not None
    return plan


@pytest.mark.parametrize("case", standing.cases(), ids=lambda case: case["title"])
def test_every_answer_travels_whole(case: dict[str, Any]) -> None:
    programme = sample_programme()
    view = standing_in(programme, standing.facts(case["facts"]), programme.first_day)
    sent = json.loads(json.dumps(StandingSchema().dump(view)))
    assert sent["outcome"] == view.outcome and sent["label"]
    assert [reason["clause_label"] for reason in sent["reasons"]] == [
        clause_label(reason["clause"]) for reason in sent["reasons"]
    ]
    assert (sent["question"] is not None) == (sent["outcome"] == "ask")
    for change in sent["would_change"]:
        assert set(change) == {"fact", "value", "outcomes", "text"} and change["outcomes"]
    if sent["question"]:
        fact = sent["question"]["fact"]
        for answer in sent["question"]["answers"]:
            loaded(**{fact: answer["value"]})


SETTLED = ("shared_courtyard_child", "split_decided_by", "split_countersigned_by")
SHARING = {
    "takes_part": True, "relationship": "parent", "separate_dwelling": True, "same_courtyard": True,
    "one_pipeline": True, "police_register": "together",
}  # fmt: skip


def _decided(name: str, entry: str) -> tuple[str, str]:
    """The change of a programme file that decides a setting otherwise."""
    text = PLAN.decode()
    line = text[text.index(f"  {name}:\n") :].splitlines(keepends=True)[1]
    return f"  {name}:\n{line}", f"  {name}:\n    {entry}\n"


def test_every_value_that_a_programme_may_settle_is_one_that_the_rule_knows() -> None:
    for values in product(*(SETTINGS[name] for name in SETTLED)):
        named = dict(zip(SETTLED, values, strict=True))
        raw = altered(PLAN, *(_decided(name, f"value: {value}") for name, value in named.items()))
        plan = plan_of(raw)
        settled = choices_of(plan).on(plan.first_day)
        assert {name: settled.recorded()[name] for name in SETTLED} == named


def test_a_choice_that_changes_holds_from_its_own_day() -> None:
    entries = (
        'values: [{value: one_household, since: 2022-05-13, clause: "5.1.3"}, '
        '{value: split, since: 2022-10-01, clause: "5.2"}]'
    )
    plan = plan_of(altered(PLAN, _decided("shared_courtyard_child", entries)))
    facts = standing.facts(SHARING)
    before, after = (standing_in(plan, facts, date(2022, *day)) for day in ((9, 30), (10, 1)))
    assert [reason.clause for reason in before.reasons] == ["5.1.3", "5.3"]
    assert "5.2" in [reason.clause for reason in after.reasons] and after.outcome != before.outcome


def test_the_sample_programme_settles_what_the_clause_leaves_open() -> None:
    programme = sample_programme()
    facts = standing.facts(SHARING)
    view = standing_in(programme, facts, programme.first_day)
    assert [reason.clause for reason in view.reasons] == ["5.1.3", "5.3"]
    with pytest.raises(NotInForce):
        standing_in(programme, facts, programme.first_day - timedelta(days=1))
