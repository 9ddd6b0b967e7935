"""The wire's shape of notices, their outcomes and consents."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validate

from backend.core.http import Choice, Identifier, Instant, PagingSchema, Schema, Text, WholeNumber
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


class NoticeHistorySchema(Schema):
    notice = fields.Nested(NoticeSchema, required=True)
    outcomes = fields.List(fields.Nested(ChannelOutcomeSchema), required=True)


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
