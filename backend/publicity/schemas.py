"""The wire's shape of campaigns."""

from __future__ import annotations

from marshmallow import fields

from backend.core.http import AreaCode, Choice, Identifier, Instant, Schema, Text
from backend.registry.schemas import PATHS


class CampaignRequestSchema(Schema):
    area_code = AreaCode(required=True)
    path = Choice(PATHS, load_default=None, allow_none=True)
    title = Text(60, required=True)
    body = Text(2000, required=True, lines=True)


class CampaignSchema(Schema):
    id = Identifier(required=True)
    area_code = fields.String(required=True)
    path = fields.String(required=True, allow_none=True)
    title = fields.String(required=True)
    body = fields.String(required=True)
    state = fields.String(required=True, metadata={"description": "draft, released, delivered or stopped"})
    written_by = Identifier(required=True)
    written_at = Instant(required=True)
    released_by = Identifier(required=True, allow_none=True)
    released_at = Instant(required=True, allow_none=True)
    ended_at = Instant(required=True, allow_none=True)
    reached = fields.Integer(required=True)
    audience = fields.Integer(required=True)
