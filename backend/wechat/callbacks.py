"""What the platform pushes to us: first who sent it and when, then what it says.

Nothing of a body is parsed before the signature over token, timestamp and nonce has been checked; in safe mode the
envelope's own signature, which covers the body, is checked before it is decrypted.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from xml.parsers.expat import ExpatError

import xmltodict
from wechatpy.crypto import WeChatCrypto
from wechatpy.exceptions import InvalidAppIdException, InvalidSignatureException
from wechatpy.replies import TextReply

from backend.core import clock
from backend.wechat.errors import BadlySigned, StaleCallback, UnreadableCallback
from backend.wechat.settings import WechatSettings

STALE_SECONDS: Final = 300
BODY_MAX: Final = 64 * 1024
_CDATA_END: Final = "]]>"


@dataclass(frozen=True, slots=True)
class ConsentChange:
    """From ``subscribe_msg_popup_event`` and ``subscribe_msg_change_event``. ``accepted`` False: the person refused."""

    template_id: str
    accepted: bool
    scene: str | None


@dataclass(frozen=True, slots=True)
class SendReport:
    """From ``subscribe_msg_sent_event``: what became of a message. ``error_code`` 0: it arrived."""

    template_id: str
    msgid: str
    error_code: int
    error_status: str


@dataclass(frozen=True, slots=True)
class MediaVerdict:
    """From ``wxa_media_check``. ``suggest`` None: the platform could not check (``errcode`` says why)."""

    trace_id: str
    suggest: str | None
    errcode: int


@dataclass(frozen=True, slots=True)
class CallbackMessage:
    """One push. ``kind``: ``text``, ``event`` or ``other``; ``openid`` belongs to ``appid``.

    ``key`` is the same for a repetition of this very push and different for any other: drop what was seen.
    ``event`` is lower case. ``text`` is a person's own words and stays out of ``repr``.
    """

    kind: str
    appid: str
    openid: str
    addressee: str
    msgid: str | None
    created: datetime | None
    key: str
    safe: bool
    text: str | None = field(default=None, repr=False)
    event: str | None = None
    consents: tuple[ConsentChange, ...] = ()
    reports: tuple[SendReport, ...] = ()
    media: MediaVerdict | None = None


def echo(settings: WechatSettings, query: Mapping[str, str]) -> str:
    """What to answer the platform's GET with, as text/plain. Raises BadlySigned, StaleCallback."""
    _verify(settings, query)
    return query.get("echostr", "")


def open_callback(
    settings: WechatSettings,
    query: Mapping[str, str],
    body: bytes,
    content_type: str | None = None,
    *,
    appid: str | None = None,
    heard_at: datetime | None = None,
) -> CallbackMessage:
    """The message in a push, plain or safe, XML or JSON. ``appid``: the account whose address this is.

    ``heard_at``: when it came, if that was not just now; it must have been fresh then.

    Raises BadlySigned, StaleCallback, UnreadableCallback. An unknown event or message type is no error: ``other``,
    or an event that nobody listens to; the answer to it is ``success``.
    """
    _verify(settings, query, heard_at)
    if len(body) > BODY_MAX:
        raise UnreadableCallback()
    appid = appid or settings.appid
    envelope = _parsed(body, content_type)
    encrypted = envelope.get("Encrypt")
    if encrypted is None:
        if settings.callback_safe_only or query.get("encrypt_type") == "aes":
            raise BadlySigned()
        return _message(envelope, body, appid, safe=False)
    plain = _decrypted(settings, query, encrypted, appid)
    return _message(_parsed(plain, None), plain, appid, safe=True)


def reply_text(settings: WechatSettings, message: CallbackMessage, text: str) -> str:
    """The XML that answers ``message`` with ``text``, encrypted when the message came so."""
    reply = TextReply(
        source=_in_cdata(message.addressee),
        target=_in_cdata(message.openid),
        time=int(clock.now().timestamp()),
        content=_in_cdata(text),
    ).render()
    if not message.safe:
        return str(reply)
    timestamp = str(int(clock.now().timestamp()))
    return str(_crypto(settings, message.appid).encrypt_message(reply, secrets.token_hex(8), timestamp))


def _verify(settings: WechatSettings, query: Mapping[str, str], heard_at: datetime | None = None) -> None:
    timestamp, nonce = query.get("timestamp", ""), query.get("nonce", "")
    if not settings.callback_token or not _matches(
        query.get("signature", ""), settings.callback_token, timestamp, nonce
    ):
        raise BadlySigned()
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        raise StaleCallback()
    if abs((heard_at or clock.now()).timestamp() - int(timestamp)) > STALE_SECONDS:
        raise StaleCallback()


def _matches(signature: str, *parts: str) -> bool:
    expected = hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()
    return hmac.compare_digest(expected.encode(), signature.encode())


def _decrypted(settings: WechatSettings, query: Mapping[str, str], encrypted: Any, appid: str) -> bytes:
    if not settings.callback_aes_key or not isinstance(encrypted, str):
        raise UnreadableCallback()
    timestamp, nonce = query.get("timestamp", ""), query.get("nonce", "")
    signature = query.get("msg_signature", "")
    if not _matches(signature, settings.callback_token, timestamp, nonce, encrypted):
        raise BadlySigned()
    foreign = False
    try:
        plain = _crypto(settings, appid).decrypt_message({"Encrypt": encrypted}, signature, timestamp, nonce)
    except (InvalidSignatureException, InvalidAppIdException):
        foreign = True
    except Exception:  # broken base64, padding, length or text: wechatpy lets whatever breaks first escape
        plain = ""
    if foreign:
        raise BadlySigned()
    if not plain:
        raise UnreadableCallback()
    return str(plain).encode()


def _crypto(settings: WechatSettings, appid: str) -> WeChatCrypto:
    return WeChatCrypto(settings.callback_token, settings.callback_aes_key, appid)


def _parsed(body: bytes, content_type: str | None) -> dict[str, Any]:
    """The fields of a JSON or XML body; what it looks like decides, the header only where that leaves doubt."""
    start = body.lstrip()[:1]
    found: Any = None
    try:
        if start == b"{" or (start != b"<" and "json" in (content_type or "")):
            found = json.loads(body.decode(), strict=False)
        else:
            found = (xmltodict.parse(body, disable_entities=True) or {}).get("xml")
    except (ValueError, ExpatError, RecursionError, LookupError):  # the last one: an encoding nobody knows
        found = None
    if not isinstance(found, dict):
        raise UnreadableCallback()
    return found


def _message(fields: Mapping[str, Any], plain: bytes, appid: str, *, safe: bool) -> CallbackMessage:
    kind = _text(fields.get("MsgType")).lower()
    event = _text(fields.get("Event")).lower() or None
    msgid = _text(fields.get("MsgId")) or None
    openid = _text(fields.get("FromUserName"))
    if not kind or not openid:
        raise UnreadableCallback()
    return CallbackMessage(
        kind=kind if kind in ("text", "event") else "other",
        appid=appid,
        openid=openid,
        addressee=_text(fields.get("ToUserName")),
        msgid=msgid,
        created=_instant(fields.get("CreateTime")),
        key=hashlib.sha256(f"{appid}\0{openid}\0{msgid}".encode() if msgid else plain).hexdigest(),
        safe=safe,
        text=_text(fields.get("Content")) if kind == "text" else None,
        event=event if kind == "event" else None,
        consents=_consents(event, fields),
        reports=_reports(event, fields),
        media=_media(event, fields),
    )


def _consents(event: str | None, fields: Mapping[str, Any]) -> tuple[ConsentChange, ...]:
    """What the person said; "ban", "filter" and whatever else is WeChat's own word, neither a yes nor a no."""
    if event not in ("subscribe_msg_popup_event", "subscribe_msg_change_event"):
        return ()
    container = (
        "SubscribeMsgPopupEvent" if event == "subscribe_msg_popup_event" else "SubscribeMsgChangeEvent"
    )
    return tuple(
        ConsentChange(
            template_id=_text(entry.get("TemplateId")),
            accepted=_text(entry.get("SubscribeStatusString")) == "accept",
            scene=_text(entry.get("PopupScene")) or None,
        )
        for entry in _entries(fields, container)
        if _text(entry.get("SubscribeStatusString")) in ("accept", "reject")
    )


def _reports(event: str | None, fields: Mapping[str, Any]) -> tuple[SendReport, ...]:
    if event != "subscribe_msg_sent_event":
        return ()
    return tuple(
        SendReport(
            template_id=_text(entry.get("TemplateId")),
            msgid=_text(entry.get("MsgID") or entry.get("MsgId")),
            error_code=_integer(entry.get("ErrorCode"), -1),
            error_status=_text(entry.get("ErrorStatus")),
        )
        for entry in _entries(fields, "SubscribeMsgSentEvent")
    )


def _media(event: str | None, fields: Mapping[str, Any]) -> MediaVerdict | None:
    if event != "wxa_media_check":
        return None
    errcode = _integer(fields.get("errcode"), 0)
    result = fields.get("result")
    suggest = _text(result.get("suggest")) if isinstance(result, dict) else ""
    return MediaVerdict(_text(fields.get("trace_id")), suggest if suggest and errcode == 0 else None, errcode)


def _entries(fields: Mapping[str, Any], container: str) -> list[Mapping[str, Any]]:
    """``List`` is an object for one and an array for several; XML wraps it in a container, JSON may not."""
    inner = fields.get(container)
    found = inner.get("List") if isinstance(inner, dict) else fields.get("List")
    entries = found if isinstance(found, list) else [found]
    return [entry for entry in entries if isinstance(entry, dict)]


_MOST: Final = 2**31  # what a column of whole numbers holds; created times are below it until 2038


def _text(value: Any) -> str:
    """The text without what no database takes; line breaks stay."""
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return ""
    return "".join(
        mark for mark in str(value) if mark in "\n\t" or unicodedata.category(mark) not in ("Cc", "Cs", "Cn")
    )


def _integer(value: Any, otherwise: int) -> int:
    try:
        number = int(_text(value))
    except ValueError:
        return otherwise
    return number if abs(number) < _MOST else otherwise


def _instant(value: Any) -> datetime | None:
    seconds = _integer(value, 0)
    return datetime.fromtimestamp(seconds, UTC) if 0 < seconds < 10**11 else None


def _in_cdata(text: str) -> str:
    """wechatpy puts text into CDATA as it is; its end mark would let a person write our XML."""
    return text.replace(_CDATA_END, "]]]]><![CDATA[>")
