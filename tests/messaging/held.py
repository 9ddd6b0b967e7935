"""A platform that keeps messages on their way for as long as a test wants, and a sender that waits for it."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from backend.core.db import Database
from backend.messaging import send_due
from backend.wechat import SendOutcome


class Held:
    """A platform that keeps chosen messages until it lets them go, and may refuse them then."""

    def __init__(self, *held: str, refused: Mapping[str, Exception] | None = None) -> None:
        self.gates = {title: threading.Event() for title in held}
        self.refused = dict(refused or {})
        self.asked: list[str] = []
        self.in_flight: Counter[str] = Counter()
        self.most_at_once = 0
        self._lock = threading.Lock()

    def send_subscribe(
        self, openid: str, template_id: str, values: Mapping[str, str], page: str | None = None
    ) -> SendOutcome:
        title = values["thing1"]
        with self._lock:
            self.asked.append(title)
            self.in_flight[openid] += 1
            self.most_at_once = max(self.most_at_once, self.in_flight[openid])
        try:
            if title in self.gates:
                assert self.gates[title].wait(60)
            if title in self.refused:
                raise self.refused[title]
            return SendOutcome(f"m-{title}")
        finally:
            with self._lock:
                self.in_flight[openid] -= 1

    def let_all_go(self) -> None:
        for gate in self.gates.values():
            gate.set()


def wait_for(what: Callable[[], bool], seconds: float = 30) -> None:
    pause = threading.Event()
    for _ in range(int(seconds / 0.02)):
        if what():
            return
        pause.wait(0.02)
    raise AssertionError(f"not within {seconds:g} s")


@contextmanager
def sending(db: Database, client: Held, **choices: Any) -> Iterator[threading.Thread]:
    sender = threading.Thread(target=send_due, args=(db, client, "w1"), kwargs=choices)
    sender.start()
    try:
        yield sender
    finally:
        client.let_all_go()
        sender.join(60)
    assert not sender.is_alive()
