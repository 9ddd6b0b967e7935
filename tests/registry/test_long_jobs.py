"""Long lists and the stickers of more than a township are jobs of the worker; small ones answer at once (8.1)."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import openpyxl
import pypdfium2
import pytest
from sqlalchemy import select

from backend import wiring
from backend.background import Runner, Work
from backend.background.models import BackgroundJob
from backend.core.audit import AuditEntry
from backend.identity import actor_for
from backend.registry.actions import checking, lists
from backend.registry.long_jobs import commit_list
from backend.registry.reading import read_list, rows_in
from backend.registry.rules.at_once import ROWS_AT_ONCE, STICKERS_AT_ONCE, judged_at_once, printed_at_once
from backend.registry.rules.list_rows import FIELDS
from tests.builders.product import DISTRICT, InMemory, settings_on
from tests.builders.township_lists import HEADER, csv_file, id_number, xlsx
from tests.registry.world import World


class Desk:
    """The world with a worker that does what is asked for when a test says so."""

    def __init__(self, world: World, url: str, folder: Path) -> None:
        self.world = world
        self.storage = InMemory()
        world.app.extensions["backend.storage"] = self.storage
        self.runner = Runner(world.db, self.storage, wiring.job_kinds(settings_on(url, folder)), "the-worker")

    def job(self, job_id: str, by: str = "township") -> dict[str, Any]:
        found: dict[str, Any] = self.world.client(by).get(f"/api/jobs/{job_id}").expect(200)
        return found

    def result(self, job_id: str, by: str = "township") -> Any:
        return self.world.client(by).get(f"/api/jobs/{job_id}/result")

    def asked_to_check(self, raw: bytes, name: str = "list.csv") -> str:
        """As the route does with a list that is too long, with one of any length."""
        checking.keep_file(self.storage, "upload1", raw)
        with self.world.db.writing() as session:
            actor = actor_for(session, self.world.people["township"].id)
            return lists.ask_to_check(
                session, actor, upload_key="upload1", filename=name, area_code=self.world.area_code
            ).id

    def asked_to_commit(self, import_id: str) -> str:
        with self.world.db.writing() as session:
            actor = actor_for(session, self.world.people["township"].id)
            return lists.ask_to_commit(session, actor, import_id=import_id).id


@pytest.fixture
def desk(world: World, database_url: str, tmp_path: Path) -> Desk:
    return Desk(world, database_url, tmp_path)


def test_a_list_above_the_bound_is_checked_and_taken_in_by_the_worker(desk: Desk, world: World) -> None:
    rows = ROWS_AT_ONCE + 1
    raw = csv_file(*_many(world, rows))
    sent = world.send(raw, "大名单.csv")
    assert sent.status == 202
    job = sent.json()
    assert sent.headers["location"] == job["url"] == f"/api/jobs/{job['id']}"
    assert (job["state"], job["kind"], job["title"]) == (
        "waiting",
        "registry.check_list",
        "核对名单 大名单.csv",
    )
    assert world.township.get("/api/imports").expect(200)["items"] == []

    assert desk.runner.run_next()
    checked = desk.job(job["id"])
    assert (checked["state"], checked["done"], checked["total"]) == ("done", rows, rows)
    found = desk.result(job["id"]).json()
    assert (found["state"], found["rows"], found["filename"]) == ("checked", rows, "大名单.csv")
    assert world.township.get(f"/api/imports/{found['id']}").expect(200) == found

    path = f"/api/imports/{found['id']}/commit"
    first = world.township.post(path, key="commit-it-000001")
    again = world.township.post(path, key="commit-it-000001")
    assert (first.status, again.status) == (202, 202)
    assert again.body == first.body and again.headers["location"] == first.headers["location"]
    assert first.json()["total"] == rows
    assert desk.runner.run_next()
    taken = desk.result(first.json()["id"]).json()
    assert taken["counts"]["taken"]["added"] == rows
    late = world.township.post(path)
    assert (late.status, late.json()["code"]) == (409, "import.committed_already")
    assert len(desk.storage.files) == 3, "the list, and the two results"


def _many(world: World, rows: int) -> list[list[Any]]:
    """New households without a fault; made from one, because each line asks the database for its place."""
    usual = dict(zip(FIELDS, world.line(2), strict=True))
    return [
        list(
            {
                **usual,
                "serial": n,
                "id_number": id_number(order=10_000 + n),
                "phone": f"137{n:08d}",
                "police_no": f"新户{n}",
                "address": f"新{n}号",
                "courtyard": f"新{n}",
            }.values()
        )
        for n in range(2, 2 + rows)
    ]


def test_what_is_no_list_ends_the_job_with_the_words_of_the_refusal(desk: Desk, world: World) -> None:
    header = [title for title in HEADER if title != "住址"]
    sent = world.send(csv_file(*[["x"]] * (ROWS_AT_ONCE + 1), header=header))
    desk.runner.run_next()
    failed = desk.job(sent.expect(202)["id"])
    assert (failed["state"], failed["error"]["code"]) == ("failed", "import.columns_missing")
    assert failed["error"]["next"]
    assert desk.storage.files == {}


def test_a_cancelled_check_leaves_no_file_and_no_import(desk: Desk, world: World) -> None:
    job_id = desk.asked_to_check(csv_file(world.line(2)))
    with world.db.writing() as session:
        session.get_one(BackgroundJob, job_id).cancel_asked_at = session.get_one(
            BackgroundJob, job_id
        ).asked_at
    desk.runner.run_next()
    assert desk.job(job_id)["state"] == "cancelled"
    assert desk.storage.files == {}
    assert world.township.get("/api/imports").expect(200)["items"] == []


def test_a_list_that_another_took_in_meanwhile_is_refused_and_changes_nothing(
    desk: Desk, world: World
) -> None:
    import_id = world.check(world.line(2))["id"]
    job_id = desk.asked_to_commit(import_id)
    world.commit(import_id)
    desk.runner.run_next()
    assert desk.job(job_id)["error"]["code"] == "import.committed_already"
    assert len(world.listed("新")) == 1


def test_a_long_list_whose_ground_shifts_is_judged_again_outside_the_transaction(
    desk: Desk, world: World
) -> None:
    number = id_number(order=955)
    import_id = world.check(world.line(2, id_number=number), world.line(3))["id"]
    job_id = desk.asked_to_commit(import_id)
    rounds: list[bool] = []

    def played(work: Work) -> Any:
        ending = commit_list(work)
        rounds.append(work.last_round)
        if len(rounds) == 1:
            world.take_in(world.line(4, id_number=number))
        return ending

    kinds = {**desk.runner.kinds}
    kinds["registry.commit_list"] = type(kinds["registry.commit_list"])("registry.commit_list", played)
    desk.runner.kinds = kinds
    desk.runner.run_next()
    assert rounds == [False, False]
    assert desk.job(job_id)["state"] == "done"
    assert desk.result(job_id).json()["counts"]["taken"]["held"] == 1


def test_the_stickers_of_a_district_are_a_job_and_say_so(desk: Desk, world: World) -> None:
    district = world.client("district")
    refused = district.get(f"/api/areas/{DISTRICT}/stickers.pdf")
    problem = refused.json()
    assert (refused.status, problem["code"]) == (409, "sticker.too_many")
    assert "任务" in problem["next"] and "/api/" not in problem["next"] + problem["detail"]
    assert problem["facts"]["ask_with"] == f"POST /api/areas/{DISTRICT}/stickers"

    job = district.post(f"/api/areas/{DISTRICT}/stickers").expect(202)
    assert desk.runner.run_next()
    done = desk.job(job["id"], "district")
    sheets = -(-sum(map(len, world.county.households.values())) // 10)
    assert (done["state"], done["done"], done["total"]) == ("done", sheets, sheets)
    answer = desk.result(job["id"], "district")
    assert answer.headers["content-type"] == "application/pdf"
    assert int(answer.headers["content-length"]) == done["result_bytes"] == len(answer.body)
    document = pypdfium2.PdfDocument(answer.body)
    assert len(document) == sheets
    document.close()
    with world.db.reading() as session:
        (made,) = session.scalars(select(AuditEntry).where(AuditEntry.event == "sticker.sheets_made"))
    assert (made.by, made.area) == (world.people["district"].id, DISTRICT)
    assert made.facts["job_id"] == job["id"]


def test_more_stickers_than_somebody_waits_for_are_refused_within_a_township_too() -> None:
    assert printed_at_once("140602101", STICKERS_AT_ONCE)
    assert not printed_at_once("140602101", STICKERS_AT_ONCE + 1)
    assert not printed_at_once("140602", 1)
    assert judged_at_once(ROWS_AT_ONCE) and not judged_at_once(ROWS_AT_ONCE + 1)


def test_rows_are_counted_before_a_file_is_read(world: World) -> None:
    lines = [world.line(n) for n in range(2, 32)]
    for raw, name in ((csv_file(*lines), "a.csv"), (xlsx(*lines), "a.xlsx")):
        assert rows_in(raw) == len(read_list(raw, name).rows) + 1
    assert 31 <= rows_in(csv_file(*lines, encoding="utf-16")) <= 35  # roughly


def test_a_sheet_that_was_formatted_to_its_end_is_not_a_long_list(world: World) -> None:
    book = openpyxl.load_workbook(io.BytesIO(xlsx(world.line(2))))
    sheet = book.worksheets[0]
    for row in range(3, 6_000):
        sheet.row_dimensions[row].height = 20
        sheet.cell(row, 1).font = openpyxl.styles.Font(bold=True)
    written = io.BytesIO()
    book.save(written)
    assert rows_in(written.getvalue()) == 2
    assert world.send(written.getvalue(), "a.xlsx").status == 201


@pytest.mark.parametrize("raw", [b"", b"PK\x03\x04 not really", b"\x00" * 100])
def test_what_cannot_be_counted_is_left_to_reading(raw: bytes) -> None:
    assert rows_in(raw) == 0
