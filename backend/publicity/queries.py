"""Campaigns as their makers see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import false, or_, select
from sqlalchemy.orm import Session

from backend.core.http import Page, page_of
from backend.identity import Actor, Place
from backend.publicity.models import Campaign
from backend.registry import count_people_in


@dataclass(frozen=True, slots=True)
class CampaignView:
    """A campaign; ``audience`` is how many people it can reach now, ``reached`` how many it has."""

    id: str
    area_code: str
    path: str | None
    title: str
    body: str
    state: str
    written_by: str
    written_at: datetime
    released_by: str | None
    released_at: datetime | None
    ended_at: datetime | None
    reached: int
    audience: int


def _view(row: Campaign, audience: int) -> CampaignView:
    return CampaignView(
        id=row.id,
        area_code=row.area_code,
        path=row.path,
        title=row.title,
        body=row.body,
        state=row.state,
        written_by=row.written_by,
        written_at=row.written_at,
        released_by=row.released_by,
        released_at=row.released_at,
        ended_at=row.ended_at,
        reached=row.reached,
        audience=audience,
    )


def campaign(session: Session, campaign_id: str) -> CampaignView:
    row = session.get_one(Campaign, campaign_id, populate_existing=True)
    return _view(row, count_people_in(session, row.area_code, row.path))


def place_of_campaign(session: Session, campaign_id: str) -> Place | None:
    area = session.scalar(select(Campaign.area_code).where(Campaign.id == campaign_id))
    return Place(area_code=area) if area else None


def campaigns(session: Session, actor: Actor, *, after: str, limit: int) -> Page[CampaignView]:
    """The campaigns of the actor's areas; an audience is counted once, however many campaigns a page has for it."""
    inside = [Campaign.area_code.startswith(prefix) for prefix in actor.reach("campaign.see").areas]
    rows = session.scalars(
        select(Campaign)
        .where(or_(*inside) if inside else false(), Campaign.id > after)
        .order_by(Campaign.id)
        .limit(limit + 1)
    ).all()
    audiences = {
        (area_code, path): count_people_in(session, area_code, path)
        for area_code, path in {(row.area_code, row.path) for row in rows[:limit]}
    }
    return page_of(
        rows, limit, lambda row: row.id, lambda row: _view(row, audiences[row.area_code, row.path])
    )
