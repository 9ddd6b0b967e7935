"""Put contracts on record, let owners confirm loans, end contracts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from backend.core import audit, clock
from backend.core.db import affected, insert_ignoring, new_id
from backend.core.errors import NotFound
from backend.core.law import day_in_words
from backend.core.storage import attach_photos
from backend.identity import Actor
from backend.identity.roles import CONTRACTOR as MANAGER
from backend.installation.actions.progress import lives_there
from backend.installation.actions.refusing import demand, refusal_in
from backend.installation.errors import (
    ContractEnded,
    ContractInUse,
    ContractMissing,
    ContractStands,
    CoolingOff,
    NoLoanToConfirm,
    NotAContractor,
    OwnerConfirmedAlready,
    WitnessMissing,
)
from backend.installation.models import Booking, Contract
from backend.installation.notices import confirmed_for_owner_notice, contracted_notice
from backend.installation.queries import ContractView, contract_of, contract_with
from backend.installation.rules.turns import NO_LOAN, Registration, confirmable_from, may_contract
from backend.programme import programme_for
from backend.registry import HouseholdView, household_or_refuse, tell_household
from backend.supervision import CONTRACTOR, CompanyView, company


def registration_of(home: HouseholdView) -> Registration:
    return Registration(
        home.confirmed_by_household_at is not None,
        home.confirmed_by_village_at is not None,
        home.participates,
    )


def _within_reach(actor: Actor, home: HouseholdView, contractor: CompanyView | None) -> bool:
    """A manager records own contracts where the company works; cadre and district those of their area."""
    if contractor is not None and contractor.works_in(home.area_code):
        if any(held.role == MANAGER and held.company_id == contractor.id for held in actor.roles):
            return True
    return actor.reach("contract.record").covers_area(home.area_code)


def record_contract(
    session: Session,
    actor: Actor,
    *,
    household_id: str,
    contractor_id: str,
    signed_on: date,
    own_share_fen: int,
    summary: str,
    financing: str,
    photo_ids: Sequence[str] = (),
) -> ContractView:
    """Put the household's contract on record (2); own share in fen, ``financing`` none, loan or lease.

    Raises NotConfirmed, TakesNoPart, SignedOutside, NotAContractor, ContractStands.
    """
    home = household_or_refuse(session, household_id)
    contractor = company(session, contractor_id)
    if not _within_reach(actor, home, contractor):
        raise NotFound("没有找到，或不在您的辖区、企业范围内。")
    if contractor is None or CONTRACTOR not in contractor.kinds or not contractor.works_in(home.area_code):
        raise NotAContractor(f"{contractor_id} 不在本地实施企业名单里。")
    programme = programme_for(session, home.area_code)
    demand(may_contract(registration_of(home), signed_on, programme.first_day, clock.today()), programme)
    again_from = (
        None
        if financing == NO_LOAN
        else confirmable_from(signed_on, clock.today(), programme.setting("loan_cooling_days"))
    )
    values = {
        "id": new_id(),
        "household_id": household_id,
        "contractor_id": contractor_id,
        "signed_on": signed_on,
        "own_share_fen": own_share_fen,
        "summary": summary,
        "financing": financing,
        "confirmable_from": again_from,
        "owner_confirmed_on_behalf": False,
        "recorded_by": actor.person_id,
        "recorded_at": clock.now(),
    }
    if not insert_ignoring(session, Contract, values, ["household_id"], where=Contract.ended_at.is_(None)):
        standing = contract_of(session, household_id)
        whom = f"与{standing.contractor_name}的" if standing else ""
        raise ContractStands(f"该户{whom}协议还有效，不能再登记一份。")
    contract_id = str(values["id"])
    attach_photos(session, photo_ids, ("contract", contract_id), actor.person_id)
    contract = contract_with(session, contract_id)
    facts = {
        "contract_id": contract_id,
        "contractor": contractor_id,
        "signed_on": signed_on.isoformat(),
        "own_share_fen": own_share_fen,
        "financing": financing,
    }
    _record(session, actor, home, "contract.recorded", facts)
    tell_household(session, household_id, contracted_notice(home, contract), f"contract:{contract_id}")
    return contract


def confirm_as_owner(
    session: Session, actor: Actor, *, household_id: str, witness: str | None = None
) -> ContractView:
    """The owner's second word on a loan or lease, after the cooling days (4.2.2).

    A resident's own word stands alone; a proxy's or cadre's only before a named witness, marked, and the residents are
    told: who acts for a household does not put it into debt unseen. Raises ContractMissing, NoLoanToConfirm, CoolingOff,
    OwnerConfirmedAlready, WitnessMissing.
    """
    home = household_or_refuse(session, household_id)
    contract = contract_of(session, household_id)
    if contract is None:
        raise ContractMissing("该户还没有登记改造协议。")
    if contract.confirmable_from is None:
        raise NoLoanToConfirm("这份协议没有贷款或租赁。")
    if clock.today() < contract.confirmable_from:
        raise refusal_in(
            programme_for(session, home.area_code),
            CoolingOff,
            f"这份协议{day_in_words(contract.confirmable_from)}起才能确认。",
            facts={"confirmable_from": contract.confirmable_from.isoformat()},
        )
    on_behalf = not lives_there(actor, household_id)
    if on_behalf and not witness:
        raise WitnessMissing("请填写在场见证人的姓名。", errors={"witness": ["必填。"]})
    confirmed = affected(
        session,
        update(Contract)
        .where(Contract.id == contract.id, Contract.owner_confirmed_at.is_(None), Contract.ended_at.is_(None))
        .values(
            owner_confirmed_at=clock.now(),
            owner_confirmed_by=actor.person_id,
            owner_confirmed_on_behalf=on_behalf,
            witness=witness,
        ),
    )
    if not confirmed:
        raise OwnerConfirmedAlready("这份协议户主已经确认过。")
    facts = {"contract_id": contract.id, "on_behalf": on_behalf}
    _record(session, actor, home, "contract.owner_confirmed", facts, on_behalf)
    contract = contract_with(session, contract.id)
    if on_behalf:
        notice = confirmed_for_owner_notice(home, contract, actor.name or "代办人")
        tell_household(session, household_id, notice, f"contract-confirmed:{contract.id}")
    return contract


def end_contract(session: Session, actor: Actor, *, contract_id: str, reason: str) -> ContractView:
    """End a contract with its reason; not while a booking stands. Raises ContractInUse, ContractEnded."""
    # A booking in the making holds this row: whoever comes second sees what the first has done.
    session.execute(select(Contract.id).where(Contract.id == contract_id).with_for_update())
    standing = exists().where(Booking.contract_id == contract_id, Booking.ended_at.is_(None))
    ended = affected(
        session,
        update(Contract)
        .where(Contract.id == contract_id, Contract.ended_at.is_(None), ~standing)
        .values(ended_at=clock.now(), ended_by=actor.person_id, end_reason=reason),
    )
    contract = contract_with(session, contract_id)
    if not ended:
        if contract.ended_at is not None:
            raise ContractEnded("这份协议此前已经终止。")
        raise ContractInUse("这份协议下还有没结束的预约。")
    home = household_or_refuse(session, contract.household_id)
    _record(session, actor, home, "contract.ended", {"contract_id": contract_id, "reason": reason})
    return contract


def _record(
    session: Session,
    actor: Actor,
    home: HouseholdView,
    event: str,
    facts: dict[str, object],
    on_behalf: bool = False,
) -> None:
    audit.record(
        session,
        actor.person_id,
        event,
        ("household", home.id),
        facts,
        behalf_of=home.id if on_behalf else None,
        area=home.area_code,
    )
