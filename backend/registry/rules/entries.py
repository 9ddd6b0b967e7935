"""An entry of the registry as a list gives it, the key that stays with it, and the fingerprint that tells a change (8.1)."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from decimal import Decimal

from backend.registry.rules.cells import courtyard_key
from backend.registry.rules.list_rows import ListRow, folded, words
from backend.registry.rules.remedies import Outcome


@dataclass(frozen=True, slots=True)
class Entry:
    """A row's cleaned values, None where there is none that stands; ``typed`` is the row as it came."""

    sheet_row: int
    township: str | None
    village: str | None
    area_code: str | None
    head_name: str | None
    id_number: str | None
    phone: str | None
    police_no: str | None
    village_registered: bool | None
    people: int | None
    address: str | None
    courtyard: str | None
    path: str | None
    floor_area_m2: Decimal | None
    remark: str | None
    typed: ListRow


@dataclass(frozen=True, slots=True)
class JudgedRow:
    """An entry with what becomes of it and the codes of all its findings."""

    entry: Entry
    outcome: Outcome
    codes: tuple[str, ...]


def entry_key(entry: Entry) -> str | None:
    """What stays the same when a row is completed and sent again: village, address and name, the three that make an
    entry (8.1). Identity number, phone and police number are completed later and may be shared. None without all three.
    """
    if entry.area_code is None or entry.address is None or entry.head_name is None:
        return None
    return _digest([entry.area_code, folded(entry.address), folded(entry.head_name)])


def canonical_row(row: JudgedRow) -> bytes:
    """Everything that an import would store of a row, the same bytes whatever the file, the order or the row number.

    What was typed counts where the row is held, because it is kept to be settled.
    """
    entry = row.entry
    area = entry.floor_area_m2
    values: list[object] = [
        entry.area_code,
        entry.head_name,
        entry.id_number,
        entry.phone,
        entry.police_no,
        entry.village_registered,
        entry.people,
        entry.address,
        entry.courtyard,
        entry.path,
        None if area is None else f"{area:.2f}",
        entry.remark,
        row.outcome.value,
        sorted(row.codes),
    ]
    if row.outcome is Outcome.HELD:
        values += (words(cell) for cell in entry.typed[2:])
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode()


def row_fingerprint(row: JudgedRow) -> str:
    """SHA-256 of the canonical row, in hex: equal means that importing it again changes nothing."""
    return hashlib.sha256(canonical_row(row)).hexdigest()


def courtyard_of(entry: Entry) -> tuple[str, str] | None:
    if entry.area_code is None or entry.courtyard is None:
        return None
    return entry.area_code, courtyard_key(entry.courtyard)


def _digest(values: list[str]) -> str:
    return hashlib.sha256("\x1f".join(values).encode()).hexdigest()
