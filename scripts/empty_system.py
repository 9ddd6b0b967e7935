"""Try `make run` and `make test` in empty Debian systems: made by debootstrap, given a fresh clone, removed again.

    python3 scripts/empty_system.py                                  bookworm and trixie, as root and as an ordinary user
    python3 scripts/empty_system.py --release trixie --as user --node debian     with Debian's own Node and npm
    python3 scripts/empty_system.py --without python3-venv           with less than README asks for
    python3 scripts/empty_system.py --release bookworm --as user --test          `make test` as well
    python3 scripts/empty_system.py --command "make check"           any other command, in place of `make run`

Linux, root, and the Debian package debootstrap are needed; standard library only. The clone holds what is committed. The
systems have no locale, no fonts, no Node and none of this machine's environment but what names proxies, certificates
and how packages are fetched (PIP_…, npm_config_…). Each trial has namespaces of its own for mounts and processes: what it
mounts or starts goes with it, and is never seen from outside. The network is this machine's.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:  # started as a file, not as a module
    sys.path.insert(0, str(ROOT))

from scripts.children import free_port  # noqa: E402  the path above comes first
from scripts.setup import print_anything  # noqa: E402  as above

RELEASES = ("bookworm", "trixie")
WHO = ("root", "user")
# What README names as needed, and what it does not.
NEEDED = ("make", "python3", "python3-venv", "git", "curl")
DEBIAN_NODE = ("nodejs", "npm")
# How packages are fetched from here: proxies, certificates, pip's and npm's own settings.
PASSED_ON = re.compile(
    r"(?:https?|no|all)_proxy|PIP_\w+|npm_config_\w+|\w*CA_?(?:BUNDLE|CERTS|INFO|FILE)\w*|SSL_CERT_\w+",
    re.IGNORECASE,
)
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
CERTIFICATES_INSIDE = "/opt/certificates-of-the-host.crt"  # where no package of Debian's puts its own
PROJECT = "/home/person/project"
READY = "Ctrl-C stops everything."
LIMIT_SECONDS = 1800.0
QUIET_SECONDS = 60.0


class Failed(RuntimeError):
    """A trial did not do what README promises."""


def say(text: str) -> None:
    print(f"empty system: {text}", flush=True)


def run(*command: str, **more: object) -> str:
    """Run a command of this machine; what it printed. Raises Failed with its end."""
    ran = subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace", **more)  # type: ignore[call-overload]  # passed on as given
    if ran.returncode != 0:
        raise Failed(f"{shlex.join(command)} failed:\n{(ran.stdout + ran.stderr)[-3000:]}")
    return str(ran.stdout)


def mirror() -> str | None:
    """Where this machine's own apt fetches Debian's packages; None leaves it to debootstrap."""
    if not shutil.which("apt-get"):
        return None
    told = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages"],
        capture_output=True,
        encoding="utf-8",
    ).stdout.split()
    return next((address for address in told if address.rstrip("/").endswith("/debian")), None)


def environment(who: str, port: int) -> dict[str, str]:
    """What somebody sees who logs in to an empty system, and how packages are fetched from here."""
    home = "/root" if who == "root" else "/home/person"
    # Paths of this machine lead nowhere in there.
    passed_on = {
        name: value
        for name, value in os.environ.items()
        if PASSED_ON.fullmatch(name) and not value.startswith("/")
    }
    if CERTIFICATES.is_file():  # this machine may trust more than Debian does
        trusting = ("PIP_CERT", "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS")
        passed_on |= dict.fromkeys(trusting, CERTIFICATES_INSIDE)
    path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    return {**passed_on, "HOME": home, "PATH": path, "PORT": str(port), "USER": who}


@dataclass(frozen=True)
class System:
    """A Debian in a folder."""

    root: Path

    def begin(
        self, command: str, *, who: str, env: Mapping[str, str], cwd: str = "/"
    ) -> subprocess.Popen[bytes]:
        """Start a shell command in it, as root or as ``person``; its output is a pipe, Ctrl-C is SIGINT to its group."""
        inner = f"cd {shlex.quote(cwd)} && {command}"
        as_whom = "" if who == "root" else "setpriv --reuid=1000 --regid=1000 --init-groups "
        words = [f"{name}={value}" for name, value in env.items()]
        enter = shlex.join(
            ["chroot", str(self.root), "env", "-i", *words, *as_whom.split(), "sh", "-c", inner]
        )
        shared, terminals = self.root / "dev" / "shm", self.root / "dev" / "pts"
        mounts = " && ".join(
            (
                f"mount -t proc proc {self.root}/proc",
                f"mount -t tmpfs -o mode=1777 tmpfs {shared}",
                f"mkdir -p {terminals}",
                f"mount -t devpts -o newinstance,ptmxmode=0666 devpts {terminals}",
            )
        )
        # The first process of a namespace is deaf to Ctrl-C; the command below it is not.
        script = f"{mounts} || exit 97; {enter}; status=$?; exit $status"
        return subprocess.Popen(
            [
                "unshare",
                "--mount",
                "--pid",
                "--fork",
                "--kill-child",
                "--propagation",
                "private",
                "sh",
                "-c",
                script,
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def do(self, command: str, *, who: str = "root", env: Mapping[str, str], cwd: str = "/") -> str:
        process = self.begin(command, who=who, env=env, cwd=cwd)
        printed = process.communicate(timeout=LIMIT_SECONDS)[0].decode("utf-8", "replace")
        if process.returncode != 0:
            raise Failed(f"{command}: status {process.returncode}\n{printed[-3000:]}")
        return printed

    def remove(self) -> None:
        """Nothing may be mounted below it, or that would be removed as well."""
        below = [line.split()[1] for line in Path("/proc/mounts").read_text("utf-8").splitlines()]
        if mounted := [place for place in below if place.startswith(f"{self.root}/")]:
            raise Failed(f"not removed, as these are mounted: {', '.join(mounted)}")
        run("rm", "-rf", "--one-file-system", str(self.root))


def make_base(release: str, folder: Path, packages: Sequence[str], address: str | None) -> System:
    """An empty Debian with the named packages and an ordinary user."""
    system = System(folder / release)
    began = time.monotonic()
    run("debootstrap", "--variant=minbase", release, str(system.root), *([address] if address else []))
    env = {**environment("root", 0), "DEBIAN_FRONTEND": "noninteractive"}
    for name in ("resolv.conf", "hosts"):
        shutil.copy(Path("/etc") / name, system.root / "etc" / name)
    if CERTIFICATES.is_file():
        shutil.copy(CERTIFICATES, system.root / CERTIFICATES_INSIDE.lstrip("/"))
    apt = Path("/etc/apt/apt.conf.d")
    for setting in apt.glob("*") if apt.is_dir() else ():
        if "Check-Valid-Until" in setting.read_text("utf-8", "replace"):  # a mirror that stands still
            shutil.copy(setting, system.root / "etc" / "apt" / "apt.conf.d")
    system.do("useradd --create-home --uid 1000 --shell /bin/bash person", env=env)
    system.do("apt-get -qq update", env=env)
    if packages:
        system.do(f"apt-get -qq install -y --no-install-recommends {shlex.join(packages)}", env=env)
    system.do("apt-get clean", env=env)
    say(f"{release} with {', '.join(packages) or 'nothing'} in {time.monotonic() - began:.0f} s")
    return system


@contextlib.contextmanager
def copy_of(base: System, who: str) -> Iterator[System]:
    """A copy with a fresh clone of this project in it, owned by ``who``; removed at the end."""
    system = System(base.root.with_name(f"{base.root.name}-{who}"))
    run("cp", "-a", "--one-file-system", str(base.root), str(system.root))
    try:
        project = system.root / PROJECT.lstrip("/")
        run("git", "clone", "--quiet", "--no-hardlinks", str(ROOT), str(project))
        if who == "user":
            run("chown", "-R", "1000:1000", str(project))
        else:
            run("chown", "-R", "0:0", str(project))
        yield system
    finally:
        system.remove()


class Watched:
    """What a command prints, shown as it comes with the seconds since its start; and how long it was silent at most."""

    def __init__(self, process: subprocess.Popen[bytes], label: str) -> None:
        self.process, self.label = process, label
        self.lines: list[str] = []
        self.longest_silence = 0.0
        self._began = self._last = time.monotonic()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        for raw in self.process.stdout or ():
            now = time.monotonic()
            self.longest_silence = max(self.longest_silence, now - self._last)
            self._last = now
            line = raw.decode("utf-8", "replace").rstrip("\n")
            self.lines.append(line)
            print(f"  {self.label} {now - self._began:6.1f} s  {line}", flush=True)

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._began

    def until(self, text: str | None) -> None:
        """Wait for a line with ``text``, or for the end where it is None. Raises Failed when that does not come."""
        while self.seconds < LIMIT_SECONDS * (3 if text is None else 1):
            ended = self.process.poll() is not None
            if ended:
                self._reader.join(10)
            if text is not None and any(text in line for line in self.lines):
                return
            if ended:
                if text is None:
                    return
                raise Failed(f"ended with status {self.process.returncode} before it said “{text}”")
            time.sleep(0.2)
        raise Failed(f"no end after {self.seconds:.0f} s")

    def interrupt(self) -> int:
        """Ctrl-C; the status it ends with."""
        os.killpg(self.process.pid, signal.SIGINT)
        try:
            status = self.process.wait(60)
        except subprocess.TimeoutExpired:
            raise Failed("does not end on Ctrl-C") from None
        self._reader.join(10)
        return status

    def end(self) -> None:
        """Whatever still runs goes with its namespace."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def fetch(address: str) -> tuple[int, str]:
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(address, timeout=10) as answer:
            return answer.status, answer.read().decode("utf-8", "replace")
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, refused.read().decode("utf-8", "replace")


def try_run(system: System, who: str, label: str) -> str:
    """`make run` until it is ready, its pages, its end. What was seen, in a line; raises Failed."""
    port = free_port()
    watched = Watched(system.begin("make run", who=who, env=environment(who, port), cwd=PROJECT), label)
    try:
        watched.until(READY)
        ready, silence = watched.seconds, watched.longest_silence
        base = f"http://127.0.0.1:{port}"
        readiness, page = fetch(f"{base}/readyz"), fetch(f"{base}/")
        if readiness[0] != 200 or page[0] != 200:
            raise Failed(f"/readyz answered {readiness}, / answered {page[0]}")
        mini_program = '<div id="app">' in page[1]
        status = watched.interrupt()
        if status not in (0, 130) or "Stopped." not in watched.lines:  # make itself is interrupted as well
            raise Failed(f"ended with status {status} on Ctrl-C")
        if silence > QUIET_SECONDS:
            raise Failed(f"said nothing for {silence:.0f} s")
        if not mini_program:
            raise Failed("started without the mini-program")
        return f"ready after {ready:.0f} s with the mini-program, silent for {silence:.0f} s at most"
    finally:
        watched.end()


def try_command(system: System, who: str, label: str, command: str) -> str:
    """A command to its end; its status and last line. Raises Failed."""
    watched = Watched(system.begin(command, who=who, env=environment(who, free_port()), cwd=PROJECT), label)
    try:
        watched.until(None)
        last = next((line for line in reversed(watched.lines) if line.strip()), "")
        if watched.process.returncode != 0:
            raise Failed(
                f"{command}: status {watched.process.returncode} after {watched.seconds:.0f} s: {last}"
            )
        return f"{command}: {watched.seconds:.0f} s: {last.strip('= ')}"
    finally:
        watched.end()


def trials(
    system: System, who: str, label: str, command: str | None, test: bool
) -> Iterator[tuple[bool, str]]:
    """Whether each went well, and what was seen."""
    try:
        yield True, try_command(system, who, label, command) if command else try_run(system, who, label)
        if test:
            yield True, try_command(system, who, label, "make test")
    except Failed as why:
        yield False, str(why)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Try the two commands in empty Debian systems.")
    parser.add_argument("--release", nargs="+", default=RELEASES, help="Debian's releases by name")
    parser.add_argument("--as", nargs="+", default=WHO, choices=WHO, dest="who")
    parser.add_argument(
        "--node", choices=("none", "debian"), default="none", help="Debian's own Node and npm, or none"
    )
    parser.add_argument(
        "--without", nargs="+", default=(), metavar="PACKAGE", help="leave these out of what is needed"
    )
    parser.add_argument(
        "--with", nargs="+", default=(), metavar="PACKAGE", dest="more", help="install these as well"
    )
    parser.add_argument("--test", action="store_true", help="`make test` after `make run`")
    parser.add_argument("--command", help="this in place of `make run`")
    parser.add_argument(
        "--mirror", default=mirror(), help="where Debian's packages come from (as this machine's apt)"
    )
    parser.add_argument(
        "--folder", type=Path, help="where the systems are made; a new folder for temporary files if none"
    )
    return parser.parse_args()


def main() -> int:
    print_anything()
    chosen = arguments()
    if os.geteuid() != 0 or not shutil.which("debootstrap"):
        say("root and the package debootstrap are needed")
        return 2
    wanted = [name for name in NEEDED if name not in chosen.without]
    packages = [*wanted, *(DEBIAN_NODE if chosen.node == "debian" else ()), *chosen.more]
    results: list[tuple[str, bool, str]] = []
    with tempfile.TemporaryDirectory(prefix="empty-systems-", dir=chosen.folder) as name:
        for release in chosen.release:
            base = make_base(release, Path(name), packages, chosen.mirror)
            for who in chosen.who:
                label = f"{release}, {who}"
                with copy_of(base, who) as system:
                    for good, seen in trials(system, who, label, chosen.command, chosen.test):
                        results.append((label, good, seen))
                        say(f"{label}: {seen}")
            base.remove()
    print()
    for label, good, seen in results:
        print(f"{'ok    ' if good else 'FAILED'}  {label}: {seen}")
    return 0 if all(good for _, good, _ in results) else 1


if __name__ == "__main__":
    sys.exit(main())
