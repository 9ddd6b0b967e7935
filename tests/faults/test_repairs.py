"""From dispatch to the household's word, and what is refused on the way."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from backend.core import clock
from backend.faults import follow_merge
from backend.faults.models import Fault
from backend.registry import HouseholdMerged
from tests.builders.product import client_of, give_role_to
from tests.faults.world import WINTER, World


def test_a_fault_goes_from_report_to_the_households_word(world: World) -> None:
    house, fault = world.reported()
    resident = world.resident(house)
    sent = world.act("manager", fault, "dispatch", {"person_id": world.people["repairer"].id}).expect(201)
    assert (sent["state"], sent["repairer_name"]) == ("dispatched", "李师傅")
    assert sent["answered_at"] == "2022-12-01T02:00:00.000Z"
    assert ("fault.dispatched", "派给您的维修：没有暖气") in world.inbox("repairer")
    with clock.pinned(WINTER + timedelta(hours=1)):
        there = world.act("repairer", fault, "arrival", {"household_code": world.code(house)}).expect(201)
        assert there["state"] == "arrived" and there["arrived_at"] == "2022-12-01T03:00:00.000Z"
        parts = [{"kind": "pump", "serial": "P-1"}, {"kind": "valve", "serial": "V-1"}]
        done = world.act("repairer", fault, "done", {"work": "换泵换阀", "parts": parts}).expect(201)
        assert done["state"] == "done" and done["restored_at"] == "2022-12-01T03:00:00.000Z"
    closed = world.act(resident, fault, "confirmation", {"rating": 5, "warm": True}).expect(201)
    assert (closed["state"], closed["closed_as"], closed["rating"]) == ("closed", "confirmed", 5)
    assert closed["late"] == []
    file = world.file(fault, resident)
    assert [part["serial"] for part in file["parts"]] == ["P-1", "V-1"]
    assert [step["kind"] for step in file["steps"]] == [
        "reported",
        "dispatched",
        "arrived",
        "done",
        "confirmed",
    ]
    assert not any(step["on_behalf"] for step in file["steps"])
    topics = [topic for topic, _ in world.inbox(resident)]
    assert topics == ["fault.critical", "fault.dispatched", "fault.critical", "fault.done"]


BODIES: dict[str, dict[str, Any]] = {
    "done": {"work": "修好"},
    "confirmation": {"rating": 3, "warm": True},
    "reopening": {"reason": "又坏了"},
    "closure": {"reason": "不用修了"},
    "pause": {"reason": "等配件", "until": "2022-12-02T02:00:00Z"},
}
ALLOWED = {
    "reported": {"dispatch", "closure"},
    "dispatched": {"dispatch", "arrival", "closure", "pause"},
    "arrived": {"done", "closure", "pause"},
    "done": {"confirmation", "reopening", "closure"},
    "closed": {"reopening"},
}


@pytest.mark.parametrize("state", ALLOWED)
def test_what_is_not_the_turn_is_refused_with_the_state_and_the_next_step(world: World, state: str) -> None:
    # Noise: an ordinary fault, so that a pause is a question of the state alone.
    if state == "closed":
        house, fault = world.done(category="noise")
        world.act(world.resident(house), fault, "confirmation", {"rating": 4, "warm": True}).expect(201)
    else:
        house, fault = getattr(world, state)(category="noise")
    who: dict[str, Any] = {
        "dispatch": "manager",
        "pause": "manager",
        "arrival": "repairer",
        "done": "repairer",
    }
    bodies = {
        **BODIES,
        "dispatch": {"person_id": world.people["repairer"].id},
        "arrival": {"household_code": world.code(house)},
    }
    before = world.history(fault)
    for verb, body in bodies.items():
        if verb in ALLOWED[state]:
            continue
        refused = world.act(who.get(verb, world.resident(house)), fault, verb, body).expect(409)
        assert refused["code"] == "fault.wrong_state", (verb, refused)
        assert refused["facts"]["state"] == state and refused["facts"]["state_label"] in refused["detail"]
        assert refused["next"] and refused["clause"] == "4.2.2"
    assert world.history(fault) == before, "what is refused leaves no line"


def test_only_a_repairer_of_the_responsible_enterprise_is_sent(world: World) -> None:
    house, fault = world.reported()
    send = {"person_id": world.people["other_repairer"].id}
    assert world.act("manager", fault, "dispatch", send).expect(409)["code"] == "fault.not_a_repairer"
    assert world.act("other_manager", fault, "dispatch", send).status == 404
    mine = {"person_id": world.people["repairer"].id}
    assert world.act("township", fault, "dispatch", mine).expect(409)["code"] == "fault.contractor_dispatches"
    assert world.act(world.resident(house), fault, "dispatch", mine).status == 403


def test_without_a_contract_the_township_sends_a_repairer_of_a_company_it_names(world: World) -> None:
    fault = world.report(world.house())["fault"]["id"]
    other = {"person_id": world.people["other_repairer"].id}
    assert world.act("township", fault, "dispatch", other).expect(422)["code"] == "fault.company_missing"
    sent = world.act("township", fault, "dispatch", {**other, "company_id": "other-co"}).expect(201)
    assert sent["contractor_id"] == "other-co" and sent["state"] == "dispatched"
    code = {"household_code": world.code(world.house())}
    world.act("other_repairer", fault, "arrival", code).expect(201)


def test_a_contract_signed_after_the_report_lets_its_enterprise_send(world: World) -> None:
    house = world.house()
    fault = world.report(house)["fault"]["id"]
    world.contract(house)
    sent = world.act("manager", fault, "dispatch", {"person_id": world.people["repairer"].id}).expect(201)
    assert sent["contractor_id"] == "heat-co"


def test_only_who_was_sent_arrives_and_only_at_this_door(world: World) -> None:
    house, fault = world.dispatched()
    here = {"household_code": world.code(house)}
    assert world.act("second_repairer", fault, "arrival", here).expect(409)["code"] == "fault.sent_to_another"
    assert world.act("other_repairer", fault, "arrival", here).status == 404
    next_door = {"household_code": world.code(world.house(1))}
    assert world.act("repairer", fault, "arrival", next_door).expect(409)["code"] == "code.other_house"
    assert world.file(fault)["fault"]["state"] == "dispatched"
    world.act("manager", fault, "dispatch", {"person_id": world.people["second_repairer"].id}).expect(201)
    assert world.act("repairer", fault, "arrival", here).expect(409)["code"] == "fault.sent_to_another"
    world.act("second_repairer", fault, "arrival", here).expect(201)
    assert (
        world.act("repairer", fault, "done", {"work": "我来修"}).expect(409)["code"]
        == "fault.sent_to_another"
    )


def test_a_part_stands_in_one_house_only(world: World) -> None:
    _, first = world.arrived(0)
    _, second = world.arrived(1)
    part = {"work": "换泵", "parts": [{"kind": "pump", "serial": "P-7"}]}
    world.act("repairer", first, "done", part).expect(201)
    assert world.act("repairer", second, "done", part).expect(409)["code"] == "fault.part_used"
    assert world.file(second)["fault"]["state"] == "arrived"


def test_not_warm_is_no_confirmation(world: World) -> None:
    house, fault = world.done()
    with clock.pinned(WINTER + timedelta(days=1)):
        again = world.act(world.resident(house), fault, "confirmation", {"rating": 1, "warm": False}).expect(
            201
        )
        assert (again["state"], again["round"], again["closed_at"]) == ("reopened", 1, None)
        assert again["answer_due_at"] == "2022-12-02T03:00:00.000Z" and again["answered_at"] is None
        assert ("fault.critical", "没修好，请重新派人") in world.inbox("manager")
        steps = world.file(fault)["steps"]
        assert steps[-1]["kind"] == "reopened" and steps[-1]["facts"]["rating"] == 1
        send = {"person_id": world.people["second_repairer"].id}
        world.act("manager", fault, "dispatch", send).expect(201)


def test_a_house_that_is_not_warm_is_critical_whatever_was_reported(world: World) -> None:
    house, fault = world.done(category="noise")
    again = world.act(world.resident(house), fault, "confirmation", {"rating": 2, "warm": False}).expect(201)
    assert again["severity"] == "critical"
    assert again["reasons"][0]["code"] == "fault.no_heat_in_season"


def test_a_cadre_confirms_for_the_household_marked_and_it_is_told(world: World) -> None:
    house, fault = world.done()
    resident = world.resident(house)
    world.act("cadre", fault, "confirmation", {"rating": 4, "warm": True}).expect(201)
    last = world.file(fault, resident)["steps"][-1]
    assert last["kind"] == "confirmed" and last["on_behalf"] and last["by_name"] == "张支书"
    assert world.inbox(resident)[-1] == ("fault.changed", "维修已确认")
    world.act(resident, fault, "reopening", {"reason": "没有修好"}).expect(201)


def test_who_repaired_does_not_confirm(world: World) -> None:
    give_role_to(world.db, world.people["repairer"], "village_cadre", area_code=world.village)
    _, fault = world.done()
    refused = world.act("repairer", fault, "confirmation", {"rating": 5, "warm": True}).expect(409)
    assert refused["code"] == "fault.own_repair"


def test_a_closed_fault_is_reopened_unless_the_same_is_open_already(world: World) -> None:
    house, fault = world.done()
    resident = world.resident(house)
    world.act(resident, fault, "confirmation", {"rating": 5, "warm": True}).expect(201)
    newer = world.report(house)["fault"]["id"]
    assert newer != fault
    refused = world.act(resident, fault, "reopening", {"reason": "又坏了"}).expect(409)
    assert refused["code"] == "fault.open_already" and refused["facts"]["fault_id"] == newer
    world.act(resident, newer, "closure", {"reason": "自己好了"}).expect(201)
    again = world.act(resident, fault, "reopening", {"reason": "又坏了"}).expect(201)
    assert again["state"] == "reopened" and again["round"] == 1


@pytest.mark.parametrize(
    ("who", "how", "on_behalf"),
    [("resident", "withdrawn", False), ("cadre", "withdrawn", True), ("district", "by_district", False)],
)
def test_a_fault_is_closed_by_the_household_its_cadre_or_the_district(
    world: World, who: str, how: str, on_behalf: bool
) -> None:
    house, fault = world.reported()
    closed = world.act(
        world.resident(house) if who == "resident" else who, fault, "closure", {"reason": "误报"}
    )
    assert closed.expect(201)["closed_as"] == how
    last = world.file(fault)["steps"][-1]
    assert (last["kind"], last["on_behalf"], last["note"]) == ("closed", on_behalf, "误报")


def test_the_township_and_the_enterprise_do_not_close(world: World) -> None:
    _, fault = world.reported()
    for who in ("township", "manager", "repairer"):
        assert world.act(who, fault, "closure", {"reason": "好了"}).status == 403


def test_a_pause_moves_what_is_not_yet_met_and_tells_household_and_township(world: World) -> None:
    house, fault = world.dispatched(category="equipment")
    before = world.file(fault)["fault"]
    until = {"reason": "等配件", "until": "2022-12-02T02:00:00Z"}
    paused = world.act("manager", fault, "pause", until).expect(201)
    assert paused["answer_due_at"] == before["answer_due_at"]
    assert paused["on_site_due_at"] == "2022-12-03T02:00:00.000Z"
    assert paused["restore_due_at"] == "2022-12-04T02:00:00.000Z"
    assert world.inbox(world.resident(house))[-1][1] == "维修时限顺延"
    assert world.inbox("township")[-1][1] == "维修时限顺延"
    assert world.act("manager", fault, "pause", until).expect(409)["code"] == "fault.cannot_pause"
    for bad in ("2022-12-01T02:00:00Z", "2022-12-04T02:00:01Z"):
        body = {"reason": "再等", "until": bad}
        assert world.act("manager", fault, "pause", body).expect(422)["code"] == "fault.pause_too_long"


def test_neither_a_danger_nor_a_cold_house_is_put_off(world: World) -> None:
    until = {"reason": "等配件", "until": "2022-12-01T06:00:00Z"}
    _, danger = world.dispatched(0, "co")
    _, cold = world.dispatched(1, "no_heat")
    for fault in (danger, cold):
        assert world.act("manager", fault, "pause", until).expect(409)["code"] == "fault.cannot_pause"
    world.act("manager", cold, "heaters", {"serial": "H-1"}).expect(201)
    world.act("manager", danger, "heaters", {"serial": "H-2"}).expect(201)
    world.act("manager", cold, "pause", until).expect(201)
    assert world.act("manager", danger, "pause", until).expect(409)["code"] == "fault.cannot_pause"


def test_a_spare_heater_is_warmth_tonight_logged_by_serial_and_the_repair_goes_on(world: World) -> None:
    house, fault = world.reported()
    lent = world.act("cadre", fault, "heaters", {"serial": "H-9"}).expect(201)
    assert lent["spare_heat_at"] and lent["restore_due_at"] == "2022-12-03T02:00:00.000Z"
    assert lent["state"] == "reported" and lent["restored_at"] is None
    _, other = world.reported(1)
    assert (
        world.act("cadre", other, "heaters", {"serial": "H-9"}).expect(409)["code"]
        == "fault.heater_elsewhere"
    )
    assert (
        world.act("cadre", other, "heater-returns", {"serial": "H-9"}).expect(409)["code"]
        == "fault.heater_not_here"
    )
    with clock.pinned(WINTER + timedelta(hours=1)):
        second = world.act("cadre", fault, "heaters", {"serial": "H-10"}).expect(201)
    assert second["restore_due_at"] == lent["restore_due_at"], "a second heater buys no second delay"
    world.act("cadre", fault, "heater-returns", {"serial": "H-9"}).expect(201)
    world.act("cadre", other, "heaters", {"serial": "H-9"}).expect(201)
    assert [(h["serial"], bool(h["returned_at"])) for h in world.file(fault)["heaters"]] == [
        ("H-9", True),
        ("H-10", False),
    ]
    assert ("fault.changed", "借出电暖器") in world.inbox(world.resident(house))


def test_lists_show_what_is_within_reach(world: World) -> None:
    first_house, first = world.reported(0, "noise")
    second_house, second = world.reported(1, "no_heat")
    third = world.report(world.house(2), "other")["fault"]["id"]

    def ids(who: Any, **query: Any) -> list[str]:
        return [item["id"] for item in world.client(who).get("/api/faults", **query).expect(200)["items"]]

    assert ids("cadre") == ids("township") == ids("district") == [third, second, first]
    assert ids("manager") == ids("repairer") == [second, first]
    assert ids("other_manager") == ids("elsewhere") == []
    assert ids(world.resident(first_house)) == [first]
    assert ids("cadre", severity="critical") == [second] == ids("cadre", category="no_heat")
    assert ids("cadre", household_id=second_house) == [second]
    world.act("manager", first, "dispatch", {"person_id": world.people["repairer"].id}).expect(201)
    assert ids("repairer", mine="true") == [first] and ids("cadre", state="dispatched") == [first]
    world.act(world.resident(first_house), first, "closure", {"reason": "好了"}).expect(201)
    assert ids("cadre", open="true") == [third, second] and ids("cadre", open="false") == [first]
    page = world.client("cadre").get("/api/faults", limit=2).expect(200)
    rest = world.client("cadre").get("/api/faults", limit=2, cursor=page["next"]).expect(200)
    assert [i["id"] for i in page["items"] + rest["items"]] == [third, second, first] and rest["next"] is None
    assert world.client(None).get("/api/faults").status == 401
    for who in ("other_manager", "elsewhere", world.resident(second_house)):
        assert world.client(who).get(f"/api/faults/{first}").status == 404


def test_history_and_parts_refuse_every_change(world: World) -> None:
    _, fault = world.arrived()
    part = {"work": "换泵", "parts": [{"kind": "pump", "serial": "P-1"}]}
    world.act("repairer", fault, "done", part).expect(201)
    for table in ("fault_steps", "fault_parts"):
        for statement in (f"UPDATE {table} SET at = at", f"DELETE FROM {table}"):
            with pytest.raises(DBAPIError, match="append-only"), world.db.writing() as session:
                session.execute(text(statement))


def test_open_faults_follow_a_household_that_is_merged(world: World) -> None:
    kept, gone = world.house(0), world.house(1)
    standing = world.report(kept, "no_heat")["fault"]["id"]
    twin, moving = world.report(gone, "no_heat")["fault"]["id"], world.report(gone, "noise")["fault"]["id"]
    with world.db.writing() as session:
        follow_merge(session, HouseholdMerged(kept_id=kept, gone_id=gone))
    assert world.file(moving)["fault"]["household_id"] == kept
    closed = world.file(twin)
    assert closed["fault"]["closed_as"] == "merged" and closed["steps"][-1]["facts"]["into"] == standing
    assert world.file(standing)["fault"]["state"] == "reported"


def test_what_is_late_is_shown(world: World) -> None:
    house, fault = world.reported()
    with clock.pinned(datetime(2022, 12, 1, 3, 0, 1, tzinfo=UTC)):
        assert world.file(fault)["fault"]["late"] == ["answer"]
        world.act("manager", fault, "dispatch", {"person_id": world.people["repairer"].id}).expect(201)
        assert world.file(fault)["fault"]["late"] == ["answer"], "answered late stays late"
    with world.db.reading() as session:
        assert session.scalar(select(func.count()).select_from(Fault)) == 1
    assert client_of(world.app, world.resident(house)).get(f"/api/faults/{fault}").status == 200
