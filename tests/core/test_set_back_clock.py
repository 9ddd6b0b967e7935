"""The machine's clock was two hours ahead and was set back: nothing waits until it is that late again."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, select, text, update

from backend import health
from backend.core import audit, clock, leases, outbox
from backend.core.audit import AuditEntry, ChainReport
from backend.core.db import Database, first_id_of
from backend.core.leases import Heartbeat, JobSlot, Lease, wall_clock
from backend.core.outbox import OutboxRow
from tests.builders.product import app_on, client_of
from tests.harness import ROOT
from tests.harness.databases import statements_of

AHEAD = timedelta(hours=2)


def made_ahead(number: int) -> str:
    """An id of the clock that was ahead."""
    return first_id_of(int((time.time() + AHEAD.total_seconds()) * 1000) + number)


def test_every_entry_is_sealed_though_its_id_sorts_before_what_was_sealed_last(db: Database) -> None:
    with db.writing() as session:
        for number in range(3):
            session.add(
                AuditEntry(
                    id=made_ahead(number),
                    at=clock.now() + AHEAD,
                    event="household.confirmed",
                    about_kind="household",
                    about_id="h",
                    facts={},
                )
            )
    assert audit.seal_what_is_new(db) == 3
    with db.writing() as session:
        for _ in range(2):
            audit.record(session, None, "household.confirmed", ("household", "h"))
    with db.reading() as session:
        assert audit.verify(session) == ChainReport(3, 2, None)
    assert audit.seal_what_is_new(db) == 2
    assert audit.seal_what_is_new(db) == 0
    with db.reading() as session:
        assert audit.verify(session) == ChainReport(5, 0, None)


def test_a_sealer_of_the_version_before_leaves_work_that_is_done_and_stops_nobody(db: Database) -> None:
    """It knows nothing of the table of what waits."""
    with db.writing() as session:
        for _ in range(3):
            audit.record(session, None, "household.confirmed", ("household", "h"))
    with db.writing() as session:
        waiting = list(session.scalars(select(audit.AuditUnsealed.entry_id)))
        audit.seal(session, limit=2)
        session.add_all(audit.AuditUnsealed(entry_id=each) for each in sorted(waiting)[:2])
    assert audit.seal_what_is_new(db) == 1
    with db.reading() as session:
        assert audit.verify(session) == ChainReport(3, 0, None)
        assert session.scalars(select(audit.AuditUnsealed.entry_id)).all() == []


def test_sealing_with_nothing_to_seal_asks_one_question_of_an_empty_table(db: Database) -> None:
    with db.writing() as session:
        for _ in range(3):
            audit.record(session, None, "household.confirmed", ("household", "h"))
    audit.seal_what_is_new(db)
    with statements_of(db) as asked:
        assert audit.seal_what_is_new(db) == 0
    said = [each for each in asked if each.startswith("SELECT")]
    assert len(said) == 1 and "audit_unsealed" in said[0] and "audit_entries" not in said[0]


def test_a_lease_further_ahead_than_its_own_length_is_no_lease(db: Database) -> None:
    def acquire(owner: str) -> bool:
        with db.writing() as session:
            return leases.acquire(session, "leader", owner, 15)

    assert acquire("w1")
    with db.writing() as session:
        session.execute(update(Lease).values(until=wall_clock() + AHEAD))
    assert acquire("w2")
    assert not acquire("w1") and not acquire("w3"), "and the new one is one"


def test_a_job_that_was_begun_before_the_clock_was_set_back_is_taken_over(db: Database) -> None:
    def claim(owner: str) -> bool:
        with db.writing() as session:
            return leases.claim_slot(session, "job", "2022-09-15", owner)

    assert claim("w1")
    with db.writing() as session:
        session.execute(update(JobSlot).values(lease_until=wall_clock() + AHEAD))
    assert claim("w2")
    assert not claim("w3")


@pytest.mark.only_on("postgresql", "SQLite has no clock of its own")
def test_machines_whose_clocks_differ_agree_on_the_end_of_a_lease(db: Database) -> None:
    """Whatever a statement carries of a machine's clock would differ; so it carries none."""
    sent: list[object] = []

    def note(_c: object, _cursor: object, _statement: str, parameters: object, *_more: object) -> None:
        sent.append(parameters)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        with db.writing() as session:
            leases.acquire(session, "leader", "w1", 15)
            leases.claim_slot(session, "job", "2022-09-15", "w1")
            leases.finish_slot(session, "job", "2022-09-15")
            leases.beat(session, "worker")
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    assert sent and "datetime(" not in repr(sent)
    with db.reading() as session:
        until, now = session.execute(select(Lease.until, text("clock_timestamp()"))).one()
    assert timedelta(seconds=5) < until - now <= timedelta(seconds=15)


def left(db: Database, key: str) -> str:
    with db.writing() as session:
        row_id = outbox.put(session, "topic", f"lane-{key}", {}, key)
    assert row_id is not None
    return row_id


def claimed(db: Database, owner: str = "w1") -> list[str]:
    with db.writing() as session:
        return [each.id for each in outbox.claim(session, owner, ("topic",), 10, 30)]


def recovered(db: Database) -> tuple[int, int]:
    with db.writing() as session:
        return outbox.recover(session, ("topic",), 30)


def state_of(db: Database, row_id: str) -> str:
    with db.reading() as session:
        return session.get_one(OutboxRow, row_id).state


def test_a_message_that_was_leased_under_the_clock_ahead_waits_again(db: Database) -> None:
    row_id = left(db, "k")
    assert claimed(db) == [row_id]
    assert recovered(db) == (0, 0), "a lease that stands"
    with db.writing() as session:
        session.execute(update(OutboxRow).values(lease_until=wall_clock() + AHEAD))
    assert recovered(db) == (1, 0)
    assert claimed(db, "w2") == [row_id]


def test_a_message_that_is_being_sent_under_it_gets_a_lease_from_now_on_so_that_none_goes_out_twice(
    db: Database,
) -> None:
    row_id = left(db, "k")
    claimed(db)
    with db.writing() as session:
        assert outbox.begin_sending(session, row_id, "w1", 30) == 1
        session.execute(update(OutboxRow).values(lease_until=wall_clock() + AHEAD))
    assert recovered(db) == (0, 0)
    with db.reading() as session:
        until = session.get_one(OutboxRow, row_id).lease_until
    assert until is not None and until < wall_clock() + timedelta(seconds=60)
    with db.writing() as session:
        session.execute(update(OutboxRow).values(lease_until=wall_clock() - timedelta(seconds=1)))
    assert recovered(db) == (0, 1)
    assert state_of(db, row_id) == outbox.WAITING


def test_a_message_that_was_to_go_at_once_goes_now(db: Database) -> None:
    at_once, tomorrow = left(db, "at-once"), left(db, "tomorrow")
    later = clock.now() + timedelta(days=1)
    with db.writing() as session:
        for number, (row_id, due) in enumerate([(at_once, clock.now() + AHEAD), (tomorrow, later)]):
            session.execute(
                update(OutboxRow)
                .where(OutboxRow.id == row_id)
                .values(id=made_ahead(number), created_at=clock.now() + AHEAD, due_at=due)
            )
    assert claimed(db) == []
    with db.writing() as session:
        assert outbox.send_what_waits_for_a_clock(session) == 1
    assert claimed(db) == [made_ahead_of(db, "at-once")]


def made_ahead_of(db: Database, key: str) -> str:
    with db.reading() as session:
        return session.scalars(select(OutboxRow.id).where(OutboxRow.key == key)).one()


IDS = """
import sys, time
from backend.core import audit
from backend.core.db import Database, new_id
database = Database(sys.argv[1])
audit.go_on_after_what_stands(database)
early = new_id()
time.sleep(0.02)
print(early, new_id())
database.close()
"""


def test_what_is_new_sorts_after_what_stands_whichever_process_makes_it(
    db: Database, database_url: str
) -> None:
    """Else the newest fault stood below those of the last two hours."""
    ahead = made_ahead(0)
    with db.writing() as session:
        entry = {"at": clock.now(), "event": "e", "about_kind": "k", "about_id": "h", "facts": {}}
        session.add(AuditEntry(id=ahead, **entry))
    printed = subprocess.run(
        [sys.executable, "-c", IDS, database_url], cwd=ROOT, capture_output=True, text=True, check=True
    )
    early, late = printed.stdout.split()
    assert ahead < early < late
    assert early[:10] < late[:10], "at its pace, not by random steps within one millisecond"


def test_a_worker_whose_last_beat_lies_ahead_is_late(db: Database, database_url: str, tmp_path: Path) -> None:
    app = app_on(database_url, tmp_path)
    with db.writing() as session:
        leases.beat(session, health.WORKER, "w1")
    assert client_of(app).get("/readyz").expect(200)["worker"] == "ok"
    with db.writing() as session:
        session.execute(update(Heartbeat).values(at=wall_clock() + AHEAD))
    assert client_of(app).get("/readyz").expect(200)["worker"] == "late"
