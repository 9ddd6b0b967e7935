"""The same through a real socket: what the server in front of the application makes of it."""

from __future__ import annotations

import contextlib
import json
import socket
from collections.abc import Callable, Mapping

import pytest

from backend.core.db import Database
from tests.builders.product import Someone, somebody
from tests.harness.served import Served

PROBLEM = "application/problem+json"


@pytest.fixture
def person(db: Database) -> Someone:
    return somebody(db, name="来客")


@pytest.fixture
def served(serve: Callable[..., Served]) -> Served:
    """One web process: who is asked is the server in front of the application."""
    return serve(worker=False, stand_in=False, web_processes=1)


def raw(served: Served, head: bytes, body: bytes = b"") -> tuple[int, Mapping[str, str], bytes]:
    """Send bytes as they are; status, headers and body of the answer, status 0 where the server hung up."""
    with socket.create_connection(("127.0.0.1", served.port), timeout=10) as connection:
        # It may have answered and hung up before it had everything.
        with contextlib.suppress(OSError):
            connection.sendall(head + b"\r\n\r\n" + body)
        received = b""
        with contextlib.suppress(OSError):
            while piece := connection.recv(65536):
                received += piece
    first, _, rest = received.partition(b"\r\n")
    lines, _, content = rest.partition(b"\r\n\r\n")
    headers = dict(
        line.lower().split(": ", 1) for line in lines.decode("latin-1").split("\r\n") if ": " in line
    )
    return int(first.split()[1]) if first else 0, headers, content


def head(person: Someone, method: str, path: str, **more: str) -> bytes:
    given = {
        "Host": "localhost",
        "Connection": "close",
        "Authorization": f"Bearer {person.token}",
        "Idempotency-Key": "over-http-0001",
        **{name.replace("_", "-"): value for name, value in more.items()},
    }
    return "\r\n".join([f"{method} {path} HTTP/1.1", *(f"{k}: {v}" for k, v in given.items())]).encode(
        "latin-1"
    )


def code(answer: tuple[int, Mapping[str, str], bytes]) -> tuple[int, str]:
    status, headers, body = answer
    assert headers.get("content-type") == PROBLEM, (status, headers, body[:300])
    return status, json.loads(body)["code"]


def test_hostile_requests_over_a_socket_are_answered_and_the_server_lives(
    served: Served, person: Someone, db: Database
) -> None:
    large = json.dumps({"name": "x" * 2_000_000}).encode()
    sized = head(person, "PATCH", "/api/me", Content_Type="application/json", Content_Length=str(len(large)))
    assert code(raw(served, sized, large)) == (413, "too_large")

    chunked = head(person, "PATCH", "/api/me", Content_Type="application/json", Transfer_Encoding="chunked")
    pieces = b"%x\r\n%s\r\n0\r\n\r\n" % (len(large), large)
    assert code(raw(served, chunked, pieces)) == (413, "too_large")

    photo = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n' + b"x" * 35_000_000
    posted = head(
        person,
        "POST",
        "/api/photos",
        Content_Type="multipart/form-data; boundary=x",
        Content_Length=str(len(photo)),
    )
    assert code(raw(served, posted, photo)) == (413, "too_large")

    assert code(raw(served, head(person, "GET", "/api/households/%00"))) == (404, "not_found")
    assert code(raw(served, head(person, "GET", "/api/areas?parent=%00"))) == (422, "http.bad_text")
    assert code(raw(served, head(person, "GET", "/api/areas/../../etc/passwd"))) == (404, "not_found")

    # Not HTTP: refused before the application sees it, and without words of ours.
    for bad in (
        b"GET /api/me HTTP/1.1\r\nHost: localhost\r\nX: a\0b",
        b"\x16\x03\x01\x02\x00",
        b"GET /\0 HTTP/1.1",
    ):
        assert raw(served, bad)[0] in (0, 400)

    assert served.client(person.token).get("/api/me").expect(200)["name"] == "来客"
    assert "Traceback" not in served.logs()
