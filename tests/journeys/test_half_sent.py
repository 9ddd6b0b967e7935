"""Who sends half of something stops nobody: `/healthz` answers, and danger is taken, told what to do, and stored."""

from __future__ import annotations

import http.client
import json
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import psutil
import pytest
from sqlalchemy import func, select

from backend.core.db import Database
from backend.faults.models import Fault, FaultReport
from scripts.children import wait_until
from tests.builders.product import code_of, small_county
from tests.harness.databases import Databases
from tests.harness.half_sent import (
    all_that_comes,
    half_sent,
    head,
    over_http2,
    photo,
    photo_either_way,
    still_open,
)
from tests.harness.served import Served
from tests.harness.served import serve as start_serving

# Required: one and two. A machine under test has other things to do as well; without the mechanism nothing comes at all.
ALIVE_SECONDS, TAKEN_SECONDS = 5.0, 10.0
DEADLINE = 2  # of a body, for the product that is given one


@dataclass
class Product:
    """A small county and the product that serves it."""

    db: Database
    served: Served
    codes: Iterator[tuple[str, str]]  # (household id, code) of a house that nobody reported

    def is_alive(self) -> None:
        client = self.served.client()
        client.timeout = ALIVE_SECONDS
        assert client.get("/healthz").expect(200) == {"status": "ok"}

    def takes_danger(self, port: int | None = None) -> None:
        """A stranger at the door of another house each time reports CO."""
        household_id, code = next(self.codes)
        client = self.served.client()
        if port is not None:
            client.base_url = f"http://127.0.0.1:{port}"
        client.timeout = TAKEN_SECONDS
        body = {"household_code": code, "category": "co"}
        told = client.post("/api/fault-reports", body).expect(201)
        assert told["advice"]
        with self.db.reading() as session:
            stored = (
                select(func.count())
                .select_from(FaultReport)
                .join(Fault, Fault.id == FaultReport.fault_id)
                .where(Fault.household_id == household_id)
            )
            assert session.scalar(stored) == 1

    def processes(self) -> list[psutil.Process]:
        assert self.served.web is not None
        whole = psutil.Process(self.served.web.process.pid)
        return [each for each in whole.children() if each.status() != psutil.STATUS_ZOMBIE]


def product_on(databases: Databases, folder: Any, **choices: Any) -> Iterator[Product]:
    url = databases.fresh()
    db = Database(url)
    county = small_county(db, households_each=4)
    ids = [each for homes in county.households.values() for each in homes]
    codes = [(each, code_of(db, each)) for each in ids]
    served = start_serving(url, folder, worker=False, stand_in=False, **choices)
    made = Product(db, served, iter(codes))
    try:
        made.takes_danger()  # what is loaded once only is loaded now
        yield made
    finally:
        served.stop()
        print(served.logs())
        db.close()
        databases.drop(url)


@pytest.fixture(scope="module")
def product(databases: Databases, keys: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    yield from product_on(databases, tmp_path_factory.mktemp("patient"))


@pytest.fixture(scope="module")
def hasty(databases: Databases, keys: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The product with one web process that waits for a body for DEADLINE seconds."""
    yield from product_on(
        databases, tmp_path_factory.mktemp("hasty"), web_processes=1, env={"BODY_SECONDS": str(DEADLINE)}
    )


@pytest.mark.parametrize("count", [16, 200])
@pytest.mark.parametrize("half", [photo_either_way, head], ids=["bodies", "heads"])
def test_danger_is_taken_while_half_sent_requests_are_open(
    product: Product, half: Callable[[int], bytes], count: int
) -> None:
    with half_sent(product.served.port, count, half) as lines:
        product.is_alive()
        product.takes_danger()
        # A head that never ends is closed after a while, as is a connection that lies idle.
        assert half is head or all(still_open(line) for line in lines)


def test_http_2_without_tls_is_not_spoken_and_holds_nothing(product: Product) -> None:
    with half_sent(product.served.port, 8, over_http2) as lines:
        for line in lines:
            told = all_that_comes(line, 10)
            assert not told or told.startswith(b"HTTP/1.1 400 "), told
            assert not still_open(line)
    for _ in range(8):  # each process and each of its threads, one way or the other
        product.is_alive()
    product.takes_danger()


def test_a_body_that_does_not_end_is_refused_at_its_deadline_and_leaves_nothing(hasty: Product) -> None:
    [process] = hasty.processes()
    threads, files = process.num_threads(), process.num_fds()

    def some_kept_on_disk(number: int) -> bytes:
        return photo_either_way(number) + (b"x" * 300_000 if number % 4 == 0 else b"")

    with half_sent(hasty.served.port, 40, some_kept_on_disk) as lines:
        assert process.num_threads() <= threads
        for line in lines:
            told = all_that_comes(line)
            assert told.startswith(b"HTTP/1.1 408 "), told[:200]
            problem = json.loads(told.partition(b"\r\n\r\n")[2])
            assert problem["code"] == "http.timeout" and "120" in problem["next"]
    wait_until(
        lambda: process.num_fds() <= files, [], seconds=30, what="the files and connections of what has ended"
    )
    assert process.num_threads() <= threads
    hasty.takes_danger()


def test_a_photo_that_comes_slowly_but_whole_is_answered_by_the_application(product: Product) -> None:
    """In pieces as well: what the application says of it is its own refusal, not the server's."""
    body = b'--part\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\nnothing\r\n--part--\r\n'
    for way in (b"Content-Length: %d\r\n" % len(body), b"Transfer-Encoding: chunked\r\n"):
        top = (
            b"POST /api/photos HTTP/1.1\r\nHost: here\r\nContent-Type: multipart/form-data; boundary=part\r\n"
        )
        top += b"Idempotency-Key: 12345678\r\nConnection: close\r\n" + way + b"\r\n"
        with socket.create_connection(("127.0.0.1", product.served.port)) as line:
            line.sendall(top)
            for piece in (body[:40], body[40:]):
                time.sleep(0.1)  # a pause on the way, however long
                line.sendall(piece if b"Length" in way else b"%x\r\n%s\r\n" % (len(piece), piece))
            line.sendall(b"" if b"Length" in way else b"0\r\n\r\n")
            told = all_that_comes(line)
        assert b"photo.not_a_photo" in told or b" 422 " in told.partition(b"\r\n")[0], told


def raw(product: Product, request: bytes, *, then_close: bool = False) -> tuple[int, Any]:
    """Status and JSON of what is answered to these bytes; (0, None) for a closed connection."""
    with socket.create_connection(("127.0.0.1", product.served.port)) as line:
        line.sendall(request)
        if then_close:
            line.shutdown(socket.SHUT_WR)
        line.settimeout(30)
        response = http.client.HTTPResponse(line)
        try:
            response.begin()
        except (http.client.HTTPException, OSError):
            return 0, None
        body = response.read()
        return response.status, json.loads(body) if body else None


@pytest.mark.parametrize("path", [b"/healthz", b"/api/client-settings"])
@pytest.mark.parametrize("hosts", [b"Host: a\r\nHost: b\r\n", b"Host: a\r\nhOST: a\r\n", b""])
def test_two_hosts_or_none_are_refused(product: Product, path: bytes, hosts: bytes) -> None:
    status, problem = raw(product, b"GET " + path + b" HTTP/1.1\r\n" + hosts + b"\r\n")
    assert status == 400 and problem["code"] == "http.bad_request"


@pytest.mark.parametrize(
    "lengths",
    [
        b"Content-Length: 2\r\nContent-Length: 3\r\n",
        b"Content-Length: -2\r\n",
        b"Content-Length: +2\r\n",
        b"Content-Length: 0x2\r\n",
        b"Transfer-Encoding: chunked, identity\r\n",
    ],
)
def test_a_request_of_two_lengths_is_refused(product: Product, lengths: bytes) -> None:
    request = (
        b"POST /api/scans HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n" + lengths + b"\r\n{}"
    )
    status, _ = raw(product, request, then_close=True)
    assert status in (0, 400)


def test_what_is_larger_than_any_route_takes_is_refused_before_it_is_sent(product: Product) -> None:
    too_large = 33 * 1024 * 1024 + 1
    asked = b"POST /api/photos HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % too_large
    status, problem = raw(product, asked)
    assert status == 413 and problem["code"] == "too_large" and "普通模式" in problem["next"]


def test_what_breaks_off_is_never_handed_to_the_application(product: Product) -> None:
    """A JSON document that happens to be whole before its announced end is not taken either."""
    household_id, code = next(product.codes)
    body = json.dumps({"household_code": code, "category": "co"}).encode()
    top = b"POST /api/fault-reports HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nIdempotency-Key: 12345678\r\n"
    for rest in (
        b"Content-Length: %d\r\n\r\n%s" % (len(body) + 5, body),
        b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n" % (len(body), body),
    ):
        status, _ = raw(product, top + rest, then_close=True)
        assert status in (0, 400)
    with product.db.reading() as session:
        assert session.scalar(select(func.count()).where(Fault.household_id == household_id)) == 0


def test_the_proxy_s_word_is_taken_from_the_name_it_uses_and_from_no_other(
    serve: Callable[..., Served],
) -> None:
    """A name with an underscore reads the same to an application, and a proxy passes it on."""
    served = serve(worker=False, stand_in=False, web_processes=1, env={"TRUSTED_PROXIES": "1"})

    def secure(**headers: str) -> bool:
        sent = {name.replace("__", "-"): value for name, value in headers.items()}
        answer = served.client().request("GET", "/api/client-settings", headers=sent)
        return "strict-transport-security" in answer.headers

    assert secure(X__Forwarded__Proto="https")
    assert not secure(X_Forwarded_Proto="https")
    assert not secure()


def test_it_stops_in_order_with_half_sent_bodies_open(serve: Callable[..., Served]) -> None:
    served = serve(worker=False, stand_in=False)
    assert served.web is not None
    with half_sent(served.port, 16, photo) as lines:
        served.client().get("/healthz").expect(200)
        served.web.process.terminate()
        for line in lines:
            told = all_that_comes(line)
            assert told.startswith(b"HTTP/1.1 503 "), told[:200]
        assert served.web.process.wait(30) == 0
    assert "refused to gracefully stop" not in served.logs()
