"""One access token for all threads of all processes: a row, fetched by whoever holds the lease on it.

Within a process one thread asks and the others wait for its answer; between processes the lease row decides. The
network call is made outside any transaction. Do not ask for a token while holding a write transaction of your own:
on SQLite the row could not be written before you end it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backend.core import leases
from backend.core.db import Database, affected, insert_ignoring, new_id
from backend.wechat.errors import WechatBusy, WechatError
from backend.wechat.models import WechatToken

CALL: Final = "cgi-bin/stable_token"
_POLL_SECONDS: Final = 0.05
_MARGIN_SECONDS: Final = 60
_LONGEST_LIFE_SECONDS: Final = 7200
"""What the platform gives. One that seems to live longer was got before the clock was set back."""


@dataclass(frozen=True, slots=True)
class HeldToken:
    token: str = field(repr=False)
    generation: int
    renew_at: datetime

    def serves(self, refused: int, spare: float = 0) -> bool:
        """Whether to use it, when all up to generation ``refused`` were refused; ``spare``: seconds it must last."""
        now = leases.wall_clock()
        return (
            self.generation > refused
            and now + timedelta(seconds=spare) < self.renew_at
            and self.renew_at < now + timedelta(seconds=_LONGEST_LIFE_SECONDS)
        )


class SharedToken:
    """``fetch()`` -> (token, seconds to live) asks the platform; ``patience``: seconds that one fetch may last."""

    def __init__(
        self, database: Database, appid: str, fetch: Callable[[], tuple[str, int]], patience: float
    ) -> None:
        self._database = database
        self._appid = appid
        self._fetch = fetch
        self._lease = f"wechat.token.{appid}"
        self._lease_seconds = int(patience) + 5
        self._gate = threading.Lock()
        self._flight: Future[HeldToken] | None = None
        self._held: HeldToken | None = None

    def current(self, refused: int = 0, spare: float = 0) -> HeldToken:
        """A token newer than generation ``refused``. Raises what the fetch raised, also to those who waited for it."""
        while True:
            held = self._held
            if held is not None and held.serves(refused, spare):
                return held
            with self._gate:
                flight = self._flight
                if leads := flight is None:
                    flight = self._flight = Future()
            assert flight is not None
            held = self._lead(flight, refused, spare) if leads else self._follow(flight)
            if held.generation > refused:
                return held

    def _lead(self, flight: Future[HeldToken], refused: int, spare: float) -> HeldToken:
        try:
            held = self._held = self._obtain(refused, spare)
        except BaseException as failure:
            with self._gate:
                self._flight = None
            flight.set_exception(failure)
            raise
        with self._gate:
            self._flight = None
        flight.set_result(held)
        return held

    def _follow(self, flight: Future[HeldToken]) -> HeldToken:
        failure: WechatError
        try:
            return flight.result(timeout=3 * self._lease_seconds)
        except WechatError as raised:
            failure = raised.again()
        except FutureTimeout:
            failure = WechatBusy(CALL, None, "waited too long for another thread's token")
        raise failure  # outside the handler: no chain, so no frames of another thread in our log

    def _obtain(self, refused: int, spare: float) -> HeldToken:
        until = time.monotonic() + 2 * self._lease_seconds
        owner = new_id()
        while True:
            with self._database.reading() as session:
                held = self._stored(session)
            if held is not None and held.serves(refused, spare):
                return held
            with self._database.writing() as session:
                leads = leases.acquire(session, self._lease, owner, self._lease_seconds)
                # Read after the lease is ours: whoever had it before has committed its token by now.
                held = self._stored(session)
                if leads and held is not None and held.serves(refused, spare):
                    leases.release(session, self._lease, owner)
                    return held
            if leads:
                return self._renew(owner, held.generation if held else 0)
            if time.monotonic() > until:
                raise WechatBusy(CALL, None, "another process holds the token's lease")
            time.sleep(_POLL_SECONDS)

    def _renew(self, owner: str, generation: int) -> HeldToken:
        try:
            token, seconds = self._fetch()
        except BaseException:
            with self._database.writing() as session:
                leases.release(session, self._lease, owner)
            raise
        # A token of few seconds must not count as ended at birth.
        life = seconds - min(_MARGIN_SECONDS, seconds / 3)
        values = {
            "token": token,
            "generation": generation + 1,
            "renew_at": leases.wall_clock() + timedelta(seconds=life),
        }
        with self._database.writing() as session:
            if not insert_ignoring(session, WechatToken, {"appid": self._appid, **values}, ["appid"]):
                affected(
                    session,
                    update(WechatToken)
                    .where(WechatToken.appid == self._appid, WechatToken.generation == generation)
                    .values(**values),
                )
            leases.release(session, self._lease, owner)
            # If the lease ran out meanwhile another has stored one: theirs is in the row, and serves as well.
            stored = self._stored(session)
        assert stored is not None
        return stored

    def _stored(self, session: Session) -> HeldToken | None:
        row = session.execute(
            select(WechatToken.token, WechatToken.generation, WechatToken.renew_at).where(
                WechatToken.appid == self._appid
            )
        ).one_or_none()
        return None if row is None else HeldToken(row.token, row.generation, row.renew_at)
