"""One's own inbox and consents; for whoever answers for messages, what became of them."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, request

from backend import wechat
from backend.core.errors import NotFound
from backend.core.http import (
    Page,
    PagingSchema,
    after,
    blueprint,
    db,
    idempotent,
    limited,
    page_schema,
    refuses,
    takes_a_place,
)
from backend.core.storage import Storage
from backend.identity import actor, permit
from backend.messaging import actions, queries
from backend.messaging.errors import (
    MessageNotStopped,
    MessageTooOld,
    NoCodeMade,
    NotACode,
    NoWechatAccount,
    TemplateNotPaused,
    UnknownTemplate,
)
from backend.messaging.schemas import (
    ConsentReportSchema,
    GrantsSchema,
    InboxQuerySchema,
    MessageQuerySchema,
    MessageSchema,
    NoticeHistorySchema,
    NoticeSchema,
    PausedTemplatesSchema,
    PosterQuerySchema,
    ToldHistorySchema,
)

_WHAT_A_CODE_HOLDS = "小程序码只能带 1 至 32 个字母、数字或常用符号，页面路径不以斜杠开头、不带问号。"

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
@limited("consent", 60, 3600)
@refuses(UnknownTemplate, NoWechatAccount)
def report_consents(body: dict[str, Any]) -> dict[str, Any]:
    """Report the answers of one consent dialogue; each report counts once by its Idempotency-Key."""
    answers = [
        actions.ConsentAnswer(report["template"], report["outcome"] == "accept") for report in body["reports"]
    ]
    key = request.headers["Idempotency-Key"]
    return {"grants": actions.report_consents(db(), actor(), key=key, answers=answers)}


@blp.route("/me/messages", methods=["GET"])
@permit("inbox.see")
@blp.arguments(PagingSchema, location="query")
@blp.response(200, page_schema(NoticeHistorySchema))
def list_my_messages(query: dict[str, Any]) -> Page[queries.NoticeHistory]:
    """All that one was told: when, by which channel, with what proof."""
    return queries.person_history(db(), actor().person_id, after=after(query["cursor"]), limit=query["limit"])


@blp.route("/people/<string:person_id>/messages", methods=["GET"])
@permit("message.see", scope="person")
@blp.arguments(PagingSchema, location="query")
@blp.response(200, page_schema(ToldHistorySchema))
def list_messages_of_person(query: dict[str, Any], person_id: str) -> Page[queries.NoticeHistory]:
    """All that a person was told: of what, when, by which channel, with what proof; not in which words."""
    return queries.person_history(db(), person_id, after=after(query["cursor"]), limit=query["limit"])


@blp.route("/messages", methods=["GET"])
@permit("message.see")
@blp.arguments(MessageQuerySchema, location="query")
@blp.response(200, page_schema(MessageSchema))
def list_messages(query: dict[str, Any]) -> Page[queries.MessageView]:
    """Messages by state, newest first; a page may be short where many are elsewhere."""
    states = [query["state"]] if query["state"] else list(queries.STOPPED)
    return queries.messages(db(), actor(), states=states, after=after(query["cursor"]), limit=query["limit"])


@blp.route("/messages/<string:message_id>/retry", methods=["POST"])
@permit("message.retry", scope="message")
@idempotent
@blp.response(200, MessageSchema)
@refuses(MessageNotStopped, MessageTooOld)
def retry_message(message_id: str) -> queries.MessageView | None:
    """Have a stopped message tried once more; one whose arrival is unknown may then arrive twice."""
    actions.retry_message(db(), actor().person_id, message_id)
    return queries.message(db(), message_id)


@blp.route("/paused-templates", methods=["GET"])
@permit("message.see")
@blp.response(200, PausedTemplatesSchema)
def list_paused_templates() -> dict[str, Any]:
    """The templates that rest because the platform refused them, and its word on why."""
    return {"items": queries.paused_templates(db())}


@blp.route("/paused-templates/<string:template_id>/resumption", methods=["POST"])
@permit("message.retry")
@idempotent
@blp.response(200, PausedTemplatesSchema)
@refuses(TemplateNotPaused)
def resume_template(template_id: str) -> dict[str, Any]:
    """Use a template again, now that its cause was mended; its waiting messages go out. Answers with what still rests."""
    if not actions.resume_template(db(), actor().person_id, template_id):
        raise TemplateNotPaused()
    return {"items": queries.paused_templates(db())}


@blp.route("/mini-program-codes", methods=["GET"])
@takes_a_place("codes")
@permit("poster.make")
@blp.arguments(PosterQuerySchema, location="query")
@blp.response(200, content_type="image/png")
@limited("poster", 120, 3600)
@refuses(NotACode, NoCodeMade)
def mini_program_code(query: dict[str, Any]) -> Response:
    """The code for a poster: scanned in WeChat it opens a page of the mini-program with a scene."""
    client: wechat.Wechat = current_app.extensions["backend.wechat"]
    storage: Storage = current_app.extensions["backend.storage"]
    try:
        image = wechat.mini_program_code(client, storage, query["scene"], query["page"])
    except wechat.UnfitValue as unfit:
        raise NotACode(_WHAT_A_CODE_HOLDS) from unfit
    except wechat.WechatError as error:
        if error.errcode in wechat.NO_SUCH_CODE:
            raise NotACode("微信说没有这个页面，或不收这些内容。") from error
        raise NoCodeMade() from error
    return Response(image, content_type="image/png" if image.startswith(b"\x89PNG") else "image/jpeg")
