"""A report that turned out false: who ends it, after what, and that it holds nobody up meanwhile."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import insert, select, update

from backend.core import clock
from backend.core.db import new_id
from backend.faults import jobs
from backend.faults.models import Fault, FaultReport
from backend.messaging.models import InboxEntry
from backend.registry.models import Scan
from tests.faults.world import WINTER, World

WHO = "按“误报”办结"


def reported(world: World, n: int = 0, category: str = "co") -> tuple[str, str]:
    """A passer-by's report at a house under contract: (house, fault)."""
    house = world.house(n)
    world.contract(house)
    body = {"household_code": world.code(house), "category": category}
    world.client(None).post("/api/fault-reports", body).expect(201)
    with world.db.reading() as session:
        where = (Fault.household_id == house, Fault.state != "closed")
        return house, session.scalars(select(Fault.id).where(*where)).one()


def texts(world: World, who: str) -> list[str]:
    with world.db.reading() as session:
        where = InboxEntry.person_id == world.people[who].id
        return list(session.scalars(select(InboxEntry.body).where(where).order_by(InboxEntry.id)))


def test_a_cadre_ends_it_at_the_door_and_everybody_who_was_told_is_told(world: World) -> None:
    house, fault = reported(world)
    world.act("manager", fault, "dispatch", {"person_id": world.people["repairer"].id}).expect(201)
    body = {"checked": "on_site", "household_code": world.code(house), "reason": "到家里看过，报警器没响"}
    told = world.act("cadre", fault, "false-report", body).expect(201)
    assert (told["state"], told["closed_as"]) == ("closed", "false_report")
    for who in ("cadre", "manager", "repairer", "township", "district"):
        assert world.inbox(who)[-1][1] == "核实为误报，已办结", who
    last = world.file(fault)["steps"][-1]
    assert (last["kind"], last["by_name"], last["note"]) == ("called_false", "张支书", body["reason"])
    assert last["facts"]["checked"] == "on_site"
    with world.db.reading() as session:
        assert "false_report" in session.scalars(select(Scan.purpose).where(Scan.household_id == house)).all()


@pytest.mark.parametrize("who", ["cadre", "township", "district"])
def test_cadre_township_and_district_end_it_after_calling_back(world: World, who: str) -> None:
    _house, fault = reported(world)
    body = {"checked": "called_back", "reason": "电话问过住户，没有这回事"}
    assert world.act(who, fault, "false-report", body).expect(201)["closed_as"] == "false_report"
    assert world.act(who, fault, "false-report", body).expect(409)["code"] == "fault.wrong_state"


def test_nobody_else_ends_it_nor_without_a_reason_nor_by_another_doors_code(world: World) -> None:
    house, fault = reported(world)
    called = {"checked": "called_back", "reason": "没有这回事"}
    for who, status in (
        ("repairer", 404),
        ("manager", 403),
        ("elsewhere", 404),
        (world.resident(house), 403),
    ):
        assert world.act(who, fault, "false-report", called).status in (403, 404), (who, status)
    on_site = {"checked": "on_site", "reason": "看过"}
    assert world.act("cadre", fault, "false-report", {"checked": "called_back"}).status == 422
    assert world.act("cadre", fault, "false-report", on_site).expect(422)["errors"]["household_code"]
    elsewhere = {**on_site, "household_code": world.code(world.house(1))}
    assert world.act("cadre", fault, "false-report", elsewhere).status == 409
    assert world.file(fault)["fault"]["state"] == "reported"


def test_what_the_household_or_an_officer_reports_is_not_called_false(world: World) -> None:
    house, fault = reported(world)
    world.report(house, "co")
    body = {"checked": "called_back", "reason": "没有这回事"}
    refused = world.act("cadre", fault, "false-report", body).expect(409)
    assert refused["code"] == "fault.vouched_for" and "撤回" in refused["next"]
    assert WHO not in world.file(fault)["fault"]["next"]


def older_process_reports(world: World, fault: str, via: str) -> None:
    """As a process of the release before writes it: it knows nothing of who stands behind a fault."""
    with world.db.writing() as session:
        report = session.scalars(select(FaultReport).where(FaultReport.fault_id == fault)).first()
        assert report is not None
        known = {column.key: getattr(report, column.key) for column in FaultReport.__table__.columns}
        session.execute(insert(FaultReport).values({**known, "id": new_id(), "via": via}))


@pytest.mark.parametrize("via", ["resident", "household_proxy", "officer"])
def test_what_the_household_tells_an_older_process_is_not_called_false(world: World, via: str) -> None:
    _house, fault = reported(world)
    with world.db.writing() as session:
        session.execute(update(Fault).where(Fault.id == fault).values(flood=True))
    older_process_reports(world, fault, "passer_by")
    assert world.file(fault)["fault"]["flood"]
    older_process_reports(world, fault, via)
    told = world.file(fault)["fault"]
    assert (told["vouched"], told["flood"]) == ("household", False)
    body = {"checked": "called_back", "reason": "没有这回事"}
    assert world.act("cadre", fault, "false-report", body).expect(409)["code"] == "fault.vouched_for"


def test_what_an_older_process_opens_is_taken_for_vouched(world: World) -> None:
    _house, fault = reported(world)
    with world.db.writing() as session:
        row = session.get_one(Fault, fault)
        unknown = ("vouched", "origin", "flood", "only_counted")
        names = [column.key for column in Fault.__table__.columns if column.key not in unknown]
        known = {name: getattr(row, name) for name in names}
        fresh = {"id": new_id(), "category": "smoke"}
        session.execute(insert(Fault).values({**known, **fresh}))
    assert world.file(fresh["id"])["fault"]["vouched"] == "household"


def test_what_the_household_reopens_is_its_own_word_from_then_on(world: World) -> None:
    house, fault = reported(world)
    body = {"checked": "called_back", "reason": "没有这回事"}
    world.act("cadre", fault, "false-report", body).expect(201)
    again = world.act(world.resident(house), fault, "reopening", {"reason": "报警器又响了"}).expect(201)
    assert again["vouched"] == "household"
    assert world.act("cadre", fault, "false-report", body).expect(409)["code"] == "fault.vouched_for"


def test_it_is_said_who_ends_it_to_all_who_are_told_and_by_whom_it_climbs_to(world: World) -> None:
    _house, fault = reported(world)
    assert WHO in world.file(fault)["fault"]["next"]
    for who in ("cadre", "manager", "township", "district"):
        assert WHO in texts(world, who)[-1], who
    with clock.pinned(WINTER + timedelta(hours=30)):
        jobs.climb_overdue(world.db)
    for who in ("township", "district"):
        assert "已超时" in texts(world, who)[-1] and WHO in texts(world, who)[-1], who


def test_it_holds_nothing_of_the_house_and_the_next_danger_is_told_as_the_first_was(world: World) -> None:
    house, fault = reported(world)
    assert world.report(house, "no_heat")["fault"]["id"] != fault, "its own report is a fault of its own"
    body = {"checked": "called_back", "reason": "没有这回事"}
    world.act("cadre", fault, "false-report", body).expect(201)
    before = len(world.inbox("district"))
    door = {"household_code": world.code(house), "category": "co"}
    world.client(None).post("/api/fault-reports", door).expect(201)
    assert len(world.inbox("district")) == before + 1
    with world.db.reading() as session:
        assert (
            session.scalar(
                select(Fault.state).where(
                    Fault.household_id == house, Fault.category == "co", Fault.id != fault
                )
            )
            == "reported"
        )
