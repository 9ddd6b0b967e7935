"""Show a household's telephone numbers to who must call it, and write down who looked and why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backend.core import audit, clock
from backend.core.db import affected, insert_ignoring
from backend.identity import Actor, numbers_of, people_with_role
from backend.identity.roles import DISTRICT, TOWNSHIP
from backend.messaging import notify
from backend.programme import area_label
from backend.registry.errors import NumbersUsedUp
from backend.registry.models import Household, NumbersShown
from backend.registry.notices import many_numbers_notice
from backend.registry.queries import household_or_refuse, people_of_household
from backend.registry.queries.reveals import PHONE_REVEALED
from backend.registry.rules.cleaning import masked_text
from backend.registry.rules.reveals import numbers_a_day, worth_telling

HEAD: Final = "户主"
_UNNAMED: Final = "绑定的人"

InDanger = Callable[[Session, str], bool]
_in_danger: InDanger | None = None


def learn_dangers_from(provider: InDanger) -> None:
    """Faults know whether a house is in danger; wiring tells where to ask."""
    global _in_danger
    _in_danger = provider


@dataclass(frozen=True, slots=True)
class ShownNumber:
    """A number in the clear, and whose it is."""

    whose: str
    phone: str


def reveal_numbers(
    session: Session, actor: Actor, *, household_id: str, reason: str
) -> tuple[ShownNumber, ...]:
    """The register's number and those of the people tied to the household, each once. Raises NotFound, NumbersUsedUp.

    The household, and whoever looks after it, can read afterwards who was shown them and why.
    """
    home = household_or_refuse(session, household_id)
    listed = session.get_one(Household, household_id).phone
    shown = {listed: HEAD} if listed else {}
    for number in numbers_of(session, people_of_household(session, household_id)):
        shown.setdefault(number.phone, number.name or _UNNAMED)
    danger = _in_danger is not None and _in_danger(session, household_id)
    count_numbers_shown(session, actor, len(shown), home.area_code, danger=danger)
    audit.record(
        session,
        actor.person_id,
        PHONE_REVEALED,
        ("household", household_id),
        {"reason": masked_text(reason), "numbers": len(shown)},
        area=home.area_code,
    )
    return tuple(ShownNumber(whose, phone) for phone, whose in shown.items())


def count_numbers_shown(
    session: Session, actor: Actor, numbers: int, area_code: str, *, danger: bool
) -> None:
    """Count numbers that are about to be shown in the clear, in the transaction that shows them. Raises NumbersUsedUp.

    ``danger``: a house is in danger now; it is counted and never refused. Who is shown many in a day is told to the
    township of ``area_code``, once at half the limit and once at the limit.
    """
    if not numbers:
        return
    day, limit = clock.today(), numbers_a_day(held.role for held in actor.roles)
    counted = {"person_id": actor.person_id, "day": day}
    insert_ignoring(session, NumbersShown, {**counted, "shown": 0}, list(counted))
    own = (NumbersShown.person_id == actor.person_id, NumbersShown.day == day)
    # The condition stands in the update: of two who ask at once the second is judged by what the first has left.
    room = () if danger else (NumbersShown.shown + numbers <= limit,)
    taken = affected(
        session, update(NumbersShown).where(*own, *room).values(shown=NumbersShown.shown + numbers)
    )
    shown = session.scalar(select(NumbersShown.shown).where(*own)) or 0
    if not taken:
        raise NumbersUsedUp(
            f"您今天已查看 {shown} 个电话号码，每人每天最多 {limit} 个，这次还要 {numbers} 个。",
            facts={"limit": limit, "shown": shown, "asked": numbers},
            retry_after=_seconds_to_midnight(),
        )
    if (mark := worth_telling(shown - numbers, shown, limit)) is not None:
        _tell_of_many(session, actor, shown, area_code, f"numbers-shown:{actor.person_id}:{day}:{mark}")


def _seconds_to_midnight() -> int:
    tomorrow = clock.start_of_day(clock.today() + timedelta(days=1))
    return int((tomorrow - clock.now()).total_seconds())


def _tell_of_many(session: Session, actor: Actor, shown: int, area_code: str, key: str) -> None:
    """The township's officers; where that is oneself or nobody, or oneself of the district, the district's as well."""
    above = set(people_with_role(session, (TOWNSHIP,), area_code=area_code[:9])) - {actor.person_id}
    if not above or actor.has_role(TOWNSHIP, DISTRICT):
        above |= set(people_with_role(session, (DISTRICT,), area_code=area_code[:6])) - {actor.person_id}
    roles = [held.role for held in actor.roles]
    notice = many_numbers_notice(
        actor.person_id, actor.name, roles, shown, area_label(session, area_code) or area_code
    )
    notify(session, above, notice, key)
