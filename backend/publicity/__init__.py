"""Campaigns: public-awareness messages, written by one and released by another (9.3)."""

from backend.publicity.models import Campaign
from backend.publicity.queries import CampaignView, campaign, place_of_campaign

__all__ = ["Campaign", "CampaignView", "campaign", "place_of_campaign"]
