"""Rows that may be counted become households, rows that may not are held; nothing is counted twice (8.1, 5)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import insert
from sqlalchemy.orm import Session

from backend.core import audit, clock
from backend.core.db import new_id
from backend.registry.actions.holding import hold, settle_sent_again
from backend.registry.actions.standing import (
    ADDED,
    KEPT,
    UNCHANGED,
    UPDATED,
    Standing,
    fingerprint_of,
    id_hash_of,
    phone_hash_of,
    standing_households,
)
from backend.registry.models import Household, Sticker
from backend.registry.rules import household_code
from backend.registry.rules.completing import COMPLETED_LATER, flags_without
from backend.registry.rules.findings import Entry, JudgedRow, Outcome, entry_key
from backend.registry.rules.list_rows import FIELDS

_BATCH: Final = 2000

LaidOut = tuple[JudgedRow, dict[str, Any] | None]
"""A row, and the columns of its household unless it is held."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What an import did, in rows: each row read is in exactly one of these."""

    added: int
    updated: int
    unchanged: int
    kept_as_confirmed: int
    held: int


def take_in(
    session: Session,
    by: str | None,
    programme_id: str,
    import_id: str,
    area_code: str,
    rows: Sequence[LaidOut],
    standing: Mapping[str, Standing],
) -> Taken:
    """Add, update or hold each row; a household that people have confirmed is never overwritten by a list.

    ``standing`` was read in this transaction after ``take_turn``, and what was judged of ``rows`` holds beside it.
    """
    did: Counter[str] = Counter()
    fresh: list[dict[str, Any]] = []
    changed: list[tuple[Standing, dict[str, Any]]] = []
    held: list[JudgedRow] = []
    for judged, values in rows:
        if values is None:
            did["held"] += 1
            held.append(judged)
            continue
        home = standing.get(values["entry_key"])
        fate = home.fate(values["fingerprint"]) if home else ADDED
        did[fate] += 1
        if home is None:
            fresh.append(values)
        elif fate == UPDATED:
            changed.append((home, values))
    confirmed_meanwhile = len(changed) - len(_write_over(session, by, changed))
    did[UPDATED] -= confirmed_meanwhile
    did[KEPT] += confirmed_meanwhile
    _add(session, fresh)
    hold(session, programme_id, import_id, area_code, held)
    settle_sent_again(session, programme_id, area_code, [row for row, values in rows if values is not None])
    return Taken(did[ADDED], did[UPDATED], did[UNCHANGED], did[KEPT], did["held"])


def count_one(
    session: Session, by: str, programme_id: str, import_id: str, judged: JudgedRow
) -> tuple[str | None, str]:
    """Take one row in that was held before: the household's id and what was done (``added``, ``updated``, …).

    The id is None where the household that stands may not be overwritten.
    """
    values = household_values(programme_id, import_id, judged)
    home = standing_households(session, programme_id).get(values["entry_key"])
    if home is None:
        return _add(session, [values])[0], ADDED
    fate = home.fate(values["fingerprint"])
    if fate == KEPT:
        return None, KEPT
    if fate == UPDATED and not _write_over(session, by, [(home, values)]):
        return None, KEPT
    return home.household_id, fate


def lay_out(programme_id: str, import_id: str, rows: Iterable[JudgedRow]) -> list[LaidOut]:
    """Each row with the columns of its household, None where it is held; asks no database."""
    return [
        (row, None if row.outcome is Outcome.HELD else household_values(programme_id, import_id, row))
        for row in rows
    ]


def household_values(programme_id: str, import_id: str, judged: JudgedRow) -> dict[str, Any]:
    """A household's columns from a row that may be counted."""
    entry: Entry = judged.entry
    key = entry_key(entry)
    assert key and entry.area_code and entry.path and entry.head_name and entry.address, (
        "held rows are not counted"
    )
    return {
        "programme_id": programme_id,
        "area_code": entry.area_code,
        "path": entry.path,
        "head_name": entry.head_name,
        "id_number": entry.id_number,
        "id_hash": id_hash_of(entry.id_number) if entry.id_number else None,
        "phone": entry.phone,
        "phone_hash": phone_hash_of(entry.phone) if entry.phone else None,
        "police_no": entry.police_no,
        "village_registered": entry.village_registered,
        "people": entry.people,
        "address": entry.address,
        "courtyard": entry.courtyard,
        "floor_area_m2": entry.floor_area_m2,
        "remark": entry.remark,
        "entry_key": key,
        "fingerprint": fingerprint_of(judged),
        "import_id": import_id,
        "sheet_row": entry.sheet_row,
        "flags": sorted(set(judged.codes)),
    }


def _add(session: Session, fresh: Sequence[dict[str, Any]]) -> list[str]:
    # Ids are random within a millisecond; in the order of the list a village is printed and walked in order.
    ids = sorted(new_id() for _ in fresh)
    made = {"created_at": clock.now(), "vacant": False, "participates": True}
    for start in range(0, len(fresh), _BATCH):
        batch = slice(start, start + _BATCH)
        rows = [{"id": each, **made, **values} for each, values in zip(ids[batch], fresh[batch], strict=True)]
        session.execute(insert(Household), rows)
        issue_codes(session, ids[batch])
    return ids


def _write_over(
    session: Session, by: str | None, changed: Sequence[tuple[Standing, dict[str, Any]]]
) -> list[Household]:
    """Update households from a newer list; those that were. What it leaves empty and the village has completed stays.

    Whoever confirmed a household since it was read was first: the list does not overwrite it.
    """
    locked = [
        (session.get_one(Household, home.household_id, populate_existing=True, with_for_update=True), values)
        for home, values in changed
    ]
    open_ones = [(home, values) for home, values in locked if not _has_its_word(home)]
    for home, values in open_ones:
        if values["id_hash"] and values["id_hash"] != home.id_hash:
            home.id_hash = None  # two households may exchange their numbers in one list
    session.flush()
    for home, values in open_ones:
        new = dict(values)
        for name in COMPLETED_LATER:
            if new[name] is None and getattr(home, name) is not None:
                new["flags"] = flags_without(new["flags"], name)
                for column in (name, {"id_number": "id_hash", "phone": "phone_hash"}.get(name, name)):
                    new.pop(column, None)
        before = {"import_id": home.import_id, "sheet_row": home.sheet_row}
        told = [
            name for name in (*FIELDS, "floor_area_m2") if name in new and new[name] != getattr(home, name)
        ]
        for name, value in new.items():
            setattr(home, name, value)
        facts = {"import_id": home.import_id, "before": before, "fields": told}
        audit.record(
            session, by, "household.updated_by_list", ("household", home.id), facts, area=home.area_code
        )
    session.flush()
    return [home for home, _values in open_ones]


def _has_its_word(home: Household) -> bool:
    return any((home.confirmed_by_household_at, home.confirmed_by_village_at, home.locked_at, home.ended_at))


def issue_codes(session: Session, household_ids: Sequence[str]) -> None:
    """Give each household its first code. 23^9 codes: a collision fails the transaction, and is not to be met."""
    issued = clock.now()
    session.execute(
        insert(Sticker),
        [
            {"code": household_code.new_code(), "household_id": each, "state": "valid", "issued_at": issued}
            for each in household_ids
        ],
    )
