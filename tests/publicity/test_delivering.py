"""Campaigns in the worker's hands and in lists."""

from __future__ import annotations

import pytest

from backend.core import clock
from backend.core.db import Database, new_id
from backend.core.jobs import JobIncomplete
from backend.identity.roles import EDITOR
from backend.publicity.jobs import deliver_released
from backend.publicity.models import Campaign
from backend.publicity.queries import campaigns
from tests.builders.product import AUTUMN, County, actor_of, person_with, resident_of, small_county
from tests.harness.databases import statements_of


@pytest.fixture
def county(db: Database) -> County:
    county = small_county(db)
    with clock.pinned(AUTUMN):
        for household_id in county.households["biomass"][:2]:
            resident_of(db, household_id)
    return county


def _released(db: Database, county: County, title: str, reached: int = 0) -> str:
    with db.writing() as session:
        row = Campaign(
            id=new_id(), area_code=county.district, path="biomass", title=title, body="周六上午在村委会。",
            state="released", written_by="0" * 26, written_at=AUTUMN, reached=reached, reached_until="",
        )  # fmt: skip
        session.add(row)
        return row.id


def test_a_campaign_that_fails_stops_no_other_and_the_job_says_so(db: Database, county: County) -> None:
    no_more = 2**63 - 1 if db.dialect == "sqlite" else 2**31 - 1  # the column holds no greater count
    broken, sound = _released(db, county, "坏的", no_more), _released(db, county, "好的")
    assert broken < sound, "the broken one comes first"
    with clock.pinned(AUTUMN), pytest.raises(JobIncomplete, match="1 of 2"):
        deliver_released(db)
    with db.reading() as session:
        states = {each: session.get_one(Campaign, each).state for each in (broken, sound)}
        assert states == {broken: "released", sound: "delivered"}
        assert session.get_one(Campaign, sound).reached == 2


def test_a_list_counts_an_audience_once_however_many_campaigns_it_has(db: Database, county: County) -> None:
    for number in range(4):
        _released(db, county, f"讲座{number}")
    editor = actor_of(db, person_with(db, EDITOR, area_code=county.district))
    with statements_of(db) as asked, db.reading() as session:
        listed = campaigns(session, editor, after="", limit=3)
    assert [each.audience for each in listed.items] == [2, 2, 2] and listed.next
    assert sum("count(" in statement for statement in asked) == 1
