"""The demo in one command: `make run`. Builds the mini-program for browsers if it changed, starts stand-in, web and worker,
keeps them together, ends them together.

    python scripts/run.py           start; Ctrl-C stops it
    python scripts/run.py reset     remove what the demo has stored

Standard library only; run it with the interpreter of .venv (scripts/setup.py makes it). Environment: PORT (8000),
DATA_DIR (var), DATABASE_URL (SQLite in DATA_DIR), CLOCK_SHIFT_DAYS or CLOCK_SHIFT_MINUTES (how far from now the demo
lives: chosen at the first start, then kept; without them its first day begins at nine in the morning),
HOUSEHOLD_LIST (a list of your own for the first start, instead of the made-up one; its areas are read from it),
H5_DIR (a build of the mini-program to serve as it is).
"""

from __future__ import annotations

import base64
import contextlib
import fcntl
import hashlib
import json
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from datetime import time as time_of_day
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:  # started as a file, not as a module
    sys.path.insert(0, str(ROOT))

from backend.ownership import UMASK, keep_to_owner  # noqa: E402  as below
from scripts.children import (  # noqa: E402  the path above comes first
    Child,
    Died,
    NotReady,
    die_with_parent,
    free_port,
    listens,
    port_is_free,
    start,
    stop,
    wait_until,
)
from scripts.miniprogram import H5  # noqa: E402  as above
from scripts.setup import print_anything  # noqa: E402  as above

DEMO = ROOT / "scripts" / "demo"
PEOPLE = DEMO / "people.json"
FIRST_DAY = DEMO / "first-day.txt"
TEMPLATES = ROOT / "scripts" / "wechat_standin" / "templates.json"
SHANGHAI = timezone(timedelta(hours=8))  # no summer time there, so no time-zone data is needed
FIRST_HOUR = time_of_day(9)
MINUTES_A_DAY = 24 * 60
READY_SECONDS = 60.0
PREPARE_SECONDS = 900.0
# What a list of one's own may bring: from its areas, and from the people of the demo.
WORTH_TELLING = ("taken as one: ", "are these the same? ", "could be two places", "left out: ")


class Stopped(Exception):
    """Somebody asked for the end: Ctrl-C or SIGTERM."""


class CannotStart(RuntimeError):
    """What the person must know, in words."""


def web_command(port: int, processes: int = 2) -> list[str]:
    """Arguments for the interpreter; the only place that says how the web process is started on one machine."""
    return ["-m", "backend.serving", "--port", str(port), "--processes", str(processes)]


def worker_command() -> list[str]:
    return ["-m", "backend.worker"]


def stand_in_command(port: int, people: Path) -> list[str]:
    return ["-m", "scripts.wechat_standin", "--port", str(port), "--people", str(people)]


def stand_in_templates() -> str:
    """WECHAT_TEMPLATES for the product: our name of each message, its id at the stand-in, and what fills its fields."""
    known = json.loads(TEMPLATES.read_text("utf-8"))
    return json.dumps(
        {
            template["name"]: {
                "id": template_id,
                "fields": template["filled_from"],
                "long_term": template.get("long_term", False),
            }
            for template_id, template in known.items()
        }
    )


@dataclass(frozen=True)
class Demo:
    """Where this demo lives, and what is settled once and kept in ``settled.json`` (mode 0600: it holds secrets)."""

    port: int
    data_dir: Path
    database_url: str
    settled: Mapping[str, Any]

    @property
    def log_dir(self) -> Path:
        return self.data_dir / "log"

    @property
    def people(self) -> Path:
        """Who one can be, as found in the imported list: written by the first start, read by the stand-in."""
        return self.data_dir / "demo" / "people.json"

    @property
    def now(self) -> datetime:
        """The demo's own time, as people there read it."""
        return datetime.now(SHANGHAI) + timedelta(minutes=self.settled["clock_shift_minutes"])

    def env(self, stand_in_port: int | None = None) -> dict[str, str]:
        """What every process of the demo sees. What the person set in the environment wins."""
        here = {
            "PUBLIC_BASE_URL": f"http://127.0.0.1:{self.port}",
            **self.settled["wechat"],
            "WECHAT_TEMPLATES": stand_in_templates(),
            **os.environ,
            "MODE": "demo",
            "DATABASE_URL": self.database_url,
            "DATA_DIR": str(self.data_dir),
            "CLOCK_SHIFT_DAYS": "0",
            "CLOCK_SHIFT_MINUTES": str(self.settled["clock_shift_minutes"]),
            "PYTHONUNBUFFERED": "1",
        }
        if stand_in_port is not None:
            here["WECHAT_API_BASE_URL"] = f"http://127.0.0.1:{stand_in_port}"
            # The stand-in plays the phone of people in the mini-program.
            here["WECHAT_CALLBACK_URL"] = f"{here['PUBLIC_BASE_URL']}/api/wechat/callback/mini-program"
        return here


def shift_to(moment: datetime) -> int:
    """Whole minutes from now to an aware moment: the clock shift of a product in which it is that time now."""
    return (moment - datetime.now(UTC)) // timedelta(minutes=1) + 1


def first_morning() -> datetime:
    """When the demo begins, whatever the hour outside: by day, so that messages go out."""
    return datetime.combine(date.fromisoformat(FIRST_DAY.read_text("utf-8").strip()), FIRST_HOUR, SHANGHAI)


def _data_dir() -> Path:
    return (ROOT / os.environ.get("DATA_DIR", "var")).resolve()


def settle(path: Path) -> dict[str, Any]:
    """What the first start chose, made now if there was none. The clock goes on from there on later days."""
    accounts = _accounts()
    if path.exists():
        settled: dict[str, Any] = json.loads(path.read_text("utf-8"))
        before = json.dumps(settled)
        # What an older version settled.
        settled["wechat"] |= {name: accounts[name] for name in accounts.keys() - settled["wechat"].keys()}
        if "clock_shift_days" in settled:
            settled["clock_shift_minutes"] = settled.pop("clock_shift_days") * MINUTES_A_DAY
        if json.dumps(settled) != before:
            _keep(path, settled)
        return settled
    settled = {
        "clock_shift_minutes": _chosen_shift(),
        "wechat": accounts,
        "loaded": [],
    }
    _keep(path, settled)
    return settled


def _chosen_shift() -> int:
    """Minutes from now to the demo's own time, as the environment says; else its first morning."""
    given = {unit: os.environ.get(f"CLOCK_SHIFT_{unit}") for unit in ("DAYS", "MINUTES")}
    if not any(given.values()):
        return shift_to(first_morning())
    try:
        return int(given["DAYS"] or 0) * MINUTES_A_DAY + int(given["MINUTES"] or 0)
    except ValueError:
        raise CannotStart("CLOCK_SHIFT_DAYS, CLOCK_SHIFT_MINUTES: whole numbers") from None


def _accounts() -> dict[str, str]:
    """A mini-program and an official account that only this demo and its stand-in know."""
    return {
        "WECHAT_APPID": f"wx{secrets.token_hex(8)}",
        "WECHAT_SECRET": secrets.token_hex(16),
        "WECHAT_OA_APPID": f"wx{secrets.token_hex(8)}",
        "WECHAT_OA_SECRET": secrets.token_hex(16),
        "WECHAT_CALLBACK_TOKEN": secrets.token_hex(16),
        "WECHAT_CALLBACK_AES_KEY": base64.b64encode(secrets.token_bytes(32)).decode().rstrip("="),
    }


def _keep(path: Path, settled: Mapping[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    with os.fdopen(
        os.open(partial, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w", encoding="utf-8"
    ) as file:
        json.dump(settled, file, indent=2)
    partial.replace(path)


@contextlib.contextmanager
def _alone(data_dir: Path) -> Iterator[None]:
    """One demo a data folder. The lock goes with the process, however that ends."""
    data_dir.mkdir(parents=True, exist_ok=True)
    with (data_dir / "run.lock").open("wb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise CannotStart(
                f"the demo in {data_dir} is running already (stop it with Ctrl-C where it runs)"
            ) from None
        yield


def _prepare(demo: Demo, path: Path) -> None:
    """Migrate; on the first start with this database also fill it. Each step may be repeated, so a broken-off start is too."""
    with _telling("Preparing the database"):
        if not (demo.data_dir / "keys.json").exists():
            _step(demo, "keys", ["-m", "backend.cli", "demo-keys"])
        _step(demo, "migrate", ["-m", "backend.cli", "migrate"])
        # Every time: the same plan changes nothing, and newer code may read more in it than what was stored.
        _step(demo, "load-programme", ["-m", "backend.cli", "load-programme"])
    which = hashlib.sha256(demo.database_url.encode()).hexdigest()[:16]
    if which in demo.settled["loaded"]:
        return
    given = os.environ.get("HOUSEHOLD_LIST")
    if given and not Path(given).is_file():
        raise CannotStart(f"HOUSEHOLD_LIST={given} is no file")
    household_list = Path(given).resolve() if given else demo.data_dir / "demo" / "household-list.xlsx"
    whose = f"the households of {household_list.name}" if given else "made-up households"
    print(f"First start: filling the demo with {whose} (once, a minute or so).", flush=True)
    areas = ["areas-from-list", str(household_list), "--commit"] if given else ["load-areas"]
    making = {"making the household list": ["-m", "scripts.synthetic_list", "--out", str(household_list)]}
    steps = {
        **({} if given else making),
        "loading the areas": ["-m", "backend.cli", *areas],
        "importing the list": ["-m", "backend.cli", "import-list", str(household_list), "--commit"],
        "adding people": ["-m", "backend.cli", "demo-people", str(PEOPLE), "--out", str(demo.people)],
    }
    for name, command in steps.items():
        with _telling(f"  {name}"):
            child = _step(demo, name, command)
        for line in _said_since_start(child):
            if line.startswith(WORTH_TELLING):
                print(f"    {line}", flush=True)
    _keep(path, {**demo.settled, "loaded": [*demo.settled["loaded"], which]})


@contextlib.contextmanager
def _telling(what: str) -> Iterator[None]:
    """Say what is done now, and when it is done how long it took."""
    began = time.monotonic()
    print(f"{what} … ", end="", flush=True)
    yield
    print(f"{time.monotonic() - began:.1f} s", flush=True)


def _step(demo: Demo, name: str, command: list[str]) -> Child:
    """Run one command to its end; what it prints goes to var/log/prepare.log. Raises Died where it fails."""
    child = start(
        name, [sys.executable, *command], log=demo.log_dir / "prepare.log", env=demo.env(), cwd=ROOT
    )
    try:
        child.process.wait(PREPARE_SECONDS)
    except subprocess.TimeoutExpired:
        raise CannotStart(f"{name}: no end after {PREPARE_SECONDS:g} s; see {child.log}") from None
    finally:
        stop([child], grace=5)
    if child.process.returncode != 0:
        raise Died(child)
    return child


@contextlib.contextmanager
def _mini_program(demo: Demo, usual_umask: int) -> Iterator[Callable[[], Path | None]]:
    """Build it for browsers while other things go on; what comes out waits for the end: the folder, or None and why is told."""
    if os.environ.get("H5_DIR"):
        given = Path(os.environ["H5_DIR"]).resolve()
        yield lambda: given
        return
    log = demo.log_dir / "mini-program.log"
    command = [sys.executable, "-m", "scripts.miniprogram", "h5"]
    # What it builds stands with the sources, not with the data.
    child = start(
        "mini-program",
        command,
        log=log,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        cwd=ROOT,
        umask=usual_umask,
    )

    def built() -> Path | None:
        until, told = time.monotonic() + PREPARE_SECONDS, 0
        ended = False
        while not ended and time.monotonic() < until:
            ended = child.ended  # asked first: what it printed last is told as well
            said = _said_since_start(child)
            for line in said[told:]:
                # That it went on for so long is no news any more when it is told later.
                if line.startswith("mini-program: ") and (told or not line.startswith("mini-program: …")):
                    print(f"  {line}", flush=True)
            told = len(said)
            time.sleep(0 if ended else 0.2)
        if ended and child.process.returncode == 0:
            return H5
        why = "\n".join(_said_since_start(child)[-20:]).strip()
        print(f"\nThe product starts without the mini-program:\n{why or f'see {log}'}\n", flush=True)
        return None

    try:
        yield built
    finally:
        stop([child], grace=5)


def _said_since_start(child: Child) -> list[str]:
    """Its lines since it was started, those that are whole."""
    text = child.log.read_text("utf-8", "replace").rpartition(f"---- {child.name} started")[2]
    return text.split("\n")[1:-1]


def _get(url: str) -> tuple[int, bytes]:
    """GET on this machine; 0 for nobody there. The environment's proxies are none of our business."""
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=5) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, refused.read()
    except OSError:
        return 0, b""


def _serve(demo: Demo, h5: Path | None) -> None:
    """Start the three, tell what to open, and wait until one ends (raises Died) or the person ends it (Stopped)."""
    stand_in_port = free_port()
    base, stand_in = f"http://127.0.0.1:{demo.port}", f"http://127.0.0.1:{stand_in_port}"
    env = {**demo.env(stand_in_port), "H5_DIR": str(h5 or "")}
    children: list[Child] = []
    began = time.monotonic()

    def begin(name: str, command: list[str]) -> None:
        children.append(
            start(name, [sys.executable, *command], log=demo.log_dir / f"{name}.log", env=env, cwd=ROOT)
        )

    print("Starting web, worker and stand-in …", flush=True)
    try:
        begin("web", web_command(demo.port))
        begin("worker", worker_command())
        begin("stand-in", stand_in_command(stand_in_port, demo.people))
        wait_until(
            lambda: listens(stand_in_port) and _get(f"{base}/readyz")[0] == 200,
            children,
            seconds=READY_SECONDS,
            what=f"{base}/readyz",
        )
        _tell(demo, base, stand_in, time.monotonic() - began, h5)
        while not (ended := [child for child in children if child.ended]):
            time.sleep(0.3)
        raise Died(ended[0])
    finally:
        stop(children)


def _tell(demo: Demo, base: str, stand_in: str, seconds: float, h5: Path | None) -> None:
    people = _people(stand_in)
    door = next((person["household_code"] for person in people if person.get("household_code")), None)
    lines = [
        f"Ready in {seconds:.1f} s.",
        "",
        f"  Open       {base}/" + (" (the mini-program, as on a phone)" if h5 else ""),
        *([f"  A sticker  {base}/q/{door} (what scanning a door opens)"] if door else []),
        f"  API        {base}/api/docs",
        f"  Demo time  {demo.now:%Y-%m-%d %H:%M} (goes on minute by minute; `make reset` starts over)",
        f"  WeChat     stand-in at {stand_in} (nothing leaves this machine)",
        f"  Data       {demo.data_dir}"
        + ("" if _is_default(demo) else " (photos, keys); database as DATABASE_URL says"),
        f"  Logs       {demo.log_dir}",
    ]
    if people:
        lines += ["", "  You can be" + (" (choose at the top of the page)" if h5 else "")]
        lines += [
            f"    {person['id']:<23} {person['name']}  {re.split('[：；。]', person['description'])[0]}"
            for person in people
        ]
    print("\n".join(["", *lines, "", "Ctrl-C stops everything."]), flush=True)


def _is_default(demo: Demo) -> bool:
    return demo.database_url == _default_database(demo.data_dir)


def _default_database(data_dir: Path) -> str:
    return f"sqlite:///{data_dir / 'product.db'}"


def _people(stand_in: str) -> list[dict[str, Any]]:
    """Who one can be, as the stand-in tells it; empty when it does not."""
    status, body = _get(f"{stand_in}/sandbox/people")
    return list(json.loads(body)["people"]) if status == 200 else []


def run() -> None:
    data_dir = _data_dir()
    text = os.environ.get("PORT") or "8000"
    if not (text.isdecimal() and 0 < int(text) < 65536):
        raise CannotStart(f"PORT={text} is no port number")
    port = int(text)
    usual_umask = os.umask(UMASK)
    if told := keep_to_owner(data_dir):
        print(told, flush=True)
    with _alone(data_dir):
        if not port_is_free(port):
            raise CannotStart(f"port {port} is in use; choose another: PORT={port + 1} make run")
        kept = data_dir / "demo" / "settled.json"
        url = os.environ.get("DATABASE_URL") or _default_database(data_dir)
        demo = Demo(port, data_dir, url, settle(kept))
        with _mini_program(demo, usual_umask) as built:
            _prepare(demo, kept)
            h5 = built()
        _serve(demo, h5)


def reset() -> None:
    """Remove the demo's data folder. A database named by DATABASE_URL is not the demo's to remove."""
    data_dir = _data_dir()
    if not data_dir.exists():
        print("Nothing to remove.")
        return
    if data_dir in (ROOT, *ROOT.parents) or not (data_dir / "run.lock").exists():
        raise CannotStart(f"{data_dir} does not look like the demo's data folder; nothing was removed")
    with _alone(data_dir):
        shutil.rmtree(data_dir)
    print(f"Removed {data_dir}.")
    if os.environ.get("DATABASE_URL"):
        print("The database at DATABASE_URL was left as it is.")


def _on_signal(_number: int, _frame: FrameType | None) -> NoReturn:
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, signal.SIG_IGN)  # the ending is under way; a second Ctrl-C must not break it off
    raise Stopped


def main() -> int:
    print_anything()
    signal.signal(signal.SIGINT, _on_signal)
    signal.signal(signal.SIGTERM, _on_signal)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup
        signal.signal(signal.SIGHUP, _on_signal)
    if os.environ.pop("STOP_WITH_PARENT", ""):
        die_with_parent()
    try:
        reset() if sys.argv[1:] == ["reset"] else run()
    except Stopped:
        print("\nStopped.")
    except (CannotStart, Died, NotReady) as reason:
        print(f"\n{reason}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
