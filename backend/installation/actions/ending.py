"""Accept an installation, and hear from the household whether it is warm."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from backend.core import audit, clock
from backend.core.db import affected, new_id
from backend.core.events import publish
from backend.core.storage import attach_photos
from backend.identity import Actor
from backend.identity.roles import CADRE, TOWNSHIP
from backend.identity.roles import CONTRACTOR as MANAGER
from backend.installation.actions.progress import acts_for_another, held, reach
from backend.installation.actions.refusing import demand
from backend.installation.errors import (
    AcceptedAlready,
    HeatConfirmedAlready,
    ReworkUnexplained,
    WarmthByOwnHand,
)
from backend.installation.events import Accepted, HeatConfirmed
from backend.installation.models import Acceptance, HeatWord, Installation
from backend.installation.notices import accepted_notice, rework_notice, still_cold_notice
from backend.installation.queries import (
    AcceptanceView,
    InstallationStanding,
    acceptances_of,
    installed_or_accepted,
    standing_of,
    worked_there,
)
from backend.installation.rules.ending import PASSED, REWORK, RUNS, Ending, may_accept, may_confirm_heat
from backend.messaging import notify_role
from backend.programme import programme_for
from backend.registry import HouseholdView, tell_household


def record_acceptance(
    session: Session,
    actor: Actor,
    *,
    household_id: str,
    outcome: str,
    checklist: Mapping[str, bool],
    rework: str | None = None,
    old_heating_removed: bool = False,
    photo_ids: Sequence[str] = (),
    made_at: datetime | None = None,
) -> AcceptanceView:
    """Check an installation by another than who installed it; ``outcome`` passed or rework (with what to mend).

    Raises OwnWork, BuildFirst, KitIncomplete, AlarmUntested, ReworkOpen, ChecklistOpen, ReworkUnexplained,
    AcceptedAlready.
    """
    home = held(session, household_id)
    programme = programme_for(session, home.area_code)
    standing = standing_of(session, household_id)
    if outcome == REWORK and not rework:
        raise ReworkUnexplained("请写明要整改什么。", errors={"rework": ["必填。"]})
    if standing.accepted_at is not None:
        raise AcceptedAlready("这一户此前已经验收通过。")
    facts = Ending(
        installed=standing.installed_at is not None,
        missing=[f"{each.label}{each.count}件" for each in standing.missing],
        co_alarm_needed=standing.co_alarm_needed,
        co_alarm_tested=standing.co_alarm_tested_at is not None,
        own_work=worked_there(session, household_id, actor.person_id),
        rework_open=standing.rework_open,
        energised=standing.energised_at is not None,
        vacant=home.vacant,
        kit_clause=programme.path(home.path).clause,
        checklist=checklist,
    )
    demand(may_accept(facts, outcome, old_heating_removed), programme)
    row = Acceptance(
        id=new_id(),
        household_id=household_id,
        acceptor_id=actor.person_id,
        outcome=outcome,
        checklist=dict(checklist),
        rework=rework if outcome == REWORK else None,
        old_heating_removed=old_heating_removed,
        vacant=home.vacant,
        recorded_at=clock.now(),
        made_at=made_at,
    )
    session.add(row)
    session.flush()
    attach_photos(session, photo_ids, ("acceptance", row.id), actor.person_id)
    if checklist.get(RUNS) and facts.installed:
        reach(session, household_id, Installation.energised_at)
    _record(session, actor, home, "acceptance.recorded", {"acceptance_id": row.id, "outcome": outcome})
    if outcome == PASSED:
        _pass(session, home, row.id)
    else:
        _send_back(session, home, row.id, rework or "", standing.contractor_id)
    return next(each for each in acceptances_of(session, household_id) if each.id == row.id)


def _pass(session: Session, home: HouseholdView, acceptance_id: str) -> None:
    if not reach(session, home.id, Installation.accepted_at):
        raise AcceptedAlready("这一户刚刚由另一位验收员验收通过。")
    if home.vacant:
        affected(
            session,
            update(Installation).where(Installation.household_id == home.id).values(vacant_accepted=True),
        )
    publish(session, Accepted(home.id, clock.now()))
    tell_household(session, home.id, accepted_notice(home, acceptance_id), f"acceptance:{acceptance_id}")


def _send_back(
    session: Session, home: HouseholdView, acceptance_id: str, what: str, contractor_id: str | None
) -> None:
    affected(
        session,
        update(Installation).where(Installation.household_id == home.id).values(rework_at=clock.now()),
    )
    notice, key = rework_notice(home, acceptance_id, what), f"acceptance:{acceptance_id}"
    tell_household(session, home.id, notice, key)
    if contractor_id:
        notify_role(session, (MANAGER,), notice, key, company_id=contractor_id)


def say_warm(
    session: Session,
    actor: Actor,
    *,
    household_id: str,
    indoor_temperature_c: Decimal | None = None,
    made_at: datetime | None = None,
) -> InstallationStanding:
    """The household's word that it is warm: only this counts as complete; by the cadre for it, marked.

    Raises HeatConfirmedAlready, HouseVacant, NotAccepted, WarmthByOwnHand.
    """
    home = held(session, household_id)
    if installed_or_accepted(session, household_id, actor.person_id):
        raise WarmthByOwnHand("这一户是您安装或验收的。")
    standing = standing_of(session, household_id)
    decision = may_confirm_heat(
        standing.installed_at is not None,
        standing.accepted_at is not None,
        home.vacant,
        standing.heat_confirmed_at is not None,
    )
    demand(decision, programme_for(session, home.area_code))
    _keep_word(session, actor, home, True, indoor_temperature_c, made_at)
    if not reach(session, household_id, Installation.heat_confirmed_at):
        raise HeatConfirmedAlready("这一户已经确认供热。")
    reach(session, household_id, Installation.energised_at)
    publish(session, HeatConfirmed(household_id, clock.now()))
    return standing_of(session, household_id)


def say_cold(
    session: Session,
    actor: Actor,
    *,
    household_id: str,
    indoor_temperature_c: Decimal | None = None,
    made_at: datetime | None = None,
) -> InstallationStanding:
    """The household says that it is still cold: never refused; contractor, cadre and township are told at once (2)."""
    home = held(session, household_id)
    word_id = _keep_word(session, actor, home, False, indoor_temperature_c, made_at)
    affected(
        session,
        update(Installation)
        .where(Installation.household_id == household_id)
        .values(still_cold_at=clock.now()),
    )
    degrees = f"{indoor_temperature_c}" if indoor_temperature_c is not None else None
    notice, key = still_cold_notice(home, degrees), f"still-cold:{word_id}"
    notify_role(session, (CADRE,), notice, key, area_code=home.area_code)
    notify_role(session, (TOWNSHIP,), notice, key, area_code=home.area_code[:9])
    standing = standing_of(session, household_id)
    if standing.contractor_id:
        notify_role(session, (MANAGER,), notice, key, company_id=standing.contractor_id)
    return standing


def _keep_word(
    session: Session,
    actor: Actor,
    home: HouseholdView,
    warm: bool,
    indoor_temperature_c: Decimal | None,
    made_at: datetime | None,
) -> str:
    word = HeatWord(
        id=new_id(),
        household_id=home.id,
        warm=warm,
        indoor_temperature_c=indoor_temperature_c,
        said_by=actor.person_id,
        on_behalf=acts_for_another(actor, home.id),
        said_at=clock.now(),
        made_at=made_at,
    )
    session.add(word)
    session.flush()
    event = "heat.confirmed" if warm else "heat.still_cold"
    _record(session, actor, home, event, {"word_id": word.id, "on_behalf": word.on_behalf}, word.on_behalf)
    return word.id


def _record(
    session: Session,
    actor: Actor,
    home: HouseholdView,
    event: str,
    facts: dict[str, Any],
    on_behalf: bool = False,
) -> None:
    audit.record(
        session,
        actor.person_id,
        event,
        ("household", home.id),
        facts,
        behalf_of=home.id if on_behalf else None,
        area=home.area_code,
    )
