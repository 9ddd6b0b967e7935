"""401, 403 and 404: who may do what where, and which id is asked about."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from backend import identity
from backend.core.db import Database
from backend.core.http import Schema, Text, attach_database, blueprint, idempotent, make_api, takes_files
from backend.identity import Actor, Place, RoleView, Tie, actions, permit
from backend.identity.roles import ACTS, GIVERS, LABELS, OF_A_COMPANY, OF_A_HOUSEHOLD, OF_AN_AREA
from backend.identity.rules import standing
from tests.builders.product import (
    AppClient,
    client_of,
    give_role_to,
    kept_app_on,
    person_with,
    proxy_of,
    resident_of,
    small_county,
    somebody,
)

VILLAGE, OTHER_VILLAGE = "140602005001", "140602005002"
PLACES = {
    "h-here": Place(area_code=VILLAGE, household_id="h-here", company_ids=("yuanda",)),
    "h-there": Place(area_code=OTHER_VILLAGE, household_id="h-there", company_ids=("hengtai",)),
}


class _AskedSchema(Schema):
    spot_id = Text(64)
    note = Text(64)


class _SaidSchema(Schema):
    asked = Text(64)


blp = blueprint("permitted", "Routes of the tests")


@blp.route("/spots/<string:spot_id>", methods=["GET"])
@permit("household.list", scope="spot")
@blp.response(200, _SaidSchema)
def see(spot_id: str) -> dict[str, Any]:
    return {"asked": spot_id}


@blp.route("/spots", methods=["GET"])
@permit("household.list", scope="spot")
@blp.arguments(_AskedSchema, location="query")
@blp.response(200, _SaidSchema)
def see_by_query(query: dict[str, Any]) -> dict[str, Any]:
    return {"asked": query["spot_id"]}


@blp.route("/spots", methods=["POST"])
@permit("household.list", scope="spot")
@idempotent
@blp.arguments(_AskedSchema)
@blp.response(201, _SaidSchema)
def change(body: dict[str, Any]) -> dict[str, Any]:
    return {"asked": body["spot_id"]}


@blp.route("/spots/<string:spot_id>/notes", methods=["POST"])
@permit("household.list", scope="spot")
@idempotent
@blp.arguments(_AskedSchema)
@blp.response(201, _SaidSchema)
def change_by_path(body: dict[str, Any], spot_id: str) -> dict[str, Any]:
    return {"asked": spot_id}


@blp.route("/spot-files", methods=["POST"])
@permit("household.list", scope="spot")
@takes_files(10_000)
@idempotent
@blp.arguments(_AskedSchema, location="form")
@blp.response(201, _SaidSchema)
def change_by_form(form: dict[str, Any]) -> dict[str, Any]:
    return {"asked": form["spot_id"]}


@pytest.fixture
def app(db: Database) -> Flask:
    identity.define_scope("spot", lambda _session, spot_id: PLACES.get(spot_id))
    made = Flask("permitted")
    attach_database(made, db)
    make_api(made, "Permitted", "1").register_blueprint(blp)
    return made


@pytest.fixture
def cadre(db: Database, app: Flask) -> AppClient:
    """The cadre of h-here's village."""
    return client_of(app, person_with(db, "village_cadre", area_code=VILLAGE))


def test_without_a_session_one_is_asked_to_sign_in(app: Flask) -> None:
    assert client_of(app).get("/api/spots/h-here").expect(401)["code"] == "session.none"
    assert client_of(app).post("/api/spots", {"spot_id": "h-here"}).expect(401)["code"] == "session.none"


def test_whose_roles_may_nowhere_is_told_so_before_anything_else(db: Database, app: Flask) -> None:
    installer = client_of(app, person_with(db, "installer", company_id="yuanda"))
    for each in (installer, client_of(app, somebody(db))):
        for spot in ("h-here", "h-there", "h-nowhere"):
            assert each.get(f"/api/spots/{spot}").expect(403)["code"] == "role.not_permitted"
        each.post("/api/spots", {}).expect(403)


def test_what_is_elsewhere_does_not_exist(cadre: AppClient) -> None:
    assert cadre.get("/api/spots/h-here").expect(200) == {"asked": "h-here"}
    there = cadre.get("/api/spots/h-there").expect(404)
    nowhere = cadre.get("/api/spots/h-nowhere").expect(404)
    for each in (there, nowhere):
        del each["request_id"]
    assert there == nowhere


def test_the_id_is_taken_from_where_the_route_takes_it_and_from_nowhere_else(cadre: AppClient) -> None:
    json = {"Content-Type": "application/json"}
    # A read: the query counts, a body does not.
    cadre.get("/api/spots", spot_id="h-here").expect(200)
    cadre.get("/api/spots", spot_id="h-there").expect(404)
    cadre.request("GET", "/api/spots", body=b'{"spot_id": "h-here"}', headers=json).expect(422)
    # A write: the body counts, the query does not.
    assert cadre.post("/api/spots?spot_id=h-there", {"spot_id": "h-here"}).expect(201) == {"asked": "h-here"}
    cadre.post("/api/spots?spot_id=h-here", {"spot_id": "h-there"}).expect(404)
    cadre.post("/api/spots?spot_id=h-here", {"note": "x"}).expect(422)
    # A path counts before all.
    said = cadre.post("/api/spots/h-here/notes", {"spot_id": "h-there"})
    assert said.expect(201) == {"asked": "h-here"}
    cadre.post("/api/spots/h-there/notes?spot_id=h-here", {"spot_id": "h-here"}).expect(404)
    # A form: its own field.
    assert cadre.upload("/api/spot-files?spot_id=h-there", {}, {"spot_id": "h-here"}).expect(201)
    cadre.upload("/api/spot-files?spot_id=h-here", {}, {"spot_id": "h-there"}).expect(404)


def test_an_id_that_is_said_twice_is_judged_as_it_is_read(cadre: AppClient) -> None:
    said = cadre.get("/api/spots?spot_id=h-here&spot_id=h-there")
    assert said.expect(200) == {"asked": "h-here"}
    cadre.get("/api/spots?spot_id=h-there&spot_id=h-here").expect(404)
    raw = b'{"spot_id": "h-here", "spot_id": "h-there"}'
    cadre.post("/api/spots", body=raw, headers={"Content-Type": "application/json"}).expect(422)


@pytest.mark.parametrize("spot", [None, 1, [], {}, "", "x" * 65, True])
def test_an_id_that_is_none_is_a_wrong_shape(cadre: AppClient, spot: Any) -> None:
    assert set(cadre.post("/api/spots", {"spot_id": spot}).expect(422)["errors"]) == {"spot_id"}


def test_a_stored_answer_is_not_repeated_to_who_may_no_longer_see_it(db: Database, app: Flask) -> None:
    person = somebody(db)
    role_id = give_role_to(db, person, "village_cadre", area_code=VILLAGE)
    me = client_of(app, person)
    me.post("/api/spots", {"spot_id": "h-here"}, key="key-of-spot").expect(201)
    officer = person_with(db, "township_officer", area_code=VILLAGE[:9])
    with db.writing() as session:
        above = identity.actor_for(session, officer.id)
        actions.end_role(session, above, role_id=role_id, reason="调离")
    me.post("/api/spots", {"spot_id": "h-here"}, key="key-of-spot").expect(403)


def test_an_act_that_is_not_in_the_table_cannot_be_permitted() -> None:
    with pytest.raises(ValueError, match="fuel\\.steal"):
        permit("fuel.steal")


# -- the decision itself


def _actor(*roles: tuple[str, str | None, str | None], ties: tuple[Tie, ...] = ()) -> Actor:
    held = tuple(RoleView("r", role, area, company, date(2022, 1, 1), None) for role, area, company in roles)
    return Actor("p", None, held, ties)


@pytest.mark.parametrize(
    ("area", "place", "said"),
    [
        ("140602", "140602005001", "yes"),
        ("140602005", "140602005001", "yes"),
        ("140602005001", "140602005001", "yes"),
        ("140602005001", "140602005002", "elsewhere"),
        ("140602005001", "140602005", "elsewhere"),
        ("140602005", "140602", "elsewhere"),
        ("140602006", "140602005001", "elsewhere"),
        ("140602", None, "elsewhere"),
    ],
)
def test_an_area_holds_itself_and_what_lies_below_it(area: str, place: str | None, said: str) -> None:
    actor = _actor(("township_officer", area, None))
    assert standing("household.list", actor, Place(area_code=place, household_id="h")) == said


def test_a_company_reaches_the_places_where_it_has_a_job() -> None:
    driver = _actor(("driver", None, "yuanda"))
    assert standing("household.see", driver, PLACES["h-here"]) == "yes"
    assert standing("household.see", driver, PLACES["h-there"]) == "elsewhere"
    assert standing("household.see", driver, Place(area_code=VILLAGE)) == "elsewhere"
    assert standing("household.list", driver, PLACES["h-here"]) == "no"


def test_a_resident_reaches_their_own_household_only() -> None:
    resident = _actor(ties=(Tie("h-here", "resident"),))
    assert standing("household.see", resident, PLACES["h-here"]) == "yes"
    assert standing("household.see", resident, PLACES["h-there"]) == "elsewhere"
    assert standing("household.lock", resident, PLACES["h-here"]) == "no"


def test_one_role_does_not_lend_its_area_to_another() -> None:
    """The cadre of one village who inspects another: the inspector's area gives the cadre no rights there."""
    both = _actor(("village_cadre", VILLAGE, None), ("inspector", OTHER_VILLAGE, None))
    assert standing("household.complete", both, PLACES["h-there"]) == "elsewhere"
    assert standing("household.complete", both, PLACES["h-here"]) == "yes"
    assert standing("household.see", both, PLACES["h-there"]) == "yes"


def test_anybody_may_what_anybody_may_but_only_at_their_own_place() -> None:
    stranger = _actor()
    assert standing("me.see", stranger, None) == "yes"
    assert standing("me.see", stranger, Place(person_ids=("p",))) == "yes"
    assert standing("me.see", stranger, Place(person_ids=("q",))) == "elsewhere"
    assert standing("household.list", stranger, Place(person_ids=("p",))) == "no"


def test_a_list_reaches_as_far_as_the_roles_that_may_see_it() -> None:
    actor = _actor(
        ("village_cadre", VILLAGE, None),
        ("driver", None, "yuanda"),
        ties=(Tie("h1", "resident"), Tie("h2", "household_proxy")),
    )
    listed = actor.reach("household.list")
    assert (listed.areas, listed.companies, listed.households) == ((VILLAGE,), (), ("h1", "h2"))
    assert listed.covers_area(VILLAGE) and not listed.covers_area(OTHER_VILLAGE)
    assert not _actor().reach("household.list").covers_area(VILLAGE)


def test_the_tables_know_only_roles_that_exist() -> None:
    assert set(LABELS) == OF_AN_AREA | OF_A_COMPANY | OF_A_HOUSEHOLD
    assert not (OF_AN_AREA & OF_A_COMPANY or OF_AN_AREA & OF_A_HOUSEHOLD or OF_A_COMPANY & OF_A_HOUSEHOLD)
    for act, roles in ACTS.items():
        assert roles and roles <= set(LABELS) | {"anybody"}, act
    assert set(GIVERS) == set(LABELS) - OF_A_HOUSEHOLD
    for role, givers in GIVERS.items():
        assert givers <= set(LABELS) - OF_A_HOUSEHOLD, role


# -- with real households


def test_a_household_is_seen_by_its_people_its_cadre_and_those_above(
    db: Database, database_url: str, tmp_path: Path
) -> None:
    product = kept_app_on(database_url, tmp_path)
    county = small_county(db)
    home, neighbour = county.households["biomass"][:2]
    village = county.villages["biomass"]
    resident = resident_of(db, home)
    may = {
        "resident": resident,
        "proxy": proxy_of(db, home, resident),
        "cadre": person_with(db, "village_cadre", area_code=village),
        "township": person_with(db, "township_officer", area_code=village[:9]),
        "district": person_with(db, "district_officer", area_code=county.district),
        "auditor": person_with(db, "auditor", area_code=county.district),
    }
    may_not = {
        "neighbour": (resident_of(db, neighbour), 404),
        "cadre elsewhere": (person_with(db, "village_cadre", area_code=county.villages["solar_plus"]), 404),
        "company without a job": (person_with(db, "installer", company_id="yuanda"), 404),
        "editor": (person_with(db, "media_editor", area_code=county.district), 403),
        "nobody": (somebody(db), 403),
    }
    for who, person in may.items():
        assert client_of(product, person).get(f"/api/households/{home}").status == 200, who
    for who, (person, status) in may_not.items():
        assert client_of(product, person).get(f"/api/households/{home}").status == status, who
    assert client_of(product).get(f"/api/households/{home}").status == 401
