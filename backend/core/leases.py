"""Who leads, and what has run: two small tables that both databases understand.

A lease is a row with an owner and an end; a slot is a row that only one insert can win. The ends are written and
compared by one clock that all processes share, never by the shifted one of a demo: on PostgreSQL the server's, within
the statement itself, so that machines whose clocks differ agree; on SQLite the machine's.

A clock may be set back. A lease that ends further ahead than it is long was given before that, and is none.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, Interval, String, delete, func, literal, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from backend.core.db import Base, UTCDateTime, affected, insert_ignoring


class Lease(Base):
    __tablename__ = "leases"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    owner: Mapped[str] = mapped_column(String(64))
    until: Mapped[datetime] = mapped_column(UTCDateTime)


class JobSlot(Base):
    """One run of one job: (job, slot) is unique, which is the fence against running twice.

    A run that was begun and never finished (its process was killed) may be taken over once its lease is out.
    """

    __tablename__ = "job_slots"

    job: Mapped[str] = mapped_column(String(64), primary_key=True)
    slot: Mapped[str] = mapped_column(String(64), primary_key=True)
    owner: Mapped[str] = mapped_column(String(64))
    lease_until: Mapped[datetime] = mapped_column(UTCDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Heartbeat(Base):
    """When a job or a process was last alive; readiness and the operator look here."""

    __tablename__ = "heartbeats"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    detail: Mapped[str] = mapped_column(String(200), default="")


def wall_clock() -> datetime:
    return datetime.now(UTC)


SLACK_SECONDS: Final = 1
"""A clock that is corrected by less than that was not set back."""


def current_instant(session: Session) -> ColumnElement[datetime]:
    """Now, by the clock that all who share this database share."""
    return _in_seconds(session, 0)


def _in_seconds(session: Session, seconds: float) -> ColumnElement[datetime]:
    if session.get_bind().dialect.name == "postgresql":
        # Not the time at which the transaction began, or the statement: it may have waited for a row.
        return func.clock_timestamp(type_=UTCDateTime) + literal(timedelta(seconds=seconds), Interval)
    return literal(wall_clock() + timedelta(seconds=seconds), UTCDateTime)


def end_of_lease(session: Session, seconds: int) -> ColumnElement[datetime]:
    """The end of a lease of so many seconds that begins now."""
    return _in_seconds(session, seconds)


def has_ended(
    session: Session,
    until: ColumnElement[datetime] | Mapped[datetime] | Mapped[datetime | None],
    seconds: int,
) -> ColumnElement[bool]:
    """Whether a lease of ``seconds`` is over: past its end, or given by a clock that was set back since."""
    return or_(until < current_instant(session), too_far_ahead(session, until, seconds))


def too_far_ahead(
    session: Session,
    until: ColumnElement[datetime] | Mapped[datetime] | Mapped[datetime | None],
    seconds: int,
) -> ColumnElement[bool]:
    return until > _in_seconds(session, seconds + SLACK_SECONDS)


def acquire(session: Session, name: str, owner: str, seconds: int) -> bool:
    """Take or renew the lease ``name`` for ``owner``; False while somebody else's stands."""
    until = end_of_lease(session, seconds)
    if insert_ignoring(session, Lease, {"name": name, "owner": owner, "until": until}, ["name"]):
        return True
    return (
        affected(
            session,
            update(Lease)
            .where(Lease.name == name, or_(Lease.owner == owner, has_ended(session, Lease.until, seconds)))
            .values(owner=owner, until=until),
        )
        == 1
    )


def release(session: Session, name: str, owner: str) -> None:
    affected(session, delete(Lease).where(Lease.name == name, Lease.owner == owner))


def claim_slot(session: Session, job: str, slot: str, owner: str, seconds: int = 600) -> bool:
    """True for the one caller that shall run ``job`` for ``slot`` now; the caller commits, runs, then finishes it."""
    until = end_of_lease(session, seconds)
    values = {"job": job, "slot": slot, "owner": owner, "lease_until": until}
    if insert_ignoring(session, JobSlot, values, ["job", "slot"]):
        return True
    return (
        affected(
            session,
            update(JobSlot)
            .where(
                JobSlot.job == job,
                JobSlot.slot == slot,
                JobSlot.done_at.is_(None),
                has_ended(session, JobSlot.lease_until, seconds),
            )
            .values(owner=owner, lease_until=until),
        )
        == 1
    )


def finish_slot(session: Session, job: str, slot: str) -> None:
    affected(
        session,
        update(JobSlot)
        .where(JobSlot.job == job, JobSlot.slot == slot)
        .values(done_at=current_instant(session)),
    )


def give_up_slot(session: Session, job: str, slot: str) -> None:
    """A run that failed gives its slot back, so that the next tick tries again."""
    affected(
        session,
        update(JobSlot)
        .where(JobSlot.job == job, JobSlot.slot == slot, JobSlot.done_at.is_(None))
        .values(lease_until=current_instant(session)),
    )


def beat(session: Session, name: str, detail: str = "") -> None:
    values = {"name": name, "at": current_instant(session), "detail": detail[:200]}
    if not insert_ignoring(session, Heartbeat, values, ["name"]):
        affected(
            session,
            update(Heartbeat)
            .where(Heartbeat.name == name)
            .values(at=current_instant(session), detail=detail[:200]),
        )


def last_beat(session: Session, name: str) -> datetime | None:
    return session.scalar(select(Heartbeat.at).where(Heartbeat.name == name))


def seconds_since_beat(session: Session, name: str) -> float | None:
    """None before the first; below 0 where the clock was set back after it."""
    found = session.execute(
        select(Heartbeat.at, current_instant(session)).where(Heartbeat.name == name)
    ).one_or_none()
    return None if found is None else (found[1] - found[0]).total_seconds()
