"""The wire's shape of faults."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, missing, post_load, validate, validates_schema

from backend.core.http import (
    AreaCode,
    Choice,
    Count,
    Identifier,
    Instant,
    Measure,
    PagingSchema,
    ReasonSchema,
    Schema,
    Text,
    Truth,
    WholeNumber,
)
from backend.core.http.shapes import TextTruth
from backend.faults.actions.false_reports import CHECKED, ON_SITE
from backend.faults.actions.pictures import MOST_LISTED, MOST_PHOTOS
from backend.faults.actions.repairing import Part
from backend.faults.rules import categories, severity, states, vouching
from backend.messaging import AskingSchema

_PHONE = validate.Regexp(r"\+?[0-9][0-9 -]{5,18}[0-9]\Z", error="应为电话号码。")


class _PicturesOfReport(fields.List):
    """Ids of photos, whatever came: what is no id becomes None, is told in the answer, and refuses no report (2).

    Not of a danger only: whoever is cold does not type a report again for a picture either.
    """

    def __init__(self) -> None:
        super().__init__(Identifier(), load_default=list, metadata={"maxItems": MOST_PHOTOS})

    def deserialize(self, value: Any, *_args: Any, **_kwargs: Any) -> list[str | None]:
        if value is missing or value is None:
            return []
        return [self._id_or_none(each) for each in (value if isinstance(value, list) else [value])]

    def _id_or_none(self, value: Any) -> str | None:
        try:
            return str(self.inner.deserialize(value))
        except ValidationError:
            return None


class FaultRequestSchema(Schema):
    household_id = Identifier(required=True)
    category = Choice(categories.CATEGORIES, required=True)
    description = Text(1000, lines=True, load_default=None, allow_none=True)
    photo_ids = _PicturesOfReport()
    indoor_temperature_c = Measure("-40", "60", places=1, load_default=None, allow_none=True)


class DoorReportSchema(Schema):
    household_code = Text(
        200, required=True, metadata={"description": "Typed code, or the sticker's address"}
    )
    category = Choice(categories.AT_THE_DOOR, required=True)
    description = Text(1000, lines=True, load_default=None, allow_none=True)
    photo_ids = _PicturesOfReport()
    phone = Text(
        20, load_default=None, allow_none=True, validate=_PHONE, metadata={"description": "To be called back"}
    )


class DispatchSchema(Schema):
    person_id = Identifier(required=True)
    company_id = Text(
        64, load_default=None, allow_none=True, metadata={"description": "Where there is no contract"}
    )


class ArrivalSchema(Schema):
    household_code = Text(200, required=True)
    latitude = Measure("-90", "90", places=6, load_default=None, allow_none=True)
    longitude = Measure("-180", "180", places=6, load_default=None, allow_none=True)


class PartSchema(Schema):
    kind = Text(32, required=True)
    serial = Text(60, required=True)

    @post_load
    def part(self, values: dict[str, str], **_more: object) -> Part:
        return Part(**values)


class DoneSchema(Schema):
    work = Text(1000, lines=True, required=True)
    parts = fields.List(
        fields.Nested(PartSchema), load_default=list, validate=validate.Length(max=50, error="最多 50 件。")
    )
    photo_ids = fields.List(
        Identifier(),
        load_default=list,
        validate=validate.Length(max=MOST_PHOTOS, error=f"最多 {MOST_PHOTOS} 张照片。"),
    )


class ConfirmationSchema(Schema):
    rating = WholeNumber(1, 5, required=True)
    warm = Truth(required=True, metadata={"description": "false opens the fault again"})
    note = Text(500, lines=True, load_default=None, allow_none=True)


class ReopeningSchema(Schema):
    reason = Text(500, lines=True, required=True)
    indoor_temperature_c = Measure("-40", "60", places=1, load_default=None, allow_none=True)


class FaultReasonSchema(Schema):
    reason = Text(300, required=True)


class FalseReportSchema(Schema):
    checked = Choice(CHECKED, required=True, metadata={"description": "Been at the door, or called back"})
    reason = Text(300, required=True)
    household_code = Text(
        200, load_default=None, allow_none=True, metadata={"description": "At the door: the sticker's code"}
    )

    @validates_schema
    def at_the_door(self, given: dict[str, object], **_more: object) -> None:
        if given["checked"] == ON_SITE and not given.get("household_code"):
            raise ValidationError("到过现场的请扫门上的户码牌。", "household_code")


class PauseSchema(Schema):
    until = Instant(required=True)
    reason = Text(300, required=True)


class HeaterRequestSchema(Schema):
    serial = Text(60, required=True)


class AdviceStepSchema(Schema):
    number = fields.Integer(required=True)
    text = fields.String(required=True)


def _steps(description: str) -> fields.List:
    return fields.List(fields.Nested(AdviceStepSchema), required=True, metadata={"description": description})


class PhotoNotKeptSchema(Schema):
    index = Count(required=True, metadata={"description": "Its place in ``photo_ids``, from 0"})
    id = Identifier(required=True, allow_none=True, metadata={"description": "null where it was no id"})
    code = fields.String(required=True)
    text = fields.String(required=True)


class FaultSchema(Schema):
    id = Identifier(required=True)
    household_id = Identifier(required=True)
    area_code = fields.String(required=True)
    address = fields.String(required=True)
    category = Choice(categories.CATEGORIES, required=True)
    category_label = fields.String(required=True)
    severity = Choice(severity.SEVERITIES, required=True)
    severity_label = fields.String(required=True)
    reasons = fields.List(fields.Nested(ReasonSchema), required=True)
    state = Choice(states.STATES, required=True)
    state_label = fields.String(required=True)
    next = fields.String(required=True, metadata={"description": "Whose turn it is"})
    contractor_id = fields.String(required=True, allow_none=True)
    contractor_name = fields.String(required=True, allow_none=True)
    outage_id = Identifier(required=True, allow_none=True)
    reported_at = Instant(required=True)
    reports = Count(required=True)
    reports_only_counted = Count(
        required=True,
        metadata={"description": "Of these, how many have no line in the file: too many in one hour"},
    )
    vouched = Choice(vouching.CODES, required=True, metadata={"description": "Who stands best behind it"})
    vouched_label = fields.String(required=True)
    flood = fields.Boolean(
        required=True,
        metadata={
            "description": "One of many that passers-by reported within minutes; listed after the others"
        },
    )
    round = Count(required=True, metadata={"description": "0, and one more for each reopening"})
    answer_due_at = Instant(required=True)
    on_site_due_at = Instant(required=True)
    restore_due_at = Instant(required=True)
    answered_at = Instant(required=True, allow_none=True)
    arrived_at = Instant(required=True, allow_none=True)
    restored_at = Instant(required=True, allow_none=True)
    paused_until = Instant(required=True, allow_none=True)
    spare_heat_at = Instant(required=True, allow_none=True)
    late = fields.List(
        fields.String(), required=True, metadata={"description": "answer, on_site, restore: past their time"}
    )
    repairer_id = Identifier(required=True, allow_none=True)
    repairer_name = fields.String(required=True, allow_none=True)
    rating = fields.Integer(required=True, allow_none=True)
    closed_at = Instant(required=True, allow_none=True)
    closed_as = fields.String(required=True, allow_none=True)


class ReportAnswerSchema(AskingSchema):
    advice = _steps("What to do first: to be shown before anything else")
    tonight = _steps("Where to be warm tonight")
    hotline = fields.String(required=True)
    report_id = Identifier(required=True)
    joined = fields.Boolean(required=True, metadata={"description": "Added to a fault that was open already"})
    photos_left_out = Count(required=True)
    photos_not_kept = fields.List(
        fields.Nested(PhotoNotKeptSchema),
        required=True,
        metadata={"description": f"Which, and why; the first {MOST_LISTED} of them"},
    )
    fault = fields.Nested(FaultSchema, required=True)


class DoorAnswerSchema(Schema):
    advice = _steps("What to do first: to be shown before anything else")
    tonight = _steps("Where to be warm tonight")
    hotline = fields.String(required=True)
    report_id = Identifier(required=True)
    photos_left_out = Count(required=True)
    photos_not_kept = fields.List(
        fields.Nested(PhotoNotKeptSchema),
        required=True,
        metadata={"description": f"Which, and why; the first {MOST_LISTED} of them"},
    )
    message = fields.String(required=True)


class KeptAnswerSchema(Schema):
    kept = fields.Boolean(required=True, metadata={"description": "Nobody knows yet: the database is away"})
    photos_left_out = Count(required=True)
    advice = _steps("What to do first: to be shown before anything else")
    tonight = _steps("Where to be warm tonight")
    hotline = fields.String(required=True, metadata={"description": "Empty where it is not known"})
    message = fields.String(required=True)


class KeptReportSchema(KeptAnswerSchema, AskingSchema):
    joined = fields.Boolean(required=True)
    fault = fields.Nested(FaultSchema, required=True, allow_none=True, metadata={"description": "Not yet"})


class FaultReportSchema(Schema):
    id = Identifier(required=True)
    at = Instant(required=True)
    via = fields.String(
        required=True, metadata={"description": "resident, household_proxy, officer, passer_by"}
    )
    on_behalf = fields.Boolean(required=True)
    by_name = fields.String(required=True, allow_none=True)
    description = fields.String(required=True, allow_none=True)
    indoor_temperature_c = Measure("-40", "60", places=1, required=True, allow_none=True)
    photo_ids = fields.List(Identifier(), required=True)
    phone_masked = fields.String(required=True, allow_none=True)


class FaultStepSchema(Schema):
    kind = fields.String(required=True)
    label = fields.String(required=True)
    round = Count(required=True)
    at = Instant(required=True)
    by_name = fields.String(required=True, allow_none=True)
    on_behalf = fields.Boolean(required=True)
    note = fields.String(required=True, allow_none=True)
    facts = fields.Dict(required=True)


class FaultPartSchema(Schema):
    kind = fields.String(required=True)
    serial = fields.String(required=True)
    at = Instant(required=True)


class LentHeaterSchema(Schema):
    serial = fields.String(required=True)
    lent_at = Instant(required=True)
    returned_at = Instant(required=True, allow_none=True)


class FaultFileSchema(Schema):
    advice = _steps("What to do first")
    fault = fields.Nested(FaultSchema, required=True)
    reports = fields.List(fields.Nested(FaultReportSchema), required=True)
    steps = fields.List(fields.Nested(FaultStepSchema), required=True)
    parts = fields.List(fields.Nested(FaultPartSchema), required=True)
    heaters = fields.List(fields.Nested(LentHeaterSchema), required=True)
    photo_ids = fields.List(Identifier(), required=True)


class CallBackSchema(Schema):
    report_id = Identifier(required=True)
    phone = fields.String(required=True)


class CallBacksSchema(Schema):
    phones = fields.List(fields.Nested(CallBackSchema), required=True)


class FaultsQuerySchema(PagingSchema):
    state = Choice(states.STATES, load_default=None)
    open = TextTruth(load_default=None)
    category = Choice(categories.CATEGORIES, load_default=None)
    severity = Choice(severity.SEVERITIES, load_default=None)
    household_id = Identifier(load_default=None)
    area_code = AreaCode(load_default=None)
    mine = TextTruth(load_default=None, metadata={"description": "Those sent to me as repairer"})


class OutagesQuerySchema(PagingSchema):
    standing = TextTruth(load_default=None)


class OutageSchema(Schema):
    id = Identifier(required=True)
    area_code = fields.String(required=True)
    village = fields.String(required=True)
    category = fields.String(required=True)
    category_label = fields.String(required=True)
    began_at = Instant(required=True)
    flagged_at = Instant(required=True)
    ended_at = Instant(required=True, allow_none=True)
    households = Count(required=True)
    open = Count(required=True)
