"""Which rows somebody's lists may contain."""

from __future__ import annotations

from sqlalchemy import ColumnElement, false, or_
from sqlalchemy.orm import InstrumentedAttribute

from backend.identity import Reach


def within(
    reach: Reach,
    area: InstrumentedAttribute[str],
    company: InstrumentedAttribute[str],
    household: InstrumentedAttribute[str] | None = None,
) -> ColumnElement[bool]:
    """Rows of the reach's areas, companies and, where a row has one, households."""
    conditions: list[ColumnElement[bool]] = [area.startswith(prefix) for prefix in reach.areas]
    if reach.companies:
        conditions.append(company.in_(reach.companies))
    if household is not None and reach.households:
        conditions.append(household.in_(reach.households))
    return or_(*conditions) if conditions else false()
