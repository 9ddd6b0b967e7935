"""Which houses of an area somebody must see to at once: danger, cold, visits, deliveries."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy.orm import Session

from backend.core import clock
from backend.doorstep.desk import rules
from backend.doorstep.desk.rules import CallReason
from backend.faults import gravest_faults_in
from backend.fuel import unsettled_deliveries_in
from backend.installation import still_cold_in, visits_coming
from backend.programme import programme_for
from backend.registry import WhereItStands, where_they_stand


@dataclass(slots=True)
class Urgent:
    """Why houses of an area must be called at once, besides what the registry knows. ``cold`` and ``disputed`` are
    counted whether or not somebody must call."""

    calls: defaultdict[str, list[CallReason]] = field(default_factory=lambda: defaultdict(list))
    cold: dict[str, list[CallReason]] = field(default_factory=dict)
    danger: set[str] = field(default_factory=set)
    disputed: Counter[str] = field(default_factory=Counter)
    stands: Mapping[str, WhereItStands] = field(default_factory=dict)


def urgent_in(session: Session, area_code: str) -> Urgent:
    """Danger, cold, visits and deliveries of an area: few houses, read whole."""
    found, now = Urgent(), clock.now()
    in_season = programme_for(session, area_code).in_heating_season(clock.today())
    for fault in gravest_faults_in(session, area_code):
        reason = None
        if fault.leaves_cold(in_season):
            reason = rules.cold_reason(fault.category_label, fault.reported_at)
            found.cold.setdefault(fault.household_id, []).append(reason)
        if fault.danger and not fault.answered:
            reason = (
                rules.flooded_reason(fault.category_label, fault.vouched_label, fault.reported_at)
                if fault.flood
                else rules.danger_reason(fault.category_label, fault.reported_at)
            )
            found.danger.add(fault.household_id)
        if reason is not None:
            found.calls[fault.household_id].append(reason)
    for home, said_at in still_cold_in(session, area_code).items():
        reason = rules.cold_word_reason(said_at)
        found.cold.setdefault(home, []).append(reason)
        found.calls[home].append(reason)
    visits = visits_coming(
        session, area_code, clock.today(), clock.today() + timedelta(days=rules.VISIT_WITHIN_DAYS)
    )
    deliveries = unsettled_deliveries_in(session, area_code, now - rules.UNANSWERED_FOR)
    asked = {
        *found.calls,
        *(visit.household_id for visit in visits),
        *(each.household_id for each in deliveries),
    }
    found.stands = {
        home: stands
        for home, stands in where_they_stand(session, asked).items()
        if stands.area_code.startswith(area_code)
    }
    reached = {home for home, stands in found.stands.items() if stands.reached}
    for visit in visits:
        if visit.household_id not in reached:
            reason = rules.visit_reason(visit.day, visit.half_day, visit.booked_at)
            found.calls[visit.household_id].append(reason)
    for each in deliveries:
        found.disputed[each.household_id] += each.disputed
        if each.disputed or each.household_id not in reached:
            found.calls[each.household_id].append(rules.delivery_reason(each.disputed, each.since))
    # A household that ended, or moved to another area, is nobody's to call here.
    for home in found.calls.keys() - found.stands.keys():
        del found.calls[home]
    return found
