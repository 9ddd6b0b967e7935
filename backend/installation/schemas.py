"""The wire's shape of contracts, slots, bookings, visits, acceptance and stages."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from backend.core.http import (
    AreaCode,
    Choice,
    Count,
    Day,
    Fen,
    Identifier,
    Instant,
    Measure,
    PagingSchema,
    Schema,
    Text,
    Truth,
)
from backend.installation.rules.ending import CHECKLIST, OUTCOMES
from backend.installation.rules.turns import FINANCING, HALF_DAYS
from backend.messaging import AskingSchema

_CODE = r"[a-z][a-z0-9_]{0,47}\Z"


def _code(**more: Any) -> Text:
    return Text(48, validate=validate.Regexp(_CODE, error="代码不对。"), **more)


def _photos() -> fields.List:
    return fields.List(
        Identifier(), load_default=list, validate=validate.Length(max=20, error="最多 20 张照片。")
    )


def _rooms() -> fields.List:
    return fields.List(Text(40), load_default=list, validate=validate.Length(max=20, error="最多 20 间。"))


def _made_at() -> Instant:
    return Instant(
        load_default=None,
        allow_none=True,
        metadata={"description": "The phone's own time, when made offline"},
    )


class ContractRequestSchema(Schema):
    contractor_id = Text(64, required=True)
    signed_on = Day(required=True)
    own_share_fen = Fen(required=True)
    summary = Text(
        1000, required=True, lines=True, metadata={"description": "What was signed, in plain words"}
    )
    financing = Choice(FINANCING, load_default="none")
    photo_ids = _photos()


class OwnerConfirmationSchema(Schema):
    witness = Text(40, load_default=None, allow_none=True)


class ContractSchema(Schema):
    id = Identifier(required=True)
    household_id = Identifier(required=True)
    contractor_id = fields.String(required=True)
    contractor_name = fields.String(required=True)
    signed_on = Day(required=True)
    own_share_fen = Fen(required=True)
    summary = fields.String(required=True)
    financing = fields.String(required=True)
    confirmable_from = Day(required=True, allow_none=True)
    recorded_at = Instant(required=True)
    owner_confirmed_at = Instant(required=True, allow_none=True)
    owner_confirmed_on_behalf = fields.Boolean(required=True)
    witness = fields.String(required=True, allow_none=True)
    ended_at = Instant(required=True, allow_none=True)
    end_reason = fields.String(required=True, allow_none=True)
    photo_ids = fields.List(fields.String(), required=True)


class ContractAnswerSchema(AskingSchema, ContractSchema):
    pass


class SlotRequestSchema(Schema):
    contractor_id = Text(64, load_default=None, allow_none=True)
    area_code = AreaCode(required=True)
    day = Day(required=True)
    half_day = Choice(HALF_DAYS, required=True)
    capacity = Count(1, 500, required=True)


class SlotCapacitySchema(Schema):
    capacity = Count(0, 500, required=True)


class SlotSchema(Schema):
    id = Identifier(required=True)
    contractor_id = fields.String(required=True)
    contractor_name = fields.String(required=True)
    area_code = fields.String(required=True)
    day = Day(required=True)
    half_day = fields.String(required=True)
    capacity = fields.Integer(required=True)
    booked = fields.Integer(required=True)
    free = fields.Integer(required=True)


class SlotQuerySchema(PagingSchema):
    area_code = AreaCode(required=True)
    contractor_id = Text(64, load_default=None)
    from_day = Day(load_default=None, metadata={"description": "First day; today if not given"})


class BookingRequestSchema(Schema):
    household_id = Identifier(required=True)
    slot_id = Identifier(required=True)


class BookingMoveSchema(Schema):
    slot_id = Identifier(required=True)


class BookingSchema(Schema):
    id = Identifier(required=True)
    household_id = Identifier(required=True)
    contract_id = Identifier(required=True)
    slot_id = Identifier(required=True)
    contractor_id = fields.String(required=True)
    area_code = fields.String(required=True)
    day = Day(required=True)
    half_day = fields.String(required=True)
    state = fields.String(required=True)
    on_behalf = fields.Boolean(required=True)
    booked_at = Instant(required=True)
    moved_at = Instant(required=True, allow_none=True)
    ended_at = Instant(required=True, allow_none=True)
    cancel_reason = fields.String(required=True, allow_none=True)


class BookingAnswerSchema(AskingSchema, BookingSchema):
    pass


class RoundQuerySchema(PagingSchema):
    day = Day(load_default=None, metadata={"description": "Today if not given"})
    area_code = AreaCode(load_default=None)


class RoundStopSchema(Schema):
    booking = fields.Nested(BookingSchema, required=True)
    head_name = fields.String(required=True)
    address = fields.String(required=True)
    path = fields.String(required=True)
    phone_masked = fields.String(required=True, allow_none=True)


class VisitRequestSchema(Schema):
    booking_id = Identifier(required=True)
    household_code = Text(200, required=True, metadata={"description": "Scanned at the door"})
    latitude = Measure("-90", "90", places=6, load_default=None, allow_none=True)
    longitude = Measure("-180", "180", places=6, load_default=None, allow_none=True)
    made_at = _made_at()


class MissingItemSchema(Schema):
    kind = fields.String(required=True)
    label = fields.String(required=True)
    count = fields.Integer(required=True)


class VisitSchema(Schema):
    id = Identifier(required=True)
    booking_id = Identifier(required=True)
    household_id = Identifier(required=True)
    contractor_id = fields.String(required=True)
    installer_id = Identifier(required=True)
    begun_at = Instant(required=True)
    made_at = Instant(required=True, allow_none=True)
    finished_at = Instant(required=True, allow_none=True)
    outcome = fields.String(required=True, allow_none=True)
    missing = fields.List(fields.Nested(MissingItemSchema), required=True)
    remark = fields.String(required=True, allow_none=True)


class InstalledItemRequestSchema(Schema):
    kind = _code(required=True)
    serial = Text(64, load_default=None, allow_none=True)
    quantity = Count(1, 100, load_default=1)
    model = Text(80, load_default=None, allow_none=True)
    figures = fields.Dict(
        keys=_code(),
        values=Measure("0", "1000000"),
        load_default=dict,
        validate=validate.Length(max=20, error="指标太多。"),
        metadata={
            "description": "Figure by name with its unit, as the plan names it: heat_output_w, area_m2"
        },
    )
    rooms = _rooms()
    photo_ids = _photos()
    made_at = _made_at()


class InstalledItemSchema(Schema):
    id = Identifier(required=True)
    household_id = Identifier(required=True)
    visit_id = Identifier(required=True, allow_none=True)
    kind = fields.String(required=True)
    quantity = fields.Integer(required=True)
    serial = fields.String(required=True, allow_none=True)
    model = fields.String(required=True, allow_none=True)
    figures = fields.Dict(keys=fields.String(), values=Measure(), required=True)
    rooms = fields.List(fields.String(), required=True)
    recorded_at = Instant(required=True)
    made_at = Instant(required=True, allow_none=True)
    removed_at = Instant(required=True, allow_none=True)
    remove_reason = fields.String(required=True, allow_none=True)
    photo_ids = fields.List(fields.String(), required=True)


class CoAlarmSchema(Schema):
    serial = Text(64, required=True)
    room = Text(40, required=True)
    test_beep = Truth(required=True, metadata={"description": "The test beep was heard"})
    model = Text(80, load_default=None, allow_none=True)
    made_at = _made_at()


class BriefingSchema(Schema):
    given_to = Text(40, required=True, metadata={"description": "Who was told, by name"})
    made_at = _made_at()


class AlarmAtTheDoorSchema(CoAlarmSchema):
    household_code = Text(200, required=True, metadata={"description": "Scanned at the door"})


class BriefingAtTheDoorSchema(BriefingSchema):
    household_code = Text(200, required=True, metadata={"description": "Scanned at the door"})


class VisitFinishSchema(Schema):
    energised = Truth(load_default=False, metadata={"description": "Switched on or lit, and seen running"})
    rooms_lived_in = _rooms()
    remark = Text(300, load_default=None, allow_none=True)
    made_at = _made_at()


class EnergisedSchema(Schema):
    made_at = _made_at()


def _point(code: str) -> Truth:
    return Truth(load_default=False, metadata={"description": CHECKLIST[code]})


class AcceptanceChecklistSchema(Schema):
    """Each point seen and in order, or not."""

    kit_matches = _point("kit_matches")
    safely_fitted = _point("safely_fitted")
    runs = _point("runs")
    explained = _point("explained")


class HouseAcceptanceRequestSchema(Schema):
    outcome = Choice(OUTCOMES, required=True)
    checklist = fields.Nested(AcceptanceChecklistSchema, required=True)
    rework = Text(500, load_default=None, allow_none=True, lines=True)
    old_heating_removed = Truth(load_default=False)
    photo_ids = _photos()
    made_at = _made_at()


class HouseAcceptanceSchema(Schema):
    id = Identifier(required=True)
    household_id = Identifier(required=True)
    outcome = fields.String(required=True)
    checklist = fields.Dict(keys=fields.String(), values=fields.Boolean(), required=True)
    rework = fields.String(required=True, allow_none=True)
    old_heating_removed = fields.Boolean(required=True)
    vacant = fields.Boolean(required=True)
    recorded_at = Instant(required=True)
    made_at = Instant(required=True, allow_none=True)
    photo_ids = fields.List(fields.String(), required=True)


class HeatWordSchema(Schema):
    warm = Truth(load_default=True)
    indoor_temperature_c = Measure("-40", "60", places=1, load_default=None, allow_none=True)
    made_at = _made_at()


class NetworkStageRequestSchema(Schema):
    area_code = AreaCode(required=True)
    path = _code(required=True)
    stage = _code(required=True)
    owner = _code(required=True, metadata={"description": "An office's code of the plan"})
    planned_on = Day(required=True)


class NetworkStageDoneSchema(Schema):
    done_on = Day(required=True)


class NetworkStageSchema(Schema):
    id = fields.String(required=True, allow_none=True)
    area_code = fields.String(required=True)
    path = fields.String(required=True)
    stage = fields.String(required=True)
    label = fields.String(required=True)
    owner = fields.String(required=True, allow_none=True)
    owner_label = fields.String(required=True, allow_none=True)
    planned_on = Day(required=True, allow_none=True)
    done_on = Day(required=True, allow_none=True)


class NetworkStageQuerySchema(PagingSchema):
    area_code = AreaCode(required=True)
    path = _code(load_default=None)


class InstallationNextSchema(Schema):
    code = fields.String(required=True)
    who = fields.String(required=True, metadata={"description": "A role, or an office's code"})
    text = fields.String(required=True)
    rung = fields.String(required=True)


class InstallationStandingSchema(Schema):
    household_id = Identifier(required=True)
    rung = fields.String(required=True)
    next = fields.Nested(InstallationNextSchema, required=True, allow_none=True)
    next_until = Day(required=True, allow_none=True)
    contractor_id = fields.String(required=True, allow_none=True)
    contracted_on = Day(required=True, allow_none=True)
    contract_permits_works = fields.Boolean(required=True)
    booked_for = Day(required=True, allow_none=True)
    booked_half_day = fields.String(required=True, allow_none=True)
    installed_at = Instant(required=True, allow_none=True)
    co_alarm_needed = fields.Boolean(required=True)
    co_alarm_tested_at = Instant(required=True, allow_none=True)
    briefing_given_at = Instant(required=True, allow_none=True)
    energised_at = Instant(required=True, allow_none=True)
    rework_at = Instant(required=True, allow_none=True)
    rework_open = fields.Boolean(required=True)
    accepted_at = Instant(required=True, allow_none=True)
    vacant_accepted = fields.Boolean(required=True)
    heat_confirmed_at = Instant(required=True, allow_none=True)
    still_cold_at = Instant(required=True, allow_none=True)
    missing = fields.List(fields.Nested(MissingItemSchema), required=True)
    rooms_without_alarm = fields.List(fields.String(), required=True)
    stages = fields.List(fields.Nested(NetworkStageSchema), required=True)
    waits_for_stage = fields.Nested(NetworkStageSchema, required=True, allow_none=True)
    old_heating_may_go = fields.Boolean(required=True)


class CoAlarmTestSchema(Schema):
    id = Identifier(required=True)
    item_id = Identifier(required=True)
    room = fields.String(required=True)
    tested_at = Instant(required=True)
    made_at = Instant(required=True, allow_none=True)


class InstallationSchema(Schema):
    """Everything on one household's way from contract to warmth."""

    standing = fields.Nested(InstallationStandingSchema, required=True)
    contract = fields.Nested(ContractSchema, required=True, allow_none=True)
    bookings = fields.List(fields.Nested(BookingSchema), required=True)
    visits = fields.List(fields.Nested(VisitSchema), required=True)
    items = fields.List(fields.Nested(InstalledItemSchema), required=True)
    co_alarm_tests = fields.List(fields.Nested(CoAlarmTestSchema), required=True)
    acceptances = fields.List(fields.Nested(HouseAcceptanceSchema), required=True)
