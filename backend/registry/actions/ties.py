"""Bind people to their household: by proof, by the cadre's word, by the household's consent."""

from __future__ import annotations

import hmac
from collections.abc import Mapping

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backend.core import audit, clock
from backend.core.audit import AuditEntry
from backend.core.db import affected, insert_ignoring, new_id
from backend.identity import Actor, people_with_phone, verified_phone_hash
from backend.identity.roles import CADRE, PROXY, RESIDENT
from backend.registry.actions.notices import tell_cadres, tell_household
from backend.registry.errors import OwnWord, PersonUnknown, ProofFailed, ProxyOnly, TiedAlready, TieEnded
from backend.registry.models import Household, HouseholdTie
from backend.registry.notices import bound_notice, guessed_notice, unbound_notice
from backend.registry.queries import (
    HouseholdView,
    household_of_code,
    household_or_refuse,
    people_of_household,
)
from backend.registry.rules.list_rows import folded


def bind_by_phone(session: Session, actor: Actor, *, code: str) -> HouseholdView:
    """Bind oneself: the phone that WeChat vouched for is the one in the register. Raises ProofFailed, TiedAlready."""
    home = household_of_code(session, code)
    registered = session.get_one(Household, home.id).phone_hash
    mine = verified_phone_hash(session, actor.person_id)
    if mine is None:
        raise ProofFailed("您还没有授权登记手机号。")
    if registered is None or not hmac.compare_digest(registered, mine):
        raise ProofFailed("您的手机号与登记的不一致。")
    _another_than_who_typed(session, actor, home)
    _tie(session, actor, home, actor.person_id, RESIDENT, "phone")
    return home


def bind_by_identity(
    session: Session, actor: Actor, *, code: str, name: str, id_last_six: str
) -> HouseholdView:
    """Bind oneself: the head's name and the last six characters of the ID number. Raises ProofFailed, TiedAlready."""
    home = household_of_code(session, code)
    row = session.get_one(Household, home.id)
    expected = (row.id_number or "")[-6:].upper()
    same_number = hmac.compare_digest(expected.encode(), id_last_six.upper().encode())
    same_name = hmac.compare_digest(folded(row.head_name).encode(), folded(name).encode())
    if not expected or not (same_name and same_number):
        raise ProofFailed("姓名或身份证后六位与登记的不一致。")
    _another_than_who_typed(session, actor, home)
    _tie(session, actor, home, actor.person_id, RESIDENT, "identity")
    return home


def tell_of_guesses(session: Session, *, code: str) -> None:
    """So many wrong guesses were made at a house that proof by identity rests there today: it is told, and its cadres."""
    home = household_of_code(session, code)
    key = f"binding-guessed:{home.id}:{clock.today()}"
    notice = guessed_notice(home)
    audit.record(session, None, "binding.guessed", ("household", home.id), area=home.area_code)
    tell_household(session, home.id, notice, key)
    if people_of_household(session, home.id):  # else the cadres were just asked to pass it on
        tell_cadres(session, home.area_code, notice, f"{key}:cadres")


def vouch_for_resident(session: Session, actor: Actor, *, household_id: str, phone: str) -> HouseholdView:
    """The cadre's word binds a person whom the cadre knows, found by a phone that WeChat vouched for.

    Raises PersonUnknown, OwnWord, TiedAlready.
    """
    home = household_or_refuse(session, household_id)
    _tie(session, actor, home, _another_with(session, actor, phone), RESIDENT, "cadre")
    return home


def name_proxy(
    session: Session, actor: Actor, *, household_id: str, phone: str, relation: str
) -> HouseholdView:
    """Let somebody act for the household, by its own consent or, for those who cannot, by the cadre's word.

    A proxy acts, and does not pass it on. Raises PersonUnknown, OwnWord, ProxyOnly, TiedAlready.
    """
    home = household_or_refuse(session, household_id)
    if _role_in(actor, household_id) == RESIDENT:
        proven_by = "household"
    elif _speaks_for_village(actor, home):
        proven_by = "cadre"
    else:
        raise ProxyOnly("代办人不能再委托别人代办。")
    _tie(session, actor, home, _another_with(session, actor, phone), PROXY, proven_by, relation)
    return home


def _another_than_who_typed(session: Session, actor: Actor, home: HouseholdView) -> None:
    """A proof that one has typed into the register oneself proves nothing."""
    typed = select(AuditEntry.id).where(
        AuditEntry.about_id == home.id,
        AuditEntry.event == "household.completed",
        AuditEntry.by == actor.person_id,
    )
    if session.scalar(typed.limit(1)) is not None:
        raise OwnWord("这一户的登记内容是您补填的，不能再用它证明您是住户。")


def _role_in(actor: Actor, household_id: str) -> str | None:
    return next((tie.role for tie in actor.ties if tie.household_id == household_id), None)


def _speaks_for_village(actor: Actor, home: HouseholdView) -> bool:
    return any(
        role.role == CADRE and role.area_code is not None and home.area_code.startswith(role.area_code)
        for role in actor.roles
    )


def _another_with(session: Session, actor: Actor, phone: str) -> str:
    """The person with a phone that WeChat vouched for, who is not the one whose word it is."""
    found = people_with_phone(session, phone)
    if len(found) != 1:
        raise PersonUnknown("没有找到唯一一位登记了这个手机号的用户。")
    if found[0] == actor.person_id:
        raise OwnWord("这是您自己的手机号。")
    return found[0]


def _tie(
    session: Session,
    actor: Actor,
    home: HouseholdView,
    person_id: str,
    role: str,
    proven_by: str,
    relation: str | None = None,
) -> None:
    values = {
        "id": new_id(),
        "household_id": home.id,
        "person_id": person_id,
        "role": role,
        "proven_by": proven_by,
        "given_by": actor.person_id,
        "relation": relation,
        "since": clock.now(),
    }
    if not _insert_standing(session, values):
        raise TiedAlready("此人已绑定这一户。")
    facts = {"role": role, "proven_by": proven_by, "person_id": person_id}
    audit.record(
        session,
        actor.person_id,
        "tie.made",
        ("household", home.id),
        facts,
        behalf_of=person_id,
        area=home.area_code,
    )
    tell_household(session, home.id, bound_notice(home, role), f"tie:{values['id']}")


def _insert_standing(session: Session, values: Mapping[str, object]) -> bool:
    return insert_ignoring(
        session, HouseholdTie, values, ["household_id", "person_id"], where=HouseholdTie.ended_at.is_(None)
    )


def end_tie(session: Session, actor: Actor, *, tie_id: str, reason: str) -> None:
    """End a tie: a resident may end any of the house, a proxy its own, the cadre any of the village.

    Raises ProxyOnly, TieEnded.
    """
    row = session.get_one(HouseholdTie, tie_id)
    home = household_or_refuse(session, row.household_id)
    alone = _role_in(actor, home.id) == PROXY and not _speaks_for_village(actor, home)
    if alone and row.person_id != actor.person_id:
        raise ProxyOnly("代办人只能解除自己的绑定。")
    # Told before it ends, so that who loses the tie hears of it too.
    tell_household(session, home.id, unbound_notice(home, row.role), f"tie-ended:{tie_id}")
    ended = affected(
        session,
        update(HouseholdTie)
        .where(HouseholdTie.id == tie_id, HouseholdTie.ended_at.is_(None))
        .values(ended_at=clock.now(), ended_by=actor.person_id),
    )
    if not ended:
        raise TieEnded()
    facts = {"person_id": row.person_id, "reason": reason}
    audit.record(session, actor.person_id, "tie.ended", ("household", home.id), facts, area=home.area_code)
