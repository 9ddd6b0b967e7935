"""A township's list: looked at first, then taken in; the same file twice changes nothing (8.1).

Both steps have two halves. The first reads: the file is decoded and judged, which takes seconds and holds no lock. The
second writes the outcome in a transaction that begins only then, and judges again only if what the list names has changed
meanwhile.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy.orm import Session

from backend.background import JobView, ask
from backend.core.storage import Storage
from backend.identity import Actor
from backend.programme import programme_for
from backend.registry.actions.checking import judge_list, plain_name, record_check, sheet_of
from backend.registry.actions.committing import make_ready, take_in_list
from backend.registry.actions.judging import judge_sheet, take_turn
from backend.registry.errors import ImportCommitted
from backend.registry.models import ListImport
from backend.registry.queries import ImportView
from backend.registry.workbook import write_error_workbook

CHECK_LIST: Final = "registry.check_list"
COMMIT_LIST: Final = "registry.commit_list"


def check_list(
    session: Session, actor: Actor | None, storage: Storage, *, raw: bytes, filename: str, area_code: str
) -> ImportView:
    """Both halves of looking at a list in one transaction, for whoever keeps nobody waiting by it."""
    found = judge_list(session, storage, raw=raw, filename=filename, area_code=area_code)
    return record_check(session, actor.person_id if actor else None, found)


def ask_to_check(
    session: Session, actor: Actor, *, upload_key: str, filename: str, area_code: str
) -> JobView:
    """Have a list that was sent looked at by a worker. Raises TooManyOpen."""
    name = plain_name(filename)
    return ask(
        session,
        actor,
        kind=CHECK_LIST,
        title=f"核对名单 {name}",
        act="list.import",
        area_code=area_code,
        arguments={"filename": name},
        upload_key=upload_key,
    )


def ask_to_commit(session: Session, actor: Actor, *, import_id: str) -> JobView:
    """Have a checked list taken in by a worker. Raises ImportCommitted, TooManyOpen."""
    row = session.get_one(ListImport, import_id)
    if row.state != "checked":
        raise ImportCommitted("这份名单此前已经入库，没有重复办理。")
    return ask(
        session,
        actor,
        kind=COMMIT_LIST,
        title=f"名单入库 {row.filename}",
        act="list.import",
        area_code=row.area_code,
        arguments={"import_id": import_id},
        total=row.rows,
    )


def commit_list(session: Session, actor: Actor | None, storage: Storage, *, import_id: str) -> ImportView:
    """Both halves of taking a list in in one transaction, for whoever keeps nobody waiting by it."""
    row = session.get_one(ListImport, import_id)
    take_turn(session, row.programme_id)
    session.refresh(row)
    ready = make_ready(session, storage, import_id=import_id)
    return take_in_list(session, actor.person_id if actor else None, ready)


def error_workbook(session: Session, storage: Storage, import_id: str) -> bytes:
    """The rows with findings as a workbook, each with its remedy in Chinese; judged anew, as of today."""
    row = session.get_one(ListImport, import_id)
    programme = programme_for(session, row.area_code)
    judged = judge_sheet(session, programme, row.area_code, sheet_of(storage, row)).judged
    return write_error_workbook(judged.rows, judged.findings)
