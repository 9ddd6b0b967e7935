"""Clause 5 asked of one programme, and the answer as people are shown it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from backend.core.errors import NotFound
from backend.core.law import clause_label
from backend.eligibility.rules import (
    OUTCOME_LABELS,
    Answer,
    Outcome,
    Question,
    SplitChoices,
    Standing,
    StandingFacts,
    split_standing,
)
from backend.identity import place_of
from backend.programme import ProgrammeView, programme_for


@dataclass(frozen=True, slots=True)
class ReasonView:
    code: str
    clause: str
    clause_label: str
    text: str


@dataclass(frozen=True, slots=True)
class OutcomeView:
    outcome: str
    label: str


@dataclass(frozen=True, slots=True)
class AnswerView:
    value: Answer
    label: str


@dataclass(frozen=True, slots=True)
class QuestionView:
    fact: str
    clause: str
    clause_label: str
    text: str
    answers: tuple[AnswerView, ...]


@dataclass(frozen=True, slots=True)
class ChangeView:
    """If ``fact`` were ``value``, the answer would be one of ``outcomes``."""

    fact: str
    value: Answer
    outcomes: tuple[OutcomeView, ...]
    text: str


@dataclass(frozen=True, slots=True)
class StandingView:
    """An answer of clause 5; ``question`` is there exactly when the outcome is ``ask``."""

    outcome: str
    label: str
    reasons: tuple[ReasonView, ...]
    possible: tuple[OutcomeView, ...]
    question: QuestionView | None
    would_change: tuple[ChangeView, ...]
    rule: str
    version: str
    facts: Mapping[str, str | int | bool | None]


def choices_of(programme: ProgrammeView) -> SplitChoices:
    """What the programme settled where clause 5 is silent, each with its days."""
    return SplitChoices(
        shared_courtyard_child=programme.dated_setting("shared_courtyard_child"),
        split_decided_by=programme.dated_setting("split_decided_by"),
        split_countersigned_by=programme.dated_setting("split_countersigned_by"),
        split_countersign_working_days=programme.dated_setting("split_countersign_working_days"),
    )


def standing_for(session: Session, household_id: str, facts: StandingFacts, on: date) -> StandingView:
    """How the plan in force where the household lies counts a party; nothing else is read of the household.

    Raises NotFound for an unknown household, NoProgramme where no plan had begun on the day.
    """
    place = place_of(session, "household", household_id)
    if place is None or place.area_code is None:
        raise NotFound("没有找到这一户。")
    return standing_in(programme_for(session, place.area_code, on), facts, on)


def standing_in(programme: ProgrammeView, facts: StandingFacts, on: date) -> StandingView:
    """How a programme counts a party on a day; NotInForce before its first."""
    return _view(split_standing(facts, on, choices_of(programme)))


def _view(standing: Standing) -> StandingView:
    return StandingView(
        outcome=standing.outcome,
        label=OUTCOME_LABELS[Outcome(standing.outcome)],
        reasons=tuple(
            ReasonView(reason.code, reason.clause, clause_label(reason.clause), reason.text)
            for reason in standing.reasons
        ),
        possible=_outcomes(standing.possible),
        question=_question(standing.question) if standing.question else None,
        would_change=tuple(
            ChangeView(change.fact, change.value, _outcomes(change.outcomes), change.text)
            for change in standing.would_change
        ),
        rule=standing.rule,
        version=standing.version,
        facts=standing.facts,
    )


def _question(asked: Question) -> QuestionView:
    return QuestionView(
        asked.fact,
        asked.clause,
        clause_label(asked.clause),
        asked.text,
        tuple(AnswerView(value, label) for value, label in asked.answers),
    )


def _outcomes(outcomes: tuple[Outcome, ...]) -> tuple[OutcomeView, ...]:
    return tuple(OutcomeView(outcome, OUTCOME_LABELS[outcome]) for outcome in outcomes)
