"""Reads of the registry, as frozen views."""

from backend.registry.queries.areas import (
    HouseCounts,
    WalkStop,
    WhereItStands,
    held_counts,
    house_counts,
    households_standing,
    households_under,
    households_with,
    walk_through,
    where_they_stand,
)
from backend.registry.queries.doors import ScanView, count_stickers, scans_of, sticker_faces
from backend.registry.queries.households import (
    HouseholdView,
    HouseOnRecord,
    TiedPerson,
    count_people_in,
    house_on_record,
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
    tied_people,
    ties_of_person,
    valid_code,
    view_of,
    within,
)
from backend.registry.queries.lists import (
    FindingView,
    HeldRowView,
    ImportView,
    all_findings,
    findings_of,
    held_row_view,
    held_rows,
    import_view,
    list_import,
    list_imports,
)
from backend.registry.queries.reveals import RevealView, reveals_of

__all__ = [
    "FindingView", "HeldRowView", "HouseCounts", "HouseOnRecord", "HouseholdView", "ImportView", "RevealView",
    "ScanView", "TiedPerson", "WalkStop", "WhereItStands", "all_findings", "count_people_in", "count_stickers", "findings_of",
    "held_counts", "held_row_view", "held_rows", "house_counts", "house_on_record", "household", "household_of_code",
    "household_or_refuse", "households", "households_standing", "households_under", "households_with", "import_view",
    "list_import", "list_imports", "people_in", "people_of_household", "place_of_held_row", "place_of_household",
    "place_of_import", "place_of_tie", "reveals_of", "scans_of", "sticker_faces", "tied_people", "ties_of_person",
    "valid_code", "view_of", "walk_through", "where_they_stand", "within",
]  # fmt: skip
