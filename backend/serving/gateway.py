"""From a request in the event loop (RSGI) to the application (WSGI, PEP 3333) and back."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any, Final

from backend.serving.refusals import not_understood

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication
    from granian.rsgi import Scope

Header = tuple[str, str]

_FOR_EVERY_REQUEST: Final[Mapping[str, Any]] = {
    "SCRIPT_NAME": "",
    "SERVER_SOFTWARE": "granian",
    "wsgi.version": (1, 0),
    "wsgi.errors": sys.stderr,
    "wsgi.input_terminated": True,
    "wsgi.multiprocess": True,
    "wsgi.multithread": True,
    "wsgi.run_once": False,
}
# Of the connection, not of the request; the body is whole by now, with its length.
_OF_THE_CONNECTION: Final = frozenset(
    {"connection", "content-length", "expect", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade"}
)


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: list[Header]
    body: bytes


def declared_length(headers: list[Header]) -> int | None:
    """The body's length by the request's head: 0 for none, None where it comes in pieces. Raises Refused.

    granian lets no request through whose lengths contradict each other, and drops the length of one in pieces.
    """
    given = {name: value for name, value in headers if name in ("content-length", "transfer-encoding")}
    if len(given) == 2:
        raise not_understood("请求的长度有两种说法。")
    if "transfer-encoding" in given:
        return None
    length = given.get("content-length", "0")
    if not (length.isascii() and length.isdecimal()):
        raise not_understood("请求的长度不是数字。")
    return int(length)


def check_host(scope: Scope, headers: list[Header]) -> None:
    """Two readers of one request must not see two hosts (RFC 9112, 3.2); raises Refused."""
    hosts = sum(name == "host" for name, _ in headers)
    if hosts > 1 or (hosts == 0 and scope.http_version == "1.1"):
        raise not_understood("请求须有一个、且只有一个 Host。")


def environ_of(scope: Scope, headers: list[Header], body: IO[bytes], length: int) -> dict[str, Any]:
    """What the application sees of a request."""
    host, _, port = scope.server.rpartition(":")
    environ: dict[str, Any] = {
        **_FOR_EVERY_REQUEST,
        "REQUEST_METHOD": scope.method,
        # Decoded by the server; the application wants the bytes, one character each.
        "PATH_INFO": scope.path.encode("utf-8", "surrogatepass").decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "SERVER_NAME": host.strip("[]"),
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": body,
    }
    if length:
        environ["CONTENT_LENGTH"] = str(length)
    for name, value in headers:
        # With an underscore it would pass for the one with a hyphen, which a proxy in front may vouch for.
        if "_" in name or name in _OF_THE_CONNECTION:
            continue
        key = "CONTENT_TYPE" if name == "content-type" else f"HTTP_{name.upper().replace('-', '_')}"
        if key in environ:
            value = f"{environ[key]}{'; ' if name == 'cookie' else ','}{value}"
        environ[key] = value
    return environ


def call(application: WSGIApplication, environ: dict[str, Any]) -> Answer:
    """Run the application to its end, in this thread, and close what it returned."""
    begun: list[tuple[str, list[Header]]] = []
    pieces: list[bytes] = []

    def start_response(
        status: str, headers: list[Header], exc_info: Any = None, /
    ) -> Callable[[bytes], object]:
        if begun and exc_info is None:
            raise RuntimeError("start_response was called twice")
        begun[:] = [(status, headers)]
        return pieces.append

    returned: Iterable[bytes] = application(environ, start_response)
    try:
        pieces.extend(returned)
    finally:
        close = getattr(returned, "close", None)
        if close is not None:
            close()
    status, headers = begun[0]
    return Answer(int(status[:3]), [(name, _as_sent(value)) for name, value in headers], b"".join(pieces))


def _as_sent(value: str) -> str:
    """WSGI's headers are bytes, one character each; granian sends text as UTF-8."""
    return value if value.isascii() else value.encode("latin-1").decode("utf-8", "replace")
