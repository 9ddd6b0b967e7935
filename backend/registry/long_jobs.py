"""What a worker does for the registry while nobody waits: long lists, and the stickers of more than a township."""

from __future__ import annotations

import json

from sqlalchemy.orm import Session

from backend.background import Again, Ending, Kind, Result, Work
from backend.core import audit
from backend.registry.actions import checking, committing
from backend.registry.actions.doors import PRINT_STICKERS, Printing, print_sheets, stickers_to_print
from backend.registry.actions.lists import CHECK_LIST, COMMIT_LIST
from backend.registry.queries import ImportView
from backend.registry.schemas import ImportSchema


def kinds(printing: Printing) -> tuple[Kind, ...]:
    return (
        Kind(CHECK_LIST, check_list),
        Kind(COMMIT_LIST, commit_list),
        Kind(PRINT_STICKERS, lambda work: print_stickers(work, printing)),
    )


def check_list(work: Work) -> Ending:
    """Read and judge a list that was sent; its result is the import's view."""
    assert work.upload_key is not None
    work.tell(0, 0, "正在读取名单")
    with work.database.reading() as session:
        found = checking.judge_list(
            session,
            work.storage,
            raw=checking.kept_file(work.storage, work.upload_key),
            filename=work.arguments["filename"],
            area_code=work.area_code,
            kept_as=work.upload_key,
            told=lambda done, total: work.tell(done, total, f"已核对 {done}/{total} 行"),
        )
    rows = len(found.judged.rows)
    work.tell(rows, rows, f"已核对 {rows} 行，正在保存结果")

    def write(session: Session) -> Result:
        view = checking.record_check(session, work.asked_by, found)
        work.upload_key = None  # it is the import's by now
        return _import_view(work, view)

    return write


def commit_list(work: Work) -> Ending:
    """Take a checked list in; its result is the import's view."""
    work.tell(0, 0, "正在读取名单")
    with work.database.reading() as session:
        ready = committing.make_ready(
            session,
            work.storage,
            import_id=work.arguments["import_id"],
            told=lambda done, total: work.tell(done, total, f"已核对 {done}/{total} 行"),
        )
    work.tell(len(ready.rows), len(ready.rows), f"已核对 {len(ready.rows)} 行，正在入库")

    def write(session: Session) -> Result:
        try:
            taken = committing.take_in_list(session, work.asked_by, ready, judge_again=work.last_round)
        except committing.Outdated as changed:
            raise Again() from changed
        return _import_view(work, taken)

    return write


def _import_view(work: Work, view: ImportView) -> Result:
    text = json.dumps(ImportSchema().dump(view), ensure_ascii=False)
    return work.keep(text.encode(), "application/json", f"import-{view.id}.json")


def print_stickers(work: Work, printing: Printing) -> Ending:
    """The sheets of an area as PDF."""
    work.tell(0, 0, "正在查找户码")
    with work.database.reading() as session:
        stickers = stickers_to_print(session, work.area_code)
    sheets = stickers.sheets
    pdf = print_sheets(stickers, printing, lambda done: work.tell(done, sheets, f"已排版 {done}/{sheets} 张"))
    work.tell(sheets, sheets, f"已排版 {sheets} 张，正在保存")
    result = work.keep(pdf, "application/pdf", f"{stickers.title}户码牌.pdf")

    def write(session: Session) -> Result:
        facts = {"job_id": work.job_id, "stickers": len(stickers.faces), "sheets": sheets}
        audit.record(
            session,
            work.asked_by,
            "sticker.sheets_made",
            ("area", work.area_code),
            facts,
            area=work.area_code,
        )
        return result

    return write
