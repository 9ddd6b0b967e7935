"""What the worker runs: a loop that sends, and a row for the scheduler that takes back what lost senders had."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from backend.core import leases
from backend.core.db import Database, new_id
from backend.messaging.sending import Sender, recover_lost, send_due

SENDER: Final = "messaging.send"  # the heartbeat's name
RECOVER_EVERY: Final = 5.0  # seconds; every sender looks for what lost ones had in hand, not the leader alone


@dataclass(frozen=True, slots=True)
class Job:
    """Something to run every so many seconds; safe to run twice."""

    name: str
    every_seconds: int
    run: Callable[[Database], object]


JOBS: Final = (Job("messaging.recover", 30, recover_lost),)


def send_until(
    database: Database,
    client: Sender,
    stop: threading.Event,
    *,
    sender: str = "",
    threads: int = 8,
    pause_seconds: float = 1.0,
) -> None:
    """Send what is due until ``stop`` is set; what is in flight then is finished and recorded.

    ``sender`` names the process (at most 36 characters), so that leases tell who holds them.
    """
    recover_at = time.monotonic()
    while not stop.is_set():
        if time.monotonic() >= recover_at:
            recover_lost(database)
            recover_at = time.monotonic() + RECOVER_EVERY
        owner = f"{sender}:{new_id()}" if sender else new_id()
        report = send_due(database, client, owner, threads=threads, stopping=stop.is_set)
        with database.writing() as session:
            leases.beat(session, SENDER, f"claimed {report.claimed}, accepted {report.accepted}")
        if not report.claimed:
            stop.wait(pause_seconds)
