"""One way to move a fault, and one to write down what was done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from backend.core import audit, clock
from backend.core.db import affected
from backend.faults.errors import WrongState
from backend.faults.models import Fault, FaultStep
from backend.faults.queries.faults import row_of
from backend.faults.rules import states
from backend.identity import Actor


def move(
    session: Session,
    fault_id: str,
    transition: str,
    values: Mapping[str, Any],
    *conditions: ColumnElement[bool],
) -> Fault:
    """Change a fault from one of the states that ``transition`` may begin in; the row as it stands afterwards.

    Two at once: the second sees the first's state. Raises WrongState, NotFound.
    """
    moved = affected(
        session,
        update(Fault)
        .where(Fault.id == fault_id, Fault.state.in_(states.FROM[transition]), *conditions)
        .values(**values),
    )
    row = row_of(session, fault_id)
    if not moved:
        raise wrong_state(row.state)
    return row


def wrong_state(state: str) -> WrongState:
    """The refusal with the state that stands and whose turn it is."""
    label = states.LABELS[state]
    return WrongState(
        f"这件报修现在是“{label}”。", next=states.NEXT[state], facts={"state": state, "state_label": label}
    )


def write_down(
    session: Session,
    row: Fault,
    kind: str,
    actor: Actor | None,
    *,
    on_behalf: bool = False,
    note: str | None = None,
    facts: Mapping[str, Any] | None = None,
) -> None:
    """A line in the fault's history and in the audit trail; ``note`` (a person's own words) only in the former."""
    by = actor.person_id if actor else None
    told = {"household_id": row.household_id, "category": row.category, **(facts or {})}
    last = session.scalar(select(func.max(FaultStep.position)).where(FaultStep.fault_id == row.id))
    session.add(
        FaultStep(
            fault_id=row.id,
            position=(last or 0) + 1,
            round=row.round,
            kind=kind,
            at=clock.now(),
            by=by,
            on_behalf=on_behalf,
            note=note,
            facts=dict(facts or {}),
        )
    )
    audit.record(
        session,
        by,
        f"fault.{kind}",
        ("fault", row.id),
        told,
        behalf_of=row.household_id if on_behalf else None,
        area=row.area_code,
    )


def acts_for(actor: Actor, household_id: str) -> bool:
    """Whether what the actor does is done for a household that is not the actor's own: marked, and shown to it."""
    return not actor.tied_to(household_id)
