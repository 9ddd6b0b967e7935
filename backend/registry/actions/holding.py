"""Rows that may not be counted are held; whoever comes in whole later settles them (8.1)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from backend.core import clock
from backend.core.crypto import lookup_hash
from backend.core.db import affected, new_id
from backend.registry.models import HeldRow, Household
from backend.registry.rules.findings import JudgedRow, entry_key
from backend.registry.rules.list_rows import FIELDS, ListRow, folded, words


def _as_typed(row: ListRow) -> dict[str, str | None]:
    return {name: words(getattr(row, name)) for name in FIELDS}


def _typed_fingerprint(typed: dict[str, str | None]) -> str:
    """The same for the same words, whatever else stands in the list or the registry; the serial number counts nothing."""
    spoken = [text for name, text in typed.items() if name != "serial"]
    return lookup_hash("held_row", json.dumps(spoken, ensure_ascii=False))


def hold(
    session: Session, programme_id: str, import_id: str, area_code: str, rows: Iterable[JudgedRow]
) -> None:
    known = set(session.scalars(select(HeldRow.fingerprint).where(HeldRow.programme_id == programme_id)))
    held: dict[str, dict[str, Any]] = {}
    for judged in rows:
        typed = _as_typed(judged.entry.typed)
        fingerprint = _typed_fingerprint(typed)
        if fingerprint in known or fingerprint in held:
            continue
        held[fingerprint] = {
            "programme_id": programme_id,
            "area_code": judged.entry.area_code or area_code,
            "import_id": import_id,
            "sheet_row": judged.entry.sheet_row,
            "entry_key": entry_key(judged.entry),
            "fingerprint": fingerprint,
            "codes": sorted(set(judged.codes)),
            "typed": json.dumps(typed, ensure_ascii=False),
        }
    ids = sorted(new_id() for _ in held)
    if held:
        rows_to_keep = [{"id": each, **values} for each, values in zip(ids, held.values(), strict=True)]
        session.execute(insert(HeldRow), rows_to_keep)


def settle_sent_again(
    session: Session, programme_id: str, area_code: str, counted: Sequence[JudgedRow]
) -> None:
    """A held row of this area whose household now came in whole is settled by that.

    It is the same entry, or the same words, or, where no entry could be made of it, the same person by number and name.
    """
    open_rows = session.scalars(
        select(HeldRow).where(
            HeldRow.programme_id == programme_id,
            HeldRow.settled_at.is_(None),
            HeldRow.area_code.startswith(area_code),
        )
    ).all()
    if not open_rows:
        return
    came = {entry_key(row.entry) for row in counted}
    by_words = {_typed_fingerprint(_as_typed(row.entry.typed)): entry_key(row.entry) for row in counted}
    by_person = {
        (row.entry.id_number, folded(row.entry.head_name or "")): entry_key(row.entry)
        for row in counted
        if row.entry.id_number
    }
    for held in open_rows:
        key = held.entry_key if held.entry_key in came else by_words.get(held.fingerprint)
        if key is None and held.entry_key is None:
            typed = json.loads(held.typed)
            key = by_person.get((typed["id_number"], folded(typed["head_name"] or "")))
        if key is None:
            continue
        household_id = session.scalar(
            select(Household.id).where(Household.programme_id == programme_id, Household.entry_key == key)
        )
        affected(
            session,
            update(HeldRow)
            .where(HeldRow.id == held.id, HeldRow.settled_at.is_(None))
            .values(settled_at=clock.now(), settled_as="sent_again", household_id=household_id),
        )
