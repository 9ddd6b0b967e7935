"""Install the mini-program's packages and build it: only what its inputs make necessary.

    python3 scripts/miniprogram.py h5        for browsers, into miniprogram/dist/build/h5
    python3 scripts/miniprogram.py weixin    for WeChat, into miniprogram/dist/build/mp-weixin; says how large it is
    python3 scripts/miniprogram.py check     types, style, and that the types of the API are current
    python3 scripts/miniprogram.py test      its unit tests, then both builds
    python3 scripts/miniprogram.py official  let WeChat's own compiler read the build for WeChat (installs 275 MB, once)
    python3 scripts/miniprogram.py format    let prettier rewrite

Standard library only, any Python 3.11 or newer. Node with npm is taken from PATH; where it is absent or too old, it is
installed into .venv as a wheel. For `weixin`: MINIPROGRAM_APPID (your mini-program's id; without it WeChat's guest id) and
API_BASE_URL (the server's address, http://127.0.0.1:8000).
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:  # started as a file, not as a module
    sys.path.insert(0, str(ROOT))

from scripts.setup import CannotSetUp, node_in_venv, patiently, print_anything  # noqa: E402  the path above comes first

SOURCE = ROOT / "miniprogram"
BUILDS = SOURCE / "dist" / "build"
H5 = BUILDS / "h5"
WEIXIN = BUILDS / "mp-weixin"
OLDEST_NODE = (18, 17)  # Debian 12 has 18; 19 is what the builder itself refuses
OFFICIAL_COMPILER = SOURCE / "official-compiler"
NOT_INPUTS = {"node_modules", "dist", "unpackage", OFFICIAL_COMPILER.name}
STAMP = ".inputs"

GUEST_APPID = "touristappid"
USUAL_SERVER = "http://127.0.0.1:8000"
MEGABYTE = 1024 * 1024
MAIN_LIMIT = 3 * MEGABYTE // 2  # WeChat's own limit is 2 MB a package; what is left is for the next version
SUBPACKAGE_LIMIT = 2 * MEGABYTE


class CannotBuild(RuntimeError):
    """What the person must know, in words."""


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """One at a time: the tests of both databases and a running demo may ask at once."""
    place = SOURCE / "dist"
    place.mkdir(exist_ok=True)
    with (place / ".lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _lacking_node() -> str | None:
    """Why the Node on PATH cannot be used; None where it can."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        return f"{'npm' if node else 'node'} was not found"
    told = subprocess.run([node, "--version"], stdout=subprocess.PIPE, encoding="utf-8", errors="replace")
    version = re.match(r"v(\d+)\.(\d+)\.", told.stdout)
    if version and (number := (int(version[1]), int(version[2]))) >= OLDEST_NODE and number[0] != 19:
        return None
    return f"this is {told.stdout.strip() or 'none that answers'} ({node})"


@cache
def _path() -> str:
    """PATH with a Node and an npm that will do, installed into .venv if need be. Raises CannotBuild."""
    path = os.environ.get("PATH", "")
    if (lacking := _lacking_node()) is None:
        return path
    wanted = f"Node {OLDEST_NODE[0]}.{OLDEST_NODE[1]} or newer with npm is needed; {lacking}"
    _say(f"{wanted}. One of its own is taken, in .venv")
    try:
        return f"{node_in_venv()}{os.pathsep}{path}"
    except CannotSetUp as reason:
        raise CannotBuild(f"{wanted}, and it could not be installed: {reason}") from reason


def _say(text: str) -> None:
    print(f"mini-program: {text}", flush=True)


def _npm(
    arguments: Sequence[str], why: str, *, shown: bool = False, folder: Path = SOURCE, **env: str
) -> None:
    """Run npm in the mini-program's folder, or another; raises CannotBuild with what it printed, the middle left out if it is long."""
    path = _path()
    npm = shutil.which("npm", path=path)
    if npm is None:
        raise CannotBuild(f"npm was not found in {path}")
    status, printed = patiently(
        [npm, *arguments], _say, cwd=folder, env={**os.environ, "PATH": path, **env}, captured=not shown
    )
    if status != 0:
        lines = printed.strip().splitlines()
        said = "\n".join(lines if len(lines) <= 45 else [*lines[:20], "…", *lines[-20:]])
        raise CannotBuild(f"{why} (npm {' '.join(arguments)})" + (f":\n{said}" if said else ""))


# -- packages


def installed(folder: Path = SOURCE) -> bool:
    """Whether node_modules holds what the lock lists; npm writes down there what it has put in."""
    packages = folder / "node_modules"
    try:
        wanted = json.loads((folder / "package-lock.json").read_text("utf-8"))["packages"]
        present = json.loads((packages / ".package-lock.json").read_text("utf-8"))["packages"]
    except (OSError, ValueError, KeyError):
        return False
    return (folder != SOURCE or (packages / ".bin" / "uni").exists()) and all(
        package.get("optional")  # of another system
        or present.get(name, {}).get("version") == package.get("version")
        for name, package in wanted.items()
        if name
    )


def install() -> None:
    """`npm ci`, only when the lock asks for other packages than there are; raises CannotBuild."""
    if installed():
        return
    _path()
    _say("installing its packages (once, half a minute or more)")
    _npm(
        ["ci", "--loglevel=error"], "the packages could not be installed; is the package registry reachable?"
    )


# -- builds


@dataclass(frozen=True)
class Build:
    """One of the two: npm's script, where it ends up, and what of the environment goes into it."""

    name: str
    script: str
    folder: Path
    variables: tuple[str, ...] = ()

    @property
    def stamp(self) -> Path:
        return self.folder / STAMP

    def inputs(self) -> str:
        """A hash of everything that the build is made of."""
        digest = hashlib.sha256()
        for path in sorted(SOURCE.rglob("*")):
            place = path.relative_to(SOURCE)
            if place.parts[0] in NOT_INPUTS or path.name.endswith(".test.ts") or not path.is_file():
                continue
            content = path.read_bytes()
            digest.update(f"{place.as_posix()}\0{len(content)}\0".encode() + content)
        for name in self.variables:
            digest.update(f"{name}={os.environ.get(name)}\0".encode())
        return digest.hexdigest()

    def fresh(self, inputs: str) -> bool:
        # The stamp lies within: whoever builds by hand removes it.
        return self.stamp.exists() and self.stamp.read_text("utf-8") == inputs

    def make(self) -> None:
        """Build it unless it is there; raises CannotBuild and leaves an earlier build as it was."""
        inputs = self.inputs()
        if self.fresh(inputs):
            return
        install()
        _say(f"building for {self.name} (half a minute or more)")
        began = time.monotonic()
        partial = self.folder.with_name(f".{self.folder.name}-partial")
        shutil.rmtree(partial, ignore_errors=True)
        _npm(
            ["run", "--silent", self.script], f"the build for {self.name} failed", UNI_OUTPUT_DIR=str(partial)
        )
        (partial / STAMP).write_text(inputs, "utf-8")
        if self is FOR_BROWSERS:  # exchanged whole: a server that starts meanwhile must not read half of it
            former = self.folder.with_name(f".{self.folder.name}-former")
            shutil.rmtree(former, ignore_errors=True)
            if self.folder.exists():
                self.folder.replace(former)
            partial.replace(self.folder)
            shutil.rmtree(former, ignore_errors=True)
        else:  # filled in place: DevTools watches the folder
            self.folder.mkdir(parents=True, exist_ok=True)
            for old in self.folder.iterdir():
                shutil.rmtree(old) if old.is_dir() else old.unlink()
            for new in partial.iterdir():
                shutil.move(new, self.folder / new.name)
            partial.rmdir()
        _say(f"built for {self.name} in {time.monotonic() - began:.0f} s")


FOR_BROWSERS = Build("browsers", "build:h5", H5)
FOR_WEIXIN = Build("WeChat", "build:mp-weixin", WEIXIN, ("API_BASE_URL", "MINIPROGRAM_APPID"))


def build_h5() -> Path:
    """The browser build of the present source, made if need be; its folder. Raises CannotBuild."""
    with _alone():
        FOR_BROWSERS.make()
    return H5


def build_weixin() -> Path:
    """The WeChat build of the present source, made if need be; its folder. Raises CannotBuild."""
    with _alone():
        FOR_WEIXIN.make()
        project = WEIXIN / "project.config.json"
        config = json.loads(project.read_text("utf-8"))
        config["appid"] = os.environ.get("MINIPROGRAM_APPID") or GUEST_APPID
        project.write_text(json.dumps(config, ensure_ascii=False, indent=2) + "\n", "utf-8")
    return WEIXIN


# -- what WeChat will take


def faults_in(build: Path) -> list[str]:
    """What WeChat would read otherwise than it was meant, one fault a line (miniprogram/build/weixin.mjs): templates that are not
    well formed, styles that ask what a component's host hides. Raises CannotBuild if that cannot be told."""
    node = shutil.which("node", path=_path())
    ran = subprocess.run(
        [node or "node", "build/weixin.mjs", str(build)],
        cwd=SOURCE,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=300,
    )
    if not re.search(r"\d+ templates, \d+ faults", ran.stdout):
        raise CannotBuild(f"the build for WeChat could not be looked at:\n{ran.stderr}")
    return ran.stderr.splitlines()


def package_sizes(folder: Path) -> dict[str, int]:
    """Bytes by package of a WeChat build: "" is the main one, the others are named by their root."""
    app = json.loads((folder / "app.json").read_text("utf-8"))
    roots = [
        package["root"].strip("/") + "/" for package in app.get("subPackages") or app.get("subpackages") or []
    ]
    sizes = dict.fromkeys(["", *roots], 0)
    for path in folder.rglob("*"):
        if path.is_file() and path.name != STAMP:
            place = path.relative_to(folder).as_posix()
            sizes[next((root for root in roots if place.startswith(root)), "")] += path.stat().st_size
    return sizes


def tell_sizes(sizes: dict[str, int]) -> list[str]:
    """Print them beside their limits; what is too large."""
    too_large = []
    for root, size in sizes.items():
        name, limit = (root, SUBPACKAGE_LIMIT) if root else ("main package", MAIN_LIMIT)
        print(f"  {name:<24} {size / MEGABYTE:5.2f} MB of {limit / MEGABYTE:.1f} MB")
        if size > limit:
            too_large.append(f"{name} has {size / MEGABYTE:.2f} MB, at most {limit / MEGABYTE:.1f} MB may be")
    return too_large


def weixin() -> None:
    folder = build_weixin()
    appid = os.environ.get("MINIPROGRAM_APPID") or GUEST_APPID
    server = os.environ.get("API_BASE_URL") or USUAL_SERVER
    print(f"\nThe mini-program for WeChat: {folder}")
    too_large = tell_sizes(package_sizes(folder))
    print(f"  appid  {appid}" + ("" if appid != GUEST_APPID else " (yours: MINIPROGRAM_APPID=wx…)"))
    print(f"  server {server}" + ("" if server != USUAL_SERVER else " (yours: API_BASE_URL=https://…)"))
    print(
        "\nOpen it in WeChat DevTools: Import Project (导入项目), choose this folder. For a server without https tick "
        "\nDetails > Local Settings > Do not verify domains (详情 > 本地设置 > 不校验合法域名)."
    )
    if too_large:
        raise CannotBuild("; ".join(too_large))


def check() -> None:
    """Types, style and drift, as npm's own script has them."""
    with _alone():
        install()
    _npm(["run", "--silent", "check"], "the checks of the mini-program failed", shown=True)


def reformat() -> None:
    with _alone():
        install()
    _npm(["run", "--silent", "format"], "prettier could not rewrite the mini-program", shown=True)


def test() -> None:
    """Unit tests and both builds, within WeChat's limits."""
    with _alone():
        install()
    _npm(["run", "--silent", "test"], "the unit tests of the mini-program failed", shown=True)
    build_h5()
    too_large = tell_sizes(package_sizes(build_weixin()))
    if too_large:
        raise CannotBuild("; ".join(too_large))


def official() -> None:
    """WeChat's own compiler over the build for WeChat; raises CannotBuild when it finds an error."""
    build = build_weixin()
    with _alone():
        if not installed(OFFICIAL_COMPILER):
            _say("installing WeChat's own compiler (once, 275 MB, a minute or two)")
            _npm(
                ["ci", "--loglevel=error"],
                "WeChat's own compiler could not be installed; is the package registry reachable?",
                folder=OFFICIAL_COMPILER,
            )
        _npm(
            ["run", "--silent", "compile", "--", str(build)],
            "WeChat's own compiler refuses the build",
            shown=True,
            folder=OFFICIAL_COMPILER,
        )


def main() -> int:
    print_anything()
    what = {
        "h5": build_h5,
        "weixin": weixin,
        "check": check,
        "test": test,
        "official": official,
        "format": reformat,
    }
    parser = argparse.ArgumentParser(description="Install the mini-program's packages and build it.")
    parser.add_argument("what", choices=what)
    chosen = parser.parse_args().what
    try:
        what[chosen]()
    except CannotBuild as reason:
        print(f"\nmini-program, {chosen}: {reason}\n", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
