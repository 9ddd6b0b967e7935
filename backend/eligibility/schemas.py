"""The wire's shape of a question of clause 5 and its answer."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, post_load

from backend.core.http import Choice, Identifier, ReasonSchema, Schema, Truth
from backend.eligibility.rules import Fact, Register, Relation, StandingFacts

_RELATIONS = [relation.value for relation in Relation]
_REGISTERS = [register.value for register in Register]


class StandingQuestionSchema(Schema):
    """What is known of the asking party beside the other one; what is not known is left out or null."""

    household_id = Identifier(required=True, metadata={"description": "The household that it is asked for"})
    takes_part = Truth(load_default=None)
    relationship = Choice(
        _RELATIONS, load_default=None, metadata={"description": "Who the other party is to the asking one"}
    )
    living_together = Truth(load_default=None)
    same_courtyard = Truth(load_default=None)
    one_pipeline = Truth(load_default=None)
    separate_dwelling = Truth(
        load_default=None, metadata={"description": "A dwelling in this village, lived in by itself"}
    )
    police_register = Choice(
        _REGISTERS,
        load_default=None,
        metadata={"description": "How the police register lists the asking party"},
    )
    own_heating = Truth(load_default=None)
    village_register = Choice(
        _REGISTERS,
        load_default=None,
        metadata={"description": "How the village committee lists the asking party"},
    )

    @post_load
    def _with_facts(self, body: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {"household_id": body["household_id"], "facts": StandingFacts.read_back(body)}


class OutcomeSchema(Schema):
    outcome = fields.String(required=True)
    label = fields.String(required=True)


class _AnswerField(fields.Raw):
    """true or false, or the code of a relation or a register."""


class AnswerSchema(Schema):
    value = _AnswerField(required=True, metadata={"type": ["boolean", "string"]})
    label = fields.String(required=True)


class QuestionSchema(Schema):
    fact = Choice([fact.value for fact in Fact], required=True)
    clause = fields.String(required=True)
    clause_label = fields.String(required=True)
    text = fields.String(required=True)
    answers = fields.List(fields.Nested(AnswerSchema), required=True)


class ChangeSchema(Schema):
    fact = Choice([fact.value for fact in Fact], required=True)
    value = _AnswerField(required=True, metadata={"type": ["boolean", "string"]})
    outcomes = fields.List(fields.Nested(OutcomeSchema), required=True)
    text = fields.String(required=True)


class StandingSchema(Schema):
    outcome = fields.String(required=True)
    label = fields.String(required=True)
    reasons = fields.List(fields.Nested(ReasonSchema), required=True)
    possible = fields.List(fields.Nested(OutcomeSchema), required=True)
    question = fields.Nested(QuestionSchema, required=True, allow_none=True)
    would_change = fields.List(fields.Nested(ChangeSchema), required=True)
    rule = fields.String(required=True)
    version = fields.String(required=True)
    facts = fields.Dict(keys=fields.String(), required=True)
