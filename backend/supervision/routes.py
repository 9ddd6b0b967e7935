"""Companies."""

from __future__ import annotations

from typing import Any

from backend.core.http import Page, after, blueprint, db, idempotent, page_schema, refuses
from backend.identity import actor, permit
from backend.supervision import actions, queries
from backend.supervision.errors import CompanyKnown
from backend.supervision.schemas import CompanyQuerySchema, CompanyRequestSchema, CompanySchema

blp = blueprint("supervision", "Companies that install, maintain and supply")


@blp.route("/companies", methods=["POST"])
@permit("company.register", scope="area")
@idempotent
@blp.arguments(CompanyRequestSchema)
@blp.response(201, CompanySchema)
@refuses(CompanyKnown)
def register_company(body: dict[str, Any]) -> queries.CompanyView:
    """Register a company with what it does (8.4)."""
    return actions.register_company(db(), **body, by=actor().person_id)


@blp.route("/companies", methods=["GET"])
@permit("company.see")
@blp.arguments(CompanyQuerySchema, location="query")
@blp.response(200, page_schema(CompanySchema))
def list_companies(query: dict[str, Any]) -> Page[queries.CompanyView]:
    """The companies of the programme, or those of one kind."""
    return queries.companies(db(), kind=query["kind"], after=after(query["cursor"]), limit=query["limit"])
