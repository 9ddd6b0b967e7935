"""What a scan of a house's code answers, by who scans."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.orm import Session

from backend.doorstep import rules
from backend.identity import Actor, place_of
from backend.programme import area_label, programme_for
from backend.registry import HouseholdView, household_of_code, record_scan

_MESSAGES = {
    rules.UNKNOWN: "这是清洁取暖户码牌。闻到异味、头晕或家里没有暖气，请马上报告；其他事请先登录。",
    rules.OTHER: "这不是您绑定的户。如果这是您家，请先绑定；闻到异味、头晕或没有暖气，可以直接报告。",
    rules.RESIDENT: "这是您家。",
    rules.PROXY: "您可以代这一户办理。",
    rules.CADRE_HERE: "这是您村的改造户。",
    rules.OFFICER: "这一户在您的辖区。",
    rules.WORKER: "您在这一户有工作任务。",
}


@dataclass(frozen=True, slots=True)
class ScanAnswer:
    """What the scanner may see: no personal data for who has no business here."""

    scan_id: str
    seen_as: str
    next: tuple[str, ...]
    household: HouseholdView | None
    village: str | None
    hotline: str
    message: str


def answer_scan(
    session: Session,
    actor: Actor | None,
    *,
    household_code: str,
    purpose: str,
    latitude: Decimal | None,
    longitude: Decimal | None,
) -> ScanAnswer:
    """Keep the scan and answer by who scans. Raises UnknownCode, StickerReplaced, StickerRevoked."""
    home = household_of_code(session, household_code)
    place = place_of(session, "household", home.id)
    assert place is not None
    seen = rules.seen_as(actor, place)
    scan_id = record_scan(
        session,
        household=home,
        code=household_code,
        person_id=actor.person_id if actor else None,
        seen_as=seen,
        purpose=purpose,
        latitude=latitude,
        longitude=longitude,
    )
    known = "see_household" in rules.NEXT[seen]
    return ScanAnswer(
        scan_id,
        seen,
        rules.NEXT[seen],
        home if known else None,
        area_label(session, home.area_code) if known else None,
        programme_for(session, home.area_code).hotline.number,
        _MESSAGES[seen],
    )
