"""Make .venv and install the locked packages, only when the lock has changed; for the tests find or install Chromium.

    python3 scripts/setup.py            what the product runs with
    python3 scripts/setup.py --tests    that, what the checks and tests need, Chromium and Chinese fonts

Runs on any Python 3.11 or newer, standard library only. Installs nothing outside .venv but, as root, packages of Debian's:
the one that makes .venv, and the browser. Who is not root is told their names.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import io
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCK, LOCK_FOR_TESTS = ROOT / "requirements.txt", ROOT / "requirements-dev.txt"
LOCK_OF_NODE = ROOT / "requirements-node.txt"
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_ON_MACOS = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
PROGRAMS_OF_TESTS = ("curl", "git")
BROWSER_PACKAGES = ("chromium", "fonts-noto-cjk", "fontconfig")


class CannotSetUp(RuntimeError):
    """What the person must know, in words."""


def print_anything() -> None:
    """A terminal or a file that lacks a character gets a question mark; a program does not fail for that."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def say(text: str) -> None:
    print(f"setup: {text}", flush=True)


def patiently(
    command: Sequence[str],
    tell: Callable[[str], None],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    captured: bool = False,
    every: float = 10.0,
) -> tuple[int, str]:
    """Run a command to its end, saying every few seconds (``every``) that it goes on; its status, and what it printed if captured."""
    began = time.monotonic()
    with subprocess.Popen(
        list(command),
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if captured else None,
        stderr=subprocess.STDOUT if captured else None,
        encoding="utf-8",
        errors="replace",
    ) as process:
        try:
            while True:
                try:
                    printed = process.communicate(timeout=every)[0]
                    return process.returncode, printed or ""
                except subprocess.TimeoutExpired:
                    tell(f"… {time.monotonic() - began:.0f} s")
        except BaseException:
            process.kill()
            raise


def place() -> str:
    """A .venv is good only where it was made, and for the Python that made it."""
    return f"{sys.version}\n{VENV}"


def stamp_of(lock: Path) -> str:
    """What must be unchanged for the installed packages to be taken as they are."""
    locks = [LOCK, LOCK_FOR_TESTS] if lock == LOCK_FOR_TESTS else [lock]
    return hashlib.sha256(b"\0".join(each.read_bytes() for each in locks) + place().encode()).hexdigest()


def installed(lock: Path) -> bool:
    """Whether .venv holds what ``lock`` lists; the tests' lock holds the product's too."""
    for each in (lock, LOCK_FOR_TESTS) if lock == LOCK else (lock,):
        stamp = VENV / f"{each.stem}.stamp"
        if PYTHON.exists() and stamp.exists() and stamp.read_text("utf-8") == stamp_of(each):
            return True
    return False


def make_venv() -> None:
    """A .venv made here and by this Python; one that is half made, copied from elsewhere or of another Python goes."""
    made = VENV / "place"
    if VENV.exists() and not (PYTHON.exists() and made.exists() and made.read_text("utf-8") == place()):
        shutil.rmtree(VENV)
    if VENV.exists():
        return
    if (
        importlib.util.find_spec("ensurepip") is None
    ):  # Debian has that part of Python in a package of its own
        packages = (f"python{sys.version_info[0]}.{sys.version_info[1]}-venv",)
        by_hand = f"this Python cannot make .venv. Install the rest of it, then try again: apt-get install {packages[0]}"
        if (command := apt_get()) is None:
            raise CannotSetUp(by_hand)
        install_from_debian(command, packages, by_hand)
    say("making .venv (a few seconds)")
    if subprocess.run([sys.executable, "-m", "venv", str(VENV)]).returncode != 0:
        shutil.rmtree(VENV, ignore_errors=True)
        raise CannotSetUp("could not make .venv (see above)")
    made.write_text(place(), "utf-8")


def install(lock: Path, how_long: str) -> None:
    say(f"installing what {lock.name} lists into .venv ({how_long})")
    # Twice quiet: errors are still shown, complaints about the machine's own pip configuration are not.
    pip = [str(PYTHON), "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--no-input"]
    status, _ = patiently([*pip, "--require-hashes", "--only-binary", ":all:", "-r", str(lock)], say)
    if status != 0:
        raise CannotSetUp(
            f"the packages in {lock.name} could not be installed (see above); is the package index reachable?"
        )
    (VENV / f"{lock.stem}.stamp").write_text(stamp_of(lock), "utf-8")


def node_in_venv() -> Path:
    """Node and npm in .venv, installed if need be: the folder of the two programs. Raises CannotSetUp."""
    if not installed(LOCK_OF_NODE):
        if not PYTHON.exists():
            make_venv()
        install(LOCK_OF_NODE, "once, 60 MB")
    return VENV / "bin"


def chromium() -> str | None:
    """The browser that the tests drive: $CHROMIUM, or one found on PATH. Raises CannotSetUp where $CHROMIUM is none."""
    named = os.environ.get("CHROMIUM")
    if named:
        if (path := shutil.which(named)) is None:
            raise CannotSetUp(f"CHROMIUM={named} is no program")
        return path
    found = next((path for path in map(shutil.which, CHROMIUM_NAMES) if path), None)
    return found or (str(CHROMIUM_ON_MACOS) if CHROMIUM_ON_MACOS.exists() else None)


def has_chinese_font() -> bool:
    if sys.platform == "darwin":
        return True
    if not shutil.which("fc-list"):
        return False
    asked = ["fc-list", ":lang=zh-cn", "family"]
    return bool(subprocess.run(asked, stdout=subprocess.PIPE).stdout.strip())


def has_browser() -> bool:
    """Whether tests can drive a browser and look at Chinese text in it."""
    return chromium() is not None and has_chinese_font()


def apt_get() -> list[str] | None:
    """Debian's installer with the right to install; None where there is none, or sudo would ask."""
    if not shutil.which("apt-get"):
        return None
    if os.geteuid() == 0:
        return ["apt-get"]
    if (
        shutil.which("sudo")
        and subprocess.run(["sudo", "-n", "true"], stderr=subprocess.DEVNULL).returncode == 0
    ):
        return ["sudo", "-n", "apt-get"]
    return None


def install_from_debian(command: Sequence[str], packages: Sequence[str], by_hand: str) -> None:
    """Raises CannotSetUp with the end of what apt-get printed."""
    say(f"installing {', '.join(packages)} (once, a minute or so)")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    apt = [*command, "-qq", "-o", "DPkg::Lock::Timeout=120"]
    for each in ([*apt, "update"], [*apt, "install", "-y", "--no-install-recommends", *packages]):
        status, printed = patiently(each, say, env=quiet, captured=True)
        if status != 0:
            raise CannotSetUp(f"{printed[-3000:]}\n'{' '.join(each)}' failed. {by_hand}")


def ensure_programs() -> None:
    """What tests start by name. Raises CannotSetUp with the packages that only root can install."""
    if not (missing := [name for name in PROGRAMS_OF_TESTS if not shutil.which(name)]):
        return
    by_hand = (
        f"the tests need {' and '.join(missing)}: on Debian 'apt-get install {' '.join(missing)}' as root"
    )
    if (command := apt_get()) is None:
        raise CannotSetUp(by_hand)
    install_from_debian(command, missing, by_hand)


def ensure_browser() -> None:
    """Chromium and Chinese fonts; who may not install them is told how, and tests without them are left out.

    Raises CannotSetUp where they could be installed and that failed.
    """
    if has_browser():
        return
    by_hand = (
        f"on Debian 'apt-get install {' '.join(BROWSER_PACKAGES)}' as root; elsewhere any Chromium or Chrome "
        "(CHROMIUM=/path/to/it) and a Chinese font that fc-list shows"
    )
    if (command := apt_get()) is None:
        say(
            "Chromium with a Chinese font is not here, and only root can install it. The tests that drive a browser "
            f"will be left out, and counted. To have them: {by_hand}"
        )
        return
    install_from_debian(command, BROWSER_PACKAGES, by_hand)
    if not has_browser():
        raise CannotSetUp(f"Chromium with a Chinese font is still not found. {by_hand}")


def main() -> int:
    print_anything()
    parser = argparse.ArgumentParser(description="Make .venv and install what is needed.")
    parser.add_argument("--tests", action="store_true", help="also what the checks and the tests need")
    parser.add_argument("--checks", action="store_true", help="as --tests, without the browser")
    arguments = parser.parse_args()
    try:
        if sys.version_info < (3, 11):
            raise CannotSetUp(
                f"Python 3.11 or newer is needed; this is {sys.version.split()[0]} ({sys.executable})"
            )
        lock = LOCK_FOR_TESTS if arguments.tests or arguments.checks else LOCK
        if not installed(lock):
            make_venv()
            install(lock, "once, a minute or so")
        if arguments.tests:
            ensure_programs()
            ensure_browser()
    except CannotSetUp as reason:
        print(f"\nsetup: {reason}\n", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
