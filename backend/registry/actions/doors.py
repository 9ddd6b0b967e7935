"""Stickers at the door and the scans of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backend.background import JobView, ask
from backend.core import audit, clock
from backend.core.db import affected, new_id
from backend.identity import Actor
from backend.programme import area_label, programme_for
from backend.registry.actions.taking_in import issue_codes
from backend.registry.errors import OtherHouse, TooManyStickers
from backend.registry.models import Household, Scan, Sticker
from backend.registry.queries import (
    HouseholdView,
    count_stickers,
    household_of_code,
    household_or_refuse,
    sticker_faces,
)
from backend.registry.rules import household_code
from backend.registry.rules.at_once import STICKERS_AT_ONCE, printed_at_once
from backend.registry.sheets import A_SHEET, StickerFace, sticker_sheets

PRINT_STICKERS: Final = "registry.print_stickers"


def replace_sticker(
    session: Session, actor: Actor, *, household_id: str, reason: str, revoke: bool = False
) -> HouseholdView:
    """Give a household a new code; the old sticker says from now on that it was replaced, or revoked."""
    # Two at once: the second sees the first one's new sticker only when it begins after it.
    session.execute(select(Household.id).where(Household.id == household_id).with_for_update())
    home = household_or_refuse(session, household_id)
    affected(
        session,
        update(Sticker)
        .where(Sticker.household_id == household_id, Sticker.state == "valid")
        .values(state="revoked" if revoke else "replaced", ended_at=clock.now(), reason=reason),
    )
    issue_codes(session, [household_id])
    event = "sticker.revoked" if revoke else "sticker.replaced"
    about = ("household", household_id)
    audit.record(session, actor.person_id, event, about, {"reason": reason}, area=home.area_code)
    return household_or_refuse(session, household_id)


@dataclass(frozen=True, slots=True)
class Printing:
    """Where stickers point to, and where the printer's font is kept once it was made."""

    base_url: str
    font_cache: Path


@dataclass(frozen=True, slots=True)
class StickersToPrint:
    """What goes on an area's sheets, village by village; nobody's name is on them."""

    faces: tuple[StickerFace, ...]
    title: str
    hotline: str

    @property
    def sheets(self) -> int:
        return -(-len(self.faces) // A_SHEET)


def stickers_to_print(session: Session, area_code: str) -> StickersToPrint:
    """An area's valid stickers; raises NoProgramme."""
    programme = programme_for(session, area_code)
    names: dict[str, str] = {}
    faces = []
    for code, village, address in sticker_faces(session, area_code):
        if village not in names:
            names[village] = area_label(session, village)
        faces.append(StickerFace(code, names[village], address))
    title = area_label(session, area_code) or programme.county
    return StickersToPrint(tuple(faces), title, programme.hotline.number)


def print_sheets(
    stickers: StickersToPrint, printing: Printing, told: Callable[[int], None] | None = None
) -> bytes:
    """A4 sheets (PDF); ``told`` is called with the number of whole sheets before each next one, and may end it."""
    faces = stickers.faces if told is None else _counted(stickers.faces, told)
    return sticker_sheets(
        faces,
        printing.base_url,
        stickers.title,
        hotline=stickers.hotline,
        font_cache=printing.font_cache,
    ).pdf


def _counted(faces: tuple[StickerFace, ...], told: Callable[[int], None]) -> Iterator[StickerFace]:
    for number, face in enumerate(faces):
        if number % A_SHEET == 0:
            told(number // A_SHEET)
        yield face


def print_stickers(session: Session, area_code: str, printing: Printing) -> bytes:
    """The sheets of at most a township while somebody waits; raises TooManyStickers where that takes too long."""
    if not printed_at_once(area_code, stickers := count_stickers(session, area_code)):
        raise TooManyStickers(
            f"这个区划有 {stickers} 张户码牌。当场最多生成一个乡镇、{STICKERS_AT_ONCE} 张。",
            facts={
                "stickers": stickers,
                "at_once": STICKERS_AT_ONCE,
                "ask_with": f"POST /api/areas/{area_code}/stickers",
            },
        )
    return print_sheets(stickers_to_print(session, area_code), printing)


def ask_for_stickers(session: Session, actor: Actor, area_code: str) -> JobView:
    """Have the sheets of an area made by a worker; raises NoProgramme, TooManyOpen."""
    programme = programme_for(session, area_code)
    label = area_label(session, area_code) or programme.county
    return ask(
        session,
        actor,
        kind=PRINT_STICKERS,
        title=f"{label}户码牌",
        act="sticker.print",
        area_code=area_code,
        arguments={"area_code": area_code},
        total=-(-count_stickers(session, area_code) // A_SHEET),
    )


def record_scan(
    session: Session,
    *,
    household: HouseholdView,
    code: str,
    person_id: str | None,
    seen_as: str,
    purpose: str,
    latitude: Decimal | None = None,
    longitude: Decimal | None = None,
) -> str:
    """Keep one reading of a code; its id. ``seen_as``: unknown, resident, other_resident, cadre, worker, …"""
    row = Scan(
        id=new_id(),
        code=household_code.check(code),
        household_id=household.id,
        person_id=person_id,
        seen_as=seen_as,
        purpose=purpose,
        at=clock.now(),
        latitude=latitude,
        longitude=longitude,
    )
    session.add(row)
    session.flush()
    return row.id


def require_scan(
    session: Session,
    actor: Actor,
    household_id: str,
    code: str,
    purpose: str,
    latitude: Decimal | None = None,
    longitude: Decimal | None = None,
) -> str:
    """Proof of standing at the door: ``code`` must be this household's valid one. Keeps the scan; its id.

    Raises UnknownCode, StickerReplaced, StickerRevoked, OtherHouse.
    """
    home = household_of_code(session, code)
    if home.id != household_id:
        raise OtherHouse("扫到的户码属于另一户。")
    return record_scan(
        session,
        household=home,
        code=code,
        person_id=actor.person_id,
        seen_as=_seen_as(actor, home),
        purpose=purpose,
        latitude=latitude,
        longitude=longitude,
    )


def _seen_as(actor: Actor, home: HouseholdView) -> str:
    """The tie to this house, else the role that brought the person here: of its area first, then of a company."""
    for tie in actor.ties:
        if tie.household_id == home.id:
            return tie.role
    for role in actor.roles:
        if role.area_code and home.area_code.startswith(role.area_code):
            return role.role
    return next((role.role for role in actor.roles if role.company_id), "other")
