"""Tell a household, whoever can be reached for it."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session

from backend.core import clock
from backend.identity.roles import CADRE
from backend.messaging import KEY_MAX, MessageStopped, Notice, goes_out, notify, notify_role, topic
from backend.registry.models import Household
from backend.registry.notices import please_confirm_notice, relay_notice, undelivered_notice
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
    """What cannot wait and does not reach somebody's phone is passed on by the village's cadres, once a household."""
    home = household(session, stopped.household_id) if stopped.household_id else None
    if home is None or not home.active or stopped.person_id not in people_of_household(session, home.id):
        return
    _pass_on(session, home, undelivered_notice, Notice("relay", stopped.title, stopped.body), stopped.key)


def _pass_on(
    session: Session,
    home: HouseholdView,
    worded: Callable[[HouseholdView, Notice], Notice],
    notice: Notice,
    key: str,
) -> None:
    notify_role(session, (CADRE,), worded(home, notice), f"relay:{key}"[:KEY_MAX], area_code=home.area_code)


def tell_cadres(session: Session, area_code: str, notice: Notice, key: str) -> None:
    """Tell the cadres of a village."""
    notify_role(session, (CADRE,), notice, key, area_code=area_code)


def remind_to_confirm(session: Session, household_id: str) -> None:
    """Ask a household to confirm its entry; once a household and day."""
    row = session.get_one(Household, household_id)
    if row.confirmed_by_household_at is None and row.ended_at is None:
        home = view_of(row, None)
        key = f"confirm:{household_id}:{clock.today()}"
        tell_household(session, household_id, please_confirm_notice(home), key, to_many=True)
