"""A report that the database did not take in time counts once, as of when it was made, and with its own session."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

from click.testing import CliRunner
from sqlalchemy import func, select, text

from backend.app import create_app
from backend.cli import cli
from backend.core import clock
from backend.core.db import new_id
from backend.core.http import KeptRequests
from backend.core.http.rates import RateCount
from backend.core.leases import wall_clock
from backend.core.spool import SpoolFull
from backend.faults.models import FaultReport
from backend.faults.routes import COLD_HOUSES_A_PERSON, WITHIN_SECONDS
from tests.builders.product import AppClient, settings_on
from tests.faults.world import WINTER, World
from tests.harness.databases import Stocked
from tests.harness.keys import TEST_KEYS


@contextmanager
def busy(world: World) -> Iterator[None]:
    """Somebody writes for longer than danger waits."""
    with world.db.writing() as session:
        lock = "LOCK TABLE faults, idempotency_keys, login_sessions IN ACCESS EXCLUSIVE MODE"
        session.execute(text(lock if world.db.dialect == "postgresql" else "SELECT 1"))
        yield


def waiting(world: World) -> KeptRequests:
    kept: KeptRequests = world.app.extensions["backend.kept_requests"]
    return kept


def reports(world: World) -> int:
    with world.db.reading() as session:
        return session.scalar(select(func.count()).select_from(FaultReport)) or 0


def vias(world: World) -> list[str]:
    with world.db.reading() as session:
        return [report.via for report in session.scalars(select(FaultReport).order_by(FaultReport.id))]


def run(*words: str, env: dict[str, str]) -> str:
    ran = CliRunner().invoke(cli, ["kept", *words], env=env)
    assert ran.exit_code == 0, ran.output
    return ran.output


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
    assert vias(world) == ["passer_by", "passer_by"], "refused to the sender, and taken as anybody's"
    for who in ("township", "cadre"):
        assert {topic for topic, _ in world.inbox(who)} == {"fault.critical"}


def test_after_one_report_waited_in_vain_the_next_are_answered_sooner(world: World) -> None:
    home = world.home(world.house())
    houses = [world.house(), world.house()]
    with busy(world):
        waited = []
        for number, house in enumerate(houses):
            at_the_door = {"household_code": world.code(house), "category": "co"}
            began = time.monotonic()
            home.post("/api/fault-reports", at_the_door, key=f"kept-000{number}").expect(202)
            waited.append(time.monotonic() - began)
    assert waited[1] < waited[0], "people who report at once wait for each other's thread"
    assert waiting(world).take_up() == 0 and reports(world) == 2


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


def test_danger_from_somebody_who_turns_out_to_be_nobody_there_is_taken_as_a_passer_by_s(
    world: World,
) -> None:
    house, neighbour = world.house(), world.home(world.house(1))
    with busy(world):
        kept_report(neighbour, house, "kept-0001")
        kept_report(AppClient("http://localhost", token="of-no-session", app=world.app), house, "kept-0001")
        words = {"text": "家里报警器响了，头晕", "household_id": house}
        neighbour.post("/api/conversation", words, key="kept-0002").expect(202)
    assert waiting(world).take_up() == 0
    assert vias(world) == ["passer_by"] * 3


def test_what_is_refused_for_good_is_told_to_officers_and_can_be_looked_at_and_tried_again(
    world: World, stocked: Stocked, tmp_path: Path
) -> None:
    home, nowhere = world.home(world.house()), new_id()
    with busy(world):
        kept_report(home, nowhere, "kept-0001")
    assert waiting(world).take_up() == 0 and reports(world) == 0
    assert world.inbox("district") == [("fault.critical", "没能登记的险情报告：一氧化碳报警、头晕恶心")]
    settings = {"MODE": "test", "DATABASE_URL": stocked.url, "DATA_DIR": str(tmp_path), **TEST_KEYS}
    listed = run("list", env=settings)
    name = listed.split()[0]
    assert "aside" in listed and "/api/faults" in listed and nowhere not in listed
    shown = run("show", name, env=settings)
    assert nowhere in shown and "Bearer" not in shown
    assert run("retry", name, env=settings).endswith("0 of 1 were taken\n")
    assert run("list", env=settings).split()[0] == name
    assert len(world.inbox("district")) == 1, "told once"


def test_what_fails_by_an_accident_waits_is_told_and_is_taken_when_that_has_passed(world: World) -> None:
    house, home = world.house(), world.home(world.house())
    with busy(world):
        kept_report(home, house, "kept-0001")
    renamed(world, "fault_reports", "fault_reports_elsewhere")
    assert [waiting(world).take_up() for _ in range(4)] == [1] * 4
    assert [title for _, title in world.inbox("district")] == ["没能登记的险情报告：一氧化碳报警、头晕恶心"]
    renamed(world, "fault_reports_elsewhere", "fault_reports")
    assert waiting(world).take_up() == 0 and vias(world) == ["resident"]


def renamed(world: World, table: str, name: str) -> None:
    with world.db.writing() as session:
        session.execute(text(f"ALTER TABLE {table} RENAME TO {name}"))


def test_danger_is_played_first_and_waits_for_nobody_who_reports_too_often(world: World) -> None:
    house, home = world.house(), world.home(world.house())
    cold = {"household_code": world.code(house), "category": "no_heat"}
    danger = {"household_code": world.code(house), "category": "smoke"}
    used_up(world, world.resident(house).id)
    with busy(world):
        for number in range(2):
            home.post("/api/fault-reports", cold, key=f"cold-{number:04d}").expect(202)
        home.post("/api/fault-reports", danger, key="danger-0001").expect(202)
    assert waiting(world).take_up() == 2, "both that are one too many wait on"
    assert vias(world) == ["resident"]
    assert world.inbox("district")


def used_up(world: World, person_id: str) -> None:
    """What somebody may report of cold, in this window and the next."""
    now = int(wall_clock().timestamp())
    with world.db.writing() as session:
        for start in (now // WITHIN_SECONDS * WITHIN_SECONDS, (now // WITHIN_SECONDS + 1) * WITHIN_SECONDS):
            bucket = f"fault-report:{person_id}"
            session.add(RateCount(bucket=bucket, window_start=start, used=COLD_HOUSES_A_PERSON))


def test_a_stranger_s_reports_of_cold_leave_room_for_danger_on_a_full_disk(
    world: World, tmp_path: Path
) -> None:
    """A file stands where the folder should be; as on a full disk, nothing can be written there."""
    (tmp_path / "dangers").touch()
    code, anybody = world.code(world.house()), world.client(None)
    cold = {"household_code": code, "category": "no_heat"}
    with busy(world):
        for number in range(2):
            anybody.post("/api/fault-reports", cold, key=f"cold-{number:04d}").expect(202)
    spool = world.app.extensions["backend.spool"]
    with suppress(SpoolFull):
        for number in range(100):
            spool.put(f"filled/{number:03d}", b"x", rest=True)
    with busy(world):
        refused = anybody.post("/api/fault-reports", cold, key="cold-9999")
        assert refused.expect(503)["code"] == "http.not_kept"
        anybody.post("/api/fault-reports", {**cold, "category": "co"}, key="danger-0001").expect(202)


def test_what_is_kept_is_no_longer_than_needed_and_is_the_same_request_to_its_key(
    world: World, tmp_path: Path
) -> None:
    house, home = world.house(), world.home(world.house())
    long = {"household_id": house, "category": "co", "photo_ids": ["x" * 500] * 2_000}
    with busy(world):
        home.post("/api/faults", long, key="kept-0001").expect(202)
    assert sum(file.stat().st_size for file in (tmp_path / "dangers").iterdir()) < 16_000
    assert waiting(world).take_up() == 0
    home.post("/api/faults", long, key="kept-0001").expect(201)
    assert reports(world) == 1


def test_another_report_under_a_key_that_waits_is_refused_and_not_lost_in_silence(world: World) -> None:
    house, home = world.house(), world.home(world.house())
    with busy(world):
        kept_report(home, house, "kept-0001")
        smoke = home.post("/api/faults", {"household_id": house, "category": "smoke"}, key="kept-0001")
        assert smoke.expect(409)["code"] == "http.idempotency_key_reused"
    assert waiting(world).take_up() == 0


def test_words_of_danger_promise_nothing_to_somebody_without_a_house(world: World) -> None:
    stranger = world.client("other_manager")
    with busy(world):
        said = stranger.post("/api/conversation", {"text": "头晕，报警器响了"}, key="words-0001").expect(202)
    assert "没有地址就派不了人" in said["message"] and "120" in said["message"]
    assert "一恢复马上通知" not in said["reply"]["text"]


def test_the_number_to_call_is_known_from_any_report_and_is_told_where_nothing_can_be_kept(
    world: World, tmp_path: Path
) -> None:
    anybody, report = world.client(None), {"household_code": world.code(world.house()), "category": "co"}
    number = anybody.post("/api/fault-reports", report, key="danger-0001").expect(201)["hotline"]
    with busy(world):
        kept = anybody.post("/api/fault-reports", report, key="danger-0002").expect(202)
    assert kept["hotline"] == number and number in kept["message"]
    (tmp_path / "dangers").rename(tmp_path / "elsewhere")
    (tmp_path / "dangers").touch()
    spool = world.app.extensions["backend.spool"]
    with suppress(SpoolFull):
        for filled in range(100):
            spool.put(f"filled/{filled:03d}", b"x")
    with busy(world):
        refused = anybody.post("/api/fault-reports", report, key="danger-0003").expect(503)
    assert refused["code"] == "http.not_kept" and number in refused["next"]


def test_the_number_to_call_is_known_from_the_start(world: World, stocked: Stocked, tmp_path: Path) -> None:
    app = create_app(settings_on(stocked.url, tmp_path / "new"))
    number = app.extensions["backend.hotline"].number
    for name in ("pushes", "kept_requests", "database", "wechat"):
        app.extensions[f"backend.{name}"].close()
    assert number and (tmp_path / "new" / "hotline").read_text() == number
