"""The wire's shape of people, sessions and roles."""

from __future__ import annotations

from marshmallow import fields, validate

from backend.core.http import AreaCode, Choice, Day, Identifier, Instant, QuerySchema, Schema, Text
from backend.identity import rules
from backend.identity.roles import OF_A_HOUSEHOLD, ROLES_TO_GIVE


class LoginSchema(Schema):
    code = Text(128, required=True, metadata={"description": "The code of wx.login, five minutes, once"})


class RoleSchema(Schema):
    id = Identifier(required=True)
    role = fields.String(required=True)
    label = fields.String(required=True)
    area_code = fields.String(required=True, allow_none=True)
    company_id = fields.String(required=True, allow_none=True)
    until = Day(required=True, allow_none=True)


class TieSchema(Schema):
    household_id = Identifier(required=True)
    role = Choice(sorted(OF_A_HOUSEHOLD), required=True)
    label = fields.String(required=True)


class PersonSchema(Schema):
    id = Identifier(required=True)
    name = fields.String(required=True, allow_none=True)
    phone_masked = fields.String(required=True, allow_none=True)
    phone_verified = fields.Boolean(required=True)
    roles = fields.List(fields.Nested(RoleSchema), required=True)
    households = fields.List(fields.Nested(TieSchema), required=True)


class SessionSchema(Schema):
    token = fields.String(required=True)
    expires_at = Instant(required=True)
    person = fields.Nested(PersonSchema, required=True)


class ReturnSchema(QuerySchema):
    return_to = Text(
        300,
        data_key="return",
        load_default=rules.HOME_PAGE,
        validate=validate.Regexp(rules.PAGE_OF_OURS, error="应为本站的页面。"),
        metadata={"description": "A page of ours to go on with afterwards"},
    )


class PageLoginSchema(Schema):
    code = Text(128, required=True, metadata={"description": "As WeChat put it into the page's address"})
    state = Text(128, required=True, metadata={"description": "As WeChat put it into the page's address"})


class PageSessionSchema(SessionSchema):
    return_to = fields.String(required=True, metadata={"description": "The page to go on with"})


class NameSchema(Schema):
    name = Text(40, required=True)


class PhoneSchema(Schema):
    code = Text(128, required=True, metadata={"description": "The code of getPhoneNumber"})


class InvitationRequestSchema(Schema):
    role = Choice(ROLES_TO_GIVE, required=True)
    name = Text(40, required=True, metadata={"description": "Whom it is meant for"})
    area_code = AreaCode(load_default=None, allow_none=True)
    company_id = Text(64, load_default=None, allow_none=True)
    until = Day(load_default=None, allow_none=True)


class InvitationSchema(Schema):
    id = Identifier(required=True)
    code = fields.String(required=True, metadata={"description": "Shown once"})
    role = fields.String(required=True)
    area_code = fields.String(required=True, allow_none=True)
    company_id = fields.String(required=True, allow_none=True)
    expires_at = Instant(required=True)


class AcceptanceSchema(Schema):
    code = Text(64, required=True)


class HeldRoleSchema(Schema):
    id = Identifier(required=True)
    person_id = Identifier(required=True)
    person_name = fields.String(required=True, allow_none=True)
    role = fields.String(required=True)
    area_code = fields.String(required=True, allow_none=True)
    company_id = fields.String(required=True, allow_none=True)
    given_at = Instant(required=True)
