"""Write, release and stop a campaign; deliver it, a batch at a time (9.3)."""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.orm import Session

from backend.core import audit, clock
from backend.core.db import affected, new_id
from backend.identity import Actor
from backend.messaging import notify
from backend.publicity.errors import NobodyToReach, NotADraft, NotRunning, TwoPeopleNeeded
from backend.publicity.models import Campaign
from backend.publicity.notices import campaign_notice
from backend.publicity.queries import CampaignView, campaign
from backend.registry import count_people_in, people_in

BATCH = 200


def write_campaign(
    session: Session, actor: Actor, *, area_code: str, path: str | None, title: str, body: str
) -> CampaignView:
    """Draft a campaign for the people of an area, or of its households on one path."""
    row = Campaign(
        id=new_id(),
        area_code=area_code,
        path=path,
        title=title,
        body=body,
        state="draft",
        written_by=actor.person_id,
        written_at=clock.now(),
        reached=0,
        reached_until="",
    )
    session.add(row)
    session.flush()
    audit.record(
        session, actor.person_id, "campaign.written", ("campaign", row.id), {"title": title}, area=area_code
    )
    return campaign(session, row.id)


def release_campaign(session: Session, actor: Actor, *, campaign_id: str) -> CampaignView:
    """Release another's draft. Raises TwoPeopleNeeded, NotADraft, NobodyToReach."""
    row = session.get_one(Campaign, campaign_id)
    if row.written_by == actor.person_id:
        raise TwoPeopleNeeded("这条宣传是您自己写的，不能由您发布。")
    audience = count_people_in(session, row.area_code, row.path)
    if row.state == "draft" and audience == 0:
        raise NobodyToReach()
    released = affected(
        session,
        update(Campaign)
        .where(Campaign.id == campaign_id, Campaign.state == "draft")
        .values(state="released", released_by=actor.person_id, released_at=clock.now()),
    )
    if not released:
        raise NotADraft("这条宣传此前已经发布或停止。")
    facts = {"audience": audience}
    audit.record(
        session, actor.person_id, "campaign.released", ("campaign", campaign_id), facts, area=row.area_code
    )
    return campaign(session, campaign_id)


def stop_campaign(session: Session, actor: Actor, *, campaign_id: str, reason: str) -> CampaignView:
    """Stop a draft, or a delivery under way; who has got it keeps it. Raises NotRunning."""
    row = session.get_one(Campaign, campaign_id)
    stopped = affected(
        session,
        update(Campaign)
        .where(Campaign.id == campaign_id, Campaign.state.in_(("draft", "released")))
        .values(state="stopped", ended_at=clock.now()),
    )
    if not stopped:
        raise NotRunning("这条宣传已经发完或已停止。")
    audit.record(
        session,
        actor.person_id,
        "campaign.stopped",
        ("campaign", campaign_id),
        {"reason": reason},
        area=row.area_code,
    )
    return campaign(session, campaign_id)


def deliver_batch(session: Session, campaign_id: str, limit: int = BATCH) -> bool:
    """Put a released campaign into the next ``limit`` inboxes; False when there is nothing left to do.

    The place where it goes on moves in the same transaction as the inboxes, and an inbox takes each campaign once.
    """
    row = session.get_one(Campaign, campaign_id, with_for_update=True, populate_existing=True)
    if row.state != "released":
        return False
    people = people_in(session, row.area_code, row.path, after=row.reached_until, limit=limit)
    if not people:
        row.state, row.ended_at = "delivered", clock.now()
        session.flush()
        return False
    row.reached += notify(session, people, campaign_notice(row), f"campaign:{row.id}")
    row.reached_until = people[-1]
    session.flush()
    return True
