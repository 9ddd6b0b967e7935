"""Logs are JSON lines: when, what, request id; never an ID number, a phone, a token or a query string."""

from __future__ import annotations

import json
import logging
import re
import sys
import time
from datetime import UTC, datetime
from typing import Final

from flask import Flask, Response, g, request

# Longer runs of digits first: an ID number holds what looks like a phone.
_PATTERNS: Final = (
    (re.compile(r"(?<![0-9])[1-9][0-9]{5}(?:19|20)[0-9]{9}[0-9Xx](?![0-9])"), "[id-number]"),
    (re.compile(r"(?<![0-9])(?:\+?86)?1[3-9][0-9]{9}(?![0-9])"), "[phone]"),
    (re.compile(r"(?i)(bearer\s+)[A-Za-z0-9._~+/=-]{16,}"), r"\1[token]"),
    (re.compile(r"(?i)((?:access_token|secret|js_code|code|session_key)=)[^&\s\"']+"), r"\1[hidden]"),
    (
        re.compile(
            r"(?i)((?:access_token|secret|js_code|session_key|openid|unionid)[\"']*\s*:\s*[\"']+)[^\"'\s]+"
        ),
        r"\1[hidden]",
    ),
    # PostgreSQL quotes the whole row that it refuses.
    (re.compile(r"(DETAIL:).*?(?=\n\n|\n\[SQL|\nCONTEXT|\Z)", re.DOTALL), r"\1 [hidden]"),
)


def redacted(text: str) -> str:
    """The text without what must not be in a log."""
    for pattern, replacement in _PATTERNS:
        text = pattern.sub(replacement, text)
    return text


class JsonLines(logging.Formatter):
    """One JSON object a line; every text in it redacted, exceptions included."""

    def format(self, record: logging.LogRecord) -> str:
        entry = {
            "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        for name in ("request_id", "method", "route", "status", "ms", "job", "outbox", "push"):
            if hasattr(record, name):
                entry[name] = getattr(record, name)
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        # Before it is quoted as JSON: a pattern that ends at a quotation mark must not eat its backslash.
        clean = {name: redacted(value) if isinstance(value, str) else value for name, value in entry.items()}
        return json.dumps(clean, ensure_ascii=False, default=str)


def configure_logs() -> None:
    """Send every logger of this process to standard error as JSON lines."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for noisy in ("apscheduler", "alembic", "urllib3", "fontTools"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def log_requests(app: Flask) -> None:
    """One line a request: its route (not its path, which may hold a code), status and milliseconds."""
    log = logging.getLogger("backend.requests")

    @app.before_request
    def began() -> None:
        g.began = time.perf_counter()

    @app.after_request
    def ended(response: Response) -> Response:
        route = request.url_rule.rule if request.url_rule else "-"
        log.info(
            "request",
            extra={
                "request_id": g.get("request_id"),
                "method": request.method,
                "route": route,
                "status": response.status_code,
                "ms": round((time.perf_counter() - g.get("began", time.perf_counter())) * 1000, 1),
            },
        )
        return response
