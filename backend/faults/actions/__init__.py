"""What people do about a fault: report, repair, confirm; and what the worker does where nobody did."""

from backend.faults.actions.climbing import climb, faults_past_time
from backend.faults.actions.closing import close_fault, confirm_repair, follow_merge, reopen_fault
from backend.faults.actions.false_reports import call_false
from backend.faults.actions.outages import close_over, villages_to_watch, watch_again
from backend.faults.actions.repairing import arrive, dispatch_repairer, finish_repair, pause_repair
from backend.faults.actions.reporting import (
    DoorAnswer,
    ReportAnswer,
    report_as_anybody,
    report_at_the_door,
    report_fault,
)
from backend.faults.actions.unheard import tell_of_unheard
from backend.faults.actions.warmth import lend_heater, reveal_phones, take_heater_back

__all__ = [
    "DoorAnswer", "ReportAnswer", "arrive", "call_false", "climb", "close_fault", "close_over", "confirm_repair",
    "dispatch_repairer", "faults_past_time", "finish_repair", "follow_merge", "lend_heater", "pause_repair",
    "reopen_fault", "report_as_anybody", "report_at_the_door", "report_fault", "reveal_phones", "take_heater_back", "tell_of_unheard",
    "villages_to_watch",
    "watch_again",
]  # fmt: skip
