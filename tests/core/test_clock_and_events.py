"""The only source of time, and news inside a transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.core import clock, events
from backend.core.audit import AuditEntry, record
from backend.core.db import Database
from tests.builders.product import AUTUMN
from tests.harness.day import begin_in_the_morning


def test_the_day_begins_at_midnight_where_the_people_are() -> None:
    start = datetime(2022, 9, 14, 16, 0, tzinfo=UTC)
    assert clock.start_of_day(date(2022, 9, 15)) == start
    with clock.pinned(start - timedelta(microseconds=1)):
        assert clock.today() == date(2022, 9, 14)
    with clock.pinned(start):
        assert clock.today() == date(2022, 9, 15)


def test_a_pinned_instant_is_told_in_utc_whatever_zone_it_was_given_in() -> None:
    with clock.pinned(datetime(2022, 9, 15, 10, tzinfo=timezone(timedelta(hours=8)))):
        assert clock.now() == datetime(2022, 9, 15, 2, tzinfo=UTC)
        assert clock.now().tzinfo is UTC
        assert clock.local_time(clock.now()).hour == 10


def test_pins_come_off_in_the_order_they_were_set_even_after_an_error() -> None:
    with clock.pinned(AUTUMN):
        with pytest.raises(RuntimeError), clock.pinned(AUTUMN + timedelta(days=1)):
            raise RuntimeError
        assert clock.now() == AUTUMN
    assert clock.now() != AUTUMN


@pytest.mark.parametrize("shift", [timedelta(0), timedelta(days=-1000, hours=-13, minutes=-7)])
def test_a_shift_moves_the_product_to_the_minute(shift: timedelta) -> None:
    try:
        clock.configure(shift)
        before, shown, after = datetime.now(UTC), clock.now(), datetime.now(UTC)
    finally:
        begin_in_the_morning()
    assert before + shift <= shown <= after + shift


@dataclass(frozen=True, slots=True)
class Happened(events.Event):
    what: str


@dataclass(frozen=True, slots=True)
class Failed(events.Event):
    pass


@dataclass(frozen=True, slots=True)
class Unheard(events.Event):
    pass


heard: list[str] = []


def _write_down(session: Session, event: Happened) -> None:
    heard.append(event.what)
    record(session, None, "test.heard", ("test", event.what))


def _object(_session: Session, _event: Failed) -> None:
    raise RuntimeError("a listener objects")


def _written(db: Database) -> int:
    with db.reading() as session:
        return session.scalar(select(func.count()).select_from(AuditEntry)) or 0


def test_a_listener_is_called_once_however_often_it_was_subscribed(db: Database) -> None:
    events.subscribe(Happened, _write_down)
    events.subscribe(Happened, _write_down)
    with db.writing() as session:
        events.publish(session, Happened("a"))
        events.publish(session, Unheard())
    assert heard[-1:] == ["a"] and heard.count("a") == 1
    assert _written(db) == 1


def test_what_a_listener_did_is_undone_with_the_transaction(db: Database) -> None:
    events.subscribe(Happened, _write_down)
    with pytest.raises(RuntimeError), db.writing() as session:
        events.publish(session, Happened("b"))
        raise RuntimeError
    assert _written(db) == 0


def test_a_listener_that_objects_takes_everything_back(db: Database) -> None:
    events.subscribe(Failed, _object)
    with pytest.raises(RuntimeError, match="objects"), db.writing() as session:
        record(session, None, "test.before", ("test", "x"))
        events.publish(session, Failed())
    assert _written(db) == 0
