"""The database knows its keys by check values, from which no key can be had: a process with another ring is told so before
it seals anything under it.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from cryptography.exceptions import InvalidTag
from sqlalchemy import CheckConstraint, Column, String, Text, delete, inspect, select, type_coerce
from sqlalchemy.orm import Mapped, Session, mapped_column

from backend.core import clock
from backend.core.crypto import EncryptedText, KeyRing, opened_by
from backend.core.db import Base, Database, UTCDateTime, affected, insert_many_ignoring

ENCRYPTION: Final = "encryption"
LOOKUP: Final = "lookup"
Checks = Mapping[tuple[str, str], str]


class WrongKeys(RuntimeError):
    """This process has other keys than its database; the text names the setting and says what to do."""


class KeyCheck(Base):
    """By which key this database was sealed or is looked up: a keyed hash of a constant, from which no key can be had."""

    __tablename__ = "key_checks"
    __table_args__ = (CheckConstraint("kind IN ('encryption', 'lookup')", name="kind_known"),)

    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    key_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    check_value: Mapped[str] = mapped_column(String(64))
    first_seen_at: Mapped[datetime] = mapped_column(UTCDateTime)


def _checks_of(ring: KeyRing) -> Checks:
    def check(key: bytes, kind: str, key_id: str) -> str:
        return hmac.new(key, f"key check\0{kind}\0{key_id}".encode(), hashlib.sha256).hexdigest()

    return {
        **{(ENCRYPTION, key_id): check(key, ENCRYPTION, key_id) for key_id, key in ring.keys.items()},
        (LOOKUP, ""): check(ring.lookup, LOOKUP, ""),
    }


def recognise_keys(database: Database, ring: KeyRing) -> None:
    """Compare a ring with what the database knows of its keys, and have it know those that are new. Raises WrongKeys.

    A database that knows none yet lets the ring open one sealed value of each column and key. One that has no tables yet
    is left alone. Of two processes that begin at once with different rings, one is refused.
    """
    with database.engine.connect() as connection:
        if not inspect(connection).has_table(KeyCheck.__tablename__):
            return
    checks = _checks_of(ring)
    with database.reading() as session:
        known = _known_to(session)
    _compare(known, checks)
    if checks.keys() <= known.keys():
        return
    with database.writing() as session:
        if not known:
            _open_some(session, ring)
        now = clock.now()
        rows = [
            {"kind": kind, "key_id": key_id, "check_value": value, "first_seen_at": now}
            for (kind, key_id), value in checks.items()
        ]
        insert_many_ignoring(session, KeyCheck, rows, ["kind", "key_id"])
        _compare(_known_to(session), checks)  # with what another process wrote meanwhile


def forget_key(session: Session, key_id: str) -> bool:
    """Let the ring do without a key under which nothing is sealed any more; False if the database does not know it.

    Raises WrongKeys while something is sealed under it.
    """
    for column, _sealed_as in _sealed_columns():
        raw = type_coerce(column, Text)
        if session.scalar(select(raw).where(raw.startswith(f"{key_id}:", autoescape=True)).limit(1)):
            raise WrongKeys(f"ENCRYPTION_KEYS: {column} still holds what only the key {key_id!r} opens")
    statement = delete(KeyCheck).where(KeyCheck.kind == ENCRYPTION, KeyCheck.key_id == key_id)
    return affected(session, statement) == 1


def _known_to(session: Session) -> Checks:
    rows = session.execute(select(KeyCheck.kind, KeyCheck.key_id, KeyCheck.check_value))
    return {(kind, key_id): value for kind, key_id, value in rows}


def _compare(known: Checks, checks: Checks) -> None:
    wrong = []
    for (kind, key_id), value in sorted(known.items()):
        ours = checks.get((kind, key_id))
        if ours is None:
            wrong.append(
                f"ENCRYPTION_KEYS: the key {key_id!r}, under which this database is sealed, is not among them"
            )
        elif not hmac.compare_digest(ours, value):
            wrong.append(
                f"ENCRYPTION_KEYS: {key_id!r} is another key than the one of this name under which this database is sealed"
                if kind == ENCRYPTION
                else "LOOKUP_KEY: another key than the one by which this database is looked up"
            )
    if wrong:
        raise WrongKeys("; ".join(wrong))


def _sealed_columns() -> Iterator[tuple[Column[str], EncryptedText]]:
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, EncryptedText):
                yield column, column.type


def _open_some(session: Session, ring: KeyRing) -> None:
    """Raises WrongKeys where something in the database is sealed under a key that the ring does not have."""
    for column, sealed_as in _sealed_columns():
        raw = type_coerce(column, Text)
        of_ring = {key_id: raw.startswith(f"{key_id}:", autoescape=True) for key_id in ring.keys}
        other = session.scalar(
            select(raw).where(raw.is_not(None), *(~begins for begins in of_ring.values())).limit(1)
        )
        if other is not None:
            key_id = other.partition(":")[0]
            raise WrongKeys(
                f"ENCRYPTION_KEYS: {column} is sealed under the key {key_id!r}, which is not among them"
            )
        for key_id, begins in of_ring.items():
            sealed = session.scalar(select(raw).where(begins).limit(1))
            try:
                if sealed is not None:
                    opened_by(ring, sealed, sealed_as.purpose)
            except InvalidTag:
                raise WrongKeys(
                    f"ENCRYPTION_KEYS: {key_id!r} is another key than the one of this name under which {column} is sealed"
                ) from None
