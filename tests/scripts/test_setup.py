"""Set-up on machines that lack something: what may be installed is, else it is named, and what can go on goes on."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from scripts.setup import patiently
from tests.harness import ROOT

pytestmark = pytest.mark.only_on("sqlite", "no database is asked")

# Debian's installer as far as it matters here: writes down what it was asked, and leaves behind what it would install.
APT_GET = """#!/bin/sh
echo "$*" >> "$ASKED"
case "$*" in
  *update*) ;;
  *) [ -z "$BROKEN" ] || { echo "E: no such package"; exit 100; } ;;
esac
case "$*" in *chromium*)
  printf '#!/bin/sh\\n' > "$PROGRAMS/chromium"
  printf '#!/bin/sh\\necho "Noto Sans CJK SC"\\n' > "$PROGRAMS/fc-list"
  chmod +x "$PROGRAMS/chromium" "$PROGRAMS/fc-list" ;;
esac
"""
SUDO = """#!/bin/sh
[ "$1" = -n ] && shift && exec "$@"
"""
# A Python as Debian has it without the package python3.X-venv, until something was installed.
WITHOUT_VENV = """
import os, sys
if not os.path.exists(os.environ["ASKED"]):
    sys.modules["ensurepip"] = None
"""


@dataclass
class Machine:
    """A tree of the project's set-up alone, and a PATH with nothing but what a test puts there."""

    root: Path

    @property
    def programs(self) -> Path:
        return self.root / "programs"

    def run(self, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, str(self.root / "scripts" / "setup.py"), *words],
            env={
                "PATH": str(self.programs),
                "PROGRAMS": str(self.programs),
                "ASKED": str(self.root / "asked"),
                **env,
            },
            capture_output=True,
            encoding="utf-8",
            timeout=120,
        )

    def give(self, name: str, text: str) -> None:
        path = self.programs / name
        path.write_text(text, "utf-8")
        path.chmod(0o755)

    def give_the_right_to_install(self) -> None:
        self.give("apt-get", APT_GET)
        self.give("sudo", SUDO)  # where these tests are not run by root

    def asked(self) -> list[str]:
        asked = self.root / "asked"
        return asked.read_text("utf-8").splitlines() if asked.exists() else []


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    for folder in ("scripts", "programs"):
        (tmp_path / folder).mkdir()
    shutil.copy(ROOT / "scripts" / "setup.py", tmp_path / "scripts")
    for name in ("requirements.txt", "requirements-dev.txt", "requirements-node.txt"):
        (tmp_path / name).write_text("# nothing is needed\n", "utf-8")
    for name in ("sh", "chmod", "true", "git", "curl"):
        (tmp_path / "programs" / name).symlink_to(str(shutil.which(name)))
    return Machine(tmp_path)


@pytest.fixture
def installed(machine: Machine) -> Machine:
    """With .venv made, so that only the browser is in question."""
    told = machine.run("--checks")
    assert told.returncode == 0, told.stderr
    return machine


def test_says_what_it_is_doing_and_does_it_once(machine: Machine) -> None:
    first = machine.run()
    assert first.returncode == 0, first.stderr
    assert "making .venv" in first.stdout and "installing what requirements.txt lists" in first.stdout
    assert (machine.root / ".venv" / "bin" / "python").exists()
    again = machine.run()
    assert (again.returncode, again.stdout) == (0, "")


def test_without_the_browser_and_the_right_to_install_it_it_names_the_packages_and_goes_on(
    installed: Machine,
) -> None:
    told = installed.run("--tests")
    assert told.returncode == 0, told.stderr
    assert "apt-get install chromium fonts-noto-cjk" in told.stdout and "left out" in told.stdout


def test_who_may_install_gets_the_browser_once(installed: Machine) -> None:
    installed.give_the_right_to_install()
    told = installed.run("--tests")
    assert told.returncode == 0, told.stderr
    assert [" install " in line and "chromium" in line for line in installed.asked()] == [False, True]
    assert "installing chromium" in told.stdout
    again = installed.run("--tests")
    assert (again.returncode, again.stdout) == (0, "") and len(installed.asked()) == 2


def test_a_program_of_the_tests_is_named_or_installed(installed: Machine) -> None:
    (installed.programs / "curl").unlink()
    told = installed.run("--tests")
    assert told.returncode == 1 and "apt-get install curl" in told.stderr and "git" not in told.stderr
    installed.give_the_right_to_install()
    assert installed.run("--tests").returncode == 0
    assert any(line.endswith(" curl") for line in installed.asked())


def test_an_installation_that_fails_ends_it_in_words(installed: Machine) -> None:
    installed.give_the_right_to_install()
    told = installed.run("--tests", BROKEN="yes")
    assert told.returncode == 1 and "E: no such package" in told.stderr and "Traceback" not in told.stderr


@pytest.fixture
def without_venv(machine: Machine) -> dict[str, str]:
    (machine.root / "python").mkdir()
    (machine.root / "python" / "sitecustomize.py").write_text(WITHOUT_VENV, "utf-8")
    return {"PYTHONPATH": str(machine.root / "python")}


def test_a_python_that_cannot_make_the_environment_names_the_package(
    machine: Machine, without_venv: dict[str, str]
) -> None:
    told = machine.run(**without_venv)
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    assert told.returncode == 1 and f"apt-get install python{version}-venv" in told.stderr
    assert "Traceback" not in told.stderr and not (machine.root / ".venv").exists()


def test_who_may_install_gets_the_missing_part_of_python(
    machine: Machine, without_venv: dict[str, str]
) -> None:
    machine.give_the_right_to_install()
    told = machine.run(**without_venv)
    assert told.returncode == 0, told.stdout + told.stderr
    assert any(line.endswith("-venv") for line in machine.asked())
    assert (machine.root / ".venv" / "bin" / "python").exists()


def test_a_command_that_takes_long_is_said_to_go_on_until_its_end(tmp_path: Path) -> None:
    go, told = tmp_path / "go", list[str]()

    def tell(text: str) -> None:
        told.append(text)
        go.touch()

    waiting = 'while [ ! -e "$0" ]; do sleep 0.02; done; echo over; exit 3'
    assert patiently(["sh", "-c", waiting, str(go)], tell, every=0.05, captured=True) == (3, "over\n")
    assert told and told[0].startswith("…")
