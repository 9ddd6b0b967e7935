"""A cadre answers in a household's thread."""

from __future__ import annotations

from sqlalchemy.orm import Session

from backend.core import audit
from backend.doorstep.conversation import notices
from backend.doorstep.conversation.actions.entries import entry_with_key, write_words
from backend.doorstep.conversation.models import APP, CADRE
from backend.doorstep.conversation.queries import EntryView
from backend.identity import Actor
from backend.registry import household_or_refuse, tell_household


def answer_household(session: Session, actor: Actor, *, household_id: str, text: str, key: str) -> EntryView:
    """Write into the household's thread as its cadre, and tell the household. Raises NotFound."""
    home = household_or_refuse(session, household_id)
    key = f"answer:{household_id}:{key}"
    line = write_words(session, actor.person_id, home.id, channel=APP, text=text, key=key, who=CADRE)
    if line is None:
        before = entry_with_key(session, actor.person_id, key)
        assert before is not None
        return before
    tell_household(
        session, home.id, notices.answered_notice(home, actor.name, text), f"conversation.answered:{line.id}"
    )
    audit.record(
        session,
        actor.person_id,
        "conversation.answered",
        ("household", home.id),
        {"entry_id": line.id},
        area=home.area_code,
    )
    return line
