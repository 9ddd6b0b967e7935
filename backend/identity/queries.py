"""Who somebody is, and who holds a role where."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import literal, select
from sqlalchemy.orm import Session

from backend.core import clock
from backend.core.crypto import lookup_hash, mask_phone
from backend.core.http import Page, page_of
from backend.identity.models import LoginSession, Person, RoleGrant, WechatAccount
from backend.identity.rules import SESSION_DAYS, Actor, RoleView, Tie, in_force, token_hash

TiesOf = Callable[[Session, str], tuple[Tie, ...]]
AreaOfCompany = Callable[[Session, str], str | None]

_ties_of: TiesOf | None = None


def learn_ties_from(provider: TiesOf) -> None:
    """Registry keeps the ties of people to households; wiring tells identity where to ask."""
    global _ties_of
    _ties_of = provider


_area_of_company: AreaOfCompany | None = None


def learn_companies_from(provider: AreaOfCompany) -> None:
    """Supervision keeps the companies; wiring tells identity where to ask in which area one works."""
    global _area_of_company
    _area_of_company = provider


def area_of_company(session: Session, company_id: str | None) -> str | None:
    """The area in which a company works; None for none, or one that is not on record."""
    return _area_of_company(session, company_id) if company_id and _area_of_company else None


@dataclass(frozen=True, slots=True)
class PersonView:
    """A person as others may see them: the phone is masked."""

    id: str
    name: str | None
    phone_masked: str | None
    phone_verified: bool


@dataclass(frozen=True, slots=True)
class HeldRole:
    """A role with who holds it."""

    id: str
    person_id: str
    person_name: str | None
    role: str
    area_code: str | None
    company_id: str | None
    given_at: datetime


def _roles_of(session: Session, person_id: str) -> tuple[RoleView, ...]:
    rows = session.scalars(
        select(RoleGrant)
        .where(RoleGrant.person_id == person_id, RoleGrant.ended_at.is_(None))
        .order_by(RoleGrant.id)
    )
    views = (RoleView(r.id, r.role, r.area_code, r.company_id, r.since, r.until) for r in rows)
    return in_force(views, clock.today())


def actor_for(session: Session, person_id: str, session_id: str | None = None) -> Actor:
    """A person with roles and ties as they stand now: a change of role acts at once."""
    name = session.scalar(select(Person.name).where(Person.id == person_id))
    ties = _ties_of(session, person_id) if _ties_of else ()
    return Actor(person_id, name, _roles_of(session, person_id), ties, session_id)


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A valid session found by its token."""

    id: str
    person_id: str
    seen_at: datetime


def session_of_token(session: Session, token: str) -> OpenSession | None:
    """The session of a token, unless it was ended or lay unused for thirty days."""
    row = session.execute(
        select(LoginSession.id, LoginSession.person_id, LoginSession.seen_at, LoginSession.ended_at).where(
            LoginSession.token_hash == token_hash(token)
        )
    ).first()
    if row is None or row.ended_at or row.seen_at < clock.now() - timedelta(days=SESSION_DAYS):
        return None
    return OpenSession(row.id, row.person_id, row.seen_at)


def person(session: Session, person_id: str) -> PersonView | None:
    row = session.get(Person, person_id)
    if row is None:
        return None
    return PersonView(row.id, row.name, mask_phone(row.phone), row.phone_verified_at is not None)


def names_of(session: Session, person_ids: Collection[str]) -> dict[str, str | None]:
    """Names by person, in one statement."""
    rows = session.execute(select(Person.id, Person.name).where(Person.id.in_(person_ids)))
    return {row.id: row.name for row in rows}


@dataclass(frozen=True, slots=True)
class NumberOf:
    """Somebody's telephone number in the clear: for who was allowed to be shown it, never for a log."""

    name: str | None
    phone: str


def numbers_of(session: Session, person_ids: Collection[str]) -> tuple[NumberOf, ...]:
    """The numbers that people left, in the clear; who has none drops out."""
    rows = session.execute(
        select(Person.name, Person.phone).where(Person.id.in_(person_ids)).order_by(Person.id)
    )
    return tuple(NumberOf(name, phone) for name, phone in rows if phone)


def verified_phone_hash(session: Session, person_id: str) -> str | None:
    return session.scalar(
        select(Person.phone_hash).where(Person.id == person_id, Person.phone_verified_at.is_not(None))
    )


def people_with_phone(session: Session, phone: str) -> tuple[str, ...]:
    rows = session.scalars(
        select(Person.id).where(Person.phone_hash == lookup_hash("phone", phone)).order_by(Person.id)
    )
    return tuple(rows)


def people_with_role(
    session: Session, roles: tuple[str, ...], *, area_code: str | None = None, company_id: str | None = None
) -> tuple[str, ...]:
    """Ids of the people who hold one of ``roles`` for exactly this area or company, today."""
    today = clock.today()
    query = select(RoleGrant).where(RoleGrant.role.in_(roles), RoleGrant.ended_at.is_(None))
    if area_code is not None:
        query = query.where(RoleGrant.area_code == area_code)
    if company_id is not None:
        query = query.where(RoleGrant.company_id == company_id)
    held = [r for r in session.scalars(query) if r.since <= today and (r.until is None or today <= r.until)]
    return tuple(sorted({r.person_id for r in held}))


def people_sharing_account(session: Session, person_id: str) -> tuple[str, ...]:
    """Other people whose account is the same human's by unionid: mini-program and official account beside it."""
    unionids = select(WechatAccount.unionid).where(
        WechatAccount.person_id == person_id, WechatAccount.unionid.is_not(None)
    )
    rows = session.scalars(
        select(WechatAccount.person_id)
        .where(WechatAccount.unionid.in_(unionids), WechatAccount.person_id != person_id)
        .distinct()
        .order_by(WechatAccount.person_id)
    )
    return tuple(rows)


def openid_of(session: Session, person_id: str, appid: str) -> str | None:
    return session.scalar(
        select(WechatAccount.openid).where(WechatAccount.person_id == person_id, WechatAccount.appid == appid)
    )


def held_roles(session: Session, actor: Actor, *, after: str, limit: int) -> Page[HeldRole]:
    """The roles held within the actor's areas and companies."""
    reach = actor.reach("role.see")
    within = literal(False)
    for prefix in reach.areas:
        within = within | RoleGrant.area_code.startswith(prefix)  # type: ignore[assignment]  # SQL or
    if reach.companies:
        within = within | RoleGrant.company_id.in_(reach.companies)  # type: ignore[assignment]  # SQL or
    rows = session.execute(
        select(RoleGrant, Person.name)
        .join(Person, Person.id == RoleGrant.person_id)
        .where(within, RoleGrant.ended_at.is_(None), RoleGrant.id > after)
        .order_by(RoleGrant.id)
        .limit(limit + 1)
    ).all()
    return page_of(
        rows,
        limit,
        lambda row: row[0].id,
        lambda row: HeldRole(
            row[0].id,
            row[0].person_id,
            row[1],
            row[0].role,
            row[0].area_code,
            row[0].company_id,
            row[0].given_at,
        ),
    )
