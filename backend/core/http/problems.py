"""From the error tree to one JSON shape: RFC 9457 problem documents, mapped here and nowhere else."""

from __future__ import annotations

import json
import logging
from typing import Any, Final

from flask import Flask, Response, g
from marshmallow import fields
from werkzeug.exceptions import HTTPException

from backend.core.away import DATABASE_AWAY, is_away, is_disk_away
from backend.core.errors import Problem, TooLarge
from backend.core.http.shapes import Schema
from backend.core.law import clause_label

log = logging.getLogger("backend.http")

CONTENT_TYPE = "application/problem+json"

# What the framework itself refuses: (code, title, next).
_FRAMEWORK = {
    400: ("http.bad_request", "请求无法理解", "请返回重新操作。"),
    404: ("not_found", "没有找到", "请核对地址后再试。"),
    405: ("http.method_not_allowed", "不支持这种操作", "请按接口文档调用。"),
    408: ("http.timeout", "请求超时", "请检查网络后再试。"),
    413: (TooLarge.code, TooLarge.title, TooLarge.next),
    414: ("too_large", "地址过长", "请返回重新操作。"),
    415: ("wrong_media", "文件类型不符", "请换成要求的文件类型后再提交。"),
    422: ("invalid", "填写的内容有误", "请按提示修改后再提交，已填内容不会丢失。"),
    429: ("too_many", "操作太频繁", "请稍等片刻再试。"),
}
_UNEXPECTED = (
    "http.unexpected",
    "系统出现意外",
    "没有办成，请稍后再试；如仍不行，请拨打服务热线并报上请求编号。",
)


_DATABASE_AWAY = (
    "http.database_away",
    "系统正忙",
    "没有确认办成，请稍等一分钟再试，再试不会重复办理；有危险请先离开屋子，拨打120或119。",
)


_DISK_AWAY = (
    "http.disk_away",
    "系统暂时存不下文件",
    "没有办成，请过几分钟再试，再试不会重复办理；有危险请先离开屋子，拨打120或119。",
)
RETRY_SECONDS: Final = 60


class ProblemSchema(Schema):
    """How every refusal looks."""

    type = fields.String(required=True, metadata={"description": "urn:problem:<code>"})
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True, metadata={"description": "Why, in Chinese, for the person"})
    code = fields.String(required=True, metadata={"description": "Stable code for programs"})
    clause = fields.String(allow_none=True, metadata={"description": "Clause id the refusal rests on"})
    clause_label = fields.String(allow_none=True)
    next = fields.String(required=True, metadata={"description": "What to do now, in Chinese"})
    errors = fields.Dict(metadata={"description": "Messages by field"})
    facts = fields.Dict(metadata={"description": "Figures that the refusal rests on"})
    request_id = fields.String()


def problem_document(
    status: int, code: str, title: str, detail: str, next: str, *, request_id: str | None, **more: Any
) -> str:
    """The JSON text of one refusal, for whoever answers with or without the framework."""
    body: dict[str, Any] = {
        "type": f"urn:problem:{code}",
        "title": title,
        "status": status,
        "detail": detail,
        "code": code,
        "clause": None,
        "next": next,
        "request_id": request_id,
    }
    body.update({name: value for name, value in more.items() if value})
    if body["clause"]:
        body["clause_label"] = clause_label(body["clause"])
    return json.dumps(body, ensure_ascii=False, default=str)


def problem_response(status: int, code: str, title: str, detail: str, next: str, **more: Any) -> Response:
    text = problem_document(status, code, title, detail, next, request_id=g.get("request_id"), **more)
    return Response(text, status=status, content_type=CONTENT_TYPE)


def answer_problem(problem: Problem) -> Response:
    response = problem_response(
        problem.status,
        problem.code,
        problem.title,
        problem.detail,
        problem.next_step,
        clause=problem.cited,
        errors=problem.errors,
        facts=problem.facts,
    )
    if problem.retry_after is not None:
        response.headers["Retry-After"] = str(problem.retry_after)
    return response


def answer_http_exception(error: HTTPException) -> Response:
    if error.response is not None:
        return error.response  # type: ignore[return-value]  # a ready answer, e.g. a redirect
    status = error.code or 500
    code, title, next_step = _FRAMEWORK.get(status, _UNEXPECTED)
    messages = (getattr(error, "data", None) or {}).get("messages", {})
    # webargs nests its messages by location (json, query, …), which is no concern of the person's.
    errors: dict[str, Any] = {}
    for location in messages.values() if isinstance(messages, dict) else ():
        errors.update(location if isinstance(location, dict) else {"_": location})
    detail = _first_message(errors) or title
    response = problem_response(status, code, title, detail, next_step, errors=errors)
    if status == 405 and getattr(error, "valid_methods", None):
        response.headers["Allow"] = ", ".join(error.valid_methods)  # type: ignore[attr-defined]  # MethodNotAllowed
    return response


def _first_message(errors: dict[str, Any]) -> str | None:
    for name, message in errors.items():
        while isinstance(message, dict | list) and message:
            message = next(iter(message.values())) if isinstance(message, dict) else message[0]
        if message:
            return f"{name}：{message}" if name != "_" else str(message)
    return None


def answer_unexpected(error: Exception) -> Response:
    if is_away(error):  # from beside the engine, as of a driver's own cursor
        return answer_database_away(error)
    log.error("unexpected error", exc_info=error, extra={"request_id": g.get("request_id")})
    code, title, next_step = _UNEXPECTED
    return problem_response(500, code, title, title, next_step)


def answer_database_away(error: Exception) -> Response:
    """The database is busy for longer than we wait, or away: a while, and not a mistake of anybody's."""
    log.error("the database is away", exc_info=error, extra={"request_id": g.get("request_id")})
    return _in_a_while(*_DATABASE_AWAY)


def answer_os_error(error: OSError) -> Response:
    """A disk without room, or one that takes nothing, is a while; any other error of the system is an accident."""
    if not is_disk_away(error):
        return answer_unexpected(error)
    log.error("the disk takes nothing", exc_info=error, extra={"request_id": g.get("request_id")})
    return _in_a_while(*_DISK_AWAY)


def _in_a_while(code: str, title: str, next_step: str) -> Response:
    response = problem_response(503, code, title, title, next_step)
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def register(app: Flask) -> None:
    app.register_error_handler(Problem, answer_problem)
    app.register_error_handler(HTTPException, answer_http_exception)
    for away in DATABASE_AWAY:
        app.register_error_handler(away, answer_database_away)
    app.register_error_handler(OSError, answer_os_error)
    app.register_error_handler(Exception, answer_unexpected)
