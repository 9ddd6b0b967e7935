"""The way from RSGI to WSGI and back: what the application sees, and what leaves."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from wsgiref.validate import validator

import pytest

from backend.serving.application import Serving
from backend.serving.bodies import Bodies
from backend.serving.gateway import Header, environ_of
from backend.serving.threads import Threads
from tests.harness.loops import played


@dataclass
class Headers:
    held: list[Header]

    def items(self) -> list[Header]:
        return self.held


@dataclass
class Asked:
    """A request as granian hands it over."""

    method: str = "GET"
    path: str = "/"
    query_string: str = ""
    given: list[Header] = field(default_factory=list)
    http_version: str = "1.1"
    scheme: str = "http"
    server: str = "127.0.0.1:8000"
    client: str = "192.0.2.7:50000"

    @property
    def headers(self) -> Any:
        return Headers([("host", "here"), *self.given])


class Line:
    """The connection: a body to be read, and what is answered."""

    def __init__(self, body: bytes = b"") -> None:
        self._body = body
        self.status, self.headers, self.body = 0, list[Header](), b""

    async def __aiter__(self) -> Any:
        yield self._body
        yield b""

    def response_bytes(self, status: int, headers: list[Header], body: bytes) -> None:
        self.status, self.headers, self.body = status, headers, body

    def response_empty(self, status: int, headers: list[Header]) -> None:
        self.response_bytes(status, headers, b"")


Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


def answered(application: Application, asked: Any, body: bytes = b"") -> Line:
    """What comes of a request, through all that stands before the application."""

    async def scene() -> Line:
        threads, line = Threads(1), Line(body)
        await Serving(application, bodies=Bodies(30), threads=threads).__rsgi__(asked, line)  # type: ignore[arg-type]
        threads.close()
        return line

    return played(scene())


def seen(asked: Any, body: bytes = b"") -> dict[str, Any]:
    """What an application sees of a request, that keeps strictly to PEP 3333."""
    held: list[dict[str, Any]] = []

    def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        held.append(
            dict(environ) | {"read": environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))}
        )
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"done"]

    line = answered(validator(application), asked, body)
    assert (line.status, line.body) == (200, b"done")
    return held[0]


def test_the_application_sees_the_request_as_it_was_sent() -> None:
    body = json.dumps({"name": "张"}).encode()
    given = [
        ("content-type", "application/json"),
        ("content-length", str(len(body))),
        ("cookie", "a=1"),
        ("cookie", "b=2"),
        ("accept", "text/html"),
        ("accept", "application/json"),
        ("x-forwarded-for", "203.0.113.9"),
        ("x_forwarded_for", "198.51.100.1"),
        ("connection", "close"),
    ]
    asked = Asked("POST", "/中/a b", "q=%E4%B8%AD&x=+", given)
    environ = seen(asked, body)
    expected = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/中/a b".encode().decode("latin-1"),
        "QUERY_STRING": "q=%E4%B8%AD&x=+",
        "SCRIPT_NAME": "",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "192.0.2.7",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_HOST": "here",
        "HTTP_COOKIE": "a=1; b=2",
        "HTTP_ACCEPT": "text/html,application/json",
        "HTTP_X_FORWARDED_FOR": "203.0.113.9",
        "wsgi.url_scheme": "http",
        "read": body,
    }
    assert {name: environ.get(name) for name in expected} == expected
    assert "HTTP_CONNECTION" not in environ


def test_a_body_in_pieces_has_its_length_by_then() -> None:
    environ = seen(Asked("POST", given=[("transfer-encoding", "chunked")]), b"abc")
    assert environ["CONTENT_LENGTH"] == "3" and environ["read"] == b"abc"
    assert "HTTP_TRANSFER_ENCODING" not in environ


def test_an_address_of_ipv6_is_told_without_its_brackets() -> None:
    asked: Any = Asked(client="[2001:db8::1]:50000", server="[::1]:8000")
    environ = environ_of(asked, [], io.BytesIO(), 0)
    assert (environ["REMOTE_ADDR"], environ["SERVER_NAME"]) == ("2001:db8::1", "::1")


class Pieces:
    """An iterable that must be closed."""

    def __init__(self, *pieces: bytes, breaks: bool = False) -> None:
        self._pieces, self._breaks = pieces, breaks
        self.closed = False

    def __iter__(self) -> Iterator[bytes]:
        yield from self._pieces
        if self._breaks:
            raise RuntimeError("broken")

    def close(self) -> None:
        self.closed = True


def test_what_the_application_answers_leaves_as_it_is() -> None:
    pieces = Pieces(b"one, ", b"two")

    def application(_environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        headers = [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"), ("X-Name", "张".encode().decode("latin-1"))]
        start_response("201 CREATED", headers)
        return pieces

    line = answered(application, Asked())
    assert (line.status, line.body) == (201, b"one, two")
    assert line.headers == [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"), ("X-Name", "张")]
    assert pieces.closed


@pytest.mark.parametrize("status", ["204 NO CONTENT", "304 NOT MODIFIED"])
def test_an_answer_without_a_body_has_none(status: str) -> None:
    def application(_environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        start_response(status, [("ETag", '"a"')])
        return []

    line = answered(application, Asked())
    assert (line.status, line.body, line.headers) == (int(status[:3]), b"", [("ETag", '"a"')])


def test_what_breaks_in_the_application_is_a_refusal_in_words_and_is_closed() -> None:
    pieces = Pieces(b"half", breaks=True)

    def broken_later(_environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        start_response("200 OK", [])
        return pieces

    def broken_at_once(_environ: dict[str, Any], _start_response: Any) -> Iterable[bytes]:
        raise RuntimeError("broken")

    for application in (broken_later, broken_at_once):
        line = answered(application, Asked())
        said = json.loads(line.body)
        assert line.status == 500 == said["status"] and said["code"] == "http.unexpected"
        assert dict(line.headers)["x-request-id"] == said["request_id"]
        assert b"broken" not in line.body
    assert pieces.closed
