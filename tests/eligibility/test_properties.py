"""What must never happen under clause 5, whatever the facts."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.core.law import clause_label
from backend.eligibility.rules import (
    ANSWERS,
    Fact,
    Outcome,
    Register,
    Relation,
    SplitChoices,
    Standing,
    StandingFacts,
    split_standing,
)
from tests.eligibility import standing

pytestmark = pytest.mark.only_on("sqlite", "a rule over facts in memory; no database is asked")

DAY = date(2022, 9, 15)
CHOICES = {name: standing.choices(name) for name in ("sample", "dwelling_first")}

any_choices = st.sampled_from(sorted(CHOICES)).map(CHOICES.__getitem__)
any_facts = st.builds(StandingFacts, **{fact.value: st.sampled_from((None, *ANSWERS[fact])) for fact in Fact})
coherent_facts = any_facts.filter(lambda facts: not facts.contradictory)


def ask(facts: StandingFacts, choices: SplitChoices) -> Standing:
    return split_standing(facts, DAY, choices)


def completions(facts: StandingFacts) -> list[StandingFacts]:
    """Every way to answer what is unknown, without contradiction."""
    filled = [facts]
    for fact in Fact:
        if facts.answer(fact) is None:
            filled = [full.having(fact, answer) for full in filled for answer in ANSWERS[fact]]
    return [full for full in filled if not full.contradictory]


@st.composite
def mostly_known(draw: st.DrawFn) -> StandingFacts:
    """Coherent facts of which at most four are unknown, so that all completions can be walked."""
    full = draw(
        st.builds(StandingFacts, **{fact.value: st.sampled_from(ANSWERS[fact]) for fact in Fact}).filter(
            lambda facts: not facts.contradictory
        )
    )
    hidden = draw(st.sets(st.sampled_from(tuple(Fact)), max_size=4))
    return replace(full, **{fact.value: None for fact in hidden})


@given(any_facts, any_choices)
def test_never_an_outcome_without_a_reason_of_the_chapter(
    facts: StandingFacts, choices: SplitChoices
) -> None:
    answer = ask(facts, choices)
    assert answer.reasons
    for reason in answer.reasons:
        assert re.fullmatch(r"5(\.\d+)*", reason.clause)
        assert clause_label(reason.clause).startswith("第五部分")
        assert re.fullmatch(r"eligibility\.[a-z_.]+", reason.code)
        assert reason.text.endswith(("。", "？")) and "{" not in reason.text


@given(any_facts, any_choices)
def test_a_question_stands_exactly_where_the_outcome_is_open(
    facts: StandingFacts, choices: SplitChoices
) -> None:
    answer = ask(facts, choices)
    assert (answer.outcome == Outcome.ASK) == (answer.question is not None) == (len(answer.possible) > 1)
    assert Outcome.ASK not in answer.possible
    if answer.question:
        assert answer.would_change == ()
        assert answer.question.answers and all(label for _, label in answer.question.answers)


@given(mostly_known(), any_choices)
def test_what_is_unknown_is_asked_only_where_it_changes_the_outcome(
    facts: StandingFacts, choices: SplitChoices
) -> None:
    answer = ask(facts, choices)
    ends = {full: ask(full, choices).outcome for full in completions(facts)}
    assert Outcome.ASK not in ends.values()
    assert set(answer.possible) == set(ends.values())
    if answer.question is None:
        assert set(ends.values()) == {answer.outcome}
        return
    asked = answer.question.fact
    # Either the answer alone tips the outcome, or it says something of the others (one home is one courtyard) and so
    # leaves fewer outcomes.
    left = {
        frozenset(end for full, end in ends.items() if full.answer(asked) == value)
        for value in ANSWERS[asked]
    }
    assert len(left) > 1 or _pairs_differ(ends, asked)


def _pairs_differ(ends: dict[StandingFacts, str], asked: Fact) -> bool:
    """Whether two completions that differ in nothing but ``asked`` end differently."""
    seen: dict[StandingFacts, str] = {}
    for full, end in ends.items():
        rest = replace(full, **{asked.value: None})
        if seen.setdefault(rest, end) != end:
            return True
    return False


@given(any_facts, any_choices, st.data())
def test_more_facts_never_turn_a_decided_outcome_back(
    facts: StandingFacts, choices: SplitChoices, data: st.DataObject
) -> None:
    before = ask(facts, choices)
    unknown = [fact for fact in Fact if facts.answer(fact) is None]
    if facts.contradictory or not unknown:
        return
    fact = data.draw(st.sampled_from(unknown))
    told = facts.having(fact, data.draw(st.sampled_from(ANSWERS[fact])))
    if told.contradictory:
        return
    after = ask(told, choices)
    assert set(after.possible) <= set(before.possible)
    if before.outcome != Outcome.ASK:
        assert after.outcome == before.outcome


@given(coherent_facts, any_choices, st.data())
def test_asking_and_answering_ends_within_as_many_questions_as_there_are_facts(
    facts: StandingFacts, choices: SplitChoices, data: st.DataObject
) -> None:
    for _ in Fact:
        answer = ask(facts, choices)
        if answer.question is None:
            return
        asked = answer.question
        assert facts.answer(asked.fact) is None
        facts = facts.having(asked.fact, data.draw(st.sampled_from([value for value, _ in asked.answers])))
    assert ask(facts, choices).outcome != Outcome.ASK


@given(any_facts, any_choices)
def test_parent_and_child_get_the_same_answer(facts: StandingFacts, choices: SplitChoices) -> None:
    parent = ask(replace(facts, relationship=Relation.PARENT), choices)
    child = ask(replace(facts, relationship=Relation.CHILD), choices)
    assert (parent.outcome, parent.reasons, parent.would_change) == (
        child.outcome,
        child.reasons,
        child.would_change,
    )


@given(any_facts, any_choices)
def test_one_courtyard_and_one_pipeline_never_gives_a_household_without_a_choice_of_the_programme(
    facts: StandingFacts, choices: SplitChoices
) -> None:
    shared = replace(facts, takes_part=True, same_courtyard=True, one_pipeline=True)
    possible = set(ask(shared, choices).possible)
    allowed = {Outcome.ONE_HOUSEHOLD}
    if choices is CHOICES["dwelling_first"]:
        allowed |= {Outcome.SPLIT_POSSIBLE}
    if not shared.contradictory:
        assert possible <= allowed


@given(any_facts, any_choices)
def test_only_both_registers_and_a_dwelling_make_a_household_by_the_rule_alone(
    facts: StandingFacts, choices: SplitChoices
) -> None:
    if ask(facts, choices).outcome == Outcome.OWN_HOUSEHOLD:
        assert facts.police_register is Register.APART and facts.village_register is Register.APART
        assert facts.separate_dwelling is True and facts.same_courtyard is False
        assert facts.relationship is not Relation.SPOUSE and facts.takes_part is True


@given(any_facts, any_choices)
def test_who_takes_no_part_and_nobody_else_has_no_entitlement(
    facts: StandingFacts, choices: SplitChoices
) -> None:
    assert (ask(facts, choices).outcome == Outcome.NO_ENTITLEMENT) == (facts.takes_part is False)


@given(any_facts, any_choices)
def test_a_difference_between_the_registers_is_always_shown(
    facts: StandingFacts, choices: SplitChoices
) -> None:
    police, village = facts.police_register, facts.village_register
    differ = police is not None and village is not None and police is not village
    shown = "eligibility.registers_differ" in [reason.code for reason in ask(facts, choices).reasons]
    assert shown == differ


@given(any_facts, any_choices)
def test_what_would_change_the_answer_does(facts: StandingFacts, choices: SplitChoices) -> None:
    answer = ask(facts, choices)
    for change in answer.would_change:
        supposed = ask(facts.without_contradiction().supposing(change.fact, change.value), choices)
        assert supposed.possible == change.outcomes != answer.possible
        assert change.text


@given(any_facts, any_choices)
def test_the_stored_facts_are_json_and_lead_to_the_same_answer_again(
    facts: StandingFacts, choices: SplitChoices
) -> None:
    answer = ask(facts, choices)
    stored = json.loads(json.dumps(answer.facts))
    assert (answer.rule, answer.version, stored["on"]) == ("eligibility.split_standing", "1", DAY.isoformat())
    assert ask(StandingFacts.read_back(stored), choices) == answer
