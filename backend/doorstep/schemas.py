"""The wire's shape of what the door shows."""

from __future__ import annotations

from marshmallow import fields

from backend.core.http import Choice, Day, Identifier, Measure, Schema, Text
from backend.registry.schemas import HouseholdSchema


class ScanRequestSchema(Schema):
    household_code = Text(
        200, required=True, metadata={"description": "Typed code, or the sticker's address"}
    )
    purpose = Choice(
        ["look", "confirmation", "visit", "delivery", "repair", "emergency"], load_default="look"
    )
    latitude = Measure("-90", "90", places=6, load_default=None, allow_none=True)
    longitude = Measure("-180", "180", places=6, load_default=None, allow_none=True)


class ScanAnswerSchema(Schema):
    scan_id = Identifier(required=True)
    seen_as = fields.String(required=True)
    next = fields.List(fields.String(), required=True)
    household = fields.Nested(HouseholdSchema, required=True, allow_none=True)
    village = fields.String(required=True, allow_none=True)
    hotline = fields.String(required=True)
    message = fields.String(required=True)


class ClientSettingsSchema(Schema):
    today = Day(required=True)
    programme = fields.String(required=True)
    hotline = fields.String(required=True)
    demo = fields.Boolean(required=True)
    sandbox_url = fields.String(required=True, allow_none=True)
    official_account = fields.Boolean(
        required=True,
        metadata={
            "description": "Whether a page opened in WeChat can log in by GET /api/sessions/official-account"
        },
    )


class PhotoSchema(Schema):
    id = Identifier(required=True)
    width = fields.Integer(required=True)
    height = fields.Integer(required=True)
    size_bytes = fields.Integer(required=True)
