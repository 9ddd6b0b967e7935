"""The power goes while a campaign is being delivered: the next worker goes on, nobody is left out or told twice (9.3)."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable

import pytest
from sqlalchemy import delete, func, insert, select

from backend.core import clock
from backend.core.db import Database, new_id
from backend.core.leases import Lease
from backend.identity.models import Person
from backend.messaging.models import InboxEntry
from backend.publicity.actions import BATCH, release_campaign, write_campaign
from backend.publicity.models import Campaign
from backend.registry.models import HouseholdTie
from tests.builders.product import AUTUMN, DISTRICT, actor_of, person_with, small_county
from tests.harness.day import at
from tests.harness.served import Served
from tests.sizes import SIZE_NAME, SIZES

PEOPLE = (16 if SIZE_NAME == "small" else 30) * BATCH  # enough batches that a kill falls between two of them
PATIENCE_SECONDS = 60.0


def village_of_many(db: Database) -> list[str]:
    """So many people, all of one household; their ids."""
    with clock.pinned(AUTUMN):
        home = small_county(db, 1).households["biomass"][0]
    ids = [new_id() for _ in range(PEOPLE)]
    tie = {
        "household_id": home,
        "role": "resident",
        "proven_by": "cadre",
        "given_by": ids[0],
        "since": AUTUMN,
    }
    with db.writing() as session:
        session.execute(insert(Person), [{"id": each, "created_at": AUTUMN} for each in ids])
        session.execute(insert(HouseholdTie), [{"id": new_id(), "person_id": each, **tie} for each in ids])
    return ids


def reached(db: Database, campaign: str) -> int:
    with db.reading() as session:
        return session.scalar(select(Campaign.reached).where(Campaign.id == campaign)) or 0


def wait_for(moment: Callable[[], bool], what: str) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while not moment():
        assert time.monotonic() < until, f"waited {PATIENCE_SECONDS:g} s for {what}"
        time.sleep(0.005)  # the worker is another process; there is nothing else to wait on


@pytest.mark.parametrize("seed", range(min(SIZES.kills // 2, 5)))
def test_a_worker_killed_while_delivering_is_followed_by_one_that_goes_on(
    db: Database, serve: Callable[..., Served], seed: int
) -> None:
    people = village_of_many(db)
    editor = actor_of(db, person_with(db, "media_editor", area_code=DISTRICT))
    releaser = actor_of(db, person_with(db, "media_releaser", area_code=DISTRICT))
    with clock.pinned(AUTUMN), db.writing() as session:
        written = write_campaign(
            session, editor, area_code=DISTRICT, path=None, title="安全取暖", body="灯亮才放心。"
        )
        campaign = written.id
        release_campaign(session, releaser, campaign_id=campaign)
    served = serve(worker=False, stand_in=False, web_processes=0, env=at(AUTUMN))

    killed_at = []
    for kill in range(1, 3):
        served.start_worker()
        moment = kill * (seed + 4) * BATCH
        wait_for(lambda moment=moment: reached(db, campaign) >= moment, f"{moment} inboxes")  # type: ignore[misc]  # bound now
        served.kill_worker()
        killed_at.append(reached(db, campaign))
        with db.writing() as session:  # what the passing of fifteen seconds does
            session.execute(delete(Lease))
    print(f"killed (by {os.getpid()}) after {killed_at} of {PEOPLE}")
    assert 0 < killed_at[0] < PEOPLE, "the kill fell into the delivery"
    served.start_worker()

    def delivered() -> bool:
        with db.reading() as session:
            return session.scalar(select(Campaign.state).where(Campaign.id == campaign)) == "delivered"

    wait_for(delivered, "the end of delivery")
    with db.reading() as session:
        told = Counter(session.scalars(select(InboxEntry.person_id).where(InboxEntry.about_id == campaign)))
        total = session.scalar(select(func.count()).where(InboxEntry.about_id == campaign))
    assert set(told) == set(people) and set(told.values()) == {1}
    assert reached(db, campaign) == total == PEOPLE
