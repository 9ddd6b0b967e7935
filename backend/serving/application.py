"""One process of the web server: receives, runs the application in a thread, answers; ends in order."""

from __future__ import annotations

import asyncio
import contextlib
import io
import logging
import os
import signal
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from granian.rsgi import ProtocolClosed

from backend import starting
from backend.app import create_app
from backend.core.http import CONTENT_TYPE, HARDENING, database, fresh_request_id
from backend.serving.bodies import Bodies, Body
from backend.serving.gateway import Answer, Header, call, check_host, declared_length, environ_of
from backend.serving.refusals import Refused, unexpected
from backend.serving.slots import heard_from_here
from backend.serving.threads import FOR_DANGER, Threads

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication
    from granian.rsgi import HTTPProtocol, Scope

log = logging.getLogger("backend.serving")
requests_log = logging.getLogger("backend.requests")

_HARDENING: Final = [(name.lower(), value) for name, value in HARDENING.items()]
_REPORTS: Final = frozenset({"/api/fault-reports", "/api/faults", "/api/conversation"})
_TO_BE_SENT_SECONDS: Final = 0.2
_ALIVE: Final = Answer(
    200,
    [("content-type", "application/json"), ("cache-control", "no-store"), *_HARDENING],
    b'{"status":"ok"}\n',
)


class Serving:
    """An RSGI application around a WSGI one. ``close``: what to do when this process has answered its last request."""

    def __init__(
        self,
        application: WSGIApplication,
        *,
        bodies: Bodies,
        threads: Threads,
        close: Callable[[], None] = lambda: None,
    ) -> None:
        self._application = application
        self._bodies = bodies
        self._threads = threads
        self._close = close

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        # granian stops the same way on both signals, and waits for connections whose bodies were never read to their
        # end. So they are answered first.
        loop.add_signal_handler(signal.SIGTERM, self._stop, loop)

    def _stop(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._bodies.end_all():
            loop.call_later(_TO_BE_SENT_SECONDS, os.kill, os.getpid(), signal.SIGINT)
        else:
            os.kill(os.getpid(), signal.SIGINT)

    def __rsgi_del__(self, _loop: asyncio.AbstractEventLoop) -> None:
        self._threads.close()
        self._close()

    async def __rsgi__(self, scope: Scope, protocol: HTTPProtocol) -> None:
        began = time.perf_counter()
        try:
            answer = await self._answer(scope, protocol)
        except Refused as refusal:
            answer = _refused(scope, refusal, began)
        except ProtocolClosed:
            return  # whoever asked has gone
        except Exception:
            log.exception("unexpected error")
            answer = _refused(scope, unexpected(), began)
        with contextlib.suppress(ProtocolClosed):
            if answer.body:
                protocol.response_bytes(answer.status, answer.headers, answer.body)
            else:
                protocol.response_empty(answer.status, answer.headers)

    async def _answer(self, scope: Scope, protocol: HTTPProtocol) -> Answer:
        headers: list[Header] = scope.headers.items()
        check_host(scope, headers)
        if scope.path == "/healthz" and scope.method in ("GET", "HEAD"):
            return _ALIVE  # with every thread in a database that hangs, this process is alive
        length = declared_length(headers)
        if length == 0:
            return await self._run(scope, environ_of(scope, headers, io.BytesIO(), 0))
        body: Body = await self._bodies.receive(protocol, length)
        try:
            return await self._run(scope, environ_of(scope, headers, body.file, body.length))
        finally:
            body.close()

    async def _run(self, scope: Scope, environ: dict[str, Any]) -> Answer:
        return await self._threads.run(
            lambda: call(self._application, environ), urgent=may_report_danger(scope.method, scope.path)
        )


def may_report_danger(method: str, path: str) -> bool:
    """Whether danger is reported by such a request, or the page on which it is opened by it."""
    return path in _REPORTS if method == "POST" else path.startswith("/q/")


def _refused(scope: Scope, refusal: Refused, began: float) -> Answer:
    request_id = fresh_request_id()
    requests_log.info(
        "request",
        extra={
            "request_id": request_id,
            "method": scope.method,
            "route": "-",
            "status": refusal.status,
            "ms": round((time.perf_counter() - began) * 1000, 1),
        },
    )
    headers = [
        ("content-type", CONTENT_TYPE),
        ("cache-control", "no-store"),
        ("x-request-id", request_id),
        *_HARDENING,
    ]
    if refusal.retry_after is not None:
        headers.append(("retry-after", str(refusal.retry_after)))
    return Answer(refusal.status, headers, refusal.document(request_id))


def serving() -> Serving:
    """The product of the environment's settings, as a web process serves it; ends the process, with words, where they do not fit."""
    heard_from_here()
    settings = starting.settings_or_exit("the product")
    app = create_app(settings)

    def close() -> None:
        app.extensions["backend.pushes"].close()
        app.extensions["backend.kept_requests"].close()
        with app.app_context():
            database().close()

    return Serving(
        app, bodies=Bodies(settings.body_seconds), threads=Threads(for_danger=FOR_DANGER), close=close
    )
