"""The wire's shape of the conversation."""

from __future__ import annotations

from marshmallow import fields

from backend.core.http import Identifier, Instant, PagingSchema, Schema, Text
from backend.doorstep.conversation.rules import TEXT_MAX
from backend.faults import KeptAnswerSchema
from backend.messaging import AskingSchema


class ThreadQuerySchema(PagingSchema):
    household_id = Identifier(load_default=None)


class SaidSchema(Schema):
    text = Text(TEXT_MAX, required=True, lines=True)
    household_id = Identifier(load_default=None, allow_none=True)


class CadreAnswerSchema(Schema):
    text = Text(TEXT_MAX, required=True, lines=True)


class ConversationOptionSchema(Schema):
    key = fields.String(required=True)
    label = fields.String(required=True)


class CardResultSchema(Schema):
    kind = fields.String(required=True)
    id = Identifier(required=True)


class ConversationCardSchema(Schema):
    id = Identifier(required=True)
    household_id = Identifier(required=True)
    kind = fields.String(required=True)
    title = fields.String(required=True)
    body = fields.String(required=True)
    state = fields.String(required=True)
    state_label = fields.String(required=True)
    page = fields.String(required=True)
    made_at = Instant(required=True)
    expires_at = Instant(required=True)
    result = fields.Nested(CardResultSchema, required=True, allow_none=True)


class ConversationEntrySchema(Schema):
    id = Identifier(required=True)
    household_id = Identifier(required=True, allow_none=True)
    person_id = Identifier(required=True)
    who = fields.String(required=True, metadata={"description": "household, service or cadre"})
    by_name = fields.String(required=True, allow_none=True)
    channel = fields.String(required=True)
    text = fields.String(required=True)
    options = fields.List(fields.Nested(ConversationOptionSchema), required=True)
    card = fields.Nested(ConversationCardSchema, required=True, allow_none=True)
    at = Instant(required=True)


class ReplySchema(Schema):
    text = fields.String(required=True)
    options = fields.List(fields.Nested(ConversationOptionSchema), required=True)
    card = fields.Nested(ConversationCardSchema, required=True, allow_none=True)


class ExchangeSchema(Schema):
    entries = fields.List(fields.Nested(ConversationEntrySchema), required=True)
    reply = fields.Nested(ReplySchema, required=True)


class KeptWordsSchema(KeptAnswerSchema, ExchangeSchema):
    """The words are not in the thread yet."""


class ConfirmedCardSchema(ExchangeSchema, AskingSchema):
    """What was done by a card, and what messages may tell of it."""
