"""What the worker does for publicity."""

from __future__ import annotations

from sqlalchemy import select

from backend.core.db import Database
from backend.publicity.actions import deliver_batch
from backend.publicity.models import Campaign


def deliver_released(database: Database) -> None:
    """Deliver every released campaign, one transaction a batch; a killed worker's successor goes on where it was."""
    with database.reading() as session:
        running = session.scalars(select(Campaign.id).where(Campaign.state == "released")).all()
    for campaign_id in running:
        more = True
        while more:
            with database.writing() as session:
                more = deliver_batch(session, campaign_id)
