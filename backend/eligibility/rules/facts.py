"""What clause 5 asks about two parties: the one that wants to be counted by itself, and the other one.

Every fact may be unknown (None). ``police_register`` and ``village_register`` say how each register lists the
asking party: as an entry apart from the other's, in one entry with it, or not at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum


class Relation(StrEnum):
    """Who the other party is to the one that asks."""

    SPOUSE = "spouse"
    PARENT = "parent"
    CHILD = "child"
    OTHER_KIN = "other_kin"
    NONE = "none"


class Register(StrEnum):
    APART = "apart"
    TOGETHER = "together"
    ABSENT = "absent"


REGISTER_LABELS = {Register.APART: "单独一户", Register.TOGETHER: "与另一方同户", Register.ABSENT: "没有登记"}

Answer = bool | Relation | Register


class Fact(StrEnum):
    """The facts in the order in which the rule reads them, which is the order in which they are asked."""

    TAKES_PART = "takes_part"
    RELATIONSHIP = "relationship"
    LIVING_TOGETHER = "living_together"
    SAME_COURTYARD = "same_courtyard"
    ONE_PIPELINE = "one_pipeline"
    SEPARATE_DWELLING = "separate_dwelling"
    POLICE_REGISTER = "police_register"
    OWN_HEATING = "own_heating"
    VILLAGE_REGISTER = "village_register"


_YES_NO: tuple[Answer, ...] = (True, False)
ANSWERS: Mapping[Fact, tuple[Answer, ...]] = dict.fromkeys(Fact, _YES_NO) | {
    Fact.RELATIONSHIP: tuple(Relation),
    Fact.POLICE_REGISTER: tuple(Register),
    Fact.VILLAGE_REGISTER: tuple(Register),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingFacts:
    takes_part: bool | None = None
    relationship: Relation | None = None
    living_together: bool | None = None
    """Under one roof, as one home."""
    same_courtyard: bool | None = None
    one_pipeline: bool | None = None
    """Heated through one pipeline with the other party."""
    separate_dwelling: bool | None = None
    """A dwelling in this village in which the asking party lives by itself."""
    police_register: Register | None = None
    own_heating: bool | None = None
    """Heating of its own, apart from the other party's."""
    village_register: Register | None = None

    def answer(self, fact: Fact) -> Answer | None:
        value: Answer | None = getattr(self, fact.value)
        return value

    def having(self, fact: Fact, value: Answer) -> StandingFacts:
        return replace(self, **{fact.value: value})  # type: ignore[arg-type]  # the name decides the type

    def recorded(self) -> dict[str, str | bool | None]:
        """The facts as JSON, unknown ones as null; ``StandingFacts.read_back`` reads it."""
        return {
            fact.value: value.value if isinstance(value, StrEnum) else value
            for fact in Fact
            for value in (self.answer(fact),)
        }

    @classmethod
    def read_back(cls, recorded: Mapping[str, object]) -> StandingFacts:
        """The facts of a stored decision; keys that are no facts are passed over."""
        facts = cls()
        for fact in Fact:
            value = recorded.get(fact.value)
            if value is not None:
                # An answer equals its JSON, StrEnum and bool alike; what is none of the answers is refused.
                facts = facts.having(fact, ANSWERS[fact][ANSWERS[fact].index(value)])
        return facts

    @property
    def contradictory(self) -> bool:
        """One home, and yet in two courtyards or beside a dwelling of one's own."""
        return self.living_together is True and (
            self.same_courtyard is False or self.separate_dwelling is True
        )

    def without_contradiction(self) -> StandingFacts:
        """The same with the answers that contradict each other taken as unknown."""
        if not self.contradictory:
            return self
        return replace(
            self,
            living_together=None,
            same_courtyard=None if self.same_courtyard is False else self.same_courtyard,
            separate_dwelling=None if self.separate_dwelling is True else self.separate_dwelling,
        )

    def completed(self) -> StandingFacts:
        """The same with what follows: one home is one courtyard and no dwelling apart, and the other way."""
        if self.living_together is True:
            return replace(self, same_courtyard=True, separate_dwelling=False)
        if self.separate_dwelling is True or self.same_courtyard is False:
            return replace(self, living_together=False)
        return self

    def supposing(self, fact: Fact, value: Answer) -> StandingFacts:
        """The same if ``fact`` were ``value``; an answer that cannot stand beside it becomes unknown."""
        supposed = self.having(fact, value)
        if not supposed.contradictory:
            return supposed
        return supposed.without_contradiction().having(fact, value)
