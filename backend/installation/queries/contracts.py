"""Reads of contracts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.core.storage import photos_of
from backend.identity import Actor
from backend.identity.roles import CONTRACTOR, INSTALLER, LOOKERS, REPAIRER, VILLAGE_UP
from backend.installation.models import Contract
from backend.installation.rules.turns import permits_works
from backend.registry import place_of_household
from backend.supervision import company

_OFFICES: Final = VILLAGE_UP | LOOKERS
_OF_THE_CONTRACTOR: Final = frozenset({CONTRACTOR, INSTALLER, REPAIRER})


@dataclass(frozen=True, slots=True)
class ContractView:
    """A contract. ``confirmable_from``: the first day for the owner's second word, None without loan or lease."""

    id: str
    household_id: str
    contractor_id: str
    contractor_name: str
    signed_on: date
    own_share_fen: int
    summary: str
    financing: str
    confirmable_from: date | None
    recorded_at: datetime
    owner_confirmed_at: datetime | None
    owner_confirmed_on_behalf: bool
    witness: str | None
    ended_at: datetime | None
    end_reason: str | None
    photo_ids: tuple[str, ...]

    @property
    def permits_works(self) -> bool:
        return permits_works(self.confirmable_from, self.owner_confirmed_at is not None)


def contract_view(session: Session, row: Contract) -> ContractView:
    contractor = company(session, row.contractor_id)
    return ContractView(
        id=row.id,
        household_id=row.household_id,
        contractor_id=row.contractor_id,
        contractor_name=contractor.name if contractor else row.contractor_id,
        signed_on=row.signed_on,
        own_share_fen=row.own_share_fen,
        summary=row.summary,
        financing=row.financing,
        confirmable_from=row.confirmable_from,
        recorded_at=row.recorded_at,
        owner_confirmed_at=row.owner_confirmed_at,
        owner_confirmed_on_behalf=row.owner_confirmed_on_behalf,
        witness=row.witness,
        ended_at=row.ended_at,
        end_reason=row.end_reason,
        photo_ids=tuple(photo.id for photo in photos_of(session, ("contract", row.id))),
    )


def contract_of(session: Session, household_id: str) -> ContractView | None:
    """The household's standing contract."""
    row = session.scalar(
        select(Contract)
        .where(Contract.household_id == household_id, Contract.ended_at.is_(None))
        .execution_options(populate_existing=True)
    )
    return contract_view(session, row) if row else None


def contract_shown_to(session: Session, actor: Actor, household_id: str) -> ContractView | None:
    """The standing contract for whom its money concerns: the household, its offices, its own contractor; else None."""
    contract = contract_of(session, household_id)
    home = place_of_household(session, household_id)
    if contract is None or home is None or home.area_code is None:
        return None
    code = home.area_code
    if actor.tied_to(household_id) or any(
        held.company_id == contract.contractor_id
        if held.role in _OF_THE_CONTRACTOR
        else held.role in _OFFICES and code.startswith(held.area_code or "-")
        for held in actor.roles
    ):
        return contract
    return None


def contract_with(session: Session, contract_id: str) -> ContractView:
    return contract_view(session, session.get_one(Contract, contract_id, populate_existing=True))


def companies_with_job(session: Session, household_id: str) -> tuple[str, ...]:
    """Companies whose people may come to this house: the contractor installs and maintains (4.2.2)."""
    rows = session.scalars(
        select(Contract.contractor_id).where(
            Contract.household_id == household_id, Contract.ended_at.is_(None)
        )
    )
    return tuple(rows)
