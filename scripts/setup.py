"""Make .venv and install the locked packages, only when the lock has changed; for the tests find or install Chromium.

    python3 scripts/setup.py            what the product runs with
    python3 scripts/setup.py --tests    that, what the checks and tests need, Chromium and Chinese fonts

Runs on any Python 3.11 or newer, standard library only. Installs nothing outside .venv but Debian's Chromium.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCK, LOCK_FOR_TESTS = ROOT / "requirements.txt", ROOT / "requirements-dev.txt"
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_ON_MACOS = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
DEBIAN_PACKAGES = ("chromium", "fonts-noto-cjk")


def fail(message: str) -> NoReturn:
    sys.exit(f"\nsetup: {message}\n")


def place() -> str:
    """A .venv is good only where it was made, and for the Python that made it."""
    return f"{sys.version}\n{VENV}"


def stamp_of(lock: Path) -> str:
    """What must be unchanged for the installed packages to be taken as they are."""
    locks = [LOCK, LOCK_FOR_TESTS] if lock == LOCK_FOR_TESTS else [LOCK]
    return hashlib.sha256(b"\0".join(each.read_bytes() for each in locks) + place().encode()).hexdigest()


def installed(lock: Path) -> bool:
    """Whether .venv holds what ``lock`` lists; the tests' lock holds the product's too."""
    for each in {lock, LOCK_FOR_TESTS}:
        stamp = VENV / f"{each.stem}.stamp"
        if PYTHON.exists() and stamp.exists() and stamp.read_text() == stamp_of(each):
            return True
    return False


def install(lock: Path) -> None:
    made = VENV / "place"
    if VENV.exists() and not (PYTHON.exists() and made.exists() and made.read_text() == place()):
        shutil.rmtree(VENV)  # half made, copied from elsewhere, or of another Python
    if not VENV.exists():
        print("setup: making .venv", flush=True)
        if subprocess.run([sys.executable, "-m", "venv", str(VENV)]).returncode != 0:
            shutil.rmtree(VENV, ignore_errors=True)
            fail("could not make .venv. On Debian and Ubuntu: apt-get install python3-venv")
        made.write_text(place())
    print(f"setup: installing what {lock.name} lists (once, a minute or so)", flush=True)
    # Twice quiet: errors are still shown, complaints about the machine's own pip configuration are not.
    pip = [str(PYTHON), "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--no-input"]
    if subprocess.run([*pip, "--require-hashes", "--only-binary", ":all:", "-r", str(lock)]).returncode != 0:
        fail(
            f"the packages in {lock.name} could not be installed (see above); is the package index reachable?"
        )
    (VENV / f"{lock.stem}.stamp").write_text(stamp_of(lock))


def chromium() -> str | None:
    """The browser that the tests drive: $CHROMIUM, or one found on PATH."""
    named = os.environ.get("CHROMIUM")
    if named:
        return shutil.which(named) or fail(f"CHROMIUM={named} is no program")
    found = next((path for path in map(shutil.which, CHROMIUM_NAMES) if path), None)
    return found or (str(CHROMIUM_ON_MACOS) if CHROMIUM_ON_MACOS.exists() else None)


def has_chinese_font() -> bool:
    if sys.platform == "darwin":
        return True
    if not shutil.which("fc-list"):
        return False
    listed = subprocess.run(["fc-list", ":lang=zh-cn", "family"], capture_output=True, text=True)
    return bool(listed.stdout.strip())


def ensure_browser() -> None:
    if chromium() and has_chinese_font():
        return
    by_hand = (
        "the tests drive Chromium and look at Chinese text. Install both, then try again: "
        "on Debian 'apt-get install chromium fonts-noto-cjk'; elsewhere any Chromium or Chrome (CHROMIUM=/path/to/it) "
        "and a Chinese font that fc-list shows"
    )
    if not shutil.which("apt-get"):
        fail(by_hand)
    if os.geteuid() == 0:
        as_root = []
    elif shutil.which("sudo") and subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode == 0:
        as_root = ["sudo", "-n"]
    else:
        fail(f"{by_hand} (not root here, and sudo would ask)")
    print("setup: installing Chromium and Chinese fonts (once)", flush=True)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    apt = [*as_root, "apt-get", "-qq", "-o", "DPkg::Lock::Timeout=120"]
    log = VENV / "apt.log"
    with log.open("wb") as output:
        for command in (
            [*apt, "update"],
            [*apt, "install", "-y", "--no-install-recommends", *DEBIAN_PACKAGES],
        ):
            if subprocess.run(command, env=quiet, stdout=output, stderr=subprocess.STDOUT).returncode != 0:
                output.flush()
                print(log.read_text(errors="replace")[-3000:], file=sys.stderr)
                fail(f"'{' '.join(command)}' failed. {by_hand}")
    if not chromium():
        fail(by_hand)


def main() -> None:
    parser = argparse.ArgumentParser(description="Make .venv and install what is needed.")
    parser.add_argument("--tests", action="store_true", help="also what the checks and the tests need")
    parser.add_argument("--checks", action="store_true", help="as --tests, without the browser")
    arguments = parser.parse_args()
    if sys.version_info < (3, 11):
        fail(f"Python 3.11 or newer is needed; this is {sys.version.split()[0]} ({sys.executable})")
    lock = LOCK_FOR_TESTS if arguments.tests or arguments.checks else LOCK
    if not installed(lock):
        install(lock)
    if arguments.tests:
        ensure_browser()


if __name__ == "__main__":
    main()
