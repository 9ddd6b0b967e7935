"""May this person do this here? Pure decisions from roles, ties and places."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from backend.identity.roles import (
    ACTS,
    GIVERS,
    OF_A_COMPANY,
    OF_AN_AREA,
)

SESSION_DAYS: Final = 30
HOME_PAGE: Final = "/pages/home/index"
# A path of the mini-program in the browser, and nothing that could lead elsewhere.
PAGE_OF_OURS: Final = r"^/(pages|packages)/[0-9A-Za-z/_-]{1,120}(\?[0-9A-Za-z=&%._~+-]{0,170})?\Z"


def token_hash(token: str) -> str:
    """What is kept of a token or an invitation's code."""
    return hashlib.sha256(token.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class RoleView:
    """A role held: for an area (code prefix) or for a company, from a day, until a day (None: open)."""

    id: str
    role: str
    area_code: str | None
    company_id: str | None
    since: date
    until: date | None


@dataclass(frozen=True, slots=True)
class Tie:
    """A person's tie to a household: ``resident`` or ``household_proxy``."""

    household_id: str
    role: str


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts in this request, with everything that permissions are decided from."""

    person_id: str
    name: str | None
    roles: tuple[RoleView, ...] = ()
    ties: tuple[Tie, ...] = ()
    session_id: str | None = None

    def reach(self, act: str) -> Reach:
        """What this person's lists for ``act`` may contain."""
        allowed = ACTS[act]
        held = [role for role in self.roles if role.role in allowed]
        return Reach(
            areas=tuple(
                sorted({role.area_code for role in held if role.area_code and role.role in OF_AN_AREA})
            ),
            companies=tuple(sorted({role.company_id for role in held if role.company_id})),
            households=tuple(sorted(tie.household_id for tie in self.ties if tie.role in allowed)),
        )

    def has_role(self, *roles: str) -> bool:
        return any(held.role in roles for held in self.roles)

    def tied_to(self, household_id: str) -> bool:
        return any(tie.household_id == household_id for tie in self.ties)

    def company_of(self, *roles: str) -> str | None:
        """The company that this person works for in one of ``roles``; the first by id where there are several."""
        return min(
            (held.company_id for held in self.roles if held.role in roles and held.company_id), default=None
        )


@dataclass(frozen=True, slots=True)
class Reach:
    """Area code prefixes, companies and households within which rows may be shown; all empty: nothing."""

    areas: tuple[str, ...] = ()
    companies: tuple[str, ...] = ()
    households: tuple[str, ...] = ()

    def covers_area(self, code: str) -> bool:
        return any(code.startswith(prefix) for prefix in self.areas)


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is: the area it lies in, its household, the companies with a job there, the people it is of."""

    area_code: str | None = None
    household_id: str | None = None
    company_ids: tuple[str, ...] = ()
    person_ids: tuple[str, ...] = ()


Standing = Literal["yes", "elsewhere", "no"]


def standing(act: str, actor: Actor, place: Place | None) -> Standing:
    """``no``: no role of the actor may do it anywhere; ``elsewhere``: some role may, but not at this place."""
    allowed = ACTS[act]
    anybody = "anybody" in allowed
    roles = [role for role in actor.roles if role.role in allowed]
    ties = [tie for tie in actor.ties if tie.role in allowed]
    if not (anybody or roles or ties):
        return "no"
    if place is None:
        return "yes"
    if place.person_ids and actor.person_id in place.person_ids and (anybody or roles or ties):
        return "yes"
    if any(tie.household_id == place.household_id for tie in ties):
        return "yes"
    return "yes" if any(_reaches(role, place) for role in roles) else "elsewhere"


def _reaches(role: RoleView, place: Place) -> bool:
    if role.role in OF_A_COMPANY:
        return role.company_id in place.company_ids
    return bool(role.area_code and place.area_code and place.area_code.startswith(role.area_code))


def may_give(
    actor: Actor, role: str, area_code: str | None, company_id: str | None, company_area: str | None = None
) -> bool:
    """Whether ``actor`` stands above ``role`` for that area or company; ``company_area`` is where the company works."""
    within = company_area if role in OF_A_COMPANY else area_code
    for held in actor.roles:
        if held.role not in GIVERS.get(role, frozenset()):
            continue
        if held.role in OF_A_COMPANY:
            if company_id is not None and held.company_id == company_id:
                return True
        elif within and held.area_code and within.startswith(held.area_code):
            return True
    return False


def in_force(roles: Iterable[RoleView], on: date) -> tuple[RoleView, ...]:
    """The roles that hold on a day; the last day is still included."""
    return tuple(role for role in roles if role.since <= on and (role.until is None or on <= role.until))
