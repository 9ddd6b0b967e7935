"""What people do on the way from contract to warmth: one function a use case."""

from backend.installation.actions.bookings import (
    book,
    cancel_booking,
    move_booking,
    remind_of_round,
    remind_of_visit,
)
from backend.installation.actions.changes import end_with_merged, end_with_old_path
from backend.installation.actions.contracts import confirm_as_owner, end_contract, record_contract
from backend.installation.actions.ending import record_acceptance, say_cold, say_warm
from backend.installation.actions.refusing import tell_of_cold_house
from backend.installation.actions.safety import (
    brief_at_visit,
    brief_household,
    fit_alarm_at_visit,
    fit_co_alarm,
)
from backend.installation.actions.slots import change_capacity, open_slot
from backend.installation.actions.stages import finish_stage, plan_stage
from backend.installation.actions.visits import (
    add_item,
    begin_visit,
    finish_visit,
    mark_energised,
    remove_item,
)

__all__ = [
    "add_item", "begin_visit", "book", "brief_at_visit", "brief_household", "cancel_booking", "change_capacity",
    "confirm_as_owner", "end_contract", "end_with_merged", "end_with_old_path", "finish_stage", "finish_visit",
    "fit_alarm_at_visit", "fit_co_alarm", "mark_energised", "move_booking", "open_slot", "plan_stage",
    "record_acceptance", "record_contract", "remind_of_round", "remind_of_visit", "remove_item", "say_cold", "say_warm",
    "tell_of_cold_house",
]  # fmt: skip
