"""Companies: registered once under a short code, listed by kind."""

from __future__ import annotations

from pathlib import Path

import pytest

from backend.core.db import Database
from tests.builders.product import AppClient, client_of, kept_app_on, person_with, somebody, wired


@pytest.fixture
def district(db: Database, database_url: str, tmp_path: Path) -> AppClient:
    wired()
    app = kept_app_on(database_url, tmp_path)
    return client_of(app, person_with(db, "district_officer", area_code="140602"))


def test_a_company_is_registered_once_and_listed_by_what_it_does(db: Database, district: AppClient) -> None:
    both = {
        "id": "heat-co",
        "name": "示范取暖公司",
        "area_code": "140602",
        "kinds": ["fuel_supplier", "contractor"],
    }
    assert district.post("/api/companies", both).expect(201)["kinds"] == ["contractor", "fuel_supplier"]
    problem = district.post("/api/companies", both).expect(409)
    assert (problem["code"], problem["clause"]) == ("company.known_already", "8.4")
    fuel_only = {"id": "fuel-co", "name": "示范燃料公司", "area_code": "140602", "kinds": ["fuel_supplier"]}
    district.post("/api/companies", fuel_only).expect(201)
    anybody = client_of(district.app, somebody(db))
    listed = anybody.get("/api/companies", kind="contractor").expect(200)["items"]
    assert [company["id"] for company in listed] == ["heat-co"]
    page = anybody.get("/api/companies", limit=1).expect(200)
    assert [company["id"] for company in page["items"]] == ["fuel-co"]
    rest = anybody.get("/api/companies", limit=1, cursor=page["next"]).expect(200)
    assert [company["id"] for company in rest["items"]] == ["heat-co"] and rest["next"] is None


@pytest.mark.parametrize("company_id", ["Heat", "1co", "c", "heat co", "供热", "heat-co\n"])
def test_a_code_is_lower_case_and_short(district: AppClient, company_id: str) -> None:
    body = {"id": company_id, "name": "公司", "area_code": "140602", "kinds": ["contractor"]}
    district.post("/api/companies", body).expect(422)


def test_nobody_else_registers_one(db: Database, district: AppClient) -> None:
    body = {"id": "heat-co", "name": "公司", "area_code": "140602", "kinds": ["contractor"]}
    township = client_of(district.app, person_with(db, "township_officer", area_code="140602001"))
    township.post("/api/companies", body).expect(403)


def test_a_company_of_another_county_is_not_registered_here(district: AppClient) -> None:
    body = {"id": "far-co", "name": "外县公司", "area_code": "140603", "kinds": ["contractor"]}
    assert district.post("/api/companies", body).expect(404)["code"] == "not_found"
