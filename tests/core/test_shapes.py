"""Fields refuse what a database, a log or a person could choke on; each refusal is a 422 that names the field."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from marshmallow import fields

from backend.core.http import Schema
from tests.builders.product import AppClient

ID = "01GCYQ3N8KJ5X2V9R4T7W6Z0AB"


def _errors(unstored: AppClient, body: Any) -> dict[str, Any]:
    answer = unstored.request("POST", "/api/shapes", json=body)
    refused = answer.expect(422)
    assert refused["code"] == "invalid", refused
    found: dict[str, Any] = refused["errors"]
    return found


GOOD: dict[str, list[Any]] = {
    "text": ["a", "炕" * 10, "  trimmed  ", "𫘜𱁬", "\U00031350", "a b", "🔥"],
    "blank": ["", "   ", "a"],
    "lines": ["a\nb", "a\r\n\tb"],
    "identifier": [ID],
    "area": ["140602", "140602005", "140602005001"],
    "whole": [0, 2_000_000_000],
    "kilograms": [1, 1_000_000],
    "fen": [0],
    "count": [0, 9],
    "measure": [0, 0.5, 100, 99.99, 12.345],
    "truth": [True, False],
    "choice": ["one"],
    "day": ["2022-09-15", "2024-02-29", "1900-01-01", "2200-12-31"],
    "instant": ["2022-09-15T02:00:00Z", "2022-09-15T10:00:00+08:00", "2022-09-15T02:00:00.123456Z"],
    "nullable": [None, "a"],
    "inner": [{"needed": "a"}],
    "many": [[], [1, 2]],
}

_NO_TEXT: list[Any] = [None, 1, 1.5, True, [], {}, ["a"]]
_BAD_CHARACTERS = ["a\0b", "\0", "a\nb", "a\tb", "\x1b[31m", "\x7f", "\x85", "\ud800", "a\udfff", "\ufffe", "\ufdd0", "\U0010ffff"]  # fmt: skip
_NO_NUMBER: list[Any] = [None, True, False, "5", "", [], {}, "NaN"]
_NO_INTEGER: list[Any] = [*_NO_NUMBER, 1.0, 5.5, 1e3, 2**31, 2**63, -(2**63), 10**30, 1e300]

BAD: dict[str, list[Any]] = {
    "text": [*_NO_TEXT, *_BAD_CHARACTERS, "", "   ", "\u3000", "x" * 11],
    "blank": [*_NO_TEXT, *_BAD_CHARACTERS, "x" * 11],
    "lines": [*_NO_TEXT, "a\0b", "a\x0bb", "a\x1bb", "\ud800", "\n\n"],
    "identifier": [*_NO_TEXT, "", ID[:-1], ID + "A", ID.lower(), "1" * 25 + "٣", "../" + "A" * 23, "A" * 25 + "\n"],
    "area": [*_NO_TEXT, "14060", "1406020050011", "14060a", "１４０６０２", "1406 02", "-140602", "140602\n1"],
    "whole": [*_NO_INTEGER, -1, 2_000_000_001],
    "kilograms": [*_NO_INTEGER, 0, -5, 1_000_001],
    "fen": [*_NO_INTEGER, -1],
    "count": [*_NO_INTEGER, 10],
    "measure": [*_NO_NUMBER, -0.01, 100.01, 1e300, 10**400],
    "truth": [None, 0, 1, "true", "yes", "", [], {}],
    "choice": [*_NO_TEXT, "three", "ONE", ""],
    "day": [*_NO_TEXT, "", "2022-9-15", "2022-02-30", "2023-02-29", "20220915", "2022-09-15T00:00:00Z", "0001-01-01", "9999-12-31", "２０２２-09-15", "2022-W37-4"],
    "instant": [*_NO_TEXT, "", "2022-09-15T02:00:00", "2022-09-15", "yesterday", "2022-09-15T25:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2022-09-15T02:00:00+99:00", "２０２２-09-15T02:00:00Z", "2022-09-15T02:00:00Z" + " " * 40],
    "nullable": [1, "", "a\0"],
    "inner": [None, 1, "a", [], {}, {"needed": None}, {"needed": "a", "more": 1}],
    "many": [None, 1, "a", {}, [0], [None], [[1]]],
}  # fmt: skip


@pytest.mark.parametrize("name", GOOD)
def test_a_field_takes_what_is_meant_for_it(unstored: AppClient, name: str) -> None:
    for value in GOOD[name]:
        assert unstored.request("POST", "/api/shapes", json={name: value}).expect(200), value


@pytest.mark.parametrize("name", BAD)
def test_a_field_refuses_everything_else_and_is_named(unstored: AppClient, name: str) -> None:
    for value in BAD[name]:
        body = {name: value}
        if isinstance(value, str) and any("\ud800" <= each <= "\udfff" for each in value):
            escaped = value.encode("ascii", "backslashreplace").decode()
            raw = f'{{"{name}": "{escaped}"}}'.encode()
            headers = {"Content-Type": "application/json"}
            refused = unstored.request("POST", "/api/shapes", body=raw, headers=headers).expect(422)
            assert set(refused["errors"]) == {name}, value
        else:
            errors = _errors(unstored, body)
            assert set(errors) == {name}, value
            assert all(re.search("[一-鿿]", word) for word in _words(errors)), f"{value}: {errors}"


def _words(errors: Any) -> Iterator[str]:
    """Every message, however deep its field lies."""
    if isinstance(errors, str):
        yield errors
    else:
        for inner in errors.values() if isinstance(errors, dict) else errors:
            yield from _words(inner)


def test_what_is_missing_is_said_in_chinese_whatever_kind_of_field_it_is() -> None:
    class Wanted(Schema):
        listed = fields.List(fields.Integer(), required=True)
        keyed = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
        nested = fields.Nested(lambda: Schema(), required=True)
        plain = fields.String(required=True, error_messages={"required": "请填写。"})

    wrong = {"listed": [None, "x"], "keyed": {"a": None, "b": "x"}, "nested": None, "plain": 5}
    for body in ({}, dict.fromkeys(("listed", "keyed", "nested", "plain")), wrong, {"listed": 1, "keyed": 1}):
        errors = Wanted().validate(body)
        assert {"listed", "keyed", "nested", "plain"} & set(errors)
        assert all(re.search("[一-鿿]", word) for word in _words(errors)), errors
    assert Wanted().validate({})["plain"] == ["请填写。"]


def test_a_message_is_chinese_and_names_the_field(unstored: AppClient) -> None:
    refused = unstored.request("POST", "/api/shapes", json={"kilograms": 0}).expect(422)
    assert refused["errors"] == {"kilograms": ["应在 1 到 1000000 之间。"]}
    assert refused["detail"] == "kilograms：应在 1 到 1000000 之间。"


def test_text_is_trimmed(unstored: AppClient) -> None:
    said = unstored.request("POST", "/api/shapes", json={"text": "  炕  ", "blank": "   "}).expect(200)
    assert said["echo"] == {"text": "炕", "blank": ""}


def test_a_name_that_is_not_known_is_refused(unstored: AppClient) -> None:
    assert set(_errors(unstored, {"kilogramms": 5})) == {"kilogramms"}


@pytest.mark.parametrize("body", [[], [{}], 1, "a", None, True])
def test_a_body_that_is_no_object_is_refused(unstored: AppClient, body: Any) -> None:
    raw = {None: b"null", True: b"true"}.get(body) if body in (None, True) else None
    headers = {"Content-Type": "application/json"}
    answer = (
        unstored.request("POST", "/api/shapes", body=raw, headers=headers)
        if raw is not None
        else unstored.request("POST", "/api/shapes", json=body)
    )
    assert answer.expect(422)["code"] == "invalid"
