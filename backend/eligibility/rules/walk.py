"""One walk through clause 5, from the first fact that could end it to the last."""

from __future__ import annotations

from backend.eligibility.rules.choices import SettledChoices, SharedCourtyardChild
from backend.eligibility.rules.facts import Answer, Fact, Register, Relation, StandingFacts
from backend.eligibility.rules.grounds import Ground


class Unknown(Exception):
    """The walk came to a fact that nobody has told."""

    def __init__(self, fact: Fact) -> None:
        self.fact = fact


def ground_of(facts: StandingFacts, choices: SettledChoices) -> Ground:
    """The ground on which the walk ends; raises Unknown at the first unknown fact that it comes to."""

    def known(fact: Fact) -> Answer:
        answer = facts.answer(fact)
        if answer is None:
            raise Unknown(fact)
        return answer

    if not known(Fact.TAKES_PART):
        return Ground.TAKES_NO_PART
    relation = known(Fact.RELATIONSHIP)
    child = relation in (Relation.PARENT, Relation.CHILD)
    if relation is Relation.SPOUSE or (child and known(Fact.LIVING_TOGETHER)):
        # 5.1.1 and 5.1.2 speak of those registered apart; together, they are one by the register itself.
        if facts.police_register is Register.TOGETHER:
            return Ground.REGISTERED_TOGETHER
        return Ground.CHILD_LIVES_WITH_PARENTS if child else Ground.MARRIED_COUPLE
    courtyard = known(Fact.SAME_COURTYARD)
    if courtyard and known(Fact.ONE_PIPELINE):
        if child and choices.shared_courtyard_child is SharedCourtyardChild.SPLIT:
            if known(Fact.SEPARATE_DWELLING) and known(Fact.POLICE_REGISTER) is Register.TOGETHER:
                return Ground.CHILD_IN_OWN_DWELLING
        return Ground.ONE_COURTYARD_ONE_PIPELINE

    dwelling = known(Fact.SEPARATE_DWELLING)
    if not dwelling and not courtyard:
        return Ground.NO_DWELLING_HERE
    police = known(Fact.POLICE_REGISTER)
    if police is Register.TOGETHER:
        if not dwelling:
            return Ground.REGISTERED_TOGETHER
        if not child:
            return Ground.DWELLING_AGAINST_REGISTER
        if courtyard and not known(Fact.OWN_HEATING):
            return Ground.COURTYARD_UNDECIDED
        return Ground.CHILD_IN_OWN_DWELLING
    if not dwelling and not known(Fact.OWN_HEATING):
        return Ground.NO_HEATING_OF_ITS_OWN
    if police is Register.ABSENT and known(Fact.VILLAGE_REGISTER) is Register.ABSENT:
        return Ground.IN_NEITHER_REGISTER
    if courtyard:
        return Ground.COURTYARD_UNDECIDED
    if police is Register.APART and known(Fact.VILLAGE_REGISTER) is Register.APART:
        return Ground.REGISTERED_APART
    return Ground.REGISTERS_DELIBERATED
