"""Tell a household, whoever can be reached for it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Final

from sqlalchemy.orm import Session

from backend.core import clock
from backend.identity import people_with_role
from backend.identity.roles import CADRE, DISTRICT, TOWNSHIP
from backend.messaging import KEY_MAX, MessageStopped, Notice, goes_out, notify, topic
from backend.registry.models import Household
from backend.registry.notices import (
    RELAY_NOW,
    for_above_notice,
    please_confirm_notice,
    relay_notice,
    undelivered_notice,
)
from backend.registry.queries import (
    HouseholdView,
    household,
    household_or_refuse,
    people_of_household,
    view_of,
)


def tell_household(
    session: Session, household_id: str, notice: Notice, key: str, *, to_many: bool = False
) -> None:
    """Tell its residents and proxies; where there is none, the village's cadres are asked to pass it on.

    They are asked as well where the notice cannot wait and would lie in the inbox: old people allowed no message, and
    look at none. ``key`` makes it once a person, however often the caller runs. ``to_many``: as ``notify`` has it.
    """
    people = people_of_household(session, household_id)
    notify(session, people, notice, key, to_many=to_many)
    if not people:
        _pass_on(session, household_or_refuse(session, household_id), relay_notice, notice, key)
    elif topic(notice.topic).safety and not goes_out(session, people, key):
        _pass_on(session, household_or_refuse(session, household_id), undelivered_notice, notice, key)


def pass_on_by_mouth(session: Session, stopped: MessageStopped) -> None:
    """What cannot wait and does not reach somebody's phone goes to who can go there, once: from the household to its
    village's cadres, from a cadre to the township, from the township to the district."""
    home = household(session, stopped.household_id) if stopped.household_id else None
    if home is None or not home.active:
        return
    notice = Notice("relay", stopped.title, stopped.body)
    to_the_house = stopped.topic != RELAY_NOW.code  # a cadre may live in it, and be told as one
    if to_the_house and stopped.person_id in people_of_household(session, home.id):
        _pass_on(session, home, undelivered_notice, notice, stopped.key)
        return
    for place, (role, digits) in enumerate(_UPWARD[:-1]):
        if stopped.person_id in people_with_role(session, (role,), area_code=home.area_code[:digits]):
            key = f"above-{role}:{stopped.key}"[:KEY_MAX]
            _tell_upward(session, home.area_code, for_above_notice(home, notice), key, _UPWARD[place + 1 :])
            return


def _pass_on(
    session: Session,
    home: HouseholdView,
    worded: Callable[[HouseholdView, Notice], Notice],
    notice: Notice,
    key: str,
) -> None:
    """To the village's cadres but those of the house itself, whom it did not reach."""
    key, own = f"relay:{key}"[:KEY_MAX], people_of_household(session, home.id)
    _tell_upward(session, home.area_code, worded(home, notice), key, _UPWARD, besides=own)


_UPWARD: Final = ((CADRE, 12), (TOWNSHIP, 9), (DISTRICT, 6))
"""Who answers for a house, and the length of the area code that the role is held for."""


def tell_cadres(
    session: Session, area_code: str, notice: Notice, key: str, *, until_sent: bool = False
) -> None:
    """Tell the cadres of a village; of what cannot wait, where there is none, the township, and then the district.

    ``until_sent``: further up also where nobody so far is sent a message, as an inbox may be looked at tomorrow.
    """
    _tell_upward(session, area_code, notice, key, _UPWARD, until_sent)


def tell_officers(session: Session, area_code: str, notice: Notice, key: str) -> None:
    """As ``tell_cadres``, from the township on, until somebody is sent a message."""
    _tell_upward(session, area_code, notice, key, _UPWARD[1:], until_sent=True)


def _tell_upward(
    session: Session,
    area_code: str,
    notice: Notice,
    key: str,
    roles: Sequence[tuple[str, int]],
    until_sent: bool = False,
    besides: Collection[str] = (),
) -> None:
    for role, digits in roles:
        held = people_with_role(session, (role,), area_code=area_code[:digits])
        people = [each for each in held if each not in besides]
        notify(session, people, notice, key)
        heard = goes_out(session, people, key) if until_sent else bool(people)
        if heard or not topic(notice.topic).safety:
            return


def remind_to_confirm(session: Session, household_id: str) -> None:
    """Ask a household to confirm its entry; once a household and day."""
    row = session.get_one(Household, household_id)
    if row.confirmed_by_household_at is None and row.ended_at is None:
        home = view_of(row, None)
        key = f"confirm:{household_id}:{clock.today()}"
        tell_household(session, household_id, please_confirm_notice(home), key, to_many=True)
