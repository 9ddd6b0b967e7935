"""Where installation's things are: what permissions are decided from."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.identity import Place
from backend.installation.models import (
    Acceptance,
    Booking,
    Contract,
    InstalledItem,
    NetworkStage,
    Slot,
    Visit,
)
from backend.installation.queries.contracts import companies_with_job
from backend.registry import place_of_household


def _place(session: Session, household_id: str, *company_ids: str) -> Place | None:
    home = place_of_household(session, household_id)
    if home is None:
        return None
    return Place(area_code=home.area_code, household_id=household_id, company_ids=company_ids)


def place_of_contract(session: Session, contract_id: str) -> Place | None:
    row = session.get(Contract, contract_id)
    return _place(session, row.household_id, row.contractor_id) if row else None


def place_of_slot(session: Session, slot_id: str) -> Place | None:
    row = session.get(Slot, slot_id)
    return Place(area_code=row.area_code, company_ids=(row.contractor_id,)) if row else None


def place_of_booking(session: Session, booking_id: str) -> Place | None:
    found = session.execute(
        select(Booking.household_id, Slot.contractor_id)
        .join(Slot, Slot.id == Booking.slot_id)
        .where(Booking.id == booking_id)
    ).first()
    return _place(session, found.household_id, found.contractor_id) if found else None


def place_of_visit(session: Session, visit_id: str) -> Place | None:
    row = session.get(Visit, visit_id)
    return _place(session, row.household_id, row.contractor_id) if row else None


def place_of_installed_item(session: Session, item_id: str) -> Place | None:
    row = session.get(InstalledItem, item_id)
    return _place(session, row.household_id, *companies_with_job(session, row.household_id)) if row else None


def place_of_acceptance(session: Session, acceptance_id: str) -> Place | None:
    row = session.get(Acceptance, acceptance_id)
    return _place(session, row.household_id, *companies_with_job(session, row.household_id)) if row else None


def place_of_network_stage(session: Session, stage_id: str) -> Place | None:
    row = session.get(NetworkStage, stage_id)
    return Place(area_code=row.area_code) if row else None
