"""Who is told of a fault, by role and place."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import Final

from sqlalchemy.orm import Session

from backend.core.errors import NotFound
from backend.faults import notices
from backend.faults.queries import FaultView
from backend.identity.roles import CADRE, CONTRACTOR, DISTRICT, OF_A_COMPANY, TOWNSHIP
from backend.messaging import Notice, notify, notify_role
from backend.registry import tell_household

_DIGITS: Final = {CADRE: 12, TOWNSHIP: 9, DISTRICT: 6}
"""Length of the area code that a role is held for."""


def tell_role(
    session: Session, role: str, area_code: str, contractor_id: str | None, notice: Notice, key: str
) -> int:
    """Tell who holds ``role`` over a village, or at its contractor; how many that are."""
    if role in OF_A_COMPANY:
        if contractor_id is None:
            return 0
        return notify_role(session, (role,), notice, key, company_id=contractor_id)
    return notify_role(session, (role,), notice, key, area_code=area_code[: _DIGITS[role]])


def tell_roles(session: Session, fault: FaultView, roles: Iterable[str], notice: Notice, key: str) -> None:
    for role in roles:
        tell_role(session, role, fault.area_code, fault.contractor_id, notice, key)


def tell_home(session: Session, fault: FaultView, notice: Notice, key: str) -> None:
    with suppress(NotFound):  # the household has ended meanwhile: nobody is left to be told
        tell_household(session, fault.household_id, notice, key)


def tell_repairer(session: Session, fault: FaultView, notice: Notice, key: str) -> None:
    if fault.repairer_id:
        notify(session, (fault.repairer_id,), notice, key)


def responsible(fault: FaultView) -> str:
    """The role whose turn it is to send somebody: the contractor's manager, or the township without a contract."""
    return CONTRACTOR if fault.contractor_id else TOWNSHIP


def tell_of_report(session: Session, fault: FaultView, via: str) -> None:
    """The household, who must send somebody, the cadres; for a critical one the township, for a danger the district."""
    key = f"fault-reported:{fault.id}:{fault.round}:{fault.severity}"
    tell_home(session, fault, notices.received(fault, via), key)
    tell_roles(session, fault, (responsible(fault),), notices.please_dispatch(fault), key)
    tell_roles(session, fault, (CADRE,), notices.for_cadres(fault), f"{key}:cadres")
    _tell_officers(session, fault, f"{key}:officers")


def tell_of_reopening(session: Session, fault: FaultView) -> None:
    key = f"fault-reopened:{fault.id}:{fault.round}"
    again = notices.opened_again(fault)
    tell_roles(session, fault, (responsible(fault), CADRE), again, key)
    tell_repairer(session, fault, again, key)
    tell_home(session, fault, again, key)
    _tell_officers(session, fault, f"{key}:officers")


def tell_of_raising(session: Session, fault: FaultView) -> None:
    key = f"fault-raised:{fault.id}:{fault.round}:{fault.severity}"
    raised = notices.more_urgent(fault)
    tell_roles(session, fault, (responsible(fault), CADRE), raised, key)
    tell_repairer(session, fault, raised, key)
    _tell_officers(session, fault, f"{key}:officers")


def tell_of_vouching(session: Session, fault: FaultView) -> None:
    """Whoever must go hears that somebody better known reports it too: at most once for each level and round."""
    key = f"fault-vouched:{fault.id}:{fault.round}:{fault.vouched}"
    again = notices.better_vouched(fault)
    tell_roles(session, fault, sorted({responsible(fault), CADRE}), again, key)
    tell_repairer(session, fault, again, key)
    if fault.critical:
        above = {TOWNSHIP, DISTRICT} if fault.danger else {TOWNSHIP}
        tell_roles(session, fault, sorted(above - {responsible(fault)}), again, key)


def _tell_officers(session: Session, fault: FaultView, key: str) -> None:
    if fault.critical:
        at_once = (TOWNSHIP, DISTRICT) if fault.danger else (TOWNSHIP,)
        tell_roles(session, fault, at_once, notices.for_officers(fault), key)
