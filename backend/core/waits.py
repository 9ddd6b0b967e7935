"""How long we wait for a database, and how we notice that a PostgreSQL server does not answer at all.

A server that was stopped, or a network that swallows everything, refuses nothing: its limits of time do not end, and
the kernel on its side goes on acknowledging what we send. So whoever waits looks at the clock every tenth of a second.
A wait that lasts makes a thread of this process ask the server whether it is there (``Pulse``). While it is not, every
wait ends at once, and no request holds its thread for a statement that nobody works at. A slow statement of a server
that answers is waited for as long as the server lets it run.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Engine, event

log = logging.getLogger("backend.db")

DOUBT_SECONDS: Final = 0.5
"""A wait that lasts longer makes us ask whether the server is there."""
PROBE_SECONDS: Final = 2.0
"""So long it may take to say so."""
PROBE_EVERY: Final = 1.0


@dataclass(frozen=True, slots=True)
class Waits:
    """Limits in seconds. ``busy``: on SQLite, for another's write. The next three are PostgreSQL's, and 0 is none: a
    statement, a lock of another's, and a transaction in which nothing is asked, after which the server ends it."""

    connect: int = 10
    busy: int = 30
    statement: int = 0
    lock: int = 0
    idle: int = 0
    pool: int = 30


AS_LONG_AS_IT_TAKES: Final = Waits()
"""For the worker and for commands: nobody sits before a screen."""

_hurry: ContextVar[float | None] = ContextVar("hurry", default=None)


@contextmanager
def hurried(seconds: float) -> Iterator[None]:
    """What is asked of a database within this block has so long altogether, then it counts as away."""
    until, outer = time.monotonic() + seconds, _hurry.get()
    token = _hurry.set(until if outer is None else min(until, outer))
    try:
        yield
    finally:
        _hurry.reset(token)


def seconds_left() -> float | None:
    """Of the block that hurries; None outside of one."""
    until = _hurry.get()
    return None if until is None else max(0.0, until - time.monotonic())


class Pulse:
    """Whether a server answers at all; ``ask`` connects and asks something, within a limit of its own."""

    def __init__(self, ask: Callable[[], None]) -> None:
        self._ask = ask
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._asking: threading.Thread | None = None
        self.stopped = False

    def doubt(self) -> None:
        """Have it asked, unless that is going on."""
        with self._lock:
            if self._asking is not None and self._asking.is_alive():
                return
            self._over = threading.Event()
            self._asking = threading.Thread(
                target=self._ask_on, args=(self._over,), name="pulse", daemon=True
            )
            self._asking.start()

    def close(self) -> None:
        """Ask no more, until somebody doubts again."""
        self._over.set()

    def _ask_on(self, over: threading.Event) -> None:
        """Until it answers."""
        try:
            while not over.is_set() and not self._answers():
                if not self.stopped:
                    log.error("the database server does not answer")
                self.stopped = True
                over.wait(PROBE_EVERY)
            if self.stopped:
                log.warning("the database server is asked as usual again")
        finally:
            self.stopped = False

    def _answers(self) -> bool:
        import psycopg

        try:
            with hurried(PROBE_SECONDS):
                self._ask()
        except psycopg.errors.ConnectionTimeout:
            return False
        except psycopg.Error:
            return True  # a refusal is an answer as well: whoever waits is told it, too
        return True


def watch(engine: Engine, waits: Waits) -> Pulse:
    """Let connections of a PostgreSQL engine be made with these limits, and none wait for a server that is not there."""
    # Here: whoever is on SQLite need not load the driver.
    import psycopg
    from psycopg.abc import PQGen, PQGenConn

    def ask() -> None:
        arguments, options = engine.dialect.create_connect_args(engine.url)
        with watched(None).connect(*arguments, **_limited(options, waits)) as connection:
            connection.execute("SELECT 1")

    def watched(pulse: Pulse | None) -> type[psycopg.Connection[Any]]:
        class Watched(psycopg.Connection[Any]):
            def wait(self, gen: PQGen[Any], interval: float = 0.1, timeout: float | None = None) -> Any:
                try:
                    return super().wait(_looking(gen, pulse), interval, timeout)
                except psycopg.errors.ConnectionTimeout:
                    self.pgconn.finish()  # what it was asked may still be answered, and to nobody else
                    raise

            @classmethod
            def _connect_gen(cls, conninfo: str = "") -> PQGenConn[Any]:
                return _looking(super()._connect_gen(conninfo), pulse)

        return Watched

    pulse = Pulse(ask)
    kind = watched(pulse)

    def connect(_dialect: object, _record: object, arguments: Any, options: dict[str, Any]) -> Any:
        return kind.connect(*arguments, **_limited(options, waits))

    event.listen(engine, "do_connect", connect)
    return pulse


def _looking(waited_for: Generator[Any, Any, Any], pulse: Pulse | None) -> Generator[Any, Any, Any]:
    """The same generator, which raises at the tenth of a second at which it has become senseless to wait on."""
    from psycopg.errors import ConnectionTimeout

    began = time.monotonic()
    if pulse is not None and pulse.stopped:
        raise ConnectionTimeout("the server does not answer")
    try:
        state = next(waited_for)
        while True:
            ready = yield state
            if not ready:
                if seconds_left() == 0:
                    raise ConnectionTimeout("no answer within the time that there was")
                if pulse is not None:
                    if pulse.stopped:
                        raise ConnectionTimeout("the server does not answer")
                    if time.monotonic() - began > DOUBT_SECONDS:
                        pulse.doubt()
            state = waited_for.send(ready)
    except StopIteration as end:
        return end.value


def _limited(options: Mapping[str, Any], waits: Waits) -> dict[str, Any]:
    """What libpq is told; whatever the address of the database says itself goes before."""
    limits = {
        "statement_timeout": waits.statement,
        "lock_timeout": waits.lock,
        "idle_in_transaction_session_timeout": waits.idle,
    }
    told = [f"-c {name}={seconds * 1000}" for name, seconds in limits.items() if seconds]
    return {
        "connect_timeout": waits.connect,
        # A peer that is gone without a word: half a minute, instead of the two hours of the system.
        "keepalives_idle": 15,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": 30_000,
        **options,
        "options": " ".join([*told, options.get("options", "")]).strip(),
    }
