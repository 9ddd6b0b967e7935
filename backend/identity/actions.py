"""Sign in and out, verify a phone, give and end roles."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backend.core import audit, clock
from backend.core.crypto import lookup_hash
from backend.core.db import affected, insert_ignoring, new_id, one_at_a_time
from backend.core.errors import NotFound
from backend.core.events import publish
from backend.identity.errors import (
    InvitationSpent,
    NameIsKept,
    NotYoursToGive,
    OwnOffer,
    RoleEndedAlready,
    RoleHeldAlready,
    RoleNeverHolds,
    WrongFooting,
)
from backend.identity.events import AccountsJoined
from backend.identity.models import Invitation, LoginSession, Person, RoleGrant, WechatAccount
from backend.identity.queries import actor_for, area_of_company, people_sharing_account
from backend.identity.roles import CODE_LENGTHS, OF_A_COMPANY, OF_AN_AREA
from backend.identity.rules import SESSION_DAYS, Actor, RoleView, may_give, token_hash

INVITATION_DAYS = 7
_PHONE_CODE: Final = "wechat.phone_code"


@dataclass(frozen=True, slots=True)
class SessionView:
    """A fresh session: the only moment at which its token exists in the clear."""

    token: str
    person_id: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class InvitationView:
    """An invitation; ``code`` is shown once, to who gives it."""

    id: str
    code: str
    role: str
    area_code: str | None
    company_id: str | None
    expires_at: datetime


def person_of_account(session: Session, appid: str, openid: str, unionid: str | None = None) -> str:
    """The person behind a WeChat account, made on first sight; two first logins at once make one person.

    An account of another app with the same ``unionid`` is the same person's.
    """
    known = session.get(WechatAccount, (appid, openid))
    if known is None and unionid:
        one_at_a_time(session, f"unionid {unionid}")  # else two apps opened at once would make two persons
        if same := _person_of_union(session, unionid):
            values: dict[str, str | None] = {
                "appid": appid,
                "openid": openid,
                "unionid": unionid,
                "person_id": same,
            }
            if insert_ignoring(session, WechatAccount, values, ["appid", "openid"]):
                audit.record(session, same, "person.account_joined", ("person", same))
                return same
            known = session.get_one(WechatAccount, (appid, openid), populate_existing=True)
    if known is None:
        person = Person(id=new_id(), created_at=clock.now())
        session.add(person)
        values = {"appid": appid, "openid": openid, "unionid": unionid, "person_id": person.id}
        if insert_ignoring(session, WechatAccount, values, ["appid", "openid"]):
            audit.record(session, person.id, "person.joined", ("person", person.id))
            return person.id
        session.delete(person)
        known = session.get_one(WechatAccount, (appid, openid), populate_existing=True)
    if unionid and known.unionid is None:
        known.unionid = unionid
    return known.person_id


def actor_of_account(session: Session, appid: str, openid: str, unionid: str | None = None) -> Actor:
    """Who acts with a WeChat account: its person, made on first sight.

    Somebody who came by one app before it was known whose account it is became a person of their own. Where that one has
    neither house nor role, and the same human's other one has, the account is the other one's from now on.
    """
    person_id = person_of_account(session, appid, openid, unionid)
    known = actor_for(session, person_id)
    if known.ties or known.roles:
        return known
    for each in people_sharing_account(session, person_id):
        other = actor_for(session, each)
        if other.ties or other.roles:
            affected(
                session,
                update(WechatAccount)
                .where(WechatAccount.person_id == person_id, WechatAccount.unionid.is_not(None))
                .values(person_id=each),
            )
            publish(session, AccountsJoined(person_id, each))
            audit.record(session, each, "person.account_joined", ("person", person_id))
            return other
    return known


def _person_of_union(session: Session, unionid: str) -> str | None:
    return session.scalar(
        select(WechatAccount.person_id)
        .where(WechatAccount.unionid == unionid)
        .order_by(WechatAccount.person_id)
        .limit(1)
    )


def open_session(session: Session, person_id: str) -> SessionView:
    """Open a session of thirty days, sliding."""
    token = secrets.token_urlsafe(32)
    opened = clock.now()
    session.add(
        LoginSession(token_hash=token_hash(token), person_id=person_id, created_at=opened, seen_at=opened)
    )
    return SessionView(token, person_id, opened + timedelta(days=SESSION_DAYS))


def end_session(session: Session, actor: Actor) -> None:
    affected(
        session,
        update(LoginSession)
        .where(LoginSession.id == actor.session_id, LoginSession.ended_at.is_(None))
        .values(ended_at=clock.now()),
    )


def set_name(session: Session, actor: Actor, name: str) -> None:
    """Give one's own name; who holds a role is known to others by the name it was given under. Raises NameIsKept."""
    if actor.roles and actor.name:
        raise NameIsKept("您现在的姓名会出现在给居民的通知里，不能自行更改。")
    session.get_one(Person, actor.person_id).name = name
    audit.record(session, actor.person_id, "person.named", ("person", actor.person_id))


def keep_verified_phone(session: Session, person_id: str, phone: str, code: str | None = None) -> None:
    """Keep the number that WeChat vouched for, encrypted and findable by its hash; ``code``: what brought it, if any did."""
    person = session.get_one(Person, person_id)
    person.phone, person.phone_hash = phone, lookup_hash("phone", phone)
    person.phone_verified_at = clock.now()
    person.phone_code_hash = lookup_hash(_PHONE_CODE, code) if code else None
    audit.record(session, person_id, "person.phone_verified", ("person", person_id))


def phone_came_with(session: Session, person_id: str, code: str) -> bool:
    """Whether this very code brought the number that is on record of this person."""
    known = session.scalar(select(Person.phone_code_hash).where(Person.id == person_id))
    return known is not None and known == lookup_hash(_PHONE_CODE, code)


def _check_footing(role: str, area_code: str | None, company_id: str | None) -> None:
    fits = (role in OF_AN_AREA and area_code and not company_id) or (
        role in OF_A_COMPANY and company_id and not area_code
    )
    if not fits:
        raise WrongFooting("这个身份需要辖区或企业二者之一，且要与身份相符。")
    if area_code and len(area_code) != CODE_LENGTHS.get(role, len(area_code)):
        raise WrongFooting("这个身份与行政区划的级别不符：村干部用村代码，乡镇干部用乡镇代码，区级用区代码。")


def invite(
    session: Session,
    actor: Actor,
    *,
    role: str,
    name: str,
    area_code: str | None,
    company_id: str | None,
    until: date | None,
) -> InvitationView:
    """Offer a role to whoever brings the code within seven days.

    Raises NotYoursToGive, WrongFooting, RoleNeverHolds.
    """
    _check_footing(role, area_code, company_id)
    if until is not None and until < clock.today():
        raise RoleNeverHolds()
    if not may_give(actor, role, area_code, company_id, area_of_company(session, company_id)):
        raise NotYoursToGive("这个身份不在您可授予的范围内。")
    code = secrets.token_urlsafe(12)
    row = Invitation(
        id=new_id(),
        code_hash=token_hash(code),
        role=role,
        area_code=area_code,
        company_id=company_id,
        name=name,
        until=until,
        given_by=actor.person_id,
        created_at=clock.now(),
        expires_at=clock.now() + timedelta(days=INVITATION_DAYS),
    )
    session.add(row)
    audit.record(
        session, actor.person_id, "role.offered", ("invitation", row.id), {"role": role}, area=area_code
    )
    return InvitationView(row.id, code, role, area_code, company_id, row.expires_at)


def accept_invitation(session: Session, actor: Actor, *, code: str) -> RoleView:
    """Take the role that another offers; each code once. Raises InvitationSpent, OwnOffer, RoleHeldAlready."""
    row = session.scalar(select(Invitation).where(Invitation.code_hash == token_hash(code)))
    if row is not None and row.given_by == actor.person_id:
        raise OwnOffer("这个邀请是您自己发出的。")
    won = row is not None and affected(
        session,
        update(Invitation)
        .where(
            Invitation.id == row.id,
            Invitation.accepted_by.is_(None),
            Invitation.withdrawn.is_(False),
            Invitation.expires_at > clock.now(),
        )
        .values(accepted_by=actor.person_id, accepted_at=clock.now()),
    )
    if row is None or not won:
        raise InvitationSpent("邀请码无效、已被使用或已过期。")
    works_in = area_of_company(session, row.company_id)
    if not may_give(actor_for(session, row.given_by), row.role, row.area_code, row.company_id, works_in):
        raise InvitationSpent("发出邀请的人已不能授予这个身份。")
    person = session.get_one(Person, actor.person_id)
    person.name = person.name or row.name
    return give_role(
        session,
        actor.person_id,
        role=row.role,
        area_code=row.area_code,
        company_id=row.company_id,
        until=row.until,
        by=row.given_by,
    )


def give_role(
    session: Session,
    person_id: str,
    *,
    role: str,
    area_code: str | None,
    company_id: str | None,
    by: str | None,
    until: date | None = None,
) -> RoleView:
    """Put a role on record. Who may give it is decided by the caller: an invitation, or the operator's command."""
    _check_footing(role, area_code, company_id)
    affected(  # one that ran out stands in nobody's way
        session,
        update(RoleGrant)
        .where(
            RoleGrant.person_id == person_id,
            RoleGrant.role == role,
            RoleGrant.area_code == area_code,
            RoleGrant.company_id == company_id,
            RoleGrant.ended_at.is_(None),
            RoleGrant.until < clock.today(),
        )
        .values(ended_at=clock.now(), ended_by=by),
    )
    row = RoleGrant(
        id=new_id(),
        person_id=person_id,
        role=role,
        area_code=area_code,
        company_id=company_id,
        since=clock.today(),
        until=until,
        given_by=by,
        given_at=clock.now(),
    )
    try:
        with session.begin_nested():  # the index decides: two codes for one role may be brought at once
            session.add(row)
    except IntegrityError as error:
        raise RoleHeldAlready("这个身份已经在您名下。") from error
    audit.record(
        session,
        by,
        "role.given",
        ("person", person_id),
        {"role": role, "company": company_id},
        area=area_code,
    )
    return RoleView(row.id, role, area_code, company_id, row.since, row.until)


def end_role(session: Session, actor: Actor, *, role_id: str, reason: str) -> None:
    """End a role at once; raises NotFound, NotYoursToGive, RoleEndedAlready."""
    row = session.get(RoleGrant, role_id)
    if row is None:
        raise NotFound()
    works_in = area_of_company(session, row.company_id)
    if not may_give(actor, row.role, row.area_code, row.company_id, works_in):
        raise NotYoursToGive("这个身份不在您可收回的范围内。")
    ended = affected(
        session,
        update(RoleGrant)
        .where(RoleGrant.id == role_id, RoleGrant.ended_at.is_(None))
        .values(ended_at=clock.now(), ended_by=actor.person_id),
    )
    if not ended:
        raise RoleEndedAlready()
    facts = {"role": row.role, "reason": reason}
    audit.record(session, actor.person_id, "role.ended", ("person", row.person_id), facts, area=row.area_code)
