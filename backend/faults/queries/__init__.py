"""Reads of faults, as frozen views."""

from backend.faults.queries.faults import (
    FaultInShort,
    fault,
    faults,
    faults_in_short,
    gravest_faults_in,
    in_danger,
    open_fault_counts,
    open_faults_of,
    place_of_fault,
)
from backend.faults.queries.file import FaultFile, HeaterView, PartView, ReportView, StepView, fault_file
from backend.faults.queries.outages import OutageView, outages
from backend.faults.queries.views import FaultView, ReasonView, fault_view

__all__ = [
    "FaultFile", "FaultInShort", "FaultView", "HeaterView", "OutageView", "PartView", "ReasonView", "ReportView", "StepView", "fault",
    "fault_file", "fault_view", "faults", "faults_in_short", "gravest_faults_in", "in_danger", "open_fault_counts", "open_faults_of", "outages", "place_of_fault",
]  # fmt: skip
