"""The network's stages."""

from __future__ import annotations

from typing import Any

from backend.core.http import Page, after, db, idempotent, page_schema, refuses
from backend.identity import actor, permit
from backend.installation import actions, queries
from backend.installation.errors import (
    OwnerUnknown,
    StageAhead,
    StageDone,
    StageOrder,
    StageUnknown,
    UnknownVillage,
)
from backend.installation.routes.blueprint import blp
from backend.installation.schemas import (
    NetworkStageDoneSchema,
    NetworkStageQuerySchema,
    NetworkStageRequestSchema,
    NetworkStageSchema,
)
from backend.programme import NoProgramme


@blp.route("/network-stages", methods=["POST"])
@permit("network_stage.plan", scope="area")
@idempotent
@blp.arguments(NetworkStageRequestSchema)
@blp.response(201, NetworkStageSchema)
@refuses(UnknownVillage, StageUnknown, OwnerUnknown, StageDone)
def plan_stage(body: dict[str, Any]) -> queries.StageView:
    """Give a stage of a village's network its owner and day, or change them while it is not done."""
    return actions.plan_stage(db(), actor(), **body)


@blp.route("/network-stages/<string:network_stage_id>/done", methods=["POST"])
@permit("network_stage.plan", scope="network_stage")
@idempotent
@blp.arguments(NetworkStageDoneSchema)
@blp.response(200, NetworkStageSchema)
@refuses(StageAhead, StageOrder, StageDone)
def finish_stage(body: dict[str, Any], network_stage_id: str) -> queries.StageView:
    """Mark a stage done on its real day, in the plan's order."""
    return actions.finish_stage(db(), actor(), network_stage_id=network_stage_id, done_on=body["done_on"])


@blp.route("/network-stages", methods=["GET"])
@permit("network_stage.see")
@blp.arguments(NetworkStageQuerySchema, location="query")
@blp.response(200, page_schema(NetworkStageSchema))
@refuses(NoProgramme)
def list_stages(query: dict[str, Any]) -> Page[queries.StageView]:
    """The dated stages of an area; a household's own are in its installation."""
    return queries.stages_in(
        db(), query["area_code"], path=query["path"], after=after(query["cursor"]), limit=query["limit"]
    )
