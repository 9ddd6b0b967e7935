from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta

import pytest

from backend.core import clock
from backend.core.db import Database
from backend.messaging import (
    hear,
    history_of,
    ledger,
    paused_templates,
    recover_lost,
    resume_template,
    send_due,
)
from backend.messaging.rules import DAILY_CAP, MAX_ATTEMPTS
from backend.wechat import AnswerLost, CallbackMessage, NotReached, SendOutcome, SendReport, Wechat
from scripts.children import free_port
from scripts.wechat_standin import DEMO_APPID, Standin
from tests.harness.races import race
from tests.messaging.builders import (
    AGAIN,
    FAULT,
    FAULT_VALUES,
    NOON,
    NOTICE,
    OF_A_FAULT,
    OF_A_SERVICE,
    SAFETY,
    SEND,
    SERVICE,
    SERVICE_VALUES,
    Scripted,
    a_person,
    account,
    an_administrator,
    balance,
    consent,
    deliveries,
    entries,
    outbox_rows,
    sent_titles,
    settings_for,
    told,
)
from tests.sizes import SIZES

pytestmark = pytest.mark.usefixtures("noon")


def test_duty_15_a_message_is_accepted_once_and_keeps_its_proof(
    db: Database, wechat: Wechat, standin: Standin
) -> None:
    person_id = told(db, standin=standin, page="pages/notice/notice")
    report = send_due(db, wechat, "w1")
    assert (report.claimed, report.accepted) == (1, 1)
    assert send_due(db, wechat, "w1").claimed == 0
    (message,) = standin.platform.messages
    (row,), (delivery,) = outbox_rows(db), deliveries(db)
    assert (row.state, delivery.state, delivery.msgid) == ("sent", "accepted", message["msgid"])
    assert row.outcome == {"msgid": message["msgid"]}
    assert (message["page"], balance(db), standin.platform.balance("p0", NOTICE)) == (
        "pages/notice/notice",
        0,
        0,
    )
    with db.reading() as session:
        history = history_of(session, entries(db, person_id)[0].id)
        assert history is not None
        assert [(one.channel, one.state, one.proof) for one in history.outcomes] == [
            ("inbox", "kept", None),
            ("wechat", "accepted", message["msgid"]),
        ]


@pytest.mark.parametrize(("error_code", "state"), [(0, "arrived"), (1, "failed")])
@pytest.mark.parametrize("early", [False, True], ids=["after the answer", "before the answer"])
def test_duty_15_the_platforms_later_word_is_joined_by_the_message_id(
    db: Database, early: bool, error_code: int, state: str
) -> None:
    def report() -> None:
        with db.writing() as session:
            for _ in range(2):
                hear(
                    session,
                    CallbackMessage(
                        "event",
                        DEMO_APPID,
                        "o-0",
                        "gh_1",
                        None,
                        None,
                        "key1",
                        True,
                        event="subscribe_msg_sent_event",
                        reports=(SendReport(NOTICE, "77", error_code, "word"),),
                    ),
                )

    person_id = told(db)
    if early:
        report()
    send_due(db, Scripted(SendOutcome("77")), "w1")
    if not early:
        report()
    with db.reading() as session:
        history = history_of(session, entries(db, person_id)[0].id)
    assert history is not None and history.outcomes[1].state == state


def test_duty_09_one_grant_of_a_long_term_template_sends_until_it_is_refused(
    db: Database, wechat: Wechat, standin: Standin
) -> None:
    told(db, 0, "k1", OF_A_SERVICE, consents=0)
    with db.writing() as session:
        consent(session, a_person(session, 0), 0, 1, SERVICE, standin)
    for key in ("k2", "k3"):
        told(db, 0, key, OF_A_SERVICE, consents=0, values=SERVICE_VALUES)
    assert send_due(db, wechat, "w1").accepted == 2
    assert (balance(db, 0, SERVICE), standin.platform.balance("p0", SERVICE)) == (1, 1)
    standin.platform.grant("p0", SERVICE, 0)
    told(db, 0, "k4", OF_A_SERVICE, consents=0, values=SERVICE_VALUES)
    send_due(db, wechat, "w1")
    with clock.pinned(NOON + timedelta(minutes=5)):  # one 43101 among others is doubted, and tried once more
        send_due(db, wechat, "w1")
    assert (balance(db, 0, SERVICE), len(standin.platform.messages)) == (0, 2)


def test_duty_09_one_grant_never_sends_two_messages(db: Database, wechat: Wechat, standin: Standin) -> None:
    """Three messages, one consent here; the platform would take more, and is not asked."""
    for key in ("a", "b", "c"):
        told(db, key=key, consents=1 if key == "a" else 0)
    standin.platform.grant("p0", NOTICE, 5)
    for _ in range(4):
        send_due(db, wechat, "w1")
    assert len(standin.platform.messages) == len(standin.calls(SEND)) == 1
    assert sorted(one.state for one in deliveries(db)) == ["accepted", "no_consent", "no_consent"]
    assert balance(db) == 0


def test_duty_11_many_senders_share_the_work_and_never_two_to_one_account(
    db: Database, wechat: Wechat, standin: Standin
) -> None:
    people = min(SIZES.racers * 2, 64)
    for number in range(people):
        for key in ("a", "b", "c"):
            told(db, number, f"{key}{number}", title=f"{number}-{key}", standin=standin)
    standin.fault("latency", ms=10)
    clients = [Wechat(settings_for(standin.url), db) for _ in range(SIZES.racers)]

    def send(index: int) -> None:
        for round_number in range(20):
            if not send_due(db, clients[index], f"w{index}-{round_number}", threads=4).claimed:
                return

    assert race(SIZES.racers, send).errors == []
    for client in clients:
        client.close()
    send_due(db, wechat, "last")
    assert sorted(sent_titles(standin)) == sorted(f"{n}-{key}" for n in range(people) for key in "abc")
    calls = standin.calls(SEND)
    assert not [call for call in calls if call["errcode"] == 43108]
    overlapping = sum(
        one["n"] < other["done"] and other["n"] < one["done"] and one["n"] != other["n"]
        for one in calls
        for other in calls
    )
    print(f"sends that overlapped another: {overlapping}")
    assert overlapping > 0


def test_the_day_has_room_for_so_many_and_the_rest_waits_for_the_morning(
    db: Database, wechat: Wechat, standin: Standin
) -> None:
    for number in range(DAILY_CAP + 2):
        told(db, key=f"k{number}", standin=standin)
    told(db, key="safety", topic=SAFETY, standin=standin)
    for _ in range(DAILY_CAP + 4):
        send_due(db, wechat, "w1")
    assert len(standin.platform.messages) == DAILY_CAP + 1
    waiting = [one for one in deliveries(db) if one.state == "waiting"]
    assert [one.reason for one in waiting] == ["daily_cap", "daily_cap"]
    assert balance(db) == 2
    with clock.pinned(NOON + timedelta(hours=18)):
        assert send_due(db, wechat, "w1").claimed == 0
    with clock.pinned(NOON + timedelta(hours=20)):
        for _ in range(3):
            send_due(db, wechat, "w1")
    assert len(standin.platform.messages) == DAILY_CAP + 3


def test_what_was_delayed_into_the_night_waits_for_the_morning(db: Database) -> None:
    told(db)
    with clock.pinned(NOON + timedelta(hours=11)):
        assert send_due(db, Scripted(), "w1").put_off == 1
    assert deliveries(db)[0].reason == "quiet_hours"
    with clock.pinned(NOON + timedelta(hours=19)):
        assert send_due(db, Scripted(SendOutcome("1")), "w1").accepted == 1


def test_what_is_too_old_to_be_true_is_not_sent_any_more(db: Database) -> None:
    told(db)
    with clock.pinned(NOON + timedelta(hours=45)):
        assert send_due(db, Scripted(), "w1").refused == 1
    assert (deliveries(db)[0].reason, balance(db)) == ("too_old", 1)


@pytest.mark.parametrize("fault", ["-1", "502", "45011", "43108", "40125", "40164"])
def test_a_platform_that_is_busy_or_out_of_order_is_asked_again_later(
    db: Database, wechat: Wechat, standin: Standin, fault: str
) -> None:
    told(db, standin=standin)
    wechat.warm()
    standin.fault(fault, path=SEND)
    assert send_due(db, wechat, "w1").retried == 1
    (row,) = outbox_rows(db)
    assert (row.state, row.attempts, balance(db)) == ("waiting", 1, 1)
    assert NOON < row.due_at < NOON + timedelta(minutes=1)
    assert send_due(db, wechat, "w1").claimed == 0
    with clock.pinned(NOON + timedelta(minutes=1)):
        assert send_due(db, wechat, "w1").accepted == 1
    assert len(standin.platform.messages) == 1 and balance(db) == 0


def test_a_platform_that_is_never_reached_is_given_up_in_the_open(db: Database) -> None:
    told(db)
    client = Wechat(settings_for(f"http://127.0.0.1:{free_port()}"), db)
    moment, tries = NOON, 0
    while outbox_rows(db)[0].state == "waiting":
        with clock.pinned(moment):
            tries += send_due(db, client, "w1").claimed
        moment += timedelta(minutes=45)
    client.close()
    (row,), (delivery,) = outbox_rows(db), deliveries(db)
    assert (row.state, tries, row.attempts) == ("dead", MAX_ATTEMPTS, MAX_ATTEMPTS)
    assert (delivery.state, delivery.reason, balance(db)) == ("given_up", "not_reached", 1)


def test_a_lost_answer_is_unknown_and_not_repeated(db: Database, wechat: Wechat, standin: Standin) -> None:
    told(db, consents=2, standin=standin)
    standin.fault("drop_after", path=SEND)
    assert send_due(db, wechat, "w1").unknown == 1
    with clock.pinned(NOON + timedelta(hours=2)):
        assert send_due(db, wechat, "w1").claimed == 0
    assert len(standin.platform.messages) == 1
    (row,), (delivery,) = outbox_rows(db), deliveries(db)
    assert (row.state, row.unknowns, delivery.state, delivery.reason) == (
        "unknown",
        1,
        "unknown",
        "answer_lost",
    )
    assert balance(db) == 1  # it may have been used


def test_a_topic_that_prefers_twice_to_never_is_sent_once_more_and_marked(
    db: Database, wechat: Wechat, standin: Standin
) -> None:
    person_id = told(db, topic=AGAIN, consents=3, standin=standin)
    standin.fault("drop_after", path=SEND)
    assert send_due(db, wechat, "w1").unknown == 1
    with clock.pinned(NOON + timedelta(minutes=2)):
        assert send_due(db, wechat, "w1").accepted == 1
    assert len(standin.platform.messages) == 2
    with db.reading() as session:
        history = history_of(session, entries(db, person_id)[0].id)
    assert history is not None
    assert (history.outcomes[1].state, history.outcomes[1].doubts) == ("accepted", 1)


def test_after_two_lost_answers_even_such_a_topic_is_left_to_a_person(db: Database) -> None:
    told(db, topic=AGAIN, consents=5)
    client = Scripted(*[AnswerLost("send")] * 5)
    for minutes in (0, 10, 60, 120):
        with clock.pinned(NOON + timedelta(minutes=minutes)):
            send_due(db, client, "w1")
    assert len(client.calls) == 2
    assert (outbox_rows(db)[0].state, outbox_rows(db)[0].unknowns, balance(db)) == ("unknown", 2, 3)


def test_an_error_of_our_own_in_one_send_stops_no_other(db: Database) -> None:
    told(db, 0)
    told(db, 1)
    report = send_due(db, Scripted(KeyError("bug"), SendOutcome("1")), "w1", threads=1)
    assert (report.unknown, report.accepted) == (1, 1)


def test_duty_10_43101_empties_the_ledger_and_asks_for_a_new_consent(
    db: Database, wechat: Wechat, standin: Standin
) -> None:
    told(db, consents=3, standin=standin)
    standin.fault("43101")
    assert send_due(db, wechat, "w1").refused == 1
    (delivery,) = deliveries(db)
    assert (delivery.state, delivery.reason, delivery.errcode) == ("refused", "needs_consent", 43101)
    assert balance(db) == 0
    assert outbox_rows(db)[0].state == "refused"


def test_duty_10_43101_in_a_burst_is_tried_once_more_and_then_believed(
    db: Database, wechat: Wechat, standin: Standin
) -> None:
    for key in ("a", "b"):
        told(db, key=key, consents=2)
    standin.platform.grant("p0", NOTICE, 4)
    standin.fault("43101", after=1)
    assert send_due(db, wechat, "w1", limit=1).accepted == 1
    assert send_due(db, wechat, "w1", limit=1).retried == 1
    assert (deliveries(db)[1].state, deliveries(db)[1].reason, balance(db)) == (
        "waiting",
        "consent_doubted",
        3,
    )
    standin.platform.grant("p0", NOTICE, 4)
    with clock.pinned(NOON + timedelta(minutes=1, seconds=50)):
        told(db, key="c")
        assert send_due(db, wechat, "w1").accepted == 1
    with clock.pinned(NOON + timedelta(minutes=2, seconds=10)):  # in a burst once more
        standin.fault("43101")
        assert send_due(db, wechat, "w1").refused == 1
    assert (deliveries(db)[1].reason, balance(db)) == ("needs_consent", 0)


def test_duty_10_43101_is_believed_at_once_though_others_were_just_sent_to(
    db: Database, wechat: Wechat, standin: Standin
) -> None:
    told(db, 0, standin=standin)
    told(db, 1, standin=standin)
    standin.fault("43101", after=1)
    report = send_due(db, wechat, "w1", threads=1)
    assert (report.accepted, report.refused, balance(db, 1)) == (1, 1, 0)


@pytest.mark.parametrize(
    ("fault", "reason"),
    [("47003", "field_refused"), ("45168", "platform_refused"), ("40003", "platform_refused")],
)
def test_duty_12_what_the_platform_refuses_for_good_keeps_its_word_and_is_not_repeated(
    db: Database, wechat: Wechat, standin: Standin, fault: str, reason: str
) -> None:
    chief = an_administrator(db, "140699")
    told(db, standin=standin)
    standin.fault(fault)
    assert send_due(db, wechat, "w1").refused == 1
    with clock.pinned(NOON + timedelta(hours=3)):
        assert send_due(db, wechat, "w1").claimed == 0
    (delivery,) = deliveries(db)
    assert (delivery.state, delivery.reason, delivery.errcode) == ("refused", reason, int(fault))
    assert "rid" in (delivery.errmsg or "") and balance(db) == 1
    assert len(entries(db, chief)) == (1 if fault == "47003" else 0)


def test_duty_12_the_administrators_hear_of_a_value_that_fits_no_field(
    db: Database, wechat: Wechat, standin: Standin
) -> None:
    chief = an_administrator(db, "140602")
    for key in ("k1", "k2"):
        told(db, 0, key, standin=standin, values={"thing1": "", "time3": "soon"})
    send_due(db, wechat, "w1")
    send_due(db, wechat, "w1")
    assert [entry.title for entry in entries(db, chief)] == ["微信消息内容不合要求"]
    assert {one.reason for one in deliveries(db)} == {"unfit_value"}


def test_duty_12_a_value_that_fits_no_field_is_refused_before_anything_is_sent(
    db: Database, wechat: Wechat, standin: Standin
) -> None:
    told(db, standin=standin, values={"thing1": "", "time3": "soon"})
    assert send_due(db, wechat, "w1").refused == 1
    assert standin.calls(SEND) == []
    assert (deliveries(db)[0].reason, balance(db)) == ("unfit_value", 1)


@pytest.mark.parametrize("fault", ["43107", "40037", "41030"])
def test_duty_13_a_template_the_platform_rejects_rests_until_a_person_has_looked(
    db: Database, wechat: Wechat, standin: Standin, fault: str
) -> None:
    chief = an_administrator(db, "140699")
    with db.writing() as session:
        consent(session, a_person(session, 3), 3, 1, FAULT, standin)
    for number in (0, 1, 2):
        told(db, number, standin=standin)
    told(db, 3, topic=OF_A_FAULT, consents=0, values=FAULT_VALUES)
    standin.fault(fault)
    report = send_due(db, wechat, "w1", threads=1)
    assert (report.accepted, report.put_off) == (1, 3)  # the other template is not affected
    with db.reading() as session:
        (rest,) = paused_templates(session)
    assert (rest.template_id, rest.errcode) == (NOTICE, int(fault))
    resting = [one for one in deliveries(db) if one.template_id == NOTICE]
    assert {(one.state, one.reason) for one in resting} == {("waiting", "template_paused")}
    assert len(entries(db, chief)) == 1
    with clock.pinned(NOON + timedelta(hours=1)):
        assert send_due(db, wechat, "w1", threads=1).put_off == 3
    assert len(standin.calls(SEND)) == 2
    with db.writing() as session:
        assert resume_template(session, chief, NOTICE)
        assert not resume_template(session, chief, NOTICE)
    assert send_due(db, wechat, "w1").accepted == 3
    assert [balance(db, number) for number in (0, 1, 2)] == [0, 0, 0]


def test_duty_13_a_template_that_was_mended_once_rests_again_when_it_is_refused_again(
    db: Database, wechat: Wechat, standin: Standin
) -> None:
    chief = an_administrator(db, "140699")
    told(db, 0, standin=standin)
    standin.fault("43107")
    send_due(db, wechat, "w1", threads=1)
    with clock.pinned(NOON + timedelta(days=1)):
        with db.writing() as session:
            assert resume_template(session, chief, NOTICE)
        for number in (1, 2):
            told(db, number, standin=standin)
        standin.fault("43107")
        assert send_due(db, wechat, "w1", threads=1).put_off == 3
        with db.reading() as session:
            assert [rest.template_id for rest in paused_templates(session)] == [NOTICE]
    assert len(standin.calls(SEND)) == 2, "asked again though it rests"
    assert len(entries(db, chief)) == 2


def test_a_spent_quota_waits_for_the_next_day(db: Database, wechat: Wechat, standin: Standin) -> None:
    told(db, standin=standin)
    standin.fault("45009", path=SEND)
    send_due(db, wechat, "w1")
    (row,) = outbox_rows(db)
    assert (row.state, clock.local_time(row.due_at).hour) == ("waiting", 7)
    assert row.due_at > NOON + timedelta(hours=12)


@pytest.mark.parametrize("fault", ["40125", "45009", "404"])
def test_a_token_that_is_refused_ends_no_message_and_the_administrators_hear_of_it(
    db: Database, wechat: Wechat, standin: Standin, fault: str
) -> None:
    chief = an_administrator(db, "140602")
    told(db, standin=standin)
    standin.fault(fault, path="/cgi-bin/stable_token")
    assert send_due(db, wechat, "w1").retried == 1
    (row,) = outbox_rows(db)
    assert (row.state, balance(db), standin.calls(SEND)) == ("waiting", 1, [])
    assert row.due_at <= NOON + timedelta(minutes=1)
    # A gateway's word is not the platform's on the account.
    assert [entry.title for entry in entries(db, chief)] == ["微信接口暂不可用"] * (fault != "404")
    with clock.pinned(NOON + timedelta(minutes=1)):
        assert send_due(db, wechat, "w1").accepted == 1


@pytest.mark.parametrize("code", [40001, 40014, 42001])
def test_duty_06_a_token_refused_for_ever_ends_no_message(
    db: Database, wechat: Wechat, standin: Standin, code: int
) -> None:
    chief = an_administrator(db, "140602")
    for number in (0, 1):
        told(db, number, standin=standin)
    standin.fault(str(code), times=0, path=SEND)
    assert send_due(db, wechat, "w1", threads=1).retried == 2
    assert len(standin.calls(SEND)) == 4  # each once more with a newer token
    assert ({row.state for row in outbox_rows(db)}, balance(db, 0), balance(db, 1)) == ({"waiting"}, 1, 1)
    assert [entry.title for entry in entries(db, chief)] == ["微信接口暂不可用"]
    standin.platform.faults.reset()
    with clock.pinned(NOON + timedelta(minutes=1)):
        assert send_due(db, wechat, "w1").accepted == 2


def test_those_that_failed_together_are_not_tried_again_together(db: Database) -> None:
    for number in range(8):
        told(db, number)
    send_due(db, Scripted(*[NotReached("send")] * 8), "w1")
    assert len({row.due_at for row in outbox_rows(db)}) > 1


def test_a_consent_is_not_given_back_to_a_ledger_that_was_emptied_meanwhile(db: Database) -> None:
    class Refusing(Scripted):
        def send_subscribe(
            self, openid: str, template_id: str, values: Mapping[str, str], page: str | None = None
        ) -> SendOutcome:
            with db.writing() as session:
                ledger.reject(session, account(0), person)
            raise NotReached("send")

    person = told(db)
    send_due(db, Refusing(), "w1")
    assert balance(db) == 0


def test_a_sender_told_to_stop_finishes_what_it_began_and_returns_the_rest(db: Database) -> None:
    for number in range(6):
        told(db, number)
    client = Scripted(*[SendOutcome(str(number)) for number in range(6)])
    report = send_due(db, client, "w1", threads=1, stopping=lambda: len(client.calls) >= 2)
    assert report.accepted == len(client.calls) < 6
    assert Counter(row.state for row in outbox_rows(db)) == {
        "sent": report.accepted,
        "waiting": 6 - report.accepted,
    }


def test_duty_07_no_transaction_is_open_while_the_platform_is_asked(db: Database) -> None:
    """On SQLite a second writer would wait for ever, on PostgreSQL the row would be locked."""

    class Writing(Scripted):
        def send_subscribe(
            self, openid: str, template_id: str, values: Mapping[str, str], page: str | None = None
        ) -> SendOutcome:
            with db.writing() as session:
                ledger.add_grant(session, account(0), person_id)
            return SendOutcome("1")

    person_id = told(db)
    assert send_due(db, Writing(), "w1").accepted == 1
    assert balance(db) == 1


def test_recovering_twice_or_with_nothing_lost_changes_nothing(db: Database) -> None:
    told(db)
    assert recover_lost(db) == recover_lost(db) == (0, 0)
    assert outbox_rows(db)[0].state == "waiting"
