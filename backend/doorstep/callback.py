"""The address that the WeChat platform knocks at: who sent it and when is checked before a byte of it is read.

It answers from the database alone, and within a second: what takes longer is kept and goes on afterwards. What is not
for us is answered ``success``, so that the platform does not send it again.
"""

from __future__ import annotations

from typing import Final

from flask import Response, current_app, request

from backend import wechat
from backend.core import clock
from backend.core.http import blueprint, commits, takes_raw
from backend.doorstep.kept_pushes import Push
from backend.doorstep.pushes import Pushes
from backend.identity import open_to_all

blp = blueprint("callback", "What the WeChat platform pushes", url_prefix="/api/wechat")

_TEXT: Final = "text/plain; charset=utf-8"
_XML: Final = "application/xml; charset=utf-8"


def _settings() -> wechat.WechatSettings:
    client: wechat.Wechat = current_app.extensions["backend.wechat"]
    return client.settings


def _echo() -> Response:
    try:
        return Response(wechat.echo(_settings(), request.args), content_type=_TEXT)
    except wechat.CallbackRefused as refusal:
        return _refused(refusal)


def _refused(refusal: wechat.CallbackRefused) -> Response:
    return Response(refusal.code, status=403, content_type=_TEXT)


def _pushed(appid: str) -> Response:
    pushes: Pushes = current_app.extensions["backend.pushes"]
    push = Push(appid, request.args.to_dict(), request.get_data(), request.content_type, clock.now())
    try:
        message, reply = pushes.reply(push)
    except wechat.CallbackRefused as refusal:
        return _refused(refusal)
    if reply is None:
        return Response("success", content_type=_TEXT)
    return Response(wechat.reply_text(_settings(), message, reply), content_type=_XML)


@blp.route("/callback", methods=["GET"])
@open_to_all
@takes_raw(wechat.BODY_MAX)
@blp.response(200, content_type="text/plain")
def echo() -> Response:
    """Prove to the platform that this address is ours."""
    return _echo()


@blp.route("/callback", methods=["POST"])
@open_to_all
@takes_raw(wechat.BODY_MAX)
@commits
@blp.response(200, content_type="text/plain")
def pushed() -> Response:
    """A message or event of the official account; of the mini-program where there is no official account."""
    settings = _settings()
    return _pushed(settings.oa_appid or settings.appid)


@blp.route("/callback/mini-program", methods=["GET"])
@open_to_all
@takes_raw(wechat.BODY_MAX)
@blp.response(200, content_type="text/plain")
def echo_of_mini_program() -> Response:
    """The same proof at the mini-program's own address."""
    return _echo()


@blp.route("/callback/mini-program", methods=["POST"])
@open_to_all
@takes_raw(wechat.BODY_MAX)
@commits
@blp.response(200, content_type="text/plain")
def pushed_by_mini_program() -> Response:
    """A message or event of the mini-program, for a county that has an official account beside it."""
    return _pushed(_settings().appid)
