"""Take a checked list in: judge it anew, then write what came of it (8.1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import update
from sqlalchemy.orm import Session

from backend.core import audit, clock
from backend.core.db import affected
from backend.core.storage import Storage
from backend.programme import programme_for
from backend.registry.actions.checking import Told, keep_findings, of_rows, sheet_of
from backend.registry.actions.judging import Judgement, judge_sheet, plan_facts, take_turn
from backend.registry.actions.standing import Standing, standing_households
from backend.registry.actions.taking_in import LaidOut, Taken, lay_out, take_in
from backend.registry.errors import ImportCommitted
from backend.registry.models import ListImport
from backend.registry.queries import ImportView, import_view
from backend.registry.rules.list_rows import SheetRows


@dataclass(frozen=True, slots=True)
class ReadyList:
    """A checked list judged anew and laid out for writing. ``judgement`` says beside what it was judged."""

    import_id: str
    sheet: SheetRows
    judgement: Judgement
    rows: list[LaidOut]


class Outdated(Exception):
    """What a list names has changed since it was judged; it is to be made ready again."""


def make_ready(session: Session, storage: Storage, *, import_id: str, told: Told | None = None) -> ReadyList:
    """Judge a checked list against what stands now; the session is only read from. Raises ImportCommitted."""
    row = session.get_one(ListImport, import_id)
    if row.state != "checked":
        raise ImportCommitted("这份名单此前已经入库，没有重复办理。")
    programme = programme_for(session, row.area_code)
    sheet = sheet_of(storage, row)
    judgement = judge_sheet(session, programme, row.area_code, sheet, of_rows(sheet, told))
    return ReadyList(import_id, sheet, judgement, lay_out(row.programme_id, import_id, judgement.judged.rows))


def take_in_list(
    session: Session, by: str | None, ready: ReadyList, *, judge_again: bool = True
) -> ImportView:
    """Take a list in that was made ready; raises ImportCommitted on the second time.

    What it names may have changed since: then it is judged again in this transaction, or without ``judge_again`` is
    Outdated, for a list so long that nobody should wait for that.
    """
    import_id = ready.import_id
    row = session.get_one(ListImport, import_id, populate_existing=True)
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
    judged, rows = ready.judgement.judged, ready.rows
    standing: Mapping[str, Standing] = standing_households(session, programme.id)
    if not ready.judgement.holds(plan_facts(session, programme, row.area_code), standing, clock.today()):
        if not judge_again:
            raise Outdated()
        judgement = judge_sheet(session, programme, row.area_code, ready.sheet)
        judged, standing = judgement.judged, judgement.standing
        rows = lay_out(programme.id, import_id, judged.rows)
    taken = take_in(session, by, programme.id, import_id, row.area_code, rows, standing)
    keep_findings(session, import_id, judged)
    counts = {
        "outcomes": dict(judged.outcomes()),
        "codes": dict(sorted(judged.codes().items())),
        "taken": {name: getattr(taken, name) for name in Taken.__slots__},
    }
    affected(session, update(ListImport).where(ListImport.id == import_id).values(counts=counts))
    audit.record(session, by, "list.committed", ("import", import_id), counts, area=row.area_code)
    session.refresh(row)
    return import_view(row)
