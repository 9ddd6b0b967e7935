"""The proxy as it is shipped, in front of the product: what it keeps away, what it says, what it passes on."""

from __future__ import annotations

import http.client
import json
import re
import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from backend.core.http import LARGEST_BODY, MEGABYTE
from backend.serving.slots import HEAD_SECONDS
from scripts.children import free_port
from tests.harness import ROOT
from tests.harness.databases import Databases
from tests.harness.half_sent import all_that_comes, half_sent, head, photo, photo_either_way, still_open
from tests.harness.proxy import SHIPPED, Proxy, in_front_of
from tests.journeys.test_half_sent import Product, product_on


@pytest.fixture(scope="module")
def product(databases: Databases, keys: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    folder = tmp_path_factory.mktemp("behind")
    yield from product_on(databases, folder, web_processes=1, env={"TRUSTED_PROXIES": "1"})


@pytest.fixture
def proxy(product: Product, tmp_path: Path) -> Iterator[Proxy]:
    with in_front_of(product.served.port, tmp_path / "proxy") as running:
        yield running


class Echo:
    """Stands where the product stands, and tells what it was sent: a head and a body, one connection each."""

    def __init__(
        self, answer: bytes = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    ) -> None:
        self.port = free_port()
        self.heard: list[bytes] = []
        self.answer = answer
        self._listener = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self._listener.accept()
            except OSError:
                return
            with line:
                self.heard.append(line.recv(65536))
                line.sendall(self.answer)

    def close(self) -> None:
        self._listener.close()


def problem(answer: Any, status: int) -> dict[str, Any]:
    said: dict[str, Any] = answer.expect(status)
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert said["status"] == status and {"type", "title", "detail", "code", "next"} <= said.keys()
    return said


@pytest.mark.parametrize("count", [16, 200])
@pytest.mark.parametrize("half", [photo_either_way, head], ids=["bodies", "heads"])
def test_danger_is_taken_through_the_proxy_while_half_sent_requests_are_open(
    product: Product, proxy: Proxy, half: Any, count: int
) -> None:
    with half_sent(proxy.port, count, half) as lines:
        client = proxy.client()
        client.timeout = 5
        assert client.get("/healthz").expect(200) == {"status": "ok"}
        product.takes_danger(proxy.port)
        assert all(still_open(line) for line in lines)  # and not one of them has reached the product


def test_uploads_of_one_address_have_a_limit_that_leaves_room_for_danger(
    product: Product, proxy: Proxy
) -> None:
    with half_sent(proxy.port, 300, photo) as lines:
        product.takes_danger(proxy.port)
        refused = [line for line in lines if not still_open(line)]
        assert len(refused) == 300 - 256
        told = all_that_comes(refused[0])
        assert told.startswith(b"HTTP/1.1 503 ")
        assert "120" in json.loads(told.partition(b"\r\n\r\n")[2])["next"]


def test_a_body_that_goes_on_no_more_is_closed_and_leaves_nothing(product: Product, tmp_path: Path) -> None:
    with (
        in_front_of(product.served.port, tmp_path / "proxy", body_seconds=1) as proxy,
        half_sent(
            proxy.port, 20, lambda n: photo_either_way(n) + (b"x" * 200_000 if n % 2 == 0 else b"")
        ) as lines,
    ):
        for line in lines:
            assert all_that_comes(line) == b""  # nginx tells nobody of a time-out
        assert not [each for each in (tmp_path / "proxy" / "bodies").rglob("*") if each.is_file()]


def test_what_is_too_large_is_refused_with_what_helps(product: Product, proxy: Proxy) -> None:
    whole = b"x" * (LARGEST_BODY + 1)
    said = problem(proxy.client().request("POST", "/api/photos", body=whole), 413)
    assert said["code"] == "too_large" and "请用普通模式重拍" in said["next"]
    page = proxy.client().request("POST", "/q/0000000000", body=whole)
    assert page.status == 413 and "普通模式" in page.text


def test_where_nobody_answers_it_says_what_to_do_in_danger(tmp_path: Path) -> None:
    with in_front_of(free_port(), tmp_path / "proxy") as proxy:
        for method in ("GET", "POST"):
            answer = proxy.client().request(method, "/api/fault-reports")
            said = problem(answer, 502)
            assert "先离开屋子" in said["next"] and "120" in said["next"] and "119" in said["next"]
            assert int(answer.headers["retry-after"]) > 0
        page = proxy.client().get("/q/0000000000")
        assert page.status == 502 and "先离开屋子" in page.text and "120" in page.text


def test_what_the_product_refuses_passes_as_it_is(proxy: Proxy) -> None:
    assert problem(proxy.client().get("/api/me"), 401)["code"] == "session.none"
    assert proxy.client().get("/readyz").expect(200)["status"] == "ok"


def test_what_a_client_says_of_its_address_is_not_passed_on(tmp_path: Path) -> None:
    echo = Echo()
    told = {
        "X-Forwarded-For": "203.0.113.9",
        "X_Forwarded_For": "203.0.113.9",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "elsewhere",
        "X-Real-IP": "203.0.113.9",
        "Forwarded": "for=203.0.113.9",
        "X-Request-Id": "0123456789abcdef",
    }
    with in_front_of(echo.port, tmp_path / "proxy") as proxy:
        proxy.client().request("GET", "/api/me", headers=told)
    echo.close()
    [heard] = echo.heard
    lines = heard.decode().lower().split("\r\n")
    assert lines[0] == "get /api/me http/1.1"
    assert "x-forwarded-for: 127.0.0.1" in lines and "x-forwarded-proto: http" in lines
    assert "203.0.113.9" not in heard.decode() and "elsewhere" not in heard.decode()
    assert "x-request-id: 0123456789abcdef" in lines


@pytest.mark.parametrize("hosts", [b"Host: a\r\nHost: b\r\n", b""])
def test_two_hosts_or_none_do_not_pass(proxy: Proxy, hosts: bytes) -> None:
    with socket.create_connection(("127.0.0.1", proxy.port)) as line:
        line.sendall(b"GET /healthz HTTP/1.1\r\n" + hosts + b"\r\n")
        assert all_that_comes(line).startswith(b"HTTP/1.1 400 ")


def certificate(folder: Path) -> tuple[Path, Path]:
    """A key and a certificate that nobody else trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    chain, private = folder / "fullchain.pem", folder / "privkey.pem"
    chain.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return chain, private


def test_with_tls_it_sends_everybody_there_and_browsers_stay_there(product: Product, tmp_path: Path) -> None:
    chain, _ = certificate(tmp_path)
    tls = (ROOT / "docker" / "tls.conf.example").read_text("utf-8").replace("/etc/nginx/tls", str(tmp_path))
    with in_front_of(product.served.port, tmp_path / "proxy", tls=tls) as proxy:
        plain = proxy.client().get("/api/client-settings")
        assert plain.status == 301 and plain.headers["location"].startswith("https://")
        context = ssl.create_default_context(cafile=str(chain))
        line = http.client.HTTPSConnection("localhost", proxy.tls_port, context=context, timeout=30)
        line.request("GET", "/api/client-settings")
        answer = line.getresponse()
        assert answer.status == 200
        assert "max-age=" in (answer.headers["Strict-Transport-Security"] or "")
        line.close()


def test_its_limits_are_the_product_s() -> None:
    text = SHIPPED.read_text("utf-8")
    assert f"client_max_body_size {LARGEST_BODY // MEGABYTE}m;" in text
    # Of the two ends of a connection that lies idle, the one that may send on it lets go first.
    idle = re.search(r"keepalive 32;\s+keepalive_timeout (\d+)s;", text)
    assert idle is not None and int(idle[1]) < HEAD_SECONDS
