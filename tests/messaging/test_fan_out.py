"""The whole plan told at once: queued in one statement, behind what concerns one, sent once through every end."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, func, insert, select

from backend.core import clock, outbox
from backend.core.db import Database, new_id
from backend.core.outbox import OutboxRow
from backend.identity.models import Person, WechatAccount
from backend.messaging import notify, recover_lost, send_due
from backend.messaging.models import Delivery, InboxEntry, SubscriptionGrant
from backend.wechat import Wechat
from scripts.wechat_standin import DEMO_APPID, Standin
from tests.messaging.builders import NOTICE, SAFETY, a_notice, consent, sent_titles, told

pytestmark = pytest.mark.usefixtures("noon")

THE_PLAN = 23_613
ALLOWED = 3  # of four people


def a_county(db: Database, people: int) -> list[str]:
    """So many people with accounts, three of four with a consent; in three statements."""
    ids = [new_id() for _ in range(people)]
    now = clock.now()
    account = {"appid": DEMO_APPID}
    grant = {"template_id": NOTICE, "balance": 1, "generation": 0, "accepted_at": now, "rejected_at": None}
    with db.writing() as session:
        session.execute(insert(Person), [{"id": each, "created_at": now} for each in ids])
        session.execute(
            insert(WechatAccount),
            [{**account, "openid": f"o-{n}", "person_id": each} for n, each in enumerate(ids)],
        )
        session.execute(
            insert(SubscriptionGrant),
            [
                {**account, **grant, "openid": f"o-{n}", "person_id": each}
                for n, each in enumerate(ids)
                if n % 4 < ALLOWED
            ],
        )
    return ids


@contextmanager
def statements(db: Database) -> Iterator[list[str]]:
    """What is said to the database meanwhile; a statement run for many rows one by one counts as many."""
    said: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool) -> None:
        said.extend([statement] * (len(parameters) if many else 1))

    event.listen(db.engine, "before_cursor_execute", note)
    yield said
    event.remove(db.engine, "before_cursor_execute", note)


def count(db: Database, what: Any, *where: Any) -> int:
    with db.reading() as session:
        return session.scalar(select(func.count()).select_from(what).where(*where)) or 0


def test_duty_22_the_whole_plan_is_queued_in_one_statement(db: Database) -> None:
    people = a_county(db, THE_PLAN)
    began = time.perf_counter()
    with statements(db) as said, db.writing() as session:
        assert notify(session, people, a_notice(), "campaign") == THE_PLAN
    print(f"{THE_PLAN:,} told and queued in {time.perf_counter() - began:.1f} s")
    assert sum(statement.startswith("INSERT INTO outbox") for statement in said) == 1
    assert sum(statement.startswith("INSERT INTO deliveries") for statement in said) == 1
    allowed = sum(number % 4 < ALLOWED for number in range(THE_PLAN))
    assert count(db, InboxEntry) == count(db, Delivery) == THE_PLAN
    assert count(db, OutboxRow) == count(db, Delivery, Delivery.state == "waiting") == allowed
    assert count(db, Delivery, Delivery.state == "no_consent", Delivery.outbox_id.is_(None)) == (
        THE_PLAN - allowed
    )
    with db.reading() as session:
        joined = session.execute(
            select(OutboxRow.lane, WechatAccount.openid)
            .join(Delivery, Delivery.outbox_id == OutboxRow.id)
            .join(InboxEntry, InboxEntry.id == Delivery.notice_id)
            .join(WechatAccount, WechatAccount.person_id == InboxEntry.person_id)
            .limit(1_000)
        )
        assert all(lane == openid for lane, openid in joined)


def test_duty_22_a_fan_out_that_is_repeated_reaches_only_who_was_missed(db: Database) -> None:
    people = a_county(db, 700)
    with db.writing() as session:
        assert notify(session, people[:600], a_notice(), "campaign") == 600
    with db.writing() as session:
        assert notify(session, people, a_notice(), "campaign") == 100
        assert notify(session, people, a_notice(), "campaign") == 0
    assert count(db, InboxEntry) == count(db, Delivery) == 700
    assert count(db, OutboxRow) == sum(number % 4 < ALLOWED for number in range(700))


def test_duty_22_what_concerns_one_goes_before_what_goes_to_many(db: Database) -> None:
    people = a_county(db, 220)
    with db.writing() as session:
        notify(session, people, a_notice(), "campaign")
        consent(session, people[7], 7)
        notify(session, [people[7]], a_notice(title="您的预约"), "own")
        consent(session, people[8], 8)
        notify(session, [people[8]], a_notice(SAFETY, title="危险"), "danger")
    with db.writing() as session:
        rows = outbox.claim(session, "w1", ("wechat.subscribe",), 3, 30)
    assert [row.payload["values"]["thing1"] for row in rows] == ["危险", "您的预约", "停电通知"]


def test_duty_22_what_a_job_tells_many_one_by_one_goes_behind_as_well(db: Database) -> None:
    people = a_county(db, 8)
    with db.writing() as session:
        for number, each in enumerate(people):
            notify(session, [each], a_notice(title="请确认登记"), f"remind:{number}", to_many=True)
        consent(session, people[7], 7)
        notify(session, [people[7]], a_notice(title="您的预约"), "own")
    with db.writing() as session:
        rows = outbox.claim(session, "w1", ("wechat.subscribe",), 1, 30)
    assert [row.payload["values"]["thing1"] for row in rows] == ["您的预约"]


def test_duty_22_a_fan_out_broken_off_goes_on_and_sends_nothing_twice(
    db: Database, wechat: Wechat, standin: Standin
) -> None:
    for number in range(30):
        told(db, number, f"k{number}", title=f"n{number}", standin=standin)
    stops = iter([False] * 12 + [True] * 10_000)
    assert 0 < send_due(db, wechat, "w1", threads=4, stopping=lambda: next(stops)).accepted < 30
    recover_lost(db)
    while send_due(db, wechat, new_id(), threads=4).claimed:
        pass
    assert Counter(sent_titles(standin)) == {f"n{number}": 1 for number in range(30)}
