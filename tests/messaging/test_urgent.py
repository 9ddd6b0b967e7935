"""Danger stands in no queue: not behind a batch, not behind a lease, not behind the night or a full day."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from backend.core import clock, events, outbox
from backend.core.db import Database
from backend.core.leases import wall_clock
from backend.core.outbox import OutboxRow
from backend.messaging import MessageStopped, hear, history_of, ledger, notify, recover_lost, send_due
from backend.messaging.rules import DAILY_CAP
from backend.messaging.sending import BATCH, LEASE_SECONDS, URGENT_EVERY
from backend.wechat import (
    AnswerLost,
    CallbackMessage,
    NotReached,
    SendOutcome,
    SendReport,
    Wechat,
    WechatRefused,
)
from scripts.wechat_standin import DEMO_APPID, Standin
from tests.messaging.builders import (
    AGAIN,
    NOON,
    NOTICE,
    ORDINARY,
    SAFETY,
    Scripted,
    a_notice,
    a_person,
    account,
    balance,
    consent,
    deliveries,
    entries,
    outbox_rows,
    sent_titles,
    told,
)
from tests.messaging.held import Held, sending, wait_for

pytestmark = pytest.mark.usefixtures("noon")
TOPICS = ("wechat.subscribe", "wechat.subscribe.again")


def claimed(db: Database, owner: str, limit: int = 100) -> list[str]:
    with db.writing() as session:
        rows = outbox.claim(session, owner, TOPICS, limit, LEASE_SECONDS)
    return [str(row.payload["values"]["thing1"]) for row in rows]


def claimed_urgent(db: Database, owner: str) -> list[str]:
    with db.writing() as session:
        rows = outbox.claim_urgent(session, owner, TOPICS, 10, LEASE_SECONDS)
    return [str(row.payload["values"]["thing1"]) for row in rows]


class Listener:
    """Hears of stopped messages, or fails where it is told to."""

    def __init__(self) -> None:
        self.heard: list[MessageStopped] = []
        self.fails = False

    def __call__(self, _session: Session, stopped: MessageStopped) -> None:
        if self.fails:
            raise RuntimeError("a listener failed")
        self.heard.append(stopped)


LISTENER = Listener()


@pytest.fixture
def stopped() -> Iterator[list[MessageStopped]]:
    events.subscribe(MessageStopped, LISTENER)
    LISTENER.heard = []
    yield LISTENER.heard
    LISTENER.fails = False


def test_duty_11_danger_overtakes_a_batch_on_its_way_without_a_second_send_to_anybody(db: Database) -> None:
    """All threads wait for a slow platform and forty messages stand behind them: danger is sent all the same."""
    for number in range(40):
        told(db, number, f"k{number}", title=f"n{number}")
    client = Held("n0", "n1")
    with sending(db, client, threads=2):
        wait_for(lambda: set(client.asked) == {"n0", "n1"})
        # To somebody whose ordinary message is leased and waits in the batch.
        told(db, 39, "danger", SAFETY, title="危险")
        wait_for(lambda: len(client.asked) > 2)
        assert client.asked[2:] == ["危险"], "danger waited for the batch"
    assert len(client.asked) == 41 and {row.state for row in outbox_rows(db)} == {"sent"}
    assert client.most_at_once == 1


def test_duty_11_danger_takes_the_place_of_a_message_that_a_lost_sender_only_held(db: Database) -> None:
    told(db, title="寻常", consents=2)
    assert claimed(db, "lost") == ["寻常"]
    told(db, key="danger", topic=SAFETY, title="危险", consents=0)
    assert claimed(db, "w2") == []  # an ordinary claim waits for the lease
    assert claimed_urgent(db, "w2") == ["危险"]
    ordinary, danger = outbox_rows(db)
    assert (ordinary.state, ordinary.lease_owner, danger.state) == ("waiting", None, "leased")
    with db.writing() as session:
        assert not outbox.begin_sending(session, ordinary.id, "lost", 30)
        assert outbox.begin_sending(session, danger.id, "w2", 30)


def test_duty_11_danger_waits_for_what_is_being_sent_to_the_same_person(db: Database) -> None:
    told(db, title="寻常", consents=2)
    claimed(db, "w1")
    with db.writing() as session:
        assert outbox.begin_sending(session, outbox_rows(db)[0].id, "w1", 30)
    told(db, key="danger", topic=SAFETY, title="危险", consents=0)
    assert claimed_urgent(db, "w2") == []
    with db.writing() as session:
        outbox.settle(session, outbox_rows(db)[0].id, "w1", 1, outbox.SENT)
    assert claimed_urgent(db, "w2") == ["危险"]


def test_one_danger_does_not_push_another_aside(db: Database) -> None:
    told(db, topic=SAFETY, title="先", consents=2)
    assert claimed_urgent(db, "w1") == ["先"]
    told(db, key="second", topic=SAFETY, title="后", consents=0)
    assert claimed_urgent(db, "w2") == []


def test_of_much_danger_a_sender_takes_no_more_than_a_batch_and_leaves_the_rest_to_others(
    db: Database,
) -> None:
    people = BATCH + 40
    with db.writing() as session:
        for number in range(people):
            person_id = a_person(session, number)
            consent(session, person_id, number)
            notify(session, [person_id], a_notice(SAFETY, f"d{number}"), f"d{number}")
    client = Held("d0", "d1")
    with sending(db, client, threads=2):
        wait_for(lambda: set(client.asked) == {"d0", "d1"})
        threading.Event().wait(3 * URGENT_EVERY)  # several looks at the outbox, each of which might take more
        assert Counter(row.state for row in outbox_rows(db))["waiting"] == people - BATCH
        assert len(claimed(db, "w2")) == people - BATCH
        with db.writing() as session:
            assert outbox.return_unsent(session, "w2") == people - BATCH
    assert {row.state for row in outbox_rows(db)} == {"sent"}


def test_a_lease_is_kept_while_its_sender_lives_and_soon_free_after_it(db: Database) -> None:
    told(db)
    claimed(db, "w1")
    with db.writing() as session:
        session.execute(update(OutboxRow).values(lease_until=wall_clock() + timedelta(seconds=1)))
        assert outbox.renew(session, "w1", LEASE_SECONDS) == 1
        assert outbox.renew(session, "w2", LEASE_SECONDS) == 0
    (row,) = outbox_rows(db)
    assert row.lease_until is not None and row.lease_until > wall_clock() + timedelta(seconds=20)
    assert LEASE_SECONDS <= 30, "who waits for a lost sender waits at most so long"


# -- night, cap and quota, and what they do not hold back


def test_a_visit_of_today_is_told_at_night_and_beyond_the_cap(
    db: Database, wechat: Wechat, standin: Standin
) -> None:
    today = clock.today()
    for number in range(DAILY_CAP):
        told(db, key=f"k{number}", standin=standin)
    while send_due(db, wechat, "w1").claimed:
        pass
    told(db, key="today", title="今天改到下午", standin=standin, visit_on=today)
    told(db, key="tomorrow", title="明天", standin=standin, visit_on=today + timedelta(days=1))
    while send_due(db, wechat, "w1").claimed:
        pass
    assert sent_titles(standin)[DAILY_CAP:] == ["今天改到下午"]
    with clock.pinned(NOON + timedelta(hours=11)):  # 23:00 of the same day
        told(db, 1, "late", title="师傅今晚到", standin=standin, visit_on=today)
        told(db, 2, "other", title="不急", standin=standin)
        send_due(db, wechat, "w2")
    assert sent_titles(standin)[DAILY_CAP + 1 :] == ["师傅今晚到"]


def test_after_the_platforms_quota_is_spent_it_is_asked_once_and_danger_still_tried(
    db: Database, wechat: Wechat, standin: Standin
) -> None:
    for number in range(6):
        told(db, number, f"k{number}", standin=standin)
    standin.fault("45009", times=0, path="/cgi-bin/message/subscribe/send")
    report = send_due(db, wechat, "w1", threads=1)
    calls = standin.calls("/cgi-bin/message/subscribe/send")
    assert (report.put_off, len(calls)) == (6, 1)
    assert {one.reason for one in deliveries(db)} == {"quota_spent"}
    assert [balance(db, number) for number in range(6)] == [1] * 6
    told(db, 7, "danger", AGAIN, title="危险", standin=standin)
    assert send_due(db, wechat, "w2").retried == 1
    with clock.pinned(NOON + timedelta(minutes=2)):
        standin.platform.faults.reset()
        assert send_due(db, wechat, "w3").accepted == 1
    assert sent_titles(standin) == ["危险"]


def test_duty_10_where_wechat_ends_for_danger_others_are_told(
    db: Database, wechat: Wechat, standin: Standin, stopped: list[MessageStopped]
) -> None:
    told(db, 0, "danger", SAFETY, title="危险", standin=standin)
    told(db, 1, "ordinary", ORDINARY, title="寻常", standin=standin)
    standin.fault("43101", times=2)
    send_due(db, wechat, "w1")
    assert [(each.title, each.key) for each in stopped] == [("危险", "danger")]


def test_duty_10_danger_that_ends_before_it_is_handed_over_is_told_to_others_too(
    db: Database, wechat: Wechat, standin: Standin, stopped: list[MessageStopped]
) -> None:
    told(db, 0, "spent", SAFETY, title="已用完", consents=1)
    with db.writing() as session:
        ledger.empty(session, account(0))
    send_due(db, wechat, "w1")
    assert [each.title for each in stopped] == ["已用完"]
    told(db, 1, "old", SAFETY, title="过期", standin=standin)
    with clock.pinned(NOON + timedelta(days=30)):
        send_due(db, wechat, "w1")
    assert [each.title for each in stopped] == ["已用完", "过期"]
    assert standin.calls("/cgi-bin/message/subscribe/send") == []


def test_duty_10_what_a_killed_sender_left_in_doubt_is_told_to_others_too(
    db: Database, stopped: list[MessageStopped]
) -> None:
    told(db, 0, "danger", SAFETY, title="危险")
    claimed(db, "lost")
    with db.writing() as session:
        outbox.begin_sending(session, outbox_rows(db)[0].id, "lost", 30)
        session.execute(update(OutboxRow).values(lease_until=wall_clock() - timedelta(seconds=1)))
    assert recover_lost(db) == (0, 1)
    assert [each.title for each in stopped] == ["危险"]


@pytest.mark.parametrize("early", [False, True], ids=["after the answer", "before the answer"])
def test_duty_10_danger_that_the_platform_took_and_did_not_deliver_is_told_to_others(
    db: Database, stopped: list[MessageStopped], early: bool
) -> None:
    failure = SendReport(NOTICE, "77", 20001, "failed: system failed")
    push = CallbackMessage("event", DEMO_APPID, "o-0", "gh_1", None, None, "k", True, reports=(failure,))
    person = told(db, 0, "danger", SAFETY, title="危险")
    with db.writing() as session:
        hear(session, push) if early else None
    send_due(db, Scripted(SendOutcome("77")), "w1")
    with db.writing() as session:
        hear(session, push)
    assert [each.title for each in stopped] == ["危险"]
    with db.reading() as session:
        history = history_of(session, entries(db, person)[0].id)
    assert history is not None
    assert (history.outcomes[1].state, history.outcomes[1].reason) == ("failed", "not_delivered")


def test_duty_13_danger_does_not_wait_in_silence_for_a_template_that_rests(
    db: Database, wechat: Wechat, standin: Standin, stopped: list[MessageStopped]
) -> None:
    told(db, 0, "danger", SAFETY, title="危险", standin=standin)
    standin.fault("43107")
    send_due(db, wechat, "w1")
    assert [each.title for each in stopped] == ["危险"], "at the platform's no"
    told(db, 1, "later", SAFETY, title="又一险", standin=standin)
    told(db, 2, "ordinary", ORDINARY, title="寻常", standin=standin)
    send_due(db, wechat, "w1")
    assert [each.title for each in stopped] == ["危险", "又一险"], "and what comes while it rests"


def test_danger_that_the_platform_does_not_take_is_tried_on_and_told_to_others_after_the_third_try(
    db: Database, stopped: list[MessageStopped]
) -> None:
    told(db, 0, "danger", SAFETY, title="危险")
    told(db, 1, "ordinary", ORDINARY, title="寻常")
    client = Scripted(*[NotReached("send")] * 8)
    for minutes in (0, 1, 3):
        assert stopped == []
        with clock.pinned(NOON + timedelta(minutes=minutes)):
            send_due(db, client, "w1")
    assert [each.title for each in stopped] == ["危险"]
    assert {row.state for row in outbox_rows(db)} == {"waiting"}


def test_danger_whose_third_try_ends_otherwise_is_told_to_others_all_the_same(
    db: Database, stopped: list[MessageStopped]
) -> None:
    told(db, 0, "danger", AGAIN, title="危险", consents=9)
    client = Scripted(NotReached("send"), NotReached("send"), AnswerLost("send"), NotReached("send"))
    for minutes in (0, 1, 3, 8):
        with clock.pinned(NOON + timedelta(minutes=minutes)):
            send_due(db, client, "w1")
    assert {each.title for each in stopped} == {"危险"}
    assert client.answers == [] and {row.state for row in outbox_rows(db)} == {"waiting"}


def test_whoever_fails_to_hear_of_it_keeps_nothing_from_being_recorded(
    db: Database, wechat: Wechat, standin: Standin, stopped: list[MessageStopped]
) -> None:
    for number in range(4):
        told(db, number, f"k{number}", SAFETY if number == 1 else ORDINARY, title=f"n{number}")
        if number != 1:
            standin.platform.grant(f"p{number}", NOTICE)
    LISTENER.fails = True
    report = send_due(db, wechat, "w1", threads=4)
    assert (report.accepted, report.refused, stopped) == (3, 1, [])
    assert sorted(row.state for row in outbox_rows(db)) == ["refused", "sent", "sent", "sent"]


def test_an_outcome_that_no_database_takes_keeps_no_other_from_being_recorded(db: Database) -> None:
    """Its row's lease runs out, and then it counts as perhaps sent."""
    for number in range(4):
        told(db, number, f"k{number}")

    class Garbling:
        def send_subscribe(
            self, openid: str, template_id: str, values: Mapping[str, str], page: str | None = None
        ) -> SendOutcome:
            if openid == "o-1":
                raise WechatRefused("send", 45168, "\ud800")
            return SendOutcome(openid)

    report = send_due(db, Garbling(), "w1", threads=4)
    assert (report.accepted, report.unknown) == (3, 1)
    assert sorted(row.state for row in outbox_rows(db)) == ["sending", "sent", "sent", "sent"]
