"""From the outbox to the platform: claim and commit, mark as being sent and commit, send, record and commit.

One thread, the caller's, does everything with the database; the others only wait for the platform. A row is marked
right before it is handed to a free thread, and what has come back is recorded in the same transaction in which the
next are marked. A process killed at any point leaves rows that are leased (certainly not sent: they wait again) or
being sent (perhaps sent: they become unknown), and at most ``threads`` of the latter.
"""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Final, Protocol

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backend.core import clock, outbox
from backend.core.db import Database, affected
from backend.messaging.actions import SUBSCRIBE, SUBSCRIBE_AGAIN
from backend.messaging.handover import Handed, Message, begin, read
from backend.messaging.models import UNKNOWN, WAITING, Delivery, PausedTemplate
from backend.messaging.outcomes import Outcome, record
from backend.wechat import SendOutcome

LEASE_SECONDS: Final = 180
BEGIN_WITHIN: Final = 120.0
"""Seconds after the claim in which a send may begin: one lasts less than the rest of the lease, token fetch included."""

BATCH: Final = 100  # rows a claim


class Sender(Protocol):
    """What backend.wechat's client offers; here begins the network."""

    def send_subscribe(
        self, openid: str, template_id: str, values: Mapping[str, str], page: str | None = None
    ) -> SendOutcome: ...


@dataclass(frozen=True, slots=True)
class SendReport:
    """Rows by what became of them in one run; ``put_off``: not tried yet (quiet hours, cap, resting template)."""

    claimed: int = 0
    accepted: int = 0
    retried: int = 0
    refused: int = 0
    unknown: int = 0
    given_up: int = 0
    put_off: int = 0


def send_due(
    database: Database,
    client: Sender,
    owner: str,
    *,
    limit: int = 1000,
    threads: int = 8,
    stopping: Callable[[], bool] = lambda: False,
) -> SendReport:
    """Send up to ``limit`` due messages, ``threads`` at a time, never two to one account; what became of them.

    ``owner``: of this call alone, as everything leased under it and not begun is given back at the end. ``stopping``
    is asked before each further send. Called outside any transaction.
    """
    counts: Counter[str] = Counter()
    pool = ThreadPoolExecutor(threads, thread_name_prefix="send")
    try:
        while counts["claimed"] < limit and not stopping():
            room = min(BATCH, limit - counts["claimed"])
            with database.writing() as session:
                rows = outbox.claim(session, owner, (SUBSCRIBE, SUBSCRIBE_AGAIN), room, LEASE_SECONDS)
            if not rows:
                break
            counts["claimed"] += len(rows)
            _Run(database, client, owner, pool, threads, stopping, counts).send(rows)
    finally:
        pool.shutdown(wait=True)
        with database.writing() as session:
            outbox.return_unsent(session, owner)
    return SendReport(**counts)


def recover_lost(database: Database) -> tuple[int, int]:
    """Take back what lost senders had in hand: (certainly not sent and waiting again, perhaps sent)."""
    with database.writing() as session:
        found = outbox.recover(session, (SUBSCRIBE_AGAIN,))
        doubtful = select(outbox.OutboxRow.id).where(outbox.OutboxRow.state == outbox.UNKNOWN)
        affected(
            session,
            update(Delivery)
            .where(Delivery.state == WAITING, Delivery.outbox_id.in_(doubtful))
            .values(state=UNKNOWN, reason="sender_lost", changed_at=clock.now()),
        )
    return found


@dataclass(frozen=True, slots=True)
class _Run:
    """One claimed batch on its way."""

    database: Database
    client: Sender
    owner: str
    pool: ThreadPoolExecutor
    threads: int
    stopping: Callable[[], bool]
    counts: Counter[str]

    def send(self, rows: list[outbox.Claimed]) -> None:
        waiting = deque(read(row) for row in rows)
        in_flight: dict[Future[Outcome], Handed] = {}
        begin_until = time.monotonic() + BEGIN_WITHIN
        while waiting or in_flight:
            if self.stopping() or time.monotonic() > begin_until:
                waiting.clear()  # still leased: given back at the end
            finished = wait(in_flight, return_when=FIRST_COMPLETED).done if in_flight else set()
            free = self.threads - len(in_flight) + len(finished)
            with self.database.writing() as session:
                for future in finished:
                    self.counts[record(session, self.owner, in_flight.pop(future), future.result())] += 1
                begun = self._begin(session, waiting, free)
            for handed in begun:
                in_flight[self.pool.submit(_send, self.client, handed.message)] = handed

    def _begin(self, session: Session, waiting: deque[Message], free: int) -> list[Handed]:
        resting = set(
            session.scalars(select(PausedTemplate.template_id).where(PausedTemplate.resumed_at.is_(None)))
        )
        begun: list[Handed] = []
        while waiting and len(begun) < free:
            found = begin(session, self.owner, waiting.popleft(), resting)
            if isinstance(found, Handed):
                begun.append(found)
            elif found:
                self.counts[found] += 1
        return begun


def _send(client: Sender, message: Message) -> Outcome:
    """In a thread of the pool, with no transaction anywhere."""
    account = message.account
    try:
        return client.send_subscribe(account.openid, account.template_id, message.values, message.page)
    except Exception as error:  # whatever it is belongs to this message alone, and is judged in _record
        return error
