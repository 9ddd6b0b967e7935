"""The page to which a browser is sent to log in. WeChat knows who holds the phone; here one says who one is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from urllib.parse import urlencode, urlsplit

from scripts.wechat_standin.state import Platform

PATH = "/connect/oauth2/authorize"


class BadAuthorization(ValueError):
    """What WeChat's own page would refuse."""


def answer(platform: Platform, query: Mapping[str, str]) -> tuple[str, str]:
    """(address to send the browser on to, "") where ``person`` is given, else ("", the page that asks who one is)."""
    back = urlsplit(query.get("redirect_uri", ""))
    if query.get("appid") != platform.oa_appid:
        raise BadAuthorization("appid: not the official account's")
    if (query.get("response_type"), query.get("scope")) != ("code", "snsapi_base"):
        raise BadAuthorization("response_type and scope: code and snsapi_base")
    if back.scheme not in ("http", "https") or not back.netloc:
        raise BadAuthorization("redirect_uri: an address of a page")
    if not re.fullmatch("[0-9A-Za-z]{0,128}", query.get("state", "")):
        raise BadAuthorization("state: at most 128 letters and digits")
    if "person" in query:
        found = {"code": platform.oauth_code(query["person"]), "state": query.get("state", "")}
        return back._replace(query="&".join(filter(None, (back.query, urlencode(found))))).geturl(), ""
    lines = [
        f'<li><a href="{PATH}?{escape(urlencode({**query, "person": person["id"]}))}">'
        f"{escape(str(person.get('name') or person['id']))}</a></li>"
        for person in platform.people.values()
    ]
    return "", (
        '<!doctype html><html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>微信（模拟）</title><h1>您是谁？</h1><ul>{''.join(lines)}</ul></html>"
    )
