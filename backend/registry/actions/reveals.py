"""Show a household's telephone numbers to who must call it, and write down who looked and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from backend.core import audit
from backend.identity import Actor, numbers_of
from backend.registry.models import Household
from backend.registry.queries import household_or_refuse, people_of_household
from backend.registry.queries.reveals import PHONE_REVEALED
from backend.registry.rules.cleaning import masked_text

HEAD: Final = "户主"
_UNNAMED: Final = "绑定的人"


@dataclass(frozen=True, slots=True)
class ShownNumber:
    """A number in the clear, and whose it is."""

    whose: str
    phone: str


def reveal_numbers(
    session: Session, actor: Actor, *, household_id: str, reason: str
) -> tuple[ShownNumber, ...]:
    """The register's number and those of the people tied to the household, each once. Raises NotFound.

    The household, and whoever looks after it, can read afterwards who was shown them and why.
    """
    home = household_or_refuse(session, household_id)
    listed = session.get_one(Household, household_id).phone
    shown = {listed: HEAD} if listed else {}
    for number in numbers_of(session, people_of_household(session, household_id)):
        shown.setdefault(number.phone, number.name or _UNNAMED)
    audit.record(
        session,
        actor.person_id,
        PHONE_REVEALED,
        ("household", household_id),
        {"reason": masked_text(reason), "numbers": len(shown)},
        area=home.area_code,
    )
    return tuple(ShownNumber(whose, phone) for phone, whose in shown.items())
