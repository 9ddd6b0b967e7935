"""What the platform sends to the product's callback address: texts and events, honest and otherwise."""

from __future__ import annotations

import http.client
import json
import secrets
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from scripts.wechat_standin import envelope
from scripts.wechat_standin.state import ORIGINAL_ID, Platform

_CONTAINERS = {
    "subscribe_msg_popup_event": "SubscribeMsgPopupEvent",
    "subscribe_msg_change_event": "SubscribeMsgChangeEvent",
    "subscribe_msg_sent_event": "SubscribeMsgSentEvent",
}


class BadPush(ValueError):
    """The order for a push cannot be carried out; the message says what it lacks."""


@dataclass
class Push:
    """``person`` or ``openid``; ``kind``: text, event, echo, or any message type. ``list``: entries of a subscribe event.

    ``format`` json or xml; ``mode`` plain or safe; ``times`` > 1 repeats the very same push; ``stale`` is ten minutes
    old; ``bad_signature`` is signed with another token; ``fields`` are added to the message as they are. ``official``:
    the official account's push and not the mini-program's, from the person's openid there and sealed for it.
    """

    person: str | None = None
    openid: str | None = None
    kind: str = "text"
    text: str = ""
    event: str = ""
    list: list[dict[str, Any]] = field(default_factory=list)
    format: str = "xml"
    mode: str = "plain"
    times: int = 1
    stale: bool = False
    bad_signature: bool = False
    msgid: str | None = None
    fields: dict[str, Any] = field(default_factory=dict)
    url: str | None = None
    official: bool = False


@dataclass
class Prepared:
    method: str
    query: dict[str, str]
    body: bytes
    content_type: str
    appid: str


def prepare(platform: Platform, push: Push) -> Prepared:
    """The request as the platform would make it; nothing is sent."""
    if push.format not in ("json", "xml") or push.mode not in ("plain", "safe"):
        raise BadPush("format is json or xml, mode is plain or safe")
    if push.person is None and push.openid is None and push.kind != "echo":
        raise BadPush("person or openid is missing")
    openid_of = platform.oa_openid if push.official else platform.openid
    openid = push.openid or (openid_of(push.person) if push.person else "")
    appid = platform.oa_appid if push.official else platform.appid
    moment = int(platform.now().timestamp()) - (600 if push.stale else 0)
    timestamp, nonce = str(moment), str(secrets.randbelow(10**10))
    key = "not-the-token" if push.bad_signature else platform.callback_token
    query = {"signature": envelope.signature(key, timestamp, nonce), "timestamp": timestamp, "nonce": nonce}
    if push.kind == "echo":
        return Prepared("GET", {**query, "echostr": str(secrets.randbelow(10**18))}, b"", "", appid)
    query["openid"] = openid
    text = _written(push.format, _content(push, openid, moment))
    if push.mode == "safe":
        sealed = envelope.seal(text, platform.callback_aes_key, appid)
        query["encrypt_type"] = "aes"
        query["msg_signature"] = envelope.signature(key, timestamp, nonce, sealed)
        text = _written(push.format, {"ToUserName": ORIGINAL_ID, "Encrypt": sealed})
    content_type = "application/json" if push.format == "json" else "text/xml"
    return Prepared("POST", query, text.encode(), content_type, appid)


def deliver(platform: Platform, push: Push) -> list[dict[str, Any]]:
    """Send it ``times`` times; each answer with status, body, decrypted ``reply`` (or None) and ``ms``."""
    url = push.url or platform.callback_url
    if not url:
        raise BadPush("no callback address: give url, or start with --callback-url")
    prepared = prepare(platform, push)
    return [_sent(platform, url, prepared) for _ in range(max(1, push.times))]


def _sent(platform: Platform, url: str, prepared: Prepared) -> dict[str, Any]:
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "127.0.0.1", parts.port, timeout=5)
    began = time.monotonic()
    try:
        headers = {"Content-Type": prepared.content_type} if prepared.content_type else {}
        target = f"{parts.path or '/'}?{urlencode(prepared.query)}"
        connection.request(prepared.method, target, prepared.body or None, headers)
        response = connection.getresponse()
        body = response.read().decode("utf-8", "replace")
        status = response.status
    except (OSError, http.client.HTTPException) as lost:
        status, body = 0, type(lost).__name__
    finally:
        connection.close()
    taken = round((time.monotonic() - began) * 1000)
    found: dict[str, Any] = {
        "status": status,
        "body": body,
        "reply": _reply(platform, body, prepared.appid),
        "ms": taken,
    }
    if "echostr" in prepared.query:
        found["echoed"] = body == prepared.query["echostr"]
    return found


def _reply(platform: Platform, body: str, appid: str) -> str | None:
    """The text of a passive reply, if the answer is one."""
    try:
        sealed = ElementTree.fromstring(body).findtext("Encrypt")  # noqa: S314  # the product's own answer
        if sealed:
            body = envelope.unseal(sealed, platform.callback_aes_key, appid)
        return ElementTree.fromstring(body).findtext("Content")  # noqa: S314  # as above
    except (ElementTree.ParseError, ValueError):
        return None


def _content(push: Push, openid: str, moment: int) -> dict[str, Any]:
    message: dict[str, Any] = {
        "ToUserName": ORIGINAL_ID,
        "FromUserName": openid,
        "CreateTime": moment,
        "MsgType": push.kind,
    }
    if push.kind == "event":
        if not push.event:
            raise BadPush("event is missing")
        message["Event"] = push.event
        if push.list:
            entries: Any = push.list
            if push.format == "json":
                entries = entries[0] if len(entries) == 1 else entries
                message["List"] = entries
            else:
                message[_CONTAINERS.get(push.event, "Entries")] = {"List": entries}
    else:
        message["MsgId"] = push.msgid or str(10**17 + secrets.randbelow(10**17))
        if push.kind == "text":
            message["Content"] = push.text
    return {**message, **push.fields}


def _written(form: str, message: dict[str, Any]) -> str:
    if form == "json":
        return json.dumps(message, ensure_ascii=False)
    return f"<xml>{_xml(message)}</xml>"


def _xml(message: dict[str, Any]) -> str:
    parts = []
    for name, value in message.items():
        for item in value if isinstance(value, list) else [value]:
            parts.append(f"<{name}>{_xml(item) if isinstance(item, dict) else escape(str(item))}</{name}>")
    return "".join(parts)
