"""The demo's people, brought in through the same actions that everybody's phone calls."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import identity, supervision
from backend.core import clock
from backend.identity import actions as identity_actions
from backend.identity.errors import RoleHeldAlready
from backend.identity.roles import CADRE, OF_A_HOUSEHOLD
from backend.programme import AreaView, ProgrammeView, areas_under, the_programme
from backend.registry.actions import ties
from backend.registry.errors import TiedAlready
from backend.registry.models import Household
from backend.registry.queries import valid_code

Story = dict[str, Any]


def bring_people_in(session: Session, story: Story, appid: str) -> Story:
    """Make accounts, phones, roles and ties as ``story`` says; what it refers to is looked up in the imported list.

    Returns the story with names, phones, household codes and person ids filled in. A second run changes nothing.
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
    people = [_bring_in(session, dict(person), programme, appid) for person in story["people"]]
    for person in people:  # when every cadre is there to give a word
        _tie(session, person)
    return {**story, "today": clock.today().isoformat(), "people": people}


def _village(session: Session, programme: ProgrammeView, reference: str) -> AreaView:
    """``first:biomass``: the first village of that path, by code."""
    path = reference.removeprefix("village:").removeprefix("first:")
    villages = [
        area
        for area in areas_under(session, programme.area_code)
        if area.level == "village" and area.path == path
    ]
    return villages[0]


def _area_code(session: Session, programme: ProgrammeView, reference: str) -> str:
    if reference == "district":
        return programme.area_code
    if reference.startswith("township:of:"):
        return _village(session, programme, reference.removeprefix("township:of:")).code[:9]
    return _village(session, programme, reference).code


def _household(session: Session, programme: ProgrammeView, reference: dict[str, Any]) -> Household:
    village = _village(session, programme, reference["village"])
    return session.scalars(
        select(Household)
        .where(Household.area_code == village.code)
        .order_by(Household.id)
        .offset(reference["household"] - 1)
        .limit(1)
    ).one()


def _bring_in(session: Session, person: Story, programme: ProgrammeView, appid: str) -> Story:
    person_id = identity.person_of_account(session, appid, person["openid"], person.get("unionid"))
    actor = identity.actor_for(session, person_id)
    home = _household(session, programme, person["household"]) if person.get("household") else None
    of_the_house = any(role["role"] == "resident" for role in person.get("roles", ()))
    if home is not None:
        person["household_code"] = valid_code(session, home.id)
        person["household_id"] = home.id
        person["village_code"] = home.area_code
        if of_the_house:
            person["name"], person["phone"] = home.head_name, home.phone
    introduced = bool(person.get("roles")) and person.get("bound", True)
    if person.get("name") and actor.name is None and introduced:
        identity_actions.set_name(session, actor, person["name"])
    if person.get("phone") and identity.verified_phone_hash(session, person_id) is None and introduced:
        identity_actions.keep_verified_phone(session, person_id, person["phone"])
    for role in person.get("roles", ()):
        if role["role"] in OF_A_HOUSEHOLD:
            continue
        area_code = _area_code(session, programme, role["area"]) if role.get("area") else None
        with suppress(RoleHeldAlready):  # a second run
            identity.give_role(
                session,
                person_id,
                role=role["role"],
                area_code=area_code,
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
            cadre = identity.people_with_role(session, (CADRE,), area_code=person["village_code"])[0]
            ties.name_proxy(
                session,
                identity.actor_for(session, cadre),
                household_id=person["household_id"],
                phone=person["phone"],
                relation=person.get("relation", "子女"),
            )
