"""Who is one household and who is another (clause 5): what the rules answer, what would change it."""

from backend.eligibility.rules import (
    Outcome,
    Register,
    Relation,
    SplitChoices,
    Standing,
    StandingFacts,
    split_standing,
)

__all__ = ["Outcome", "Register", "Relation", "SplitChoices", "Standing", "StandingFacts", "split_standing"]
