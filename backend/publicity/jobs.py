"""What the worker does for publicity."""

from __future__ import annotations

import logging

from sqlalchemy import select

from backend.core.db import Database
from backend.core.jobs import JobIncomplete
from backend.publicity.actions import deliver_batch
from backend.publicity.models import Campaign

log = logging.getLogger("backend.jobs")


def deliver_released(database: Database) -> None:
    """Deliver every released campaign, one transaction a batch; a killed worker's successor goes on where it was.

    A campaign that fails is logged and stops no other; raises JobIncomplete at the end if one did.
    """
    with database.reading() as session:
        running = session.scalars(
            select(Campaign.id).where(Campaign.state == "released").order_by(Campaign.id)
        ).all()
    failed = 0
    for campaign_id in running:
        try:
            _deliver(database, campaign_id)
        except Exception:
            failed += 1
            log.exception("a campaign failed; the others go on", extra={"job": "publicity.deliver"})
    if failed:
        raise JobIncomplete(f"publicity.deliver: {failed} of {len(running)} campaigns failed")


def _deliver(database: Database, campaign_id: str) -> None:
    more = True
    while more:
        with database.writing() as session:
            more = deliver_batch(session, campaign_id)
