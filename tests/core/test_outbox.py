"""What may follow: left beside the change, taken by one worker, one of a lane at a time, never silently lost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from backend.core import clock, outbox
from backend.core.db import Database
from backend.core.leases import wall_clock
from backend.core.outbox import Claimed, OutboxRow
from tests.builders.product import AUTUMN
from tests.harness.races import race
from tests.sizes import SIZES

TOPIC = "test.topic"
TOPICS = (TOPIC,)


def _put(
    db: Database, key: str, lane: str = "lane", *, priority: int = 5, not_before: datetime | None = None
) -> str | None:
    with db.writing() as session:
        payload = {"标题": key}
        return outbox.put(session, TOPIC, lane, payload, key, not_before=not_before, priority=priority)


def _claim(db: Database, owner: str = "w1", *, limit: int = 10, seconds: int = 60) -> list[Claimed]:
    with db.writing() as session:
        return outbox.claim(session, owner, TOPICS, limit, seconds)


def _begin(db: Database, row_id: str, owner: str = "w1") -> int | None:
    with db.writing() as session:
        return outbox.begin_sending(session, row_id, owner, 30)


def _settle(
    db: Database,
    row_id: str,
    state: str,
    owner: str = "w1",
    retry_at: datetime | None = None,
    attempt: int = 1,
) -> bool:
    with db.writing() as session:
        return outbox.settle(
            session, row_id, owner, attempt, state, outcome={"errcode": 0}, retry_at=retry_at
        )


def _recover(db: Database, *resend: str) -> tuple[int, int]:
    with db.writing() as session:
        return outbox.recover(session, resend)


def _let_the_lease_run_out(db: Database, row_id: str) -> None:
    with db.writing() as session:
        gone = wall_clock() - timedelta(seconds=1)
        session.execute(update(OutboxRow).where(OutboxRow.id == row_id).values(lease_until=gone))


def _row(db: Database, row_id: str) -> OutboxRow:
    with db.reading() as session:
        return session.get_one(OutboxRow, row_id)


def _sending(db: Database, key: str = "k1", lane: str = "lane") -> str:
    """A row that w1 has begun to send."""
    row_id = _put(db, key, lane)
    assert row_id is not None
    assert [each.id for each in _claim(db)] == [row_id]
    assert _begin(db, row_id)
    return row_id


# -- leaving


def test_a_row_is_left_with_the_change_or_not_at_all(db: Database) -> None:
    with pytest.raises(RuntimeError), db.writing() as session:
        outbox.put(session, TOPIC, "lane", {}, "k1")
        raise RuntimeError
    assert _claim(db) == []


def test_a_key_is_left_once(db: Database) -> None:
    assert _put(db, "k1") is not None
    assert _put(db, "k1") is None
    assert len(_claim(db)) == 1


def test_a_key_stays_taken_after_it_was_sent(db: Database) -> None:
    _settle(db, _sending(db), outbox.SENT)
    assert _put(db, "k1") is None


def test_of_many_who_leave_the_same_key_one_does(db: Database) -> None:
    result = race(SIZES.racers, lambda _index: _put(db, "k1"))
    assert not result.errors
    assert len([value for value in result.values if value]) == 1


def test_what_was_left_is_handed_to_the_worker_as_it_was(db: Database) -> None:
    row_id = _put(db, "k1", "lane-7")
    assert row_id is not None
    assert _claim(db) == [Claimed(row_id, TOPIC, "lane-7", {"标题": "k1"}, 0, 0)]


# -- claiming


def test_the_urgent_goes_first_then_the_older(db: Database) -> None:
    for minutes, (key, priority) in enumerate((("older", 5), ("younger", 5), ("urgent", 0))):
        _put(db, key, lane=key, priority=priority, not_before=AUTUMN + timedelta(minutes=minutes))
    assert [row.payload["标题"] for row in _claim(db, limit=2)] == ["urgent", "older"]
    assert [row.payload["标题"] for row in _claim(db, limit=2)] == ["younger"]


def test_a_row_waits_for_its_hour(db: Database) -> None:
    _put(db, "k1", not_before=AUTUMN)
    with clock.pinned(AUTUMN - timedelta(microseconds=1)):
        assert _claim(db) == []
    with clock.pinned(AUTUMN):
        assert len(_claim(db)) == 1


def test_only_the_topics_that_were_asked_for_are_taken(db: Database) -> None:
    _put(db, "k1")
    with db.writing() as session:
        assert outbox.claim(session, "w1", ("other",), 10, 60) == []
        assert outbox.claim(session, "w1", (), 10, 60) == []


def test_of_one_lane_one_row_is_in_flight(db: Database) -> None:
    first, second = _put(db, "k1"), _put(db, "k2")
    other = _put(db, "k3", "other lane")
    assert first and second and other
    assert {row.id for row in _claim(db)} == {first, other}
    assert _claim(db, "w2") == []
    _begin(db, first)
    assert _claim(db, "w2") == []
    _settle(db, first, outbox.SENT)
    assert [row.id for row in _claim(db, "w2")] == [second]


def test_a_lane_that_is_busy_keeps_nobody_else_waiting(db: Database) -> None:
    for number in range(5):
        _put(db, f"k{number}", "busy", priority=0)
    other = _put(db, "k9", "other lane")
    assert len(_claim(db, limit=1)) == 1
    assert [row.id for row in _claim(db, "w2", limit=1)] == [other]


def test_the_database_itself_refuses_a_second_row_in_flight(db: Database) -> None:
    _put(db, "k1")
    second = _put(db, "k2")
    _claim(db)
    with pytest.raises(IntegrityError), db.writing() as session:
        session.execute(update(OutboxRow).where(OutboxRow.id == second).values(state=outbox.LEASED))


def test_workers_at_once_take_each_row_once_and_one_of_a_lane(db: Database) -> None:
    lanes, deep = 12, 3
    for number in range(lanes * deep):
        _put(db, f"k{number}", f"lane{number % lanes}")
    taken: list[Claimed] = []
    rounds = 0
    while len(taken) < lanes * deep:
        rounds += 1
        assert rounds <= lanes * deep
        result = race(SIZES.racers, lambda index: _claim(db, f"w{index}", limit=5))
        assert not result.errors, result.errors
        claimed = [row for rows in result.values for row in rows]
        assert len({row.lane for row in claimed}) == len(claimed)
        assert not {row.id for row in claimed} & {row.id for row in taken}
        taken += claimed
        with db.writing() as session:
            flying = update(OutboxRow).where(OutboxRow.state == outbox.LEASED)
            session.execute(flying.values(state=outbox.SENT))


def test_two_workers_that_reach_for_the_same_lanes_do_not_wait_for_one_another_for_ever(db: Database) -> None:
    """Each skips the rows that the other holds and so finds the other rows of the same lanes, in the other order."""
    for round_number in range(SIZES.race_rounds * 3):
        for lane in range(20):
            _put(db, f"{round_number}:a{lane}", f"{round_number}:{lane:02d}", priority=lane % 7)
            _put(db, f"{round_number}:b{lane}", f"{round_number}:{lane:02d}", priority=6 - lane % 7)
        result = race(4, lambda index: _claim(db, f"w{index}", limit=20))
        assert not result.errors, result.errors
        lanes = [row.lane for rows in result.values for row in rows]
        assert len(set(lanes)) == len(lanes)
        with db.writing() as session:
            session.execute(update(OutboxRow).values(state=outbox.SENT))


# -- sending


def test_only_the_owner_of_a_lease_begins_and_only_once(db: Database) -> None:
    row_id = _put(db, "k1")
    assert row_id
    assert not _begin(db, row_id)  # nobody has claimed it
    _claim(db)
    assert not _begin(db, row_id, "w2")
    assert _begin(db, row_id)
    assert not _begin(db, row_id)
    assert _row(db, row_id).attempts == 1


def test_a_worker_whose_lease_ran_out_does_not_begin(db: Database) -> None:
    row_id = _put(db, "k1")
    assert row_id
    _claim(db)
    _let_the_lease_run_out(db, row_id)
    assert not _begin(db, row_id)


def test_an_outcome_is_recorded_once_and_by_the_sender(db: Database) -> None:
    row_id = _sending(db)
    assert not _settle(db, row_id, outbox.SENT, "w2")
    assert _settle(db, row_id, outbox.SENT)
    assert not _settle(db, row_id, outbox.REFUSED)
    row = _row(db, row_id)
    assert (row.state, row.outcome, row.lease_until) == (outbox.SENT, {"errcode": 0}, None)
    assert row.settled_at is not None


def test_a_failed_try_waits_until_its_next_hour(db: Database) -> None:
    with clock.pinned(AUTUMN):
        row_id = _sending(db)
        assert _settle(db, row_id, outbox.WAITING, retry_at=AUTUMN + timedelta(minutes=1))
        assert _claim(db) == []
    with clock.pinned(AUTUMN + timedelta(minutes=1)):
        assert [(row.id, row.attempts) for row in _claim(db)] == [(row_id, 1)]
    assert _row(db, row_id).settled_at is None


def test_what_stood_long_in_a_queue_has_its_whole_lease_when_it_is_begun(db: Database) -> None:
    """Else it would end while the message is on its way, and a second one to the same recipient could begin."""
    row_id = _put(db, "k1")
    assert row_id
    _claim(db, seconds=5)
    assert _begin(db, row_id)
    until = _row(db, row_id).lease_until
    assert until is not None and until > wall_clock() + timedelta(seconds=20)


def test_a_worker_that_stops_gives_back_what_it_has_not_begun(db: Database) -> None:
    begun = _sending(db, "k1", "a")
    leased = _put(db, "k2", "b")
    _claim(db)
    with db.writing() as session:
        assert outbox.return_unsent(session, "w1") == 1
    assert leased and _row(db, leased).state == outbox.WAITING
    assert _row(db, begun).state == outbox.SENDING
    assert [row.id for row in _claim(db, "w2")] == [leased]


def test_a_renewal_waits_for_no_row_that_is_being_written(db: Database) -> None:
    """On PostgreSQL the two would wait for one another; SQLite has one writer, and nothing to skip."""
    if db.dialect == "sqlite":
        _sending(db)
        with db.writing() as session:
            assert outbox.renew(session, "w1", 60) == 1
        return
    first, second = _sending(db, "k1", "a"), _sending(db, "k2", "b")
    with db.writing() as writing:
        assert outbox.settle(writing, first, "w1", 1, outbox.SENT)
        with db.writing() as session:
            assert outbox.renew(session, "w1", 600) == 1
    assert _row(db, first).state == outbox.SENT
    until = _row(db, second).lease_until
    assert until is not None and until > wall_clock() + timedelta(seconds=500)


# -- lost workers


def test_a_lease_that_stands_is_left_alone(db: Database) -> None:
    row_id = _sending(db)
    assert _recover(db) == (0, 0)
    assert _row(db, row_id).state == outbox.SENDING


def test_what_a_lost_worker_never_handed_over_simply_waits_again(db: Database) -> None:
    row_id = _put(db, "k1")
    assert row_id
    _claim(db)
    _let_the_lease_run_out(db, row_id)
    assert _recover(db) == (1, 0)
    again = _claim(db, "w2")
    assert [(row.id, row.attempts, row.unknowns) for row in again] == [(row_id, 0, 0)]


def test_what_a_lost_worker_was_sending_is_unknown_and_frees_its_lane(db: Database) -> None:
    row_id = _sending(db)
    later = _put(db, "k2")
    _let_the_lease_run_out(db, row_id)
    assert _recover(db) == (0, 1)
    row = _row(db, row_id)
    assert (row.state, row.unknowns) == (outbox.UNKNOWN, 1)
    assert row.settled_at is not None
    assert [each.id for each in _claim(db, "w2")] == [later]


def test_a_topic_that_may_be_sent_twice_waits_again_with_the_doubt_on_record(db: Database) -> None:
    row_id = _sending(db)
    _let_the_lease_run_out(db, row_id)
    assert _recover(db, TOPIC) == (0, 1)
    assert [(row.id, row.attempts, row.unknowns) for row in _claim(db, "w2")] == [(row_id, 1, 1)]


def test_a_late_proof_replaces_the_doubt(db: Database) -> None:
    row_id = _sending(db)
    _let_the_lease_run_out(db, row_id)
    _recover(db)
    assert not _settle(db, row_id, outbox.REFUSED)  # only "sent" is a proof
    assert not _settle(db, row_id, outbox.SENT, "w2")
    assert _settle(db, row_id, outbox.SENT)
    assert (_row(db, row_id).state, _row(db, row_id).unknowns) == (outbox.SENT, 1)


def test_a_late_proof_ends_the_wait_for_a_second_send(db: Database) -> None:
    row_id = _sending(db)
    _let_the_lease_run_out(db, row_id)
    assert _recover(db, TOPIC) == (0, 1)
    assert not _settle(db, row_id, outbox.WAITING, retry_at=AUTUMN), "only a proof ends it"
    assert _settle(db, row_id, outbox.SENT)
    assert _claim(db, "w2") == []


def test_an_earlier_attempt_settles_nothing_of_a_later_one_by_the_same_sender(db: Database) -> None:
    row_id = _sending(db)
    _let_the_lease_run_out(db, row_id)
    _recover(db, TOPIC)
    assert len(_claim(db)) == 1 and _begin(db, row_id) == 2
    for state in (outbox.WAITING, outbox.REFUSED, outbox.SENT):
        assert not _settle(db, row_id, state, retry_at=AUTUMN, attempt=1)
    assert _row(db, row_id).state == outbox.SENDING
    assert _settle(db, row_id, outbox.SENT, attempt=2)


def test_a_row_that_is_being_sent_is_not_left_off_as_if_it_had_not_begun(db: Database) -> None:
    row_id = _sending(db)
    with db.writing() as session:
        assert not outbox.leave_off(session, row_id, "w1", outbox.WAITING, retry_at=AUTUMN)
        assert not outbox.leave_off(session, row_id, "w1", outbox.REFUSED)
    leased = _put(db, "k2", "other")
    assert leased
    _claim(db)
    with db.writing() as session:
        assert not outbox.leave_off(session, leased, "w2", outbox.REFUSED)
        assert outbox.leave_off(session, leased, "w1", outbox.REFUSED, error="too old")
    assert (_row(db, leased).state, _row(db, leased).attempts) == (outbox.REFUSED, 0)


def test_a_late_proof_does_not_touch_what_another_worker_took_over(db: Database) -> None:
    row_id = _sending(db)
    _let_the_lease_run_out(db, row_id)
    _recover(db, TOPIC)
    _claim(db, "w2")
    assert not _settle(db, row_id, outbox.SENT, "w1")
    assert _row(db, row_id).state == outbox.LEASED


def test_recoverers_at_once_count_each_row_once(db: Database) -> None:
    for number in range(6):
        row_id = _sending(db, f"k{number}", f"lane{number}")
        _let_the_lease_run_out(db, row_id)
    result = race(SIZES.racers, lambda _index: _recover(db))
    assert not result.errors
    assert sum(unknown for _, unknown in result.values) == 6
    with db.reading() as session:
        assert set(session.scalars(select(OutboxRow.unknowns))) == {1}


# -- a person decides


@pytest.mark.parametrize("state", [outbox.DEAD, outbox.REFUSED, outbox.UNKNOWN])
def test_a_person_may_have_it_tried_again(db: Database, state: str) -> None:
    row_id = _sending(db)
    assert _settle(db, row_id, state)
    assert _claim(db) == []
    with db.writing() as session:
        assert outbox.retry(session, [row_id]) == 1
    assert [(row.id, row.attempts, row.tries) for row in _claim(db)] == [(row_id, 1, 0)]


def test_what_was_sent_is_not_tried_again(db: Database) -> None:
    row_id = _sending(db)
    _settle(db, row_id, outbox.SENT)
    with db.writing() as session:
        assert outbox.retry(session, [row_id]) == 0


@pytest.mark.parametrize("year", [2022, 2099])
def test_the_shift_of_a_demo_s_clock_moves_no_lease(db: Database, year: int) -> None:
    with clock.pinned(datetime(year, 9, 15, tzinfo=UTC)):
        row_id = _put(db, "k1")
        assert row_id
        _claim(db)
        assert _recover(db) == (0, 0)
        assert _begin(db, row_id)
