"""The wire's shape of lists, households, stickers, ties and confirmations."""

from __future__ import annotations

from marshmallow import ValidationError, fields, validates_schema

from backend.core.http import (
    AreaCode,
    Choice,
    Count,
    Identifier,
    Instant,
    Measure,
    PagingSchema,
    Schema,
    Text,
    Truth,
)
from backend.core.http.shapes import TextTruth
from backend.messaging import AskingSchema
from backend.registry.rules.list_rows import FIELDS

PATHS = ("district_heat", "heat_pump", "heat_pump_station", "solar_plus", "biomass")


class UploadFormSchema(Schema):
    area_code = AreaCode(required=True, metadata={"description": "The area that the list may speak for"})
    file = fields.Raw(
        metadata={"type": "string", "format": "binary", "description": "The list itself: xlsx or csv"}
    )


class ImportSchema(Schema):
    id = Identifier(required=True)
    area_code = fields.String(required=True)
    filename = fields.String(required=True)
    state = fields.String(required=True, metadata={"description": "checked or committed"})
    rows = fields.Integer(required=True)
    counts = fields.Dict(
        required=True, metadata={"description": "rows by outcome, findings by code, rows taken in"}
    )
    checked_at = Instant(required=True)
    committed_at = Instant(required=True, allow_none=True)


class FindingSchema(Schema):
    sheet_row = fields.Integer(required=True)
    column = fields.String(required=True)
    code = fields.String(required=True)
    outcome = fields.String(required=True, metadata={"description": "mended, flagged or held"})
    shown = fields.String(required=True, allow_none=True)
    remedy = fields.String(required=True)


class HeldRowSchema(Schema):
    id = Identifier(required=True)
    area_code = fields.String(required=True)
    import_id = Identifier(required=True)
    sheet_row = fields.Integer(required=True)
    codes = fields.List(fields.String(), required=True)
    shown = fields.Dict(required=True)
    settled_at = Instant(required=True, allow_none=True)
    settled_as = fields.String(required=True, allow_none=True)
    household_id = Identifier(required=True, allow_none=True)


# What is typed anew, field by field as in the list.
CorrectionsSchema = Schema.from_dict(
    {name: Text(500 if name == "remark" else 200) for name in FIELDS if name != "serial"},
    name="CorrectionsSchema",
)


class SettlementSchema(Schema):
    outcome = Choice(["corrected", "withdrawn"], required=True)
    corrections = fields.Nested(CorrectionsSchema, load_default=dict)
    reason = Text(300, required=True)

    @validates_schema
    def one_or_the_other(self, given: dict[str, object], **_more: object) -> None:
        if given.get("outcome") == "withdrawn" and given.get("corrections"):
            raise ValidationError("撤销的行不需要更正。", "corrections")


class FlagNoteSchema(Schema):
    code = fields.String(required=True)
    problem = fields.String(required=True)
    remedy = fields.String(required=True)


class HouseholdSchema(Schema):
    id = Identifier(required=True)
    code = fields.String(
        required=True, allow_none=True, metadata={"description": "The code on the valid sticker"}
    )
    programme_id = fields.String(required=True)
    area_code = fields.String(required=True)
    path = fields.String(required=True)
    head_name = fields.String(required=True)
    id_number_masked = fields.String(required=True, allow_none=True)
    phone_masked = fields.String(required=True, allow_none=True)
    police_no = fields.String(required=True, allow_none=True)
    village_registered = fields.Boolean(required=True, allow_none=True)
    people = fields.Integer(required=True, allow_none=True)
    address = fields.String(required=True)
    courtyard = fields.String(required=True, allow_none=True)
    floor_area_m2 = fields.Float(required=True, allow_none=True)
    remark = fields.String(required=True, allow_none=True)
    vacant = fields.Boolean(required=True)
    arrangement = fields.String(required=True, allow_none=True)
    participates = fields.Boolean(required=True)
    flags = fields.List(fields.String(), required=True)
    flag_notes = fields.List(
        fields.Nested(FlagNoteSchema), required=True, metadata={"description": "The flags in words"}
    )
    confirmed_by_household_at = Instant(required=True, allow_none=True)
    confirmed_by_village_at = Instant(required=True, allow_none=True)
    sent_back_at = Instant(required=True, allow_none=True)
    sent_back_reason = fields.String(required=True, allow_none=True)
    locked_at = Instant(required=True, allow_none=True)


class HouseholdAnswerSchema(AskingSchema, HouseholdSchema):
    pass


class HouseholdQuerySchema(PagingSchema):
    area_code = AreaCode(load_default=None)
    path = Choice(PATHS, load_default=None)
    confirmed = TextTruth(load_default=None)
    flag = Text(40, load_default=None)
    address = Text(60, load_default=None)


class HeldRowQuerySchema(PagingSchema):
    settled = TextTruth(load_default=None)


class CompletionSchema(Schema):
    phone = Text(20)
    id_number = Text(18)
    people = Count(0, 50)
    floor_area_m2 = Measure("0.01", "100000")
    vacant = Truth()
    arrangement = Text(32)

    @validates_schema
    def something(self, given: dict[str, object], **_more: object) -> None:
        if not given:
            raise ValidationError("至少填写一项。")
        phone = given.get("phone")
        if isinstance(phone, str) and not (phone.isascii() and phone.isdigit() and len(phone) == 11):
            raise ValidationError("应为十一位手机号。", "phone")


class ReplacementSchema(Schema):
    reason = Text(300, required=True)
    revoke = Truth(load_default=False)


class BindingSchema(Schema):
    household_code = Text(200, required=True)
    proof = Choice(["phone", "identity"], required=True)
    name = Text(60)
    id_last_six = Text(6)

    @validates_schema
    def complete(self, given: dict[str, object], **_more: object) -> None:
        if given.get("proof") == "identity":
            for name in ("name", "id_last_six"):
                if not given.get(name):
                    raise ValidationError("必填。", name)


class ResidentSchema(Schema):
    phone = Text(20, required=True)


class ProxySchema(Schema):
    phone = Text(20, required=True)
    relation = Text(40, required=True)


class TiedPersonSchema(Schema):
    tie_id = Identifier(required=True)
    person_id = Identifier(required=True, attribute="person.id")
    name = fields.String(required=True, allow_none=True, attribute="person.name")
    phone_masked = fields.String(required=True, allow_none=True, attribute="person.phone_masked")
    role = fields.String(required=True)
    relation = fields.String(required=True, allow_none=True)
    proven_by = fields.String(required=True)
    since = Instant(required=True)


class TiedPeopleSchema(Schema):
    items = fields.List(fields.Nested(TiedPersonSchema), required=True)


class WitnessSchema(Schema):
    witness_name = Text(40, required=True)


class OnSiteSchema(Schema):
    household_code = Text(200, required=True)
    latitude = Measure("-90", "90", places=6, load_default=None, allow_none=True)
    longitude = Measure("-180", "180", places=6, load_default=None, allow_none=True)
    made_at = Instant(
        load_default=None,
        allow_none=True,
        metadata={
            "description": "The phone's own time, where it was made without signal; at most 14 days ago"
        },
    )


class ShownNumberSchema(Schema):
    whose = fields.String(required=True, metadata={"description": "户主, or a name"})
    phone = fields.String(required=True)


class ShownNumbersSchema(Schema):
    phones = fields.List(fields.Nested(ShownNumberSchema), required=True)


class RevealSchema(Schema):
    id = Identifier(required=True)
    at = Instant(required=True)
    by_name = fields.String(required=True, allow_none=True)
    reason = fields.String(required=True)
    numbers = Count(required=True, metadata={"description": "How many were shown"})


class ScanEntrySchema(Schema):
    id = Identifier(required=True)
    person_id = Identifier(required=True, allow_none=True)
    seen_as = fields.String(required=True)
    purpose = fields.String(required=True)
    at = Instant(required=True)
    latitude = fields.Float(required=True, allow_none=True)
    longitude = fields.Float(required=True, allow_none=True)
