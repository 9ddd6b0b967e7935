"""Campaigns over HTTP."""

from __future__ import annotations

from typing import Any

from backend.core.http import (
    Page,
    PagingSchema,
    ReasonGivenSchema,
    after,
    blueprint,
    db,
    idempotent,
    page_schema,
    refuses,
)
from backend.identity import actor, permit
from backend.publicity import actions, queries
from backend.publicity.errors import NobodyToReach, NotADraft, NotRunning, TwoPeopleNeeded
from backend.publicity.schemas import CampaignRequestSchema, CampaignSchema

blp = blueprint("publicity", "Campaigns: written by one, released by another")


@blp.route("/campaigns", methods=["POST"])
@permit("campaign.write", scope="area")
@idempotent
@blp.arguments(CampaignRequestSchema)
@blp.response(201, CampaignSchema)
def write_campaign(body: dict[str, Any]) -> queries.CampaignView:
    """Editor: draft a campaign; the answer tells how many people it can reach."""
    return actions.write_campaign(db(), actor(), **body)


@blp.route("/campaigns", methods=["GET"])
@permit("campaign.see")
@blp.arguments(PagingSchema, location="query")
@blp.response(200, page_schema(CampaignSchema))
def list_campaigns(query: dict[str, Any]) -> Page[queries.CampaignView]:
    """The campaigns of one's area."""
    return queries.campaigns(db(), actor(), after=after(query["cursor"]), limit=query["limit"])


@blp.route("/campaigns/<string:campaign_id>", methods=["GET"])
@permit("campaign.see", scope="campaign")
@blp.response(200, CampaignSchema)
def show_campaign(campaign_id: str) -> queries.CampaignView:
    """One campaign, how many it can reach and has reached."""
    return queries.campaign(db(), campaign_id)


@blp.route("/campaigns/<string:campaign_id>/release", methods=["POST"])
@permit("campaign.release", scope="campaign")
@idempotent
@blp.response(200, CampaignSchema)
@refuses(TwoPeopleNeeded, NotADraft, NobodyToReach)
def release_campaign(campaign_id: str) -> queries.CampaignView:
    """Releaser: release another's draft; the worker delivers it."""
    return actions.release_campaign(db(), actor(), campaign_id=campaign_id)


@blp.route("/campaigns/<string:campaign_id>/stop", methods=["POST"])
@permit("campaign.release", scope="campaign")
@idempotent
@blp.arguments(ReasonGivenSchema)
@blp.response(200, CampaignSchema)
@refuses(NotRunning)
def stop_campaign(body: dict[str, Any], campaign_id: str) -> queries.CampaignView:
    """Releaser: stop a draft, or a delivery under way."""
    return actions.stop_campaign(db(), actor(), campaign_id=campaign_id, reason=body["reason"])
