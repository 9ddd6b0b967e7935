"""Send a township's list, look at what was found, take it in; settle what was held."""

from __future__ import annotations

from typing import Any, NamedTuple

from flask import Response, current_app, request

from backend.background import JobSchema, TooManyOpen, accepted
from backend.core.db import new_id
from backend.core.http import (
    MEGABYTE,
    Page,
    PagingSchema,
    after,
    db,
    idempotent,
    page_schema,
    prepared,
    prepares,
    refuses,
    takes_a_place,
    takes_files,
)
from backend.core.storage import Storage
from backend.identity import actor, permit
from backend.programme import NoProgramme
from backend.registry import queries
from backend.registry.actions import checking, committing, lists
from backend.registry.actions import held_rows as held
from backend.registry.errors import (
    EntryConfirmed,
    FileMissing,
    ImportCommitted,
    NothingToImport,
    SettledAlready,
    StillHeld,
)
from backend.registry.reading import rows_in
from backend.registry.reading.errors import (
    ColumnsMissing,
    ColumnsRepeated,
    ListTooLarge,
    NotAList,
    SeveralLists,
)
from backend.registry.routes.blueprint import blp
from backend.registry.rules.at_once import judged_at_once
from backend.registry.schemas import (
    FindingSchema,
    HeldRowQuerySchema,
    HeldRowSchema,
    ImportSchema,
    SettlementSchema,
    UploadFormSchema,
)

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _storage() -> Storage:
    found: Storage = current_app.extensions["backend.storage"]
    return found


class _Sent(NamedTuple):
    """A list too long to be judged while somebody waits; its file is kept for the worker."""

    upload_key: str
    filename: str


def _judge_sent() -> checking.JudgedList | _Sent:
    """Decode and judge what was sent before the transaction begins: it takes seconds, and holds no lock."""
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        raise FileMissing("没有收到文件，请在 file 一栏选择名单文件。")
    raw = upload.stream.read()
    upload.stream.seek(0)  # the idempotency key looks at it again
    if not judged_at_once(rows_in(raw)):
        sent = _Sent(f"upload{new_id()}", upload.filename)
        checking.keep_file(_storage(), sent.upload_key, raw)
        return sent
    return checking.judge_list(
        db(), _storage(), raw=raw, filename=upload.filename, area_code=request.form["area_code"]
    )


def _forget_sent(found: checking.JudgedList | _Sent) -> None:
    _storage().remove(found.upload_key if isinstance(found, _Sent) else found.storage_key)


def _make_ready(import_id: str) -> committing.ReadyList | None:
    """Judge a list anew before the transaction begins; None for one that a worker takes in."""
    if not judged_at_once(queries.list_import(db(), import_id).rows):
        return None
    return committing.make_ready(db(), _storage(), import_id=import_id)


@blp.route("/imports", methods=["POST"])
@takes_a_place("lists")
@takes_files(24 * MEGABYTE)
@prepares(_judge_sent, undo=_forget_sent)
@permit("list.import", scope="area")
@idempotent
@blp.arguments(UploadFormSchema, location="form", content_type="multipart/form-data")
@blp.response(201, ImportSchema)
@blp.alt_response(202, schema=JobSchema, description="Too long to wait for: a background job does it")
@refuses(
    TooManyOpen,
    NoProgramme,
    NothingToImport,
    FileMissing,
    NotAList,
    ListTooLarge,
    ColumnsMissing,
    ColumnsRepeated,
    SeveralLists,
)
def check_list(form: dict[str, Any]) -> queries.ImportView | Response:
    """Dry run: read a list (xlsx or csv, form field ``file``) and tell what was found; nothing is taken in yet.

    Above 5,000 rows a background job does it (202), whose result is the import.
    """
    found = prepared()
    if isinstance(found, _Sent):
        return accepted(lists.ask_to_check(db(), actor(), **found._asdict(), area_code=form["area_code"]))
    return checking.record_check(db(), actor().person_id, found)


@blp.route("/imports", methods=["GET"])
@permit("list.see")
@blp.arguments(PagingSchema, location="query")
@blp.response(200, page_schema(ImportSchema))
def list_imports(query: dict[str, Any]) -> Page[queries.ImportView]:
    """The lists sent for one's area."""
    return queries.list_imports(db(), actor(), after=after(query["cursor"]), limit=query["limit"])


@blp.route("/imports/<string:import_id>", methods=["GET"])
@permit("list.see", scope="import")
@blp.response(200, ImportSchema)
def show_import(import_id: str) -> queries.ImportView:
    """One list: rows by outcome, findings by code."""
    return queries.list_import(db(), import_id)


@blp.route("/imports/<string:import_id>/findings", methods=["GET"])
@permit("list.see", scope="import")
@blp.arguments(PagingSchema, location="query")
@blp.response(200, page_schema(FindingSchema))
def show_findings(query: dict[str, Any], import_id: str) -> Page[queries.FindingView]:
    """Everything found in a list, in the order of the sheet."""
    return queries.findings_of(db(), import_id, after=after(query["cursor"]), limit=query["limit"])


@blp.route("/imports/<string:import_id>/workbook", methods=["GET"])
@takes_a_place("workbooks")
@permit("list.see", scope="import")
@blp.response(200, content_type=_XLSX)
@refuses(NoProgramme)
def error_workbook(import_id: str) -> Response:
    """The rows with findings as a workbook, each with its remedy in Chinese."""
    content = lists.error_workbook(db(), _storage(), import_id)
    headers = {"Content-Disposition": f'attachment; filename="findings-{import_id}.xlsx"'}
    return Response(content, content_type=_XLSX, headers=headers)


@blp.route("/imports/<string:import_id>/commit", methods=["POST"])
@takes_a_place("lists")
@prepares(_make_ready)
@permit("list.import", scope="import")
@idempotent
@blp.response(200, ImportSchema)
@blp.alt_response(202, schema=JobSchema, description="Too long to wait for: a background job does it")
@refuses(ImportCommitted, NoProgramme, TooManyOpen)
def commit_list(import_id: str) -> queries.ImportView | Response:
    """Take a checked list in; it is judged once more against what stands now.

    Above 5,000 rows a background job does it (202), whose result is the import.
    """
    ready = prepared()
    if ready is None:
        return accepted(lists.ask_to_commit(db(), actor(), import_id=import_id))
    return committing.take_in_list(db(), actor().person_id, ready)


@blp.route("/held-rows", methods=["GET"])
@permit("list.held")
@blp.arguments(HeldRowQuerySchema, location="query")
@blp.response(200, page_schema(HeldRowSchema))
def list_held_rows(query: dict[str, Any]) -> Page[queries.HeldRowView]:
    """Rows that are not counted until somebody settles them."""
    return queries.held_rows(
        db(), actor(), settled=query["settled"], after=after(query["cursor"]), limit=query["limit"]
    )


@blp.route("/held-rows/<string:held_row_id>/settlement", methods=["POST"])
@permit("household.settle", scope="held_row")
@idempotent
@blp.arguments(SettlementSchema)
@blp.response(200, HeldRowSchema)
@refuses(StillHeld, EntryConfirmed, SettledAlready, NoProgramme)
def settle_held_row(body: dict[str, Any], held_row_id: str) -> queries.HeldRowView:
    """Correct a held row and count it, or withdraw it, with a reason."""
    return held.settle_held_row(
        db(),
        actor(),
        held_row_id=held_row_id,
        corrections=body["corrections"],
        withdraw=body["outcome"] == "withdrawn",
        reason=body["reason"],
    )
