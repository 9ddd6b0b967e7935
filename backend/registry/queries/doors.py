"""What hangs at the doors, and who read it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.core.db import in_area
from backend.core.http import Page, page_of
from backend.registry.models import Household, Scan, Sticker
from backend.registry.rules.cleaning import masked_text


def count_stickers(session: Session, area_code: str) -> int:
    """How many valid stickers an area has."""
    return (
        session.scalar(
            select(func.count())
            .select_from(Sticker)
            .join(Household, Household.id == Sticker.household_id)
            .where(
                in_area(Household.area_code, area_code),
                Sticker.state == "valid",
                Household.ended_at.is_(None),
            )
        )
        or 0
    )


def sticker_faces(session: Session, area_code: str) -> Sequence[tuple[str, str, str]]:
    """(code, village's area code, address) of the valid stickers of an area, in walking order of the list."""
    rows = session.execute(
        select(Sticker.code, Household.area_code, Household.address)
        .join(Household, Household.id == Sticker.household_id)
        .where(
            in_area(Household.area_code, area_code),
            Sticker.state == "valid",
            Household.ended_at.is_(None),
        )
        .order_by(Household.area_code, Household.id)
    )
    return [(code, area_code, masked_text(address)) for code, area_code, address in rows]


@dataclass(frozen=True, slots=True)
class ScanView:
    """One reading of a household's code."""

    id: str
    person_id: str | None
    seen_as: str
    purpose: str
    at: datetime
    latitude: Decimal | None
    longitude: Decimal | None


def scans_of(
    session: Session, household_id: str, *, after: str, limit: int, whole: bool = True
) -> Page[ScanView]:
    """Scans of a house, oldest first; not ``whole``: without who it was and where the phone stood."""
    rows = session.scalars(
        select(Scan)
        .where(Scan.household_id == household_id, Scan.id > after)
        .order_by(Scan.id)
        .limit(limit + 1)
    ).all()
    return page_of(
        rows,
        limit,
        lambda row: row.id,
        lambda row: ScanView(
            row.id,
            row.person_id if whole else None,
            row.seen_as,
            row.purpose,
            row.at,
            row.latitude if whole else None,
            row.longitude if whole else None,
        ),
    )
