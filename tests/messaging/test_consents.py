from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from backend.core import clock
from backend.core.db import Database
from backend.identity import Actor
from backend.messaging import (
    ConsentAnswer,
    configure,
    hear,
    history_of,
    ledger,
    pause_template,
    report_consents,
    resume_template,
    templates_to_ask,
)
from backend.messaging.errors import NoWechatAccount, UndefinedTopic, UnknownTemplate
from backend.messaging.models import SubscriptionGrant
from backend.messaging.sending import send_due
from backend.wechat import CallbackMessage, ConsentChange, Wechat, open_callback
from scripts.wechat_standin import DEMO_AES_KEY, DEMO_APPID, DEMO_CALLBACK_TOKEN, Standin
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
    entries,
    settings_for,
    told,
)
from tests.sizes import SIZES

pytestmark = pytest.mark.usefixtures("noon")

POPUP, SENT = "subscribe_msg_popup_event", "subscribe_msg_sent_event"
FORMS = [(mode, form) for mode in ("plain", "safe") for form in ("xml", "json")]
A_SECOND = timedelta(seconds=1)


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


def accepted(db: Database, key: str, said_at: datetime | None = None) -> None:
    """The platform tells of an accept."""
    with db.writing() as session:
        hear(session, replace(a_push(key, ConsentChange(NOTICE, True, "0")), created=said_at))


def pushed(db: Database, standin: Standin, event: str, *entries: dict[str, Any], **order: Any) -> None:
    """An event of the platform about o-0, as it comes over the wire."""
    settings = replace(
        settings_for(standin.url), callback_token=DEMO_CALLBACK_TOKEN, callback_aes_key=DEMO_AES_KEY
    )
    sent = standin.prepare(person="p0", kind="event", event=event, list=list(entries), **order)
    with db.writing() as session:
        hear(session, open_callback(settings, sent.query, sent.body, sent.content_type))


def answer(template_id: str, status: str) -> dict[str, Any]:
    return {"TemplateId": template_id, "SubscribeStatusString": status, "PopupScene": "0"}


def refused(db: Database, key: str, said_at: datetime | None = None) -> None:
    """The platform tells of a reject."""
    with db.writing() as session:
        hear(session, replace(a_push(key, ConsentChange(NOTICE, False, None)), created=said_at))


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


@pytest.mark.parametrize(("mode", "form"), FORMS)
def test_duty_09_each_answer_of_a_dialogue_that_the_platform_tells_of_is_heard(
    db: Database, standin: Standin, mode: str, form: str
) -> None:
    for key in ("k1", "k2"):
        report(db, key, template_id=FAULT)
    dialogue = (answer(NOTICE, "accept"), answer(FAULT, "reject"), answer(VISIT, "accept"))
    pushed(db, standin, POPUP, *dialogue, mode=mode, format=form)
    assert [balance(db, 0, each) for each in (NOTICE, FAULT, VISIT)] == [1, 0, 1]


@pytest.mark.parametrize("status", ["ban", "filter", "perhaps", "ACCEPT", ""])
def test_duty_09_what_is_neither_accept_nor_reject_changes_nothing(
    db: Database, standin: Standin, status: str
) -> None:
    report(db, "k1", template_id=FAULT)
    pushed(db, standin, POPUP, answer(NOTICE, status), answer(FAULT, status), answer(VISIT, "accept"))
    assert [balance(db, 0, each) for each in (NOTICE, FAULT, VISIT)] == [0, 1, 1]


@pytest.mark.parametrize(("allowed", "taken_back"), [(NOTICE, VISIT), (VISIT, NOTICE)])
def test_duty_09_each_answer_of_one_report_counts_for_its_own_template(
    db: Database, allowed: str, taken_back: str
) -> None:
    for each in (allowed, taken_back):
        report(db, "before", template_id=each)
    answers = [ConsentAnswer(allowed, True), ConsentAnswer(taken_back, False)]
    with db.writing() as session:
        report_consents(session, Actor(a_person(session, 0), None), key="both", answers=answers)
    assert (balance(db, 0, allowed), balance(db, 0, taken_back)) == (2, 0)


def test_duty_09_a_repeated_push_does_not_take_a_later_consent_away(db: Database) -> None:
    with db.writing() as session:
        hear(session, a_push("p1", ConsentChange(NOTICE, False, None)))
    report(db, "k1")
    with db.writing() as session:
        hear(session, a_push("p1", ConsentChange(NOTICE, False, None)))
    assert balance(db) == 1


@pytest.mark.parametrize("first", ["client", "platform"])
def test_duty_09_an_accept_that_client_and_platform_both_report_counts_once(db: Database, first: str) -> None:
    """Whoever tells first, for each of three accepts."""
    for number in range(3):
        if first == "client":
            report(db, f"k{number}")
        for _repeated in range(2):
            accepted(db, f"p{number}")
        report(db, f"k{number}")
        assert balance(db) == number + 1


def test_duty_09_an_accept_that_only_the_platform_tells_of_counts_too(db: Database) -> None:
    """The client lost its answer: with the dialogue the person allowed a message all the same."""
    accepted(db, "p1")
    assert balance(db) == 1
    report(db, "k2")  # the dialogue hidden by "always keep": of this one the platform says nothing
    report(db, "k3")
    assert balance(db) == 2, "never more than one of them alone has told of"


def test_duty_09_an_old_accept_does_not_outlive_a_no(db: Database) -> None:
    report(db, "k1")
    report(db, "k2", accepted=False)
    accepted(db, "p1", said_at=NOON - timedelta(seconds=30))
    assert balance(db) == 0
    accepted(db, "p2", said_at=NOON + timedelta(seconds=30))
    assert balance(db) == 1


def test_duty_09_an_old_no_does_not_take_back_a_later_yes(db: Database) -> None:
    """A push that waited: the no of 11:59 is heard after the yes of 12:00."""
    report(db, "k1")
    with db.writing() as session:
        old = replace(a_push("p1", ConsentChange(NOTICE, False, None)), created=NOON - timedelta(minutes=1))
        hear(session, old)
        assert templates_to_ask(session, a_person(session, 0), [ORDINARY.code]) == (NOTICE,)
    assert balance(db) == 1


def test_duty_09_a_no_that_is_heard_first_outlives_an_older_yes(db: Database) -> None:
    with db.writing() as session:
        hear(session, replace(a_push("p1", ConsentChange(NOTICE, False, None)), created=NOON))
    accepted(db, "p2", said_at=NOON - timedelta(minutes=1))
    assert balance(db) == 0


@pytest.mark.parametrize(("later", "left"), [(-A_SECOND, 0), (0 * A_SECOND, 1), (A_SECOND, 1)])
@pytest.mark.parametrize("ended_by", ["a no", "43101"])
def test_duty_09_an_accept_stands_from_the_moment_on_in_which_the_ledger_was_emptied(
    db: Database, ended_by: str, later: timedelta, left: int
) -> None:
    report(db, "k1")
    if ended_by == "a no":
        refused(db, "p1", said_at=NOON)
    else:
        with db.writing() as session:
            ledger.empty(session, account(0))
    accepted(db, "p2", said_at=NOON + later)
    assert balance(db) == left


@pytest.mark.parametrize(("later", "left"), [(-A_SECOND, 1), (0 * A_SECOND, 0), (A_SECOND, 0)])
@pytest.mark.parametrize("told_by", ["client", "platform"])
def test_duty_09_a_no_of_the_second_of_the_yes_or_later_takes_it_back(
    db: Database, told_by: str, later: timedelta, left: int
) -> None:
    if told_by == "client":
        report(db, "k1")
    else:
        accepted(db, "p1", said_at=NOON)
    refused(db, "p2", said_at=NOON + later)
    assert balance(db) == left


def test_duty_09_a_no_is_of_its_whole_second(db: Database) -> None:
    """The platform tells whole seconds: the yes may have been said in the same one, before the no."""
    with clock.pinned(NOON + timedelta(seconds=1.999)):
        report(db, "k1")
    refused(db, "p1", said_at=NOON)
    assert balance(db) == 1
    refused(db, "p2", said_at=NOON + A_SECOND)
    assert balance(db) == 0


def test_duty_09_an_accept_that_is_spent_does_not_count_when_the_platform_tells_of_it_late(
    db: Database,
) -> None:
    report(db, "k1")
    with db.writing() as session:
        assert ledger.reserve(session, account(0)) is not None
        ledger.empty(session, account(0))  # 43101
    accepted(db, "p1", said_at=NOON - timedelta(seconds=5))
    assert balance(db) == 0


def test_duty_14_a_no_that_only_the_platform_tells_of_is_respected(db: Database) -> None:
    with db.writing() as session:
        person_id = a_person(session, 0)
        hear(session, a_push("p1", ConsentChange(NOTICE, False, None)))
        assert templates_to_ask(session, person_id, [ORDINARY.code]) == ()


def test_duty_09_what_the_platform_says_of_another_account_is_none_of_ours(db: Database) -> None:
    with db.writing() as session:
        hear(session, replace(a_push("p1", ConsentChange(NOTICE, True, "0")), appid="wx-official"))
        hear(session, a_push("p2", ConsentChange("somebody-elses", True, "0")))
    with db.reading() as session:
        assert session.scalars(select(SubscriptionGrant)).all() == []


def test_duty_09_a_long_term_template_is_allowed_until_it_is_taken_back(db: Database) -> None:
    configure(DEMO_APPID, {"notice": {"id": NOTICE, "long_term": True}, "visit": VISIT})
    assert [report(db, "k1"), report(db, "k2")] == [1, 1]
    with db.writing() as session:
        taken = [ledger.reserve(session, account(0)) for _ in range(3)]
        assert None not in taken
        ledger.give_back(session, account(0), taken[0] or 0)
    assert balance(db) == 1
    with db.writing() as session:
        hear(session, a_push("p1", ConsentChange(NOTICE, False, None)))
        assert ledger.reserve(session, account(0)) is None


def test_duty_14_long_term_and_single_templates_are_never_asked_for_together(db: Database) -> None:
    configure(DEMO_APPID, {"notice": {"id": NOTICE, "long_term": True}, "visit": VISIT, "fault": FAULT})
    topics = [each.code for each in (ORDINARY, OF_A_VISIT, OF_A_FAULT)]
    with db.writing() as session:
        person_id = a_person(session, 0)
        assert templates_to_ask(session, person_id, topics) == (NOTICE,)
        consent(session, person_id, 0, 1)
        assert templates_to_ask(session, person_id, topics) == (VISIT, FAULT), "allowed once is allowed"
        assert templates_to_ask(session, person_id, topics[::-1]) == (FAULT, VISIT)


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


@pytest.mark.parametrize("told_by", ["client", "platform"])
def test_duty_14_who_says_yes_after_a_no_may_be_asked_again(db: Database, told_by: str) -> None:
    report(db, "k1", accepted=False)
    if told_by == "client":
        report(db, "k2")
    else:
        accepted(db, "p1", said_at=NOON + A_SECOND)
    with db.writing() as session:
        assert templates_to_ask(session, a_person(session, 0), [ORDINARY.code]) == (NOTICE,)


# 15: what became of a message


def sent_twice(db: Database, wechat: Wechat, standin: Standin) -> list[str]:
    """The platform's ids of two messages to o-0 that it took."""
    told(db, key="k1", consents=2, standin=standin)
    told(db, key="k2", consents=0)
    assert send_due(db, wechat, "w1").accepted == 2
    return [message["msgid"] for message in standin.platform.messages]


def states(db: Database) -> dict[str | None, str]:
    """By the platform's id, what became of the messages to o-0."""
    with db.writing() as session:
        person_id = a_person(session, 0)
    with db.reading() as session:
        found = [history_of(session, entry.id) for entry in entries(db, person_id)]
        return {one.outcomes[1].proof: one.outcomes[1].state for one in found if one}


@pytest.mark.parametrize(("mode", "form"), FORMS)
def test_duty_15_each_report_of_one_push_is_heard(
    db: Database, wechat: Wechat, standin: Standin, mode: str, form: str
) -> None:
    first, second = sent_twice(db, wechat, standin)
    reports = [
        {"TemplateId": NOTICE, "MsgID": first, "ErrorCode": "0", "ErrorStatus": "success"},
        {"TemplateId": NOTICE, "MsgID": second, "ErrorCode": "1", "ErrorStatus": "system error"},
    ]
    assert states(db) == {first: "accepted", second: "accepted"}
    pushed(db, standin, SENT, *reports, mode=mode, format=form)
    assert states(db) == {first: "arrived", second: "failed"}


@pytest.mark.parametrize("code", [{}, {"ErrorCode": ""}, {"ErrorCode": "success"}, {"ErrorCode": None}])
def test_duty_15_a_report_whose_code_cannot_be_read_is_no_arrival(
    db: Database, wechat: Wechat, standin: Standin, code: dict[str, Any]
) -> None:
    first, second = sent_twice(db, wechat, standin)
    pushed(db, standin, SENT, {"TemplateId": NOTICE, "MsgID": first, **code}, format="json")
    told_of = states(db)
    assert told_of[first] != "arrived"
    assert told_of[second] == "accepted"
