"""Logs: JSON lines that an operator can read and that tell nobody's affairs."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, text
from sqlalchemy.exc import DBAPIError

from backend.core.db import Database
from backend.identity.models import Person
from backend.logs import JsonLines, redacted
from tests.builders.product import AUTUMN, AppClient, client_of, somebody

ID, OLD_X, PHONE = "140699195001014361", "14069919500101436X", "19900000001"
NAME = ("王秀", "兰")  # in one piece it would stand in the traceback's lines of source
TOKEN = "Zm9vYmFyYmF6cXV4cXV1eA_-abcdefgh"


class Lines:
    """What a process would have printed."""

    def __init__(self) -> None:
        self.stream = io.StringIO()

    def entries(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.stream.getvalue().split("\n") if line]


@pytest.fixture
def lines() -> Iterator[Lines]:
    printed = Lines()
    handler = logging.StreamHandler(printed.stream)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield printed
    root.removeHandler(handler)
    root.setLevel(before)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (f"head {ID} of", "head [id-number] of"),
        (f"head {OLD_X}", "head [id-number]"),
        (f"call {PHONE}, +86{PHONE} or 86{PHONE}.", "call [phone], [phone] or [phone]."),
        (f"phone={PHONE}&x=1", "phone=[phone]&x=1"),
        (f"Authorization: Bearer {TOKEN}", "Authorization: Bearer [token]"),
        ("/sns/jscode2session?appid=wx1&secret=s3cr3t&js_code=abc", "/sns/jscode2session?appid=wx1&secret=[hidden]&js_code=[hidden]"),
        ("?access_token=AT_123", "?access_token=[hidden]"),
        ('{"session_key": "abc==", "openid":"o-1"}', '{"session_key": "[hidden]", "openid":"[hidden]"}'),
        ("{'access_token': 'AT_123'}", "{'access_token': '[hidden]'}"),
        ("key 01GCYQ3N8KJ5X2V9R4T7W6Z0AB", "key 01GCYQ3N8KJ5X2V9R4T7W6Z0AB"),
        ("1234567 rows in 1500 ms, area 140602005001", "1234567 rows in 1500 ms, area 140602005001"),
    ],
)  # fmt: skip
def test_what_must_not_be_in_a_log_is_not(said: str, kept: str) -> None:
    assert redacted(said) == kept


def test_a_line_about_a_message_or_a_push_names_it(lines: Lines) -> None:
    logging.getLogger("backend.messaging").warning("it may be repeated", extra={"outbox": "01GCYQ3N8KJ5"})
    logging.getLogger("backend.doorstep").error("it cannot be taken", extra={"push": "a" * 64})
    assert [(entry.get("outbox"), entry.get("push")) for entry in lines.entries()] == [
        ("01GCYQ3N8KJ5", None),
        (None, "a" * 64),
    ]


def test_a_line_is_json_whatever_was_said(lines: Lines) -> None:
    said = ['"code=abc"', "a\nb", f'{{"code": "x", "secret=abc": "{PHONE}"}}', "\u2028\x1b[31m", "炕 %s %d"]
    for each in said:
        logging.getLogger("backend.test").warning("%s", each)
    entries = lines.entries()
    assert len(entries) == len(said)
    assert all({"at", "level", "logger", "message"} <= set(entry) for entry in entries)
    assert PHONE not in lines.stream.getvalue()


def test_an_exception_is_told_without_the_people_in_it(lines: Lines) -> None:
    try:
        raise ValueError(f"no household of {ID}, {PHONE}")
    except ValueError:
        logging.getLogger("backend.test").exception("failed for %s", PHONE)
    printed = lines.stream.getvalue()
    assert ID not in printed and PHONE not in printed
    entry = lines.entries()[-1]
    assert "ValueError" in entry["exception"] and "[id-number]" in entry["exception"]


def test_an_error_of_the_database_is_told_without_the_row(db: Database, lines: Lines) -> None:
    person, name = somebody(db), "".join(NAME)
    try:
        with db.writing() as session:
            session.execute(insert(Person).values(id=person.id, name=name, created_at=AUTUMN))
    except DBAPIError:
        logging.getLogger("backend.test").exception("not written")
    assert "IntegrityError" in lines.entries()[-1]["exception"]
    assert "".join(NAME) not in lines.stream.getvalue()


def test_the_row_that_a_check_refused_is_not_told_either(db: Database, lines: Lines) -> None:
    name = "".join(NAME) + "\n\n"
    with db.writing() as session:
        session.execute(text("CREATE TABLE named (name varchar(20), age integer CHECK (age > 0))"))
    try:
        with db.writing() as session:
            session.execute(text("INSERT INTO named (name, age) VALUES (:name, 0)"), {"name": name})
    except DBAPIError:
        logging.getLogger("backend.test").exception("not written")
    assert len(lines.entries()) == 1
    assert "".join(NAME) not in lines.stream.getvalue()


def test_a_request_is_one_line_with_its_route_and_without_its_query(probe: Flask, lines: Lines) -> None:
    client = client_of(probe)
    client.request(
        "GET", f"/api/things/{PHONE}?cursor=YQ&name=wang", headers={"X-Request-Id": "request-0001"}
    )
    told = [entry for entry in lines.entries() if entry["logger"] == "backend.requests"]
    assert len(told) == 1
    line = told[0]
    assert (line["route"], line["method"], line["status"], line["request_id"]) == (
        "/api/things/<string:thing_id>",
        "GET",
        200,
        "request-0001",
    )
    assert isinstance(line["ms"], float)
    assert PHONE not in lines.stream.getvalue() and "wang" not in lines.stream.getvalue()


def test_an_accident_is_told_once_with_its_request_and_without_people(
    client: AppClient, lines: Lines
) -> None:
    answer = client.post("/api/crashes", {"kilograms": 1, "note": f"{ID} {PHONE}"})
    accidents = [entry for entry in lines.entries() if entry["level"] == "error"]
    assert len(accidents) == 1
    assert accidents[0]["request_id"] == answer.headers["x-request-id"]
    assert "RuntimeError" in accidents[0]["exception"]
    assert ID not in lines.stream.getvalue() and PHONE not in lines.stream.getvalue()


def test_a_refusal_is_no_accident(client: AppClient, lines: Lines) -> None:
    client.post("/api/orders", {"kilograms": 501}).expect(409)
    client.get("/api/nowhere").expect(404)
    assert {entry["level"] for entry in lines.entries()} == {"info"}
