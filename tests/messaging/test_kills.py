"""The power goes while messages are on their way: nothing lost, nothing twice without the mark."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable
from functools import partial

import pytest

from backend.core.db import Database
from backend.messaging import notify, recover_lost, send_due
from backend.wechat import Wechat
from scripts.wechat_standin import Standin
from tests.harness import ROOT
from tests.harness.day import THIS_MORNING
from tests.messaging.builders import (
    AGAIN,
    NOTICE,
    SAFETY,
    SEND,
    a_notice,
    a_person,
    balance,
    consent,
    deliveries,
    outbox_rows,
    sent_titles,
    settings_for,
)
from tests.messaging.lost_senders import let_leases_run_out
from tests.sizes import SIZES

PEOPLE_TOLD, EACH, THREADS = 20, 3, 4
LATENCY_MS = 15


def tell_everybody(db: Database, standin: Standin) -> None:
    """Three safety messages to each of twenty people; every other one of a topic that prefers twice to never."""
    for number in range(PEOPLE_TOLD):
        with db.writing() as session:
            person_id = a_person(session, number)
            consent(session, person_id, number, 2 * EACH, standin=standin)
            for turn in range(EACH):
                title = f"{number}-{turn}"
                topic = AGAIN if (number + turn) % 2 else SAFETY
                notify(session, [person_id], a_notice(topic, title), title)


def start_sender(database_url: str, standin: Standin) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.messaging.sender", database_url, standin.url, str(THREADS)]
    return subprocess.Popen(command, cwd=ROOT, env={**os.environ, **THIS_MORNING})


def kill_when(sender: subprocess.Popen[bytes], moment: Callable[[], bool]) -> None:
    """SIGKILL as soon as ``moment`` has come."""
    pause = threading.Event()
    for _ in range(60_000):
        if moment() or sender.poll() is not None:
            break
        pause.wait(0.001)
    sender.kill()
    sender.wait()


def has_come(standin: Standin, moment: int) -> bool:
    """Moments are counted in beginnings and ends of sends, so that one falls before, within or after a send."""
    return sum(1 + (call["done"] is not None) for call in standin.calls(SEND)) >= moment


@pytest.mark.parametrize("seed", range(SIZES.kills))
def test_a_sender_killed_while_sending_loses_nothing_and_repeats_nothing_unmarked(
    db: Database, database_url: str, standin: Standin, seed: int
) -> None:
    chance = random.Random(seed)
    tell_everybody(db, standin)
    standin.fault("latency", ms=LATENCY_MS)
    kills = chance.randint(1, 3)
    moments = sorted(chance.sample(range(1, 2 * PEOPLE_TOLD * EACH - 8), kills))
    in_hand: set[tuple[str, int]] = set()  # (row, attempt): what a kill left being sent
    for moment in moments:
        sender = start_sender(database_url, standin)
        kill_when(sender, partial(has_come, standin, moment))
        assert sender.returncode == -signal.SIGKILL
        assert has_come(standin, moment)
        in_hand |= let_leases_run_out(db, standin)
    last = Wechat(settings_for(standin.url), db)
    recover_lost(db)
    while send_due(db, last, "last", threads=THREADS).claimed:
        recover_lost(db)
    last.close()

    rows = {row.payload["values"]["thing1"]: row for row in outbox_rows(db)}
    states = Counter(row.state for row in rows.values())
    arrived = Counter(sent_titles(standin))
    print(f"seed {seed}: killed at {moments}, {len(in_hand)} rows in flight then, {dict(states)}")
    assert len(rows) == PEOPLE_TOLD * EACH
    assert set(states) <= {"sent", "unknown", "dead"}
    for title, row in rows.items():
        times = arrived[title]
        if row.state == "sent":
            assert 1 <= times <= 1 + row.unknowns, f"{title} arrived {times} times, marked {row.unknowns}"
        else:
            assert row.unknowns >= 1 and times <= row.unknowns, f"{title}: {row.state}, arrived {times} times"
        if row.topic == "wechat.subscribe":
            assert times <= 1, f"{title} came twice"
    assert sum(row.unknowns for row in rows.values()) == len(in_hand)
    said = {one.outbox_id: one.state for one in deliveries(db)}
    words = {"sent": "accepted", "unknown": "unknown", "dead": "given_up"}
    assert {row.id: words[row.state] for row in rows.values()} == said
    for number in range(PEOPLE_TOLD):  # we never promise more than the platform would keep
        assert balance(db, number) <= standin.platform.balance(f"p{number}", NOTICE)
    assert not [call for call in standin.calls(SEND) if call["errcode"] == 43108]


def test_the_kill_is_seen_in_the_middle_of_a_send(db: Database, database_url: str, standin: Standin) -> None:
    """With the platform slow to answer, all that the sender has in flight was taken there and is unknown here."""
    tell_everybody(db, standin)
    standin.fault("hang", times=0, path=SEND, ms=1_500)
    sender = start_sender(database_url, standin)
    kill_when(sender, lambda: len(standin.platform.messages) >= THREADS)
    states = Counter(row.state for row in outbox_rows(db))
    assert states["sending"] == THREADS == len(standin.platform.messages)
    assert recover_lost(db) == (0, 0)  # the lease still runs: it may only be slow
    assert len(let_leases_run_out(db, standin, hangs=True)) == THREADS
    returned, unknown = recover_lost(db)
    assert (returned, unknown) == (states["leased"], THREADS)
    assert {row.unknowns for row in outbox_rows(db) if row.state == "unknown"} == {1}
