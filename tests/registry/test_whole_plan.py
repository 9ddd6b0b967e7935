"""The whole plan in a database, and the messy list beside it, through the API (8.1)."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from backend import wiring
from backend.background import Runner
from backend.core import clock
from backend.core.db import Database
from backend.core.storage import FolderStorage
from backend.programme import load_areas_from_list, load_programme, the_programme
from backend.registry.actions.listed_places import places_in
from backend.registry.models import Household, Sticker
from backend.registry.reading import read_list
from tests.builders.product import (
    AUTUMN,
    DATA,
    DISTRICT,
    AppClient,
    app_on,
    client_of,
    person_with,
    settings_on,
    wired,
)
from tests.harness.databases import Databases
from tests.harness.http import Answer
from tests.registry.world import digests
from tests.sizes import SIZE_NAME


class Office:
    def __init__(self, db: Database, client: AppClient, folder: Path, worker: Runner) -> None:
        self.db, self.client, self.folder, self.worker = db, client, folder, worker

    def check(self, name: str) -> Any:
        raw = (self.folder / name).read_bytes()
        return self._done(self.client.upload("/api/imports", {"file": (name, raw)}, {"area_code": DISTRICT}))

    def commit(self, import_id: str) -> Any:
        return self._done(self.client.post(f"/api/imports/{import_id}/commit"))

    def _done(self, answer: Answer) -> Any:
        """The import, whether it was answered at once or by a background job."""
        if answer.status != 202:
            return answer.expect(201 if answer.status == 201 else 200)
        assert self.worker.run_next()
        job = self.client.get(f"/api/jobs/{answer.json()['id']}").expect(200)
        assert job["state"] == "done", job
        return self.client.get(f"{job['url']}/result").expect(200)

    def findings(self, import_id: str) -> list[Any]:
        met: list[Any] = []
        cursor = None
        while True:
            page = self.client.get(f"/api/imports/{import_id}/findings", limit=50, cursor=cursor).expect(200)
            met += page["items"]
            if (cursor := page["next"]) is None:
                return met


@pytest.fixture(scope="module")
def office(
    shared_data: Path, databases: Databases, keys: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Office]:
    url = databases.fresh()
    db = Database(url)
    with clock.pinned(AUTUMN):
        _plan_with_the_lists_own_areas(db, shared_data)
        officer = person_with(db, "district_officer", area_code=DISTRICT)
        data = tmp_path_factory.mktemp("whole-plan")
        app = app_on(url, data)
        settings = settings_on(url, data)
        worker = Runner(db, FolderStorage(settings.photo_dir), wiring.job_kinds(settings), "worker")
        yield Office(db, client_of(app, officer), shared_data, worker)
    db.close()
    databases.drop(url)


def _plan_with_the_lists_own_areas(db: Database, folder: Path) -> None:
    wired()
    name = "household-list.xlsx"
    with db.writing() as session:
        load_programme(session, (DATA / "shuocheng-2022.yaml").read_bytes(), None)
        programme = the_programme(session)
        listed = places_in(read_list((folder / name).read_bytes(), name), programme).villages
        load_areas_from_list(session, listed, programme.area_code, None)


def test_the_whole_plan_and_then_the_messy_list_exactly_as_expected(office: Office) -> None:
    whole = office.check("household-list.xlsx")
    taken = office.commit(whole["id"])["counts"]
    assert taken["taken"]["added"] == 23_613 and taken["outcomes"].get("held", 0) == 0
    assert taken["codes"] == {
        "courtyard.shared": 68, "register.police_shared": 24,
        "register.police_missing": 15, "register.village_missing": 15,
    }  # fmt: skip
    with office.db.reading() as session:
        assert session.scalar(select(func.count()).select_from(Household)) == 23_613
        assert session.scalar(select(func.count(Sticker.code.distinct()))) == 23_613

    messy = office.check("household-list-messy.xlsx")
    with (office.folder / "household-list-messy-expected.csv").open(
        encoding="utf-8-sig", newline=""
    ) as stream:
        expected = sorted(
            (int(line["sheet_row"]), line["column"], line["code"], line["outcome"])
            for line in csv.DictReader(stream)
        )
    found = office.findings(messy["id"])
    assert (
        sorted((each["sheet_row"], each["column"], each["code"], each["outcome"]) for each in found)
        == expected
    )
    assert [each["sheet_row"] for each in found] == sorted(each["sheet_row"] for each in found)
    counts = office.commit(messy["id"])["counts"]["taken"]
    held = {row for row, _column, _code, outcome in expected if outcome == "held"}
    assert counts["held"] == len(held)
    assert sum(counts.values()) == messy["rows"]
    still = office.findings(messy["id"])
    assert (
        sorted((each["sheet_row"], each["column"], each["code"], each["outcome"]) for each in still)
        == expected
    )

    before = digests(office.db)
    sent_again = ["household-list-messy.xlsx"] + ["household-list.xlsx"] * (SIZE_NAME == "full")
    for name in sent_again:
        again = office.commit(office.check(name)["id"])["counts"]["taken"]
        assert (again["added"], again["updated"]) == (0, 0), name
    assert digests(office.db) == before
