"""The product as it runs: web processes, worker and WeChat stand-in as real processes on a database of their own."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from scripts.children import Child, free_port, listens, start, stop, wait_until
from scripts.run import stand_in_command, stand_in_templates, web_command, worker_command
from tests.harness import FONT_DIR, ROOT
from tests.harness.day import MOVED_CLOCK, morning_unless_chosen
from tests.harness.http import Client
from tests.harness.keys import TEST_KEYS, TEST_WECHAT

DEMO_PEOPLE = ROOT / "scripts" / "demo" / "people.json"
START_SECONDS = 60.0  # two cores may be busy with the other database's tests


@dataclass
class Served:
    """The running product. Each part can be killed (SIGKILL) and started again on the same data and port."""

    database_url: str
    data_dir: Path
    port: int
    stand_in_port: int
    env: Mapping[str, str]
    web_processes: int = 2
    web: Child | None = None
    worker: Child | None = None
    stand_in: Child | None = None
    _logs: list[Path] = field(default_factory=list)

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def stand_in_url(self) -> str:
        return f"http://127.0.0.1:{self.stand_in_port}"

    @property
    def running(self) -> list[Child]:
        return [child for child in (self.web, self.worker, self.stand_in) if child is not None]

    def client(self, token: str | None = None) -> Client:
        """A new client of the web process, with cookies of its own."""
        return Client(self.base_url, token)

    def stand_in_client(self) -> Client:
        return Client(self.stand_in_url)

    def start_stand_in(self) -> None:
        self.stand_in = self._start("stand-in", stand_in_command(self.stand_in_port, DEMO_PEOPLE))
        wait_until(
            lambda: listens(self.stand_in_port),
            [self.stand_in],
            seconds=START_SECONDS,
            what="the WeChat stand-in",
        )

    def start_web_soon(self) -> None:
        """Returns at once: for what does not start."""
        self.web = self._start("web", web_command(self.port, self.web_processes))

    def start_web(self) -> None:
        """Returns when /readyz says 200."""
        self.start_web_soon()
        assert self.web is not None
        wait_until(self._ready, [self.web], seconds=START_SECONDS, what="the web process")

    def start_worker(self) -> None:
        """Returns at once: a test waits for what the worker does, not for the worker."""
        self.worker = self._start("worker", worker_command())

    def kill_web(self) -> None:
        assert self.web is not None
        self.web.kill()
        self.web = None

    def kill_worker(self) -> None:
        assert self.worker is not None
        self.worker.kill()
        self.worker = None

    def kill(self) -> None:
        """SIGKILL to everything at once: the power is cut."""
        for child in self.running:
            child.kill()
        self.web = self.worker = self.stand_in = None

    def stop(self) -> None:
        stop(self.running, grace=5)
        self.web = self.worker = self.stand_in = None

    def logs(self) -> str:
        """The end of what each part printed, for the message of a failed test."""
        shown = {path: path.read_text(errors="replace")[-4000:] for path in self._logs if path.exists()}
        return "\n".join(f"--- {path.name}\n{text}" for path, text in shown.items() if text)

    def _ready(self) -> bool:
        try:
            return self.client().get("/readyz").status == 200
        except OSError:
            return False

    def _start(self, name: str, command: list[str]) -> Child:
        log = self.data_dir / "log" / f"{name}.log"
        if log not in self._logs:
            self._logs.append(log)
        return start(name, [sys.executable, *command], log=log, env=self.env, cwd=ROOT)


def environment_of(
    database_url: str, data_dir: Path, port: int, stand_in_port: int, more: Mapping[str, str] | None = None
) -> dict[str, str]:
    """What the product's processes see: nothing of the machine's own settings, loopback only."""
    kept = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH", *MOVED_CLOCK)
    return {
        **{name: os.environ[name] for name in kept if name in os.environ},
        "PYTHONPATH": str(ROOT / "tests" / "harness" / "in_children"),
        "PYTHONUNBUFFERED": "1",
        "MODE": "test",
        "DATABASE_URL": database_url,
        "DATA_DIR": str(data_dir),
        "FONT_DIR": str(FONT_DIR),
        "PUBLIC_BASE_URL": f"http://127.0.0.1:{port}",
        "WECHAT_TEMPLATES": stand_in_templates(),
        "WECHAT_API_BASE_URL": f"http://127.0.0.1:{stand_in_port}",
        # With or without an official account beside it.
        "WECHAT_CALLBACK_URL": f"http://127.0.0.1:{port}/api/wechat/callback/mini-program",
        **morning_unless_chosen(more or {}),
        **TEST_KEYS,
        **TEST_WECHAT,
        **(more or {}),
    }


def serve(
    database_url: str,
    data_dir: Path,
    *,
    worker: bool = True,
    stand_in: bool = True,
    web_processes: int = 2,
    env: Mapping[str, str] | None = None,
) -> Served:
    """Start the product on a migrated database and wait until it is ready; whoever calls stops it.

    Each process costs more than a second of work: those that a test has no business with are left out.
    """
    port, stand_in_port = free_port(), free_port()
    served = Served(
        database_url,
        data_dir,
        port,
        stand_in_port,
        environment_of(database_url, data_dir, port, stand_in_port, env),
        web_processes,
    )
    try:
        if stand_in:
            served.start_stand_in()
        if web_processes:
            served.start_web()
        if worker:
            served.start_worker()
    except BaseException:
        served.stop()
        raise
    return served
