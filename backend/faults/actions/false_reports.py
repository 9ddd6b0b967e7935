"""End a report of a passer-by that turned out to be false: by whom it was looked into, how, and why."""

from __future__ import annotations

from sqlalchemy.orm import Session

from backend.core import clock
from backend.faults import notices
from backend.faults.actions.history import move, write_down
from backend.faults.actions.outages import close_over
from backend.faults.actions.telling import responsible, tell_home, tell_repairer, tell_roles
from backend.faults.errors import VouchedFor, WrongState
from backend.faults.models import Fault
from backend.faults.queries import FaultView, fault
from backend.faults.queries.faults import row_of
from backend.faults.rules import states
from backend.faults.rules.vouching import HOUSEHOLD
from backend.identity import Actor
from backend.identity.roles import CADRE, DISTRICT, TOWNSHIP
from backend.registry import require_scan

ON_SITE = "on_site"
CALLED_BACK = "called_back"
CHECKED = (ON_SITE, CALLED_BACK)


def call_false(
    session: Session,
    actor: Actor,
    *,
    fault_id: str,
    checked: str,
    reason: str,
    household_code: str | None = None,
) -> FaultView:
    """Nothing is wrong there: a cadre of the village, the township or the district has been at the door or called.

    ``checked`` ON_SITE needs the code on the sticker, as proof. What the household or an officer stands behind is not
    ended like this. The next report opens a new fault and is told as the first was. Raises VouchedFor, WrongState, and
    UnknownCode, StickerReplaced, StickerRevoked, OtherHouse.
    """
    before = row_of(session, fault_id)
    if before.vouched >= HOUSEHOLD:
        raise VouchedFor("这件报修有住户、代办人或干部报告。")
    if checked == ON_SITE:
        require_scan(session, actor, before.household_id, household_code or "", "false_report")
    values = {"state": states.CLOSED, "closed_at": clock.now(), "closed_as": states.FALSE}
    try:
        row = move(session, fault_id, "close", values, Fault.vouched < HOUSEHOLD)
    except WrongState:
        if row_of(session, fault_id).vouched >= HOUSEHOLD:  # somebody has stood behind it meanwhile
            raise VouchedFor("刚刚有住户、代办人或干部报告了同样的情况。") from None
        raise
    facts = {"closed_as": states.FALSE, "checked": checked}
    write_down(session, row, "called_false", actor, note=reason, facts=facts)
    close_over(session, row.outage_id)
    view = fault(session, fault_id)
    notice, key = notices.called_false(view, checked == ON_SITE), f"fault-false:{fault_id}:{view.round}"
    heard = {responsible(view), CADRE, TOWNSHIP} | ({DISTRICT} if view.danger else set())
    tell_roles(session, view, sorted(heard), notice, key)
    tell_repairer(session, view, notice, key)
    tell_home(session, view, notice, key)
    return view
