"""Put companies on record."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.orm import Session

from backend.core import audit, clock
from backend.core.db import insert_ignoring, insert_many_ignoring
from backend.supervision.errors import CompanyKnown
from backend.supervision.models import Company, CompanyKind
from backend.supervision.queries import CompanyView


def register_company(
    session: Session, *, id: str, name: str, kinds: Iterable[str], area_code: str, by: str | None
) -> CompanyView:
    """Register a company under its short code, to work within an area; raises CompanyKnown where the code is taken."""
    values = {
        "id": id,
        "name": name,
        "area_code": area_code,
        "registered_by": by,
        "registered_at": clock.now(),
    }
    if not insert_ignoring(session, Company, values, ["id"]):
        raise CompanyKnown(f"编号 {id} 已经登记过企业。")
    does = tuple(sorted(set(kinds)))
    rows = [{"company_id": id, "kind": kind} for kind in does]
    insert_many_ignoring(session, CompanyKind, rows, ["company_id", "kind"])
    audit.record(session, by, "company.registered", ("company", id), {"kinds": list(does)}, area=area_code)
    return CompanyView(id, name, area_code, does)
