"""How a campaign reaches a person."""

from __future__ import annotations

from backend.messaging import Notice, Topic
from backend.publicity.models import Campaign

TOPICS = (Topic("publicity.campaign", "宣传推送", None),)


def campaign_notice(campaign: Campaign) -> Notice:
    return Notice(
        topic="publicity.campaign",
        title=campaign.title,
        body=campaign.body,
        about=("campaign", campaign.id),
        page=f"pages/inbox/index?campaign={campaign.id}",
    )
