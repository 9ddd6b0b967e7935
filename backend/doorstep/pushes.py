"""Pushes of the platform: taken once, answered in time, in each person's order, and lost in no crash.

What the database cannot take within ``ANSWER_WITHIN`` (somebody writes for long, or it is away) is answered all the
same, because the platform does not wait. Before that it is on the disk, until it is taken. What comes of a person of
whom something waits there waits behind it; and while many wait for the database, the next are not made to wait for it
at all. A web process takes up at its start, and then again and again while something is left, what it or others left
there. Taking twice is harmless: each push counts once by its key.
"""

from __future__ import annotations

import logging
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLate
from typing import Final

from backend import wechat
from backend.core.db import DATABASE_AWAY, Database
from backend.core.keeping import Keeping
from backend.doorstep.conversation.actions import take_push
from backend.doorstep.kept_pushes import KeptPushes, Push

log = logging.getLogger("backend.doorstep")

ANSWER_WITHIN: Final = 0.8
"""Seconds. After five the platform gives up, and tells the person that nobody answers."""

TAKERS: Final = 8
LATE_AT_MOST: Final = TAKERS // 2  # that many late ones, and nobody is made to wait for the database any more
SOON_SECONDS: Final = 1.0
AGAIN_SECONDS: Final = 10.0

LATER: Final = "已收到，正在办理，请稍后再看。有危险请马上开窗、离开屋子，拨打120或119。"

_takers = ThreadPoolExecutor(TAKERS, thread_name_prefix="push")


class Pushes:
    """What a web process does with pushes; ``waiting``: those that are answered and not taken, of all processes here."""

    def __init__(self, database: Database, client: wechat.Wechat, waiting: Keeping) -> None:
        self._database = database
        self._client = client
        self._kept = KeptPushes(waiting)
        self._lock = threading.Lock()
        self._late = 0
        self._again: threading.Timer | None = None
        self._taking_up = threading.Lock()
        self._closed = False

    def close(self) -> None:
        """Look at what waits no more; whoever starts next does."""
        with self._lock:
            self._closed = True
            if self._again is not None:
                self._again.cancel()

    def reply(self, push: Push) -> tuple[wechat.CallbackMessage, str | None]:
        """What a push says and what to answer, None for nothing; it is taken, or kept to be taken. Raises CallbackRefused."""
        message = push.opened(self._client.settings)
        later = LATER if message.kind == "text" else None
        if self._late >= LATE_AT_MOST or self._kept.holds_of(message):
            self._kept.put(message, push)
            self._take_up_after(SOON_SECONDS)
            return message, later
        taking = _takers.submit(self._take, message)
        try:
            return message, taking.result(timeout=ANSWER_WITHIN)
        except TooLate:
            name = self._kept.put(message, push)
            with self._lock:
                self._late += 1
            taking.add_done_callback(lambda done: self._taken_late(name, done))
        except DATABASE_AWAY:
            log.exception("the database is away; the push waits on the disk")
            self._kept.put(message, push)
            self._take_up_after(AGAIN_SECONDS)
        return message, later

    def take_up(self) -> int:
        """Take what was answered and not taken, in its order; 1 if something still waits. What can never be taken is set
        aside. Called while another call is at it, it does nothing."""
        if not self._taking_up.acquire(blocking=False):
            return 1
        try:
            return 0 if all(self._taken_up(name) for name in self._kept.names()) else 1
        finally:
            self._taking_up.release()

    def take_up_soon(self) -> None:
        """``take_up`` in a thread, and once more after a while as long as something waits."""
        if self._kept.may_hold_something():
            _takers.submit(self._take_up_until_done)

    def _taken_up(self, name: str) -> bool:
        """False where the database is away: then the others need not be tried."""
        try:
            self._take(self._kept.get(name).opened(self._client.settings))
        except FileNotFoundError:
            return True  # another process took it
        except DATABASE_AWAY:
            log.warning("the database is away; pushes wait on the disk", exc_info=True)
            return False
        except Exception:
            log.exception("a push that was answered can never be taken", extra={"push": name})
            self._kept.set_aside(name)
        else:
            self._kept.remove(name)
        return True

    def _take(self, message: wechat.CallbackMessage) -> str | None:
        with self._database.writing() as session:
            return take_push(session, message)

    def _taken_late(self, name: str, taking: Future[str | None]) -> None:
        with self._lock:
            self._late -= 1
        error = taking.exception()
        if error is None:
            self._kept.remove(name)
        else:
            log.error("a push that was answered could not be taken; it is tried again", exc_info=error)
        self.take_up_soon()

    def _take_up_until_done(self) -> None:
        try:
            left = self.take_up()
        except Exception:  # the disk, for one; what waits there is not forgotten for it
            log.exception("pushes that wait could not be looked at")
            left = 1
        if left or self._kept.may_hold_something():
            self._take_up_after(AGAIN_SECONDS if left else SOON_SECONDS)

    def _take_up_after(self, seconds: float) -> None:
        with self._lock:
            if self._closed or (self._again is not None and self._again.is_alive()):
                return
            self._again = threading.Timer(seconds, self._look_again)
            self._again.daemon = True
            self._again.start()

    def _look_again(self) -> None:
        with self._lock:
            self._again = None
        self._take_up_until_done()
