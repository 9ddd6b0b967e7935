"""What no form expects: long addresses, unprintable codes, one bad row among good ones, many rows on a page."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import String, event, select

from backend.core import clock
from backend.core.http.rates import RateCount
from backend.core.jobs import JobIncomplete
from backend.faults import jobs
from backend.faults.models import Fault, FaultClimb, FaultReport, VillageOutage
from backend.identity.models import Person
from backend.installation.models import AlarmTest, Booking, Contract, InstalledItem, Slot, Visit
from backend.registry.models import Household, Scan
from backend.supervision.models import Company
from tests.faults.world import WINTER, World

COPIED = [
    (Fault.address, Household.address),
    (Fault.area_code, Household.area_code),
    (Fault.household_id, Household.id),
    (Fault.contractor_id, Company.id),
    (Fault.repairer_id, Person.id),
    (FaultReport.scan_id, Scan.id),
    (VillageOutage.area_code, Fault.area_code),
    (VillageOutage.category, Fault.category),
    (Contract.contractor_id, Company.id),
    (Slot.contractor_id, Company.id),
    (Visit.contractor_id, Slot.contractor_id),
    (Visit.household_id, Booking.household_id),
    (Visit.scan_id, Scan.id),
    (InstalledItem.serial_key, InstalledItem.serial),
    (AlarmTest.item_id, InstalledItem.id),
]


@pytest.mark.parametrize(("copy", "source"), COPIED, ids=lambda column: str(column))
def test_a_copied_column_is_never_narrower_than_its_source(copy, source) -> None:  # type: ignore[no-untyped-def]  # columns of many kinds
    assert isinstance(copy.type, String) and isinstance(source.type, String)
    assert (copy.type.length or 0) >= (source.type.length or 0)


def test_the_longest_address_is_reported_from_home_and_at_the_door(world: World) -> None:
    house, next_door = world.house(), world.house(1)
    with world.db.writing() as session:
        for each in (house, next_door):
            session.get_one(Household, each).address = "长" * 200
    assert world.report(house)["fault"]["address"] == "长" * 200
    body = {"household_code": world.code(next_door), "category": "co"}
    world.client(None).post("/api/fault-reports", body).expect(201)


@pytest.mark.parametrize("code", ["\x00" * 10, "ABC\x00DEFGHJ", "\ud800" * 10, "未" * 200, 7, None])
def test_what_is_no_code_is_refused_and_never_kept(world: World, code: object) -> None:
    body = json.dumps({"household_code": code, "category": "co"}).encode()
    as_json = {"Content-Type": "application/json"}
    answer = world.client(None).post("/api/fault-reports", body=body, headers=as_json)
    assert answer.status in (404, 409, 422), answer.text
    with world.db.reading() as session:
        buckets = session.scalars(select(RateCount.bucket)).all()
    assert all(bucket.isprintable() and "未" not in bucket for bucket in buckets)


def test_a_bad_fault_stops_no_other_from_climbing(world: World) -> None:
    _, bad = world.reported()
    _, good = world.reported(1)
    assert bad < good
    with world.db.writing() as session:
        session.get_one(Fault, bad).decision = {}
    with clock.pinned(WINTER + timedelta(hours=2)), pytest.raises(JobIncomplete):
        jobs.climb_overdue(world.db)
    with world.db.reading() as session:
        assert set(session.scalars(select(FaultClimb.fault_id))) == {good}


def test_a_bad_village_stops_no_other_from_being_watched(world: World) -> None:
    faults = {
        category: [world.report(world.house(n), category)["fault"]["id"] for n in range(2)]
        for category in ("no_heat", "noise")
    }
    with world.db.writing() as session:
        for each in faults["no_heat"]:
            session.get_one(Fault, each).category = "aaa"  # sorts before the good one
        for category, ids in (("aaa", faults["no_heat"]), ("noise", faults["noise"])):
            row = session.get_one(Fault, ids[0])
            copies = {c.key: getattr(row, c.key) for c in Fault.__table__.columns}
            for n in range(2, 6):
                session.add(
                    Fault(
                        **{**copies, "id": f"{ids[0][:24]}{category[0]}{n}", "household_id": world.house(n)}
                    )
                )
    with pytest.raises(JobIncomplete):
        jobs.watch_outages(world.db)
    with world.db.reading() as session:
        assert session.scalars(select(VillageOutage.category)).all() == ["noise"]


def test_a_page_of_faults_reads_each_company_once(world: World) -> None:
    for n in range(5):
        world.reported(n)
    seen: list[str] = []

    def note(_c: object, _cur: object, statement: str, *_: object) -> None:
        seen.append(statement)

    engine = world.app.extensions["backend.database"].engine
    event.listen(engine, "before_cursor_execute", note)
    items = world.client("district").get("/api/faults").expect(200)["items"]
    event.remove(engine, "before_cursor_execute", note)
    assert len(items) == 5 and {item["contractor_name"] for item in items} == {"示范取暖公司"}
    assert sum("FROM companies" in statement for statement in seen) == 1
