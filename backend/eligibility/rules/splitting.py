"""Is a party counted as a household of its own, or as one with the other party? (clause 5)

The rule is one walk over the facts. Where a fact is unknown the walk forks over its answers: if all ways end
alike, that is the answer; otherwise the first fork whose branches differ is what has to be asked. So a
question is put only when its answer can change the outcome, and one more answer never takes a decision back.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from backend.core.law import Decision, Reason
from backend.eligibility.rules.choices import SettledChoices, SharedCourtyardChild, SplitChoices
from backend.eligibility.rules.facts import ANSWERS, Fact, Register, Relation, StandingFacts
from backend.eligibility.rules.grounds import (
    ANSWERS_CONTRADICT,
    GROUNDS,
    SAME_EITHER_WAY,
    SPECIAL_OFFERED,
    Ground,
    Outcome,
    reason_for,
    registers_differ,
)
from backend.eligibility.rules.questions import Change, Question, change_if, question_about, reason_to_ask
from backend.eligibility.rules.walk import Unknown, ground_of

RULE = "eligibility.split_standing"
VERSION = "1"


@dataclass(frozen=True, slots=True)
class Standing(Decision):
    """A decision of clause 5 with what it could still be, what to ask next, and what would change it.

    ``question`` is there exactly when the outcome is ``ask``; ``would_change`` is empty then.
    """

    possible: tuple[Outcome, ...] = ()
    question: Question | None = None
    would_change: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class _Fork:
    """An unknown fact with the way that follows each of its answers."""

    fact: Fact
    ways: tuple[_Fork | Ground, ...]


_Way = _Fork | Ground


def split_standing(facts: StandingFacts, on: date, choices: SplitChoices) -> Standing:
    """How clause 5 counts the asking party on a day; NotInForce before the programme's choices begin."""
    settled = choices.on(on)
    coherent = facts.without_contradiction()
    way = _way(coherent, settled)
    possible = _outcomes(way)
    asked = _first_that_matters(way)
    question = question_about(asked) if asked else None
    reasons = tuple(_reasons(facts, coherent, way, question, settled))
    return Standing(
        outcome=Outcome.ASK if question else possible[0],
        reasons=reasons,
        rule=RULE,
        version=VERSION,
        facts={**facts.recorded(), "on": on.isoformat(), **settled.recorded()},
        possible=possible,
        question=question,
        would_change=() if question else tuple(_changes(coherent, possible, settled)),
    )


def _way(facts: StandingFacts, choices: SettledChoices) -> _Way:
    completed = facts.completed()
    try:
        return ground_of(completed, choices)
    except Unknown as unknown:
        fact = unknown.fact
    return _Fork(fact, tuple(_way(completed.having(fact, answer), choices) for answer in ANSWERS[fact]))


def _grounds(way: _Way) -> tuple[Ground, ...]:
    if isinstance(way, Ground):
        return (way,)
    return tuple(dict.fromkeys(ground for branch in way.ways for ground in _grounds(branch)))


def _outcomes(way: _Way) -> tuple[Outcome, ...]:
    found = {GROUNDS[ground][0] for ground in _grounds(way)}
    return tuple(outcome for outcome in Outcome if outcome in found)


def _first_that_matters(way: _Way) -> Fact | None:
    """The first fork whose branches do not come to the same; None where every way ends in one outcome."""
    shape = _shape(way)
    return None if isinstance(shape, Outcome) else shape[0]


_Shape = Outcome | tuple[Fact, tuple["_Shape", ...]]


def _shape(way: _Way) -> _Shape:
    """The way without the forks that do not matter. All ways read facts in one order, so like means equal."""
    if isinstance(way, Ground):
        return GROUNDS[way][0]
    shapes = tuple(_shape(branch) for branch in way.ways)
    return shapes[0] if len(set(shapes)) == 1 else (way.fact, shapes)


def _reasons(
    given: StandingFacts,
    coherent: StandingFacts,
    way: _Way,
    question: Question | None,
    choices: SettledChoices,
) -> Iterator[Reason]:
    if question:
        if given.contradictory:
            yield ANSWERS_CONTRADICT
        yield reason_to_ask(question)
    else:
        grounds = _grounds(way)
        if len(grounds) > 1:
            yield SAME_EITHER_WAY
        for ground in grounds:
            yield reason_for(ground, choices)
        if grounds == (Ground.ONE_COURTYARD_ONE_PIPELINE,) and _special_offered(coherent, choices):
            yield SPECIAL_OFFERED
    police, village = given.police_register, given.village_register
    if police and village and police is not village:
        yield registers_differ(police, village)


def _special_offered(facts: StandingFacts, choices: SettledChoices) -> bool:
    return (
        choices.shared_courtyard_child is SharedCourtyardChild.ONE_HOUSEHOLD
        and facts.relationship in (Relation.PARENT, Relation.CHILD)
        and facts.separate_dwelling is True
        and facts.police_register is Register.TOGETHER
    )


def _changes(facts: StandingFacts, now: tuple[Outcome, ...], choices: SettledChoices) -> Iterator[Change]:
    """Each single answer that would lead elsewhere; whose kin somebody is cannot be had otherwise."""
    for fact in Fact:
        if fact is Fact.RELATIONSHIP:
            continue
        for value in ANSWERS[fact]:
            outcomes = _outcomes(_way(facts.supposing(fact, value), choices))
            if outcomes != now:
                yield change_if(fact, value, outcomes)
