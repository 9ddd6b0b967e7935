"""The demo's people, brought in through the same actions that everybody's phone calls."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import identity, supervision
from backend.core import clock
from backend.core.errors import Problem
from backend.identity import actions as identity_actions
from backend.identity.errors import RoleHeldAlready
from backend.identity.roles import CADRE, OF_A_HOUSEHOLD
from backend.programme import AreaView, ProgrammeView, areas_under, the_programme
from backend.registry.actions import ties
from backend.registry.errors import TiedAlready
from backend.registry.models import Household
from backend.registry.queries import valid_code

Story = dict[str, Any]
ANY = "any"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Somebody of the story whom this list has no place for, and why."""

    id: str
    why: str


class _NoPlace(Exception):
    """The list has no such village or household."""


def bring_people_in(session: Session, story: Story, appid: str) -> tuple[Story, tuple[LeftOut, ...]]:
    """Make accounts, phones, roles and ties as ``story`` says; what it refers to is looked up in the imported list.

    Returns the story with names, phones, household codes and person ids filled in, and who is not in it: the list may be of
    one township, without a village or a household of the path that somebody's part needs. A second run changes nothing.
    """
    programme = the_programme(session)
    for company in story.get("companies", ()):
        if supervision.company(session, company["id"]) is None:
            supervision.register_company(
                session,
                id=company["id"],
                name=company["name"],
                kinds=tuple(company["kinds"]),
                area_code=programme.area_code,
                by=None,
            )
    left_out: list[LeftOut] = []
    people: list[Story] = []
    for person in story["people"]:
        try:
            placed = _placed(session, dict(person), programme)
        except _NoPlace as reason:
            left_out.append(LeftOut(person["id"], str(reason)))
        else:
            people.append(_bring_in(session, placed, appid))
    tied: list[Story] = []
    for person in people:  # when every cadre is there to give a word
        try:
            with session.begin_nested():
                _tie(session, person)
            tied.append(person)
        except Problem as refused:
            left_out.append(LeftOut(person["id"], str(refused)))
    return {**story, "today": clock.today().isoformat(), "people": tied}, tuple(left_out)


def _village(session: Session, programme: ProgrammeView, reference: str) -> tuple[AreaView, str]:
    """``first:biomass``: the first village, by code, where somebody of that path left a telephone; and the path.

    ``first:biomass|any``: where there is none, the first where anybody did, or the first at all, and no path.
    """
    path, _, otherwise = reference.removeprefix("village:").removeprefix("first:").partition("|")
    areas = {area.code: area for area in areas_under(session, programme.area_code) if area.level == "village"}
    lived_in = (
        select(Household.area_code)
        .where(Household.ended_at.is_(None), Household.phone_hash.is_not(None))
        .where(Household.area_code.in_(areas))
        .order_by(Household.area_code)
        .limit(1)
    )
    if (code := session.scalar(lived_in.where(Household.path == path))) is not None:
        return areas[code], path
    if planned := next((area for area in areas.values() if area.path == path), None):
        return planned, path
    if otherwise == ANY and areas:
        return areas[session.scalar(lived_in) or min(areas)], ""
    label = next((each.label for each in programme.paths if each.code == path), path)
    raise _NoPlace(f"名单里没有{label}的村")


def _placed(session: Session, person: Story, programme: ProgrammeView) -> Story:
    """The person with household and areas as this list has them. Raises _NoPlace."""
    if person.get("household"):
        home = _household(session, programme, person["household"])
        person["household_code"] = valid_code(session, home.id)
        person["household_id"] = home.id
        person["village_code"] = home.area_code
        if any(role["role"] == "resident" for role in person.get("roles", ())):
            person["name"], person["phone"] = home.head_name, home.phone
    roles = []
    for role in person.get("roles", ()):
        reference = role.get("area", "")
        code = programme.area_code if reference == "district" else None
        if reference and code is None:
            village, path = _village(session, programme, reference.removeprefix("township:of:"))
            code = village.code[:9] if reference.startswith("township:") else village.code
            if not path and "otherwise" in person:
                person["description"] = f"{village.name}的{person['otherwise']}"
        roles.append({**role, "area_code": code})
    return {**person, "roles": roles}


def _household(session: Session, programme: ProgrammeView, reference: dict[str, Any]) -> Household:
    """The so many-th of a village's households that can prove by phone who lives there."""
    village, path = _village(session, programme, reference["village"])
    found = session.scalars(
        select(Household)
        .where(
            Household.area_code == village.code,
            Household.path == path,
            Household.phone_hash.is_not(None),
            Household.ended_at.is_(None),
        )
        .order_by(Household.id)
        .offset(reference["household"] - 1)
        .limit(1)
    ).one_or_none()
    if found is None:
        raise _NoPlace(f"{village.name}没有第{reference['household']}户留了电话的人家")
    return found


def _bring_in(session: Session, person: Story, appid: str) -> Story:
    person_id = identity.person_of_account(session, appid, person["openid"], person.get("unionid"))
    actor = identity.actor_for(session, person_id)
    introduced = bool(person.get("roles")) and person.get("bound", True)
    if person.get("name") and actor.name is None and introduced:
        identity_actions.set_name(session, actor, person["name"])
    if person.get("phone") and identity.verified_phone_hash(session, person_id) is None and introduced:
        identity_actions.keep_verified_phone(session, person_id, person["phone"])
    for role in person.get("roles", ()):
        if role["role"] in OF_A_HOUSEHOLD:
            continue
        with suppress(RoleHeldAlready):  # a second run
            identity.give_role(
                session,
                person_id,
                role=role["role"],
                area_code=role["area_code"],
                company_id=role.get("company"),
                by=None,
            )
    return {**person, "person_id": person_id}


def _tie(session: Session, person: Story) -> None:
    """Bind residents by their phone, and proxies by the word of the village's cadre; ``bound: false`` leaves it to them."""
    held = {role["role"] for role in person.get("roles", ())} & OF_A_HOUSEHOLD
    if not held or not person.get("bound", True):
        return
    with suppress(TiedAlready):  # a second run
        if "resident" in held:
            actor = identity.actor_for(session, person["person_id"])
            ties.bind_by_phone(session, actor, code=person["household_code"])
        else:
            cadres = identity.people_with_role(session, (CADRE,), area_code=person["village_code"])
            ties.name_proxy(
                session,
                identity.actor_for(session, cadres[0]),
                household_id=person["household_id"],
                phone=person["phone"],
                relation=person.get("relation", "子女"),
            )
