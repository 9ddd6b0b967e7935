"""The plan and the areas as everybody may read them."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from backend.core.db import Database
from backend.core.http import attach_database, make_api
from backend.programme import load_areas, load_programme
from backend.programme.routes import blp
from tests.programme.files import AREAS, PLAN


@pytest.fixture
def client(db: Database) -> FlaskClient:
    app = Flask("programme")
    api = make_api(app, "programme", "test")
    attach_database(app, db)
    api.register_blueprint(blp)
    return app.test_client()


@pytest.fixture
def loaded(db: Database, client: FlaskClient) -> FlaskClient:
    with db.writing() as session:
        load_programme(session, PLAN, None)
        load_areas(session, AREAS, None)
    return client


def test_without_a_plan_it_says_who_can_load_one(client: FlaskClient) -> None:
    answer = client.get("/api/programme")
    assert answer.status_code == 404
    problem = answer.get_json()
    assert problem["code"] == "programme.none" and "管理员" in problem["next"]


@pytest.mark.parametrize("query", ["", "?area_code=140602", "?area_code=140602001001"])
def test_anybody_reads_the_plan_with_its_clauses(loaded: FlaskClient, query: str) -> None:
    plan = loaded.get(f"/api/programme{query}").get_json()
    assert (plan["id"], plan["households"], plan["bag_kg"]) == ("shuocheng-2022", 23_613, 25)
    biomass = plan["paths"][4]
    assert (biomass["label"], biomass["needs_co_alarm"]) == ("生物质炉具+燃料", True)
    assert (biomass["clause"], biomass["clause_label"]) == ("4.1.1.5", "第四部分（一）1（5）")
    figure = plan["paths"][1]["kit"][2]["figures"][0]
    assert (figure["nominal"], figure["tolerance"]) == (5.0, 0.5)
    assert plan["fuel_limits"][0] == {
        "clause": "4.1.1.5",
        "clause_label": "第四部分（一）1（5）",
        "kilograms": 3000,
        "since": "2022-05-13",
    }
    summaries = {clause["id"]: clause["summary"] for clause in plan["clauses"]}
    cited = {path["clause"] for path in plan["paths"]} | {mark["clause"] for mark in plan["milestones"]}
    assert cited <= set(summaries)
    assert {setting["value"] for setting in plan["settings"]} >= {"25", "否", "0.5", "wiring、radiator"}


def test_a_plan_of_another_county_is_not_given_for_this_one(loaded: FlaskClient) -> None:
    assert loaded.get("/api/programme?area_code=150102").status_code == 404


@pytest.mark.parametrize("code", ["14060", "x", "1406021234567", "１４０６０２", ""])
def test_refuses_what_is_no_area_code(loaded: FlaskClient, code: str) -> None:
    assert loaded.get(f"/api/programme?area_code={code}").status_code == 422
    assert loaded.get(f"/api/areas?parent={code}").status_code == 422


def test_areas_page_by_code_and_show_names_only(loaded: FlaskClient) -> None:
    districts = loaded.get("/api/areas").get_json()
    assert [area["name"] for area in districts["items"]] == ["朔州市朔城区"] and districts["next"] is None
    names, query = [], "?parent=140602&limit=5"
    for _page in range(3):
        page = loaded.get(f"/api/areas{query}").get_json()
        names += [area["name"] for area in page["items"]]
        query = f"?parent=140602&limit=5&cursor={page['next']}"
    assert page["next"] is None
    assert len(names) == len(set(names)) == 14
    villages = loaded.get("/api/areas?parent=140602004&limit=200").get_json()["items"]
    assert set(villages[0]) == {"code", "parent_code", "level", "name"}
    assert "崔家窑村" in {area["name"] for area in villages}
    assert loaded.get("/api/areas?parent=140602099").get_json() == {"items": [], "next": None}
