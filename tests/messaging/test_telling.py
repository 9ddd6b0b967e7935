from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from backend.core import clock
from backend.core.db import Database
from backend.identity import give_role
from backend.messaging import Template, Topic, configure, define_topic, notify, notify_role
from backend.messaging.errors import UndefinedTopic
from backend.messaging.rules import MAX_ATTEMPTS, first_moment, next_morning, retry_delay
from scripts.wechat_standin import DEMO_APPID
from tests.harness.races import race
from tests.messaging.builders import (
    BODY_ONLY,
    NOON,
    NOTICE,
    SAFETY,
    UNAPPROVED,
    a_notice,
    a_person,
    consent,
    deliveries,
    entries,
    outbox_rows,
    told,
)
from tests.sizes import SIZES

pytestmark = pytest.mark.usefixtures("noon")


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2022, 9, 15, hour, minute, tzinfo=clock.SHANGHAI)


def test_the_inbox_always_has_it_and_says_who_had_not_consented(db: Database) -> None:
    person_id = told(db, consents=0)
    (entry,) = entries(db, person_id)
    assert (entry.title, entry.read_at) == ("停电通知", None)
    assert outbox_rows(db) == []
    assert [one.state for one in deliveries(db)] == ["no_consent"]


def test_a_consent_on_record_leaves_one_message_beside_the_entry(db: Database) -> None:
    told(db)
    (row,), (delivery,) = outbox_rows(db), deliveries(db)
    assert (row.topic, row.lane, row.state) == ("wechat.subscribe", "o-0", "waiting")
    assert (delivery.outbox_id, delivery.state) == (row.id, "waiting")


def test_duty_22_telling_twice_by_one_key_changes_nothing(db: Database) -> None:
    person_id = told(db)
    with db.writing() as session:
        other = a_person(session, 1)
        assert notify(session, [person_id, other, other], a_notice(), "k1") == 1
        assert notify(session, [person_id, other], a_notice(), "k1") == 0
    assert len(entries(db, person_id)) == len(entries(db, other)) == len(outbox_rows(db)) == 1


def test_many_tellers_of_one_thing_leave_one_entry_and_one_message(db: Database) -> None:
    with db.writing() as session:
        person_id = a_person(session, 0)
        consent(session, person_id, 0, 3)

    def tell(_index: int) -> int:
        with db.writing() as session:
            return notify(session, [person_id], a_notice(), "same")

    run = race(SIZES.racers, tell)
    assert sorted(run.values) == [0] * (SIZES.racers - 1) + [1]
    assert len(entries(db, person_id)) == len(outbox_rows(db)) == 1


def test_a_caller_that_fails_has_told_nobody(db: Database) -> None:
    with db.writing() as session:
        person_id = a_person(session, 0)
        consent(session, person_id, 0)
    with pytest.raises(ZeroDivisionError), db.writing() as session:
        notify(session, [person_id], a_notice(), "k1")
        raise ZeroDivisionError
    assert not entries(db, person_id) and not outbox_rows(db) and not deliveries(db)


@pytest.mark.parametrize("topic", [BODY_ONLY, UNAPPROVED], ids=lambda topic: topic.code)
def test_without_an_approved_template_there_is_the_inbox_alone(db: Database, topic: Topic) -> None:
    person_id = told(db, topic=topic)
    assert len(entries(db, person_id)) == 1
    assert not outbox_rows(db) and not deliveries(db)


def test_an_undefined_topic_or_an_endless_key_is_refused_at_once(db: Database) -> None:
    with db.writing() as session:
        with pytest.raises(UndefinedTopic):
            notify(session, [], a_notice(Topic("test.nowhere", "")), "k1")
        with pytest.raises(ValueError, match="key"):
            notify(session, [], a_notice(), "k" * 201)


def test_a_topic_is_defined_once(db: Database) -> None:
    define_topic(Topic("test.twice", "一次"))
    define_topic(Topic("test.twice", "一次"))
    with pytest.raises(ValueError, match="twice"):
        define_topic(Topic("test.twice", "两次"))


def test_a_template_names_its_fields_after_the_values(db: Database) -> None:
    fields = {
        "thing1": "what",
        "thing2": "who",
        "time3": "time",
        "date4": "day",
        "thing5": "title",
        "thing6": "nothing",
    }
    for given in ({"id": NOTICE, "fields": fields}, Template(NOTICE, fields)):
        configure(DEMO_APPID, {"notice": given})
        told(db, key=type(given).__name__, values={"what": "停电", "who": "镇政府", "more": "不在模板中"})
    expected = {
        "thing1": "停电",
        "thing2": "镇政府",
        "time3": "2022-09-15 12:00",
        "date4": "2022-09-15",
        "thing5": "停电通知",
    }
    assert [row.payload["values"] for row in outbox_rows(db)] == [expected, expected]


def test_everybody_with_the_role_for_that_area_is_told(db: Database) -> None:
    with db.writing() as session:
        here, there = a_person(session, 0), a_person(session, 1)
        for person_id, area in ((here, "140699001001"), (there, "140699001002")):
            give_role(session, person_id, role="village_cadre", area_code=area, company_id=None, by=None)
        assert notify_role(session, ("village_cadre",), a_notice(), "k1", area_code="140699001001") == 1
    assert len(entries(db, here)) == 1 and entries(db, there) == []


@pytest.mark.parametrize(
    ("local", "expected"),
    [
        (at(21, 59), at(21, 59)),
        (at(22), at(7) + timedelta(days=1)),
        (at(23, 59), at(7) + timedelta(days=1)),
        (at(0), at(7)),
        (at(6, 59), at(7)),
        (at(7), at(7)),
    ],
)
def test_nobody_is_woken_between_ten_and_seven(local: datetime, expected: datetime) -> None:
    assert first_moment(local, urgent=False) == expected
    assert first_moment(local, urgent=True) == local


def test_a_message_of_the_night_waits_for_seven_but_a_safety_one_does_not(db: Database) -> None:
    night = datetime(2022, 9, 15, 15, 30, tzinfo=UTC)  # 23:30 for people
    with clock.pinned(night):
        told(db, key="ordinary", consents=2)
        told(db, key="safety", topic=SAFETY, consents=0)
    ordinary, safety = outbox_rows(db)
    assert ordinary.due_at == datetime(2022, 9, 15, 23, 0, tzinfo=UTC)
    assert (safety.due_at, safety.priority) == (night, 0)


def test_a_message_is_not_sent_before_the_moment_that_was_asked_for(db: Database) -> None:
    with db.writing() as session:
        person_id = a_person(session, 0)
        consent(session, person_id, 0)
        notify(session, [person_id], a_notice(), "k1", not_before=NOON + timedelta(hours=3))
    assert outbox_rows(db)[0].due_at == NOON + timedelta(hours=3)
    assert len(entries(db, person_id)) == 1


def test_pauses_grow_spread_and_stay_within_half_an_hour_and_a_half() -> None:
    delays = [retry_delay(attempt, 0.5) for attempt in range(1, MAX_ATTEMPTS + 1)]
    assert delays == sorted(delays) and delays[0] == timedelta(seconds=30)
    assert retry_delay(100_000, 0.999) < timedelta(minutes=45)
    assert retry_delay(1, 0.0) < retry_delay(1, 0.9)
    assert next_morning(at(6)) == at(7) + timedelta(days=1)
