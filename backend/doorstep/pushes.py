"""Pushes of the platform: taken once, answered in time, and lost in no crash.

What the database cannot take within ``ANSWER_WITHIN`` (somebody writes for long, or it is away) is answered all the
same, because the platform does not wait. Before that it is on the disk: sealed, as it came, until it is taken. A web
process takes up at its start what others left there, and once more every ``AGAIN_SECONDS`` while something is left.
Taking twice is harmless: each push counts once by its key.
"""

from __future__ import annotations

import json
import logging
import threading
from base64 import b64decode, b64encode
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLate
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from backend import wechat
from backend.core import crypto
from backend.core.db import Database
from backend.core.storage import FolderStorage
from backend.doorstep.conversation.actions import take_push

log = logging.getLogger("backend.doorstep")

ANSWER_WITHIN: Final = 0.8
"""Seconds. After five the platform gives up, and tells the person that nobody answers."""

AGAIN_SECONDS: Final = 10.0

LATER: Final = "已收到，正在办理，请稍后再看。有危险请马上开窗、离开屋子，拨打120或119。"

_PURPOSE: Final = "wechat.push"
_DATABASE_AWAY: Final = (OperationalError, InterfaceError, NoConnectionFree)
_takers = ThreadPoolExecutor(8, thread_name_prefix="push")


@dataclass(frozen=True, slots=True)
class Push:
    """One request of the platform as it came; ``appid``: the account whose address it came to."""

    appid: str
    query: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    content_type: str | None
    heard_at: datetime

    def opened(self, settings: wechat.WechatSettings) -> wechat.CallbackMessage:
        """What it says, if it came from the platform and was fresh when it was heard. Raises CallbackRefused."""
        return wechat.open_callback(
            settings, self.query, self.body, self.content_type, appid=self.appid, heard_at=self.heard_at
        )

    def sealed(self) -> bytes:
        text = json.dumps(
            {
                "appid": self.appid,
                "query": dict(self.query),
                "body": b64encode(self.body).decode(),
                "content_type": self.content_type,
                "heard_at": self.heard_at.isoformat(),
            }
        )
        return crypto.seal(text, _PURPOSE).encode()

    @classmethod
    def unsealed(cls, kept: bytes) -> Push:
        found = json.loads(crypto.unseal(kept.decode(), _PURPOSE))
        return cls(
            found["appid"],
            found["query"],
            b64decode(found["body"]),
            found["content_type"],
            datetime.fromisoformat(found["heard_at"]),
        )


class Pushes:
    """What a web process does with pushes; ``folder``: where they wait, shared by the processes of one machine."""

    def __init__(self, database: Database, client: wechat.Wechat, folder: Path) -> None:
        self._database = database
        self._client = client
        self._waiting = FolderStorage(folder)
        self._lock = threading.Lock()
        self._again: threading.Timer | None = None

    def reply(self, push: Push) -> tuple[wechat.CallbackMessage, str | None]:
        """What a push says and what to answer, None for nothing; it is taken, or kept to be taken. Raises CallbackRefused."""
        message = push.opened(self._client.settings)
        taking = _takers.submit(self._take, message)
        try:
            return message, taking.result(timeout=ANSWER_WITHIN)
        except TooLate:
            self._waiting.put(message.key, push.sealed())
            taking.add_done_callback(lambda done: self._taken_late(message.key, done))
        except _DATABASE_AWAY:
            log.exception("the database is away; the push waits on the disk")
            self._waiting.put(message.key, push.sealed())
            self._take_up_again()
        return message, LATER if message.kind == "text" else None

    def take_up(self) -> int:
        """Take what was answered and not taken; how many still wait. One that can never be taken is set aside."""
        left = 0
        for key in self._waiting.kept():
            try:
                self._take(Push.unsealed(self._waiting.get(key)).opened(self._client.settings))
            except FileNotFoundError:
                continue  # another process took it
            except _DATABASE_AWAY:
                log.warning("the database is away; pushes wait on the disk", exc_info=True)
                left += 1
                break
            except Exception:
                log.exception("a push that was answered can never be taken", extra={"push": key})
                self._waiting.set_aside(key)
            else:
                self._waiting.remove(key)
        return left

    def take_up_soon(self) -> None:
        """``take_up`` in a thread, and once more after a while as long as something waits."""
        if self._waiting.kept():
            _takers.submit(self._take_up_until_done)

    def _take(self, message: wechat.CallbackMessage) -> str | None:
        with self._database.writing() as session:
            return take_push(session, message)

    def _taken_late(self, key: str, taking: Future[str | None]) -> None:
        error = taking.exception()
        if error is None:
            self._waiting.remove(key)
            return
        log.error("a push that was answered could not be taken; it is tried again", exc_info=error)
        self._take_up_again()

    def _take_up_until_done(self) -> None:
        try:
            waiting = self.take_up()
        except Exception:  # the disk, for one; what waits there is not forgotten for it
            log.exception("pushes that wait could not be looked at")
            waiting = 1
        if waiting:
            self._take_up_again()

    def _take_up_again(self) -> None:
        with self._lock:
            if self._again is not None and self._again.is_alive():
                return
            self._again = threading.Timer(AGAIN_SECONDS, self._look_again)
            self._again.daemon = True
            self._again.start()

    def _look_again(self) -> None:
        with self._lock:
            self._again = None
        self._take_up_until_done()
