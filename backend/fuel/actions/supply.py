"""Say which company brings fuel where, at which grade."""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.orm import Session

from backend.core import audit, clock
from backend.core.db import affected, insert_ignoring, new_id
from backend.fuel.errors import NotASupplier, WorksElsewhere
from backend.fuel.models import SupplyArea
from backend.fuel.queries import SupplyAreaView, supply_area_view
from backend.identity import Actor
from backend.supervision import FUEL_SUPPLIER, company


def assign_supplier(
    session: Session, actor: Actor, *, company_id: str, area_code: str, grade: str
) -> SupplyAreaView:
    """Give an area to a fuel supplier in place of whoever had it; orders already placed stay with their company.

    Of two at once the later one stands. ``grade`` is the one of the supply contract (4.1.1.5).
    Raises NotASupplier, WorksElsewhere.
    """
    supplier = company(session, company_id)
    if supplier is None or FUEL_SUPPLIER not in supplier.kinds:
        raise NotASupplier(f"企业 {company_id} 没有登记为燃料供应商。")
    if not supplier.works_in(area_code):
        raise WorksElsewhere(f"{supplier.name}登记的经营区域不包含 {area_code}。")
    values = {
        "id": new_id(),
        "company_id": company_id,
        "area_code": area_code,
        "grade": grade,
        "set_by": actor.person_id,
        "set_at": clock.now(),
    }
    standing = SupplyArea.ended_at.is_(None)
    while True:  # another turn only where somebody assigns the same area at the same moment
        affected(
            session,
            update(SupplyArea)
            .where(SupplyArea.area_code == area_code, standing)
            .values(ended_at=clock.now()),
        )
        if insert_ignoring(session, SupplyArea, values, ["area_code"], standing):
            break
    facts = {"company": company_id, "grade": grade}
    audit.record(
        session, actor.person_id, "fuel.supplier_assigned", ("area", area_code), facts, area=area_code
    )
    return supply_area_view(session.get_one(SupplyArea, str(values["id"])))
