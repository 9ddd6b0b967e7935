"""Fuel over HTTP: what only the wire can show."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from backend.core import clock
from backend.core.audit import AuditEntry
from backend.core.db import Database
from backend.core.http import attach_database, make_api
from backend.fuel.models import SupplyArea
from backend.fuel.routes import blp
from backend.identity import Actor, open_session
from backend.messaging.models import InboxEntry
from backend.wiring import wire
from tests.builders.fuel_houses import House, Village, books, house
from tests.builders.product import wired

Call = Callable[..., Any]


@pytest.fixture
def call(db: Database) -> Call:
    """Asks as somebody: (who, method, path, body, key) -> the answer."""
    wire()
    app = Flask("fuel")
    api = make_api(app, "fuel", "test")
    attach_database(app, db)
    api.register_blueprint(blp)
    client = app.test_client()
    used = iter(range(10**6))

    def ask(who: Actor, method: str, path: str, body: Any = None, key: str | None = None) -> Any:
        with db.writing() as session:
            token = open_session(session, who.person_id).token
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key or f"key-{next(used):06d}"}
        return client.open(f"/api{path}", method=method, json=body, headers=headers)

    return ask


def _order(home: House, kilograms: int = 1000) -> dict[str, Any]:
    return {
        "household_id": home.id, "kilograms": kilograms, "wanted_from": "2022-11-02", "wanted_until": "2022-11-05",
    }  # fmt: skip


def test_from_the_order_to_the_households_word(call: Call, db: Database, made: Village, home: House) -> None:
    placed = call(home.resident, "POST", "/fuel-orders", _order(home))
    assert placed.status_code == 201, placed.get_json()
    order_id = placed.get_json()["id"]
    body = {"household_code": home.code, "fuel_batch_id": made.batch_id, "bags": 39, "kilograms": 970}
    delivered = call(made.driver, "POST", f"/fuel-orders/{order_id}/deliveries", body)
    assert delivered.status_code == 201, delivered.get_json()
    path = f"/fuel-deliveries/{delivered.get_json()['id']}/confirmation"
    said = call(home.resident, "POST", path, {"answer": "agrees", "received_kg": 970})
    assert said.get_json()["state"] == "agreed"
    view = call(home.resident, "GET", f"/households/{home.id}/entitlement").get_json()
    assert (view["delivered_kg"], view["left_kg"], view["owed_kg"]) == (970, 2030, 30)
    assert view["reasons"][0]["clause_label"] == "第四部分（一）1（5）"
    ledger = call(made.cadre, "GET", f"/households/{home.id}/fuel-ledger").get_json()["items"]
    assert [each["kind"] for each in ledger] == ["reserve", "deliver", "release"]
    listed = call(made.manager, "GET", "/fuel-orders?state=delivered").get_json()["items"]
    assert [each["deliveries"][0]["kilograms"] for each in listed] == [970]


def test_a_phone_that_repeats_itself_orders_once(call: Call, db: Database, home: House) -> None:
    answers = [call(home.resident, "POST", "/fuel-orders", _order(home), "the-same-key") for _ in range(3)]
    assert {answer.get_json()["id"] for answer in answers} == {answers[0].get_json()["id"]}
    with db.reading() as session:
        assert books(session, home.id) == {"2022年": (1000, 0, 0, 0)}


def test_a_refusal_names_its_clause_what_is_left_and_what_to_do(call: Call, home: House) -> None:
    problem = call(home.resident, "POST", "/fuel-orders", _order(home, 3025))
    assert problem.status_code == 409
    told = problem.get_json()
    assert (told["code"], told["clause"], told["facts"]["left_kg"]) == ("fuel.above_limit", "4.1.1.5", 3000)
    assert "2023年1月1日" in told["next"]


def test_a_refused_house_in_the_cold_is_told_to_the_township_though_nothing_was_ordered(
    call: Call, db: Database, made: Village
) -> None:
    bare = house(db, made, 2, done=False)
    for key in ("first-try", "second-try"):
        problem = call(bare.resident, "POST", "/fuel-orders", _order(bare), key)
        assert (problem.status_code, problem.get_json()["code"]) == (409, "fuel.not_installed")
        assert "电暖器" in problem.get_json()["next"]
    with db.reading() as session:
        told = session.scalars(select(InboxEntry).where(InboxEntry.topic == "fuel.cold_house")).all()
        assert {each.person_id for each in told} == {made.township.person_id, made.cadre.person_id}
        assert len(told) == 2 and "平川坡村2号" in told[0].body
        assert session.scalars(select(AuditEntry).where(AuditEntry.event == "fuel.cold_house")).all()
        assert books(session, bare.id) == {}


def test_every_refusal_in_the_cold_reaches_the_township_over_the_wire(
    call: Call, db: Database, made: Village, home: House
) -> None:
    above = call(home.resident, "POST", "/fuel-orders", _order(home, 3025)).get_json()
    with db.writing() as session:
        for row in session.scalars(select(SupplyArea)):
            row.ended_at = clock.now()
    other = house(db, made, 3)
    none = call(other.resident, "POST", "/fuel-orders", _order(other)).get_json()
    assert (above["code"], none["code"]) == ("fuel.above_limit", "fuel.no_supplier")
    with db.reading() as session:
        told = session.scalars(select(InboxEntry).where(InboxEntry.topic == "fuel.cold_house")).all()
        expected = {(who.person_id, at) for who in (made.township, made.cadre) for at in (home.id, other.id)}
        assert {(each.person_id, each.household_id) for each in told} == expected


def test_somebody_else_finds_neither_house_nor_order(
    call: Call, db: Database, made: Village, home: House
) -> None:
    other = house(db, made, 2)
    placed = call(home.resident, "POST", "/fuel-orders", _order(home)).get_json()
    assert call(other.resident, "POST", "/fuel-orders", _order(home)).status_code == 404
    assert call(other.resident, "GET", f"/fuel-orders/{placed['id']}").status_code == 404
    assert call(other.resident, "GET", f"/households/{home.id}/entitlement").status_code == 404
    assert call(other.resident, "GET", "/fuel-orders").get_json()["items"] == []
    assert call(made.manager, "POST", f"/fuel-orders/{placed['id']}/deliveries", {}).status_code == 403


def test_duty_14_who_orders_for_a_household_is_not_asked_for_its_messages(
    call: Call, db: Database, made: Village, home: House
) -> None:
    wired()
    other = house(db, made, 2)
    own = call(home.resident, "POST", "/fuel-orders", _order(home)).get_json()
    on_behalf = call(made.cadre, "POST", "/fuel-orders", _order(other)).get_json()
    assert (own["on_behalf"], own["templates_to_ask"]) == (False, ["demo-tmpl-fuel"])
    assert (on_behalf["on_behalf"], on_behalf["templates_to_ask"]) == (True, [])
