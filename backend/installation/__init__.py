"""From contract to warmth: contracts, slots and bookings, visits with their kit, acceptance, network stages."""

from backend.installation.actions import (
    book,
    brief_household,
    cancel_booking,
    confirm_as_owner,
    end_with_merged,
    end_with_old_path,
    fit_co_alarm,
    move_booking,
    open_slot,
    plan_stage,
    record_contract,
    say_cold,
    say_warm,
)
from backend.installation.events import Accepted, HeatConfirmed
from backend.installation.queries import (
    BookingView,
    ComingVisit,
    ContractView,
    InstallationStanding,
    LadderRow,
    RoundStop,
    SlotView,
    StageView,
    average_figure,
    bookings_of,
    companies_with_job,
    contract_of,
    items_of,
    ladder_rows,
    network_of,
    networks_under,
    round_of,
    slots_in,
    stages_of,
    standing_at,
    standing_booking,
    standing_of,
    still_cold_in,
    visits_coming,
    visits_of,
)
from backend.installation.queries.places import (
    place_of_acceptance,
    place_of_booking,
    place_of_contract,
    place_of_installed_item,
    place_of_network_stage,
    place_of_slot,
    place_of_visit,
)
from backend.installation.rules.next_step import RUNG_LABELS, RUNGS, NextStep, rung_of, step
from backend.installation.rules.turns import HALF_DAY_LABELS, may_change
from backend.installation.rules.warmth import way_to_warmth

__all__ = [
    "HALF_DAY_LABELS", "RUNGS", "RUNG_LABELS", "Accepted", "BookingView", "ComingVisit", "ContractView",
    "HeatConfirmed", "InstallationStanding", "LadderRow", "NextStep", "RoundStop", "SlotView", "StageView",
    "average_figure", "book", "bookings_of", "brief_household", "cancel_booking", "companies_with_job",
    "confirm_as_owner", "contract_of", "end_with_merged", "end_with_old_path", "fit_co_alarm", "items_of",
    "ladder_rows", "may_change", "move_booking", "network_of", "networks_under", "open_slot", "place_of_acceptance",
    "place_of_booking", "place_of_contract", "place_of_installed_item", "place_of_network_stage", "place_of_slot",
    "place_of_visit", "plan_stage", "record_contract", "round_of", "rung_of", "say_cold", "say_warm", "slots_in",
    "stages_of", "standing_at", "standing_booking", "standing_of", "step", "still_cold_in", "visits_coming",
    "visits_of", "way_to_warmth",
]  # fmt: skip
