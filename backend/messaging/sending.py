"""From the outbox to the platform: claim and commit, mark as being sent and commit, send, record and commit.

One thread, the caller's, does everything with the database; the others only wait for the platform. A row is marked
right before it is handed to a free thread, and what has come back is recorded in the same transaction in which the
next are marked. A process killed at any point leaves rows that are leased (certainly not sent: they wait again) or
being sent (perhaps sent: they become unknown), and at most as many of the latter as there are threads.

Safety does not stand in the queue: while a batch is on its way the outbox is looked at for what is urgent, which takes
the place of a leased row to the same person, and a thread of its own where all are busy with other messages. No limit
of a run counts for it.

Leases are renewed by a thread of their own as long as anything of the run is in flight, also while it ends: a send that
takes long is never taken for a lost one.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backend.core import clock, outbox
from backend.core.db import Database, affected
from backend.messaging.actions import SUBSCRIBE, SUBSCRIBE_AGAIN
from backend.messaging.actions.stopping import tell_of_stopped
from backend.messaging.handover import Handed, Message, begin, read
from backend.messaging.models import UNKNOWN, WAITING, Delivery, PausedTemplate
from backend.messaging.outcomes import Outcome, quota_spent_until, record
from backend.wechat import SendOutcome

log = logging.getLogger("backend.messaging")

LEASE_SECONDS: Final = 30
RENEWALS: Final = 6
"""Leases are short, and renewed so many times in one's length, so that what a lost sender had in hand is free again soon."""

URGENT_EVERY: Final = 0.25  # seconds between two looks at what cannot wait
URGENT_THREADS: Final = 2  # beside the others, where those are busy
BATCH: Final = 100  # rows a claim

_TOPICS: Final = (SUBSCRIBE, SUBSCRIBE_AGAIN)


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
    lease_seconds: int = LEASE_SECONDS,
) -> SendReport:
    """Send up to ``limit`` due messages, ``threads`` at a time, never two to one account; what became of them.

    Danger that comes meanwhile is sent beyond ``limit``. ``owner``: of this call alone, as everything leased under it and
    not begun is given back at the end. ``stopping`` is asked before each further send. Called outside any transaction.
    """
    pool = ThreadPoolExecutor(threads + URGENT_THREADS, thread_name_prefix="send")
    run = _Run(database, client, owner, pool, threads, limit, stopping, lease_seconds)
    with _leases_renewed(database, owner, lease_seconds):
        try:
            run.drain()
        finally:
            pool.shutdown(wait=True)
            run.record_rest()
            with database.writing() as session:
                outbox.return_unsent(session, owner)
    return SendReport(**run.counts)


@contextmanager
def _leases_renewed(database: Database, owner: str, seconds: int) -> Iterator[None]:
    """Keep whatever ``owner`` has in hand for as long as this lasts."""
    over = threading.Event()

    def renew() -> None:
        while not over.wait(seconds / RENEWALS):
            try:
                with database.writing() as session:
                    outbox.renew(session, owner, seconds)
            except Exception:
                log.exception("leases could not be renewed; it is tried again")

    renewing = threading.Thread(target=renew, name="renew", daemon=True)
    renewing.start()
    try:
        yield
    finally:
        over.set()
        renewing.join()


def recover_lost(database: Database) -> tuple[int, int]:
    """Take back what lost senders had in hand: (certainly not sent and waiting again, perhaps sent)."""
    with database.writing() as session:
        outbox.send_what_waits_for_a_clock(session)
        found = outbox.recover(session, (SUBSCRIBE_AGAIN,), LEASE_SECONDS)
        if found[1]:
            stopped = session.scalars(
                select(Delivery.id)
                .join(outbox.OutboxRow, outbox.OutboxRow.id == Delivery.outbox_id)
                .where(Delivery.state == WAITING, outbox.OutboxRow.state == outbox.UNKNOWN)
            ).all()
            affected(
                session,
                update(Delivery)
                .where(Delivery.id.in_(stopped))
                .values(state=UNKNOWN, reason="sender_lost", changed_at=clock.now()),
            )
            tell_of_stopped(session, stopped)
    return found


@dataclass(slots=True)
class _Run:
    """One call of ``send_due``: what it has claimed, what is in flight, when it must look again."""

    database: Database
    client: Sender
    owner: str
    pool: ThreadPoolExecutor
    threads: int
    limit: int
    stopping: Callable[[], bool]
    lease_seconds: int
    counts: Counter[str] = field(default_factory=Counter)
    urgent: deque[Message] = field(default_factory=deque)
    usual: deque[Message] = field(default_factory=deque)
    in_flight: dict[Future[Outcome], Handed] = field(default_factory=dict)
    emptied: bool = False
    quota_until: datetime | None = None
    _look_at: float = 0.0
    _urgent_at: float = 0.0
    _popped: list[tuple[deque[Message], Message]] = field(default_factory=list)

    def drain(self) -> None:
        while True:
            if self.stopping():
                self.urgent.clear()  # still leased: given back at the end
                self.usual.clear()
            else:
                self._claim()
            self._settle_and_begin()
            if not self.in_flight:
                if self.stopping() or (self._nothing_in_hand() and (self.emptied or self._room() == 0)):
                    return
                self._look_at = 0.0
                continue
            wait(self.in_flight, timeout=URGENT_EVERY, return_when=FIRST_COMPLETED)

    def record_rest(self) -> None:
        """What was in flight when a run broke off, now that its threads have ended."""
        if self.in_flight:
            self._record(list(self.in_flight))

    def _nothing_in_hand(self) -> bool:
        return not self.urgent and not self.usual

    def _room(self) -> int:
        return max(0, self.limit - self.counts["claimed"])

    # -- claiming

    def _claim(self) -> None:
        now = time.monotonic()
        if len(self.urgent) < self.threads and now >= self._urgent_at and self.in_flight:
            self._claim_urgent(now)
        # What is claimed and not begun is danger's as well: no more of it than is soon begun, the rest is for others.
        in_hand = len(self.urgent) + len(self.usual)
        if in_hand < self.threads and now >= self._look_at and self._room() > 0:
            self._claim_batch(now)

    def _claim_batch(self, now: float) -> None:
        with self.database.writing() as session:
            limit = min(BATCH, self._room())
            claimed = outbox.claim(session, self.owner, _TOPICS, limit, self.lease_seconds)
            self._take(session, claimed)
        self.emptied = not claimed
        # Where little is left it is looked at again when lanes were freed, and not at every single end of a send.
        self._look_at = now + URGENT_EVERY if len(claimed) < limit and self.in_flight else 0.0

    def _claim_urgent(self, now: float) -> None:
        with self.database.writing() as session:
            room = self.threads + URGENT_THREADS
            claimed = outbox.claim_urgent(session, self.owner, _TOPICS, room, self.lease_seconds)
            self._take(session, claimed)
        self._urgent_at = now + URGENT_EVERY

    def _take(self, session: Session, claimed: list[outbox.Claimed]) -> None:
        if not claimed:
            return
        self.counts["claimed"] += len(claimed)
        # What urgent news had pushed aside and is claimed anew stands in the queue once, as it now is.
        anew = {row.id for row in claimed}
        for queue in (self.urgent, self.usual):
            kept = [message for message in queue if message.row.id not in anew]
            queue.clear()
            queue.extend(kept)
        for message in read(session, claimed):
            (self.urgent if message.safety else self.usual).append(message)

    # -- recording and beginning

    def _settle_and_begin(self) -> None:
        finished = [future for future in self.in_flight if future.done()]
        if not finished and (self._nothing_in_hand() or not self._free(urgent=True)):
            return
        self._popped.clear()
        try:
            with self.database.writing() as session:
                recorded = [self._recorded(session, future) for future in finished]
                ended = [self.in_flight[future] for future in finished]
                begun, counted = self._begin(
                    session, len(ended), sum(not each.message.safety for each in ended)
                )
        except Exception:
            for queue, message in reversed(self._popped):  # not begun after all
                queue.appendleft(message)
            if not finished:
                raise
            # Each outcome by itself, so that one that cannot be written down takes no other with it.
            log.exception("recording failed; each outcome is recorded by itself")
            self._record(finished)
            return
        self._forget(finished, recorded)
        self.counts.update(counted)
        for handed in begun:
            self.in_flight[self.pool.submit(_send, self.client, handed.message)] = handed

    def _record(self, finished: list[Future[Outcome]]) -> None:
        for future in finished:
            try:
                with self.database.writing() as session:
                    counted = self._recorded(session, future)
            except Exception:
                # Its lease runs out, and then it counts as perhaps sent, which is the truth.
                log.exception("an outcome could not be recorded")
                counted = "unknown"
            self._forget([future], [counted])

    def _recorded(self, session: Session, future: Future[Outcome]) -> str:
        outcome = future.result()
        self.quota_until = quota_spent_until(outcome) or self.quota_until
        return record(session, self.owner, self.in_flight[future], outcome)

    def _forget(self, finished: list[Future[Outcome]], counted: list[str]) -> None:
        for future in finished:
            del self.in_flight[future]
            self.emptied = False  # a lane was freed, and its next message may be due
        self.counts.update(counted)

    def _free(self, urgent: bool, ended: int = 0, ended_usual: int = 0) -> int:
        """Threads that a further message may have, after so many have ended."""
        usual = sum(not handed.message.safety for handed in self.in_flight.values()) - ended_usual
        most = self.threads + min(URGENT_THREADS, usual) if urgent else self.threads
        return most - (len(self.in_flight) - ended)

    def _begin(self, session: Session, ended: int, ended_usual: int) -> tuple[list[Handed], list[str]]:
        resting = set(
            session.scalars(select(PausedTemplate.template_id).where(PausedTemplate.resumed_at.is_(None)))
        )
        begun: list[Handed] = []
        counted: list[str] = []
        for queue in (self.urgent, self.usual):
            while queue and not self.stopping():
                if len(begun) >= self._free(queue is self.urgent, ended, ended_usual):
                    break
                message = queue.popleft()
                self._popped.append((queue, message))
                found = begin(
                    session,
                    self.owner,
                    message,
                    resting,
                    self.quota_until,
                    lease_seconds=self.lease_seconds,
                )
                if isinstance(found, Handed):
                    begun.append(found)
                elif found:
                    counted.append(found)
        return begun, counted


def _send(client: Sender, message: Message) -> Outcome:
    """In a thread of the pool, with no transaction anywhere."""
    account = message.account
    try:
        return client.send_subscribe(account.openid, account.template_id, message.values, message.page)
    except Exception as error:  # whatever it is belongs to this message alone, and is judged in record
        return error
