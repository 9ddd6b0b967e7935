"""The wire's shape of a desk."""

from __future__ import annotations

from marshmallow import fields

from backend.core.http import AreaCode, Choice, Count, Identifier, Instant, PagingSchema, QuerySchema, Schema
from backend.doorstep.desk.rules import COUNTS, KINDS


class DeskQuerySchema(QuerySchema):
    area_code = AreaCode(load_default=None, metadata={"description": "The caller's only area, if not given"})


class DeskHouseholdsQuerySchema(PagingSchema):
    area_code = AreaCode(load_default=None)
    kind = Choice(KINDS, required=True)


class DeskAreaSchema(Schema):
    code = fields.String(required=True)
    name = fields.String(required=True)
    level = fields.String(required=True, metadata={"description": "district, township or village"})


DeskCountsSchema = Schema.from_dict(
    {name: Count(required=True, metadata={"description": told}) for name, told in COUNTS.items()},
    name="DeskCountsSchema",
)


class DeskAreaCountsSchema(Schema):
    code = fields.String(required=True)
    name = fields.String(required=True)
    counts = fields.Nested(DeskCountsSchema, required=True)


class DeskSchema(Schema):
    areas = fields.List(
        fields.Nested(DeskAreaSchema),
        required=True,
        metadata={"description": "The caller's own areas; with several the client asks for one of them"},
    )
    area = fields.Nested(DeskAreaSchema, required=True, allow_none=True)
    counts = fields.Nested(DeskCountsSchema, required=True, allow_none=True)
    below = fields.List(
        fields.Nested(DeskAreaCountsSchema),
        required=True,
        metadata={"description": "Townships of a district, villages of a township"},
    )


class DeskHouseholdSchema(Schema):
    id = Identifier(required=True)
    code = fields.String(required=True, allow_none=True)
    address = fields.String(required=True)
    head_name = fields.String(required=True)
    phone_masked = fields.String(required=True, allow_none=True)
    path = fields.String(required=True)
    path_label = fields.String(required=True)
    people = fields.Integer(required=True, allow_none=True)
    area_code = fields.String(required=True)
    flags = fields.List(fields.String(), required=True)
    confirmed_by_household_at = Instant(required=True, allow_none=True)
    confirmed_by_village_at = Instant(required=True, allow_none=True)
    locked_at = Instant(required=True, allow_none=True)
    sent_back_reason = fields.String(required=True, allow_none=True)


class DeskReasonSchema(Schema):
    code = fields.String(required=True)
    text = fields.String(required=True)
    since = Instant(required=True, allow_none=True)


class DeskRowSchema(Schema):
    household = fields.Nested(DeskHouseholdSchema, required=True)
    reasons = fields.List(
        fields.Nested(DeskReasonSchema), required=True, metadata={"description": "The most urgent first"}
    )


class WalkStopSchema(Schema):
    id = Identifier(required=True)
    code = fields.String(required=True, allow_none=True)
    address = fields.String(required=True)
    head_name = fields.String(required=True)
    path = fields.String(required=True)
    confirmed_by_household = fields.Boolean(required=True)
    confirmed_by_village = fields.Boolean(required=True)
    locked = fields.Boolean(required=True)
    sent_back = fields.Boolean(required=True)


class WalkSchema(Schema):
    area = fields.Nested(DeskAreaSchema, required=True)
    items = fields.List(fields.Nested(WalkStopSchema), required=True)
    left_out = Count(required=True, metadata={"description": "Houses beyond the six hundred that are sent"})
