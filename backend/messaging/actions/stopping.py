"""Where WeChat ends for a notice that cannot wait, others are told, who have other ways."""

from __future__ import annotations

import logging
from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.core.db import one_at_a_time
from backend.core.events import publish
from backend.messaging.events import MessageStopped
from backend.messaging.models import ACCEPTED, Delivery, InboxEntry, SentReport
from backend.messaging.topics import is_urgent

log = logging.getLogger("backend.messaging")


def tell_of_stopped(session: Session, delivery_ids: Collection[str]) -> None:
    """Publish MessageStopped for each delivery of an urgent topic; of the others the inbox is enough."""
    entries = session.scalars(
        select(InboxEntry)
        .join(Delivery, Delivery.notice_id == InboxEntry.id)
        .where(Delivery.id.in_(delivery_ids))
        .order_by(InboxEntry.id)
    ).all()
    for entry in entries:
        if not is_urgent(entry.topic):
            continue
        stopped = MessageStopped(
            entry.person_id, entry.household_id, entry.key, entry.title, entry.body, entry.topic
        )
        try:
            with session.begin_nested():
                publish(session, stopped)
        except Exception:  # what became of the message is written down all the same
            log.exception("nobody else could be told of a message that stopped")


def tell_if_it_failed(session: Session, msgid: str) -> None:
    """As above for a message that the platform took and then did not deliver. Called when it took it and when it said
    that it failed, as either may come first."""
    one_at_a_time(session, f"msgid {msgid}")  # else each of the two might not see the other
    failed = session.scalars(
        select(Delivery.id)
        .join(SentReport, SentReport.msgid == Delivery.msgid)
        .where(Delivery.msgid == msgid, Delivery.state == ACCEPTED, SentReport.error_code != 0)
    ).all()
    if failed:
        tell_of_stopped(session, failed)
