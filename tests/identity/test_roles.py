"""Who gives which role to whom, and how fast it is gone."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from backend.core import clock
from backend.core.audit import AuditEntry
from backend.core.db import Database
from backend.identity.models import Invitation, RoleGrant
from backend.identity.roles import GIVERS, OF_A_COMPANY, OF_A_HOUSEHOLD, OF_AN_AREA
from tests.builders.product import (
    AUTUMN,
    Someone,
    client_of,
    company_in,
    give_role_to,
    person_with,
    somebody,
)
from tests.harness.http import Answer
from tests.harness.races import race
from tests.sizes import SIZES

DISTRICT, TOWNSHIP, VILLAGE = "140602", "140602005", "140602005001"
RACERS = min(SIZES.racers, 24)  # of one person: the route takes thirty codes an hour
OTHER_DISTRICT, OTHER_TOWNSHIP, OTHER_VILLAGE = "140603", "140602006", "140602006001"
COMPANY, OTHER_COMPANY = "yuanda", "hengtai"


AREAS = {"village_cadre": VILLAGE, "township_officer": TOWNSHIP}  # every other role of an area: the district


def _footing(role: str) -> dict[str, Any]:
    return {"company_id": COMPANY} if role in OF_A_COMPANY else {"area_code": AREAS.get(role, DISTRICT)}


def _invite(app: Flask, by: Someone, role: str, **more: Any) -> Answer:
    return client_of(app, by).post("/api/invitations", {"role": role, "name": "某人", **more})


def _accept(app: Flask, who: Someone, code: str, key: str | None = None) -> Answer:
    return client_of(app, who).post("/api/invitations/acceptance", {"code": code}, key=key)


def _standing(db: Database) -> int:
    with db.reading() as session:
        open_grants = select(func.count()).select_from(RoleGrant).where(RoleGrant.ended_at.is_(None))
        return session.scalar(open_grants) or 0


def test_a_role_offered_is_shown_once_and_taken_by_who_brings_the_code(db: Database, app: Flask) -> None:
    officer = person_with(db, "township_officer", area_code=TOWNSHIP)
    somebody_new = somebody(db)
    offered = _invite(app, officer, "village_cadre", area_code=VILLAGE).expect(201)
    taken = _accept(app, somebody_new, offered["code"]).expect(201)
    assert (taken["role"], taken["area_code"]) == ("village_cadre", VILLAGE)
    me = client_of(app, somebody_new).get("/api/me").expect(200)
    assert me["roles"] == [taken] and me["name"] == "某人"
    with db.reading() as session:
        assert offered["code"] not in (session.scalars(select(Invitation.code_hash)).one())


def test_the_code_of_an_offer_is_never_repeated(db: Database, app: Flask) -> None:
    officer = person_with(db, "township_officer", area_code=TOWNSHIP)
    body = {"role": "village_cadre", "name": "某人", "area_code": VILLAGE}
    client_of(app, officer).post("/api/invitations", body, key="key-of-offer").expect(201)
    again = client_of(app, officer).post("/api/invitations", body, key="key-of-offer").expect(409)
    assert again["code"] == "http.done_before" and "code_hash" not in str(again)


@pytest.mark.parametrize("giver", sorted(OF_AN_AREA | OF_A_COMPANY))
def test_a_role_is_given_only_by_somebody_above_it(db: Database, app: Flask, giver: str) -> None:
    company_in(db, COMPANY, area_code=DISTRICT)
    above = person_with(db, giver, **_footing(giver))
    for role, givers in GIVERS.items():
        # An acceptor is given by a township for itself, everything else as far as its level reaches.
        footing = (
            {"area_code": TOWNSHIP} if (giver, role) == ("township_officer", "acceptor") else _footing(role)
        )
        answer = _invite(app, above, role, **footing)
        if giver in givers:
            assert answer.status == 201, role
        else:
            assert answer.status == 403, role
            assert answer.json()["code"] in ("role.not_permitted", "role.not_yours_to_give")
    assert _standing(db) == 1


@pytest.mark.parametrize(
    ("role", "area_code"),
    [
        ("village_cadre", TOWNSHIP),
        ("township_officer", VILLAGE),
        ("township_officer", DISTRICT),
        ("district_officer", TOWNSHIP),
    ],
)
def test_a_role_stands_on_an_area_of_its_level(db: Database, app: Flask, role: str, area_code: str) -> None:
    by = person_with(db, "administrator", area_code=DISTRICT)
    give_role_to(db, by, "district_officer", area_code=DISTRICT)
    assert _invite(app, by, role, area_code=area_code).expect(422)["code"] == "role.wrong_footing"


def test_the_first_of_a_company_is_made_where_the_company_works(db: Database, app: Flask) -> None:
    company_in(db, COMPANY, area_code=DISTRICT)
    company_in(db, OTHER_COMPANY, area_code=OTHER_DISTRICT)
    district = person_with(db, "district_officer", area_code=DISTRICT)
    _invite(app, district, "contractor_manager", company_id=COMPANY).expect(201)
    for company_id in (OTHER_COMPANY, "nobody-knows-it"):
        _invite(app, district, "contractor_manager", company_id=company_id).expect(403)


def test_nobody_above_gives_beyond_their_own_area_or_company(db: Database, app: Flask) -> None:
    township = person_with(db, "township_officer", area_code=TOWNSHIP)
    district = person_with(db, "district_officer", area_code=DISTRICT)
    manager = person_with(db, "contractor_manager", company_id=COMPANY)
    administrator = person_with(db, "administrator", area_code=DISTRICT)
    for by, role, footing in (
        (township, "village_cadre", {"area_code": OTHER_VILLAGE}),
        (township, "village_cadre", {"area_code": DISTRICT}),
        (district, "township_officer", {"area_code": "140603001"}),
        (district, "village_cadre", {"area_code": "14060"}),
        (manager, "installer", {"company_id": OTHER_COMPANY}),
        (manager, "installer", {"company_id": COMPANY.upper()}),
        (administrator, "district_officer", {"area_code": OTHER_DISTRICT}),
        (administrator, "administrator", {"area_code": "140600"}),
    ):
        answer = _invite(app, by, role, **footing)
        assert answer.status in (403, 422), (role, footing, answer.text)
    assert _standing(db) == 4


@pytest.mark.parametrize(
    "footing",
    [{}, {"area_code": VILLAGE, "company_id": COMPANY}, {"company_id": COMPANY}],
    ids=["none", "both", "a company for a cadre"],
)
def test_a_role_stands_on_an_area_or_on_a_company(db: Database, app: Flask, footing: dict[str, str]) -> None:
    district = person_with(db, "district_officer", area_code=DISTRICT)
    assert _invite(app, district, "village_cadre", **footing).expect(422)["code"] == "role.wrong_footing"


def test_the_ties_to_a_household_are_no_roles_to_give(db: Database, app: Flask) -> None:
    district = person_with(db, "district_officer", area_code=DISTRICT)
    for role in sorted(OF_A_HOUSEHOLD):
        _invite(app, district, role, area_code=VILLAGE).expect(422)


def test_a_code_is_taken_by_one_of_many_who_bring_it(db: Database, app: Flask) -> None:
    officer = person_with(db, "township_officer", area_code=TOWNSHIP)
    people = [somebody(db) for _ in range(SIZES.racers)]
    code = _invite(app, officer, "village_cadre", area_code=VILLAGE).expect(201)["code"]
    result = race(SIZES.racers, lambda index: _accept(app, people[index], code))
    assert not result.errors
    said = [answer.status for answer in result.values]
    assert said.count(201) == 1
    assert said.count(409) == SIZES.racers - 1
    assert _standing(db) == 2


def test_two_codes_for_one_role_brought_at_once_by_one_person_make_one_role(db: Database, app: Flask) -> None:
    officer = person_with(db, "township_officer", area_code=TOWNSHIP)
    person = somebody(db)
    codes = [
        _invite(app, officer, "village_cadre", area_code=VILLAGE).expect(201)["code"] for _ in range(RACERS)
    ]
    result = race(RACERS, lambda index: _accept(app, person, codes[index]))
    assert not result.errors
    said = [answer.status if answer.status == 201 else answer.json()["code"] for answer in result.values]
    assert said.count(201) == 1
    assert said.count("role.held_already") == RACERS - 1


def test_a_code_that_was_refused_to_one_who_has_the_role_is_still_good_for_another(
    db: Database, app: Flask
) -> None:
    officer = person_with(db, "township_officer", area_code=TOWNSHIP)
    holder, other = person_with(db, "village_cadre", area_code=VILLAGE), somebody(db)
    code = _invite(app, officer, "village_cadre", area_code=VILLAGE).expect(201)["code"]
    assert _accept(app, holder, code).expect(409)["code"] == "role.held_already"
    _accept(app, other, code).expect(201)


def test_a_code_holds_for_seven_days(db: Database, app: Flask) -> None:
    with clock.pinned(AUTUMN):
        officer = person_with(db, "township_officer", area_code=TOWNSHIP)
        one, other = somebody(db), somebody(db)
        codes = [_invite(app, officer, "village_cadre", area_code=VILLAGE).expect(201)["code"] for _ in "ab"]
    with clock.pinned(AUTUMN + timedelta(days=7) - timedelta(seconds=1)):
        _accept(app, one, codes[0]).expect(201)
    with clock.pinned(AUTUMN + timedelta(days=7)):
        assert _accept(app, other, codes[1]).expect(409)["code"] == "invitation.spent"


def test_what_somebody_offered_is_worth_nothing_once_they_may_not_give_it(db: Database, app: Flask) -> None:
    district = person_with(db, "district_officer", area_code=DISTRICT)
    officer = somebody(db)
    role_id = give_role_to(db, officer, "township_officer", area_code=TOWNSHIP)
    code = _invite(app, officer, "village_cadre", area_code=VILLAGE).expect(201)["code"]
    client_of(app, district).post(f"/api/roles/{role_id}/end", {"reason": "调离"})
    assert _accept(app, somebody(db), code).expect(409)["code"] == "invitation.spent"
    assert _standing(db) == 1


def test_a_role_that_was_ended_acts_no_more_from_the_next_request_on(db: Database, app: Flask) -> None:
    district = person_with(db, "district_officer", area_code=DISTRICT)
    officer = somebody(db)
    role_id = give_role_to(db, officer, "township_officer", area_code=TOWNSHIP)
    client_of(app, officer).get("/api/roles").expect(200)
    ended = client_of(app, district).post(f"/api/roles/{role_id}/end", {"reason": "调离"})
    assert (ended.status, ended.body) == (204, b"")
    assert client_of(app, officer).get("/api/roles").expect(403)["code"] == "role.not_permitted"
    assert client_of(app, officer).get("/api/me").expect(200)["roles"] == []
    assert client_of(app, district).post(f"/api/roles/{role_id}/end", {"reason": "调离"}).expect(409)[
        "code"
    ] == ("role.ended_already")
    with db.reading() as session:
        told = session.scalars(select(AuditEntry).where(AuditEntry.event == "role.ended")).one()
    assert (told.by, told.about_id, told.area) == (district.id, officer.id, TOWNSHIP)
    assert told.facts == {"role": "township_officer", "reason": "调离"}


def test_only_somebody_above_ends_a_role(db: Database, app: Flask) -> None:
    officer = somebody(db)
    role_id = give_role_to(db, officer, "township_officer", area_code=TOWNSHIP)
    for other in (
        person_with(db, "township_officer", area_code=TOWNSHIP),
        person_with(db, "district_officer", area_code=OTHER_DISTRICT),
        person_with(db, "contractor_manager", company_id=COMPANY),
    ):
        refused = client_of(app, other).post(f"/api/roles/{role_id}/end", {"reason": "x"}).expect(403)
        assert refused["code"] == "role.not_yours_to_give"
    above = person_with(db, "district_officer", area_code=DISTRICT)
    client_of(app, above).post("/api/roles/01GCYQ3N8KJ5X2V9R4T7W6Z0AB/end", {"reason": "x"}).expect(404)


def test_a_role_holds_through_its_last_day_and_can_be_given_again_after_it(db: Database, app: Flask) -> None:
    last = date(2022, 12, 31)
    with clock.pinned(AUTUMN):
        officer = person_with(db, "township_officer", area_code=TOWNSHIP)
        person = somebody(db)
        offer = _invite(app, officer, "village_cadre", area_code=VILLAGE, until=last.isoformat())
        _accept(app, person, offer.expect(201)["code"]).expect(201)
    midnight = clock.start_of_day(date(2023, 1, 1))
    for days in (80, 55, 28, 1):  # they keep their sessions alive
        with clock.pinned(midnight - timedelta(days=days)):
            client_of(app, person).get("/api/me").expect(200)
            client_of(app, officer).get("/api/me").expect(200)
    with clock.pinned(midnight - timedelta(seconds=1)):
        assert len(client_of(app, person).get("/api/me").expect(200)["roles"]) == 1
    with clock.pinned(midnight):
        assert client_of(app, person).get("/api/me").expect(200)["roles"] == []
        code = _invite(app, officer, "village_cadre", area_code=VILLAGE).expect(201)["code"]
        _accept(app, person, code).expect(201)
        assert len(client_of(app, person).get("/api/me").expect(200)["roles"]) == 1


def test_roles_are_listed_within_one_s_own_area_or_company_and_in_pages(db: Database, app: Flask) -> None:
    cadres = [person_with(db, "village_cadre", area_code=f"{TOWNSHIP}00{number}") for number in range(1, 6)]
    person_with(db, "village_cadre", area_code=OTHER_VILLAGE)
    person_with(db, "installer", company_id=OTHER_COMPANY)
    installer = person_with(db, "installer", company_id=COMPANY)
    officer = person_with(db, "township_officer", area_code=TOWNSHIP)
    manager = person_with(db, "contractor_manager", company_id=COMPANY)

    seen: list[str] = []
    cursor = None
    while True:
        page = client_of(app, officer).get("/api/roles", limit=2, cursor=cursor).expect(200)
        seen += [item["person_id"] for item in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen[:5] == [cadre.id for cadre in cadres]
    assert set(seen[5:]) == {officer.id}
    of_the_company = client_of(app, manager).get("/api/roles").expect(200)["items"]
    assert {item["person_id"] for item in of_the_company} == {installer.id, manager.id}
    client_of(app, cadres[0]).get("/api/roles").expect(403)
