"""Whose eyes a contract's money is for, and whose word binds the owner to a loan."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from backend.core import clock
from tests.builders.product import client_of, person_with, proxy_of, resident_of
from tests.installation.test_order import refused
from tests.installation.world import World

AFTER_COOLING = datetime(2022, 9, 18, 2, 0, tzinfo=UTC)


def contract_seen(world: World, client: object, house: str) -> object:
    return client.get(f"/api/households/{house}/installation").expect(200)["contract"]  # type: ignore[attr-defined]  # any client


def test_a_contracts_money_is_shown_to_whom_it_concerns(world: World) -> None:
    house, resident = world.contracted("heat_pump")
    auditor = world.client(person_with(world.db, "auditor", area_code=world.county.district))
    for client in (
        resident,
        world.cadre("heat_pump"),
        world.district,
        auditor,
        world.manager,
        world.installer,
    ):
        assert contract_seen(world, client, house)


@pytest.mark.parametrize("role", ["driver", "supplier_manager"])
def test_who_has_another_job_there_sees_no_contract(world: World, role: str) -> None:
    house, _ = world.contracted("heat_pump")
    # Of the very company: what it is told as contractor is not its drivers' to read.
    other = world.client(person_with(world.db, role, company_id="heat-co"))
    assert contract_seen(world, other, house) is None
    assert contract_seen(world, world.acceptor, house) is None


def test_a_proxys_word_on_a_loan_needs_a_witness_and_the_residents_hear_of_it(world: World) -> None:
    house, _ = world.confirmed("heat_pump")
    owner = resident_of(world.db, house)
    with clock.pinned(datetime(2022, 9, 15, 3, tzinfo=UTC)):
        proxy = client_of(world.app, proxy_of(world.db, house, owner))
    world.contract(house, financing="loan").expect(201)
    confirm = f"/api/households/{house}/contract/owner-confirmation"
    with clock.pinned(AFTER_COOLING):
        refused(proxy.post(confirm, {}), "contract.witness_missing", "4.2.2", 422)
        done = proxy.post(confirm, {"witness": "李福"}).expect(200)
        told = client_of(world.app, owner).get("/api/inbox").expect(200)["items"]
    assert (done["owner_confirmed_on_behalf"], done["witness"]) == (True, "李福")
    assert any("见证人李福" in notice["body"] and "2000.00元" in notice["body"] for notice in told)


def test_an_odd_share_is_told_to_the_fen(world: World) -> None:
    house, resident = world.confirmed("heat_pump")
    world.contract(house, own_share_fen=1_000_000_005).expect(201)
    told = resident.get("/api/inbox").expect(200)["items"]
    assert any("10000000.05元" in notice["body"] for notice in told)
