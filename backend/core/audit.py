"""What was done, by whom, to what: append-only rows, sealed into a hash chain by the worker.

Triggers on both databases refuse every change of a row. The chain is laid afterwards, in one place, because laying it
in each transaction would make all writers wait for one another.

Which entries wait for their seal stands in a table of its own, written by a trigger with each entry, whoever writes it.
Neither an id nor a time tells it: a clock may be set back, and a transaction may take long.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Integer, String, delete, func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, Session, mapped_column

from backend.core import clock
from backend.core.db import (
    AreaCodeColumn,
    Base,
    Database,
    IdColumn,
    UTCDateTime,
    affected,
    hurried,
    ids_go_on_after,
    new_id,
)

log = logging.getLogger("backend.audit")

GENESIS = "0" * 64


class AuditEntry(Base):
    __tablename__ = "audit_entries"

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True, default=new_id)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    by: Mapped[str | None] = mapped_column(IdColumn)
    behalf_of: Mapped[str | None] = mapped_column(IdColumn)
    event: Mapped[str] = mapped_column(String(64), index=True)
    about_kind: Mapped[str] = mapped_column(String(32))
    about_id: Mapped[str] = mapped_column(String(64), index=True)
    area: Mapped[str | None] = mapped_column(AreaCodeColumn)
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)


class AuditSeal(Base):
    """One link of the chain: ``hash`` = sha256(previous hash + the entry's canonical JSON)."""

    __tablename__ = "audit_seals"

    position: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    entry_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("audit_entries.id"), unique=True)
    hash: Mapped[str] = mapped_column(String(64))


class AuditUnsealed(Base):
    """An entry that waits for its seal. A trigger puts it here, the sealer takes it away."""

    __tablename__ = "audit_unsealed"

    entry_id: Mapped[str] = mapped_column(IdColumn, primary_key=True)


def record(
    session: Session,
    by: str | None,
    event: str,
    about: tuple[str, str],
    facts: Mapping[str, Any] | None = None,
    *,
    behalf_of: str | None = None,
    area: str | None = None,
) -> None:
    """Write down what is being done, in its own transaction. ``facts`` is JSON without ID numbers or phones."""
    session.add(
        AuditEntry(
            at=clock.now(),
            by=by,
            behalf_of=behalf_of,
            event=event,
            about_kind=about[0],
            about_id=about[1],
            area=area,
            facts=dict(facts or {}),
        )
    )


def entries_about(
    session: Session, about: tuple[str, str], event: str, *, before: str, limit: int
) -> Sequence[AuditEntry]:
    """What was written down of one thing, the newest first; older than the entry ``before``, if that is not empty."""
    query = select(AuditEntry).where(
        AuditEntry.about_id == about[1], AuditEntry.about_kind == about[0], AuditEntry.event == event
    )
    if before:
        query = query.where(AuditEntry.id < before)
    return session.scalars(query.order_by(AuditEntry.id.desc()).limit(limit)).all()


def _canonical(entry: AuditEntry) -> bytes:
    fields = {
        "id": entry.id,
        "at": entry.at.isoformat(timespec="microseconds"),
        "by": entry.by,
        "behalf_of": entry.behalf_of,
        "event": entry.event,
        "about": [entry.about_kind, entry.about_id],
        "area": entry.area,
        "facts": entry.facts,
    }
    return json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _link(previous: str, entry: AuditEntry) -> str:
    return hashlib.sha256(previous.encode() + _canonical(entry)).hexdigest()


def newest_id(session: Session) -> str | None:
    """The id that sorts last: nearly everything that is done writes an entry."""
    return session.scalar(select(func.max(AuditEntry.id)))


def go_on_after_what_stands(database: Database) -> None:
    """Let the ids that this process makes sort after those in the database, if it can be asked at once."""
    try:
        with hurried(1), database.reading() as session:
            newest = newest_id(session)
    except SQLAlchemyError as error:
        log.warning("the database could not be asked for its newest id: %s", type(error).__name__)
        return
    if newest is not None:
        ids_go_on_after(newest)


def seal(session: Session, limit: int = 1000) -> int:
    """Append up to ``limit`` unsealed entries to the chain, whenever they were made; the number sealed.

    Two sealers cannot fork it: both would take the same position, and the primary key lets one through.
    """
    last = session.scalars(select(AuditSeal).order_by(AuditSeal.position.desc()).limit(1)).first()
    position, previous = (last.position, last.hash) if last else (0, GENESIS)
    waiting = session.execute(
        select(AuditUnsealed.entry_id, AuditEntry, func.coalesce(AuditSeal.position, 0))
        .join(AuditEntry, AuditEntry.id == AuditUnsealed.entry_id)
        .outerjoin(AuditSeal, AuditSeal.entry_id == AuditUnsealed.entry_id)
        .order_by(AuditUnsealed.entry_id)
        .limit(limit)
    ).all()
    sealed = 0
    for _, entry, position_before in waiting:
        if position_before:  # sealed by a worker of the version before
            continue
        position, previous = position + 1, _link(previous, entry)
        session.add(AuditSeal(position=position, entry_id=entry.id, hash=previous))
        sealed += 1
    session.flush()
    if waiting:
        taken = [row.entry_id for row in waiting]
        affected(session, delete(AuditUnsealed).where(AuditUnsealed.entry_id.in_(taken)))
    return sealed


def seal_what_is_new(database: Database) -> int:
    """Seal as a worker does: looking takes no lock, and only something to seal takes the write lock."""
    with database.reading() as session:
        if session.scalar(select(AuditUnsealed.entry_id).limit(1)) is None:
            return 0
    with database.writing() as session:
        return seal(session)


@dataclass(frozen=True, slots=True)
class ChainReport:
    """What ``verify`` found: entries sealed, entries in the unsealed tail, position of the first broken link."""

    sealed: int
    unsealed: int
    broken_at: int | None


def verify(session: Session) -> ChainReport:
    """Recompute the whole chain from its first link."""
    previous, sealed = GENESIS, 0
    chain = (
        select(AuditSeal, AuditEntry)
        .outerjoin(AuditEntry, AuditEntry.id == AuditSeal.entry_id)
        .order_by(AuditSeal.position)
        .execution_options(yield_per=1000)
    )
    with session.execute(chain) as rows:
        for link, entry in rows:
            sealed += 1
            if entry is None or link.position != sealed or link.hash != _link(previous, entry):
                return ChainReport(sealed - 1, 0, link.position)
            previous = link.hash
    entries = session.scalar(select(func.count()).select_from(AuditEntry)) or 0
    return ChainReport(sealed, entries - sealed, None)
