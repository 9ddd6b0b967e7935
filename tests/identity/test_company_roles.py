"""Roles at companies, and what reaches the database of an id that is none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from backend.core.db import Database
from tests.builders.product import (
    DISTRICT,
    app_on,
    client_of,
    company_in,
    kept_app_on,
    person_with,
    small_county,
)


def test_an_officer_gives_roles_only_at_companies_that_work_in_the_own_area(
    db: Database, database_url: str, tmp_path: Path
) -> None:
    app = kept_app_on(database_url, tmp_path)
    company_in(db, "here-co", "contractor")
    company_in(db, "far-co", "contractor", area_code="140603")
    officer = client_of(app, person_with(db, "district_officer", area_code=DISTRICT))
    offer = {"role": "contractor_manager", "name": "张三"}
    officer.post("/api/invitations", {**offer, "company_id": "here-co"}).expect(201)
    for company in ("far-co", "no-such-co"):
        refused = officer.post("/api/invitations", {**offer, "company_id": company}).expect(403)
        assert refused["code"] == "role.not_yours_to_give"


@pytest.mark.parametrize(
    ("role", "area_code"),
    [("village_cadre", "140602001"), ("township_officer", "140602001001"), ("township_officer", "140602")],
)
def test_a_role_of_one_level_is_not_held_for_another(
    db: Database, database_url: str, tmp_path: Path, role: str, area_code: str
) -> None:
    officer = client_of(
        kept_app_on(database_url, tmp_path), person_with(db, "district_officer", area_code=DISTRICT)
    )
    body = {"role": role, "name": "李四", "area_code": area_code}
    assert officer.post("/api/invitations", body).expect(422)["code"] == "role.wrong_footing"


@pytest.mark.parametrize("hostile", ["\x00" * 26, "\ud800" * 26, "01\u202e23", "\x1b[0m"])
def test_an_id_that_no_database_takes_is_refused_before_it_is_looked_up(
    db: Database, database_url: str, tmp_path: Path, hostile: str
) -> None:
    county = small_county(db, 1)
    app = kept_app_on(database_url, tmp_path)
    cadre = client_of(app, person_with(db, "village_cadre", area_code=county.villages["biomass"]))
    body = '{"household_id": ' + json.dumps(hostile) + "}"
    headers = {"Content-Type": "application/json", "Idempotency-Key": "hostile-id-1"}
    for path in ("/api/faults", "/api/fuel-orders", "/api/bookings", "/api/eligibility/questions"):
        answer = cadre.request("POST", path, body=body.encode(), headers=headers)
        assert answer.status in (404, 422), (path, answer.text)


def test_behind_a_trusted_proxy_each_address_has_rate_limits_of_its_own(
    db: Database, database_url: str, tmp_path: Path
) -> None:
    small_county(db, 1)
    app = app_on(database_url, tmp_path, TRUSTED_PROXIES="1")
    client = client_of(app)
    for number in range(130):
        answer = client.request(
            "POST",
            "/api/scans",
            json={"household_code": "2222222222"},
            headers={"X-Forwarded-For": f"10.0.0.{number}", "Idempotency-Key": f"scan-key-{number}"},
        )
        assert answer.status == 404, answer.text
