"""Who leads, and what has run: two small tables that both databases understand.

A lease is a row with an owner and an end; a slot is a row that only one insert can win. Lease ends are compared with
the wall clock of the machine, never with the shifted clock of a demo.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import String, delete, or_, select, update
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


def acquire(session: Session, name: str, owner: str, seconds: int) -> bool:
    """Take or renew the lease ``name`` for ``owner``; False while somebody else's stands."""
    current = wall_clock()
    until = current + timedelta(seconds=seconds)
    if insert_ignoring(session, Lease, {"name": name, "owner": owner, "until": until}, ["name"]):
        return True
    return (
        affected(
            session,
            update(Lease)
            .where(Lease.name == name, or_(Lease.owner == owner, Lease.until < current))
            .values(owner=owner, until=until),
        )
        == 1
    )


def release(session: Session, name: str, owner: str) -> None:
    affected(session, delete(Lease).where(Lease.name == name, Lease.owner == owner))


def claim_slot(session: Session, job: str, slot: str, owner: str, seconds: int = 600) -> bool:
    """True for the one caller that shall run ``job`` for ``slot`` now; the caller commits, runs, then finishes it."""
    current = wall_clock()
    until = current + timedelta(seconds=seconds)
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
                JobSlot.lease_until < current,
            )
            .values(owner=owner, lease_until=until),
        )
        == 1
    )


def finish_slot(session: Session, job: str, slot: str) -> None:
    affected(
        session, update(JobSlot).where(JobSlot.job == job, JobSlot.slot == slot).values(done_at=wall_clock())
    )


def give_up_slot(session: Session, job: str, slot: str) -> None:
    """A run that failed gives its slot back, so that the next tick tries again."""
    affected(
        session,
        update(JobSlot)
        .where(JobSlot.job == job, JobSlot.slot == slot, JobSlot.done_at.is_(None))
        .values(lease_until=wall_clock()),
    )


def beat(session: Session, name: str, detail: str = "") -> None:
    values = {"name": name, "at": wall_clock(), "detail": detail[:200]}
    if not insert_ignoring(session, Heartbeat, values, ["name"]):
        affected(
            session,
            update(Heartbeat).where(Heartbeat.name == name).values(at=values["at"], detail=detail[:200]),
        )


def last_beat(session: Session, name: str) -> datetime | None:
    return session.scalar(select(Heartbeat.at).where(Heartbeat.name == name))
