"""A campaign is written by one, released by another, and reaches each of its people once (9.3)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from backend.core import clock
from backend.core.audit import AuditEntry
from backend.core.db import Database, new_id
from backend.identity import actor_for
from backend.messaging.models import InboxEntry
from backend.publicity import actions
from backend.publicity.errors import NotADraft
from backend.publicity.jobs import deliver_released
from backend.publicity.models import Campaign
from backend.registry.models import HouseholdTie
from tests.builders.product import (
    AUTUMN,
    DISTRICT,
    AppClient,
    County,
    Someone,
    client_of,
    give_role_to,
    kept_app_on,
    person_with,
    resident_of,
    small_county,
    somebody,
)
from tests.harness.databases import Filling, Stocked
from tests.harness.races import race
from tests.sizes import SIZES

BODY = "睡前看一眼报警器，灯亮才放心。\n头晕马上开窗。"


@dataclass
class Office:
    db: Database
    app: Flask
    county: County
    editor: Someone
    releaser: Someone
    people: dict[str, list[Someone]]  # residents by path

    def client(self, person: Someone) -> AppClient:
        return client_of(self.app, person)

    def draft(self, title: str = "安全取暖", area_code: str = DISTRICT, **more: Any) -> str:
        body = {"area_code": area_code, "title": title, "body": BODY, **more}
        return str(self.client(self.editor).post("/api/campaigns", body).expect(201)["id"])

    def released(self, **more: Any) -> str:
        campaign = self.draft(**more)
        self.client(self.releaser).post(f"/api/campaigns/{campaign}/release").expect(200)
        return campaign

    def shown(self, campaign: str) -> Any:
        return self.client(self.editor).get(f"/api/campaigns/{campaign}").expect(200)

    def told(self, title: str = "安全取暖") -> Counter[str]:
        with self.db.reading() as session:
            return Counter(session.scalars(select(InboxEntry.person_id).where(InboxEntry.title == title)))

    def ids(self, *paths: str) -> dict[str, int]:
        return {person.id: 1 for path in paths or self.people for person in self.people[path]}


def peopled(db: Database) -> tuple[County, Someone, Someone, dict[str, list[Someone]]]:
    with clock.pinned(AUTUMN):
        county = small_county(db, 2)
        people = {
            path: [resident_of(db, home) for home in county.households[path]]
            for path in ("biomass", "heat_pump", "solar_plus")
        }
        editor = person_with(db, "media_editor", area_code=DISTRICT)
        return county, editor, person_with(db, "media_releaser", area_code=DISTRICT), people


@pytest.fixture
def filling() -> Filling:
    return peopled


@pytest.fixture
def office(db: Database, stocked: Stocked, tmp_path: Path) -> Iterator[Office]:
    with clock.pinned(AUTUMN):
        yield Office(db, kept_app_on(stocked.url, tmp_path), *stocked.made)


def test_a_draft_reaches_nobody_and_tells_how_many_it_could_reach(office: Office) -> None:
    campaign = office.shown(office.draft())
    assert (campaign["state"], campaign["audience"], campaign["reached"], campaign["released_by"]) == (
        "draft",
        6,
        0,
        None,
    )
    assert campaign["body"] == BODY
    deliver_released(office.db)
    assert not office.told()


def test_released_by_another_it_reaches_everybody_of_its_area_once(office: Office) -> None:
    campaign = office.released()
    assert office.shown(campaign)["state"] == "released"
    for _ in range(3):
        deliver_released(office.db)
    assert office.told() == office.ids()
    shown = office.shown(campaign)
    assert (shown["state"], shown["reached"], shown["released_by"]) == ("delivered", 6, office.releaser.id)
    inbox = office.client(office.people["biomass"][0]).get("/api/inbox").expect(200)["items"]
    assert (inbox[0]["title"], inbox[0]["body"]) == ("安全取暖", BODY)
    with office.db.reading() as session:
        entries = session.scalars(
            select(AuditEntry).where(AuditEntry.about_id == campaign).order_by(AuditEntry.id)
        ).all()
    assert [(each.event, each.by) for each in entries] == [
        ("campaign.written", office.editor.id),
        ("campaign.released", office.releaser.id),
    ]
    assert entries[1].facts == {"audience": 6}


def test_an_area_and_a_path_narrow_it(office: Office) -> None:
    office.released(title="炉具", path="biomass")
    office.released(title="本乡", area_code=office.county.township("solar_plus"))
    office.released(title="本村", area_code=office.county.villages["heat_pump"], path="heat_pump")
    deliver_released(office.db)
    assert office.told("炉具") == office.ids("biomass")
    assert office.told("本乡") == office.ids("solar_plus")
    assert office.told("本村") == office.ids("heat_pump")


def test_somebody_of_two_households_is_told_once(office: Office) -> None:
    person = office.people["biomass"][0]
    with office.db.writing() as session:
        session.add(
            HouseholdTie(
                id=new_id(),
                household_id=office.county.households["solar_plus"][0],
                person_id=person.id,
                role="household_proxy",
                proven_by="cadre",
                given_by=person.id,
                since=AUTUMN,
            )
        )
    campaign = office.released()
    deliver_released(office.db)
    assert office.told() == office.ids()
    assert office.shown(campaign)["reached"] == 6


def test_the_same_person_cannot_release_even_with_both_roles(office: Office) -> None:
    give_role_to(office.db, office.editor, "media_releaser", area_code=DISTRICT)
    campaign = office.draft()
    answer = office.client(office.editor).post(f"/api/campaigns/{campaign}/release")
    assert (answer.status, answer.json()["code"], answer.json()["clause"]) == (
        409,
        "publicity.two_people",
        "9.3",
    )
    assert office.shown(campaign)["state"] == "draft"
    with pytest.raises(IntegrityError), office.db.writing() as session:  # nor past the rule
        row = session.get_one(Campaign, campaign)
        row.state, row.released_by = "released", office.editor.id


def test_who_may_only_write_or_only_release_or_is_of_another_area_cannot_do_the_other(office: Office) -> None:
    campaign = office.draft()
    assert office.client(office.editor).post(f"/api/campaigns/{campaign}/release").status == 403
    body = {"area_code": DISTRICT, "title": "a", "body": "b"}
    assert office.client(office.releaser).post("/api/campaigns", body).status == 403
    elsewhere = person_with(office.db, "media_releaser", area_code="140699")
    assert office.client(elsewhere).post(f"/api/campaigns/{campaign}/release").status == 404
    assert office.client(elsewhere).get(f"/api/campaigns/{campaign}").status == 404
    assert office.client(elsewhere).get("/api/campaigns").expect(200)["items"] == []
    village = person_with(office.db, "media_editor", area_code=office.county.villages["biomass"])
    assert office.client(village).post("/api/campaigns", body).status == 404, "only for one's own area"
    assert office.client(somebody(office.db)).get("/api/campaigns").status == 403


def test_a_campaign_is_released_once_however_many_release_it(office: Office) -> None:
    campaign = office.draft()
    releasers = [person_with(office.db, "media_releaser", area_code=DISTRICT).id for _ in range(SIZES.racers)]

    def release(index: int) -> str:
        with office.db.writing() as session:
            actor = actor_for(session, releasers[index])
            return str(actions.release_campaign(session, actor, campaign_id=campaign).released_by)

    result = race(len(releasers), release)
    assert len(result.values) == 1
    assert {type(error) for error in result.errors} == {NotADraft}
    assert office.shown(campaign)["released_by"] == result.values[0]
    again = office.client(office.releaser).post(f"/api/campaigns/{campaign}/release")
    assert (again.status, again.json()["code"]) == (409, "publicity.not_a_draft")


def test_with_nobody_to_reach_it_is_refused_and_stays_a_draft(office: Office) -> None:
    campaign = office.draft(area_code=office.county.villages["district_heat"])
    answer = office.client(office.releaser).post(f"/api/campaigns/{campaign}/release")
    assert (answer.status, answer.json()["code"]) == (409, "publicity.nobody")
    assert "村村响" in answer.json()["next"]
    assert office.shown(campaign)["state"] == "draft"


def test_stopped_in_between_it_goes_no_further_and_who_has_it_keeps_it(office: Office) -> None:
    campaign = office.released()
    with office.db.writing() as session:
        assert actions.deliver_batch(session, campaign, limit=2)
    assert len(office.told()) == 2
    stop = f"/api/campaigns/{campaign}/stop"
    assert office.client(office.editor).post(stop, {"reason": "有错字"}).status == 403
    shown = office.client(office.releaser).post(stop, {"reason": "有错字"}).expect(200)
    assert (shown["state"], shown["reached"]) == ("stopped", 2)
    deliver_released(office.db)
    with office.db.writing() as session:
        assert actions.deliver_batch(session, campaign) is False
    assert len(office.told()) == 2
    for path, code in (
        (stop, "publicity.not_running"),
        (f"/api/campaigns/{campaign}/release", "publicity.not_a_draft"),
    ):
        body = {"reason": "x"} if path == stop else None
        answer = office.client(office.releaser).post(path, body)
        assert (answer.status, answer.json()["code"]) == (409, code)


def test_a_draft_that_was_stopped_is_never_released(office: Office) -> None:
    campaign = office.draft()
    office.client(office.releaser).post(f"/api/campaigns/{campaign}/stop", {"reason": "内容过时"}).expect(200)
    assert office.client(office.releaser).post(f"/api/campaigns/{campaign}/release").status == 409
    deliver_released(office.db)
    assert not office.told()


def test_workers_that_deliver_at_once_tell_and_count_each_person_once(office: Office) -> None:
    more_people = [somebody(office.db).id for _ in range(30)]
    with office.db.writing() as session:
        for person in more_people:
            session.add(
                HouseholdTie(
                    id=new_id(),
                    household_id=office.county.households["solar_plus"][1],
                    person_id=person,
                    role="resident",
                    proven_by="cadre",
                    given_by=person,
                    since=AUTUMN,
                )
            )
    campaign = office.released()

    def deliver(_index: int) -> None:
        more = True
        while more:
            with office.db.writing() as session:
                more = actions.deliver_batch(session, campaign, limit=1)

    result = race(4, deliver)
    assert not result.errors
    assert office.told() == {**office.ids(), **dict.fromkeys(more_people, 1)}
    assert office.shown(campaign)["reached"] == 36


def test_what_is_too_long_or_empty_is_refused_by_field(office: Office) -> None:
    for changed in (
        {"title": ""},
        {"title": "长" * 61},
        {"body": " "},
        {"path": "coal"},
        {"area_code": "朔城"},
    ):
        body = {"area_code": DISTRICT, "title": "安全取暖", "body": BODY, **changed}
        answer = office.client(office.editor).post("/api/campaigns", body)
        assert answer.status in (404, 422), changed
        assert answer.status == 404 or set(answer.json()["errors"]) == set(changed)
