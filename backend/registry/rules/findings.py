"""What is wrong in a list, and what becomes of each row (8.1).

Two steps, so that the registry need only be asked about what the list names: ``clean_list`` looks at each row alone,
``compare`` at the rows together and beside what the registry holds. ``judge`` does both.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from backend.registry.rules.cleaning import Cleaned, Finding, clean_list
from backend.registry.rules.comparing import Elsewhere, Judged, KnownFacts, compare, known_from
from backend.registry.rules.entries import Entry, JudgedRow, canonical_row, entry_key, row_fingerprint
from backend.registry.rules.list_rows import SheetRows
from backend.registry.rules.places import PlanFacts, PlannedVillage
from backend.registry.rules.remedies import Outcome

__all__ = [
    "Cleaned",
    "Elsewhere",
    "Entry",
    "Finding",
    "Judged",
    "JudgedRow",
    "KnownFacts",
    "Outcome",
    "PlanFacts",
    "PlannedVillage",
    "canonical_row",
    "clean_list",
    "compare",
    "entry_key",
    "judge",
    "known_from",
    "row_fingerprint",
]


def judge(
    sheet: SheetRows,
    plan: PlanFacts,
    known: KnownFacts,
    on: date,
    told: Callable[[int], None] | None = None,
) -> Judged:
    """Clean a list and compare it with itself and with the registry, as of a day; ``told`` as in ``clean_list``."""
    return compare(clean_list(sheet, plan, on, told), known)
