"""The wire's shape of companies."""

from __future__ import annotations

from marshmallow import fields, validate

from backend.core.http import AreaCode, Choice, PagingSchema, Schema, Text
from backend.supervision.models import KINDS


class CompanyRequestSchema(Schema):
    id = Text(
        48,
        required=True,
        validate=validate.Regexp(r"[a-z][a-z0-9-]{1,47}\Z", error="请用小写字母、数字和连字符，以字母开头。"),
        metadata={"description": "Short code, lower case letters, digits and hyphens"},
    )
    name = Text(80, required=True)
    area_code = AreaCode(
        required=True, metadata={"description": "Where it works: this area and all below it"}
    )
    kinds = fields.List(
        Choice(KINDS), required=True, validate=validate.Length(1, len(KINDS), error="请至少选择一项业务。")
    )


class CompanySchema(Schema):
    id = fields.String(required=True)
    name = fields.String(required=True)
    area_code = fields.String(required=True)
    kinds = fields.List(fields.String(), required=True)


class CompanyQuerySchema(PagingSchema):
    kind = Choice(KINDS, load_default=None)
