"""What a scan of the code at a door answers, by who scans it; and that each is kept."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from backend.registry.models import Household, Scan
from tests.builders.product import give_role_to
from tests.builders.rates import spend
from tests.doorstep.houses import Houses

# who: (seen as, sees the household, may among others)
ANSWERS = {
    None: ("unknown", False, "report_emergency"),
    "resident": ("resident", True, "order_fuel"),
    "proxy": ("household_proxy", True, "confirm"),
    "neighbour": ("other", False, "bind"),
    "somebody": ("other", False, "bind"),
    "cadre": ("village_cadre", True, "confirm_on_site"),
    "cadre elsewhere": ("other", False, "report_emergency"),
    "cadre no longer": ("other", False, "report_emergency"),
    "township officer": ("officer", True, "see_household"),
    "township officer elsewhere": ("other", False, "report_emergency"),
    "acceptor": ("officer", True, "see_household"),
    "inspector": ("officer", True, "see_household"),
    "installer with a job": ("worker", True, "work_here"),
    "repairer with a job": ("worker", True, "work_here"),
    "installer without": ("other", False, "report_emergency"),
    "installer no longer": ("other", False, "report_emergency"),
}


@pytest.mark.parametrize("who", ANSWERS, ids=[str(who) for who in ANSWERS])
def test_a_scan_shows_what_the_scanner_has_to_do_with_the_house(houses: Houses, who: str | None) -> None:
    seen_as, sees, may = ANSWERS[who]
    answer = houses.scan(who)
    told = answer.expect(201)
    assert (told["seen_as"], told["household"] is not None) == (seen_as, sees)
    assert may in told["next"] and "report_emergency" in told["next"], "everybody can report an emergency"
    assert told["hotline"] and told["message"]
    with houses.db.reading() as session:
        home = session.get_one(Household, houses.house)
    if not sees:
        for private in (home.head_name, home.address, home.id, str(home.phone), str(home.id_number)):
            assert private not in answer.text
    if sees:
        assert told["household"]["id"] == houses.house
        # What is shown here may be opened there, and what may be opened is not hidden here.
        assert houses.client(who).get(f"/api/households/{houses.house}").status == 200
    elif who:
        assert houses.client(who).get(f"/api/households/{houses.house}").status in (403, 404)
    for secret in (str(home.phone), str(home.id_number)):
        assert secret not in answer.text


def test_every_scan_is_kept_with_who_when_and_where(houses: Houses) -> None:
    houses.scan(None).expect(201)
    houses.scan("installer with a job", purpose="visit", latitude=39.331, longitude=112.433).expect(201)
    items = houses.client("cadre").get(f"/api/households/{houses.house}/scans").expect(200)["items"]
    installer = houses.people["installer with a job"]
    assert installer is not None
    assert [(each["person_id"], each["seen_as"], each["purpose"]) for each in items] == [
        (None, "unknown", "look"),
        (installer.id, "worker", "visit"),
    ]
    assert (items[0]["latitude"], items[1]["latitude"], items[1]["longitude"]) == (None, 39.331, 112.433)
    assert items[0]["at"].startswith("2022-09-15T02:00")


@pytest.mark.parametrize(
    ("who", "status"), [("resident", 200), ("proxy", 200), ("neighbour", 404), ("installer with a job", 403)]
)
def test_a_household_sees_who_read_its_code_and_nobody_elses(houses: Houses, who: str, status: int) -> None:
    houses.scan("cadre").expect(201)
    answer = houses.client(who).get(f"/api/households/{houses.house}/scans")
    assert answer.status == status
    if status == 200:
        assert [each["seen_as"] for each in answer.json()["items"]] == ["village_cadre"]


def test_a_household_sees_that_its_door_was_scanned_but_not_where_whose_phone_stood(houses: Houses) -> None:
    where = {"household_code": houses.code, "latitude": 39.3, "longitude": 112.4}
    houses.client("neighbour").post("/api/scans", where).expect(201)
    (own,) = houses.client("resident").get(f"/api/households/{houses.house}/scans").expect(200)["items"]
    (traced,) = houses.client("cadre").get(f"/api/households/{houses.house}/scans").expect(200)["items"]
    assert (own["id"], own["person_id"], own["latitude"], own["longitude"]) == (
        traced["id"],
        None,
        None,
        None,
    )
    assert traced["person_id"] and (traced["latitude"], traced["longitude"]) == (39.3, 112.4)


def test_one_tap_that_is_sent_twice_is_one_scan(houses: Houses) -> None:
    client = houses.client("resident")
    body = {"household_code": houses.code}
    first = client.post("/api/scans", body, key="one-tap-of-a-thumb").expect(201)
    assert client.post("/api/scans", body, key="one-tap-of-a-thumb").expect(201) == first
    with houses.db.reading() as session:
        assert len(session.scalars(select(Scan)).all()) == 1


@pytest.mark.parametrize("written", ["{}", " {} ", "http://localhost/q/{}", "lower", "spaced"])
def test_a_code_is_read_as_people_type_and_phones_scan_it(houses: Houses, written: str) -> None:
    code = houses.code
    forms = {"lower": code.lower(), "spaced": f"{code[:4]} {code[4:7]}-{code[7:]}"}
    body = {"household_code": forms.get(written, written.format(code))}
    assert houses.client("cadre").post("/api/scans", body).expect(201)["household"]["id"] == houses.house


def test_a_role_given_acts_at_the_next_scan(houses: Houses) -> None:
    somebody = houses.people["somebody"]
    assert somebody is not None
    assert houses.scan("somebody").expect(201)["seen_as"] == "other"
    give_role_to(houses.db, somebody, "village_cadre", area_code=houses.county.villages["heat_pump"])
    assert houses.scan("somebody").expect(201)["seen_as"] == "village_cadre"


def test_a_session_that_has_ended_is_told_so_and_not_taken_for_a_stranger(houses: Houses) -> None:
    client = houses.client("resident")
    client.delete("/api/sessions/current")
    answer = client.post("/api/scans", {"household_code": houses.code})
    assert answer.status == 401


def test_all_phones_behind_one_address_scan_and_a_person_has_a_limit_of_their_own(houses: Houses) -> None:
    for _ in range(130):
        houses.scan(None).expect(201)
    houses.scan("neighbour").expect(201)
    spend(houses.db, "scan", 60)
    refused = houses.scan("neighbour")
    assert refused.status == 429 and 0 < int(refused.headers["retry-after"]) <= 60
    houses.scan("cadre").expect(201)
