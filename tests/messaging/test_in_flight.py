"""Whose a row is while it is on its way: one handing over, one outcome, whatever overtakes it or ends late."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import timedelta

import pytest
from sqlalchemy import event, update

from backend.core import clock, outbox
from backend.core.db import Database
from backend.core.leases import wall_clock
from backend.core.outbox import OutboxRow
from backend.messaging import recover_lost, send_due
from backend.messaging.handover import Handed, begin, read
from backend.messaging.outcomes import record
from backend.messaging.rules import DAILY_CAP
from backend.wechat import NotReached, SendOutcome, Wechat, WechatRefused
from scripts.wechat_standin import Standin
from tests.messaging.builders import (
    AGAIN,
    NOON,
    SAFETY,
    SEND,
    balance,
    deliveries,
    outbox_rows,
    told,
)
from tests.messaging.held import Held, sending, wait_for

pytestmark = pytest.mark.usefixtures("noon")

TOPICS = ("wechat.subscribe", "wechat.subscribe.again")


def row(db: Database, title: str) -> OutboxRow:
    return next(each for each in outbox_rows(db) if each.payload["values"]["thing1"] == title)


def test_duty_22_a_message_that_danger_pushed_aside_goes_out_once(db: Database) -> None:
    """Pushed aside it stands in the sender's queue still, is claimed anew and begun, and then the day's quota ends."""
    for number, title in enumerate(("n1", "n2", "quota"), start=1):
        told(db, number, title, title=title)
    told(db, 0, "mine", title="mine", consents=4)
    refusal = {"quota": WechatRefused("send", 45009, "quota")}
    client = Held("n1", "n2", "quota", "mine", refused=refusal)
    with sending(db, client, threads=2):
        wait_for(lambda: set(client.asked) == {"n1", "n2"})
        told(db, 0, "danger", SAFETY, title="danger", consents=0)
        wait_for(lambda: row(db, "danger").state == "sent" and row(db, "mine").state == "waiting")
        client.gates["n1"].set()
        wait_for(lambda: "quota" in client.asked and row(db, "mine").state == "leased")
        client.gates["n2"].set()
        wait_for(lambda: "mine" in client.asked)
        client.gates["quota"].set()
        wait_for(lambda: row(db, "quota").state == "waiting")
        assert row(db, "mine").state == "sending"
    assert (row(db, "mine").state, row(db, "mine").unknowns, client.asked.count("mine")) == ("sent", 0, 1)
    assert client.most_at_once == 1


def test_duty_11_danger_comes_first_though_the_sender_s_queue_is_short(db: Database) -> None:
    """Fewer messages wait than it has threads, all of them hang, and one to the same person stands before the danger."""
    for number, title in enumerate(("n1", "n2"), start=1):
        told(db, number, title, title=title)
    told(db, 0, "mine", title="mine", consents=4)
    client = Held("n1", "n2", "mine")
    with sending(db, client, threads=2):
        wait_for(lambda: len(client.asked) == 2)
        told(db, 0, "danger", SAFETY, title="danger", consents=0)
        wait_for(lambda: "danger" in client.asked)
    assert client.asked.index("danger") < client.asked.index("mine")


def test_duty_11_danger_comes_first_though_the_run_has_claimed_all_that_it_may(db: Database) -> None:
    for number in range(8):
        told(db, number, f"k{number}", title=f"n{number}")
    client = Held(*(f"n{number}" for number in range(8)))
    with sending(db, client, threads=2, limit=8):
        wait_for(lambda: len(client.asked) == 2)
        told(db, 50, "danger", SAFETY, title="danger")
        wait_for(lambda: "danger" in client.asked)
    assert len(client.asked) == 9


def test_duty_11_a_sender_told_to_stop_keeps_what_still_hangs(db: Database) -> None:
    told(db, topic=AGAIN, title="slow", consents=3)
    client, stopping = Held("slow"), threading.Event()
    with sending(db, client, stopping=stopping.is_set, lease_seconds=1):
        wait_for(lambda: client.asked == ["slow"])
        stopping.set()
        threading.Event().wait(2.5)  # twice the lease: without renewal it would be another's by now
        assert recover_lost(db) == (0, 0)
        send_due(db, client, "w2")
        assert client.asked == ["slow"]
    assert (row(db, "slow").state, row(db, "slow").unknowns) == ("sent", 0)


def test_duty_22_nothing_is_handed_over_before_it_is_on_record_as_being_sent(db: Database) -> None:
    """Whoever dies in between leaves a row that says so; a commit that takes its time changes nothing of that."""

    class Asking:
        def __init__(self) -> None:
            self.found: list[tuple[str, int]] = []

        def send_subscribe(
            self, openid: str, template_id: str, values: Mapping[str, str], page: str | None = None
        ) -> SendOutcome:
            found = row(db, values["thing1"])
            self.found.append((found.state, found.attempts))
            return SendOutcome("1")

    for number in range(3):
        told(db, number, f"k{number}", title=f"n{number}")
    client = Asking()

    def slowly(_connection: object) -> None:
        threading.Event().wait(0.1)

    event.listen(db.engine, "commit", slowly)
    try:
        assert send_due(db, client, "w1", threads=2).accepted == 3
    finally:
        event.remove(db.engine, "commit", slowly)
    assert client.found == [("sending", 1)] * 3


def handed_over(db: Database, owner: str = "w1") -> Handed:
    """The one message that waits, marked as being sent."""
    with db.writing() as session:
        (message,) = read(session, outbox.claim(session, owner, TOPICS, 1, 30))
        handed = begin(session, owner, message, [], lease_seconds=30)
    assert isinstance(handed, Handed)
    return handed


def let_the_lease_run_out(db: Database) -> None:
    with db.writing() as session:
        session.execute(update(OutboxRow).values(lease_until=wall_clock() - timedelta(seconds=1)))
    assert recover_lost(db) == (0, 1)


def test_duty_22_a_proof_that_comes_late_spares_the_second_send(db: Database) -> None:
    told(db, topic=AGAIN, title="once", consents=3)
    handed = handed_over(db)
    let_the_lease_run_out(db)
    with db.writing() as session:
        assert record(session, "w1", handed, SendOutcome("first")) == "accepted"
    assert send_due(db, Held(), "w2").claimed == 0
    assert [(each.state, each.msgid) for each in deliveries(db)] == [("accepted", "first")]
    assert (row(db, "once").state, row(db, "once").unknowns) == ("sent", 1)


def test_duty_22_an_earlier_send_says_nothing_of_the_one_under_way(db: Database) -> None:
    told(db, topic=AGAIN, title="twice", consents=3)
    first = handed_over(db)
    let_the_lease_run_out(db)
    second = handed_over(db)
    assert (first.attempt, second.attempt) == (1, 2)
    with db.writing() as session:
        record(session, "w1", first, NotReached("send"))
    assert row(db, "twice").state == "sending", "a third one would go out beside it"
    with db.writing() as session:
        record(session, "w1", first, SendOutcome("first"))
        record(session, "w1", second, SendOutcome("second"))
    assert [each.msgid for each in deliveries(db)] == ["second"]


def test_a_message_put_off_was_not_tried_and_costs_nothing(
    db: Database, wechat: Wechat, standin: Standin
) -> None:
    for number in range(DAILY_CAP + 1):
        told(db, key=f"k{number}", standin=standin)
    for _ in range(DAILY_CAP + 3):
        send_due(db, wechat, "w1")
    (waiting,) = [each for each in outbox_rows(db) if each.state == "waiting"]
    assert (waiting.attempts, len(standin.calls(SEND)), balance(db)) == (0, DAILY_CAP, 1)
    with clock.pinned(NOON + timedelta(days=1)):
        assert send_due(db, wechat, "w1").accepted == 1
    assert {each.attempts for each in outbox_rows(db)} == {1}
