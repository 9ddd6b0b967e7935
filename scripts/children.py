"""Child processes that never outlive whoever started them. Standard library only; `make run` and the tests use it.

Each child leads a process group of its own, so that Ctrl-C in a terminal reaches only the parent, which then ends
its children in order, and so that whatever a child started itself can be ended with it. On Linux the kernel ends
the child when the parent disappears without a word (SIGKILL).
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None
_LOG_KEPT_BYTES = 10 * 1024 * 1024


@dataclass
class Child:
    """A started process: its name for people, and the file that takes what it prints."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def ended(self) -> bool:
        return self.process.poll() is not None

    def last_lines(self, count: int = 20) -> str:
        """The end of its log, to be shown when it died."""
        try:
            with self.log.open("rb") as file:
                file.seek(max(0, self.log.stat().st_size - 64 * 1024))
                text = file.read().decode("utf-8", "replace")
        except OSError:
            return ""
        return "\n".join(text.splitlines()[-count:])

    def kill(self) -> None:
        """SIGKILL to it and to all it started, at once: what a power cut is to them. Returns when none is left."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        until = time.monotonic() + 5
        while _lives(self.process.pid) and time.monotonic() < until:
            time.sleep(0.01)


def _lives(group: int) -> bool:
    """Whether a process of that group still runs (Linux); one that ended and waits to be asked how does not count.

    The first thread of a killed process may have ended while others are still letting go of its sockets and files.
    """
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = stat.read_text("utf-8", "replace").rpartition(")")[2].split()
            state, its_group, threads = fields[0], int(fields[2]), int(fields[17])
            if its_group == group and (state not in "ZX" or threads > 1):
                return True
    return False


class Died(RuntimeError):
    """A child ended that should be running; the message holds its last log lines."""

    def __init__(self, child: Child) -> None:
        super().__init__(
            f"{child.name} ended with status {child.process.returncode}; the end of {child.log}:\n"
            f"{child.last_lines()}"
        )


class NotReady(RuntimeError):
    """A child runs but does not answer in time."""


def die_with_parent(death_signal: signal.Signals = signal.SIGTERM) -> None:
    """Ask the kernel (Linux) to send this process ``death_signal`` when its parent ends."""
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)


def start(
    name: str,
    command: Sequence[str],
    *,
    log: Path,
    env: Mapping[str, str],
    cwd: Path,
    user: int | None = None,
    umask: int = -1,
    death_signal: signal.Signals = signal.SIGTERM,
) -> Child:
    """Start ``command``; what it prints is appended to ``log``, for its owner alone. Call it from the main thread.

    ``death_signal`` is what the kernel sends it (Linux) when the thread that started it ends without stopping it.
    ``user``: numeric id to run as, which only root may set. ``umask``: ours, unless one is named.
    """
    log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > _LOG_KEPT_BYTES:
        log.replace(log.with_suffix(".log.1"))
    parent = os.getpid()

    def before_exec() -> None:
        die_with_parent(death_signal)
        if _LIBC is not None and os.getppid() != parent:  # it was gone before we asked
            os.kill(os.getpid(), signal.SIGKILL)

    with open(log, "ab", opener=lambda name, flags: os.open(name, flags, 0o600)) as output:
        output.write(f"---- {name} started {time.strftime('%Y-%m-%d %H:%M:%S')}\n".encode())
        output.flush()
        process = subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=dict(env),
            cwd=cwd,
            user=user,
            group=user,
            extra_groups=None if user is None else [],
            umask=umask,
            start_new_session=True,
            preexec_fn=before_exec,
        )
    return Child(name, process, log)


def stop(children: Iterable[Child], *, grace: float = 10.0) -> None:
    """End all of them: SIGTERM, at most ``grace`` seconds in all, then SIGKILL for what is left of each group."""
    children = list(children)
    for child in children:
        if not child.ended:
            child.process.terminate()
    until = time.monotonic() + grace
    for child in children:
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.process.wait(max(0.0, until - time.monotonic()))
        child.kill()


def wait_until(question: Callable[[], bool], children: Iterable[Child], *, seconds: float, what: str) -> None:
    """Ask until the answer is yes. Raises Died when a child ends meanwhile, NotReady after ``seconds``."""
    children = list(children)
    until = time.monotonic() + seconds
    while not question():
        for child in children:
            if child.ended:
                raise Died(child)
        if time.monotonic() > until:
            shown = "\n".join(f"the end of {child.log}:\n{child.last_lines()}" for child in children)
            raise NotReady(f"{what}: no answer within {seconds:g} s\n{shown}")
        time.sleep(0.05)


def free_port() -> int:
    """A loopback port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def port_is_free(port: int) -> bool:
    """Whether a server could listen there. A web server that shares ports would not notice the other by itself."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def listens(port: int) -> bool:
    """Whether somebody accepts connections on that loopback port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0
