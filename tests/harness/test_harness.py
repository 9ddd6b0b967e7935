"""The ground that the tests stand on holds."""

from __future__ import annotations

import http.server
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from sqlalchemy import select, text

from backend.core.db import Database
from backend.identity.models import Person
from scripts.children import listens, wait_until
from tests.builders.product import client_of, kept_app_on, somebody
from tests.harness import ROOT, applications
from tests.harness.browser import Phone
from tests.harness.databases import Databases, Stocks, opened
from tests.harness.http import Client
from tests.harness.loopback import ConnectionBeyondThisMachine
from tests.harness.outcomes import ABSENT_BROWSER
from tests.harness.races import race
from tests.harness.served import Served
from tests.harness.wires import wait_until_read

without_database = pytest.mark.only_on("sqlite", "no database is asked")


def test_each_test_has_a_database_of_its_own(databases: Databases) -> None:
    one, other = Database(databases.fresh()), Database(databases.fresh())
    with one.writing() as session:
        session.execute(text("CREATE TABLE only_here (id integer)"))
    with other.reading() as session, pytest.raises(Exception, match="only_here"):
        session.execute(text("SELECT * FROM only_here"))
    for each in (one, other):
        url = each.engine.url.render_as_string(hide_password=False)
        each.close()
        databases.drop(url)


def somebody_new(db: Database) -> list[str]:
    return [somebody(db, name="第一个").id]


def names(url: str) -> list[str | None]:
    with opened(url).reading() as session:
        return list(session.scalars(select(Person.name).order_by(Person.id)))


def test_what_a_test_does_to_its_copy_of_a_filled_database_nobody_else_sees(stocks: Stocks) -> None:
    with stocks.copy(somebody_new) as one, stocks.copy(somebody_new) as other:
        assert one.url != other.url and one.made == other.made
        somebody(opened(one.url), name="第二个")
        one.made.append("二")
        assert (names(one.url), names(other.url)) == (["第一个", "第二个"], ["第一个"])
        for each in (one, other):
            opened(each.url).close()
    with stocks.copy(somebody_new) as third:
        assert names(third.url) == ["第一个"], "as it was filled, at an address that another had"
        assert third.made == other.made and len(third.made) == 1
        opened(third.url).close()


def test_a_kept_application_answers_from_the_database_of_the_test_that_has_it(
    stocks: Stocks, tmp_path: Path
) -> None:
    with stocks.copy(None) as one, stocks.copy(None) as other:
        first = kept_app_on(one.url, tmp_path)
        person = somebody(opened(one.url))
        assert client_of(first, person).get("/api/me").status == 200
        beside = kept_app_on(other.url, tmp_path)
        assert beside is not first, "a test that needs two has two"
        assert client_of(beside, person).get("/api/me").status == 401
        assert client_of(first, person).get("/api/me").status == 200
        applications.take_back()
        again = kept_app_on(other.url, tmp_path)
        assert again in (first, beside)
        assert client_of(again, person).get("/api/me").status == 401
        applications.take_back()


def test_the_database_is_the_kind_that_was_asked_for(db: Database) -> None:
    assert db.dialect == os.environ.get("TEST_DATABASE", "sqlite")


def test_a_fresh_database_is_migrated(db: Database) -> None:
    with db.reading() as session:
        assert session.execute(text("SELECT count(*) FROM alembic_version")).scalar() == 1


def test_calls_of_a_race_overlap_on_connections_of_their_own(db: Database) -> None:
    gate = threading.Barrier(4)

    def call(_index: int) -> int:
        with db.reading() as session:
            session.execute(text("SELECT 1"))
            gate.wait(10)
            return id(session.connection().connection.dbapi_connection)

    result = race(4, call)
    assert not result.errors
    assert result.overlapped == 4
    assert len(set(result.values)) == 4


@without_database
def test_no_connection_leaves_this_machine() -> None:
    with socket.socket() as outward, pytest.raises(ConnectionBeyondThisMachine):
        outward.connect(("192.0.2.1", 80))
    with pytest.raises(ConnectionBeyondThisMachine):
        socket.getaddrinfo("example.invalid", 80)


@without_database
def test_no_connection_of_a_started_process_leaves_this_machine() -> None:
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "tests" / "harness" / "in_children")}
    tried = subprocess.run(
        [sys.executable, "-c", "import socket; socket.socket().connect(('192.0.2.1', 80))"],
        env=env,
        capture_output=True,
        text=True,
    )
    assert tried.returncode != 0
    assert "ConnectionBeyondThisMachine" in tried.stderr


@without_database
@pytest.mark.parametrize("accepted_before", [True, False] if psutil.LINUX else [True])
def test_what_a_dead_process_had_written_is_waited_for(accepted_before: bool) -> None:
    """Whether the server had accepted its connection by then or not."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        words = f"import os, socket; socket.create_connection(('127.0.0.1', {port})).sendall(b'x'); os.kill(os.getpid(), 9)"
        died = subprocess.run([sys.executable, "-c", words], check=False)
        assert died.returncode == -signal.SIGKILL
        early = server.accept()[0] if accepted_before else None
        with pytest.raises(AssertionError, match="still open"):
            wait_until_read(port, seconds=0.1)
        with early or server.accept()[0] as connection:
            assert connection.recv(2) == b"x"
    wait_until_read(port, seconds=2.0)


def test_children_end_with_a_parent_that_was_killed(tmp_path: Path) -> None:
    pids = tmp_path / "child.pid"
    parent = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import os, pathlib, sys, time\n"
            "from scripts.children import start\n"
            f"child = start('c', ['sleep', '300'], log=pathlib.Path({str(tmp_path / 'c.log')!r}),"
            " env=os.environ, cwd=pathlib.Path('.'))\n"
            f"pathlib.Path({str(pids)!r}).write_text(str(child.process.pid))\n"
            "time.sleep(300)\n",
        ],
        cwd=ROOT,
    )
    wait_until(lambda: pids.exists() and pids.read_text() != "", [], seconds=30, what="the child")
    child = int(pids.read_text())
    parent.send_signal(signal.SIGKILL)
    parent.wait()

    def gone() -> bool:
        try:
            stat = Path(f"/proc/{child}/stat").read_text()
        except (FileNotFoundError, ProcessLookupError):  # before it is opened, or between that and reading
            return True
        return stat.rpartition(")")[2].split()[0] == "Z"  # ended; nobody has asked how

    wait_until(gone, [], seconds=10, what="the child's end")


@pytest.fixture
def page_server() -> Iterator[str]:
    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = "<meta charset=utf-8><h1>清洁取暖</h1>".encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Set-Cookie", "seen=yes; Path=/")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


@without_database
def test_a_phone_shows_a_page(phone: Phone, page_server: str) -> None:
    phone.page.goto(page_server)
    assert phone.page.inner_text("h1") == "清洁取暖"
    assert phone.page.evaluate("window.innerWidth") == 390


@without_database
def test_a_page_that_asks_for_a_foreign_address_is_found_out(phone: Phone, page_server: str) -> None:
    phone.page.goto(page_server)
    phone.page.evaluate("fetch('http://192.0.2.1/x').catch(() => null)")
    assert phone.foreign == ["http://192.0.2.1/x"]
    phone.foreign.clear()


@without_database
def test_the_client_keeps_cookies(page_server: str) -> None:
    client = Client(page_server)
    assert client.get("/").status == 200
    assert client.cookies == {"seen": "yes"}


def pytest_on(sample: Path, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "tests.conftest", str(sample)],
        cwd=ROOT,
        env={**os.environ, "TEST_REPORT": "", **env},
        capture_output=True,
        encoding="utf-8",
    )


@without_database
def test_a_skip_without_an_excuse_is_a_failure(tmp_path: Path) -> None:
    sample = tmp_path / "test_sample.py"
    sample.write_text(
        "import pytest\n"
        "from tests.harness.outcomes import ABSENT_DATA\n"
        "def test_skips(): pytest.skip('tired')\n"
        "@pytest.mark.xfail(strict=False)\n"
        "def test_expected_to_fail(): assert False\n"
        "def test_lacks_data(): pytest.skip(ABSENT_DATA)\n"
    )
    run = pytest_on(sample)
    assert "2 failed, 1 skipped" in run.stdout, run.stdout


@without_database
def test_without_a_browser_its_tests_are_left_out_and_counted_by_why(tmp_path: Path) -> None:
    sample = tmp_path / "test_sample.py"
    sample.write_text(
        "def test_looks(phone): assert False\ndef test_looks_again(phone): assert False\ndef test_thinks(): pass\n"
    )
    report = tmp_path / "report.json"
    run = pytest_on(sample, TEST_REPORT=str(report), PATH=str(tmp_path), CHROMIUM="")
    assert run.returncode == 0 and "1 passed, 2 skipped" in run.stdout, run.stdout
    assert json.loads(report.read_text("utf-8"))["excuses"] == {ABSENT_BROWSER: 2}


def test_the_served_product_is_killed_and_comes_back_on_the_same_data(served: Served) -> None:
    client = served.client()
    assert client.get("/readyz").expect(200)["database"] == "ok"
    assert served.stand_in_client().get("/sandbox/people").expect(200)["people"]
    served.kill_web()
    assert not listens(served.port)
    served.start_web()
    assert client.get("/readyz").expect(200)["database"] == "ok"
    wait_until(
        lambda: client.get("/readyz").json()["worker"] == "ok",
        served.running,
        seconds=30,
        what="its heartbeat",
    )
    served.kill()
    assert not listens(served.port)
    assert not listens(served.stand_in_port)
