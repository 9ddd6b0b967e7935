"""Look at a list: read and judge it, then put on record what was found (8.1)."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from backend.core import audit, clock
from backend.core.crypto import seal, unseal
from backend.core.db import new_id
from backend.core.storage import Storage
from backend.programme import programme_for
from backend.registry.actions.judging import judge_sheet
from backend.registry.errors import NothingToImport
from backend.registry.models import ImportFinding, ListImport
from backend.registry.queries import ImportView, import_view
from backend.registry.reading import read_list
from backend.registry.rules.findings import Judged
from backend.registry.rules.list_rows import SheetRows

Told = Callable[[int, int], None]
"""Told (rows looked at, rows in all) as the work goes on; what it raises ends the work."""

_SEALED_FOR = "list_import.file"


def plain_name(filename: str) -> str:
    """The name alone, without folders and without what would not print."""
    name = filename.replace("\\", "/").rpartition("/")[2]
    return "".join(mark for mark in name if not unicodedata.category(mark).startswith("C"))[-200:] or "list"


def keep_file(storage: Storage, key: str, raw: bytes) -> None:
    """Store a list sealed: it names people."""
    storage.put(key, seal(raw.hex(), _SEALED_FOR).encode())


def kept_file(storage: Storage, key: str) -> bytes:
    return bytes.fromhex(unseal(storage.get(key).decode(), _SEALED_FOR))


@dataclass(frozen=True, slots=True)
class JudgedList:
    """A list that was read and judged, its file kept; it is on record once ``record_check`` has written it."""

    import_id: str
    area_code: str
    programme_id: str
    filename: str
    sha256: str
    storage_key: str
    judged: Judged


def judge_list(
    session: Session,
    storage: Storage,
    *,
    raw: bytes,
    filename: str,
    area_code: str,
    kept_as: str | None = None,
    told: Told | None = None,
) -> JudgedList:
    """Read and judge a list, and keep its file sealed until it is committed; the session is only read from.

    ``kept_as``: where the file is kept already.

    Raises NoProgramme, NothingToImport and what reading refuses (import.*).
    """
    programme = programme_for(session, area_code)
    sheet = read_list(raw, filename)
    if not sheet.rows:
        raise NothingToImport("名单中表头下面没有一行数据。")
    judged = judge_sheet(session, programme, area_code, sheet, of_rows(sheet, told)).judged
    import_id = new_id()
    key = kept_as or f"list{import_id}"
    if kept_as is None:
        keep_file(storage, key, raw)
    return JudgedList(
        import_id,
        area_code,
        programme.id,
        plain_name(filename),
        hashlib.sha256(raw).hexdigest(),
        key,
        judged,
    )


def of_rows(sheet: SheetRows, told: Told | None) -> Callable[[int], None] | None:
    return None if told is None else lambda done: told(done, len(sheet.rows))


def record_check(session: Session, by: str | None, found: JudgedList) -> ImportView:
    """Put on record what was found in a list; nothing is taken in."""
    counts = {
        "outcomes": dict(found.judged.outcomes()),
        "codes": dict(sorted(found.judged.codes().items())),
    }
    row = ListImport(
        id=found.import_id,
        area_code=found.area_code,
        programme_id=found.programme_id,
        filename=found.filename,
        sha256=found.sha256,
        storage_key=found.storage_key,
        state="checked",
        rows=len(found.judged.rows),
        counts=counts,
        checked_by=by,
        checked_at=clock.now(),
    )
    session.add(row)
    session.flush()
    keep_findings(session, row.id, found.judged)
    audit.record(
        session,
        by,
        "list.checked",
        ("import", row.id),
        {"sha256": row.sha256, "rows": row.rows, **counts},
        area=found.area_code,
    )
    return import_view(row)


def keep_findings(session: Session, import_id: str, judged: Judged) -> None:
    """What was found, in place of what was found when the list was judged before."""
    session.execute(delete(ImportFinding).where(ImportFinding.import_id == import_id))
    rows = [
        {
            "id": new_id(),
            "import_id": import_id,
            "sheet_row": finding.sheet_row,
            "column": finding.column,
            "code": finding.code,
            "outcome": finding.outcome.value,
            "shown": finding.shown[:200],
            "remedy": f"{finding.problem_zh}：{finding.remedy_zh}"[:300],
        }
        for finding in judged.findings
    ]
    # Ids of one millisecond are in no order; the list is read in the order of the sheet.
    for row, identifier in zip(rows, sorted(str(row["id"]) for row in rows), strict=True):
        row["id"] = identifier
    if rows:
        session.execute(insert(ImportFinding), rows)


def sheet_of(storage: Storage, row: ListImport) -> SheetRows:
    return read_list(kept_file(storage, row.storage_key), row.filename)
