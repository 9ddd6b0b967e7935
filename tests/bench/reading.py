"""Reading one household over HTTP, against a bare application on the same server that runs the same statements.

The statements are taken down from the product itself: session, roles, reach, household, code. The bare application
replays them on a connection of its own and gives the same bytes: what is left is what our code costs.
"""

from __future__ import annotations

import json
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import event

from backend.core.db import Database
from scripts.children import free_port, listens, start, stop, wait_until
from tests.bench._sides import KIND, bench, compare, in_turns, opened, rate_for
from tests.builders.product import DISTRICT, app_on, client_of, person_with, small_county
from tests.harness import ROOT
from tests.harness.served import serve

SECONDS, ROUNDS, CONNECTIONS = 4.0, 3, 8


def record(url: str, folder: Path, token_of: Any, paths: list[str]) -> dict[str, Any]:
    """What each path asks the database, and what it answers; each is asked twice, as caches are warm in a server."""
    app = app_on(url, folder)
    client = client_of(app, token_of)
    database: Database = app.extensions["backend.database"]
    heard: list[tuple[str, Any]] = []

    @event.listens_for(database.engine, "before_cursor_execute")
    def hear(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        heard.append((statement, parameters))

    found = {}
    for path in paths:
        client.get(path).expect(200)
        heard.clear()
        answer = client.get(path)
        asked = [each for each in heard if each[0].startswith("SELECT")]
        found[path] = {"statements": asked, "answer": answer.text}
    return found


class Lines:
    """Kept-alive connections, one a thread; as little of a client as will do."""

    def __init__(self, port: int, paths: list[str], token: str) -> None:
        self.port = port
        self.asked = [
            f"GET {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
            for path in paths
        ]
        self.sockets: dict[int, socket.socket] = {}
        self.turns = [0] * CONNECTIONS

    def get(self, number: int) -> None:
        line = self.sockets.get(number)
        if line is None:
            line = self.sockets[number] = socket.create_connection(("127.0.0.1", self.port))
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.turns[number] += 1
        line.sendall(self.asked[(number + self.turns[number]) % len(self.asked)])
        got = b""
        while b"\r\n\r\n" not in got:
            got += line.recv(65536)
        head, _, body = got.partition(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(head.decode())
        length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0])
        while len(body) < length:
            body += line.recv(65536)

    def close(self) -> None:
        for line in self.sockets.values():
            line.close()
        self.sockets.clear()


@contextmanager
def bare(url: str, recorded: dict[str, Any], folder: Path, env: dict[str, str]) -> Iterator[int]:
    """The bare application on the same server with the same processes and threads; its port."""
    file = folder / "record.json"
    file.write_text(json.dumps(recorded, ensure_ascii=False, default=str))
    port = free_port()
    command = [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "tests.bench._bare_reading:app"),
        *("--workers", "2", "--blocking-threads", "4", "--host", "127.0.0.1", "--port", str(port)),
        *("--no-ws", "--http", "1"),
    ]
    child = start(
        "bare",
        command,
        log=folder / "bare.log",
        env={**env, "BARE_URL": url, "BARE_RECORD": str(file)},
        cwd=ROOT,
    )
    try:
        wait_until(lambda: listens(port), [child], seconds=30, what="the bare application")
        yield port
    finally:
        stop([child], grace=3)


def main() -> None:
    with bench() as (kind, folder):
        url = kind.fresh()
        with opened(kind, url) as db:
            county = small_county(db, households_each=8)
            officer = person_with(db, "district_officer", area_code=DISTRICT)
        paths = [f"/api/households/{each}" for homes in county.households.values() for each in homes]
        recorded = record(url, folder, officer, paths)
        served = serve(url, folder / "data", worker=False, stand_in=False)
        try:
            with bare(url, recorded, folder, dict(served.env)) as port:
                ours, theirs = Lines(served.port, paths, officer.token), Lines(port, paths, officer.token)
                for each in (ours, theirs):
                    rate_for(1.0, CONNECTIONS, each.get)  # connections, caches
                rates = in_turns(
                    {
                        "GET /api/households/{id}": lambda: rate_for(SECONDS, CONNECTIONS, ours.get),
                        "bare granian app, same statements": lambda: rate_for(
                            SECONDS, CONNECTIONS, theirs.get
                        ),
                    },
                    ROUNDS,
                )
                ours.close()
                theirs.close()
        finally:
            served.stop()
        asked = max(len(each["statements"]) for each in recorded.values())
        print(f"reading a household, {CONNECTIONS} connections, {asked} statements each, {KIND}")
        compare(rates, "reads")


if __name__ == "__main__":
    main()
