"""Who somebody is to a house, which decides what a scan of its code shows."""

from __future__ import annotations

from typing import Final

from backend.identity.roles import ACCEPTOR, CADRE, LOOKERS, OF_A_COMPANY, TOWNSHIP_UP
from backend.identity.rules import Actor, Place

UNKNOWN: Final = "unknown"
RESIDENT: Final = "resident"
PROXY: Final = "household_proxy"
OTHER: Final = "other"
CADRE_HERE: Final = "village_cadre"
OFFICER: Final = "officer"
WORKER: Final = "worker"

# What each may do next; the emergency report is everybody's, known or not.
NEXT: Final = {
    UNKNOWN: ("report_emergency",),
    OTHER: ("bind", "report_emergency"),
    RESIDENT: ("see_household", "confirm", "book", "order_fuel", "report_fault", "report_emergency"),
    PROXY: ("see_household", "confirm", "book", "order_fuel", "report_fault", "report_emergency"),
    CADRE_HERE: ("see_household", "confirm_on_site", "order_fuel", "report_fault", "report_emergency"),
    OFFICER: ("see_household", "report_emergency"),
    WORKER: ("see_household", "work_here", "report_emergency"),
}


# What a photo belongs to → the act that it is read by. A photo of anything else is its sender's alone.
READ_BY: Final = {
    "fault": "fault.see",
    "fuel_batch": "fuel.see_batches",
    "fuel_delivery": "fuel.see",
    "acceptance": "installation.see",
    "contract": "installation.see",
    "installed_item": "installation.see",
}


def seen_as(actor: Actor | None, place: Place) -> str:
    """One of the keys of NEXT. A worker without a job at this house is ``other``: what is elsewhere is not theirs."""
    if actor is None:
        return UNKNOWN
    for tie in actor.ties:
        if tie.household_id == place.household_id:
            return tie.role
    area = place.area_code or ""
    for role in actor.roles:
        inside = bool(role.area_code and area.startswith(role.area_code))
        if role.role == CADRE and inside:
            return CADRE_HERE
        if role.role in TOWNSHIP_UP | LOOKERS | {ACCEPTOR} and inside:
            return OFFICER
        if role.role in OF_A_COMPANY and role.company_id in place.company_ids:
            return WORKER
    return OTHER
