"""Consent is asked in the tap that leads to a message: the answer names what to ask for."""

from __future__ import annotations

import pytest

from backend.identity.roles import CADRE
from tests.api.scene import Scene
from tests.api.table import TABLE, load_rows
from tests.api.test_table import asker, send

load_rows()
WORTH_ASKING = {
    "/api/bindings": {"confirm", "notice"},
    "/api/households/<string:household_id>/confirmation": {"confirm", "notice"},
    "/api/households/<string:household_id>/contract/owner-confirmation": {"visit", "notice"},
    "/api/bookings": {"visit", "notice"},
    "/api/bookings/<string:booking_id>/move": {"visit", "notice"},
    "/api/fuel-orders": {"fuel"},
    "/api/faults": {"fault"},
    "/api/conversation/cards/<string:card_id>/confirmation": {"fault"},
}


@pytest.mark.parametrize("rule", WORTH_ASKING)
def test_duty_14_the_answer_that_leads_to_a_message_names_the_templates_to_ask_for(
    scene: Scene, rule: str
) -> None:
    row = TABLE["POST", rule]
    asked = row.prepare(scene)
    answer = send(scene, row, asked, asker(scene, row, asked)).expect(row.status)
    assert {f"demo-tmpl-{name}" for name in WORTH_ASKING[rule]} == set(answer["templates_to_ask"])
    assert len(answer["templates_to_ask"]) <= 3


def test_duty_14_whoever_acts_for_a_household_is_not_asked_for_its_messages(scene: Scene) -> None:
    home = scene.contracted()
    body = {"household_id": home, "slot_id": scene.slot()}
    assert scene.as_(CADRE).post("/api/bookings", body).expect(201)["templates_to_ask"] == []


def test_duty_14_who_said_no_a_moment_ago_is_not_asked_again(scene: Scene) -> None:
    person = scene.stranger()
    row = TABLE["POST", "/api/bindings"]
    refusal = {"reports": [{"template": "demo-tmpl-confirm", "outcome": "reject"}]}
    scene.client(person).post("/api/subscription-grants", refusal).expect(200)
    body = row.prepare(scene).json
    assert scene.client(person).post("/api/bindings", body).expect(201)["templates_to_ask"] == [
        "demo-tmpl-notice"
    ]
