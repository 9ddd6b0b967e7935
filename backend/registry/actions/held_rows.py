"""Settle a held row: correct it and count it, or withdraw it with a reason (8.1)."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from backend.core import audit, clock
from backend.core.db import affected
from backend.identity import Actor
from backend.programme import programme_for
from backend.registry.actions.judging import judge_sheet, take_turn
from backend.registry.actions.taking_in import count_one
from backend.registry.errors import EntryConfirmed, SettledAlready, StillHeld
from backend.registry.models import HeldRow
from backend.registry.queries import HeldRowView, held_row_view
from backend.registry.rules.findings import Outcome
from backend.registry.rules.list_rows import FIELDS, ListRow, SheetRows

_COLUMNS = {name: chr(ord("A") + place) for place, name in enumerate(FIELDS)}


def settle_held_row(
    session: Session,
    actor: Actor,
    *,
    held_row_id: str,
    corrections: dict[str, str],
    withdraw: bool,
    reason: str,
) -> HeldRowView:
    """Count a held row after ``corrections`` (field → text as in the list), or withdraw it; always with a reason.

    Raises StillHeld with the findings that remain, EntryConfirmed, SettledAlready.
    """
    row = session.get_one(HeldRow, held_row_id)
    take_turn(session, row.programme_id)
    session.refresh(row)
    if row.settled_at is not None:
        raise SettledAlready("这一行已经由他人处理。")
    typed: dict[str, str | None] = json.loads(row.typed)
    household_id = None if withdraw else _count(session, actor, row, {**typed, **corrections})
    settled = affected(
        session,
        update(HeldRow)
        .where(HeldRow.id == held_row_id, HeldRow.settled_at.is_(None))
        .values(
            settled_at=clock.now(),
            settled_by=actor.person_id,
            settled_as="withdrawn" if withdraw else "corrected",
            household_id=household_id,
        ),
    )
    if not settled:
        raise SettledAlready("这一行已经由他人处理。")
    audit.record(
        session,
        actor.person_id,
        "held_row.withdrawn" if withdraw else "held_row.corrected",
        ("held_row", held_row_id),
        {"reason": reason, "fields": sorted(corrections), "household_id": household_id},
        area=row.area_code,
    )
    session.refresh(row)
    return held_row_view(row)


def _count(session: Session, actor: Actor, row: HeldRow, fields: dict[str, str | None]) -> str:
    programme = programme_for(session, row.area_code)
    typed: dict[str, Any] = {name: fields.get(name) for name in FIELDS}
    sheet = SheetRows("held", 1, _COLUMNS, (ListRow(row.sheet_row, **typed),))
    # A village's own correction must not move the row into another village: judged within the row's area.
    judged = judge_sheet(session, programme, row.area_code, sheet).judged
    remaining = [finding for finding in judged.findings if finding.outcome is Outcome.HELD]
    if remaining:
        raise StillHeld(
            "；".join(f"{finding.problem_zh}：{finding.remedy_zh}" for finding in remaining),
            errors={finding.field: [finding.remedy_zh] for finding in remaining},
        )
    household_id, _did = count_one(session, actor.person_id, row.programme_id, row.import_id, judged.rows[0])
    if household_id is None:
        raise EntryConfirmed("这一户已在登记册中，并已由居民或村委会确认。")
    return household_id
