"""The plan and the areas on the wire. Decimals are JSON numbers; every part shows its clause."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from backend.core.http import AreaCode, PagingSchema, QuerySchema, Schema
from backend.core.law import clause_label


class MeasureOut(fields.Float):
    """A measured decimal, as a JSON number."""


class CitedSchema(Schema):
    """Base of all parts of the plan: the clause id, and the clause as people are shown it."""

    clause = fields.String(
        allow_none=True, metadata={"description": "Clause id; null for a choice without one"}
    )
    clause_label = fields.Function(
        lambda part: clause_label(part.clause) if part.clause else None,
        metadata={"type": ["string", "null"], "description": "第四部分（一）1（5）"},
    )


class OfficeSchema(CitedSchema):
    code = fields.String(required=True)
    label = fields.String(required=True)
    kind = fields.String(required=True)


class FigureSchema(CitedSchema):
    name = fields.String(required=True, metadata={"description": "Ends in its unit: heat_output_w, area_m2"})
    label = fields.String(required=True)
    minimum = MeasureOut(allow_none=True)
    nominal = MeasureOut(allow_none=True)
    tolerance = MeasureOut(allow_none=True)
    programme_average = MeasureOut(allow_none=True, metadata={"description": "Watched, never a gate"})
    gates = fields.Boolean(required=True)


class KitItemSchema(CitedSchema):
    kind = fields.String(required=True)
    label = fields.String(required=True)
    count = fields.Integer(required=True)
    serial = fields.Boolean(required=True, metadata={"description": "Recorded one by one, by serial number"})
    figures = fields.List(fields.Nested(FigureSchema), required=True)


class StageSchema(CitedSchema):
    code = fields.String(required=True)
    label = fields.String(required=True)
    choice = fields.Boolean(required=True)


class ArrangementSchema(CitedSchema):
    code = fields.String(required=True)
    label = fields.String(required=True)
    preferred = fields.Boolean(required=True)
    co_alarm = fields.Boolean(required=True)
    fuel_to = fields.String(required=True)


class HeatingPathSchema(CitedSchema):
    code = fields.String(required=True)
    label = fields.String(required=True)
    households = fields.Integer(required=True)
    townships = fields.Integer(required=True)
    villages = fields.Integer(required=True)
    lead = fields.Nested(OfficeSchema, required=True)
    named_villages = fields.List(fields.String(), required=True)
    in_house = fields.Boolean(required=True)
    own_share = fields.Boolean(required=True)
    electricity_subsidy = fields.Boolean(required=True)
    subsidised_fuel = fields.Boolean(required=True)
    needs_co_alarm = fields.Boolean(required=True)
    stages = fields.List(fields.Nested(StageSchema), required=True)
    kit = fields.List(fields.Nested(KitItemSchema), required=True)
    co_alarm = fields.Nested(KitItemSchema, allow_none=True)
    arrangements = fields.List(fields.Nested(ArrangementSchema), required=True)


class TotalSchema(CitedSchema):
    code = fields.String(required=True)
    label = fields.String(required=True)
    paths = fields.List(fields.String(), required=True)
    households = fields.Integer(required=True)


class AcceptedStandardSchema(Schema):
    code = fields.Function(lambda pair: pair[0], required=True, metadata={"type": "string"})
    title = fields.Function(lambda pair: pair[1], required=True, metadata={"type": "string"})


class StandardSchema(CitedSchema):
    subject = fields.String(required=True)
    accepts = fields.List(fields.Nested(AcceptedStandardSchema), required=True)
    contract_grade = fields.Boolean(required=True)


class FuelLimitSchema(CitedSchema):
    kilograms = fields.Integer(attribute="value", required=True)
    since = fields.Date(required=True)


class MilestoneSchema(CitedSchema):
    code = fields.String(required=True)
    side = fields.String(required=True, metadata={"enum": ["heat", "user"]})
    label = fields.String(required=True)
    due = fields.Date(required=True)
    due_label = fields.String(required=True)
    rung = fields.String(allow_none=True)


class UserSideSchema(CitedSchema):
    area_m2 = MeasureOut(required=True)
    least_saving_percent = fields.Integer(required=True)


class ServiceLevelSchema(Schema):
    category = fields.String(required=True)
    severity = fields.String(required=True)
    label = fields.String(required=True)
    answer_minutes = fields.Integer(required=True)
    on_site_minutes = fields.Integer(required=True)
    restore_minutes = fields.Integer(allow_none=True)
    restored_same_day = fields.Boolean(required=True)


class OpenQuestionSchema(CitedSchema):
    code = fields.String(required=True)
    text = fields.String(required=True)


class SettingSchema(CitedSchema):
    name = fields.String(required=True)
    label = fields.String(required=True)
    value = fields.String(attribute="value_text", required=True)
    choice = fields.Boolean(required=True)
    why = fields.String(required=True)


class ClauseSchema(Schema):
    id = fields.String(required=True)
    label = fields.String(required=True)
    summary = fields.String(required=True)


class HotlineSchema(Schema):
    number = fields.String(required=True)
    hours = fields.String(required=True)
    synthetic = fields.Boolean(required=True)


class HeatingSeasonSchema(Schema):
    first = fields.String(required=True, metadata={"description": "MM-DD, every year"})
    last = fields.String(required=True, metadata={"description": "MM-DD, every year"})


class FuelYearSchema(Schema):
    label = fields.String(required=True)
    first_day = fields.Date(required=True)
    last_day = fields.Date(required=True)
    next_begins = fields.Date(required=True)


class ProgrammeSchema(Schema):
    id = fields.String(required=True)
    title = fields.String(required=True)
    county = fields.String(required=True)
    area_code = fields.String(required=True)
    year = fields.Integer(required=True)
    last_year = fields.Integer(required=True)
    first_day = fields.Date(required=True)
    households = fields.Integer(required=True)
    villages = fields.Integer(required=True)
    hotline = fields.Nested(HotlineSchema, required=True)
    paths = fields.List(fields.Nested(HeatingPathSchema), required=True)
    totals = fields.List(fields.Nested(TotalSchema), required=True)
    standards = fields.List(fields.Nested(StandardSchema), required=True)
    fuel_limits = fields.List(fields.Nested(FuelLimitSchema), attribute="fuel_limits.entries", required=True)
    bag_kg = fields.Integer(required=True)
    milestones = fields.List(fields.Nested(MilestoneSchema), required=True)
    user_side = fields.Nested(UserSideSchema, required=True)
    heating_season = fields.Nested(HeatingSeasonSchema, required=True)
    service_levels = fields.List(fields.Nested(ServiceLevelSchema), required=True)
    open_questions = fields.List(fields.Nested(OpenQuestionSchema), required=True)
    settings = fields.Function(
        lambda plan: _settings(plan),
        required=True,
        metadata={"type": "array", "items": {"type": "object"}, "description": "Name, label, value, why"},
    )
    clauses = fields.List(fields.Nested(ClauseSchema), attribute="clause_list", required=True)


def _settings(plan: Any) -> Any:
    return SettingSchema(many=True).dump(plan.settings.values())


class ProgrammeQuerySchema(QuerySchema):
    area_code = AreaCode(
        load_default=None, metadata={"description": "Any area of the county; else the first"}
    )


class AreaSchema(Schema):
    """An area's public face: what it is called and what contains it."""

    code = fields.String(required=True)
    parent_code = fields.String(allow_none=True, required=True)
    level = fields.String(required=True, metadata={"enum": ["district", "township", "village"]})
    name = fields.String(required=True)


class AreasQuerySchema(PagingSchema):
    parent = AreaCode(
        load_default=None, metadata={"description": "Code of what contains them; else districts"}
    )
