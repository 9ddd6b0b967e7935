"""The wire's shape of a home screen."""

from __future__ import annotations

from marshmallow import fields

from backend.core.http import Count, Day, Identifier, Instant, ReasonSchema, Schema
from backend.doorstep.home.rules import WHO
from backend.faults.schemas import AdviceStepSchema

_WHO = "Whose turn it is: " + ", ".join(WHO)


class HomeHouseholdSchema(Schema):
    id = Identifier(required=True)
    code = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "On the sticker; not for who must scan it at the door"},
    )
    area_code = fields.String(required=True)
    village = fields.String(required=True)
    township = fields.String(required=True)
    path = fields.String(required=True)
    path_label = fields.String(required=True)
    head_name = fields.String(required=True)
    address = fields.String(required=True)
    vacant = fields.Boolean(required=True)
    participates = fields.Boolean(required=True)
    locked_at = Instant(required=True, allow_none=True)
    confirmed_by_household_at = Instant(required=True, allow_none=True)
    confirmed_by_village_at = Instant(required=True, allow_none=True)
    sent_back_at = Instant(required=True, allow_none=True)
    sent_back_reason = fields.String(required=True, allow_none=True)


class LadderStepSchema(Schema):
    code = fields.String(
        required=True, metadata={"description": "A rung, or a stage of the network between two"}
    )
    label = fields.String(required=True)
    reached = fields.Boolean(required=True)
    reached_at = Instant(required=True, allow_none=True)
    current = fields.Boolean(required=True, metadata={"description": "The last one with every one below it"})
    planned_on = Day(required=True, allow_none=True)


class HomeNextSchema(Schema):
    code = fields.String(required=True)
    text = fields.String(required=True)
    who = fields.String(required=True, metadata={"description": _WHO})
    who_label = fields.String(required=True)
    until = Day(required=True, allow_none=True)
    page = fields.String(
        required=True, metadata={"description": "Of the mini-program; empty: nothing to open"}
    )
    clause = fields.String(required=True, allow_none=True)
    clause_label = fields.String(required=True, allow_none=True)


class HomeToDoSchema(HomeNextSchema):
    mine = fields.Boolean(required=True, metadata={"description": "The caller can do it"})


class HomeFuelSchema(Schema):
    year = fields.String(required=True)
    limit_kg = Count(required=True)
    delivered_kg = Count(required=True)
    reserved_kg = Count(required=True)
    left_kg = Count(required=True)
    owed_earlier_kg = Count(
        required=True, metadata={"description": "Not brought in earlier years, on top of it"}
    )
    open = fields.Boolean(required=True)
    bag_kg = Count(required=True)
    next_begins = Day(required=True)
    reasons = fields.List(fields.Nested(ReasonSchema), required=True)


class HomeBookingSchema(Schema):
    id = Identifier(required=True)
    day = Day(required=True)
    half_day = fields.String(required=True)
    contractor_name = fields.String(required=True)
    state = fields.String(required=True)
    can_change = fields.Boolean(required=True)
    change_until = Day(
        required=True,
        allow_none=True,
        metadata={"description": "Last day of changing; null: nobody came, it may be changed any day"},
    )


class HomeFaultSchema(Schema):
    id = Identifier(required=True)
    category = fields.String(required=True)
    category_label = fields.String(required=True)
    severity = fields.String(required=True)
    severity_label = fields.String(required=True)
    state = fields.String(required=True)
    state_label = fields.String(required=True)
    next = fields.String(required=True)
    answer_due_at = Instant(required=True)
    late = fields.List(
        fields.String(), required=True, metadata={"description": "answer, on_site, restore: past their time"}
    )


class HomeHotlineSchema(Schema):
    number = fields.String(required=True)
    label = fields.String(required=True)


class HomeSchema(Schema):
    household = fields.Nested(HomeHouseholdSchema, required=True)
    mine = fields.Boolean(required=True, metadata={"description": "The caller is resident or proxy of it"})
    tie = fields.String(
        required=True, allow_none=True, metadata={"description": "resident, household_proxy or null"}
    )
    elder = fields.Boolean(
        required=True, metadata={"description": "The caller's own house, its head 60 or older"}
    )
    ladder = fields.List(fields.Nested(LadderStepSchema), required=True)
    next = fields.Nested(HomeNextSchema, required=True)
    to_do = fields.List(
        fields.Nested(HomeToDoSchema), required=True, metadata={"description": "The most urgent first"}
    )
    fuel = fields.Nested(HomeFuelSchema, required=True, allow_none=True)
    booking = fields.Nested(HomeBookingSchema, required=True, allow_none=True)
    fault = fields.Nested(
        HomeFaultSchema, required=True, allow_none=True, metadata={"description": "The newest that is open"}
    )
    open_faults = Count(required=True)
    unread = Count(required=True, metadata={"description": "The caller's own notices"})
    hotline = fields.Nested(HomeHotlineSchema, required=True)
    cold_tonight = fields.List(
        fields.Nested(AdviceStepSchema),
        required=True,
        metadata={"description": "What can be done tonight; empty where nobody would be cold"},
    )


class HomeInShortSchema(Schema):
    household = fields.Nested(HomeHouseholdSchema, required=True)
    tie = fields.String(required=True, metadata={"description": "resident or household_proxy"})
    next = fields.Nested(HomeNextSchema, required=True)
    to_do = Count(required=True, metadata={"description": "How much waits for the caller"})
    fuel = fields.Nested(HomeFuelSchema, required=True, allow_none=True)


class HomesSchema(Schema):
    items = fields.List(fields.Nested(HomeInShortSchema), required=True)
