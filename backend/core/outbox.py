"""What may follow a change: rows written beside it, sent later by a worker.

A row's life: waiting → leased → sending → sent | refused | dead, or back to waiting after a failure.
The worker claims rows under a lease and commits; marks each ``sending`` and commits; sends outside any transaction;
records the outcome in another. A row that a lost worker left ``leased`` was never handed over and simply waits again.
One left ``sending`` may or may not have reached the other side: it becomes ``unknown``, and its topic says whether
that is sent once more (counted in ``unknowns``) or left for a person.

Two rows of one lane (a lane is one recipient) are never in flight together: a partial unique index forbids it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import JSON, Index, Integer, String, Text, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from backend.core import clock
from backend.core.db import Base, IdColumn, UTCDateTime, affected, insert_ignoring, new_id
from backend.core.leases import wall_clock

WAITING: Final = "waiting"
LEASED: Final = "leased"
SENDING: Final = "sending"
SENT: Final = "sent"
REFUSED: Final = "refused"
UNKNOWN: Final = "unknown"
DEAD: Final = "dead"

_IN_FLIGHT = text("state IN ('leased', 'sending')")


class OutboxRow(Base):
    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_due", "state", "priority", "due_at"),
        Index(
            "uq_outbox_lane_in_flight",
            "lane",
            unique=True,
            sqlite_where=_IN_FLIGHT,
            postgresql_where=_IN_FLIGHT,
        ),
    )

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True, default=new_id)
    topic: Mapped[str] = mapped_column(String(64))
    lane: Mapped[str] = mapped_column(String(128))
    key: Mapped[str] = mapped_column(String(200), unique=True)
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    priority: Mapped[int] = mapped_column(Integer, default=5)
    state: Mapped[str] = mapped_column(String(16), default=WAITING)
    due_at: Mapped[datetime] = mapped_column(UTCDateTime)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    unknowns: Mapped[int] = mapped_column(Integer, default=0)
    lease_owner: Mapped[str | None] = mapped_column(String(64))
    lease_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    outcome: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    last_error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A row under this worker's lease."""

    id: str
    topic: str
    lane: str
    payload: Mapping[str, Any]
    attempts: int
    unknowns: int


def put(
    session: Session,
    topic: str,
    lane: str,
    payload: Mapping[str, Any],
    key: str,
    not_before: datetime | None = None,
    priority: int = 5,
) -> str | None:
    """Leave a row in this transaction; None if ``key`` was left before. ``priority`` 0 goes first."""
    row_id = new_id()
    values = {
        "id": row_id,
        "topic": topic,
        "lane": lane,
        "key": key,
        "payload": dict(payload),
        "priority": priority,
        "state": WAITING,
        "due_at": not_before or clock.now(),
        "attempts": 0,
        "unknowns": 0,
        "created_at": clock.now(),
    }
    return row_id if insert_ignoring(session, OutboxRow, values, ["key"]) else None


def claim(session: Session, owner: str, topics: Collection[str], limit: int, seconds: int) -> list[Claimed]:
    """Lease up to ``limit`` due rows of ``topics`` for ``seconds``; at most one a lane. The caller commits."""
    busy = aliased(OutboxRow)
    lane_is_busy = (
        select(busy.id).where(busy.lane == OutboxRow.lane, busy.state.in_((LEASED, SENDING))).exists()
    )
    due = session.execute(
        select(OutboxRow.id, OutboxRow.lane)
        .where(
            OutboxRow.state == WAITING,
            OutboxRow.topic.in_(tuple(topics)),
            OutboxRow.due_at <= clock.now(),
            ~lane_is_busy,
        )
        .order_by(OutboxRow.priority, OutboxRow.due_at, OutboxRow.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    first_of_lane = {lane: row_id for row_id, lane in reversed(due)}
    won = []
    # In the order of lanes: two workers that leased lanes crosswise would wait for one another.
    for _lane, row_id in sorted(first_of_lane.items()):
        try:
            # The index may refuse: another worker leased a sibling of this lane meanwhile.
            with session.begin_nested():
                leased = affected(
                    session,
                    update(OutboxRow)
                    .where(OutboxRow.id == row_id, OutboxRow.state == WAITING)
                    .values(
                        state=LEASED,
                        lease_owner=owner,
                        lease_until=wall_clock() + timedelta(seconds=seconds),
                    ),
                )
        except IntegrityError:
            leased = 0
        if leased:
            won.append(row_id)
    rows = session.scalars(
        select(OutboxRow)
        .where(OutboxRow.id.in_(won))
        .order_by(OutboxRow.priority, OutboxRow.due_at, OutboxRow.id)
        .execution_options(populate_existing=True)
    )
    return [Claimed(row.id, row.topic, row.lane, row.payload, row.attempts, row.unknowns) for row in rows]


def begin_sending(session: Session, row_id: str, owner: str) -> bool:
    """Mark a leased row as being handed over; False if the lease was lost. The caller commits before it sends."""
    return (
        affected(
            session,
            update(OutboxRow)
            .where(
                OutboxRow.id == row_id,
                OutboxRow.state == LEASED,
                OutboxRow.lease_owner == owner,
                OutboxRow.lease_until > wall_clock(),
            )
            .values(state=SENDING, attempts=OutboxRow.attempts + 1),
        )
        == 1
    )


def settle(
    session: Session,
    row_id: str,
    owner: str,
    state: str,
    *,
    outcome: Mapping[str, Any] | None = None,
    error: str | None = None,
    retry_at: datetime | None = None,
) -> bool:
    """Record what became of a row that this worker was sending; WAITING needs ``retry_at``.

    A worker that was thought lost may still bring the proof: ``sent`` replaces ``unknown``.
    """
    final = state not in (WAITING,)
    accepts = (SENDING, LEASED, UNKNOWN) if state == SENT else (SENDING, LEASED)
    values: dict[str, Any] = {
        "state": state,
        "lease_until": None,
        "outcome": dict(outcome) if outcome is not None else None,
        "last_error": error,
        "settled_at": clock.now() if final else None,
    }
    if retry_at is not None:
        values["due_at"] = retry_at
    if state == UNKNOWN:
        values["unknowns"] = OutboxRow.unknowns + 1
    return (
        affected(
            session,
            update(OutboxRow)
            .where(OutboxRow.id == row_id, OutboxRow.lease_owner == owner, OutboxRow.state.in_(accepts))
            .values(**values),
        )
        == 1
    )


def return_unsent(session: Session, owner: str) -> int:
    """A worker that stops in good order gives back what it leased and has not begun to send."""
    return affected(
        session,
        update(OutboxRow)
        .where(OutboxRow.lease_owner == owner, OutboxRow.state == LEASED)
        .values(state=WAITING, lease_until=None),
    )


def recover(session: Session, resend: Collection[str]) -> tuple[int, int]:
    """Take back rows of workers whose lease ran out: (returned to waiting, marked unknown).

    Topics in ``resend`` go back to waiting even when the outcome is unknown; the mark stays on the row.
    """
    expired = OutboxRow.lease_until < wall_clock()
    returned = affected(
        session,
        update(OutboxRow).where(OutboxRow.state == LEASED, expired).values(state=WAITING, lease_until=None),
    )
    doubtful = {"unknowns": OutboxRow.unknowns + 1, "lease_until": None, "last_error": "the sender was lost"}
    unknown = affected(
        session,
        update(OutboxRow)
        .where(OutboxRow.state == SENDING, expired, OutboxRow.topic.in_(tuple(resend)))
        .values(state=WAITING, due_at=clock.now(), **doubtful),
    )
    unknown += affected(
        session,
        update(OutboxRow)
        .where(OutboxRow.state == SENDING, expired)
        .values(state=UNKNOWN, settled_at=clock.now(), **doubtful),
    )
    return returned, unknown


def retry(session: Session, row_ids: Sequence[str]) -> int:
    """Let dead, refused or unknown rows be tried again: a person's decision, recorded by the caller."""
    return affected(
        session,
        update(OutboxRow)
        .where(OutboxRow.id.in_(tuple(row_ids)), OutboxRow.state.in_((DEAD, REFUSED, UNKNOWN)))
        .values(state=WAITING, attempts=0, due_at=clock.now(), settled_at=None),
    )
