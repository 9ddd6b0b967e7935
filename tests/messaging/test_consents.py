from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from backend.core import clock
from backend.core.db import Database
from backend.identity import Actor
from backend.messaging import (
    ConsentAnswer,
    hear,
    ledger,
    pause_template,
    report_consents,
    resume_template,
    templates_to_ask,
)
from backend.messaging.errors import NoWechatAccount, UndefinedTopic, UnknownTemplate
from backend.messaging.models import SubscriptionGrant
from backend.wechat import CallbackMessage, ConsentChange
from scripts.wechat_standin import DEMO_APPID
from tests.harness.races import race
from tests.messaging.builders import (
    BODY_ONLY,
    FAULT,
    NOON,
    NOTICE,
    OF_A_FAULT,
    OF_A_VISIT,
    ORDINARY,
    SAFETY,
    UNAPPROVED,
    VISIT,
    a_person,
    account,
    balance,
    consent,
)
from tests.sizes import SIZES

pytestmark = pytest.mark.usefixtures("noon")


def report(db: Database, key: str, accepted: bool = True, template_id: str = NOTICE, number: int = 0) -> int:
    with db.writing() as session:
        who = Actor(a_person(session, number), None)
        (grant,) = report_consents(session, who, key=key, answers=[ConsentAnswer(template_id, accepted)])
        return grant.balance


def a_push(key: str, *changes: ConsentChange) -> CallbackMessage:
    return CallbackMessage(
        "event",
        DEMO_APPID,
        "o-0",
        "gh_1",
        None,
        None,
        key,
        True,
        event="subscribe_msg_change_event",
        consents=changes,
    )


def test_duty_09_each_accept_counts_once_by_its_key(db: Database) -> None:
    assert [report(db, "key-1"), report(db, "key-1"), report(db, "key-2")] == [1, 1, 2]


def test_duty_09_the_same_report_sent_many_times_at_once_counts_once(db: Database) -> None:
    report(db, "first")
    assert race(SIZES.racers, lambda _index: report(db, "same")).errors == []
    assert balance(db) == 2
    assert race(SIZES.racers, lambda index: report(db, f"own-{index}")).errors == []
    assert balance(db) == 2 + SIZES.racers


def test_duty_09_a_reject_empties_the_ledger_from_client_and_platform_alike(db: Database) -> None:
    report(db, "k1")
    report(db, "k2")
    assert report(db, "k3", accepted=False) == 0
    report(db, "k4")
    with db.writing() as session:
        hear(session, a_push("p1", ConsentChange(NOTICE, False, None)))
    assert balance(db) == 0


def test_duty_09_a_repeated_push_does_not_take_a_later_consent_away(db: Database) -> None:
    with db.writing() as session:
        hear(session, a_push("p1", ConsentChange(NOTICE, False, None)))
    report(db, "k1")
    with db.writing() as session:
        hear(session, a_push("p1", ConsentChange(NOTICE, False, None)))
    assert balance(db) == 1


def test_duty_09_an_accept_that_the_platform_reports_too_is_not_counted_twice(db: Database) -> None:
    report(db, "k1")
    with db.writing() as session:
        hear(session, a_push("p1", ConsentChange(NOTICE, True, "0")))
    assert balance(db) == 1


def test_refuses_a_template_that_is_not_ours_and_a_person_without_an_account(db: Database) -> None:
    with pytest.raises(UnknownTemplate):
        report(db, "k1", template_id="somebody-elses")
    with db.writing() as session, pytest.raises(NoWechatAccount):
        nobody = Actor("0" * 26, None)
        report_consents(session, nobody, key="k1", answers=[ConsentAnswer(NOTICE, True)])
    assert balance(db) == 0


def test_duty_09_the_database_itself_refuses_a_balance_below_zero(db: Database) -> None:
    report(db, "k1")
    with pytest.raises(IntegrityError), db.writing() as session:
        session.execute(update(SubscriptionGrant).values(balance=-1))


def test_duty_09_many_takers_of_few_consents_take_no_more_than_there_are(db: Database) -> None:
    few = max(1, SIZES.racers // 2)
    with db.writing() as session:
        consent(session, a_person(session, 0), 0, few)

    def take(_index: int) -> bool:
        with db.writing() as session:
            return ledger.reserve(session, account(0)) is not None

    assert sum(race(SIZES.racers, take).values) == few
    assert balance(db) == 0


def test_many_counters_of_one_day_stop_at_the_cap(db: Database) -> None:
    with db.writing() as session:
        person_id = a_person(session, 0)

    def count(_index: int) -> bool:
        with db.writing() as session:
            return ledger.count_message(session, person_id, clock.today(), 3)

    assert sum(race(SIZES.racers, count).values) == 3


def test_duty_14_asks_for_at_most_three_of_what_is_missing_most(db: Database) -> None:
    topics = [each.code for each in (ORDINARY, SAFETY, BODY_ONLY, UNAPPROVED, OF_A_VISIT, OF_A_FAULT)]
    with db.writing() as session:
        person_id = a_person(session, 0)
        consent(session, person_id, 0, 2)
        assert templates_to_ask(session, person_id, topics) == (VISIT, FAULT, NOTICE)
        assert templates_to_ask(session, person_id, [BODY_ONLY.code]) == ()
        with pytest.raises(UndefinedTopic):
            templates_to_ask(session, person_id, ["test.nowhere"])
        consent(session, person_id, 0, 5, VISIT)
        pause_template(session, FAULT, 43107, "banned")
        assert templates_to_ask(session, person_id, topics) == (NOTICE,)
        resume_template(session, None, FAULT)
        assert templates_to_ask(session, person_id, topics) == (FAULT, NOTICE)


def test_duty_14_who_said_no_is_left_in_peace_for_a_week(db: Database) -> None:
    report(db, "k1")
    report(db, "k2", accepted=False)
    with db.reading() as session:
        person_id = a_person(session, 0)
        assert templates_to_ask(session, person_id, [ORDINARY.code]) == ()
        with clock.pinned(NOON + timedelta(days=7)):
            assert templates_to_ask(session, person_id, [ORDINARY.code]) == (NOTICE,)
