"""A telephone number in the clear has its reason, and the household can read who was shown it."""

from __future__ import annotations

import logging
from datetime import date
from typing import Any

import pytest

from backend.core.audit import AuditEntry
from backend.identity import actions as identity_actions
from backend.identity import actor_for
from backend.identity.models import Person
from backend.registry.models import Household
from tests.builders.product import person_with, proxy_of, somebody
from tests.registry.world import ELSEWHERE, World

WHY = "约安装时间，打电话问"


def ask(world: World, house: str, by: str = "cadre", reason: str | None = WHY, **more: Any) -> Any:
    body = {} if reason is None else {"reason": reason}
    return world.client(by).post(f"/api/households/{house}/phone-reveal", body, **more)


def looks(world: World, house: str, by: Any) -> list[tuple[str, str, int]]:
    items = world.client(by).get(f"/api/households/{house}/reveals").expect(200)["items"]
    return [(each["by_name"], each["reason"], each["numbers"]) for each in items]


def test_who_must_call_is_shown_the_registers_number_and_those_of_its_people(world: World) -> None:
    house = world.house()
    resident = world.resident(house)
    proxy = proxy_of(world.db, house, resident)
    with world.db.writing() as session:
        identity_actions.set_name(session, actor_for(session, proxy.id), "王小红")
        own = session.get_one(Person, proxy.id).phone
    listed = str(world.row(house).phone)
    told = ask(world, house).expect(201)["phones"]
    assert told == [{"whose": "户主", "phone": listed}, {"whose": "王小红", "phone": own}]


def test_a_house_without_a_number_and_without_people_shows_none_and_is_written_down(world: World) -> None:
    house = world.house()
    with world.db.writing() as session:
        row = session.get_one(Household, house)
        row.phone = row.phone_hash = None
    assert ask(world, house).expect(201) == {"phones": []}
    assert looks(world, house, "township") == [("李村长", WHY, 0)]


def test_every_look_is_written_down_for_the_household_to_read_the_newest_first(world: World) -> None:
    house = world.house()
    ask(world, house).expect(201)
    ask(world, house, by="township", reason="核实退回的登记").expect(201)
    resident = world.resident(house)
    assert [(why, count) for _name, why, count in looks(world, house, resident)] == [
        ("核实退回的登记", 1),
        (WHY, 1),
    ]
    assert looks(world, house, resident)[1][0] == "李村长"
    (first, _second) = world.audit("household.phone_revealed")
    assert (first.about_kind, first.about_id, first.area) == ("household", house, world.village)


def test_the_record_of_one_house_is_not_shown_at_another(world: World) -> None:
    ask(world, world.house()).expect(201)
    other = world.house(1)
    assert looks(world, other, world.resident(other)) == []


def test_the_record_is_read_page_by_page(world: World) -> None:
    house = world.house()
    for n in range(3):
        ask(world, house, reason=f"第{n}次").expect(201)
    told, cursor = [], None
    while True:
        page = world.township.get(f"/api/households/{house}/reveals", limit=1, cursor=cursor).expect(200)
        told += [each["reason"] for each in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert told == ["第2次", "第1次", "第0次"]


@pytest.mark.parametrize("reason", [None, "", "   "])
def test_without_a_reason_nothing_is_shown(world: World, reason: str | None) -> None:
    answer = ask(world, world.house(), reason=reason)
    assert answer.status == 422 and str(world.row(world.house()).phone) not in answer.text
    assert not world.audit("household.phone_revealed")


def test_what_was_shown_is_not_kept_to_be_shown_again(world: World) -> None:
    house = world.house()
    ask(world, house, key="reveal-0001").expect(201)
    again = ask(world, house, key="reveal-0001")
    assert again.expect(409)["code"] == "http.done_before"
    assert str(world.row(house).phone) not in again.text
    assert len(world.audit("household.phone_revealed")) == 1


def test_a_number_typed_as_the_reason_is_masked_where_it_is_kept(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    house = world.house()
    phone = str(world.row(house).phone)
    ask(world, house, reason=f"打{phone}没有人接").expect(201)
    with world.db.reading() as session:
        kept = "".join(str(entry.facts) for entry in session.query(AuditEntry))
    logged = "".join(record.getMessage() + str(record.__dict__) for record in caplog.records)
    assert phone not in kept and phone not in logged
    assert "没有人接" in kept


# Who may


@pytest.mark.parametrize("by", ["other_cadre", "other_township"])
def test_offices_of_elsewhere_are_shown_nothing(world: World, by: str) -> None:
    house = world.house()
    assert ask(world, house, by=by).status == 404
    reveals = world.client(by).get(f"/api/households/{house}/reveals")
    assert reveals.status == (403 if by == "other_cadre" else 404)


def test_who_does_not_call_is_shown_no_number(world: World) -> None:
    house = world.house()
    world.people.update(
        inspector=person_with(world.db, "inspector", area_code=world.county.district),
        resident=world.resident(house),
        installer=person_with(world.db, "installer", company_id="heat-co"),
        nobody=somebody(world.db),
    )
    for who in ("inspector", "resident", "installer", "nobody"):
        assert ask(world, house, by=who).status == 403, who
    assert world.client(None).post(f"/api/households/{house}/phone-reveal", {"reason": WHY}).status == 401


def test_the_record_is_for_the_household_its_township_and_lookers(world: World) -> None:
    house, path = world.house(), f"/api/households/{world.house()}/reveals"
    ask(world, house).expect(201)
    world.people["auditor"] = person_with(world.db, "auditor", area_code=world.county.district)
    for who in ("township", "district", "auditor"):
        assert len(looks(world, house, who)) == 1
    assert world.cadre.get(path).status == 403, "who looks does not look after the record"
    neighbour = world.resident(world.house(0, ELSEWHERE))
    assert world.client(neighbour).get(path).status == 404
    assert world.client(None).get(path).status == 401


def test_who_was_a_cadre_until_yesterday_is_shown_nothing(world: World) -> None:
    world.people["former"] = person_with(
        world.db, "village_cadre", area_code=world.village, until=date(2022, 9, 14)
    )
    assert ask(world, world.house(), by="former").status == 403
