"""What is past its time climbs: contractor's manager, township, district, each told once a round and stage."""

from __future__ import annotations

from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import Session

from backend.core import clock
from backend.core.db import affected, insert_ignoring
from backend.faults import notices
from backend.faults.actions.history import write_down
from backend.faults.actions.telling import tell_role
from backend.faults.models import Fault, FaultClimb
from backend.faults.queries import fault
from backend.faults.queries.faults import row_of
from backend.faults.queries.views import stages_of
from backend.faults.rules import states
from backend.faults.rules.service import Level, Stage, late
from backend.programme import programme_for


def faults_past_time(session: Session, after: str, limit: int) -> list[str]:
    """Ids of open faults with an unmet stage past its time, by id."""
    current = clock.now()
    past = or_(
        and_(Fault.answered_at.is_(None), Fault.answer_due_at <= current),
        and_(Fault.arrived_at.is_(None), Fault.on_site_due_at <= current),
        and_(Fault.restored_at.is_(None), Fault.restore_due_at <= current),
    )
    return list(
        session.scalars(
            select(Fault.id)
            .where(Fault.state != states.CLOSED, past, Fault.id > after)
            .order_by(Fault.id)
            .limit(limit)
        )
    )


def climb(session: Session, fault_id: str) -> int:
    """Tell each level whose time has come and that was not yet told; how many levels were told now.

    A level with nobody in it (no contract, no manager) passes on at once. Safe to run twice.
    """
    row = row_of(session, fault_id)
    if row.state == states.CLOSED:
        return 0
    levels = [Level(c.role, c.after_minutes) for c in programme_for(session, row.area_code).climbs]
    return sum(_climb_stage(session, row, stage, levels) for stage in stages_of(row))


def _climb_stage(session: Session, row: Fault, stage: Stage, levels: list[Level]) -> int:
    heard: dict[str, int] = {
        climbed.role: climbed.told
        for climbed in session.scalars(
            select(FaultClimb).where(
                FaultClimb.fault_id == row.id, FaultClimb.round == row.round, FaultClimb.stage == stage.name
            )
        )
    }
    climbed_now = 0
    while True:
        unheard = [role for role, told in heard.items() if not told]
        pending = [role for role in late(stage, levels, unheard, clock.now()) if role not in heard]
        if not pending:
            return climbed_now
        heard[pending[0]] = _climb_to(session, row, stage.name, pending[0])
        climbed_now += 1


def _climb_to(session: Session, row: Fault, stage: str, role: str) -> int:
    """How many people of a level were told, now or by another worker at the same moment."""
    place = {"fault_id": row.id, "round": row.round, "stage": stage, "role": role}
    this = [getattr(FaultClimb, name) == value for name, value in place.items()]
    # The row first: of two workers one waits here for the other, and must not take "told before" for "nobody there".
    if not insert_ignoring(session, FaultClimb, {**place, "at": clock.now(), "told": 0}, list(place)):
        return session.scalar(select(FaultClimb.told).where(*this)) or 0
    notice = notices.overdue(fault(session, row.id), stage)
    key = f"fault-climbed:{row.id}:{row.round}:{stage}:{role}"
    told = tell_role(session, role, row.area_code, row.contractor_id, notice, key)
    affected(session, update(FaultClimb).where(*this).values(told=told))
    write_down(session, row, "climbed", None, facts={"stage": stage, "role": role, "told": told})
    return told
