"""Contracts: record, confirm a loan, end."""

from __future__ import annotations

from typing import Any

from backend.core.http import ReasonGivenSchema, db, idempotent, refuses
from backend.core.storage import PhotoMissing, PhotoTaken
from backend.identity import actor, permit, shown_by
from backend.installation import actions, queries
from backend.installation.errors import (
    ContractEnded,
    ContractInUse,
    ContractMissing,
    ContractStands,
    CoolingOff,
    NoLoanToConfirm,
    NotAContractor,
    NotConfirmed,
    OwnerConfirmedAlready,
    SignedOutside,
    TakesNoPart,
    WitnessMissing,
)
from backend.installation.notices import AFTER_CONTRACT
from backend.installation.routes.blueprint import blp
from backend.installation.routes.cold import tells_of_cold_house
from backend.installation.schemas import (
    ContractAnswerSchema,
    ContractRequestSchema,
    ContractSchema,
    OwnerConfirmationSchema,
)
from backend.messaging import with_templates_to_ask


@blp.route("/households/<string:household_id>/contract", methods=["POST"])
@permit("contract.record")
@idempotent
@blp.arguments(ContractRequestSchema)
@blp.response(201, ContractSchema)
@refuses(
    NotConfirmed, TakesNoPart, SignedOutside, NotAContractor, ContractStands, PhotoMissing, PhotoTaken
)  # fmt: skip
@tells_of_cold_house
def record_contract(body: dict[str, Any], household_id: str) -> queries.ContractView:
    """Put the household's contract on record: plan first, then contract, then works (2)."""
    shown_by("installation.see", "household", household_id)
    return actions.record_contract(db(), actor(), household_id=household_id, **body)


@blp.route("/households/<string:household_id>/contract/owner-confirmation", methods=["POST"])
@permit("contract.confirm", scope="household")
@idempotent
@blp.arguments(OwnerConfirmationSchema)
@blp.response(200, ContractAnswerSchema)
@refuses(ContractMissing, NoLoanToConfirm, CoolingOff, OwnerConfirmedAlready, WitnessMissing)
@tells_of_cold_house
def confirm_as_owner(body: dict[str, Any], household_id: str) -> dict[str, Any]:
    """The owner's second word on a loan or lease, after the cooling days (4.2.2)."""
    contract = actions.confirm_as_owner(db(), actor(), household_id=household_id, witness=body["witness"])
    return with_templates_to_ask(db(), actor(), contract, AFTER_CONTRACT, only_of=household_id)


@blp.route("/contracts/<string:contract_id>/end", methods=["POST"])
@permit("contract.end", scope="contract")
@idempotent
@blp.arguments(ReasonGivenSchema)
@blp.response(200, ContractSchema)
@refuses(ContractInUse, ContractEnded)
def end_contract(body: dict[str, Any], contract_id: str) -> queries.ContractView:
    """End a contract with its reason, so that another may be signed."""
    return actions.end_contract(db(), actor(), contract_id=contract_id, reason=body["reason"])
