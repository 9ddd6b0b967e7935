"""Building the mini-program: only when something changed, in words when it cannot be done, within WeChat's limits."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.harness import ROOT

# npm as far as it matters here: writes down what it was asked, and leaves behind what the real one would.
NPM = """#!/bin/sh
echo "$*" >> "$CALLS"
case "$*" in
  ci*) mkdir -p node_modules/.bin && touch node_modules/.bin/uni && cp package-lock.json node_modules/.package-lock.json ;;
  *build:h5) [ -z "$BROKEN" ] || { echo "src/App.vue: unexpected end"; exit 1; }
    mkdir -p "$UNI_OUTPUT_DIR/assets" && cp index.html "$UNI_OUTPUT_DIR/" ;;
  *build:mp-weixin) mkdir -p "$UNI_OUTPUT_DIR/packages/cadre"
    echo '{"appid": "touristappid"}' > "$UNI_OUTPUT_DIR/project.config.json"
    echo '{"pages": [], "subPackages": [{"root": "packages/cadre"}]}' > "$UNI_OUTPUT_DIR/app.json"
    head -c "${MAIN_BYTES:-1000}" /dev/zero > "$UNI_OUTPUT_DIR/app.js"
    head -c "${CADRE_BYTES:-1000}" /dev/zero > "$UNI_OUTPUT_DIR/packages/cadre/a.js" ;;
esac
"""

# The Python of .venv, as far as it installs Node there.
PYTHON = """#!/bin/sh
echo "$*" >> "$INSTALLED"
[ -z "$UNREACHABLE" ] || { echo "ERROR: no such package" >&2; exit 1; }
printf '#!/bin/sh\\necho v24.19.0\\n' > "$(dirname "$0")/node"
printf '#!/bin/sh\\n[ "$(node --version)" = v24.19.0 ] && exec "$NPM" "$@"\\n' > "$(dirname "$0")/npm"
chmod +x "$(dirname "$0")/node" "$(dirname "$0")/npm"
"""


@dataclass
class Tree:
    """A project of its own with a stand-in for Node."""

    root: Path

    @property
    def source(self) -> Path:
        return self.root / "miniprogram"

    def run(self, what: str, **env: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, str(self.root / "scripts" / "miniprogram.py"), what],
            env={
                # The machine's programs without its Node.
                "PATH": f"{self.root / 'bin'}:{self.root / 'system'}",
                "CALLS": str(self.root / "calls"),
                "INSTALLED": str(self.root / "installed"),
                "NPM": str(self.root / "npm"),
                **env,
            },
            capture_output=True,
            encoding="utf-8",
            timeout=60,
        )

    def installed(self) -> list[str]:
        """What pip was asked since the last time."""
        asked = self.root / "installed"
        lines = asked.read_text("utf-8").splitlines() if asked.exists() else []
        asked.unlink(missing_ok=True)
        return lines

    def calls(self) -> list[str]:
        """What npm was asked since the last time."""
        calls = self.root / "calls"
        asked = calls.read_text().splitlines() if calls.exists() else []
        calls.unlink(missing_ok=True)
        return [line.split(" --")[0] if line.startswith("ci") else line.split()[-1] for line in asked]


def program(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o755)


def without_node(tree: Tree, version: str | None) -> None:
    """A machine whose Node is of that version, or that has none."""
    if version is None:
        for name in ("node", "npm"):
            (tree.root / "bin" / name).unlink()
    else:
        program(tree.root / "bin" / "node", f"#!/bin/sh\necho '{version}'\n")


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    for folder in ("scripts", "bin", "system", ".venv/bin", "miniprogram/src"):
        (tmp_path / folder).mkdir(parents=True)
    for name in ("miniprogram.py", "setup.py"):
        shutil.copy(ROOT / "scripts" / name, tmp_path / "scripts")
    shutil.copy(ROOT / "requirements-node.txt", tmp_path)
    for name in ("sh", "cp", "mkdir", "touch", "head", "dirname", "chmod"):
        (tmp_path / "system" / name).symlink_to(str(shutil.which(name)))
    program(tmp_path / "bin" / "node", "#!/bin/sh\necho v20.11.0\n")
    program(tmp_path / "bin" / "npm", NPM)
    program(tmp_path / "npm", NPM)
    program(tmp_path / ".venv" / "bin" / "python", PYTHON)
    lock = {"packages": {"": {"name": "x"}, "node_modules/vue": {"version": "3.4.21"}}}
    (tmp_path / "miniprogram" / "package-lock.json").write_text(json.dumps(lock))
    (tmp_path / "miniprogram" / "index.html").write_text("<html>first")
    (tmp_path / "miniprogram" / "src" / "App.vue").write_text("<template/>")
    return Tree(tmp_path)


def test_the_packages_and_the_build_are_made_once(tree: Tree) -> None:
    assert tree.run("h5").returncode == 0
    assert tree.calls() == ["ci", "build:h5"]
    assert (tree.source / "dist" / "build" / "h5" / "index.html").read_text() == "<html>first"
    assert tree.run("h5").returncode == 0
    assert tree.calls() == []


def test_a_changed_source_is_built_again_without_installing_anything(tree: Tree) -> None:
    tree.run("h5")
    tree.calls()
    (tree.source / "src" / "App.vue").write_text("<template>changed</template>")
    tree.run("h5")
    assert tree.calls() == ["build:h5"]
    (tree.source / "src" / "App.test.ts").write_text("a unit test is no part of the build")
    tree.run("h5")
    assert tree.calls() == []


def test_a_changed_lock_is_installed_and_built_again(tree: Tree) -> None:
    tree.run("h5")
    tree.calls()
    lock = tree.source / "package-lock.json"
    lock.write_text(lock.read_text().replace("3.4.21", "3.4.22"))
    tree.run("h5")
    assert tree.calls() == ["ci", "build:h5"]


def test_what_somebody_else_built_into_the_folder_is_not_taken_for_ours(tree: Tree) -> None:
    tree.run("h5")
    tree.calls()
    shutil.rmtree(tree.source / "dist" / "build" / "h5")
    (tree.source / "dist" / "build" / "h5").mkdir()
    tree.run("h5")
    assert tree.calls() == ["build:h5"]


def test_a_build_that_fails_says_why_and_leaves_the_last_good_one(tree: Tree) -> None:
    tree.run("h5")
    (tree.source / "index.html").write_text("<html>second")
    failed = tree.run("h5", BROKEN="yes")
    assert failed.returncode == 1 and "src/App.vue: unexpected end" in failed.stderr
    built = tree.source / "dist" / "build" / "h5" / "index.html"
    assert built.read_text() == "<html>first"
    assert tree.run("h5").returncode == 0 and built.read_text() == "<html>second"


@pytest.mark.parametrize("version", ["v18.19.0", "v20.20.2", "v26.0.0"])
def test_the_node_that_is_there_is_taken(tree: Tree, version: str) -> None:
    program(tree.root / "bin" / "node", f"#!/bin/sh\necho {version}\n")
    assert tree.run("h5").returncode == 0
    assert tree.calls() == ["ci", "build:h5"] and tree.installed() == []


@pytest.mark.parametrize("version", [None, "v16.20.2", "v18.13.0", "v19.9.0", "what?"])
def test_without_a_node_that_is_new_enough_one_comes_into_the_virtual_environment(
    tree: Tree, version: str | None
) -> None:
    without_node(tree, version)
    told = tree.run("h5")
    assert told.returncode == 0, told.stderr
    assert "One of its own is taken, in .venv" in told.stdout and "60 MB" in told.stdout
    [asked] = tree.installed()
    assert "--require-hashes" in asked and asked.endswith("requirements-node.txt")
    assert tree.calls() == ["ci", "build:h5"]
    (tree.source / "index.html").write_text("<html>second")
    assert tree.run("h5").returncode == 0
    assert tree.installed() == [] and tree.calls() == ["build:h5"], "it is installed once"


def test_without_any_node_to_be_had_it_says_so_in_words(tree: Tree) -> None:
    without_node(tree, None)
    told = tree.run("h5", UNREACHABLE="yes")
    assert told.returncode == 1 and "Traceback" not in told.stderr and tree.calls() == []
    for words in ("Node 18.17 or newer with npm is needed", "requirements-node.txt could not be installed"):
        assert words in told.stderr


def test_the_build_for_wechat_carries_the_id_and_tells_its_sizes(tree: Tree) -> None:
    told = tree.run("weixin", MINIPROGRAM_APPID="wx0123456789abcdef", API_BASE_URL="https://heating.example")
    assert told.returncode == 0, told.stderr
    folder = tree.source / "dist" / "build" / "mp-weixin"
    assert json.loads((folder / "project.config.json").read_text())["appid"] == "wx0123456789abcdef"
    for word in (str(folder), "main package", "packages/cadre/", "https://heating.example", "DevTools"):
        assert word in told.stdout
    tree.calls()
    tree.run("weixin", MINIPROGRAM_APPID="wx0123456789abcdef", API_BASE_URL="https://other.example")
    assert tree.calls() == ["build:mp-weixin"], "the server's address is compiled in"
    tree.run("weixin")
    assert json.loads((folder / "project.config.json").read_text())["appid"] == "touristappid"


@pytest.mark.parametrize(
    ("env", "named"), [("MAIN_BYTES", "main package"), ("CADRE_BYTES", "packages/cadre/")]
)
def test_a_package_beyond_its_limit_fails_by_name(tree: Tree, env: str, named: str) -> None:
    limit = {"MAIN_BYTES": 1_572_864, "CADRE_BYTES": 2_097_152}[env]
    # A little of the main package is taken by what describes it.
    within, beyond = str(limit - 1000), str(limit + 1)
    assert tree.run("weixin", **{env: within}).returncode == 0
    (tree.source / "index.html").write_text("<html>again")
    told = tree.run("weixin", **{env: beyond})
    assert told.returncode == 1 and named in told.stderr and "at most" in told.stderr


def test_the_lock_names_no_registry() -> None:
    lock = json.loads((ROOT / "miniprogram" / "package-lock.json").read_text("utf-8"))
    named = [name for name, package in lock["packages"].items() if package.get("resolved")]
    assert named == []
    for text in (ROOT / "miniprogram" / name for name in (".npmrc", "package.json")):
        assert "registry=" not in text.read_text() and "://" not in text.read_text()
