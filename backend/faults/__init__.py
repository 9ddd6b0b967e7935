"""Faults: reported by scan or from home, repaired by the enterprise of the contract within its time, confirmed by the household."""

from backend.faults.actions import (
    DoorAnswer,
    ReportAnswer,
    arrive,
    close_fault,
    confirm_repair,
    dispatch_repairer,
    finish_repair,
    follow_merge,
    lend_heater,
    pause_repair,
    reopen_fault,
    report_at_the_door,
    report_fault,
    take_heater_back,
    tell_of_unheard,
)
from backend.faults.kept import kept_answer, taken_as_anybody_s
from backend.faults.queries import (
    FaultFile,
    FaultInShort,
    FaultView,
    OutageView,
    fault,
    fault_file,
    faults,
    faults_in_short,
    gravest_faults_in,
    in_danger,
    open_fault_counts,
    open_faults_of,
    outages,
    place_of_fault,
)
from backend.faults.rules.advice import Step, safety_advice, tonight
from backend.faults.rules.categories import AT_THE_DOOR, CATEGORIES, DANGERS
from backend.faults.rules.categories import LABELS as CATEGORY_LABELS
from backend.faults.schemas import KeptAnswerSchema

__all__ = [
    "AT_THE_DOOR", "CATEGORIES", "CATEGORY_LABELS", "DANGERS", "DoorAnswer", "FaultFile", "FaultInShort", "FaultView",
    "KeptAnswerSchema", "OutageView", "ReportAnswer", "Step", "arrive", "close_fault", "confirm_repair",
    "dispatch_repairer", "fault", "fault_file", "faults", "faults_in_short", "finish_repair", "follow_merge",
    "gravest_faults_in", "in_danger", "kept_answer", "lend_heater", "open_fault_counts", "open_faults_of", "outages",
    "pause_repair", "place_of_fault", "reopen_fault", "report_at_the_door", "report_fault", "safety_advice",
    "take_heater_back", "taken_as_anybody_s", "tell_of_unheard", "tonight",
]  # fmt: skip
