"""Before a route runs: a request id, limits of size, and no byte that a database or a log would choke on."""

from __future__ import annotations

import json
import math
import re
import secrets
from collections.abc import Callable
from typing import Any, Final, TypeVar

from flask import Flask, Response, current_app, g, request

from backend.core.errors import Invalid, NotFound, TooLarge, WrongMedia
from backend.core.http.shapes import holds_control_characters

JSON_LIMIT: Final = 1024 * 1024
NESTING_LIMIT: Final = 32
MEGABYTE: Final = 1024 * 1024
LARGEST_BODY: Final = 33 * MEGABYTE
"""No route takes more: 32 MB and what a form adds. The server and the proxy refuse more before they have read it."""

DEFAULT_POLICY: Final = "default-src 'self'; img-src 'self' data: blob:; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"

View = TypeVar("View", bound=Callable[..., Any])


class NotJson(Invalid):
    code = "http.not_json"
    title = "请求内容不是有效的 JSON"


class BadText(Invalid):
    code = "http.bad_text"
    title = "请求中有不能使用的字符"


def takes_files(limit: int) -> Callable[[View], View]:
    """Mark a route as taking multipart/form-data up to ``limit`` bytes, instead of JSON up to one megabyte."""

    assert limit <= LARGEST_BODY

    def mark(view: View) -> View:
        view.takes_files = limit  # type: ignore[attr-defined]  # a mark read before dispatch
        return view

    return mark


def takes_raw(limit: int) -> Callable[[View], View]:
    """Mark a route that reads its body itself (a platform's callback)."""

    def mark(view: View) -> View:
        view.takes_raw = limit  # type: ignore[attr-defined]  # a mark read before dispatch
        return view

    return mark


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    # Two readers of the same body must not see two different values.
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("a name stands twice")
    # An unknown name is told to the caller, and a lone surrogate cannot be.
    if any(holds_control_characters(name) for name in fields):
        raise ValueError("a name holds what no name may")
    return fields


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("not a finite number")
    return number


def _no_constant(text: str) -> float:
    raise ValueError(f"{text} is not JSON")


def _check_nesting(value: Any) -> None:
    # Far below what the interpreter bears: whoever walks the body later does so with less of its stack left.
    level = [value]
    for _ in range(NESTING_LIMIT):
        level = [
            inner
            for outer in level
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
        if not level:
            return
    raise ValueError("nested too deeply")


def strict_json(raw: bytes) -> Any:
    """Parse a body; raises NotJson for bad UTF-8, duplicate or unprintable names, NaN, infinities, endless digits or nesting."""
    try:
        value = json.loads(
            raw.decode("utf-8"),
            object_pairs_hook=_no_duplicates,
            parse_float=_finite,
            parse_constant=_no_constant,
        )
        _check_nesting(value)
        return value
    except (ValueError, RecursionError) as error:
        raise NotJson("请求内容不是有效的 JSON，请检查格式。") from error


def _check() -> None:
    supplied = request.headers.get("X-Request-Id", "")
    g.request_id = supplied if re.fullmatch(r"[0-9A-Za-z-]{8,64}", supplied) else fresh_request_id()
    if request.url_rule is None:
        return
    # Decided on the raw path: what werkzeug decoded with replacement characters was never one of our ids.
    if holds_control_characters(request.path) or "\ufffd" in request.path:
        raise NotFound()
    for name, values in request.args.lists():
        if any(holds_control_characters(text) for text in (name, *values)):
            raise BadText("网址参数中有不能使用的字符。")
    view = current_app.view_functions[request.endpoint or ""]
    if (raw_limit := getattr(view, "takes_raw", None)) is not None:
        request.max_content_length = raw_limit
        return
    if request.method in ("GET", "HEAD", "OPTIONS"):
        request.max_content_length = JSON_LIMIT
        return
    if (file_limit := getattr(view, "takes_files", None)) is not None:
        request.max_content_length = file_limit
        if request.mimetype != "multipart/form-data":
            raise WrongMedia("请以 multipart/form-data 上传文件。")
        return
    request.max_content_length = JSON_LIMIT
    body = request.get_data()
    if len(body) >= JSON_LIMIT:
        # A body sent in pieces, without its length, is cut off at the limit rather than refused.
        raise TooLarge("内容过大，最多 1 MB。")
    if not body:
        return
    if request.mimetype != "application/json":
        raise WrongMedia("请以 application/json 提交。")
    strict_json(body)


HARDENING: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": DEFAULT_POLICY,
}
"""On every answer that does not say otherwise."""


def fresh_request_id() -> str:
    return secrets.token_hex(8)


def _harden(response: Response) -> Response:
    response.headers.setdefault("X-Request-Id", g.get("request_id", ""))
    for name, value in HARDENING.items():
        response.headers.setdefault(name, value)
    if request.path.startswith("/api/"):
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def register(app: Flask) -> None:
    app.before_request(_check)
    app.after_request(_harden)
