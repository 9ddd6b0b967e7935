"""A WSGI application that does nothing but run the statements of a read, as recorded, and give the recorded answer.

Environment: BARE_URL, the database; BARE_RECORD, a JSON file {path: {"statements": [[sql, parameters]…], "answer": text}}.
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import make_url

_url = make_url(os.environ["BARE_URL"])
_record: dict[str, Any] = json.loads(Path(os.environ["BARE_RECORD"]).read_text("utf-8"))
_answers = {path: each["answer"].encode() for path, each in _record.items()}
_mine = threading.local()


def _connection() -> Any:
    if not hasattr(_mine, "connection"):
        if _url.get_backend_name() == "sqlite":
            _mine.connection = sqlite3.connect(_url.database or "", isolation_level=None)
        else:
            plain = _url.set(drivername="postgresql").render_as_string(hide_password=False)
            _mine.connection = psycopg.connect(plain, autocommit=True)
    return _mine.connection


def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    path = environ["PATH_INFO"]
    connection = _connection()
    for sql, parameters in _record[path]["statements"]:
        connection.execute(sql, parameters).fetchall()
    body = _answers[path]
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]
