"""A job in hand: what its kind is given, tells and returns."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from backend.background.models import BackgroundJob, file_key
from backend.core.db import Database
from backend.core.storage import Storage


class Again(Exception):
    """What the work rests on has changed meanwhile; it is run once more."""


class Stopped(Exception):
    """The work is to end here: cancelled, taken over by another worker, or its worker stops."""


@dataclass(frozen=True, slots=True)
class Result:
    """A file that was kept, and what it is."""

    key: str
    content_type: str
    filename: str
    size_bytes: int


Ending = Callable[[Session], Result]
"""Writes the outcome of the work; called once, in the transaction that ends the job."""


class Work:
    """A job in hand, as its kind sees it.

    ``upload_key``: the file that came with the asking, removed with the job's end unless its ending takes it over by
    setting this to None. ``last_round``: Again would not be heard any more.
    """

    def __init__(self, row: BackgroundJob, database: Database, storage: Storage) -> None:
        self.job_id, self.asked_by, self.area_code = row.id, row.asked_by, row.area_code
        self.arguments: Mapping[str, Any] = row.arguments
        self.upload_key = row.upload_key
        self.attempt = row.attempts
        self.database, self.storage = database, storage
        self.last_round = False
        self.progress = (row.done, row.total, row.words)
        self.stopped = threading.Event()

    def tell(self, done: int, total: int, words: str) -> None:
        """Say how far the work is, as often as is convenient; raises Stopped where it is to end."""
        self.progress = (done, total, words[:200])
        if self.stopped.is_set():
            raise Stopped()

    def keep(self, content: bytes, content_type: str, filename: str) -> Result:
        """Keep the result's file."""
        key = file_key(self.job_id, self.attempt)
        self.storage.remove(key)  # of an earlier round
        self.storage.put(key, content)
        return Result(key, content_type, filename, len(content))


@dataclass(frozen=True, slots=True)
class Kind:
    """What a job of this name does."""

    name: str
    run: Callable[[Work], Ending]
