"""The wire's shape of notices, their outcomes and consents."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validate

from backend.core.http import (
    Choice,
    Identifier,
    Instant,
    PagingSchema,
    QuerySchema,
    Schema,
    Text,
    WholeNumber,
)
from backend.messaging.queries import MESSAGE_STATES
from backend.messaging.rules import MOST_ASKED


class InboxQuerySchema(PagingSchema):
    """``order``: ``unread_first`` puts the unread before all others; each group newest first."""

    order = Choice(("newest", "unread_first"), load_default="newest")


class NoticeSchema(Schema):
    id = Identifier(required=True)
    topic = fields.String(required=True)
    topic_label = fields.String(required=True)
    title = fields.String(required=True)
    body = fields.String(required=True)
    about_kind = fields.String(required=True, allow_none=True)
    about_id = fields.String(required=True, allow_none=True)
    household_id = fields.String(required=True, allow_none=True)
    page = fields.String(required=True, metadata={"description": "A path of the mini-program, or empty"})
    created_at = Instant(required=True)
    read_at = Instant(required=True, allow_none=True)


class ChannelOutcomeSchema(Schema):
    channel = fields.String(required=True, metadata={"description": "inbox, wechat"})
    state = fields.String(required=True)
    state_label = fields.String(required=True)
    reason = fields.String(required=True, allow_none=True)
    reason_label = fields.String(required=True, allow_none=True)
    at = Instant(required=True)
    proof = fields.String(
        required=True, allow_none=True, metadata={"description": "The platform's message id"}
    )
    doubts = WholeNumber(required=True, metadata={"description": "Sends whose answer was lost"})
    attempts = WholeNumber(required=True)


class NoticeHistorySchema(Schema):
    notice = fields.Nested(NoticeSchema, required=True)
    outcomes = fields.List(fields.Nested(ChannelOutcomeSchema), required=True)


class ToldSchema(Schema):
    """A notice without its words: that somebody was told, and of what."""

    id = Identifier(required=True)
    topic = fields.String(required=True)
    topic_label = fields.String(required=True)
    title = fields.String(required=True)
    about_kind = fields.String(required=True, allow_none=True)
    about_id = fields.String(required=True, allow_none=True)
    household_id = fields.String(required=True, allow_none=True)
    created_at = Instant(required=True)
    read_at = Instant(required=True, allow_none=True)


class ToldHistorySchema(Schema):
    notice = fields.Nested(ToldSchema, required=True)
    outcomes = fields.List(fields.Nested(ChannelOutcomeSchema), required=True)


class MessageQuerySchema(PagingSchema):
    state = Choice(MESSAGE_STATES, load_default=None, metadata={"description": "What failed, if not given"})


class MessageSchema(Schema):
    id = Identifier(required=True)
    person_id = Identifier(required=True)
    person_name = fields.String(required=True, allow_none=True, metadata={"description": "Masked"})
    notice_id = Identifier(required=True)
    topic = fields.String(required=True)
    topic_label = fields.String(required=True)
    title = fields.String(required=True)
    state = fields.String(required=True)
    state_label = fields.String(required=True)
    reason = fields.String(required=True, allow_none=True)
    reason_label = fields.String(required=True, allow_none=True)
    error = fields.String(required=True, allow_none=True)
    attempts = WholeNumber(required=True)
    doubts = WholeNumber(required=True, metadata={"description": "Sends whose answer was lost"})
    retries = WholeNumber(required=True, metadata={"description": "Times that somebody had it tried again"})
    proof = fields.String(
        required=True, allow_none=True, metadata={"description": "The platform's message id"}
    )
    created_at = Instant(required=True)
    due_at = Instant(required=True)
    settled_at = Instant(required=True, allow_none=True)
    lasts_until = Instant(required=True, metadata={"description": "After that it is not sent any more"})


class PausedTemplateSchema(Schema):
    template_id = fields.String(required=True)
    paused_at = Instant(required=True)
    errcode = fields.Integer(required=True)
    errmsg = fields.String(required=True, metadata={"description": "The platform's word"})


class PausedTemplatesSchema(Schema):
    items = fields.List(fields.Nested(PausedTemplateSchema), required=True)


class PosterQuerySchema(QuerySchema):
    page = Text(128, required=True, metadata={"description": "A path of the mini-program, no leading slash"})
    scene = Text(
        32, required=True, metadata={"description": "What the page is told; a household code leads home"}
    )


class ConsentAnswerSchema(Schema):
    template = Text(64, required=True, metadata={"description": "The template's id, as it was asked with"})
    outcome = Choice(("accept", "reject"), required=True)


def _each_once(reports: list[dict[str, Any]]) -> None:
    if len({report["template"] for report in reports}) < len(reports):
        raise ValidationError("同一模板只报一次。")


class ConsentReportSchema(Schema):
    reports = fields.List(
        fields.Nested(ConsentAnswerSchema),
        required=True,
        validate=[validate.Length(1, MOST_ASKED, error=f"应为 1 至 {MOST_ASKED} 项。"), _each_once],
    )


class GrantSchema(Schema):
    template = fields.String(required=True, attribute="template_id")
    balance = WholeNumber(required=True)


class GrantsSchema(Schema):
    grants = fields.List(fields.Nested(GrantSchema), required=True)
