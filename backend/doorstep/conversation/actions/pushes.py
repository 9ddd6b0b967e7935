"""What the platform pushes: people's words in the official account, and its news of consents and sent messages."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from backend import messaging
from backend.core import clock
from backend.core.db import affected, insert_ignoring
from backend.doorstep.conversation.actions.hearing import hear
from backend.doorstep.conversation.models import OFFICIAL_ACCOUNT, HeardPush
from backend.doorstep.conversation.rules import fit_reply, readable
from backend.identity import actor_of_account
from backend.wechat import CallbackMessage

KEPT: Final = timedelta(days=2)  # a push older than five minutes is refused as stale anyway
_OPENID: Final = re.compile(r"[\x21-\x7e]{1,64}")
_FOLLOWED: Final = "subscribe"


def take_push(session: Session, message: CallbackMessage) -> str | None:
    """Take one push, once by its key; the text to answer with, None for none. A repetition is given the same."""
    heard = {"key": message.key, "heard_at": clock.now(), "reply": None}
    if not insert_ignoring(session, HeardPush, heard, ["key"]):
        return session.scalar(select(HeardPush.reply).where(HeardPush.key == message.key))
    if not _OPENID.fullmatch(message.openid):
        return None
    messaging.hear(session, message)
    reply = _answer(session, message)
    if reply is not None:
        affected(session, update(HeardPush).where(HeardPush.key == message.key).values(reply=reply))
    return reply


def _answer(session: Session, message: CallbackMessage) -> str | None:
    """Words are heard; a new follower, or who sends a picture or a voice, is told what can be written here."""
    if message.kind == "event" and message.event != _FOLLOWED:
        return None
    text = readable(message.text or "") if message.kind == "text" else "菜单"
    speaker = actor_of_account(session, message.appid, message.openid)
    said = hear(session, speaker, text=text or "菜单", channel=OFFICIAL_ACCOUNT, key=f"push:{message.key}")
    return fit_reply(said.reply.as_text)


def forget_old_pushes(session: Session) -> int:
    """Drop what the platform can no longer repeat."""
    return affected(session, delete(HeardPush).where(HeardPush.heard_at < clock.now() - KEPT))
