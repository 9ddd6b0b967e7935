"""What may follow a change: rows written beside it, sent later by a worker.

A row's life: waiting → leased → sending → sent | refused | dead, or back to waiting after a failure.
The worker claims rows under a lease and commits; marks each ``sending`` and commits; sends outside any transaction;
records the outcome in another. A row that a lost worker left ``leased`` was never handed over and simply waits again.
One left ``sending`` may or may not have reached the other side: it becomes ``unknown``, and its topic says whether
that is sent once more (counted in ``unknowns``) or left for a person.

Two rows of one lane (a lane is one recipient) are never in flight together: a partial unique index forbids it. What is
urgent (priority 0) may take the place of a row of its lane that is only leased; of one that is being sent, never.

Each handing over has a number of its own, ``attempts`` as it then was, and only the outcome of that very one is recorded
under it: what an earlier one brings late settles nothing that has begun anew.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    JSON,
    ColumnElement,
    Index,
    Integer,
    Select,
    String,
    Text,
    bindparam,
    insert,
    literal,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from backend.core import clock
from backend.core.db import (
    Base,
    IdColumn,
    UTCDateTime,
    affected,
    first_id_of,
    insert_ignoring,
    new_id,
    one_at_a_time,
)
from backend.core.leases import (
    SLACK_SECONDS,
    current_instant,
    end_of_lease,
    has_ended,
    too_far_ahead,
    wall_clock,
)

WAITING: Final = "waiting"
LEASED: Final = "leased"
SENDING: Final = "sending"
SENT: Final = "sent"
REFUSED: Final = "refused"
UNKNOWN: Final = "unknown"
DEAD: Final = "dead"

URGENT: Final = 0
USUAL: Final = 5

_IN_FLIGHT = text("state IN ('leased', 'sending')")


class OutboxRow(Base):
    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_due", "state", "priority", "due_at"),
        Index("ix_outbox_state_id", "state", "id"),
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
    priority: Mapped[int] = mapped_column(Integer, default=USUAL)
    state: Mapped[str] = mapped_column(String(16), default=WAITING)
    due_at: Mapped[datetime] = mapped_column(UTCDateTime)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    unknowns: Mapped[int] = mapped_column(Integer, default=0)
    retries: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    attempts_before: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    """Attempts made when a person last let it be tried again."""
    lease_owner: Mapped[str | None] = mapped_column(String(64))
    lease_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    outcome: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    last_error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A row under this worker's lease. ``retries``: times that a person let it be tried again; ``tries``: attempts since."""

    id: str
    topic: str
    lane: str
    payload: Mapping[str, Any]
    attempts: int
    unknowns: int
    retries: int = 0
    tries: int = 0


def put(
    session: Session,
    topic: str,
    lane: str,
    payload: Mapping[str, Any],
    key: str,
    not_before: datetime | None = None,
    priority: int = USUAL,
) -> str | None:
    """Leave a row in this transaction; None if ``key`` was left before. The lower ``priority`` goes first."""
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
        "retries": 0,
        "attempts_before": 0,
        "created_at": clock.now(),
    }
    return row_id if insert_ignoring(session, OutboxRow, values, ["key"]) else None


def put_each(
    session: Session,
    chosen: Select[Any],
    topic: str,
    payload: Mapping[str, Any],
    *,
    not_before: datetime,
    priority: int = USUAL,
) -> int:
    """Leave a row for every row (id, lane, key) of ``chosen``, in one statement however many there are; their number.

    The ids are the chooser's: fresh, as from ``new_id``. A key that was left before raises.
    """
    each = chosen.subquery()
    same: dict[str, Any] = {
        "topic": literal(topic),
        "payload": literal(dict(payload), JSON),
        "priority": literal(priority),
        "state": literal(WAITING),
        "due_at": literal(not_before, UTCDateTime),
        "attempts": literal(0),
        "unknowns": literal(0),
        "retries": literal(0),
        "attempts_before": literal(0),
        "created_at": literal(clock.now(), UTCDateTime),
    }
    rows = select(each.c.id, each.c.lane, each.c.key, *same.values())
    return affected(session, insert(OutboxRow).from_select(["id", "lane", "key", *same], rows))


_CLAIMING: Final = "outbox.claim"
"""One claims at a time: two that leased lanes crosswise would wait for one another."""


def _due(topics: Collection[str], busy_states: tuple[str, ...], limit: int) -> Select[str, str]:
    busy = aliased(OutboxRow)
    # The index of lanes in flight is used only where its own condition stands, in so many words.
    indexed = busy.state.in_(bindparam(None, (LEASED, SENDING), expanding=True, literal_execute=True))
    lane_is_busy = (
        select(busy.id).where(busy.lane == OutboxRow.lane, indexed, busy.state.in_(busy_states)).exists()
    )
    return (
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
    )


def claim(session: Session, owner: str, topics: Collection[str], limit: int, seconds: int) -> list[Claimed]:
    """Lease up to ``limit`` due rows of ``topics`` for ``seconds``; at most one a lane. The caller commits."""
    one_at_a_time(session, _CLAIMING)
    due = session.execute(_due(topics, (LEASED, SENDING), limit)).all()
    return _lease(session, {lane: row_id for row_id, lane in reversed(due)}, owner, seconds)


def claim_urgent(
    session: Session, owner: str, topics: Collection[str], limit: int, seconds: int
) -> list[Claimed]:
    """As ``claim`` for what is urgent, which takes the place of rows of its lanes that are leased and not yet begun.

    Whoever held such a row finds it gone when it would begin, as after a lease that ran out.
    """
    one_at_a_time(session, _CLAIMING)
    due = session.execute(_due(topics, (SENDING,), limit).where(OutboxRow.priority == URGENT)).all()
    urgent = {lane: row_id for row_id, lane in reversed(due)}
    if not urgent:
        return []
    in_the_way = session.execute(
        select(OutboxRow.id, OutboxRow.lane, OutboxRow.state, OutboxRow.priority)
        .where(OutboxRow.lane.in_(urgent), OutboxRow.state.in_((LEASED, SENDING)))
        .with_for_update(skip_locked=True)
    ).all()
    # What is locked is being begun by its holder at this moment, so that its lane is not ours now.
    standing = session.scalars(
        select(OutboxRow.id).where(OutboxRow.lane.in_(urgent), OutboxRow.state.in_((LEASED, SENDING)))
    ).all()
    aside = {row.id for row in in_the_way if row.state == LEASED and row.priority > URGENT}
    kept = set(standing) - aside
    if kept:
        taken = set(session.scalars(select(OutboxRow.lane).where(OutboxRow.id.in_(kept))))
        urgent = {lane: row_id for lane, row_id in urgent.items() if lane not in taken}
        aside = {row.id for row in in_the_way if row.id in aside and row.lane in urgent}
    if aside:
        affected(
            session,
            update(OutboxRow)
            .where(OutboxRow.id.in_(aside))
            .values(state=WAITING, lease_owner=None, lease_until=None),
        )
    return _lease(session, urgent, owner, seconds)


def _lease(session: Session, rows: Mapping[str, str], owner: str, seconds: int) -> list[Claimed]:
    """Lease one row for each lane (lane -> id)."""
    if not rows:
        return []
    affected(
        session,
        update(OutboxRow)
        .where(OutboxRow.id.in_(rows.values()), OutboxRow.state == WAITING)
        .values(state=LEASED, lease_owner=owner, lease_until=end_of_lease(session, seconds)),
    )
    won = session.scalars(
        select(OutboxRow)
        .where(OutboxRow.id.in_(rows.values()), OutboxRow.lease_owner == owner, OutboxRow.state == LEASED)
        .order_by(OutboxRow.priority, OutboxRow.due_at, OutboxRow.id)
        .execution_options(populate_existing=True)
    )
    return [
        Claimed(
            row.id,
            row.topic,
            row.lane,
            row.payload,
            row.attempts,
            row.unknowns,
            row.retries,
            row.attempts - row.attempts_before,
        )
        for row in won
    ]


def renew(session: Session, owner: str, seconds: int) -> int:
    """Keep what this worker has leased or is sending for ``seconds`` more; what is being written just now the next time.

    Not waited for: another transaction of the same worker writes its rows in another order, and the two would wait for
    one another.
    """
    held = session.scalars(
        select(OutboxRow.id)
        .where(OutboxRow.lease_owner == owner, OutboxRow.state.in_((LEASED, SENDING)))
        .with_for_update(skip_locked=True)
    ).all()
    if not held:
        return 0
    return affected(
        session,
        update(OutboxRow).where(OutboxRow.id.in_(held)).values(lease_until=end_of_lease(session, seconds)),
    )


def begin_sending(session: Session, row_id: str, owner: str, seconds: int) -> int | None:
    """Mark a leased row as being handed over; the number of this attempt, from 1 on, or None if the lease was lost.

    From here it is leased for ``seconds`` anew, however long it had stood in a queue: a lease that ended in the middle
    of a send would set a second message to the same person beside it. The caller commits before it sends.
    """
    return session.scalar(
        update(OutboxRow)
        .where(
            OutboxRow.id == row_id,
            OutboxRow.state == LEASED,
            OutboxRow.lease_owner == owner,
            OutboxRow.lease_until > current_instant(session),
        )
        .values(
            state=SENDING,
            attempts=OutboxRow.attempts + 1,
            lease_until=end_of_lease(session, seconds),
        )
        .returning(OutboxRow.attempts),
        execution_options={"synchronize_session": False},
    )


def leave_off(
    session: Session,
    row_id: str,
    owner: str,
    state: str,
    *,
    error: str | None = None,
    retry_at: datetime | None = None,
) -> bool:
    """End or put off a row that this worker has leased and not begun; WAITING needs ``retry_at``."""
    where = (OutboxRow.id == row_id, OutboxRow.lease_owner == owner, OutboxRow.state == LEASED)
    return _written(session, where, state, error=error, retry_at=retry_at)


def settle(
    session: Session,
    row_id: str,
    owner: str,
    attempt: int,
    state: str,
    *,
    outcome: Mapping[str, Any] | None = None,
    error: str | None = None,
    retry_at: datetime | None = None,
    doubt: bool = False,
) -> bool:
    """Record what became of this worker's ``attempt`` at a row; WAITING needs ``retry_at``. False: it is others' by now.

    ``doubt``: it may have been taken. A worker that was thought lost may still bring the proof: ``sent`` replaces
    ``unknown``, and the wait for another try, until somebody has taken the row up again.
    """
    accepts = (SENDING, UNKNOWN, WAITING) if state == SENT else (SENDING,)
    where = (
        OutboxRow.id == row_id,
        OutboxRow.lease_owner == owner,
        OutboxRow.attempts == attempt,
        OutboxRow.state.in_(accepts),
    )
    return _written(session, where, state, outcome=outcome, error=error, retry_at=retry_at, doubt=doubt)


def _written(
    session: Session,
    where: Sequence[ColumnElement[bool]],
    state: str,
    *,
    outcome: Mapping[str, Any] | None = None,
    error: str | None = None,
    retry_at: datetime | None = None,
    doubt: bool = False,
) -> bool:
    values: dict[str, Any] = {
        "state": state,
        "lease_until": None,
        "outcome": dict(outcome) if outcome is not None else None,
        "last_error": error,
        "settled_at": None if state == WAITING else clock.now(),
    }
    if retry_at is not None:
        values["due_at"] = retry_at
    if doubt:
        values["unknowns"] = OutboxRow.unknowns + 1
    return affected(session, update(OutboxRow).where(*where).values(**values)) == 1


def return_unsent(session: Session, owner: str) -> int:
    """A worker that stops in good order gives back what it leased and has not begun to send."""
    return affected(
        session,
        update(OutboxRow)
        .where(OutboxRow.lease_owner == owner, OutboxRow.state == LEASED)
        .values(state=WAITING, lease_until=None),
    )


LONGEST_LEASE_SECONDS: Final = 600
"""Of a row; nobody leases one for longer."""


def recover(
    session: Session, resend: Collection[str], seconds: int = LONGEST_LEASE_SECONDS
) -> tuple[int, int]:
    """Take back rows of workers whose lease of ``seconds`` ran out: (returned to waiting, marked unknown).

    Topics in ``resend`` go back to waiting even when the outcome is unknown; the mark stays on the row. A row that is
    being sent under a lease from before the clock was set back is given one from now on: its sender may live, and a
    second message would go out beside the first.
    """
    affected(
        session,
        update(OutboxRow)
        .where(OutboxRow.state == SENDING, too_far_ahead(session, OutboxRow.lease_until, seconds))
        .values(lease_until=end_of_lease(session, seconds)),
    )
    lost = session.execute(
        select(OutboxRow.id, OutboxRow.state, OutboxRow.topic)
        .where(OutboxRow.state.in_((LEASED, SENDING)), has_ended(session, OutboxRow.lease_until, seconds))
        .with_for_update(skip_locked=True)  # who holds one is just recording what became of it
    ).all()
    held = [row.id for row in lost if row.state == LEASED]
    again = [row.id for row in lost if row.state == SENDING and row.topic in resend]
    doubtful = [row.id for row in lost if row.state == SENDING and row.topic not in resend]
    mark = {"unknowns": OutboxRow.unknowns + 1, "lease_until": None, "last_error": "the sender was lost"}

    def change(row_ids: Sequence[str], state: str, values: Mapping[str, Any]) -> int:
        if not row_ids:
            return 0
        ended = has_ended(session, OutboxRow.lease_until, seconds)
        return affected(
            session,
            update(OutboxRow)
            .where(OutboxRow.id.in_(row_ids), OutboxRow.state == state, ended)
            .values(**values),
        )

    returned = change(held, LEASED, {"state": WAITING, "lease_until": None})
    unknown = change(again, SENDING, {"state": WAITING, "due_at": clock.now(), **mark})
    unknown += change(doubtful, SENDING, {"state": UNKNOWN, "settled_at": clock.now(), **mark})
    return returned, unknown


def send_what_waits_for_a_clock(session: Session) -> int:
    """Rows that were to go at once, left before the clock was set back, are due now and not when it is that late again."""
    ahead = clock.now() + timedelta(seconds=SLACK_SECONDS)
    made_ahead = first_id_of(int(wall_clock().timestamp() + SLACK_SECONDS) * 1000)
    return affected(
        session,
        update(OutboxRow)
        .where(
            OutboxRow.state == WAITING,
            OutboxRow.id > made_ahead,  # an index serves it: on any other day nothing is looked at
            OutboxRow.created_at > ahead,
            OutboxRow.due_at <= OutboxRow.created_at,
        )
        .values(due_at=clock.now()),
    )


def retry(session: Session, row_ids: Sequence[str]) -> int:
    """Let dead, refused or unknown rows be tried again: a person's decision, recorded by the caller."""
    return affected(
        session,
        update(OutboxRow)
        .where(OutboxRow.id.in_(tuple(row_ids)), OutboxRow.state.in_((DEAD, REFUSED, UNKNOWN)))
        .values(
            state=WAITING,
            attempts_before=OutboxRow.attempts,
            retries=OutboxRow.retries + 1,
            due_at=clock.now(),
            settled_at=None,
        ),
    )
