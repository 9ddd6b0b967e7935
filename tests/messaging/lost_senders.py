"""What time does to what a killed sender had in hand: the platform ends what it was asked, then the leases run out."""

from __future__ import annotations

import threading
from datetime import timedelta

from sqlalchemy import ColumnElement, true, update

from backend.core.db import Database
from backend.core.leases import wall_clock
from backend.core.outbox import SENDING, OutboxRow
from scripts.wechat_standin import Standin
from tests.harness.wires import wait_until_read
from tests.messaging.builders import SEND


def let_leases_run_out(
    db: Database, standin: Standin, held: ColumnElement[bool] | None = None, *, hangs: bool = False
) -> set[tuple[str, int]]:
    """Half a minute passes for rows that are ``held`` (None: for all); (id, attempt) of each that was being sent.

    In that time the platform also reads and ends what it was asked by the dead: a lease is longer than any call, and only
    a lease cut short would put a second message beside one that is still on its way. ``hangs``: it does not end it in the
    time that we have, and nothing is sent after that.

    The rows are told by the very statement that cuts them: the last commit of the dead may reach the database after them.
    """
    if not hangs:
        wait_until_read(standin.port)
    begun = len(standin.calls(SEND))
    pause = threading.Event()
    for _ in range(1_000):
        if all(call["done"] is not None for call in standin.calls(SEND)[:begun]):
            break
        pause.wait(0.01)
    with db.writing() as session:
        cut = session.execute(
            update(OutboxRow)
            .where(OutboxRow.lease_until.is_not(None), true() if held is None else held)
            .values(lease_until=wall_clock() - timedelta(seconds=1))
            .returning(OutboxRow.id, OutboxRow.attempts, OutboxRow.state),
            execution_options={"synchronize_session": False},
        )
        return {(row_id, attempts) for row_id, attempts, state in cut if state == SENDING}
