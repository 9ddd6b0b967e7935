"""Flag a village outage when enough households have the same fault, and end it when the last is closed."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import case, func, select, update
from sqlalchemy.orm import Session

from backend.core import audit, clock
from backend.core.db import affected, insert_ignoring, new_id
from backend.faults import notices
from backend.faults.actions.telling import tell_role
from backend.faults.models import Fault, VillageOutage
from backend.faults.queries.outages import households_hit, outage, standing_outage
from backend.faults.rules import states
from backend.identity.roles import CADRE, CONTRACTOR, DISTRICT, TOWNSHIP
from backend.programme import ProgrammeView, programme_for


def watch_village(
    session: Session, programme: ProgrammeView, area_code: str, category: str, fault_id: str | None = None
) -> str | None:
    """Count a village's open faults of a category within the programme's hours; the outage's id where there is one.

    ``fault_id``: a fault just reported, which joins an outage that stands.
    """
    standing = standing_outage(session, area_code, category)
    if standing is not None:
        if fault_id is not None:
            affected(session, update(Fault).where(Fault.id == fault_id).values(outage_id=standing))
        return standing
    since = clock.now() - timedelta(hours=programme.setting("village_outage_hours"))
    hit, first = households_hit(session, area_code, category, since)
    if hit < programme.setting("village_outage_households") or first is None:
        return None
    return _flag(session, area_code, category, since, first)


def _flag(session: Session, area_code: str, category: str, since: datetime, first: datetime) -> str | None:
    outage_id = new_id()
    values = {
        "id": outage_id,
        "area_code": area_code,
        "category": category,
        "began_at": first,
        "flagged_at": clock.now(),
    }
    standing = VillageOutage.ended_at.is_(None)
    if not insert_ignoring(session, VillageOutage, values, ["area_code", "category"], standing):
        return standing_outage(session, area_code, category)
    inside = (
        Fault.area_code == area_code,
        Fault.category == category,
        Fault.state != states.CLOSED,
        Fault.reported_at >= since,
    )
    affected(session, update(Fault).where(*inside).values(outage_id=outage_id))
    facts = {"category": category}
    audit.record(session, None, "outage.flagged", ("outage", outage_id), facts, area=area_code)
    notice, key = notices.village_outage(outage(session, outage_id)), f"outage:{outage_id}"
    for role in (CADRE, TOWNSHIP, DISTRICT):
        tell_role(session, role, area_code, None, notice, key)
    contractors = session.scalars(
        select(Fault.contractor_id)
        .where(Fault.outage_id == outage_id, Fault.contractor_id.is_not(None))
        .distinct()
    )
    for contractor_id in contractors.all():
        tell_role(session, CONTRACTOR, area_code, contractor_id, notice, key)
    return outage_id


def close_over(session: Session, outage_id: str | None) -> None:
    """End an outage of which no fault is open any more."""
    if outage_id is None:
        return
    still_open = select(Fault.id).where(Fault.outage_id == outage_id, Fault.state != states.CLOSED).exists()
    ended = affected(
        session,
        update(VillageOutage)
        .where(VillageOutage.id == outage_id, VillageOutage.ended_at.is_(None), ~still_open)
        .values(ended_at=clock.now()),
    )
    if ended:
        area = session.scalar(select(VillageOutage.area_code).where(VillageOutage.id == outage_id))
        audit.record(session, None, "outage.ended", ("outage", outage_id), area=area)


def watch_again(session: Session, area_code: str, category: str) -> None:
    """As ``watch_village`` without a new report: reports made at once do not see each other before they commit."""
    standing = watch_village(session, programme_for(session, area_code), area_code, category)
    if standing is not None:
        began = session.scalar(select(VillageOutage.began_at).where(VillageOutage.id == standing))
        affected(
            session,
            update(Fault)
            .where(
                Fault.area_code == area_code,
                Fault.category == category,
                Fault.state != states.CLOSED,
                Fault.outage_id.is_(None),
                Fault.reported_at >= began,
            )
            .values(outage_id=standing),
        )


def villages_to_watch(session: Session) -> list[tuple[str, str]]:
    """(village, category) with open faults outside an outage: enough of them to look, or beside a standing one."""
    beside = (
        select(VillageOutage.id)
        .where(
            VillageOutage.area_code == Fault.area_code,
            VillageOutage.category == Fault.category,
            VillageOutage.ended_at.is_(None),
        )
        .exists()
    )
    rows = session.execute(
        select(Fault.area_code, Fault.category, func.count(), func.max(case((beside, 1), else_=0)))
        .where(Fault.state != states.CLOSED, Fault.outage_id.is_(None))
        .group_by(Fault.area_code, Fault.category)
        .order_by(Fault.area_code, Fault.category)
    )
    return [
        (area_code, category)
        for area_code, category, count, standing in rows.all()
        if standing or count >= programme_for(session, area_code).setting("village_outage_households")
    ]
