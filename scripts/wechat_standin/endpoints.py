"""The platform's endpoints: (call) -> answer, as a dict (errcode 0 and ok are added) or an image's bytes."""

from __future__ import annotations

import io
import secrets
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import qrcode

from scripts.wechat_standin.fields import first_wrong_field
from scripts.wechat_standin.state import (
    ACTIVE_SECONDS,
    LOGINS_A_MINUTE,
    TEMPLATES,
    Platform,
)
from scripts.wechat_standin.tokens import TOKEN_SECONDS, Tokens, TooOftenForced

_SCENE = set("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ!#$&'()*+,/:;=?@-._~")


@dataclass
class Call:
    method: str
    path: str
    query: dict[str, str]
    body: dict[str, Any]


class Refused(Exception):
    """An errcode with its errmsg; further fields go into the answer."""

    def __init__(self, errcode: int, errmsg: str, **more: Any) -> None:
        super().__init__(errmsg)
        self.errcode = errcode
        self.errmsg = errmsg
        self.more = more


ERRMSG = {
    -1: "system error",
    40001: "invalid credential, access_token is invalid or not latest",
    40003: "invalid openid",
    40013: "invalid appid",
    40029: "invalid code",
    40037: "invalid template_id",
    40125: "invalid appsecret",
    40163: "code been used",
    40164: "invalid ip 203.0.113.7, not in whitelist",
    40226: "code blocked",
    41001: "access_token missing",
    41030: "invalid page",
    42001: "access_token expired",
    43101: "user refuse to accept the msg",
    43107: "subscribe message ability is banned",
    43108: "concurrent send to the same user",
    45009: "reach max api daily quota limit",
    45011: "api minute-quota reach limit, must slower, retry next minute",
    45028: "has no masssend quota",
    45065: "clientmsgid exist",
    45168: "hit sensitive word",
    48001: "api unauthorized",
    47003: "argument invalid! data.thing1.value invalid",
    61010: "code is expired",
}


def refuse(errcode: int, errmsg: str | None = None, **more: Any) -> Refused:
    return Refused(errcode, f"{errmsg or ERRMSG.get(errcode, 'refused')} rid: {secrets.token_hex(8)}", **more)


def answer(platform: Platform, call: Call) -> dict[str, Any] | bytes:
    """Raises Refused, and KeyError for an endpoint that the stand-in does not know."""
    endpoint, whose = ENDPOINTS[call.path]
    if whose:
        appid = platform.oa_appid if whose == OFFICIAL else platform.appid
        with platform.lock:
            trouble = platform.tokens[appid].trouble(call.query.get("access_token"))
        if trouble:
            raise refuse(trouble)
    return endpoint(platform, call)


def needs_token(path: str) -> bool:
    return path in ENDPOINTS and bool(ENDPOINTS[path][1])


def _known_account(platform: Platform, values: dict[str, Any]) -> None:
    if values.get("appid") != platform.appid:
        raise refuse(40013)
    if values.get("secret") != platform.secret:
        raise refuse(40125)


def _tokens_of(platform: Platform, values: dict[str, Any]) -> Tokens:
    """Of the mini-program or the official account, whichever names itself and knows its secret."""
    if values.get("appid") != platform.oa_appid:
        _known_account(platform, values)
    elif values.get("secret") != platform.oa_secret:
        raise refuse(40125)
    return platform.tokens[values["appid"]]


def token(platform: Platform, call: Call) -> dict[str, Any]:
    tokens = _tokens_of(platform, call.query)
    with platform.lock:
        return {"access_token": tokens.issue_ordinary().value, "expires_in": TOKEN_SECONDS}


def stable_token(platform: Platform, call: Call) -> dict[str, Any]:
    tokens = _tokens_of(platform, call.body)
    fault = platform.faults.take(call.path, False, kinds={"short_token"})
    seconds = TOKEN_SECONDS if fault is None else (fault.ms or 3000) / 1000
    try:
        with platform.lock:
            issued = tokens.issue_stable(bool(call.body.get("force_refresh")), seconds)
    except TooOftenForced:
        raise refuse(45009) from None
    return {"access_token": issued.value, "expires_in": max(0, round(issued.ends - time.monotonic()))}


def jscode2session(platform: Platform, call: Call) -> dict[str, Any]:
    _known_account(platform, call.query)
    code = call.query.get("js_code", "")
    identity = platform.holder_of(code)
    moment = time.monotonic()
    with platform.lock:  # whoever comes too often is told so before the code is spent
        recent = platform.logins.setdefault(identity, deque())
        while recent and moment - recent[0] > 60:
            recent.popleft()
        if identity and len(recent) >= LOGINS_A_MINUTE:
            raise refuse(45011)
    errcode, identity = platform.spend_code(code, "login")
    if errcode:
        raise refuse(errcode)
    person = platform.person(identity)
    with platform.lock:
        recent.append(moment)
        platform.active[person["openid"]] = moment
    if person.get("high_risk"):
        raise refuse(40226)
    found = {"openid": person["openid"], "session_key": secrets.token_urlsafe(18)}
    with platform.lock:
        platform.session_keys.append(found["session_key"])
    if person.get("unionid"):
        found["unionid"] = person["unionid"]
    return _perhaps_unnamed(platform, call, found)


def _perhaps_unnamed(platform: Platform, call: Call, found: dict[str, Any]) -> dict[str, Any]:
    if platform.faults.take(call.path, False, kinds={"no_openid"}):
        del found["openid"]
    return found


def page_access_token(platform: Platform, call: Call) -> dict[str, Any]:
    """Who opened a page of the official account; unionid where the account and the mini-program belong together."""
    if call.query.get("appid") != platform.oa_appid:
        raise refuse(40013)
    if call.query.get("secret") != platform.oa_secret:
        raise refuse(40125)
    errcode, identity = platform.spend_code(call.query.get("code", ""), "oauth")
    if errcode:
        raise refuse(errcode)
    person = platform.person(identity)
    if person.get("high_risk"):
        raise refuse(40226)
    found = {
        "access_token": "page-" + secrets.token_hex(24),
        "expires_in": TOKEN_SECONDS,
        "refresh_token": "page-" + secrets.token_hex(24),
        "openid": platform.oa_openid(identity),
        "scope": "snsapi_base",
    }
    if person.get("unionid"):
        found["unionid"] = person["unionid"]
    if person.get("snapshot"):
        found["is_snapshotuser"] = 1
    return _perhaps_unnamed(platform, call, found)


def phone_number(platform: Platform, call: Call) -> dict[str, Any]:
    errcode, identity = platform.spend_code(str(call.body.get("code", "")), "phone")
    if errcode:
        raise refuse(errcode)
    number = str(platform.person(identity).get("phone"))
    info: dict[str, Any] = {"phoneNumber": number, "purePhoneNumber": number, "countryCode": "86"}
    fault = platform.faults.take(call.path, True, kinds={"wrong_watermark", "no_watermark", "odd_watermark"})
    if fault is not None and fault.name == "odd_watermark":
        info["watermark"] = platform.appid
    elif fault is None or fault.name == "wrong_watermark":
        appid = "wx00000000somebody" if fault else platform.appid
        info["watermark"] = {"timestamp": int(platform.now().timestamp()), "appid": appid}
    return {"phone_info": info}


def subscribe_send(platform: Platform, call: Call) -> dict[str, Any]:
    openid, template_id = str(call.body.get("touser")), str(call.body.get("template_id"))
    if platform.by_openid(openid) is None:
        raise refuse(40003)
    if template_id not in TEMPLATES:
        raise refuse(40037)
    page = call.body.get("page")
    if page is not None and (
        not isinstance(page, str) or page.startswith("/") or not platform.has_page(page)
    ):
        raise refuse(41030)
    wrong = first_wrong_field(TEMPLATES[template_id]["fields"], call.body.get("data"))
    if wrong:
        raise refuse(47003, f"argument invalid! {wrong} invalid")
    if call.body.get("miniprogram_state", "formal") not in ("formal", "trial", "developer"):
        raise refuse(40037, "invalid miniprogram_state")
    with platform.lock:
        if platform.grants[(openid, template_id)] < 1:
            raise refuse(43101)
        if not TEMPLATES[template_id].get("long_term"):
            platform.grants[(openid, template_id)] -= 1
        msgid = platform.next_msgid()
        platform.messages.append(
            {
                "msgid": str(msgid),
                "openid": openid,
                "template_id": template_id,
                "title": TEMPLATES[template_id]["title"],
                "fields": [
                    {"label": label, "value": call.body["data"][field]["value"]}
                    for field, label in TEMPLATES[template_id]["fields"].items()
                ],
                "page": page,
                "at": platform.now().isoformat(timespec="seconds").replace("+00:00", "Z"),
            }
        )
    return {"msgid": msgid}


def unlimited_code(platform: Platform, call: Call) -> bytes:
    scene, page = call.body.get("scene"), call.body.get("page", "")
    if not isinstance(scene, str) or not 0 < len(scene) <= 32 or not set(scene) <= _SCENE:
        raise refuse(40129, "invalid scene")
    if not isinstance(page, str) or page.startswith("/"):
        raise refuse(41030)
    if call.body.get("check_path", True) and not platform.has_page(page):
        raise refuse(41030)
    image = io.BytesIO()
    qrcode.make(f"{page}?scene={scene}", box_size=8).save(image, "PNG")
    return image.getvalue()


def text_check(platform: Platform, call: Call) -> dict[str, Any]:
    """A text with 违规 in it is risky, one with 疑似 wants a review."""
    content, openid = call.body.get("content"), str(call.body.get("openid"))
    if call.body.get("version") != 2 or not _known_scene(call):
        raise refuse(47001, "data format error")
    if not isinstance(content, str) or not 0 < len(content) <= 2500:
        raise refuse(44004, "empty or too long content")
    _recently_active(platform, openid)
    suggest, label = (
        ("risky", 20001) if "违规" in content else ("review", 21000) if "疑似" in content else ("pass", 100)
    )
    return {"result": {"suggest": suggest, "label": label}, "detail": [], "trace_id": secrets.token_hex(16)}


def media_check(platform: Platform, call: Call) -> dict[str, Any]:
    """Only takes the order; `/sandbox/push` with the trace id brings the verdict."""
    openid = str(call.body.get("openid"))
    if call.body.get("version") != 2 or call.body.get("media_type") not in (1, 2) or not _known_scene(call):
        raise refuse(47001, "data format error")
    if not str(call.body.get("media_url", "")).startswith(("http://", "https://")):
        raise refuse(40035, "invalid media_url")
    _recently_active(platform, openid)
    trace_id = secrets.token_hex(16)
    with platform.lock:
        platform.media[trace_id] = {"openid": openid, "media_url": call.body["media_url"]}
    return {"trace_id": trace_id}


def _known_scene(call: Call) -> bool:
    return call.body.get("scene") in (1, 2, 3, 4)


def _recently_active(platform: Platform, openid: str) -> None:
    if platform.by_openid(openid) is None:
        raise refuse(40003)
    if time.monotonic() - platform.active.get(openid, -float(ACTIVE_SECONDS)) >= ACTIVE_SECONDS:
        raise refuse(61010)


def mass_send(platform: Platform, call: Call) -> dict[str, Any]:
    """A subscription account sends once a day, a service account four times a month; clientmsgid dedupes."""
    client_id = call.body.get("clientmsgid")
    local = platform.now() + timedelta(hours=8)
    daily = platform.official_account == "subscription"
    period, quota = (local.strftime("%Y-%m-%d"), 1) if daily else (local.strftime("%Y-%m"), 4)
    with platform.lock:
        if client_id and client_id in platform.mass:
            raise refuse(45065, msg_id=platform.mass[client_id])
        if platform.mass_sent[period] >= quota:
            raise refuse(45028)
        platform.mass_sent[period] += 1
        msg_id = platform.next_msgid()
        if client_id:
            platform.mass[client_id] = msg_id
    return {"errmsg": "send job submission success", "msg_id": msg_id, "msg_data_id": msg_id + 1}


def template_send(platform: Platform, call: Call) -> dict[str, Any]:
    """The official account's template message: a verified service account's only, fields of at most 20 characters."""
    if platform.official_account != "service":
        raise refuse(48001)
    if platform.by_oa_openid(str(call.body.get("touser"))) is None:
        raise refuse(40003)
    data = call.body.get("data")
    if not call.body.get("template_id"):
        raise refuse(40037)
    for field, holder in data.items() if isinstance(data, dict) else [("data", None)]:
        value = holder.get("value") if isinstance(holder, dict) else None
        if not isinstance(value, str) or not 0 < len(value) <= 20:
            raise refuse(47003, f"argument invalid! data.{field}.value invalid")
    return {"msgid": platform.next_msgid()}


Endpoint = Callable[[Platform, Call], "dict[str, Any] | bytes"]
MINI, OFFICIAL = "mini-program", "official account"  # whose token a call wants
ENDPOINTS: dict[str, tuple[Endpoint, str | None]] = {
    "/cgi-bin/token": (token, None),
    "/cgi-bin/stable_token": (stable_token, None),
    "/sns/jscode2session": (jscode2session, None),
    "/sns/oauth2/access_token": (page_access_token, None),
    "/wxa/business/getuserphonenumber": (phone_number, MINI),
    "/cgi-bin/message/subscribe/send": (subscribe_send, MINI),
    "/wxa/getwxacodeunlimit": (unlimited_code, MINI),
    "/wxa/msg_sec_check": (text_check, MINI),
    "/wxa/media_check_async": (media_check, MINI),
    "/cgi-bin/message/mass/sendall": (mass_send, OFFICIAL),
    "/cgi-bin/message/template/send": (template_send, OFFICIAL),
}
