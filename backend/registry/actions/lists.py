"""A township's list: looked at first, then taken in; the same file twice changes nothing (8.1)."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from backend.core import audit, clock
from backend.core.crypto import lookup_hash, seal, unseal
from backend.core.db import affected, new_id
from backend.core.storage import Storage
from backend.identity import Actor
from backend.programme import ProgrammeView, areas_under, programme_for
from backend.registry.errors import ImportCommitted, NothingToImport
from backend.registry.models import HeldRow, Household, ImportFinding, ListImport, Sticker
from backend.registry.queries import ImportView, import_view
from backend.registry.reading import read_list
from backend.registry.rules import household_code
from backend.registry.rules.cells import courtyard_key
from backend.registry.rules.findings import (
    Elsewhere,
    Entry,
    Judged,
    JudgedRow,
    KnownFacts,
    Outcome,
    PlanFacts,
    PlannedVillage,
    entry_key,
    judge,
    row_fingerprint,
)
from backend.registry.rules.list_rows import SheetRows, is_formula, words
from backend.registry.workbook import write_error_workbook

_SEALED_FOR = "list_import.file"
_BATCH = 2000


def plan_facts(session: Session, programme: ProgrammeView, area_code: str) -> PlanFacts:
    """The plan's places below ``area_code`` and its paths, as the rules of reading want them."""
    areas = areas_under(session, programme.area_code)
    townships = {area.code: area.name for area in areas if area.level == "township"}
    inside = {
        code: name
        for code, name in townships.items()
        if code.startswith(area_code) or area_code.startswith(code)
    }
    villages = {
        (inside[area.parent_code or ""], area.name): PlannedVillage(
            area.code, frozenset({area.path} if area.path else ())
        )
        for area in areas
        if area.level == "village" and area.parent_code in inside and area.code.startswith(area_code)
    }
    return PlanFacts(
        townships={name: code for code, name in inside.items()},
        villages=villages,
        paths={path.label: path.code for path in programme.paths},
        path_synonyms={synonym: path.code for path in programme.paths for synonym in path.synonyms},
    )


def known_facts(session: Session, programme_id: str, area_names: dict[str, str]) -> KnownFacts:
    """What the registry holds of a programme, by hashes: persons, phones, courtyards, police numbers."""
    ids: defaultdict[str, list[Elsewhere]] = defaultdict(list)
    phones: defaultdict[str, list[Elsewhere]] = defaultdict(list)
    courtyards: defaultdict[tuple[str, str], list[Elsewhere]] = defaultdict(list)
    police_nos: defaultdict[str, list[Elsewhere]] = defaultdict(list)
    rows = session.execute(
        select(
            Household.entry_key,
            Household.area_code,
            Household.address,
            Household.id_hash,
            Household.phone_hash,
            Household.courtyard,
            Household.police_no,
        ).where(Household.programme_id == programme_id, Household.ended_at.is_(None))
    )
    for key, area_code, address, id_hash, phone_hash, courtyard, police_no in rows:
        place = Elsewhere(key, f"{area_names.get(area_code[:9], '')}{address}")
        if id_hash:
            ids[id_hash].append(place)
        if phone_hash:
            phones[phone_hash].append(place)
        if courtyard:
            courtyards[area_code, courtyard_key(courtyard)].append(place)
        if police_no:
            police_nos[police_no].append(place)
    return KnownFacts(
        ids,
        phones,
        courtyards,
        police_nos,
        id_hash=lambda number: lookup_hash("id_number", number),
        phone_hash=lambda number: lookup_hash("phone", number),
    )


def judge_sheet(session: Session, programme: ProgrammeView, area_code: str, sheet: SheetRows) -> Judged:
    """A sheet beside the plan and the registry as they stand today."""
    names = {area.code: area.name for area in areas_under(session, programme.area_code)}
    return judge(
        sheet,
        plan_facts(session, programme, area_code),
        known_facts(session, programme.id, names),
        clock.today(),
    )


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
        filename=filename[-200:],
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


@dataclass(frozen=True, slots=True)
class Taken:
    """What an import did, in rows: each row read is in exactly one of these."""

    added: int
    updated: int
    unchanged: int
    kept_as_confirmed: int
    held: int


def commit_list(session: Session, actor: Actor | None, storage: Storage, *, import_id: str) -> ImportView:
    """Take a checked list in, judged anew against what stands today; raises ImportCommitted on the second time."""
    row = session.get_one(ListImport, import_id)
    by = actor.person_id if actor else None
    # One import at a time for a programme: the first import's row is everybody's turnstile.
    session.execute(
        select(ListImport.id)
        .where(ListImport.programme_id == row.programme_id)
        .order_by(ListImport.id)
        .limit(1)
        .with_for_update()
    )
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
    taken = take_in(session, programme.id, import_id, row.area_code, judged.rows)
    counts = {
        "outcomes": dict(judged.outcomes()),
        "codes": dict(sorted(judged.codes().items())),
        "taken": {name: getattr(taken, name) for name in Taken.__slots__},
    }
    affected(session, update(ListImport).where(ListImport.id == import_id).values(counts=counts))
    audit.record(session, by, "list.committed", ("import", import_id), counts, area=row.area_code)
    session.refresh(row)
    return import_view(row)


def take_in(
    session: Session, programme_id: str, import_id: str, area_code: str, rows: Sequence[JudgedRow]
) -> Taken:
    """Add, update or hold each row; a household that people have confirmed is never overwritten by a list."""
    standing = {
        found.entry_key: found
        for found in session.execute(
            select(
                Household.entry_key,
                Household.id,
                Household.fingerprint,
                Household.confirmed_by_household_at,
                Household.confirmed_by_village_at,
                Household.locked_at,
            ).where(Household.programme_id == programme_id)
        )
    }
    did: Counter[str] = Counter()
    fresh: list[dict[str, Any]] = []
    held: list[dict[str, Any]] = []
    keys_taken_in: list[str] = []
    for judged in rows:
        if judged.outcome is Outcome.HELD:
            did["held"] += 1
            held.append(_held_values(programme_id, import_id, area_code, judged))
            continue
        values = household_values(programme_id, import_id, judged)
        found = standing.get(values["entry_key"])
        keys_taken_in.append(values["entry_key"])
        if found is None:
            did["added"] += 1
            fresh.append({"id": new_id(), "created_at": clock.now(), **values})
        elif found.fingerprint == values["fingerprint"]:
            did["unchanged"] += 1
        elif found.confirmed_by_household_at or found.confirmed_by_village_at or found.locked_at:
            did["kept_as_confirmed"] += 1
        else:
            did["updated"] += 1
            affected(session, update(Household).where(Household.id == found.id).values(**values))
    # Ids are random within a millisecond; in the order of the list a village is printed and walked in order.
    for values, identifier in zip(fresh, sorted(row["id"] for row in fresh), strict=True):
        values["id"] = identifier
    for start in range(0, len(fresh), _BATCH):
        batch = fresh[start : start + _BATCH]
        session.execute(insert(Household), batch)
        issue_codes(session, [row["id"] for row in batch])
    _hold(session, programme_id, held)
    _settle_sent_again(session, programme_id, keys_taken_in)
    return Taken(did["added"], did["updated"], did["unchanged"], did["kept_as_confirmed"], did["held"])


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
        "id_hash": lookup_hash("id_number", entry.id_number) if entry.id_number else None,
        "phone": entry.phone,
        "phone_hash": lookup_hash("phone", entry.phone) if entry.phone else None,
        "police_no": entry.police_no,
        "village_registered": entry.village_registered,
        "people": entry.people,
        "address": entry.address,
        "courtyard": entry.courtyard,
        "floor_area_m2": entry.floor_area_m2,
        "remark": entry.remark,
        "entry_key": key,
        "fingerprint": lookup_hash("row", row_fingerprint(judged)),
        "import_id": import_id,
        "sheet_row": entry.sheet_row,
        "flags": sorted(set(judged.codes)),
        "vacant": False,
        "participates": True,
    }


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


def _held_values(programme_id: str, import_id: str, area_code: str, judged: JudgedRow) -> dict[str, Any]:
    entry = judged.entry
    typed = {name: words(getattr(entry.typed, name)) for name in entry.typed._fields if name != "sheet_row"}
    return {
        "id": new_id(),
        "programme_id": programme_id,
        "area_code": entry.area_code or area_code,
        "import_id": import_id,
        "sheet_row": entry.sheet_row,
        "entry_key": entry_key(entry),
        "fingerprint": lookup_hash("row", row_fingerprint(judged)),
        "codes": sorted(set(judged.codes)),
        "typed": json.dumps(typed, ensure_ascii=False),
    }


def _hold(session: Session, programme_id: str, held: list[dict[str, Any]]) -> None:
    known = set(session.scalars(select(HeldRow.fingerprint).where(HeldRow.programme_id == programme_id)))
    fresh = {row["fingerprint"]: row for row in held if row["fingerprint"] not in known}
    rows = list(fresh.values())
    for values, identifier in zip(rows, sorted(row["id"] for row in rows), strict=True):
        values["id"] = identifier
    if rows:
        session.execute(insert(HeldRow), rows)


def _settle_sent_again(session: Session, programme_id: str, keys: Sequence[str]) -> None:
    """A held row whose household now came in whole is settled by that."""
    open_rows = session.execute(
        select(HeldRow.id, HeldRow.entry_key).where(
            HeldRow.programme_id == programme_id, HeldRow.settled_at.is_(None), HeldRow.entry_key.is_not(None)
        )
    ).all()
    counted = set(keys)
    for held_id, key in open_rows:
        if key in counted:
            household_id = session.scalar(
                select(Household.id).where(Household.programme_id == programme_id, Household.entry_key == key)
            )
            affected(
                session,
                update(HeldRow)
                .where(HeldRow.id == held_id)
                .values(settled_at=clock.now(), settled_as="sent_again", household_id=household_id),
            )


def villages_in(sheet: SheetRows, programme: ProgrammeView) -> list[tuple[str, str, str | None, int]]:
    """(township, village, path's code, households) as a list names them: the areas of a county without an area file."""
    counted: Counter[tuple[str, str, str | None]] = Counter()
    for row in sheet.rows:
        township, village, label = words(row.township), words(row.village), words(row.path)
        if township and village and not (is_formula(row.township) or is_formula(row.village)):
            path = programme.path_by_label(label) if label else None
            counted[township, village, path.code if path else None] += 1
    return [(township, village, path, count) for (township, village, path), count in counted.items()]
