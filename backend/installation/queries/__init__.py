"""Reads of installation, as frozen views."""

from backend.installation.queries.bookings import (
    BookingView,
    RoundStop,
    SlotView,
    booking_with,
    bookings_of,
    bookings_on,
    houses_on,
    round_of,
    slot_with,
    slots_in,
    standing_booking,
)
from backend.installation.queries.contracts import (
    ContractView,
    companies_with_job,
    contract_of,
    contract_shown_to,
    contract_with,
)
from backend.installation.queries.stages import StageView, network_of, stage_with, stages_in, stages_of
from backend.installation.queries.standing import (
    InstallationStanding,
    LadderRow,
    average_figure,
    ladder_rows,
    missing_in,
    networks_under,
    standing_of,
)
from backend.installation.queries.visits import (
    AcceptanceView,
    AlarmTestView,
    ItemView,
    MissingView,
    VisitView,
    acceptances_of,
    alarm_tests_of,
    item_with,
    items_of,
    visit_with,
    visits_of,
    worked_there,
)

__all__ = [
    "AcceptanceView", "AlarmTestView", "BookingView", "ContractView", "InstallationStanding", "ItemView", "LadderRow",
    "MissingView", "RoundStop", "SlotView", "StageView", "VisitView", "acceptances_of", "alarm_tests_of",
    "average_figure", "booking_with", "bookings_of", "bookings_on", "companies_with_job", "contract_of",
    "contract_shown_to", "contract_with", "houses_on", "item_with", "items_of", "ladder_rows", "missing_in", "network_of", "networks_under", "round_of",
    "slot_with", "slots_in", "stage_with", "stages_in", "stages_of", "standing_booking", "standing_of", "visit_with",
    "visits_of", "worked_there",
]  # fmt: skip
