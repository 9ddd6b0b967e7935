"""The plan and the areas are public: anybody may know what is due to whom, and by which clause."""

from __future__ import annotations

from typing import Any

from backend.core.http import Page, after, blueprint, db, page_schema, refuses
from backend.identity import open_to_all
from backend.programme.errors import NoProgramme
from backend.programme.plan import ProgrammeView
from backend.programme.queries import AreaView, areas_page, programme_for, the_programme
from backend.programme.schemas import (
    AreaSchema,
    AreasQuerySchema,
    ProgrammeQuerySchema,
    ProgrammeSchema,
)

blp = blueprint("programme", "The county's plan: paths, kits, targets, milestones, clauses; and its areas")


@blp.route("/programme", methods=["GET"])
@open_to_all
@blp.arguments(ProgrammeQuerySchema, location="query")
@blp.response(200, ProgrammeSchema)
@refuses(NoProgramme)
def show_programme(query: dict[str, Any]) -> ProgrammeView:
    """The plan in force for an area, or the only one."""
    if query["area_code"] is None:
        return the_programme(db())
    return programme_for(db(), query["area_code"])


@blp.route("/areas", methods=["GET"])
@open_to_all
@blp.arguments(AreasQuerySchema, location="query")
@blp.response(200, page_schema(AreaSchema))
def list_areas(query: dict[str, Any]) -> Page[AreaView]:
    """The areas directly under another, by code; the districts where none is named."""
    return areas_page(db(), query["parent"], after(query["cursor"]), query["limit"])
