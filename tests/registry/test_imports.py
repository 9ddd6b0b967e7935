"""A township's list over HTTP: looked at first, taken in once, and what a newer list may change (8.1)."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select

from backend.core import clock
from backend.core.db import Database
from backend.identity import actor_for
from backend.registry.actions import lists
from backend.registry.errors import ImportCommitted
from backend.registry.models import Household, Sticker
from tests.builders.product import AUTUMN, InMemory
from tests.builders.township_lists import HEADER, csv_file, id_number, xlsx
from tests.harness.races import race
from tests.registry.world import ELSEWHERE, World, digests
from tests.sizes import SIZES

BAD_NUMBER = "140699196503090000"


def test_a_list_is_looked_at_first_and_nothing_is_taken_in(world: World) -> None:
    before = digests(world.db)
    checked = world.check(world.line(2), world.line(3, id_number=BAD_NUMBER))
    assert (checked["state"], checked["rows"], checked["committed_at"]) == ("checked", 2, None)
    assert checked["counts"] == {"outcomes": {"imported": 1, "held": 1}, "codes": {"id.checksum": 1}}
    assert digests(world.db) == before
    assert world.township.get(f"/api/imports/{checked['id']}").expect(200) == checked
    assert [each["id"] for each in world.township.get("/api/imports").expect(200)["items"]] == [checked["id"]]


def test_what_was_taken_in_is_listed_with_a_code_of_its_own(world: World) -> None:
    import_id = world.check(world.line(2), world.line(3, phone=None))["id"]
    assert world.commit(import_id) == {
        "added": 2, "updated": 0, "unchanged": 0, "kept_as_confirmed": 0, "held": 0,
    }  # fmt: skip
    first, second = world.listed("新")
    assert len(first["code"]) == len(second["code"]) == 10 and first["code"] != second["code"]
    assert (first["flags"], second["flags"]) == ([], ["phone.missing"])
    assert [
        each["id"] for each in world.cadre.get("/api/households", flag="phone.missing").expect(200)["items"]
    ] == [second["id"]]
    shown = world.township.get(f"/api/imports/{import_id}").expect(200)
    assert shown["state"] == "committed" and shown["committed_at"]
    again = world.township.post(f"/api/imports/{import_id}/commit")
    assert again.status == 409
    assert (again.json()["code"], again.json()["clause"]) == ("import.committed_already", "8.1")
    assert [entry.facts["taken"]["added"] for entry in world.audit("list.committed")][-1] == 2


def test_findings_come_in_pages_in_the_order_of_the_sheet(world: World) -> None:
    lines = [world.line(n, phone=None, courtyard=None, id_number=BAD_NUMBER) for n in range(2, 9)]
    import_id = world.check(*lines)["id"]
    met, cursor = [], None
    pages = 0
    while True:
        page = world.township.get(f"/api/imports/{import_id}/findings", limit=4, cursor=cursor).expect(200)
        met += [(each["sheet_row"], each["code"]) for each in page["items"]]
        pages, cursor = pages + 1, page["next"]
        if cursor is None:
            break
    assert pages == 6
    assert met == [
        (n, code) for n in range(2, 9) for code in ("id.checksum", "phone.missing", "courtyard.missing")
    ]


def test_the_workbook_says_what_to_do_and_exposes_nobody(world: World) -> None:
    import_id = world.check(world.line(2), world.line(3, id_number=BAD_NUMBER, remark="=1+1"))["id"]
    answer = world.township.get(f"/api/imports/{import_id}/workbook")
    assert answer.status == 200
    assert (
        "spreadsheetml" in answer.headers["content-type"]
        and "attachment" in answer.headers["content-disposition"]
    )
    sheet = openpyxl.load_workbook(io.BytesIO(answer.body)).worksheets[0]
    rows = [[str(cell or "") for cell in line] for line in sheet.iter_rows(values_only=True)]
    assert [line[0] for line in rows[2:]] == ["3"]
    spoken = " ".join(rows[2])
    assert "身份证号校验不通过" in spoken and "系统不计算公式" in spoken
    assert BAD_NUMBER not in spoken and "140699********0000" in spoken


def test_the_same_file_twice_changes_nothing(world: World) -> None:
    lines = [
        world.line(2), world.line(3, phone=None), world.line(4, id_number=BAD_NUMBER), world.line(5, address=None),
        world.line(6, courtyard="7"), world.line(7, courtyard="7"),
    ]  # fmt: skip
    assert world.take_in(*lines)["held"] == 2
    before = digests(world.db)
    assert world.take_in(*lines) == {
        "added": 0, "updated": 0, "unchanged": 4, "kept_as_confirmed": 0, "held": 2,
    }  # fmt: skip
    # In another file, by another hand, in another order: still the same words.
    world.commit(world.send(xlsx(*lines[::-1]), "list.xlsx", by="district").expect(201)["id"], by="district")
    changed = {name for name, digest in digests(world.db).items() if digest != before[name]}
    assert not changed


def test_the_same_file_changes_nothing_after_its_held_rows_were_settled(world: World) -> None:
    lines = [
        world.line(2, id_number=BAD_NUMBER), world.line(3, address=None), world.line(4, id_number=id_number(order=909)),
        world.line(5, id_number=id_number(order=909)),
    ]  # fmt: skip
    world.take_in(*lines)
    wrong, nowhere, twice, other = world.held()
    world.settle(wrong["id"], id_number=id_number(order=700)).expect(200)
    world.settle(nowhere["id"], address="东头第一家").expect(200)
    world.settle(twice["id"]).expect(200)
    body = {"outcome": "withdrawn", "reason": "与上一行是同一人"}
    world.cadre.post(f"/api/held-rows/{other['id']}/settlement", body).expect(200)
    before = digests(world.db)
    world.take_in(*lines)
    assert digests(world.db) == before
    assert world.held() == []


def test_a_corrected_list_updates_what_nobody_confirmed_and_keeps_what_somebody_did(world: World) -> None:
    world.take_in(
        world.line(2, people=3), world.line(3, people=3), world.line(4, people=3, id_number=BAD_NUMBER)
    )
    confirmed = world.listed("新3号")[0]
    world.cadre.post(
        f"/api/households/{confirmed['id']}/confirmation-on-behalf", {"witness_name": "老李"}
    ).expect(200)
    (waiting,) = world.held()
    taken = world.take_in(*[world.line(n, people=5) for n in (2, 3, 4)])
    assert taken == {"added": 1, "updated": 1, "unchanged": 0, "kept_as_confirmed": 1, "held": 0}
    assert [each["people"] for each in world.listed("新")] == [5, 3, 5]
    assert world.listed("新2号")[0]["code"] is not None
    (settled,) = world.held(settled="true")
    assert (settled["id"], settled["settled_as"]) == (waiting["id"], "sent_again")
    assert settled["household_id"] == world.listed("新4号")[0]["id"]
    (update,) = world.audit("household.updated_by_list")
    assert update.facts["fields"] == ["people"]


def test_a_held_row_without_an_address_is_settled_when_the_same_person_comes_in_whole(world: World) -> None:
    world.take_in(world.line(2, address=None))
    world.take_in(world.line(2))
    assert world.held() == []
    assert world.held(settled="true")[0]["household_id"] == world.listed("新2号")[0]["id"]


def test_what_the_village_completed_outlives_a_newer_list_that_leaves_it_empty(world: World) -> None:
    world.take_in(world.line(2, phone=None, id_number=None, people=None, floor_area=None))
    home = world.listed("新2号")[0]
    assert {"id.missing", "phone.missing", "people.missing", "area.missing"} <= set(home["flags"])
    whole: dict[str, Any] = {
        "phone": "13800000001",
        "id_number": id_number(order=600),
        "people": 4,
        "floor_area_m2": 77.5,
    }
    world.cadre.patch(f"/api/households/{home['id']}", {**whole, "vacant": True}).expect(200)
    taken = world.take_in(
        world.line(2, phone=None, id_number=None, people=None, floor_area=None, remark="独居")
    )
    assert taken["updated"] == 1
    after = world.listed("新2号")[0]
    assert (after["people"], after["floor_area_m2"], after["vacant"]) == (4, 77.5, True)
    assert (after["phone_masked"], after["id_number_masked"][-4:]) == ("138****0001", whole["id_number"][-4:])
    assert after["flags"] == [] and after["remark"] == "独居"


def test_two_households_may_exchange_their_numbers_in_a_corrected_list(world: World) -> None:
    one, other = id_number(order=801), id_number(order=802)
    world.take_in(world.line(2, id_number=one), world.line(3, id_number=other))
    assert world.take_in(world.line(2, id_number=other), world.line(3, id_number=one))["updated"] == 2
    assert [world.row(each["id"]).id_number for each in world.listed("新")] == [other, one]


def test_a_person_of_a_confirmed_household_cannot_come_in_again_by_a_corrected_list(world: World) -> None:
    """The list takes the number from the confirmed house and gives it to a new one: the house keeps its word."""
    person, third = id_number(order=801), id_number(order=802)
    world.take_in(world.line(2, id_number=person), world.line(3, id_number=third))
    house = world.listed("新2号")[0]["id"]
    world.cadre.post(f"/api/households/{house}/confirmation-on-behalf", {"witness_name": "老李"}).expect(200)
    # 3 wants the number of 2, which keeps it; so 3 keeps its own, which 4 wants.
    corrected = [
        world.line(2, id_number=id_number(order=803)), world.line(3, id_number=person), world.line(4, id_number=third),
    ]  # fmt: skip
    checked = world.check(*corrected)
    assert world.findings(checked["id"]) == [(3, "E", "id.duplicate"), (4, "E", "id.duplicate")]
    taken = world.commit(checked["id"])
    assert (taken["kept_as_confirmed"], taken["held"], taken["added"]) == (1, 2, 0)
    assert [world.row(each["id"]).id_number for each in world.listed("新")] == [person, third]
    assert world.findings(checked["id"]) == [(3, "E", "id.duplicate"), (4, "E", "id.duplicate")]


def test_a_number_that_a_village_completed_is_not_counted_again_elsewhere(world: World) -> None:
    world.take_in(world.line(2, id_number=None))
    number = id_number(order=801)
    world.cadre.patch(f"/api/households/{world.listed('新2号')[0]['id']}", {"id_number": number}).expect(200)
    taken = world.take_in(world.line(2, id_number=None), world.line(3, id_number=number))
    assert (taken["unchanged"], taken["held"]) == (1, 1)
    assert "id.duplicate" in world.held()[0]["codes"]


def test_a_township_officers_list_cannot_write_into_another_township(world: World) -> None:
    elsewhere = world.line(3, ELSEWHERE)
    before = len(world.client("other_township").get("/api/households", limit=200).expect(200)["items"])
    taken = world.take_in(world.line(2), elsewhere)
    assert (taken["added"], taken["held"]) == (1, 1)
    (held,) = world.held()
    assert "township.unknown" in held["codes"] and held["area_code"] == world.area_code
    assert world.held("other_township") == world.held("other_cadre") == []
    assert (
        len(world.client("other_township").get("/api/households", limit=200).expect(200)["items"]) == before
    )
    there = world.county.villages[ELSEWHERE]
    for area_code in (there[:9], there, world.county.district, "140602999"):
        assert world.send(csv_file(elsewhere), area_code=area_code).status == 404, area_code


def test_another_townships_officer_sees_nothing_of_a_list_and_cannot_take_it_in(world: World) -> None:
    import_id = world.check(world.line(2))["id"]
    other = world.client("other_township")
    for path in ("", "/findings", "/workbook"):
        assert other.get(f"/api/imports/{import_id}{path}").status == 404
    assert other.post(f"/api/imports/{import_id}/commit").status == 404
    assert other.get("/api/imports").expect(200)["items"] == []
    assert world.cadre.post(f"/api/imports/{import_id}/commit").status == 403
    assert world.send(csv_file(world.line(2)), by="cadre").status == 403
    assert world.listed("新") == []


REFUSED: list[tuple[str, bytes, int, str]] = [
    ("list.csv", csv_file(), 422, "import.nothing"),
    ("list.xlsx", b"PK\x03\x04 not really", 415, "import.not_a_list"),
    (
        "list.csv",
        csv_file(header=[title for title in HEADER if title != "住址"]),
        422,
        "import.columns_missing",
    ),
    ("list.csv", csv_file(header=[*HEADER, "住址"]), 422, "import.columns_repeated"),
]


@pytest.mark.parametrize(("name", "raw", "status", "code"), REFUSED, ids=[each[3] for each in REFUSED])
def test_what_is_no_list_is_refused_with_what_to_do(
    world: World, name: str, raw: bytes, status: int, code: str
) -> None:
    answer = world.send(raw, name)
    assert (answer.status, answer.json()["code"]) == (status, code)
    assert answer.json()["next"]
    assert world.township.get("/api/imports").expect(200)["items"] == []


def test_without_a_file_the_form_says_which_field_is_empty(world: World) -> None:
    answer = world.township.upload("/api/imports", {}, {"area_code": world.area_code})
    assert (answer.status, answer.json()["code"]) == (422, "import.file_missing")


def test_the_longest_address_and_remark_that_are_read_can_be_stored(world: World) -> None:
    address, remark = "长" * 200, "长" * 500
    assert world.take_in(world.line(2, address=address, remark=remark))["added"] == 1
    home = world.listed(address[:60])[0]
    assert (home["address"], home["remark"]) == (address, remark)


def test_two_imports_of_one_list_at_once_count_each_household_once(world: World) -> None:
    raw = csv_file(*[world.line(n) for n in range(2, 40)])
    _race_imports(world.db, world.people["township"].id, [raw, raw], world.area_code)
    with world.db.reading() as session:
        houses = session.scalars(select(Household.id).where(Household.address.contains("新"))).all()
        codes = session.scalars(
            select(Sticker.code).where(Sticker.household_id.in_(houses), Sticker.state == "valid")
        ).all()
    assert len(houses) == len(set(codes)) == 38


def test_two_lists_at_once_that_name_the_same_person_count_that_person_once(world: World) -> None:
    for turn in range(SIZES.race_rounds):
        number = id_number(order=900 + turn)
        raws = [csv_file(world.line(10 * turn + n, id_number=number)) for n in (2, 3)]
        _race_imports(world.db, world.people["township"].id, raws, world.area_code)
        with world.db.reading() as session:
            found = session.scalars(select(Household)).all()
        assert [home.id_number for home in found].count(number) == 1
        assert len([each for each in world.held() if "id.duplicate" in each["codes"]]) == turn + 1


def _race_imports(db: Database, officer: str, raws: list[bytes], area_code: str) -> None:
    storage = InMemory()
    ids = []
    for raw in raws:
        with db.writing() as session:
            checked = lists.check_list(
                session, actor_for(session, officer), storage, raw=raw, filename="a.csv", area_code=area_code
            )
        ids.append(checked.id)

    def commit(index: int) -> Any:
        with db.writing() as session:
            return lists.commit_list(
                session, actor_for(session, officer), storage, import_id=ids[index]
            ).counts["taken"]

    result = race(len(ids), commit)
    assert not result.errors, result.errors
    assert result.overlapped == len(ids)


def test_one_list_committed_by_many_at_once_is_taken_in_once(world: World) -> None:
    storage = InMemory()
    officer = world.people["township"].id
    with world.db.writing() as session:
        actor = actor_for(session, officer)
        raw = csv_file(*[world.line(n) for n in range(2, 12)])
        checked = lists.check_list(
            session, actor, storage, raw=raw, filename="a.csv", area_code=world.area_code
        )

    def commit(_index: int) -> None:
        with world.db.writing() as session:
            lists.commit_list(session, actor_for(session, officer), storage, import_id=checked.id)

    with clock.pinned(AUTUMN):
        result = race(SIZES.racers, commit)
    assert len(result.values) == 1
    assert {type(error) for error in result.errors} == {ImportCommitted}
    assert len(world.listed("新")) == 10
