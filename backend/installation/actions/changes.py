"""What a merge or a change of path means for contracts and bookings: listeners, in the registry's transaction."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backend.core import audit, clock
from backend.core.db import affected
from backend.installation.actions.bookings import end_booking
from backend.installation.models import Contract, Installation
from backend.installation.queries import standing_booking
from backend.registry import HouseholdMerged, PathChanged


def end_with_merged(session: Session, event: HouseholdMerged) -> None:
    """The household that ends gives its place back and its contract ends; what was installed stays on its record."""
    _end_both(session, event.gone_id, "并户")


def end_with_old_path(session: Session, event: PathChanged) -> None:
    """A contract and a booking were for the old path's kit: both end, a new contract is signed (2, 4.1.1.6)."""
    _end_both(session, event.household_id, "改造路径变更")
    affected(
        session,
        update(Installation)
        .where(Installation.household_id == event.household_id, Installation.accepted_at.is_(None))
        .values(installed_at=None, energised_at=None),
    )


def _end_both(session: Session, household_id: str, reason: str) -> None:
    # In the order of all locks (see progress.held): a booking in the making holds the contract.
    session.execute(
        select(Contract.id)
        .where(Contract.household_id == household_id, Contract.ended_at.is_(None))
        .with_for_update()
    )
    booking = standing_booking(session, household_id)
    if booking is not None:
        end_booking(session, booking, by=None, reason=reason)
    ended = affected(
        session,
        update(Contract)
        .where(Contract.household_id == household_id, Contract.ended_at.is_(None))
        .values(ended_at=clock.now(), end_reason=reason),
    )
    if booking is not None or ended:
        facts = {"reason": reason, "booking_id": booking.id if booking else None}
        audit.record(session, None, "installation.ended_by_change", ("household", household_id), facts)
