"""Let a template rest that the platform refuses, and wake it when a person has looked."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backend.core import audit, clock, outbox
from backend.core.db import affected, insert_ignoring
from backend.identity.roles import ADMINISTRATOR
from backend.messaging.actions.telling import notify_role
from backend.messaging.models import WAITING, Delivery, PausedTemplate
from backend.messaging.notices import template_paused


def pause_template(session: Session, template_id: str, errcode: int, errmsg: str) -> bool:
    """Let a template rest and tell the administrators; False if it rested already."""
    values = {
        "template_id": template_id,
        "paused_at": clock.now(),
        "errcode": errcode,
        "errmsg": errmsg,
        "resumed_at": None,
        "resumed_by": None,
    }
    paused = insert_ignoring(session, PausedTemplate, values, ["template_id"]) or affected(
        session,
        update(PausedTemplate)
        .where(PausedTemplate.template_id == template_id, PausedTemplate.resumed_at.is_not(None))
        .values(**values),
    )
    if paused:
        audit.record(session, None, "template.paused", ("template", template_id), {"errcode": errcode})
        key = f"template-paused:{template_id}:{clock.now().isoformat()}"
        notify_role(session, (ADMINISTRATOR,), template_paused(template_id, errcode, errmsg), key)
    return bool(paused)


def resume_template(session: Session, by: str | None, template_id: str) -> bool:
    """Let a template be used again and its waiting messages go out; False if it does not rest."""
    resumed = affected(
        session,
        update(PausedTemplate)
        .where(PausedTemplate.template_id == template_id, PausedTemplate.resumed_at.is_(None))
        .values(resumed_at=clock.now(), resumed_by=by),
    )
    if resumed:
        rows = select(Delivery.outbox_id).where(
            Delivery.template_id == template_id,
            Delivery.reason == "template_paused",
            Delivery.state == WAITING,
        )
        affected(
            session,
            update(outbox.OutboxRow)
            .where(outbox.OutboxRow.id.in_(rows), outbox.OutboxRow.state == outbox.WAITING)
            .values(due_at=clock.now()),
        )
        audit.record(session, by, "template.resumed", ("template", template_id))
    return bool(resumed)
