"""The wire's shape of entitlements, orders, deliveries and batches."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from backend.core.http import (
    AreaCode,
    Choice,
    Count,
    Day,
    Identifier,
    Instant,
    Kilograms,
    Measure,
    PagingSchema,
    ReasonSchema,
    Schema,
    Text,
    Truth,
)
from backend.fuel.actions.deliveries import AGREES, DISPUTES
from backend.fuel.actions.orders import CAUSES
from backend.messaging import AskingSchema


class OrderRequestSchema(Schema):
    household_id = Identifier(required=True)
    kilograms = Kilograms(required=True, metadata={"description": "Whole bags"})
    wanted_from = Day(required=True)
    wanted_until = Day(required=True)


class CancellationSchema(Schema):
    reason = Text(300, required=True)


class FailureSchema(Schema):
    cause = Choice(tuple(CAUSES), required=True)
    note = Text(200, load_default=None, allow_none=True)


class DeliveryRequestSchema(Schema):
    household_code = Text(200, required=True, metadata={"description": "Scanned or typed at the door"})
    fuel_batch_id = Identifier(required=True)
    bags = Count(required=True)
    kilograms = Kilograms(required=True, metadata={"description": "As weighed"})
    photo_ids = fields.List(Identifier(), load_default=list)
    made_at = Instant(load_default=None, allow_none=True, metadata={"description": "When sent late"})
    more_to_come = Truth(load_default=False)
    latitude = Measure("-90", "90", places=6, load_default=None, allow_none=True)
    longitude = Measure("-180", "180", places=6, load_default=None, allow_none=True)


class DeliveryAnswerSchema(Schema):
    answer = Choice((AGREES, DISPUTES), required=True)
    received_kg = Kilograms(minimum=0, required=True)
    note = Text(300, load_default=None, allow_none=True)
    witness_name = Text(40, load_default=None, allow_none=True)


class CorrectionSchema(Schema):
    kilograms = Kilograms(minimum=0, required=True)
    reason = Text(300, required=True)


class BatchRequestSchema(Schema):
    number = Text(64, required=True)
    grade = Text(32, required=True)
    produced_on = Day(required=True)
    quantity_kg = Kilograms(maximum=100_000_000, required=True)


class TestReportRequestSchema(Schema):
    report_number = Text(64, required=True)
    passed = Truth(required=True)
    grade = Text(32, required=True)
    standard = Text(64, required=True)
    tested_on = Day(required=True)
    photo_ids = fields.List(Identifier(), load_default=list)


class ReportDecisionSchema(Schema):
    accepted = Truth(required=True)
    note = Text(300, load_default=None, allow_none=True)


class QuarantineSchema(Schema):
    reason = Text(200, required=True)


class SupplyAreaRequestSchema(Schema):
    company_id = Text(64, required=True)
    area_code = AreaCode(required=True)
    grade = Text(32, required=True, metadata={"description": "Of the supply contract"})


class OrderQuerySchema(PagingSchema):
    household_id = Identifier(load_default=None)
    area_code = AreaCode(load_default=None)
    company_id = Text(64, load_default=None)
    state = Choice(("open", "delivered", "cancelled", "failed", "closed"), load_default=None)


class BatchQuerySchema(PagingSchema):
    state = Choice(("untested", "passed", "quarantined"), load_default=None)


def _kilograms(**more: Any) -> Kilograms:
    """What stands in the books: nothing at times, and a batch is many tons."""
    return Kilograms(0, 100_000_000, required=True, **more)


class EntitlementSchema(Schema):
    household_id = Identifier(required=True)
    year = fields.String(required=True)
    first_day = Day(required=True)
    last_day = Day(required=True)
    next_begins = Day(required=True)
    limit_kg = _kilograms()
    limit_clause = fields.String(required=True)
    reserved_kg = _kilograms()
    delivered_kg = _kilograms()
    left_kg = _kilograms()
    owed_kg = _kilograms(metadata={"description": "Of what is left: does not lapse"})
    owed_earlier_kg = _kilograms()
    excess_kg = _kilograms(metadata={"description": "To be recovered"})
    bag_kg = _kilograms()
    open = fields.Boolean(required=True)
    reasons = fields.List(fields.Nested(ReasonSchema), required=True)


class LedgerEntrySchema(Schema):
    id = Identifier(required=True)
    year = fields.String(required=True)
    position = fields.Integer(required=True)
    kind = fields.String(required=True)
    reserved_kg = fields.Integer(required=True)
    delivered_kg = fields.Integer(required=True)
    owed_kg = fields.Integer(required=True)
    excess_kg = fields.Integer(required=True)
    fuel_order_id = Identifier(required=True, allow_none=True)
    fuel_delivery_id = Identifier(required=True, allow_none=True)
    reverses_id = Identifier(required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True)
    at = Instant(required=True)


class DeliverySchema(Schema):
    id = Identifier(required=True)
    fuel_order_id = Identifier(required=True)
    household_id = Identifier(required=True)
    fuel_batch_id = Identifier(required=True)
    bags = Count(required=True)
    weighed_kg = _kilograms()
    kilograms = _kilograms()
    state = fields.String(required=True)
    made_at = Instant(required=True)
    recorded_at = Instant(required=True)
    received_kg = _kilograms(allow_none=True)
    confirmed_at = Instant(required=True, allow_none=True)
    witness_name = fields.String(required=True, allow_none=True)
    replacement_id = Identifier(required=True, allow_none=True)
    note = fields.String(required=True, allow_none=True)


class OrderSchema(Schema):
    id = Identifier(required=True)
    household_id = Identifier(required=True)
    year = fields.String(required=True)
    area_code = fields.String(required=True)
    company_id = fields.String(required=True)
    grade = fields.String(required=True)
    kilograms = _kilograms()
    reserved_kg = _kilograms()
    wanted_from = Day(required=True)
    wanted_until = Day(required=True)
    state = fields.String(required=True)
    on_behalf = fields.Boolean(required=True)
    placed_at = Instant(required=True)
    closed_at = Instant(required=True, allow_none=True)
    closed_reason = fields.String(required=True, allow_none=True)
    deliveries = fields.List(fields.Nested(DeliverySchema), required=True)


class OrderAnswerSchema(AskingSchema, OrderSchema):
    pass


class TestReportSchema(Schema):
    number = fields.String(required=True)
    passed = fields.Boolean(required=True)
    grade = fields.String(required=True)
    standard = fields.String(required=True)
    tested_on = Day(required=True)
    accepted = fields.Boolean(required=True, allow_none=True)
    note = fields.String(required=True, allow_none=True)


class BatchSchema(Schema):
    id = Identifier(required=True)
    company_id = fields.String(required=True)
    number = fields.String(required=True)
    grade = fields.String(required=True)
    produced_on = Day(required=True)
    quantity_kg = _kilograms()
    delivered_kg = _kilograms()
    state = fields.String(required=True)
    passed_grade = fields.String(required=True, allow_none=True)
    quarantined_because = fields.String(required=True, allow_none=True)
    test_report = fields.Nested(TestReportSchema, required=True, allow_none=True)


class SupplyAreaSchema(Schema):
    id = Identifier(required=True)
    company_id = fields.String(required=True)
    area_code = fields.String(required=True)
    grade = fields.String(required=True)
    set_at = Instant(required=True)
