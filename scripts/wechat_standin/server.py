"""HTTP around the platform: its endpoints, and under /sandbox/ what a person would do on a phone, and the faults."""

from __future__ import annotations

import json
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from scripts.wechat_standin import authorize, push
from scripts.wechat_standin.endpoints import ENDPOINTS, ERRMSG, Call, Refused, answer, needs_token, refuse
from scripts.wechat_standin.faults import NAMES, Fault, UnknownFault
from scripts.wechat_standin.push import Prepared
from scripts.wechat_standin.state import (
    DEMO_AES_KEY,
    DEMO_APPID,
    DEMO_CALLBACK_TOKEN,
    DEMO_OA_APPID,
    DEMO_OA_SECRET,
    DEMO_SECRET,
    TEMPLATES,
    NoSuchPerson,
    Platform,
    load_pages,
    load_people,
    shifted_now,
    without_secrets,
)

log = logging.getLogger("wechat_standin")

_HTML = b"<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"
_SEND = "/cgi-bin/message/subscribe/send"
_CUT = object()
_HIDDEN_OF_PEOPLE = {"phone", "id_number", "openid", "unionid"}
# What the demo's pages ask for, which come from the product's address and play the phone against this one.
_ASKED_BY_PAGES = frozenset(
    f"/sandbox/{page}" for page in ("people", "code", "phone-code", "oauth-code", "grant", "grants")
)


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256
    allow_reuse_address = True

    def __init__(self, address: tuple[str, int], platform: Platform) -> None:
        self.platform = platform
        super().__init__(address, Conversation)

    def handle_error(self, request: Any, client_address: Any) -> None:
        log.debug("a connection broke", exc_info=True)


class Conversation(BaseHTTPRequestHandler):
    """One connection, kept alive over many calls."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Server

    def do_GET(self) -> None:
        self._serve()

    do_POST = do_GET

    def do_OPTIONS(self) -> None:
        self._write(204 if urlsplit(self.path).path in _ASKED_BY_PAGES else 405, b"", "text/plain")

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: request lines hold tokens and codes; the journal tells the rest."""

    def _serve(self) -> None:
        parts = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        raw = self.rfile.read(length) if length else b""
        if len(raw) < length:  # whoever asked is gone: what was not said to its end is no call
            self.close_connection = True
            return
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        try:
            body = json.loads(raw) if raw else {}
        except ValueError:
            body = None
        if parts.path == "/healthz":
            self._json(200, {"status": "ok", "appid": self.server.platform.appid})
        elif parts.path.startswith("/sandbox/"):
            self._sandbox(parts.path, query, body)
        elif parts.path == authorize.PATH:
            self._authorize(query)
        elif parts.path in ENDPOINTS:
            self._endpoint(Call(self.command, parts.path, query, body if isinstance(body, dict) else {}))
        else:
            self._json(404, {"errcode": 40066, "errmsg": "invalid url"})

    def _authorize(self, query: dict[str, str]) -> None:
        try:
            address, page = authorize.answer(self.server.platform, query)
        except (authorize.BadAuthorization, NoSuchPerson) as wrong:
            self._json(400, {"error": type(wrong).__name__, "message": str(wrong)})
        else:
            self._write(302 if address else 200, page.encode(), "text/html; charset=utf-8", address)

    # -- the platform

    def _endpoint(self, call: Call) -> None:
        platform = self.server.platform
        entry: dict[str, Any] = {
            "n": platform.tick(),
            "at": platform.now().isoformat(),
            "method": call.method,
            "path": call.path,
            "query": without_secrets(call.query),
            "body": without_secrets(call.body),
            "errcode": None,
            "fault": None,
            "done": None,
        }
        with platform.lock:
            platform.journal.append(entry)
            platform.moments[call.path] += 1
        fault = platform.faults.take(call.path, needs_token(call.path))
        entry["fault"] = fault.name if fault else None
        lane = str(call.body.get("touser")) if call.path == _SEND else ""
        crowded = False
        if lane:
            with platform.lock:
                platform.in_flight[lane] += 1
                crowded = platform.in_flight[lane] > 1
        try:
            if platform.faults.latency_ms:
                time.sleep(platform.faults.latency_ms / 1000)
            if crowded:
                result: Any = _errors(entry, refuse(43108))
            else:
                result = self._answered(platform, call, fault, entry)
        finally:
            if lane:
                with platform.lock:
                    platform.in_flight[lane] -= 1
            with platform.lock:
                entry["done"] = platform.tick()
                platform.moments[call.path] += 1
        if result is _CUT:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
        elif isinstance(result, tuple):
            self._write(*result)
        elif isinstance(result, bytes):
            self._write(200, result, "image/png")
        else:
            self._json(200, result)

    def _answered(self, platform: Platform, call: Call, fault: Fault | None, entry: dict[str, Any]) -> Any:
        name = fault.name if fault else ""
        over = platform.faults.over
        if name == "drop_before":
            return _CUT
        if name == "not_json":
            return 200, _HTML, "text/html"
        if name == "foreign_json":
            return {"code": 500, "message": "upstream error"}
        if name == "busy":
            return _errors(entry, refuse(-1))
        if name == "token_expired":
            platform.expire_stable()
            return _errors(entry, refuse(42001))
        if name == "token_rejected":
            return _errors(entry, refuse(40001))
        if name == "echo":
            return _errors(
                entry, refuse(47003, " ".join(map(str, (*call.query.values(), *call.body.values()))))
            )
        if name.isdigit() and int(name) < 1000:
            return int(name), _HTML, "text/html"
        if name.lstrip("-").isdigit():
            if int(name) == 43101:
                with platform.lock:
                    platform.grants[(str(call.body.get("touser")), str(call.body.get("template_id")))] = 0
            return _errors(entry, refuse(int(name), ERRMSG.get(int(name))))
        try:
            found = answer(platform, call)
        except Refused as refused:
            found = _errors(entry, refused)
        else:
            entry["errcode"] = 0
            if isinstance(found, dict) and call.path not in ("/cgi-bin/token", "/cgi-bin/stable_token"):
                found = {"errcode": 0, "errmsg": "ok", **found}
        if name == "drop_after":
            return _CUT
        if fault is not None and name == "hang":
            over.wait(fault.ms / 1000)
        return found

    # -- the people and the saboteur

    def _sandbox(self, path: str, query: dict[str, str], body: Any) -> None:
        try:
            found = _sandbox_answer(self.server.platform, self.command, path, query, body)
        except (NoSuchPerson, UnknownFault, push.BadPush) as wrong:
            self._json(400, {"error": type(wrong).__name__, "message": str(wrong)})
        except (KeyError, TypeError, ValueError) as wrong:
            self._json(400, {"error": "BadOrder", "message": f"missing or wrong: {wrong}"})
        else:
            self._json(404 if found is None else 200, found if found is not None else {"error": "NoSuchPage"})

    def _json(self, status: int, value: Any) -> None:
        self._write(status, json.dumps(value, ensure_ascii=False).encode(), "application/json; charset=utf-8")

    def _write(self, status: int, body: bytes, content_type: str, address: str = "/healthz") -> None:
        self.send_response_only(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        if 300 <= status < 400:
            self.send_header("Location", address)
        if urlsplit(self.path).path in _ASKED_BY_PAGES:
            self.send_header("Access-Control-Allow-Origin", "*")
            self.send_header("Access-Control-Allow-Headers", "Content-Type")
            self.send_header("Access-Control-Allow-Methods", "GET, POST")
        self._headers_buffer.append(b"\r\n")  # type: ignore[attr-defined]  # one packet: headers and body
        self._headers_buffer.append(body)  # type: ignore[attr-defined]  # as above
        self.flush_headers()


def _errors(entry: dict[str, Any], refused: Refused) -> dict[str, Any]:
    entry["errcode"] = refused.errcode
    return {"errcode": refused.errcode, "errmsg": refused.errmsg, **refused.more}


def _sandbox_answer(platform: Platform, method: str, path: str, query: dict[str, str], body: Any) -> Any:
    page = path.removeprefix("/sandbox/")
    if method == "POST":
        order = body if isinstance(body, dict) else {}
        if page == "reset":
            platform.reset()
            return {"reset": True}
        if page == "faults":
            wanted = {name: order[name] for name in ("times", "after", "path", "ms") if name in order}
            platform.faults.add(str(order["fault"]), **wanted)
            return {"faults": platform.faults.shown(), "latency_ms": platform.faults.latency_ms}
        if page == "grant":
            count = platform.grant(
                str(order["person"]), str(order["template_id"]), int(order.get("count", 1))
            )
            return {"count": count}
        if page == "push":
            return {"answers": push.deliver(platform, push.Push(**order))}
        return None
    if page == "people":
        return {"people": [shown_person(person) for person in platform.people.values()]}
    if page == "code":
        return {"code": platform.login_code(query["person"])}
    if page == "phone-code":
        return {"code": platform.phone_code(query["person"])}
    if page == "oauth-code":
        return {"code": platform.oauth_code(query["person"])}
    if page == "journal":
        calls = platform.calls(query.get("path", ""), int(query.get("since", 0)))
        return {"calls": calls, "last": platform.tick()}
    if page == "faults":
        return {"faults": platform.faults.shown(), "latency_ms": platform.faults.latency_ms, "known": NAMES}
    if page == "templates":
        return {"templates": [{"id": key, **template} for key, template in TEMPLATES.items()]}
    if page == "grants":
        with platform.lock:
            held = [(key, count) for key, count in platform.grants.items() if count]
        return {"grants": [{"openid": key[0], "template_id": key[1], "count": count} for key, count in held]}
    if page == "messages":
        openid = platform.openid(query["person"]) if "person" in query else None
        with platform.lock:
            return {"messages": [m for m in platform.messages if openid in (None, m["openid"])]}
    return None


def shown_person(person: Mapping[str, Any]) -> dict[str, Any]:
    """For the list from which somebody picks who to be: all but what identifies; ``description`` is always there."""
    roles = [
        role
        if isinstance(role, str)
        else str(role.get("title") or role.get("name") or role.get("role") or "")
        for role in person.get("roles") or []
    ]
    shown = {key: value for key, value in person.items() if key not in _HIDDEN_OF_PEOPLE}
    shown.setdefault("description", person.get("role") or "、".join(role for role in roles if role))
    shown["has_phone"] = bool(person.get("phone"))
    return shown


class Standin:
    """A running stand-in: its address and, for tests in the same process, its memory."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self.platform = server.platform
        self.port = int(server.server_address[1])
        self.url = f"http://127.0.0.1:{self.port}"

    def reset(self) -> None:
        self.platform.reset()

    def fault(self, name: str, times: int = 1, after: int = 0, path: str | None = None, ms: int = 0) -> None:
        self.platform.faults.add(name, times, after, path, ms)

    def calls(self, path: str = "") -> list[dict[str, Any]]:
        return self.platform.calls(path)

    def push(self, **order: Any) -> list[dict[str, Any]]:
        """Send a push to the callback address; the answers."""
        return push.deliver(self.platform, push.Push(**order))

    def prepare(self, **order: Any) -> Prepared:
        """A push as it would be sent, for those who want to hand it over themselves."""
        return push.prepare(self.platform, push.Push(**order))


@contextmanager
def serve(
    port: int = 0,
    people: str | Path | Iterable[Mapping[str, Any]] | None = None,
    *,
    host: str = "127.0.0.1",
    appid: str = DEMO_APPID,
    secret: str = DEMO_SECRET,
    callback_url: str | None = None,
    callback_token: str = DEMO_CALLBACK_TOKEN,
    callback_aes_key: str = DEMO_AES_KEY,
    official_account: str = "subscription",
    oa_appid: str = DEMO_OA_APPID,
    oa_secret: str = DEMO_OA_SECRET,
    pages: str | Path | None = None,
    now: Callable[[], datetime] = shifted_now,
) -> Iterator[Standin]:
    """The stand-in in a thread of this process; ``port`` 0 takes a free one. ``now`` dates pushes and quotas.

    ``pages``: the mini-program's pages.json; a message or a code for a page that is not in it is refused.
    """
    platform = Platform(
        load_people(people),
        appid,
        secret,
        callback_url,
        callback_token,
        callback_aes_key,
        now,
        official_account,
        oa_appid,
        oa_secret,
        load_pages(pages) if pages else None,
    )
    server = Server((host, port), platform)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield Standin(server)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
