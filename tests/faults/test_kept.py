"""A report that the database did not take in time counts once, as of when it was made, and with its own session."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy import func, select, text

from backend.core import clock
from backend.core.http import KeptRequests
from backend.faults.models import FaultReport
from tests.builders.product import AppClient
from tests.faults.world import WINTER, World


@contextmanager
def busy(world: World) -> Iterator[None]:
    """Somebody writes for longer than danger waits."""
    with world.db.writing() as session:
        lock = "LOCK TABLE faults, idempotency_keys IN ACCESS EXCLUSIVE MODE"
        session.execute(text(lock if world.db.dialect == "postgresql" else "SELECT 1"))
        yield


def waiting(world: World) -> KeptRequests:
    kept: KeptRequests = world.app.extensions["backend.kept_requests"]
    return kept


def reports(world: World) -> int:
    with world.db.reading() as session:
        return session.scalar(select(func.count()).select_from(FaultReport)) or 0


def kept_report(client: AppClient, house: str, key: str) -> None:
    said = client.post("/api/faults", {"household_id": house, "category": "co"}, key=key).expect(202)
    assert said["advice"] and said["fault"] is None and said["templates_to_ask"] == []


def test_a_kept_report_is_on_record_as_of_when_it_was_made(world: World) -> None:
    house = world.house()
    home = world.home(house)
    with busy(world):
        kept_report(home, house, "kept-0001")
    with clock.pinned(WINTER + timedelta(hours=1)):
        assert waiting(world).take_up() == 0
    with world.db.reading() as session:
        report = session.scalars(select(FaultReport)).one()
    assert report.at == WINTER
    assert report.person_id == world.resident(house).id, "and it is the reporter's own"
    for who in ("township", "cadre"):
        assert {topic for topic, _ in world.inbox(who)} == {"fault.critical"}


def test_a_kept_report_that_the_phone_repeats_meanwhile_counts_once(world: World) -> None:
    house = world.house()
    home = world.home(house)
    with busy(world):
        kept_report(home, house, "kept-0001")
        kept_report(home, house, "kept-0001")
    again = home.post("/api/faults", {"household_id": house, "category": "co"}, key="kept-0001")
    assert again.expect(201)["joined"] is False
    assert waiting(world).take_up() == 0
    assert reports(world) == 1
    with busy(world):
        kept_report(home, house, "kept-0001")
    assert waiting(world).take_up() == 0
    assert reports(world) == 1, "nor does one whose first try was taken, though nobody heard of it"


def test_a_kept_report_outlasts_the_login_at_the_door_and_waits_for_a_person_at_home(world: World) -> None:
    house = world.house()
    home = world.home(house)
    at_the_door = {"household_code": world.code(house), "category": "smoke"}
    with busy(world):
        kept_report(home, house, "kept-0001")
        assert home.post("/api/fault-reports", at_the_door, key="kept-0002").expect(202)["kept"]
    home.request("DELETE", "/api/sessions/current").expect(204)
    assert waiting(world).take_up() == 0
    with world.db.reading() as session:
        assert [report.via for report in session.scalars(select(FaultReport))] == ["passer_by"]


def test_what_can_wait_is_not_kept(world: World) -> None:
    house = world.house()
    home = world.home(house)
    for body in (
        {"household_id": house, "category": "co", "description": 7},
        {"household_id": house, "category": "co", "unknown": "field"},
    ):
        with busy(world):
            assert home.post("/api/faults", body).expect(422)["code"] == "invalid"
    with busy(world):
        no_key = home.request("POST", "/api/faults", json={"household_id": house, "category": "co"})
    assert no_key.expect(422)["code"] == "http.idempotency_key_missing"
    assert waiting(world).take_up() == 0 and reports(world) == 0
