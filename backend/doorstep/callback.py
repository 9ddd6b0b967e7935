"""The address that the WeChat platform knocks at: who sent it and when is checked before a byte of it is read.

It answers from the database alone, and within a second: what takes longer goes on afterwards. What is not for us is
answered ``success``, so that the platform does not send it again.
"""

from __future__ import annotations

import logging
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLate
from typing import Final

from flask import Response, current_app, request

from backend import wechat
from backend.core.db import Database
from backend.core.http import blueprint, commits, database, takes_raw
from backend.doorstep.conversation.actions import take_push
from backend.identity import open_to_all

blp = blueprint("callback", "What the WeChat platform pushes", url_prefix="/api/wechat")

log = logging.getLogger("backend.doorstep")

BODY_LIMIT: Final = 64 * 1024
ANSWER_WITHIN: Final = 0.8
"""Seconds. After five the platform gives up, and tells the person that nobody answers."""

LATER: Final = "已收到，正在办理，请稍后再看。有危险请马上开窗、离开屋子，拨打120或119。"
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
    settings = _settings()
    try:
        message = wechat.open_callback(
            settings, request.args, request.get_data(), request.content_type, appid=appid
        )
    except wechat.CallbackRefused as refusal:
        return _refused(refusal)
    reply = _reply_in_time(database(), message)
    if reply is None:
        return Response("success", content_type=_TEXT)
    return Response(wechat.reply_text(settings, message, reply), content_type=_XML)


_takers = ThreadPoolExecutor(8, thread_name_prefix="push")


def _reply_in_time(database: Database, message: wechat.CallbackMessage) -> str | None:
    """What to answer; where the database is busy for long, that it was heard, and the push is taken afterwards."""
    taking = _takers.submit(_take, database, message)
    try:
        return taking.result(timeout=ANSWER_WITHIN)
    except TooLate:
        taking.add_done_callback(_look_at_the_end)
        return LATER if message.kind == "text" else None


def _take(database: Database, message: wechat.CallbackMessage) -> str | None:
    with database.writing() as session:
        return take_push(session, message)


def _look_at_the_end(taking: Future[str | None]) -> None:
    if (error := taking.exception()) is not None:
        log.error("a push that was answered could not be taken", exc_info=error)


@blp.route("/callback", methods=["GET"])
@open_to_all
@takes_raw(BODY_LIMIT)
@blp.response(200, content_type="text/plain")
def echo() -> Response:
    """Prove to the platform that this address is ours."""
    return _echo()


@blp.route("/callback", methods=["POST"])
@open_to_all
@takes_raw(BODY_LIMIT)
@commits
@blp.response(200, content_type="text/plain")
def pushed() -> Response:
    """A message or event of the official account; of the mini-program where there is no official account."""
    settings = _settings()
    return _pushed(settings.oa_appid or settings.appid)


@blp.route("/callback/mini-program", methods=["GET"])
@open_to_all
@takes_raw(BODY_LIMIT)
@blp.response(200, content_type="text/plain")
def echo_of_mini_program() -> Response:
    """The same proof at the mini-program's own address."""
    return _echo()


@blp.route("/callback/mini-program", methods=["POST"])
@open_to_all
@takes_raw(BODY_LIMIT)
@commits
@blp.response(200, content_type="text/plain")
def pushed_by_mini_program() -> Response:
    """A message or event of the mini-program, for a county that has an official account beside it."""
    return _pushed(_settings().appid)
