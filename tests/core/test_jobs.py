"""One bad item stops no other."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.core import audit, clock
from backend.core.audit import AuditEntry
from backend.core.db import Database, new_id
from backend.core.jobs import JobIncomplete, each_item


def _write_down(session: Session, item: str) -> None:
    audit.record(session, None, "item.seen", ("item", item))
    session.flush()
    if item == "bad":
        raise ValueError("this one never works")


def test_the_items_beside_a_bad_one_are_done_and_the_bad_one_leaves_nothing(db: Database) -> None:
    with pytest.raises(JobIncomplete, match="1 of 3"):
        each_item(db, ["a", "bad", "b"], _write_down, "test.job")
    with db.reading() as session:
        assert set(session.scalars(select(AuditEntry.about_id))) == {"a", "b"}


def test_a_job_without_a_bad_item_tells_how_many_were_done(db: Database) -> None:
    assert each_item(db, iter("ab"), _write_down, "test.job") == 2


def test_sealing_finds_an_entry_that_was_committed_after_a_later_one_was_sealed(db: Database) -> None:
    late = AuditEntry(at=clock.now(), event="late", about_kind="item", about_id="1", facts={})
    late.id = new_id()
    with db.writing() as session:
        audit.record(session, None, "early", ("item", "2"))
    assert audit.seal_what_is_new(db) == 1
    with db.writing() as session:
        session.add(late)
    assert audit.seal_what_is_new(db) == 1
    assert audit.seal_what_is_new(db) == 0
    with db.reading() as session:
        report = audit.verify(session)
        assert (report.sealed, report.unsealed, report.broken_at) == (2, 0, None)
        assert session.scalar(select(func.count()).select_from(AuditEntry)) == 2
