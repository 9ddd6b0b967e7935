"""A job finds candidates and calls one action an item, each in a transaction of its own."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import TypeVar

from sqlalchemy.orm import Session

from backend.core.db import Database

log = logging.getLogger("backend.jobs")

Item = TypeVar("Item")


class JobIncomplete(RuntimeError):
    """Some items of a job failed and were logged; the others were done. The job is tried again later."""


def each_item(
    database: Database, items: Iterable[Item], run: Callable[[Session, Item], object], job: str
) -> int:
    """Run ``run`` for every item, one transaction each; a bad item is logged and stops no other.

    Returns how many succeeded; raises JobIncomplete at the end if any failed.
    """
    done, failed = 0, 0
    for item in items:
        try:
            with database.writing() as session:
                run(session, item)
            done += 1
        except Exception:
            failed += 1
            log.exception("an item failed; the others go on", extra={"job": job})
    if failed:
        raise JobIncomplete(f"{job}: {failed} of {done + failed} items failed")
    return done
