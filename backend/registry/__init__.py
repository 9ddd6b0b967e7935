"""Households and what identifies them: the list they came from, the code at the door, the people tied to them."""

from backend.registry.actions.doors import record_scan, require_scan
from backend.registry.actions.notices import tell_cadres, tell_household
from backend.registry.errors import OtherHouse, StickerReplaced, StickerRevoked, UnknownCode
from backend.registry.events import HouseholdMerged, PathChanged
from backend.registry.queries import (
    HouseholdView,
    count_people_in,
    household,
    household_of_code,
    household_or_refuse,
    households,
    people_in,
    people_of_household,
    place_of_held_row,
    place_of_household,
    place_of_import,
    place_of_tie,
    ties_of_person,
)

__all__ = [
    "HouseholdMerged", "HouseholdView", "OtherHouse", "PathChanged", "StickerReplaced", "StickerRevoked",
    "UnknownCode", "count_people_in", "household", "household_of_code", "household_or_refuse", "households", "people_in", "people_of_household",
    "place_of_held_row", "place_of_household", "place_of_import", "place_of_tie", "record_scan", "require_scan",
    "tell_cadres", "tell_household", "ties_of_person",
]  # fmt: skip
