"""Village outages: the same fault at many households of one village within hours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, false, func, or_, select
from sqlalchemy.orm import Session

from backend.core.http import Page, page_of
from backend.faults.models import Fault, VillageOutage
from backend.faults.rules import categories, states
from backend.identity import Actor
from backend.programme import area_label


@dataclass(frozen=True, slots=True)
class OutageView:
    """An outage with its households: how many were counted in, how many are still open."""

    id: str
    area_code: str
    village: str
    category: str
    category_label: str
    began_at: datetime
    flagged_at: datetime
    ended_at: datetime | None
    households: int
    open: int


def outage_view(session: Session, row: VillageOutage) -> OutageView:
    counted, closed = session.execute(
        select(func.count(), func.count(Fault.closed_at)).where(Fault.outage_id == row.id)
    ).one()
    return OutageView(
        row.id,
        row.area_code,
        area_label(session, row.area_code),
        row.category,
        categories.LABELS[row.category],
        row.began_at,
        row.flagged_at,
        row.ended_at,
        counted,
        counted - closed,
    )


def outage(session: Session, outage_id: str) -> OutageView:
    return outage_view(session, session.get_one(VillageOutage, outage_id, populate_existing=True))


def standing_outage(session: Session, area_code: str, category: str) -> str | None:
    return session.scalar(
        select(VillageOutage.id).where(
            VillageOutage.area_code == area_code,
            VillageOutage.category == category,
            VillageOutage.ended_at.is_(None),
        )
    )


def households_hit(
    session: Session, area_code: str, category: str, since: datetime
) -> tuple[int, datetime | None]:
    """How many households of a village have this fault open, reported since; and the first of these reports."""
    counted, first = session.execute(
        select(func.count(), func.min(Fault.reported_at)).where(
            Fault.area_code == area_code,
            Fault.category == category,
            Fault.reported_at >= since,
            Fault.state != states.CLOSED,
        )
    ).one()
    return counted, first


def outages(
    session: Session, actor: Actor, *, standing: bool | None, after: str, limit: int
) -> Page[OutageView]:
    """Outages within the actor's areas, or with a fault of the actor's company, the newest first."""
    reach = actor.reach("outage.see")
    inside: list[ColumnElement[bool]] = [VillageOutage.area_code.startswith(prefix) for prefix in reach.areas]
    if reach.companies:
        hit = and_(Fault.outage_id == VillageOutage.id, Fault.contractor_id.in_(reach.companies))
        inside.append(select(Fault.id).where(hit).exists())
    query = select(VillageOutage).where(or_(*inside) if inside else false())
    if after:
        query = query.where(VillageOutage.id < after)
    if standing is not None:
        query = query.where(
            VillageOutage.ended_at.is_(None) if standing else VillageOutage.ended_at.is_not(None)
        )
    rows = session.scalars(query.order_by(VillageOutage.id.desc()).limit(limit + 1)).all()
    return page_of(rows, limit, lambda row: row.id, lambda row: outage_view(session, row))
