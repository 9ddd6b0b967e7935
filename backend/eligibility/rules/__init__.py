"""Clause 5 as pure questions: facts in, a cited decision out. No clock, no database, no own settings."""

from __future__ import annotations

from backend.eligibility.rules.choices import Decider, SharedCourtyardChild, SplitChoices
from backend.eligibility.rules.facts import ANSWERS, Answer, Fact, Register, Relation, StandingFacts
from backend.eligibility.rules.grounds import OUTCOME_LABELS, Outcome
from backend.eligibility.rules.questions import Change, Question
from backend.eligibility.rules.splitting import RULE, VERSION, Standing, split_standing

__all__ = [
    "ANSWERS",
    "OUTCOME_LABELS",
    "RULE",
    "VERSION",
    "Answer",
    "Change",
    "Decider",
    "Fact",
    "Outcome",
    "Question",
    "Register",
    "Relation",
    "SharedCourtyardChild",
    "SplitChoices",
    "Standing",
    "StandingFacts",
    "split_standing",
]
