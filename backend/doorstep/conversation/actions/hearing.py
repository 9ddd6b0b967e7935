"""Take what somebody wrote, and answer it at once."""

from __future__ import annotations

from sqlalchemy.orm import Session

from backend import faults
from backend.core import audit, clock
from backend.core.errors import NotFound, Problem
from backend.doorstep.conversation import notices, rules
from backend.doorstep.conversation.actions.dialogue import Talk, answer
from backend.doorstep.conversation.actions.entries import (
    Exchange,
    entry_with_key,
    write_reply,
    write_words,
)
from backend.doorstep.conversation.notices import Reply
from backend.doorstep.conversation.queries import household_last_spoken_of, last_question
from backend.doorstep.conversation.rules import Intent, understand
from backend.identity import Actor
from backend.programme import ProgrammeView, programme_for, programmes
from backend.registry import household_or_refuse


def thread_of(session: Session, actor: Actor, household_id: str | None) -> str | None:
    """The household that is spoken of: the one named, else the one spoken of last, else the first; None without any.

    Raises NotFound for a household that is not one's own.
    """
    if household_id is not None:
        if not actor.tied_to(household_id):
            raise NotFound("这不是您绑定的户。")
        return household_id
    last = household_last_spoken_of(session, actor.person_id)
    if last is not None and actor.tied_to(last):
        return last
    return actor.ties[0].household_id if actor.ties else None


def hear(
    session: Session, actor: Actor, *, text: str, channel: str, key: str, household_id: str | None = None
) -> Exchange:
    """Keep what was written, once by (person, ``key``), and answer it in the same breath. Raises NotFound.

    Whatever an action refuses is answered in its own words; a danger is always answered with what to do first.
    """
    home_id = thread_of(session, actor, household_id)
    said = write_words(session, actor.person_id, home_id, channel=channel, text=text, key=f"said:{key}")
    if said is None:
        return _as_before(session, actor, key)
    if home_id is None:
        intent = understand(text, None)
        reply = _unbound(session, intent)
    else:
        question = last_question(session, home_id, actor.person_id)
        intent = understand(text, question.asks)
        home = household_or_refuse(session, home_id)
        talk = Talk(actor, home, programme_for(session, home.area_code), said.id, question)
        reply = _answer(session, talk, intent)
    line = write_reply(
        session,
        actor.person_id,
        home_id,
        channel=channel,
        reply=reply,
        key=f"reply:{key}",
        after=said.id,
    )
    facts = {"channel": channel, "intent": intent.kind, "category": intent.category}
    audit.record(session, actor.person_id, "conversation.heard", ("conversation_entry", said.id), facts)
    return Exchange((said, line) if line else (said,), reply)


def _answer(session: Session, talk: Talk, intent: Intent) -> Reply:
    try:
        with session.begin_nested():
            return answer(session, talk, intent)
    except Problem as refusal:
        reply = notices.refused(refusal)
    if intent.category not in faults.DANGERS:
        return reply
    steps = notices.steps_text(faults.safety_advice(intent.category))
    return Reply(f"{steps}\n{reply.text}\n请马上拨打服务热线 {talk.plan.hotline.number}。")


def _as_before(session: Session, actor: Actor, key: str) -> Exchange:
    """The answer that this very message was given. Raises NotFound in the thread of a house that is one's own no more."""
    found = [entry_with_key(session, actor.person_id, f"{part}:{key}") for part in ("said", "reply")]
    entries = tuple(entry for entry in found if entry is not None)
    if any(entry.household_id is not None and not actor.tied_to(entry.household_id) for entry in entries):
        raise NotFound("这不是您绑定的户。")
    last = entries[-1]
    return Exchange(entries, Reply(last.text, last.options, card=last.card))


def _unbound(session: Session, intent: Intent) -> Reply:
    """For somebody of no household: what to do first, the hotline, how to bind."""
    plan = _some_plan(session)
    hotline = plan.hotline.number if plan else None
    if intent.kind == rules.FAULT and intent.category is not None:
        steps = faults.safety_advice(intent.category) or faults.tonight(
            intent.category, plan is not None and plan.in_heating_season(clock.today()), False
        )
        if steps:
            return notices.advice_unbound(steps, hotline)
    return notices.menu_unbound(hotline)


def _some_plan(session: Session) -> ProgrammeView | None:
    """The only county's plan, or the first one: nobody's area chooses here."""
    return next(iter(programmes(session)), None)
