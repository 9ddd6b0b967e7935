"""Login outside the mini-program, on a web page opened in WeChat: to the platform and back, then a session as any other.

The browser that comes back must be the one that left: it holds a cookie, and WeChat carries along what only we can make
of it. Nothing is stored meanwhile.
"""

from __future__ import annotations

import base64
import hmac
import secrets
from datetime import timedelta
from typing import Any, Final

from flask import current_app, redirect, request
from werkzeug.http import dump_cookie
from werkzeug.wrappers import Response as AnyResponse

from backend import wechat
from backend.core import clock
from backend.core.crypto import lookup_hash
from backend.core.http import blueprint, commits, limited, refuses
from backend.identity.errors import (
    LoginCodeUsed,
    LoginNotBegunHere,
    LoginRestricted,
    NoOfficialAccount,
    OnlySnapshot,
    WechatUnavailable,
)
from backend.identity.permissions import open_to_all
from backend.identity.routes import LOGINS_A_MINUTE, session_for
from backend.identity.schemas import PageLoginSchema, PageSessionSchema, ReturnSchema

LOGIN_PAGE: Final = "/pages/login/index"
_WAY: Final = "/api/sessions/official-account"
_COOKIE: Final = "on-the-way"
_LASTS: Final = timedelta(minutes=10)

blp = blueprint("official_account", "Login on web pages opened in WeChat")


def _platform() -> wechat.Wechat:
    """The platform where an official account belongs to it; raises NoOfficialAccount."""
    client: wechat.Wechat = current_app.extensions["backend.wechat"]
    if not client.settings.logs_in_on_pages:
        raise NoOfficialAccount("网页登录没有开通。")
    return client


def _state_of(cookie: str) -> str:
    return lookup_hash("official-account.state", cookie)


def _cookie(value: str, seconds: int) -> str:
    return dump_cookie(
        _COOKIE,
        value,
        max_age=seconds,
        path=_WAY,
        secure=current_app.config["PUBLIC_BASE_URL"].startswith("https://"),
        httponly=True,
        samesite="Lax",
    )


def _page_left_from(cookie: str, state: str) -> str:
    """The page to go on with; raises LoginNotBegunHere for another browser's state, and for one that took too long."""
    ends, _, rest = cookie.partition(".")
    if not hmac.compare_digest(_state_of(cookie).encode(), state.encode()):
        raise LoginNotBegunHere("这次登录不是从这个浏览器开始的。")
    if clock.now().timestamp() > int(ends):
        raise LoginNotBegunHere("登录用的时间太长，已经过期。")
    return base64.urlsafe_b64decode(rest.partition(".")[2]).decode()


@blp.route("/sessions/official-account", methods=["GET"])
@open_to_all
@blp.arguments(ReturnSchema, location="query")
@blp.response(302, description="To WeChat, which sends the browser on to the login page with a code")
@limited("login-begun", LOGINS_A_MINUTE, 60)
@refuses(NoOfficialAccount)
def begin_login(query: dict[str, Any]) -> AnyResponse:
    """Send a browser within WeChat to the platform; it comes back to the login page, which asks for the session."""
    settings = _platform().settings
    page = base64.urlsafe_b64encode(query["return_to"].encode()).decode()
    cookie = f"{int((clock.now() + _LASTS).timestamp())}.{secrets.token_hex(16)}.{page}"
    back = current_app.config["PUBLIC_BASE_URL"] + LOGIN_PAGE
    response = redirect(wechat.authorize_address(settings, back, _state_of(cookie)))
    response.headers["Set-Cookie"] = _cookie(cookie, int(_LASTS.total_seconds()))
    return response


@blp.route("/sessions/official-account", methods=["POST"])
@open_to_all
@commits
@blp.arguments(PageLoginSchema)
@blp.response(201, PageSessionSchema)
@limited("login", LOGINS_A_MINUTE, 60)
@refuses(
    NoOfficialAccount, LoginNotBegunHere, LoginCodeUsed, LoginRestricted, OnlySnapshot, WechatUnavailable
)
def finish_login(body: dict[str, Any]) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Sign in with what WeChat put into the login page's address; the answer also says which page to go on with."""
    platform = _platform()
    page = _page_left_from(request.cookies.get(_COOKIE, ""), body["state"])
    try:
        login = wechat.login_on_page(platform, body["code"])
    except wechat.WechatCodeUsed as error:
        raise LoginCodeUsed("登录凭证已用过或已过期。", next="请回到刚才的页面，再点一次登录。") from error
    except wechat.HighRiskUser as error:
        raise LoginRestricted() from error
    except wechat.SnapshotVisitor as error:
        raise OnlySnapshot("微信现在只让您看页面的快照。") from error
    except wechat.WechatError as error:
        raise WechatUnavailable() from error
    return {**session_for(login), "return_to": page}, 201, {"Set-Cookie": _cookie("", 0)}
