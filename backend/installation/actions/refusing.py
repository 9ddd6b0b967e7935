"""A "no" with the way to warmth where it is cold, and the township told of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from backend.core import audit, clock
from backend.core.errors import Problem, Refusal
from backend.core.law import Decision
from backend.identity import Actor
from backend.identity.roles import CADRE, TOWNSHIP
from backend.installation.errors import BY_CODE, WARM
from backend.installation.notices import cold_house_notice
from backend.installation.rules.warmth import way_to_warmth
from backend.messaging import notify_role
from backend.programme import ProgrammeView
from backend.registry import household


def refusal_in(
    programme: ProgrammeView,
    kind: type[Problem],
    detail: str,
    *,
    clause: str | None = None,
    facts: Mapping[str, Any] | None = None,
) -> Problem:
    """A refusal to raise; in the heating season it tells what can be done tonight, and is marked ``cold_house`` (2).

    Not where the house is warm or empty, and not for a mistyped form, which is sent again at once.
    """
    cold = programme.in_heating_season(clock.today()) and issubclass(kind, Refusal) and kind not in WARM
    tonight = way_to_warmth(cold, programme.hotline.number)
    marked = {"cold_house": True} if cold else {}
    return kind(detail, next=kind.next + tonight, clause=clause, facts={**(facts or {}), **marked})


def demand(decision: Decision, programme: ProgrammeView, facts: Mapping[str, Any] | None = None) -> None:
    """Raise the first reason against as its refusal; the detail tells all of them."""
    if not decision.reasons:
        return
    # A reason that tells of a warm house stands first: what else lacks leaves nobody cold.
    first = next((each for each in decision.reasons if BY_CODE[each.code] in WARM), decision.reasons[0])
    raise refusal_in(
        programme,
        BY_CODE[first.code],
        "".join(reason.text for reason in decision.reasons),
        clause=first.clause,
        facts={"reasons": [reason.code for reason in decision.reasons], **(facts or {})},
    )


def tell_of_cold_house(session: Session, actor: Actor, *, household_id: str, why: str) -> None:
    """In the cold season a gate stood before a house: its township and village hear of it, once a day (2)."""
    home = household(session, household_id)
    if home is None:
        return
    notice, key = cold_house_notice(home, why), f"installation.cold:{household_id}:{clock.today()}"
    notify_role(session, (TOWNSHIP,), notice, key, area_code=home.area_code[:9])
    notify_role(session, (CADRE,), notice, key, area_code=home.area_code)
    audit.record(
        session,
        actor.person_id,
        "household.cold_gate",
        ("household", household_id),
        {"why": why},
        area=home.area_code,
    )
