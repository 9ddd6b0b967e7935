"""One token for all: fetched once, renewed once, never from memory when another process knows better."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta

import pytest
from sqlalchemy import select, text, update

from backend.core import leases
from backend.core.db import Database
from backend.wechat import NoToken, Wechat, WechatBusy, WechatRefused, WechatToken
from backend.wechat.tokens import SharedToken
from scripts.wechat_standin import DEMO_APPID, Standin
from tests.harness import ROOT
from tests.harness.keys import TEST_KEYS
from tests.harness.races import race
from tests.wechat.builders import NOTICE, SEND, STABLE, VALUES, WANG, settings_for

ONE_PROCESS = """
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from backend.core.db import Database
from backend.wechat import Wechat
from scripts.wechat_standin.state import DEMO_APPID, DEMO_SECRET
from backend.wechat import WechatSettings
from tests.harness.keys import configure_this_process

configure_this_process()
url, address = sys.argv[1:]
database = Database(url)
client = Wechat(WechatSettings(appid=DEMO_APPID, secret=DEMO_SECRET, api_base_url=address), database)
print("ready", flush=True)
sys.stdin.readline()
together = Barrier(4)

def scan(number):
    together.wait()
    return len(client.unlimited_code(f"n{number}", "pages/index")) > 100

with ThreadPoolExecutor(4) as pool:
    print(sum(pool.map(scan, range(4))), flush=True)
client.close()
database.close()
"""


def test_duty_05_sixteen_cold_threads_fetch_one_token(standin: Standin, wechat: Wechat) -> None:
    standin.fault("latency", ms=20)
    outcome = race(16, lambda number: wechat.unlimited_code(f"n{number}", "pages/index"))
    assert outcome.errors == []
    assert len(standin.calls(STABLE)) == 1


def test_duty_05_three_cold_processes_of_four_threads_fetch_one_token(
    standin: Standin, db: Database, database_url: str
) -> None:
    standin.fault("latency", ms=50)
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", ONE_PROCESS, database_url, standin.url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        for _ in range(3)
    ]
    try:
        for process in processes:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        for process in processes:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        outputs = [process.communicate(timeout=60)[0] for process in processes]
    finally:
        for process in processes:
            process.kill()
            process.wait()
    assert outputs == ["4\n"] * 3
    assert len(standin.calls(STABLE)) == 1


@pytest.mark.parametrize("code", ["42001", "40001", "40014"])
def test_duty_05_no_fetch_takes_the_token_from_those_who_still_use_it(
    standin: Standin, wechat: Wechat, code: str
) -> None:
    """Neither the first nor the one after a refusal forces a new token, which would end the one that others hold."""
    standin.fault(code, path="/wxa/getwxacodeunlimit")
    wechat.unlimited_code("a", "pages/index")
    fetches = [{**call["query"], **call["body"]} for call in standin.calls(STABLE)]
    assert [each["grant_type"] for each in fetches] == ["client_credential"] * 2
    assert not any(each.get("force_refresh") for each in fetches)


def test_another_process_uses_the_token_that_is_there(
    standin: Standin, connect: Callable[..., Wechat]
) -> None:
    connect().warm()
    connect().unlimited_code("a", "pages/index")
    assert len(standin.calls(STABLE)) == 1


@pytest.mark.parametrize("code", ["42001", "40001", "40014"])
def test_duty_06_a_refused_token_is_renewed_once_and_the_call_tried_once_more(
    standin: Standin, wechat: Wechat, code: str
) -> None:
    standin.platform.grant("wang", NOTICE)
    standin.fault(code, path=SEND)
    wechat.send_subscribe(WANG, NOTICE, VALUES)
    assert (len(standin.calls(STABLE)), len(standin.calls(SEND))) == (2, 2)


def test_duty_06_a_token_refused_for_ever_fails_after_one_renewal(standin: Standin, wechat: Wechat) -> None:
    standin.fault("token_rejected", times=0)
    with pytest.raises(WechatRefused) as refused:
        wechat.send_subscribe(WANG, NOTICE, VALUES)
    assert refused.value.errcode == 40001
    assert (len(standin.calls(STABLE)), len(standin.calls(SEND))) == (2, 2)


def test_a_token_that_ends_in_mid_batch_is_renewed_by_one_of_many(
    standin: Standin, db: Database, connect: Callable[..., Wechat]
) -> None:
    clients = [connect(), connect()]
    for client in clients:
        client.warm()
    standin.platform.expire_stable()
    standin.fault("latency", ms=20)
    outcome = race(16, lambda number: clients[number % 2].unlimited_code(f"n{number}", "pages/index"))
    assert outcome.errors == []
    assert len(standin.calls(STABLE)) == 2


def test_a_token_of_three_seconds_is_used_before_it_ends(standin: Standin, wechat: Wechat) -> None:
    standin.fault("short_token")
    for number in range(3):
        wechat.unlimited_code(f"n{number}", "pages/index")
    assert len(standin.calls(STABLE)) == 1


def test_an_ended_token_is_renewed_before_it_is_refused(
    standin: Standin, db: Database, connect: Callable[..., Wechat]
) -> None:
    connect().warm()
    with db.writing() as session:
        session.execute(update(WechatToken).values(renew_at=leases.wall_clock() - timedelta(seconds=1)))
    connect().unlimited_code("a", "pages/index")
    assert len(standin.calls(STABLE)) == 2
    assert standin.calls("/wxa/getwxacodeunlimit")[0]["errcode"] == 0


def test_a_token_about_to_end_is_renewed_ahead_for_all_processes(
    standin: Standin, db: Database, connect: Callable[..., Wechat]
) -> None:
    web, worker = connect(), connect()
    web.warm()
    with db.writing() as session:
        session.execute(update(WechatToken).values(renew_at=leases.wall_clock() + timedelta(seconds=200)))
    worker.unlimited_code("a", "pages/index")
    assert len(standin.calls(STABLE)) == 1
    worker.warm(spare_seconds=240)
    assert len(standin.calls(STABLE)) == 2
    worker.warm(spare_seconds=240)
    assert len(standin.calls(STABLE)) == 2


def test_a_token_remembered_beyond_its_end_is_not_used(standin: Standin, wechat: Wechat) -> None:
    standin.fault("short_token", ms=400)  # said to live 0 s
    for number in range(2):
        wechat.unlimited_code(f"n{number}", "pages/index")
    assert len(standin.calls(STABLE)) == 2


def test_those_who_wait_for_a_token_share_its_failure(standin: Standin, wechat: Wechat) -> None:
    standin.fault("latency", ms=300)
    standin.fault("busy", times=0, path=STABLE)
    outcome = race(8, lambda number: wechat.unlimited_code(f"n{number}", "pages/index"))
    assert [type(error) for error in outcome.errors] == [WechatBusy] * 8
    assert len({id(error) for error in outcome.errors}) == 8
    # Whoever came only after the failure had been told may have asked anew; nobody else.
    assert len(standin.calls(STABLE)) <= 2


def test_a_failed_fetch_leaves_the_lease_to_the_next(
    standin: Standin, db: Database, connect: Callable[..., Wechat]
) -> None:
    standin.fault("502", path=STABLE)
    with pytest.raises(WechatBusy):
        connect().warm()
    with db.reading() as session:
        assert session.scalar(select(leases.Lease.owner)) is None
    connect().warm()
    assert len(standin.calls(STABLE)) == 2


def test_whoever_died_while_fetching_is_succeeded_when_its_lease_ends(
    standin: Standin, db: Database, wechat: Wechat
) -> None:
    with db.writing() as session:
        assert leases.acquire(session, f"wechat.token.{wechat.settings.appid}", "dead", seconds=1)
    wechat.warm()
    assert len(standin.calls(STABLE)) == 1


@pytest.mark.parametrize("cold", [True, False])
def test_duty_05_a_fetch_that_outlived_its_lease_does_not_replace_the_newer_token(
    db: Database, cold: bool
) -> None:
    def overtaken() -> tuple[str, int]:
        with db.writing() as session:
            ended = leases.wall_clock() - timedelta(seconds=1)
            session.execute(update(leases.Lease).values(until=ended))
        held = SharedToken(db, DEMO_APPID, lambda: ("newer", 7200), 1).current(refused=refused)
        assert (held.token, held.generation) == ("newer", refused + 1)
        return "older", 7200

    refused = 0 if cold else SharedToken(db, DEMO_APPID, lambda: ("first", 7200), 1).current().generation
    slow = SharedToken(db, DEMO_APPID, overtaken, 1)
    for _ in range(2):
        held = slow.current(refused=refused)
        assert (held.token, held.generation) == ("newer", refused + 1)
    with db.reading() as session:
        assert session.scalars(select(WechatToken.token)).all() == ["newer"]


def test_duty_05_a_fetch_has_its_lease_for_as_long_as_it_may_last(
    standin: Standin, db: Database, connect: Callable[..., Wechat]
) -> None:
    wechat = connect(connect_timeout=20, read_timeout=40)
    standin.fault("hang", path=STABLE, ms=25_000)
    pause = threading.Event()
    began = leases.wall_clock()
    with ThreadPoolExecutor(1) as pool:
        try:
            fetch = pool.submit(wechat.warm)
            while not standin.calls(STABLE) and not fetch.done():
                pause.wait(0.01)
            with db.reading() as session:
                until = session.scalars(select(leases.Lease.until)).one()
            assert not fetch.done()
        finally:
            standin.platform.faults.reset()
        fetch.result(timeout=20)
    assert until > began + timedelta(seconds=20 + 40)


def test_the_token_is_sealed_at_rest(standin: Standin, db: Database, wechat: Wechat) -> None:
    wechat.warm()
    assert standin.platform.stable is not None
    with db.reading() as session:
        (stored,) = session.execute(text("SELECT token FROM wechat_tokens")).one()
    assert standin.platform.stable.value not in stored
    assert TEST_KEYS["ENCRYPTION_KEYS"].startswith(stored.partition(":")[0])


def test_the_library_cannot_fetch_a_token_past_the_shared_one(standin: Standin, wechat: Wechat) -> None:
    assert wechat._client.fetch_access_token()["access_token"] == wechat._client.access_token
    assert [call["path"] for call in standin.calls()] == [STABLE]


@pytest.mark.parametrize(("errcode", "secret"), [(40125, "wrong"), (40013, None)])
def test_wrong_credentials_are_refused_in_so_many_words(
    connect: Callable[..., Wechat], errcode: int, secret: str | None
) -> None:
    wechat = connect(secret=secret) if secret else connect(appid="wx-somebody-else")
    with pytest.raises(NoToken) as refused:
        wechat.warm()
    assert refused.value.errcode == errcode


def test_without_the_database_that_keeps_the_token_nothing_was_sent(standin: Standin, db: Database) -> None:
    nowhere = {
        "sqlite": "sqlite:////proc/nowhere.db",
        "postgresql": "postgresql://nobody@127.0.0.1:9/none",
    }
    with closing(Database(nowhere[db.dialect])) as away, pytest.raises(NoToken) as raised:
        Wechat(settings_for(standin), away).send_subscribe(WANG, NOTICE, VALUES)
    assert raised.value.errcode is None and standin.calls(SEND) == []


def test_a_token_that_was_got_before_the_clock_was_set_back_is_renewed(
    standin: Standin, db: Database, connect: Callable[..., Wechat]
) -> None:
    connect().warm()
    with db.writing() as session:
        session.execute(update(WechatToken).values(renew_at=leases.wall_clock() + timedelta(hours=3)))
    connect().unlimited_code("a", "pages/index")
    assert len(standin.calls(STABLE)) == 2
