"""Is this process alive, and may it be given requests?"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, current_app
from sqlalchemy.exc import SQLAlchemyError

from backend.core.db import Database
from backend.core.http import database
from backend.core.leases import last_beat, wall_clock
from backend.identity import open_to_all

ROOT = Path(__file__).resolve().parent.parent
WORKER = "worker"
WORKER_LATE_SECONDS = 60


@cache
def newest_revision() -> str | None:
    """The revision that the code expects its database to be at."""
    # Here and below: a tenth of every process's start, and most are never asked.
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    return ScriptDirectory.from_config(config).get_current_head()


def revision_of(db: Database) -> str | None:
    from alembic.runtime.migration import MigrationContext

    with db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def register(app: Flask) -> None:
    @app.get("/healthz")
    @open_to_all
    def healthz() -> dict[str, str]:
        """The process answers."""
        return {"status": "ok"}

    @app.get("/readyz")
    @open_to_all
    def readyz() -> tuple[dict[str, Any], int]:
        """The database answers and has the schema of this code; the worker's heartbeat is told, not waited for."""
        try:
            revision = revision_of(database())
            with database().reading() as session:
                beat = last_beat(session, WORKER)
        except SQLAlchemyError:
            current_app.logger.exception("the database does not answer")
            return {"status": "unavailable", "database": "no answer"}, 503
        late = beat is None or (wall_clock() - beat).total_seconds() > WORKER_LATE_SECONDS
        ready = revision == newest_revision()
        return {
            "status": "ok" if ready else "unavailable",
            "database": "ok" if ready else f"revision {revision}, expected {newest_revision()}",
            "worker": "late" if late else "ok",
        }, 200 if ready else 503
