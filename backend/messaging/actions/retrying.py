"""Let a message that stopped be tried again: a person's decision, on record."""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.orm import Session

from backend.core import audit, clock, outbox
from backend.core.db import affected
from backend.core.errors import NotFound
from backend.messaging.errors import MessageNotStopped, MessageTooOld
from backend.messaging.models import WAITING, Delivery
from backend.messaging.queries import message


def retry_message(session: Session, by: str | None, message_id: str) -> None:
    """Have one more try made. What is unknown may arrive a second time; the doubt stays on record.

    ``by``: who decided, None for a command. Raises NotFound, MessageTooOld, MessageNotStopped.
    """
    found = message(session, message_id)
    if found is None:
        raise NotFound("没有这条消息。")
    if found.lasts_until < clock.now():
        raise MessageTooOld(f"该消息的时效到{clock.local_time(found.lasts_until):%Y-%m-%d %H:%M}为止。")
    if not outbox.retry(session, [message_id]):
        raise MessageNotStopped(f"现在的状态：{found.state_label}。")
    affected(
        session,
        update(Delivery)
        .where(Delivery.outbox_id == message_id)
        .values(state=WAITING, reason="tried_again", changed_at=clock.now()),
    )
    facts = {"was": found.state, "doubts": found.doubts}
    audit.record(session, by, "message.retried", ("message", message_id), facts)
