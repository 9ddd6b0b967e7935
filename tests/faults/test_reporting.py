"""Reports from home and at the door."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import func, select, text

from backend.core import clock
from backend.core.audit import AuditEntry
from backend.core.idempotency import StoredAnswer
from backend.faults.actions.pictures import MOST_LISTED, MOST_PHOTOS
from backend.faults.models import Fault, FaultReport
from backend.registry.actions.doors import replace_sticker
from backend.registry.queries import household
from tests.builders.product import actor_of, somebody
from tests.faults.world import World

PHONE = "13912345678"


def door(world: World, house: str, category: Any = "co", who: Any = None, **more: Any) -> Any:
    body = {"household_code": world.code(house), "category": category, **more}
    return world.client(who).post("/api/fault-reports", body)


def photo(world: World, who: Any = None) -> str:
    out = io.BytesIO()
    Image.new("RGB", (20, 20), "grey").save(out, "PNG")
    found: str = (
        world.client(who).upload("/api/photos", {"file": ("a.png", out.getvalue())}).expect(201)["id"]
    )
    return found


def test_a_report_of_carbon_monoxide_answers_first_of_all_what_to_do(world: World) -> None:
    house = world.house()
    answer = world.home(house).post("/api/faults", {"household_id": house, "category": "co"})
    told = answer.expect(201)
    assert [step["number"] for step in told["advice"]] == [1, 2, 3, 4, 5]
    assert "打开门窗" in told["advice"][0]["text"]
    assert told["fault"]["severity"] == "critical"
    assert told["fault"]["reasons"][0]["clause_label"] == "第四部分（一）1（5）"
    assert answer.text.index('"advice"') < answer.text.index('"fault"')


def test_no_heat_in_the_season_is_offered_warmth_tonight_and_the_shortest_times(world: World) -> None:
    told = world.report(world.house(), indoor_temperature_c=9.5)
    spoken = "".join(step["text"] for step in told["tonight"])
    assert "电暖器" in spoken and "取暖点" in spoken
    fault = told["fault"]
    assert (fault["answer_due_at"], fault["on_site_due_at"], fault["restore_due_at"]) == (
        "2022-12-01T03:00:00.000Z",
        "2022-12-01T04:00:00.000Z",
        "2022-12-01T16:00:00.000Z",
    )
    assert [reason["code"] for reason in fault["reasons"]] == [
        "fault.no_heat_in_season",
        "fault.cold_indoors",
    ]


def test_no_heat_on_the_day_before_the_season_is_urgent_and_nobody_is_sent_to_a_warm_room(
    world: World,
) -> None:
    with clock.pinned(datetime(2022, 10, 24, 2, tzinfo=UTC)):
        told = world.report(world.house())
    assert told["fault"]["severity"] == "urgent" and told["tonight"] == []
    with clock.pinned(datetime(2022, 10, 24, 16, tzinfo=UTC)):  # midnight: the first day of the season
        again = world.report(world.house())
    assert again["joined"] and again["fault"]["severity"] == "critical" and again["tonight"]
    assert again["fault"]["answer_due_at"] == told["fault"]["answer_due_at"], (
        "a second report never loosens the clock"
    )
    assert world.history(told["fault"]["id"]) == ["reported", "joined", "raised"]


def test_a_second_report_of_the_same_house_and_category_joins_the_first(world: World) -> None:
    house = world.house()
    first, second = world.report(house), world.report(house, description="还是不热")
    other = world.report(house, "noise")
    assert not first["joined"] and second["joined"] and not other["joined"]
    assert second["fault"]["id"] == first["fault"]["id"] != other["fault"]["id"]
    assert second["fault"]["reports"] == 2
    assert [report["description"] for report in world.file(first["fault"]["id"])["reports"]] == [
        None,
        "还是不热",
    ]


def test_a_report_after_the_repair_opens_the_fault_again(world: World) -> None:
    house, fault = world.done()
    again = world.report(house)
    assert again["joined"] and again["fault"]["id"] == fault
    assert again["fault"]["state"] == "reopened" and again["fault"]["round"] == 1


def test_a_cadre_reports_on_behalf_and_the_household_sees_it(world: World) -> None:
    house = world.house()
    body = {"household_id": house, "category": "no_heat"}
    told = world.client("cadre").post("/api/faults", body).expect(201)
    seen = world.file(told["fault"]["id"], world.resident(house))
    assert seen["reports"][0]["on_behalf"] and seen["reports"][0]["via"] == "officer"
    assert seen["steps"][0]["on_behalf"] and seen["steps"][0]["by_name"] == "张支书"
    assert world.client("elsewhere").post("/api/faults", body).status == 404
    assert world.client("repairer").post("/api/faults", body).status == 403


def test_the_enterprise_of_the_contract_the_cadres_and_the_household_are_told(world: World) -> None:
    house = world.house()
    world.contract(house)
    resident = world.resident(house)
    told = world.report(house, "noise")
    assert told["fault"]["contractor_name"] == "示范取暖公司"
    assert [topic for topic, _ in world.inbox("manager")] == ["fault.reported"]
    assert [topic for topic, _ in world.inbox("cadre")] == ["fault.reported"]
    assert [topic for topic, _ in world.inbox(resident)] == ["fault.reported"]
    assert world.inbox("township") == world.inbox("other_manager") == []


def test_danger_goes_to_township_and_district_at_once_and_a_cold_house_to_the_township(world: World) -> None:
    world.reported(0, "no_heat")
    assert [topic for topic, _ in world.inbox("township")] == ["fault.critical"]
    assert world.inbox("district") == []
    world.reported(1, "co")
    assert len(world.inbox("township")) == 2
    assert [topic for topic, _ in world.inbox("district")] == ["fault.critical"]


def test_without_a_contract_the_township_is_asked_to_send_somebody(world: World) -> None:
    told = world.report(world.house(), "equipment")
    assert told["fault"]["contractor_id"] is None
    assert [title for _, title in world.inbox("township")] == ["请派人维修：设备故障"]


def test_anybody_who_scans_a_sticker_can_report_and_learns_nothing_of_the_house(world: World) -> None:
    house = world.house()
    with world.db.reading() as session:
        home = household(session, house)
    assert home
    answer = door(world, house, phone=PHONE, description="隔壁老人头晕")
    told = answer.expect(201)
    assert set(told) == {
        "advice", "tonight", "hotline", "report_id", "photos_left_out", "photos_not_kept", "message",
    }  # fmt: skip
    for secret in (home.id, home.address, home.head_name, home.area_code, PHONE, "隔壁"):
        assert secret not in answer.text
    again = door(world, house).expect(201)
    assert {**again, "report_id": ""} == {**told, "report_id": ""}, (
        "the answer tells not whether it was known before"
    )
    with world.db.reading() as session:
        fault = session.scalars(select(Fault)).one()
        assert fault.reports == 2 and fault.severity == "critical"
    file = world.file(fault.id)
    assert [(report["via"], report["by_name"]) for report in file["reports"]] == [("passer_by", None)] * 2
    assert file["reports"][0]["phone_masked"] == "139****5678"


def test_a_signed_in_stranger_stays_nobody_to_those_who_read_the_file(world: World) -> None:
    house, stranger = world.house(), somebody(world.db, name="路人甲")
    door(world, house, who=stranger).expect(201)
    with world.db.reading() as session:
        fault = session.scalars(select(Fault.id)).one()
    assert "路人甲" not in world.client("district").get(f"/api/faults/{fault}").text


def test_a_resident_at_the_own_door_is_a_resident(world: World) -> None:
    house = world.house()
    door(world, house, "no_heat", who=world.resident(house)).expect(201)
    with world.db.reading() as session:
        fault = session.scalars(select(Fault.id)).one()
    assert world.file(fault)["reports"][0]["via"] == "resident"


def test_a_stranger_reports_only_what_cannot_wait(world: World) -> None:
    for category in ("noise", "equipment", "leaking", "other", "", None, 3):
        assert door(world, world.house(), category).status == 422, category
    with world.db.reading() as session:
        assert session.scalar(select(func.count()).select_from(Fault)) == 0


def test_a_number_to_call_back_has_to_be_one(world: World) -> None:
    for phone in ("12", "not a number", "1391234567８", "139\n1234567", "1" * 25):
        assert door(world, world.house(), phone=phone).status == 422, phone
    for phone in (PHONE, "0349-2021234", "+86 139 1234 5678"):
        door(world, world.house(), phone=phone).expect(201)


def test_no_missing_photo_stops_a_report(world: World) -> None:
    house = world.house()
    mine, strangers = photo(world, world.resident(house)), photo(world)
    told = world.report(house, photo_ids=[mine, strangers, "0" * 26])
    assert told["photos_left_out"] == 2
    assert world.file(told["fault"]["id"])["photo_ids"] == [mine]
    assert world.client("manager").get(f"/api/photos/{mine}").status == 404
    assert world.client("cadre").get(f"/api/photos/{mine}").status == 200
    assert door(world, house, photo_ids=[strangers]).expect(201)["photos_left_out"] == 0


NO_IDS: list[Any] = [
    "wx-local-photo-7", "", " ", None, 7, True, [], {}, "0" * 27, "照片", "a\nb", "\0", {"id": "x"},
]  # fmt: skip


@pytest.mark.parametrize("signed_in", [False, True])
@pytest.mark.parametrize("category", ["co", "no_heat"])
def test_a_report_stands_whatever_its_pictures_and_says_which_were_not_kept(
    world: World, category: str, signed_in: bool
) -> None:
    house, other = world.house(), world.house(1)
    by = world.resident(house) if signed_in else None
    used, own = photo(world, by), photo(world, by)
    somebody_elses = photo(world, world.resident(other))
    door(world, other, who=by, photo_ids=[used]).expect(201)
    refused = world.client(by).upload("/api/photos", {"file": ("a.heic", b"no photo")})
    assert refused.status == 415

    ids = ["0" * 26, used, own, somebody_elses, own, refused.json()["code"], *NO_IDS]
    if signed_in:
        told = world.report(house, category, photo_ids=ids)
    else:
        told = door(world, house, category, photo_ids=ids).expect(201)
    assert told["advice"] or category == "no_heat"
    not_kept = {each["index"]: (each["id"], each["code"]) for each in told["photos_not_kept"]}
    assert not_kept == {
        0: ("0" * 26, "photo.missing"),
        1: (used, "photo.taken"),
        3: (somebody_elses, "photo.missing"),
        **dict.fromkeys(range(5, len(ids)), (None, "photo.missing")),
    }
    assert told["photos_left_out"] == len(not_kept)
    assert all(each["text"] for each in told["photos_not_kept"])
    with world.db.reading() as session:
        kept = session.scalars(select(FaultReport.photo_ids).where(FaultReport.id == told["report_id"])).one()
    assert kept == [own]


@pytest.mark.parametrize("not_a_list", ["one-photo", 3, {"0": "x"}, True])
def test_what_is_no_list_of_pictures_refuses_no_report(world: World, not_a_list: Any) -> None:
    told = door(world, world.house(), photo_ids=not_a_list).expect(201)
    assert [each["index"] for each in told["photos_not_kept"]] == [0]
    assert door(world, world.house(), photo_ids=None).expect(201)["photos_left_out"] == 0


def test_of_more_pictures_than_a_report_holds_the_first_are_kept(world: World) -> None:
    ids = [photo(world) for _ in range(MOST_PHOTOS + 2)]
    told = door(world, world.house(), photo_ids=ids).expect(201)
    assert [each["id"] for each in told["photos_not_kept"]] == ids[MOST_PHOTOS:]
    assert {each["code"] for each in told["photos_not_kept"]} == {"fault.too_many_photos"}
    many = door(world, world.house(1), photo_ids=["x"] * 5_000).expect(201)
    assert (many["photos_left_out"], len(many["photos_not_kept"])) == (5_000, MOST_LISTED)


@pytest.mark.parametrize("revoke", [False, True])
def test_an_old_sticker_still_takes_a_report_of_danger(world: World, revoke: bool) -> None:
    house = world.house()
    old = world.code(house)
    with world.db.writing() as session:
        replace_sticker(
            session,
            actor_of(world.db, world.people["cadre"]),
            household_id=house,
            reason="破损",
            revoke=revoke,
        )
    body = {"household_code": old, "category": "co"}
    answer = world.client(None).post("/api/fault-reports", body).expect(201)
    assert answer["advice"][0]["number"] == 1


def test_an_unknown_code_is_answered_with_what_to_do_first(world: World) -> None:
    unknown = {"household_code": "2222222222", "category": "co"}
    refused = world.client(None).post("/api/fault-reports", unknown).expect(404)
    assert refused["next"].startswith("1. 马上打开门窗") and "热线" in refused["next"]
    assert refused["facts"]["advice"][0]["number"] == 1


def test_a_number_left_is_sealed_shown_masked_and_revealed_only_with_a_reason_that_is_kept(
    world: World,
) -> None:
    house = world.house()
    world.contract(house)
    door(world, house, phone=PHONE).expect(201)
    with world.db.reading() as session:
        fault = session.scalars(select(Fault.id)).one()
        raw = session.execute(text("SELECT phone FROM fault_reports")).scalar_one()
        assert PHONE not in raw
    assert world.act("manager", fault, "phone-reveal", {}).status == 422
    assert world.act("other_manager", fault, "phone-reveal", {"reason": "回电"}).status == 404
    told = world.act("manager", fault, "phone-reveal", {"reason": "问清地址"}).expect(201)
    assert [each["phone"] for each in told["phones"]] == [PHONE]
    steps = world.file(fault, world.resident(house))["steps"]
    assert steps[-1]["kind"] == "phone_revealed" and steps[-1]["note"] == "问清地址"
    with world.db.reading() as session:
        stored = session.scalars(select(StoredAnswer.body)).all()
    assert not any(PHONE in (body or "") for body in stored)


def test_neither_trail_nor_log_holds_what_a_reporter_wrote(
    world: World, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    house = world.house()
    with caplog.at_level("DEBUG"):
        door(world, house, description="老王家煤气味", phone=PHONE).expect(201)
        world.report(house, "co", description="老王家煤气味")
    logged = "".join(record.getMessage() + str(record.__dict__.get("args")) for record in caplog.records)
    with world.db.reading() as session:
        facts = json.dumps([entry.facts for entry in session.scalars(select(AuditEntry))], ensure_ascii=False)
        assert session.scalar(select(func.count()).select_from(FaultReport)) == 2
    for secret in ("老王家", PHONE):
        assert secret not in logged and secret not in facts


def test_the_same_key_reports_once(world: World) -> None:
    house = world.house()
    body = {"household_code": world.code(house), "category": "co"}
    client = world.client(None)
    first = client.post("/api/fault-reports", body, key="a-phone-repeats").expect(201)
    assert client.post("/api/fault-reports", body, key="a-phone-repeats").expect(201) == first
    with world.db.reading() as session:
        assert session.scalar(select(func.count()).select_from(FaultReport)) == 1
