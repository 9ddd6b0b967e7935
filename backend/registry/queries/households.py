"""Households as others may see them, their codes, the people tied to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from sqlalchemy import ColumnElement, Select, Text, and_, cast, false, func, or_, select
from sqlalchemy.orm import Session

from backend.core.crypto import mask_id, mask_phone
from backend.core.errors import NotFound
from backend.core.http import Page, page_of
from backend.identity import Actor, PersonView, Place, Reach, Tie, person
from backend.registry.errors import StickerReplaced, StickerRevoked, UnknownCode
from backend.registry.models import HeldRow, Household, HouseholdTie, ListImport, Sticker
from backend.registry.rules import household_code
from backend.registry.rules.cleaning import masked_text
from backend.registry.rules.id_number import age_on, born_on
from backend.registry.rules.remedies import REMEDIES, Outcome, Remedy

# What was flagged after the list was taken in.
_LATER_FLAGS: Final = {
    "confirmed.by_proxy": Remedy(Outcome.FLAGGED, "由代办人替住户确认", "锁定前请向住户核实"),
    "confirmed.by_cadre": Remedy(Outcome.FLAGGED, "由村干部替住户确认", "锁定前请向住户或见证人核实"),
}
_NOT_HERE: Final = "没有找到这一户，或该户已合并、退出。"


@dataclass(frozen=True, slots=True)
class FlagNote:
    """What is to be looked at in an entry, and what to do about it (8.1)."""

    code: str
    problem: str
    remedy: str


@dataclass(frozen=True, slots=True)
class HouseholdView:
    """A household; ``code`` is the one on its valid sticker.

    Its ID number and phone are masked, also where they were typed into its name, address or remark.
    """

    id: str
    code: str | None
    programme_id: str
    area_code: str
    path: str
    head_name: str
    id_number_masked: str | None
    phone_masked: str | None
    police_no: str | None
    village_registered: bool | None
    people: int | None
    address: str
    courtyard: str | None
    floor_area_m2: Decimal | None
    remark: str | None
    vacant: bool
    arrangement: str | None
    participates: bool
    flags: tuple[str, ...]
    confirmed_by_household_at: datetime | None
    confirmed_by_village_at: datetime | None
    sent_back_at: datetime | None
    sent_back_reason: str | None
    locked_at: datetime | None
    active: bool

    @property
    def flag_notes(self) -> tuple[FlagNote, ...]:
        """The flags in words, for whoever has to complete or look at them."""
        known = ((flag, _LATER_FLAGS.get(flag) or REMEDIES.get(flag)) for flag in self.flags)
        return tuple(FlagNote(flag, note.problem_zh, note.remedy_zh) for flag, note in known if note)

    @property
    def confirmed(self) -> bool:
        """Confirmed by itself (or its proxy) and by its village; the township's lock is not waited for (2)."""
        return self.confirmed_by_household_at is not None and self.confirmed_by_village_at is not None


def view_of(row: Household, code: str | None) -> HouseholdView:
    return HouseholdView(
        id=row.id,
        code=code,
        programme_id=row.programme_id,
        area_code=row.area_code,
        path=row.path,
        head_name=masked_text(row.head_name),
        id_number_masked=mask_id(row.id_number),
        phone_masked=mask_phone(row.phone),
        police_no=row.police_no,
        village_registered=row.village_registered,
        people=row.people,
        address=masked_text(row.address),
        courtyard=masked_text(row.courtyard) if row.courtyard else None,
        floor_area_m2=row.floor_area_m2,
        remark=masked_text(row.remark) if row.remark else None,
        vacant=row.vacant,
        arrangement=row.arrangement,
        participates=row.participates,
        flags=tuple(row.flags),
        confirmed_by_household_at=row.confirmed_by_household_at,
        confirmed_by_village_at=row.confirmed_by_village_at,
        sent_back_at=row.sent_back_at,
        sent_back_reason=row.sent_back_reason,
        locked_at=row.locked_at,
        active=row.ended_at is None,
    )


def household(session: Session, household_id: str) -> HouseholdView | None:
    """One household, ended ones included (``active`` tells)."""
    row = session.get(Household, household_id, populate_existing=True)
    return view_of(row, valid_code(session, household_id)) if row else None


@dataclass(frozen=True, slots=True)
class HouseOnRecord:
    """A household, since when it is listed, and its head's full years (None: no number tells)."""

    household: HouseholdView
    listed_at: datetime
    head_age: int | None


def house_on_record(session: Session, household_id: str, on: date) -> HouseOnRecord:
    """As ``household_or_refuse``, with what a home screen shows beside it, in one statement."""
    found = session.execute(
        select(Household, Sticker.code)
        .outerjoin(Sticker, and_(Sticker.household_id == Household.id, Sticker.state == "valid"))
        .where(Household.id == household_id, Household.ended_at.is_(None))
        .execution_options(populate_existing=True)
    ).first()
    if found is None:
        raise NotFound(_NOT_HERE)
    row, code = found
    born = born_on(row.id_number) if row.id_number else None
    return HouseOnRecord(view_of(row, code), row.created_at, age_on(born, on) if born else None)


def household_or_refuse(session: Session, household_id: str) -> HouseholdView:
    """As ``household``; raises NotFound where there is none or it has ended."""
    found = household(session, household_id)
    if found is None or not found.active:
        raise NotFound(_NOT_HERE)
    return found


def valid_code(session: Session, household_id: str) -> str | None:
    return session.scalar(
        select(Sticker.code).where(Sticker.household_id == household_id, Sticker.state == "valid")
    )


def place_of_household(session: Session, household_id: str) -> Place | None:
    """The area and household of a place; companies with a job there are added where they are known."""
    area = session.scalar(select(Household.area_code).where(Household.id == household_id))
    return Place(area_code=area, household_id=household_id) if area else None


def place_of_held_row(session: Session, held_row_id: str) -> Place | None:
    area = session.scalar(select(HeldRow.area_code).where(HeldRow.id == held_row_id))
    return Place(area_code=area) if area else None


def place_of_import(session: Session, import_id: str) -> Place | None:
    area = session.scalar(select(ListImport.area_code).where(ListImport.id == import_id))
    return Place(area_code=area) if area else None


def place_of_tie(session: Session, tie_id: str) -> Place | None:
    row = session.get(HouseholdTie, tie_id)
    return place_of_household(session, row.household_id) if row else None


def household_of_code(session: Session, code: str, *, any_sticker: bool = False) -> HouseholdView:
    """The household whose valid sticker carries ``code`` (typed, scanned or a sticker's address).

    Raises UnknownCode, StickerReplaced, StickerRevoked. With ``any_sticker`` the old ones still lead to their house:
    for reports of danger, which no worn-out sticker may stop (2).
    """
    try:
        canonical = household_code.check(code)
    except household_code.MistypedCode as error:
        raise UnknownCode("户码读错了：请核对十位字符，最后一位是校验位。") from error
    sticker = session.get(Sticker, canonical, populate_existing=True)
    if sticker is None:
        raise UnknownCode("系统里没有这个户码。")
    if sticker.state == "replaced" and not any_sticker:
        raise StickerReplaced("这张户码牌已经换过新的。")
    if sticker.state == "revoked" and not any_sticker:
        raise StickerRevoked("这张户码牌已经作废。")
    return household_or_refuse(session, sticker.household_id)


def people_of_household(session: Session, household_id: str) -> tuple[str, ...]:
    """Ids of its residents and proxies."""
    rows = session.scalars(
        select(HouseholdTie.person_id)
        .where(HouseholdTie.household_id == household_id, HouseholdTie.ended_at.is_(None))
        .order_by(HouseholdTie.id)
    )
    return tuple(rows)


def ties_of_person(session: Session, person_id: str) -> tuple[Tie, ...]:
    """The households that a person is bound to; ended households drop out."""
    rows = session.execute(
        select(HouseholdTie.household_id, HouseholdTie.role)
        .join(Household, Household.id == HouseholdTie.household_id)
        .where(
            HouseholdTie.person_id == person_id, HouseholdTie.ended_at.is_(None), Household.ended_at.is_(None)
        )
        .order_by(HouseholdTie.id)
    )
    return tuple(Tie(household_id, role) for household_id, role in rows)


def _tied_in(area_code: str, path: str | None) -> Select[str]:
    query = (
        select(HouseholdTie.person_id)
        .join(Household, Household.id == HouseholdTie.household_id)
        .where(
            Household.area_code.startswith(area_code),
            Household.ended_at.is_(None),
            HouseholdTie.ended_at.is_(None),
        )
        .distinct()
    )
    return query if path is None else query.where(Household.path == path)


def people_in(
    session: Session, area_code: str, path: str | None, *, after: str, limit: int
) -> tuple[str, ...]:
    """Ids of the people bound to an area's households (of one path), in order of id, after ``after``."""
    query = _tied_in(area_code, path).where(HouseholdTie.person_id > after)
    return tuple(session.scalars(query.order_by(HouseholdTie.person_id).limit(limit)))


def count_people_in(session: Session, area_code: str, path: str | None) -> int:
    """How many people ``people_in`` would go through."""
    return session.scalar(select(func.count()).select_from(_tied_in(area_code, path).subquery())) or 0


@dataclass(frozen=True, slots=True)
class TiedPerson:
    """A person of a household, with the tie's id."""

    tie_id: str
    person: PersonView
    role: str
    relation: str | None
    proven_by: str
    since: datetime


def tied_people(session: Session, household_id: str) -> tuple[TiedPerson, ...]:
    rows = session.scalars(
        select(HouseholdTie)
        .where(HouseholdTie.household_id == household_id, HouseholdTie.ended_at.is_(None))
        .order_by(HouseholdTie.id)
    ).all()
    found = []
    for row in rows:
        who = person(session, row.person_id)
        assert who is not None
        found.append(TiedPerson(row.id, who, row.role, row.relation, row.proven_by, row.since))
    return tuple(found)


def within(reach: Reach) -> ColumnElement[bool]:
    """The households that a reach covers, as a condition on Household."""
    conditions: list[ColumnElement[bool]] = [Household.area_code.startswith(prefix) for prefix in reach.areas]
    if reach.households:
        conditions.append(Household.id.in_(reach.households))
    return or_(*conditions) if conditions else false()


def households(
    session: Session,
    actor: Actor,
    *,
    area_code: str | None = None,
    path: str | None = None,
    confirmed: bool | None = None,
    flag: str | None = None,
    address: str | None = None,
    after: str,
    limit: int,
) -> Page[HouseholdView]:
    """Active households within the actor's reach, by id. ``flag`` is one of the codes that a household shows."""
    query = (
        select(Household, Sticker.code)
        .outerjoin(Sticker, and_(Sticker.household_id == Household.id, Sticker.state == "valid"))
        .where(within(actor.reach("household.list")), Household.ended_at.is_(None), Household.id > after)
    )
    if area_code is not None:
        query = query.where(Household.area_code.startswith(area_code))
    if path is not None:
        query = query.where(Household.path == path)
    if address is not None:
        query = query.where(Household.address.contains(address, autoescape=True))
    if confirmed is not None:
        both = and_(
            Household.confirmed_by_household_at.is_not(None), Household.confirmed_by_village_at.is_not(None)
        )
        query = query.where(both if confirmed else ~both)
    if flag is not None:
        query = query.where(cast(Household.flags, Text).contains(f'"{flag}"', autoescape=True))
    rows = session.execute(query.order_by(Household.id).limit(limit + 1)).all()
    return page_of(rows, limit, lambda row: row[0].id, lambda row: view_of(row[0], row[1]))
