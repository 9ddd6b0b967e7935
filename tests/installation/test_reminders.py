"""Tomorrow's visits, and what a merge or a change of path ends."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import event

from backend.core import clock, events
from backend.core.jobs import JobIncomplete
from backend.installation import jobs
from backend.registry import HouseholdMerged, PathChanged
from backend.registry.models import Household
from tests.harness.http import Client
from tests.installation.world import TOMORROW, World


def _titles(client: Client) -> list[str]:
    return [told["title"] for told in client.get("/api/inbox").expect(200)["items"]]


def test_tomorrows_visit_is_told_once_however_often_the_job_runs(world: World) -> None:
    house, resident = world.contracted("heat_pump")
    slot = world.slot("heat_pump", day=TOMORROW)
    resident.post("/api/bookings", {"household_id": house, "slot_id": slot}).expect(201)
    assert jobs.remind_of_visits(world.db) == 1
    assert jobs.remind_of_visits(world.db) == 1
    assert _titles(resident).count("明天上门安装") == 1
    assert _titles(world.installer).count("明天上门1户") == 1
    with clock.pinned(datetime(2022, 9, 16, 2, 0, tzinfo=UTC)):
        assert jobs.remind_of_visits(world.db) == 0


def test_a_cancelled_visit_is_not_reminded_of(world: World) -> None:
    house, resident = world.contracted("heat_pump")
    slot = world.slot("heat_pump", day=TOMORROW)
    booking = resident.post("/api/bookings", {"household_id": house, "slot_id": slot}).expect(201)["id"]
    resident.post(f"/api/bookings/{booking}/cancel", {"reason": "有事"}).expect(200)
    assert jobs.remind_of_visits(world.db) == 0


def test_a_merge_or_another_path_ends_contract_and_booking_and_frees_the_place(world: World) -> None:
    merged, _, _ = world.booked("heat_pump")
    changed, _, _ = world.booked("heat_pump", 1)
    with world.db.writing() as session:
        events.publish(session, HouseholdMerged(kept_id=changed, gone_id=merged))
        events.publish(session, PathChanged(household_id=changed, old="heat_pump", new="biomass"))
    slots = world.manager.get("/api/slots", area_code=world.county.villages["heat_pump"]).expect(200)["items"]
    assert [slot["booked"] for slot in slots] == [0]
    for house in (merged, changed):
        shown = world.district.get(f"/api/households/{house}/installation").expect(200)
        assert shown["contract"] is None
        assert [booking["state"] for booking in shown["bookings"]] == ["cancelled"]


def test_a_bad_booking_stops_no_other_from_being_reminded_of(world: World) -> None:
    slot = world.slot("heat_pump", day=TOMORROW)
    homes = [world.contracted("heat_pump", n) for n in range(2)]
    for house, resident in homes:
        resident.post("/api/bookings", {"household_id": house, "slot_id": slot}).expect(201)
    with world.db.writing() as session:
        session.get_one(Household, homes[0][0]).ended_at = clock.now()
    with pytest.raises(JobIncomplete):
        jobs.remind_of_visits(world.db)
    assert _titles(homes[1][1]).count("明天上门安装") == 1
    assert _titles(world.installer).count("明天上门2户") == 1


def test_a_page_of_slots_reads_their_company_once(world: World) -> None:
    for half_day in ("morning", "afternoon"):
        world.slot("heat_pump", day=TOMORROW, half_day=half_day)
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    engine = world.app.extensions["backend.database"].engine
    event.listen(engine, "before_cursor_execute", note)
    area = world.county.villages["heat_pump"]
    assert len(world.manager.get("/api/slots", area_code=area).expect(200)["items"]) == 2
    event.remove(engine, "before_cursor_execute", note)
    assert sum("FROM companies" in statement for statement in seen) == 1
