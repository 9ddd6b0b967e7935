"""Is this process alive, and may it be given requests?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Flask, current_app
from sqlalchemy.exc import SQLAlchemyError

from backend.core.db import hurried
from backend.core.http import database
from backend.core.leases import seconds_since_beat
from backend.identity import open_to_all
from backend.schema import unfit

ROOT = Path(__file__).resolve().parent.parent
WORKER = "worker"
WORKER_LATE_SECONDS = 60
READY_SECONDS = 2.0


def register(app: Flask) -> None:
    @app.get("/healthz")
    @open_to_all
    def healthz() -> dict[str, str]:
        """The process answers."""
        return {"status": "ok"}

    @app.get("/readyz")
    @open_to_all
    def readyz() -> tuple[dict[str, Any], int]:
        """The database answers and has what this code knows; the worker's heartbeat is told, not waited for."""
        try:
            with hurried(READY_SECONDS), database().reading() as session:
                why_not = unfit(session.connection())
                silent = seconds_since_beat(session, WORKER)
        except SQLAlchemyError:
            current_app.logger.exception("the database does not answer")
            return {"status": "unavailable", "database": "no answer"}, 503
        # A beat that lies ahead is of a clock that was set back since.
        late = silent is None or abs(silent) > WORKER_LATE_SECONDS
        return {
            "status": "ok" if why_not is None else "unavailable",
            "database": why_not or "ok",
            "worker": "late" if late else "ok",
        }, 200 if why_not is None else 503
