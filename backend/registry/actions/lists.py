"""A township's list: looked at first, then taken in; the same file twice changes nothing (8.1)."""

from __future__ import annotations

import hashlib
import unicodedata
from collections import Counter

from sqlalchemy import delete, insert, update
from sqlalchemy.orm import Session

from backend.core import audit, clock
from backend.core.crypto import seal, unseal
from backend.core.db import affected, new_id
from backend.core.storage import Storage
from backend.identity import Actor
from backend.programme import ProgrammeView, programme_for
from backend.registry.actions.judging import judge_sheet, take_turn
from backend.registry.actions.taking_in import Taken, take_in
from backend.registry.errors import ImportCommitted, NothingToImport
from backend.registry.models import ImportFinding, ListImport
from backend.registry.queries import ImportView, import_view
from backend.registry.reading import read_list
from backend.registry.rules.findings import Judged
from backend.registry.rules.list_rows import SheetRows, is_formula, words
from backend.registry.workbook import write_error_workbook

_SEALED_FOR = "list_import.file"


def _plain(filename: str) -> str:
    """The name alone, without folders and without what would not print."""
    name = filename.replace("\\", "/").rpartition("/")[2]
    return "".join(mark for mark in name if not unicodedata.category(mark).startswith("C"))[-200:] or "list"


def check_list(
    session: Session, actor: Actor | None, storage: Storage, *, raw: bytes, filename: str, area_code: str
) -> ImportView:
    """Read and judge a list without taking anything in; the file is kept sealed until it is committed.

    Raises NoProgramme, NothingToImport and what reading refuses (import.*).
    """
    programme = programme_for(session, area_code)
    sheet = read_list(raw, filename)
    if not sheet.rows:
        raise NothingToImport("名单中表头下面没有一行数据。")
    judged = judge_sheet(session, programme, area_code, sheet)
    row = ListImport(
        id=new_id(),
        area_code=area_code,
        programme_id=programme.id,
        filename=_plain(filename),
        sha256=hashlib.sha256(raw).hexdigest(),
        storage_key="",
        state="checked",
        rows=len(judged.rows),
        counts={"outcomes": dict(judged.outcomes()), "codes": dict(sorted(judged.codes().items()))},
        checked_by=actor.person_id if actor else None,
        checked_at=clock.now(),
    )
    row.storage_key = f"list{row.id}"
    storage.put(row.storage_key, seal(raw.hex(), _SEALED_FOR).encode())
    session.add(row)
    session.flush()
    _keep_findings(session, row.id, judged)
    audit.record(
        session,
        row.checked_by,
        "list.checked",
        ("import", row.id),
        {"sha256": row.sha256, "rows": row.rows, **row.counts},
        area=area_code,
    )
    return import_view(row)


def _keep_findings(session: Session, import_id: str, judged: Judged) -> None:
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


def _file(session: Session, storage: Storage, row: ListImport) -> bytes:
    return bytes.fromhex(unseal(storage.get(row.storage_key).decode(), _SEALED_FOR))


def error_workbook(session: Session, storage: Storage, import_id: str) -> bytes:
    """The rows with findings as a workbook, each with its remedy in Chinese; judged anew, as of today."""
    row = session.get_one(ListImport, import_id)
    programme = programme_for(session, row.area_code)
    sheet = read_list(_file(session, storage, row), row.filename)
    judged = judge_sheet(session, programme, row.area_code, sheet)
    return write_error_workbook(judged.rows, judged.findings)


def commit_list(session: Session, actor: Actor | None, storage: Storage, *, import_id: str) -> ImportView:
    """Take a checked list in, judged anew against what stands today; raises ImportCommitted on the second time."""
    row = session.get_one(ListImport, import_id)
    by = actor.person_id if actor else None
    take_turn(session, row.programme_id)
    mine = affected(
        session,
        update(ListImport)
        .where(ListImport.id == import_id, ListImport.state == "checked")
        .values(state="committed", committed_by=by, committed_at=clock.now()),
    )
    if not mine:
        raise ImportCommitted("这份名单此前已经入库，没有重复办理。")
    programme = programme_for(session, row.area_code)
    sheet = read_list(_file(session, storage, row), row.filename)
    judged = judge_sheet(session, programme, row.area_code, sheet)
    taken = take_in(session, by, programme.id, import_id, row.area_code, judged.rows)
    _keep_findings(session, import_id, judged)
    counts = {
        "outcomes": dict(judged.outcomes()),
        "codes": dict(sorted(judged.codes().items())),
        "taken": {name: getattr(taken, name) for name in Taken.__slots__},
    }
    affected(session, update(ListImport).where(ListImport.id == import_id).values(counts=counts))
    audit.record(session, by, "list.committed", ("import", import_id), counts, area=row.area_code)
    session.refresh(row)
    return import_view(row)


def villages_in(sheet: SheetRows, programme: ProgrammeView) -> list[tuple[str, str, str | None, int]]:
    """(township, village, path's code, households) as a list names them: the areas of a county without an area file."""
    counted: Counter[tuple[str, str, str | None]] = Counter()
    for row in sheet.rows:
        township, village, label = words(row.township), words(row.village), words(row.path)
        if township and village and not (is_formula(row.township) or is_formula(row.village)):
            path = programme.path_by_label(label) if label else None
            counted[township, village, path.code if path else None] += 1
    return [(township, village, path, count) for (township, village, path), count in counted.items()]
