"""Lists of households with what was found in them, and the rows that are held."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import false, or_, select
from sqlalchemy.orm import Session

from backend.core.crypto import mask_name
from backend.core.http import Page, page_of
from backend.identity import Actor
from backend.registry.models import HeldRow, ImportFinding, ListImport
from backend.registry.rules.cleaning import shown
from backend.registry.rules.list_rows import ListRow


@dataclass(frozen=True, slots=True)
class ImportView:
    """A list with what was found in it and, once committed, what became of it."""

    id: str
    area_code: str
    filename: str
    state: str
    rows: int
    counts: dict[str, Any]
    checked_at: datetime
    committed_at: datetime | None


def import_view(row: ListImport) -> ImportView:
    return ImportView(
        row.id,
        row.area_code,
        row.filename,
        row.state,
        row.rows,
        row.counts,
        row.checked_at,
        row.committed_at,
    )


def list_import(session: Session, import_id: str) -> ImportView:
    return import_view(session.get_one(ListImport, import_id))


def list_imports(session: Session, actor: Actor, *, after: str, limit: int) -> Page[ImportView]:
    reach = actor.reach("list.see")
    inside = [ListImport.area_code.startswith(prefix) for prefix in reach.areas]
    rows = session.scalars(
        select(ListImport)
        .where(or_(*inside) if inside else false(), ListImport.id > after)
        .order_by(ListImport.id)
        .limit(limit + 1)
    ).all()
    return page_of(rows, limit, lambda row: row.id, import_view)


@dataclass(frozen=True, slots=True)
class FindingView:
    """One finding: where in the sheet, what, and what to do about it."""

    sheet_row: int
    column: str
    code: str
    outcome: str
    shown: str | None
    remedy: str


def findings_of(session: Session, import_id: str, *, after: str, limit: int) -> Page[FindingView]:
    rows = session.scalars(
        select(ImportFinding)
        .where(ImportFinding.import_id == import_id, ImportFinding.id > after)
        .order_by(ImportFinding.id)
        .limit(limit + 1)
    ).all()
    return page_of(rows, limit, lambda row: row.id, _finding_view)


def all_findings(session: Session, import_id: str) -> tuple[FindingView, ...]:
    """Every finding of a list, in the order of the sheet."""
    rows = session.scalars(
        select(ImportFinding).where(ImportFinding.import_id == import_id).order_by(ImportFinding.id)
    )
    return tuple(_finding_view(row) for row in rows)


def _finding_view(row: ImportFinding) -> FindingView:
    return FindingView(row.sheet_row, row.column, row.code, row.outcome, row.shown, row.remedy)


@dataclass(frozen=True, slots=True)
class HeldRowView:
    """A held row: what it shows (masked) and why it waits."""

    id: str
    area_code: str
    import_id: str
    sheet_row: int
    codes: tuple[str, ...]
    shown: dict[str, str | None]
    settled_at: datetime | None
    settled_as: str | None
    household_id: str | None


def held_row_view(row: HeldRow) -> HeldRowView:
    return HeldRowView(
        row.id,
        row.area_code,
        row.import_id,
        row.sheet_row,
        tuple(row.codes),
        _masked_fields(row),
        row.settled_at,
        row.settled_as,
        row.household_id,
    )


def _masked_fields(row: HeldRow) -> dict[str, str | None]:
    """What was typed, masked as in a list of findings, and the name as well."""
    typed: dict[str, str | None] = json.loads(row.typed)
    line = ListRow(row.sheet_row, **typed)
    seen = {name: None if text is None else shown(line, name) for name, text in typed.items()}
    return {**seen, "head_name": mask_name(seen["head_name"])}


def held_rows(
    session: Session, actor: Actor, *, settled: bool | None, after: str, limit: int
) -> Page[HeldRowView]:
    """Held rows within the actor's areas, open and settled ones."""
    inside = [HeldRow.area_code.startswith(prefix) for prefix in actor.reach("list.held").areas]
    query = select(HeldRow).where(or_(*inside) if inside else false(), HeldRow.id > after)
    if settled is not None:
        query = query.where(HeldRow.settled_at.is_not(None) if settled else HeldRow.settled_at.is_(None))
    rows = session.scalars(query.order_by(HeldRow.id).limit(limit + 1)).all()
    return page_of(rows, limit, lambda row: row.id, held_row_view)
