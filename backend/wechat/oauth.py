"""Who opened one of our web pages in WeChat: the official account's OAuth, its silent kind, which tells the openid alone."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from backend.wechat.client import LoginResult, Wechat, patiently
from backend.wechat.errors import UnreadableAnswer, WechatRefused
from backend.wechat.settings import WechatSettings

_CALL: Final = "sns/oauth2/access_token"


class SnapshotVisitor(WechatRefused):
    """WeChat shows a snapshot of the page to somebody it does not name; the openid is a made-up one."""


def authorize_address(settings: WechatSettings, redirect_uri: str, state: str) -> str:
    """Where a browser is sent; WeChat sends it on to ``redirect_uri`` with a code and ``state`` (letters and digits).

    The platform compares the whole address with a pattern: this order, and the fragment.
    """
    asked = {
        "appid": settings.oa_appid,
        "redirect_uri": redirect_uri,
        "response_type": "code",
        "scope": "snsapi_base",
        "state": state,
    }
    return f"{settings.open_base_url.rstrip('/')}/connect/oauth2/authorize?{urlencode(asked)}#wechat_redirect"


def login_on_page(wechat: Wechat, code: str) -> LoginResult:
    """Who holds this code (single use, five minutes); raises WechatError. The page's access token ends here."""
    settings = wechat.settings
    if not settings.oa_appid or not settings.oa_secret:
        raise ValueError("no official account")
    params = {
        "appid": settings.oa_appid,
        "secret": settings.oa_secret,
        "code": code,
        "grant_type": "authorization_code",
    }
    private = (code, settings.oa_secret)
    with wechat.awaited(_CALL):
        result = patiently(
            lambda: wechat._client.wxa._get(_CALL, params=params, with_token=False, private=private)
        )
    openid = result.get("openid")
    if not isinstance(openid, str) or not openid:
        raise UnreadableAnswer(_CALL, None, "no openid")
    if result.get("is_snapshotuser"):
        raise SnapshotVisitor(_CALL, None, "a snapshot of the page")
    return LoginResult(openid, result.get("unionid") or None, settings.oa_appid)
