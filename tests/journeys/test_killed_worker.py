"""The worker as it runs, killed while it sends: the platform's own journal says what arrived, and how often."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from sqlalchemy import update

from backend.core import clock
from backend.core.db import Database
from backend.core.leases import Lease, wall_clock
from backend.core.outbox import OutboxRow
from backend.messaging import notify
from scripts.wechat_standin import DEMO_APPID, DEMO_SECRET, Standin
from scripts.wechat_standin import serve as serve_standin
from tests.harness.served import Served
from tests.messaging.builders import (
    AGAIN,
    NOTICE,
    SAFETY,
    SEND,
    a_notice,
    a_person,
    configure_channel,
    consent,
    deliveries,
    outbox_rows,
)
from tests.sizes import SIZE_NAME, SIZES

MESSAGES = 60 if SIZE_NAME == "small" else 400
SEEDS = max(1, SIZES.kills // 5)
LATENCY_MS = 100
FINAL = {"sent", "refused", "unknown", "dead"}
PATIENCE_SECONDS = 90.0  # the worker looks for lost messages every thirty seconds


@pytest.fixture
def platform() -> Iterator[Standin]:
    """WeChat's stand-in in this process, so that its journal is at hand; as many people as messages."""
    people = [{"id": f"p{n}", "name": f"居民{n}", "openid": f"o-{n}"} for n in range(MESSAGES)]
    with serve_standin(people=people, now=clock.now) as running:
        yield running


@pytest.fixture
def served(serve: Callable[..., Served], platform: Standin) -> Served:
    """The product beside that stand-in; its worker is started, and killed, by the test."""
    env = {
        "WECHAT_API_BASE_URL": platform.url,
        "WECHAT_APPID": DEMO_APPID,
        "WECHAT_SECRET": DEMO_SECRET,
    }
    return serve(worker=False, stand_in=False, web_processes=1, env=env)


def tell_everybody(db: Database, platform: Standin) -> None:
    """One message each; every other one of a topic that prefers twice to never. Safety ones: it may be night."""
    configure_channel()
    with db.writing() as session:
        for number in range(MESSAGES):
            person_id = a_person(session, number)
            consent(session, person_id, number, 4, standin=platform)
            notify(session, [person_id], a_notice((SAFETY, AGAIN)[number % 2], f"{number}"), f"{number}")


def moments_of(platform: Standin) -> int:
    """Beginnings and ends of sends, so that a kill falls before, within or after one."""
    return sum(1 + (call["done"] is not None) for call in platform.calls(SEND))


def awaited(question: Callable[[], bool], served: Served, seconds: float, pause: float) -> None:
    waiting = threading.Event()
    for _ in range(int(seconds / pause)):
        if question():
            return
        assert served.worker is not None and not served.worker.ended
        waiting.wait(pause)
    raise AssertionError(f"not within {seconds:g} s")


def let_leases_run_out(db: Database) -> None:
    """What the passing of three minutes does: of messages in hand, and of the lead."""
    past = wall_clock() - timedelta(seconds=1)
    with db.writing() as session:
        session.execute(update(OutboxRow).where(OutboxRow.lease_until.is_not(None)).values(lease_until=past))
        session.execute(update(Lease).values(until=past))


@pytest.mark.parametrize("seed", range(SEEDS))
def test_a_worker_killed_in_the_middle_of_sending_loses_nothing_and_repeats_nothing_unmarked(
    db: Database, served: Served, platform: Standin, seed: int
) -> None:
    chance = random.Random(seed)
    tell_everybody(db, platform)
    platform.fault("latency", ms=LATENCY_MS)
    moment = chance.randint(1, MESSAGES)  # early enough that a slow machine is not late
    served.start_worker()
    awaited(lambda: moments_of(platform) >= moment, served, 60, 0.002)
    served.kill_worker()
    at_the_kill = Counter(row.state for row in outbox_rows(db))
    in_hand = {row.id for row in outbox_rows(db) if row.state == "sending"}
    let_leases_run_out(db)
    served.start_worker()
    awaited(lambda: {row.state for row in outbox_rows(db)} <= FINAL, served, PATIENCE_SECONDS, 0.25)

    rows = {row.payload["values"]["thing1"]: row for row in outbox_rows(db)}
    arrived = Counter(message["fields"][0]["value"] for message in platform.platform.messages)
    taken = [call for call in platform.calls(SEND) if call["errcode"] == 0]
    states = Counter(row.state for row in rows.values())
    print(f"seed {seed}: killed at {moment} with {dict(at_the_kill)}; at the end {dict(states)}")
    assert not set(at_the_kill) <= FINAL, "the kill came too late to prove anything"
    assert len(rows) == MESSAGES
    assert len(taken) == arrived.total()
    assert {row.id for row in rows.values() if row.unknowns} == in_hand
    for title, row in rows.items():
        times = arrived[title]
        if row.state == "sent":
            assert 1 <= times <= 1 + row.unknowns, f"{title} arrived {times} times, marked {row.unknowns}"
        else:
            assert row.unknowns and times <= row.unknowns, f"{title}: {row.state}, arrived {times} times"
        if row.topic == "wechat.subscribe":
            assert times <= 1, f"{title} came twice"
    words = {"sent": "accepted", "unknown": "unknown", "dead": "given_up", "refused": "refused"}
    assert {each.outbox_id: each.state for each in deliveries(db)} == {
        row.id: words[row.state] for row in rows.values()
    }
    spent = sum(4 - platform.platform.balance(f"p{number}", NOTICE) for number in range(MESSAGES))
    assert spent == len(taken)
