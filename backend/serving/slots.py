"""Several web processes on one port, each in a slot that is filled again whenever its process has ended."""

from __future__ import annotations

import logging
import resource
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from granian.constants import HTTPModes, Interfaces, Loops
from granian.http import HTTP1Settings
from granian.server.mp import MPServer

log = logging.getLogger("backend.serving")

HEAD_SECONDS: Final = 20
"""For a request's head to arrive, and for a connection to lie idle between two requests. A proxy in front keeps its
connections for a shorter time than that (docker/nginx.conf)."""

READ_AHEAD: Final = 64 * 1024  # of a connection; also the largest head
STOP_SECONDS: Final = 5  # to finish what is in hand
FILES_WANTED: Final = 8192
CONNECTIONS: Final = 2048  # of a process

PAUSES: Final = (0.0, 0.5, 1.0, 2.0, 5.0, 10.0)
"""Seconds before a slot is filled again, by how often in a row its process has ended early."""

GAVE_UP_PAUSE: Final = 1.0
STEADY_SECONDS: Final = 30.0


class Slots(MPServer):
    """granian's server, which would end as a whole when one of its processes ends twice within seconds.

    Uses what granian keeps to itself: requirements.in holds its minor version.
    """

    def _spawn_workers(self, spawn_target: Any, target_loader: Any) -> None:
        with _signals_held():
            super()._spawn_workers(spawn_target, target_loader)

    def _respawn_workers(self, workers: Any, spawn_target: Any, target_loader: Any, delay: float = 0) -> None:
        with _signals_held():
            super()._respawn_workers(workers, spawn_target, target_loader, delay)

    def _serve_loop(self, spawn_target: Any, target_loader: Any) -> None:
        early: Counter[int] = Counter()  # deaths in a row
        gave_up: set[int] = set()  # slots whose last process ended by itself, and early
        due: dict[int, float] = {}  # slots without a process, and when to fill each
        while not self.interrupt_signal:
            self.main_loop_interrupt.wait(max(0.0, min(due.values()) - time.monotonic()) if due else None)
            self.main_loop_interrupt.clear()
            while self.interrupt_children and not self.interrupt_signal:
                slot = self.interrupt_children.pop(0)
                worker = self.wrks[slot]
                stood = time.monotonic() - worker.birth >= STEADY_SECONDS
                early[slot] = 1 if stood else early[slot] + 1
                pause = PAUSES[min(early[slot], len(PAUSES)) - 1]
                if worker.inner.exitcode > 0 and not stood:
                    gave_up.add(slot)
                    pause = max(pause, GAVE_UP_PAUSE)
                else:
                    gave_up.discard(slot)  # it was killed, or told to stop
                log.error("web process %s ended; another one begins in %g s", slot + 1, pause)
                due[slot] = time.monotonic() + pause
            if len(gave_up & due.keys()) == self.workers:
                # Every process fails at its start, so the cause is common to all: to start them again would not help.
                self.interrupt_children.append(0)  # the exit status tells of it
                return
            for slot in [slot for slot, at in due.items() if at <= time.monotonic()]:
                del due[slot]
                self._respawn_workers([slot], spawn_target, target_loader)


STOPS: Final = (signal.SIGTERM, signal.SIGINT)


@contextmanager
def _signals_held() -> Iterator[None]:
    """Fork with the signals that stop blocked. A forked process has its parent's handlers until it sets its own, and what
    reached it before that would be heard by nobody; `heard_from_here` lets it in."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, STOPS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def heard_from_here() -> None:
    """In a forked process: it stops by the signals that stop, those included that came while it was made."""
    for number in STOPS:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPS)


def serve(host: str, port: int, processes: int, load: Callable[[], Any]) -> None:
    """Serve until SIGTERM or SIGINT; exits with 1 where no process can start. ``load`` runs in each process."""
    Slots(
        "backend.serving",
        address=host,
        port=port,
        interface=Interfaces.RSGI,
        workers=processes,
        http=HTTPModes.http1,  # prior knowledge of HTTP/2 would hold requests that no deadline of ours ends
        http1_settings=HTTP1Settings(header_read_timeout=HEAD_SECONDS * 1000, max_buffer_size=READ_AHEAD),
        websockets=False,
        loop=Loops.asyncio,
        backpressure=_connections(),
        workers_kill_timeout=STOP_SECONDS,
    ).serve(target_loader=load, wrap_loader=False)


def _connections() -> int:
    """As many as there are file handles for, beside those of bodies and of the database."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES_WANTED if hard == resource.RLIM_INFINITY else min(FILES_WANTED, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        soft = wanted
    return CONNECTIONS if soft == resource.RLIM_INFINITY else max(128, min(CONNECTIONS, soft - 512))
