"""What whoever stands at the door can do there and then: fit and test an alarm, explain safe use (4.1.1.5)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from backend.core import audit, clock
from backend.core.db import new_id
from backend.identity import Actor
from backend.installation.actions.progress import held, reach
from backend.installation.actions.refusing import refusal_in
from backend.installation.actions.visits import kit_item_for, open_visit, place_item
from backend.installation.errors import AlarmSilent, SerialMissing
from backend.installation.models import AlarmTest, Briefing, Installation, InstalledItem, Visit
from backend.installation.notices import alarm_fitted_notice
from backend.installation.queries import InstallationStanding, missing_in, standing_of
from backend.installation.rules.kit import CO_ALARM, plain_serial
from backend.programme import programme_for
from backend.registry import HouseholdView, household_or_refuse, tell_household


def fit_co_alarm(
    session: Session,
    actor: Actor,
    *,
    household_id: str,
    serial: str,
    room: str,
    test_beep: bool,
    model: str | None = None,
    made_at: datetime | None = None,
    visit_id: str | None = None,
) -> InstallationStanding:
    """Fit an alarm, or find the one already recorded, and record its test beep; by installer, driver or cadre.

    Raises AlarmSilent, SerialMissing, SerialTaken, NotOfThisKit.
    """
    home = held(session, household_id)
    programme = programme_for(session, home.area_code)
    if not test_beep:
        raise refusal_in(programme, AlarmSilent, f"{room}的报警器试响没有声音，不能登记。")
    item_id = _standing_alarm(session, household_id, serial)
    if item_id is None:
        wanted = kit_item_for(programme, home, CO_ALARM)
        item_id = place_item(
            session,
            actor,
            home,
            wanted,
            visit_id=visit_id,
            serial=serial,
            model=model,
            rooms=(room,),
            made_at=made_at,
        ).id
    session.add(
        AlarmTest(
            id=new_id(),
            household_id=household_id,
            item_id=item_id,
            room=room,
            tested_by=actor.person_id,
            tested_at=clock.now(),
            made_at=made_at,
        )
    )
    reach(session, household_id, Installation.co_alarm_tested_at)
    _record(session, actor, home, "co_alarm.tested", {"item_id": item_id, "room": room})
    if visit_id is None:
        _complete_at_the_door(session, actor, home)
    tell_household(
        session, household_id, alarm_fitted_notice(home, room), f"co-alarm:{item_id}:{clock.today()}"
    )
    return standing_of(session, household_id)


def _complete_at_the_door(session: Session, actor: Actor, home: HouseholdView) -> None:
    """Where the alarm was all that a finished visit had left to bring, the house is installed now, and waits for no other."""
    visited = exists().where(Visit.household_id == home.id, Visit.finished_at.is_not(None))
    if not session.scalar(select(visited)):
        return
    if missing_in(session, home, programme_for(session, home.area_code).path(home.path)):
        return
    if reach(session, home.id, Installation.installed_at):
        _record(session, actor, home, "household.installed", {"by": "co_alarm"})


def _standing_alarm(session: Session, household_id: str, serial: str) -> str | None:
    key = plain_serial(serial)
    if not key:
        raise SerialMissing("请填写报警器上的编号。", errors={"serial": ["必填。"]})
    return session.scalar(
        select(InstalledItem.id).where(
            InstalledItem.household_id == household_id,
            InstalledItem.kind == CO_ALARM,
            InstalledItem.serial_key == key,
            InstalledItem.removed_at.is_(None),
        )
    )


def fit_alarm_at_visit(
    session: Session, actor: Actor, *, visit_id: str, **alarm: Any
) -> InstallationStanding:
    """As fit_co_alarm, within a visit. Raises VisitOver too."""
    _, home = open_visit(session, visit_id)
    return fit_co_alarm(session, actor, household_id=home.id, visit_id=visit_id, **alarm)


def brief_at_visit(
    session: Session, actor: Actor, *, visit_id: str, given_to: str, made_at: datetime | None = None
) -> InstallationStanding:
    """As brief_household, within a visit. Raises VisitOver too."""
    _, home = open_visit(session, visit_id)
    return brief_household(session, actor, household_id=home.id, given_to=given_to, made_at=made_at)


def brief_household(
    session: Session, actor: Actor, *, household_id: str, given_to: str, made_at: datetime | None = None
) -> InstallationStanding:
    """Safe use was explained at the house to a named person who stays there; may be repeated, every time is kept."""
    home = household_or_refuse(session, household_id)
    briefing = Briefing(
        id=new_id(),
        household_id=household_id,
        given_to=given_to,
        given_by=actor.person_id,
        given_at=clock.now(),
        made_at=made_at,
    )
    session.add(briefing)
    reach(session, household_id, Installation.briefing_given_at)
    _record(session, actor, home, "household.briefed", {"briefing_id": briefing.id})
    return standing_of(session, household_id)


def _record(session: Session, actor: Actor, home: HouseholdView, event: str, facts: dict[str, Any]) -> None:
    audit.record(session, actor.person_id, event, ("household", home.id), facts, area=home.area_code)
