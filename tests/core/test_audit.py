"""The record: rows that cannot be changed, and a chain that shows it when they were all the same."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from backend.core import audit, clock
from backend.core.audit import AuditEntry, AuditSeal, ChainReport
from backend.core.db import Database
from tests.builders.product import AUTUMN
from tests.harness.races import race
from tests.sizes import SIZES

BY = "0" * 26


def _recorded(db: Database, count: int, sealed: bool = True) -> None:
    with db.writing() as session, clock.pinned(AUTUMN):
        for number in range(count):
            about = ("household", f"h{number}")
            facts = {"order": number, "weight": 1.5, "名": "五百公斤", "list": [1, None, True]}
            audit.record(session, BY, "household.confirmed", about, facts, area="140602001001")
    if sealed:
        _seal(db)


def _seal(db: Database) -> int:
    with db.writing() as session:
        return audit.seal(session)


def _verify(db: Database) -> ChainReport:
    with db.reading() as session:
        return audit.verify(session)


def _without_triggers(db: Database, session: Session) -> None:
    """What somebody with the database in their hands would do first."""
    if db.dialect == "sqlite":
        names = session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all()
        for name in names:
            session.execute(text(f"DROP TRIGGER {name}"))
    else:
        session.execute(text("ALTER TABLE audit_entries DISABLE TRIGGER ALL"))
        session.execute(text("ALTER TABLE audit_seals DISABLE TRIGGER ALL"))


@pytest.mark.parametrize("table", ["audit_entries", "audit_seals"])
@pytest.mark.parametrize("change", ["UPDATE {} SET {} = {}", "DELETE FROM {}"], ids=["update", "delete"])
def test_the_database_refuses_to_change_what_was_recorded(db: Database, table: str, change: str) -> None:
    _recorded(db, 2)
    column = "event" if table == "audit_entries" else "hash"
    with pytest.raises(DBAPIError, match="append-only"), db.writing() as session:
        session.execute(text(change.format(table, column, "'x'")))
    assert _verify(db) == ChainReport(2, 0, None)


@pytest.mark.only_on("postgresql", "SQLite knows no TRUNCATE")
def test_the_database_refuses_to_empty_the_record(db: Database) -> None:
    _recorded(db, 2)
    with pytest.raises(DBAPIError, match="append-only"), db.writing() as session:
        session.execute(text("TRUNCATE audit_entries, audit_seals"))


@pytest.mark.only_on("sqlite", "what SQLite calls it")
def test_a_row_cannot_be_replaced_under_its_id(db: Database) -> None:
    _recorded(db, 1)
    with pytest.raises(DBAPIError), db.writing() as session:
        session.execute(
            text(
                "INSERT OR REPLACE INTO audit_entries (id, at, event, about_kind, about_id, facts) "
                "SELECT id, at, 'forged', about_kind, about_id, facts FROM audit_entries"
            )
        )
    assert _verify(db) == ChainReport(1, 0, None)


def test_a_record_is_undone_with_what_it_tells_of(db: Database) -> None:
    with pytest.raises(RuntimeError), db.writing() as session:
        audit.record(session, None, "household.confirmed", ("household", "h"))
        raise RuntimeError
    assert _verify(db) == ChainReport(0, 0, None)


def test_a_chain_that_nobody_touched_is_whole_and_shows_its_tail(db: Database) -> None:
    _recorded(db, 5)
    _recorded(db, 3, sealed=False)
    assert _verify(db) == ChainReport(5, 3, None)
    assert _seal(db) == 3
    assert _seal(db) == 0
    assert _verify(db) == ChainReport(8, 0, None)


def test_sealing_goes_on_where_it_stopped(db: Database) -> None:
    _recorded(db, 7, sealed=False)
    for expected in (3, 3, 1, 0):
        with db.writing() as session:
            assert audit.seal(session, limit=3) == expected
    assert _verify(db) == ChainReport(7, 0, None)


def test_the_worker_s_sealing_takes_up_what_is_new_and_leaves_the_rest(db: Database) -> None:
    assert audit.seal_what_is_new(db) == 0
    _recorded(db, 3, sealed=False)
    assert audit.seal_what_is_new(db) == 3
    _recorded(db, 2, sealed=False)
    assert audit.seal_what_is_new(db) == 2
    assert audit.seal_what_is_new(db) == 0
    assert _verify(db) == ChainReport(5, 0, None)


@pytest.mark.parametrize(
    "forged",
    [
        {"event": "household.merged"},
        {"by": "9" * 26},
        {"behalf_of": "9" * 26},
        {"facts": {"order": 99}},
        {"at": AUTUMN + timedelta(microseconds=1)},
        {"area": None},
        {"about_kind": "person"},
        {"about_id": "h9"},
    ],
    ids=lambda forged: next(iter(forged)),
)
def test_a_changed_row_is_found_at_its_place(db: Database, forged: dict[str, object]) -> None:
    _recorded(db, 6)
    with db.writing() as session:
        fourth = session.scalars(select(AuditSeal.entry_id).where(AuditSeal.position == 4)).one()
        _without_triggers(db, session)
        session.execute(update(AuditEntry).where(AuditEntry.id == fourth).values(**forged))
    assert _verify(db) == ChainReport(3, 0, 4)


def test_a_row_taken_out_with_its_seal_is_found_at_its_place(db: Database) -> None:
    _recorded(db, 6)
    with db.writing() as session:
        _without_triggers(db, session)
        second = session.scalars(select(AuditSeal.entry_id).where(AuditSeal.position == 2)).one()
        session.execute(delete(AuditSeal).where(AuditSeal.position == 2))
        session.execute(delete(AuditEntry).where(AuditEntry.id == second))
    assert _verify(db) == ChainReport(1, 0, 3)


def test_a_row_taken_out_is_found_though_the_others_were_numbered_anew(db: Database) -> None:
    _recorded(db, 6)
    with db.writing() as session:
        _without_triggers(db, session)
        second = session.scalars(select(AuditSeal.entry_id).where(AuditSeal.position == 2)).one()
        session.execute(delete(AuditSeal).where(AuditSeal.position == 2))
        session.execute(delete(AuditEntry).where(AuditEntry.id == second))
        for position in range(3, 7):
            session.execute(
                update(AuditSeal).where(AuditSeal.position == position).values(position=position - 1)
            )
    assert _verify(db) == ChainReport(1, 0, 2)


def test_a_gap_in_the_numbers_is_found(db: Database) -> None:
    _recorded(db, 3)
    with db.writing() as session:
        _without_triggers(db, session)
        session.execute(update(AuditSeal).where(AuditSeal.position == 3).values(position=30))
    assert _verify(db) == ChainReport(2, 0, 30)


def test_a_seal_made_to_fit_a_changed_row_breaks_the_next_one(db: Database) -> None:
    _recorded(db, 3)
    with db.writing() as session:
        _without_triggers(db, session)
        session.execute(update(AuditSeal).where(AuditSeal.position == 2).values(hash="f" * 64))
    assert _verify(db) == ChainReport(1, 0, 2)


def test_sealers_at_once_do_not_fork_the_chain(db: Database) -> None:
    for _ in range(SIZES.race_rounds):
        _recorded(db, 50, sealed=False)

        def one(_index: int) -> int:
            with db.writing() as session:
                return audit.seal(session, limit=20)

        race(SIZES.racers, one)
        while _seal(db):
            pass
    report = _verify(db)
    assert report == ChainReport(50 * SIZES.race_rounds, 0, None)


def test_entries_recorded_while_others_are_sealed_are_sealed_later(db: Database) -> None:
    def record_or_seal(index: int) -> None:
        if index % 2:
            _recorded(db, 10, sealed=False)
        else:
            _seal(db)

    race(SIZES.racers, record_or_seal)
    while _seal(db):
        pass
    assert _verify(db) == ChainReport(10 * (SIZES.racers // 2), 0, None)
