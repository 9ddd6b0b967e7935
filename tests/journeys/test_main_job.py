"""The whole main job over HTTP, as the README plays it: from the sticker at the door to the repaired stove."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from backend.core.db import Database
from tests.harness.day import AUTUMN, at
from tests.harness.http import Client
from tests.harness.served import Served
from tests.journeys.demo import demo_county, sign_in

PATIENCE_SECONDS = 20.0


@pytest.fixture
def county(db: Database, tmp_path: Path, serve: Callable[..., Served]) -> Served:
    demo_county(db, tmp_path)
    return serve(env=at(AUTUMN))


def awaited(look: Callable[[], Any], what: str) -> Any:
    """What ``look`` gives once it gives something: messages are sent by the running worker, not by the test."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        if found := look():
            return found
        time.sleep(0.2)
    raise AssertionError(f"waited {PATIENCE_SECONDS:g} s for {what}")


def titles(client: Client) -> list[str]:
    return [notice["title"] for notice in client.get("/api/inbox", limit=200).expect(200)["items"]]


def test_the_main_job_from_the_sticker_to_the_repair(county: Served) -> None:
    served = county
    people = served.stand_in_client().get("/sandbox/people").expect(200)["people"]
    assert {"resident-biomass", "cadre-biomass", "installer", "driver"} <= {each["id"] for each in people}
    resident, cadre = sign_in(served, "resident-biomass"), sign_in(served, "cadre-biomass")
    township, district = sign_in(served, "township-officer"), sign_in(served, "district-officer")
    manager, installer = sign_in(served, "contractor-manager"), sign_in(served, "installer")
    acceptor, supplier = sign_in(served, "acceptor"), sign_in(served, "supplier-manager")
    driver, repairer = sign_in(served, "driver"), sign_in(served, "repairer")
    today = date.fromisoformat(served.client().get("/api/client-settings").expect(200)["today"])

    # The cadre knows the house; a stranger at its door sees no personal data.
    house = cadre.get("/api/households", limit=1).expect(200)["items"][0]
    code, home = house["code"], house["id"]
    stranger = served.client().post("/api/scans", {"household_code": code}).expect(201)
    assert (stranger["seen_as"], stranger["household"]) == ("unknown", None)
    assert served.client().get(f"/q/{code}").status == 200

    # Scan and bind by the phone that WeChat vouches for, then confirm; the village confirms at the door.
    assert resident.get(f"/api/households/{home}").status == 403
    phone_code = served.stand_in_client().get("/sandbox/phone-code", person="resident-biomass").expect(200)
    resident.post("/api/me/phone", {"code": phone_code["code"]}).expect(200)
    resident.post("/api/bindings", {"household_code": code, "proof": "phone"}).expect(201)
    scanned = resident.post("/api/scans", {"household_code": code}).expect(201)
    assert scanned["seen_as"] == "resident"
    contract = {
        "contractor_id": "demo-contractor",
        "signed_on": today.isoformat(),
        "own_share_fen": 120_000,
        "summary": "装一套生物质炉具、两片暖气片，自付1200元，企业负责两年维修。",
    }
    early = manager.post(f"/api/households/{home}/contract", contract)
    assert early.status == 409
    assert early.json()["clause"] == "2"
    assert resident.post(f"/api/households/{home}/confirmation").expect(200)["confirmed_by_household_at"]
    cadre.post(f"/api/households/{home}/village-confirmation", {"household_code": code}).expect(200)
    township.post(f"/api/households/{home}/lock").expect(200)

    # Consent to messages, as the tap in WeChat gives it: five of each.
    templates = {f"demo-tmpl-{name}" for name in ("confirm", "visit", "fuel", "fault", "notice")}
    for template in sorted(templates):
        for _ in range(5):
            granted = {"person": "resident-biomass", "template_id": template, "count": 1}
            served.stand_in_client().post("/sandbox/grant", granted).expect(200)
            accepted = {"reports": [{"template": template, "outcome": "accept"}]}
            resident.post("/api/subscription-grants", accepted).expect(200)

    # Contract, slot, booking.
    manager.post(f"/api/households/{home}/contract", contract).expect(201)
    slot_request = {
        "area_code": house["area_code"],
        "day": today.isoformat(),
        "half_day": "afternoon",
        "capacity": 2,
    }
    slot = manager.post("/api/slots", slot_request).expect(201)
    booking = resident.post("/api/bookings", {"household_id": home, "slot_id": slot["id"]}).expect(201)

    # The visit: scan, kit with serials, alarm, briefing. Fuel is refused until that is done.
    window = {"wanted_from": today.isoformat(), "wanted_until": (today + timedelta(days=7)).isoformat()}
    order_request = {"household_id": home, "kilograms": 2000, **window}
    refused = resident.post("/api/fuel-orders", order_request)
    assert refused.status == 409
    assert refused.json()["next"]
    visit = installer.post("/api/visits", {"booking_id": booking["id"], "household_code": code}).expect(201)
    works = f"/api/visits/{visit['id']}"
    installer.post(f"{works}/items", {"kind": "biomass_stove", "serial": "STOVE-0001"}).expect(201)
    installer.post(f"{works}/items", {"kind": "radiator", "quantity": 2}).expect(201)
    installer.post(f"{works}/co-alarm", {"serial": "CO-0001", "room": "正房", "test_beep": True}).expect(201)
    installer.post(f"{works}/briefing", {"given_to": "户主"}).expect(201)
    done = installer.post(f"{works}/finish", {"energised": True, "rooms_lived_in": ["正房"]}).expect(200)
    assert done["missing"] == []

    # Fuel: a batch that passed, by two hands; an order within the limit; a delivery at the sticker.
    area = {"company_id": "demo-fuel", "area_code": house["area_code"][:6], "grade": "A"}
    district.post("/api/fuel-supply-areas", area).expect(201)
    batch_request = {
        "number": "2022-09-001",
        "grade": "A",
        "produced_on": today.isoformat(),
        "quantity_kg": 20_000,
    }
    batch = supplier.post("/api/fuel-batches", batch_request).expect(201)
    plan = served.client().get("/api/programme").expect(200)
    standard = next(each for each in plan["standards"] if each["subject"] == "pellets")["accepts"][0]["code"]
    report = {
        "report_number": "R-1",
        "passed": True,
        "grade": "A",
        "standard": standard,
        "tested_on": today.isoformat(),
    }
    supplier.post(f"/api/fuel-batches/{batch['id']}/test-report", report).expect(200)
    inspector = sign_in(served, "inspector")
    inspector.post(f"/api/fuel-batches/{batch['id']}/test-report/decision", {"accepted": True}).expect(200)
    order = resident.post("/api/fuel-orders", order_request).expect(201)
    above = resident.post("/api/fuel-orders", {**order_request, "kilograms": 1025})
    assert (above.status, above.json()["code"]) == (409, "fuel.above_limit")
    delivery = driver.post(
        f"/api/fuel-orders/{order['id']}/deliveries",
        {"household_code": code, "fuel_batch_id": batch["id"], "bags": 79, "kilograms": 1975},
    ).expect(201)
    resident.post(
        f"/api/fuel-deliveries/{delivery['id']}/confirmation", {"answer": "agrees", "received_kg": 1975}
    ).expect(200)
    balance = resident.get(f"/api/households/{home}/entitlement").expect(200)
    assert (balance["delivered_kg"], balance["reserved_kg"], balance["left_kg"]) == (1975, 0, 1025)

    # Acceptance by another, and the resident's word that it is warm.
    checklist = dict.fromkeys(("kit_matches", "safely_fitted", "runs", "explained"), True)
    acceptance = {"outcome": "passed", "checklist": checklist}
    acceptor.post(f"/api/households/{home}/acceptance", acceptance).expect(201)
    standing = resident.post(f"/api/households/{home}/heat-confirmation", {"warm": True}).expect(201)
    assert standing["rung"] == "heat_confirmed"

    # A fault, its repair, and the household's word that it is done.
    fault = resident.post(
        "/api/faults", {"household_id": home, "category": "no_heat", "description": "炉子点不着"}
    ).expect(201)["fault"]
    me = repairer.get("/api/me").expect(200)
    manager.post(f"/api/faults/{fault['id']}/dispatch", {"person_id": me["id"]}).expect(201)
    repairer.post(f"/api/faults/{fault['id']}/arrival", {"household_code": code}).expect(201)
    repairer.post(f"/api/faults/{fault['id']}/done", {"work": "更换点火棒"}).expect(201)
    closed = resident.post(f"/api/faults/{fault['id']}/confirmation", {"warm": True, "rating": 5}).expect(201)
    assert closed["state"] == "closed"

    # Everybody who had to know was told; the chain of what was done is whole.
    told = titles(resident)
    assert len(told) >= 6, told
    assert titles(manager)
    assert titles(cadre)

    def arrived() -> set[str]:
        messages = served.stand_in_client().get("/sandbox/messages", person="resident-biomass").expect(200)
        return {each["template_id"] for each in messages["messages"]}

    # By WeChat too, within the day's cap: the running worker sends, the platform's own list is the judge.
    awaited(lambda: {"demo-tmpl-visit", "demo-tmpl-notice"} <= arrived(), "messages by WeChat")


def test_a_campaign_is_released_by_another_and_reaches_the_inboxes_of_its_area(county: Served) -> None:
    editor, releaser = sign_in(county, "media-editor"), sign_in(county, "media-releaser")
    reader = sign_in(county, "resident-heat-pump")
    draft = editor.post(
        "/api/campaigns",
        {"area_code": "140602", "title": "安全取暖", "body": "睡前看一眼报警器，灯亮才放心。"},
    ).expect(201)
    assert editor.post(f"/api/campaigns/{draft['id']}/release").status == 403
    assert "安全取暖" not in titles(reader)
    releaser.post(f"/api/campaigns/{draft['id']}/release").expect(200)
    awaited(lambda: "安全取暖" in titles(reader), "the campaign in the inbox")
    seen = awaited(
        lambda: next(
            (
                each
                for each in [releaser.get(f"/api/campaigns/{draft['id']}").expect(200)]
                if each["state"] == "delivered"
            ),
            None,
        ),
        "the end of delivery",
    )
    assert seen["reached"] == seen["audience"] >= 3
