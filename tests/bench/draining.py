"""Draining the outbox with 64 sends in flight, against the same client in a bare loop; the platform takes 20 ms."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from backend.core.db import Database, new_id
from backend.messaging import notify, send_due
from backend.wechat import Wechat
from scripts.children import free_port, listens, start, stop, wait_until
from scripts.run import stand_in_command
from scripts.wechat_standin import DEMO_APPID, DEMO_SECRET
from tests.bench._sides import KIND, bench, compare, in_turns, opened, rate_of
from tests.harness import ROOT
from tests.harness.http import Client
from tests.harness.served import environment_of
from tests.messaging.builders import (
    NOTICE,
    SAFETY,
    a_notice,
    a_person,
    configure_channel,
    consent,
    settings_for,
)

MESSAGES, THREADS, LATENCY_MS, ROUNDS = 1_000, 64, 20, 2


@contextmanager
def platform(folder: Path) -> Iterator[str]:
    """The stand-in as a process of its own, where everybody allowed enough; its address."""
    people = [{"id": f"p{n}", "name": f"居民{n}", "openid": f"o-{n}"} for n in range(MESSAGES)]
    file = folder / "people.json"
    file.write_text(json.dumps(people))
    port = free_port()
    env = environment_of("", folder, 0, port, {"WECHAT_APPID": DEMO_APPID, "WECHAT_SECRET": DEMO_SECRET})
    child = start(
        "stand-in",
        [sys.executable, *stand_in_command(port, file)],
        log=folder / "stand-in.log",
        env=env,
        cwd=ROOT,
    )
    try:
        wait_until(lambda: listens(port), [child], seconds=30, what="the stand-in")
        client = Client(f"http://127.0.0.1:{port}")
        for each in people:
            client.post("/sandbox/grant", {"person": each["id"], "template_id": NOTICE, "count": 100}).expect(
                200
            )
        client.post("/sandbox/faults", {"fault": "latency", "ms": LATENCY_MS}).expect(200)
        yield client.base_url
    finally:
        stop([child], grace=3)


def tell_everybody(db: Database, turn: int) -> None:
    with db.writing() as session:
        for number in range(MESSAGES):
            person_id = a_person(session, number)
            consent(session, person_id, number)
            notify(session, [person_id], a_notice(SAFETY, f"{turn}-{number}"), f"{turn}-{number}")


def drain(db: Database, client: Wechat) -> None:
    report = send_due(db, client, new_id(), limit=MESSAGES, threads=THREADS)
    if report.accepted != MESSAGES:
        raise RuntimeError(f"not all were accepted: {report}")


def bare_loop(client: Wechat) -> None:
    values = dict(a_notice().values)
    with ThreadPoolExecutor(THREADS) as pool:
        for _ in pool.map(
            lambda number: client.send_subscribe(f"o-{number}", NOTICE, values), range(MESSAGES)
        ):
            pass


def main() -> None:
    with bench() as (kind, folder), platform(folder) as address, opened(kind) as db:
        configure_channel()
        client = Wechat(settings_for(address), db)
        turns = iter(range(ROUNDS))

        def ours() -> float:
            tell_everybody(db, next(turns))
            return rate_of(MESSAGES, lambda: drain(db, client))

        bare_loop(client)  # connections, token
        rates = in_turns(
            {
                "outbox, claimed and recorded": ours,
                "the same client in a bare loop": lambda: rate_of(MESSAGES, lambda: bare_loop(client)),
            },
            ROUNDS,
        )
        client.close()
        ideal = THREADS / (LATENCY_MS / 1000)
        print(
            f"draining {MESSAGES:,} messages, {THREADS} in flight, {LATENCY_MS} ms each, {KIND} (no CPU: {ideal:,.0f}/s)"
        )
        compare(rates, "messages")


if __name__ == "__main__":
    main()
