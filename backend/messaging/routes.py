"""One's own inbox, and what one answered in the consent dialogue."""

from __future__ import annotations

from typing import Any

from flask import request

from backend.core.errors import NotFound
from backend.core.http import Page, after, blueprint, db, idempotent, page_schema, refuses
from backend.identity import actor, permit
from backend.messaging import actions, queries
from backend.messaging.errors import NoWechatAccount, UnknownTemplate
from backend.messaging.schemas import (
    ConsentReportSchema,
    GrantsSchema,
    InboxQuerySchema,
    NoticeHistorySchema,
    NoticeSchema,
)

blp = blueprint("messaging", "Notices to a person, and consent to messages")


@blp.route("/inbox", methods=["GET"])
@permit("inbox.see")
@blp.arguments(InboxQuerySchema, location="query")
@blp.response(200, page_schema(NoticeSchema))
def list_inbox(query: dict[str, Any]) -> Page[queries.NoticeView]:
    """One's own notices."""
    return queries.inbox_of(
        db(),
        actor().person_id,
        after=after(query["cursor"]),
        limit=query["limit"],
        unread_first=query["order"] == "unread_first",
    )


@blp.route("/inbox/<string:notice_id>", methods=["GET"])
@permit("inbox.see", scope="notice")
@blp.response(200, NoticeHistorySchema)
def see_notice(notice_id: str) -> queries.NoticeHistory:
    """One notice with what became of it on each channel."""
    found = queries.history_of(db(), notice_id)
    if found is None:
        raise NotFound()
    return found


@blp.route("/inbox/<string:notice_id>/read", methods=["POST"])
@permit("inbox.read", scope="notice")
@idempotent
@blp.response(200, NoticeSchema)
def read_notice(notice_id: str) -> queries.NoticeView | None:
    """Mark a notice as read; the first reading counts."""
    actions.read_notice(db(), actor(), notice_id=notice_id)
    return queries.notice(db(), notice_id)


@blp.route("/subscription-grants", methods=["POST"])
@permit("consent.report")
@idempotent
@blp.arguments(ConsentReportSchema)
@blp.response(200, GrantsSchema)
@refuses(UnknownTemplate, NoWechatAccount)
def report_consents(body: dict[str, Any]) -> dict[str, Any]:
    """Report the answers of one consent dialogue; each report counts once by its Idempotency-Key."""
    answers = [
        actions.ConsentAnswer(report["template"], report["outcome"] == "accept") for report in body["reports"]
    ]
    key = request.headers["Idempotency-Key"]
    return {"grants": actions.report_consents(db(), actor(), key=key, answers=answers)}
