"""What is judged before a route runs: sizes, types, JSON that is JSON; and what every answer carries."""

from __future__ import annotations

import re
from contextlib import closing
from typing import Any

import pytest

from backend.core.db import Database
from backend.core.http.requests import JSON_LIMIT, NESTING_LIMIT
from tests.builders.product import AppClient, client_of
from tests.core.probe import FILE_LIMIT, probe_app
from tests.harness.http import Answer

JSON = {"Content-Type": "application/json"}


def _send(client: AppClient, raw: bytes, content_type: str = "application/json") -> Answer:
    return client.request("POST", "/api/shapes", body=raw, headers={"Content-Type": content_type})


@pytest.mark.parametrize(
    "raw",
    [
        b"{",
        b'{"whole": 1}}',
        b'{"whole": 1, "whole": 2}',
        b'{"inner": {"needed": "a", "needed": "b"}}',
        b'{"measure": NaN}',
        b'{"measure": Infinity}',
        b'{"measure": -Infinity}',
        b'{"measure": 1e400}',
        b'{"whole": ' + b"9" * 5000 + b"}",
        b'{"text": "\xff"}',
        b'{"text": "\xed\xa0\x80"}',
        b'{"text": "a\nb"}',
        b"{'text': 'a'}",
        '{"text": "a"}'.encode("utf-16"),
        b'\xef\xbb\xbf{"text": "a"}',
        b'{"\\ud800": 1}',
        b'{"a\\u0000": 1}',
        b'{"inner": {"\\udfff": 1}}',
        b"{} {}",
        b"\0",
    ],
)
def test_what_is_not_json_is_refused_as_such(unstored: AppClient, raw: bytes) -> None:
    assert _send(unstored, raw).expect(422)["code"] == "http.not_json"


@pytest.mark.parametrize("brackets", [(b"[", b"]"), (b'{"a":', b"}")], ids=["lists", "objects"])
def test_no_depth_of_nesting_is_an_accident(unstored: AppClient, brackets: tuple[bytes, bytes]) -> None:
    opening, closing = brackets
    for depth in (*range(1, 60), *range(850, 1010, 3), 5_000, 100_000):
        refused = _send(unstored, b'{"text":' + opening * depth + b"1" + closing * depth + b"}").expect(422)
        if depth > NESTING_LIMIT:
            assert refused["code"] == "http.not_json", depth
        elif depth < NESTING_LIMIT - 2:
            assert refused["code"] == "invalid", depth


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "",
        "application/jsonx",
    ],
)
def test_a_body_of_another_type_is_refused(unstored: AppClient, content_type: str) -> None:
    assert _send(unstored, b'{"text": "a"}', content_type).expect(415)["code"] == "wrong_media"


def test_a_body_that_claims_another_alphabet_is_read_as_utf8(unstored: AppClient) -> None:
    answer = _send(unstored, '{"text": "炕"}'.encode(), "application/json; charset=gbk")
    assert answer.expect(200)["echo"] == {"text": "炕"}
    _send(unstored, '{"text": "炕"}'.encode("gbk"), "application/json; charset=gbk").expect(422)


def test_a_body_at_the_limit_is_refused_and_one_below_it_is_read(unstored: AppClient) -> None:
    def padded(size: int) -> bytes:
        return b"{}" + b" " * (size - 2)

    _send(unstored, padded(JSON_LIMIT - 1)).expect(200)
    for size in (JSON_LIMIT, JSON_LIMIT + 1, JSON_LIMIT * 3):
        assert _send(unstored, padded(size)).expect(413)["code"] == "too_large"


def test_files_have_a_limit_of_their_own(client: AppClient) -> None:
    fitting = client.upload("/api/files", {"file": ("a.bin", b"x" * (FILE_LIMIT - 1000))})
    assert fitting.expect(201)["echo"] == {"file": FILE_LIMIT - 1000}
    client.upload("/api/files", {"file": ("a.bin", b"x" * FILE_LIMIT)}).expect(413)
    assert client.post("/api/files", {"file": "a"}).expect(415)["code"] == "wrong_media"


def test_a_raw_body_is_left_as_it_came_up_to_its_limit(unstored: AppClient) -> None:
    def sent(raw: bytes) -> Answer:
        return unstored.request("POST", "/api/raw", body=raw, headers={"Content-Type": "text/xml"})

    assert sent(b"<xml>\xff").expect(200)["echo"] == "<xml>\xff"
    sent(b"x" * 65).expect(413)


@pytest.mark.parametrize(
    "path", ["/api/things/a%00b", "/api/things/a%0Ab", "/api/things/%ff%fe", "/api/things/%ED%A0%80", "/api/things/%7F"]
)  # fmt: skip
def test_a_path_that_holds_what_no_id_holds_leads_nowhere(unstored: AppClient, path: str) -> None:
    unstored.get("/api/things/a").expect(200)
    assert unstored.get(path).expect(404)["code"] == "not_found"


@pytest.mark.parametrize("query", ["cursor=%00", "cursor=a%0A", "%00=1", "limit=5&x=%1b"])
def test_a_query_that_holds_control_characters_is_refused(unstored: AppClient, query: str) -> None:
    assert unstored.get(f"/api/pages?{query}").expect(422)["code"] == "http.bad_text"


# -- what every answer carries


def _answers(client: AppClient) -> dict[str, Answer]:
    return {
        "a read": client.get("/api/things/a"),
        "a write": client.post("/api/orders", {"kilograms": 5}),
        "a refusal": client.post("/api/orders", {"kilograms": 501}),
        "a wrong shape": client.post("/api/orders", {}),
        "nowhere": client.get("/api/nowhere"),
        "outside": client.get("/nowhere"),
        "a wrong method": client.get("/api/orders"),
        "an accident": client.post("/api/crashes", {"kilograms": 1, "note": "x"}),
    }


def test_every_answer_is_hardened_whatever_became_of_the_request(client: AppClient) -> None:
    for what, answer in _answers(client).items():
        assert answer.headers["x-content-type-options"] == "nosniff", what
        assert answer.headers["x-frame-options"] == "DENY", what
        assert answer.headers["referrer-policy"] == "no-referrer", what
        policy = answer.headers["content-security-policy"]
        assert "default-src 'self'" in policy and "http" not in policy, what
        assert "access-control-allow-origin" not in answer.headers, what
        assert re.fullmatch("[0-9a-f]{16}", answer.headers["x-request-id"]), what
        if what != "outside":
            assert answer.headers["cache-control"] == "no-store", what


def test_every_no_is_a_problem_document(client: AppClient) -> None:
    for what, answer in _answers(client).items():
        if answer.status < 400:
            continue
        assert answer.headers["content-type"] == "application/problem+json", what
        said = answer.json()
        assert said["status"] == answer.status
        assert said["type"] == f"urn:problem:{said['code']}"
        assert said["request_id"] == answer.headers["x-request-id"]
        for text in (said["title"], said["detail"], said["next"]):
            assert text, what


def test_an_accident_tells_the_person_nothing_of_its_cause(client: AppClient) -> None:
    answer = client.post("/api/crashes", {"kilograms": 1, "note": "14069919500101436X"})
    said = answer.expect(500)
    assert said["code"] == "http.unexpected"
    assert "14069919500101436X" not in answer.text and "RuntimeError" not in answer.text


def test_a_database_that_is_away_is_no_accident_but_a_while() -> None:
    with closing(Database("postgresql://nobody@127.0.0.1:9/none")) as away:
        answer = client_of(probe_app(away)).post("/api/orders", {"kilograms": 25})
    said = answer.expect(503)
    assert (said["code"], answer.headers["retry-after"]) == ("http.database_away", "60")
    assert "再试不会重复办理" in said["next"] and "127.0.0.1" not in answer.text


def test_a_wrong_method_is_told_the_right_ones(client: AppClient) -> None:
    answer = client.get("/api/orders")
    assert answer.expect(405)["code"] == "http.method_not_allowed"
    assert "POST" in answer.headers["allow"]


def test_a_client_s_request_id_is_kept_when_it_is_one(unstored: AppClient) -> None:
    def answered(sent: str) -> str:
        return unstored.request("GET", "/api/things/a", headers={"X-Request-Id": sent}).headers[
            "x-request-id"
        ]

    assert answered("abcdef-0123456789") == "abcdef-0123456789"
    for forged in ("short", "x" * 65, 'a"b{c}d12345', "with spaces in it"):
        assert answered(forged) != forged


def test_a_refusal_shows_its_clause_as_people_read_it(client: AppClient) -> None:
    said = client.post("/api/orders", {"kilograms": 501}).expect(409)
    assert (said["clause"], said["clause_label"]) == ("4.1.1.5", "第四部分（一）1（5）")
    assert said["detail"] == "超过 500 公斤。"
    assert said["next"] == "请减少。"


# -- pages


def _collected(client: AppClient, limit: int) -> list[str]:
    found: list[str] = []
    cursor: str | None = None
    while True:
        page: dict[str, Any] = client.get("/api/pages", limit=limit, cursor=cursor).expect(200)
        assert len(page["items"]) <= limit
        found += [item["id"] for item in page["items"]]
        cursor = page["next"]
        if cursor is None:
            return found
        assert page["items"], "a page with a successor is never empty"


def test_pages_hold_everything_once_in_order_whatever_their_size(client: AppClient) -> None:
    assert _collected(client, 5) == []
    made = sorted(client.post("/api/orders", {"kilograms": 1}).expect(201)["id"] for _ in range(6))
    for limit in (1, 2, 3, 5, 6, 7, 200):
        assert len(_collected(client, limit)) == len(made)
        assert _collected(client, limit) == sorted(_collected(client, limit))


@pytest.mark.parametrize(
    "cursor",
    ["a", "!!!!", "YQ==\u00e9", "JyBPUiAxPTE", "AAAA", "_____", "YQ" * 90, "77-9", "Kg", "Li4vLi4v"],
    ids=[
        "not whole",
        "no base64",
        "beyond ascii",
        "SQL",
        "zeros",
        "bits",
        "long",
        "a noncharacter",
        "star",
        "dots",
    ],
)
def test_a_cursor_that_we_did_not_give_is_refused(client: AppClient, cursor: str) -> None:
    refused = client.get("/api/pages", cursor=cursor).expect(422)
    assert refused["code"] in ("http.bad_cursor", "http.bad_text", "invalid")


@pytest.mark.parametrize("limit", ["0", "201", "-1", "1.5", "a", "", "99999999999", "１", "1e1", "true"])
def test_a_page_has_one_to_two_hundred_items(client: AppClient, limit: str) -> None:
    assert set(client.get("/api/pages", limit=limit).expect(422)["errors"]) == {"limit"}


def test_a_query_parameter_that_nobody_knows_is_refused(client: AppClient) -> None:
    assert client.get("/api/pages", limit=1).status == 200
    refused = client.get("/api/pages", limit=1, limt=2).expect(422)
    assert (refused["code"], refused["errors"]) == ("invalid", {"limt": ["没有这一项。"]})
