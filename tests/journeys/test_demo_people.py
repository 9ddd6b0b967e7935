"""The demo's people on a list of one's own: whoever it has a place for is there, the others are named."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from sqlalchemy import func, select

from backend import demo
from backend.core import clock
from backend.core.db import Database
from backend.identity.models import Person
from backend.programme import load_areas_from_list, load_programme, the_programme
from backend.registry.actions import lists
from backend.registry.actions.listed_places import places_in
from backend.registry.models import HouseholdTie
from backend.registry.reading import read_list
from scripts.run import PEOPLE
from scripts.synthetic_list import main as make_list
from tests.builders.product import AUTUMN, DISTRICT, InMemory, wired
from tests.harness import ROOT
from tests.harness.keys import TEST_WECHAT

PLAN = ROOT / "backend" / "programme" / "data" / "shuocheng-2022.yaml"
STORY = json.loads(PEOPLE.read_text("utf-8"))
EVERYBODY = {person["id"] for person in STORY["people"]}
OFFICIALS = EVERYBODY - {
    "resident-biomass", "resident-heat-pump", "resident-district-heat", "son-in-city", "cadre-district-heat"
}  # fmt: skip


def list_of(folder: Path, township: str, **without: str) -> Path:
    """The rows of one township, as that township would send them; ``without``: columns that are left empty."""
    whole, own = folder / "whole.csv", folder / "own.csv"
    make_list(["--out", str(whole), "--households-per-village", "2"])
    with whole.open(encoding="utf-8-sig", newline="") as read:
        *titles, header, first = (next(rows) for rows in [csv.reader(read)] for _ in range(4))
        kept = [first, *csv.reader(read)]
    rows = [row for row in kept if row[header.index("乡镇（街道）")] == township]
    for row in rows:
        for column in without.values():
            row[header.index(column)] = ""
    with own.open("w", encoding="utf-8-sig", newline="") as out:
        csv.writer(out).writerows([*titles, header, *rows])
    return own


def taken_in(db: Database, file: Path) -> tuple[demo.Story, tuple[demo.LeftOut, ...]]:
    """What `make run` does with a list of one's own."""
    wired()
    storage = InMemory()
    with db.writing() as session, clock.pinned(AUTUMN):
        load_programme(session, PLAN.read_bytes(), None)
        places = places_in(read_list(file.read_bytes(), file.name), the_programme(session))
        load_areas_from_list(session, places.villages, DISTRICT, None)
        checked = lists.check_list(
            session, None, storage, raw=file.read_bytes(), filename=file.name, area_code=DISTRICT
        )
        lists.commit_list(session, None, storage, import_id=checked.id)
    return people_in(db)


def people_in(db: Database) -> tuple[demo.Story, tuple[demo.LeftOut, ...]]:
    with db.writing() as session, clock.pinned(AUTUMN):
        return demo.bring_people_in(session, STORY, TEST_WECHAT["WECHAT_APPID"])


TOWNSHIPS: dict[str, set[str]] = {
    "沙塄河乡": {"resident-biomass", "son-in-city"},
    "北旺庄街道": {"resident-district-heat", "cadre-district-heat"},
    "贾庄乡": {"resident-heat-pump"},
    "南榆林乡": set(),
}


@pytest.mark.parametrize("township", TOWNSHIPS)
def test_whoever_has_a_place_in_a_township_s_list_is_there_and_the_others_are_named(
    db: Database, tmp_path: Path, township: str
) -> None:
    story, left_out = taken_in(db, list_of(tmp_path, township))
    there = {person["id"] for person in story["people"]}
    assert there == OFFICIALS | TOWNSHIPS[township]
    assert {each.id for each in left_out} == EVERYBODY - there
    assert all(each.why for each in left_out)
    cadre = next(person for person in story["people"] if person["id"] == "cadre-biomass")
    named = "生物质村的村干部" if "son-in-city" in there else "的村干部："
    assert named in cadre["description"] and cadre["roles"][0]["area_code"].startswith(DISTRICT)
    # A second run changes nothing.
    with db.reading() as session:
        before = [session.scalar(select(func.count()).select_from(each)) for each in (Person, HouseholdTie)]
    assert people_in(db) == (story, left_out)
    with db.reading() as session:
        assert before == [
            session.scalar(select(func.count()).select_from(each)) for each in (Person, HouseholdTie)
        ]


def test_a_list_without_telephones_has_officials_and_nobody_who_lives_there(
    db: Database, tmp_path: Path
) -> None:
    story, left_out = taken_in(db, list_of(tmp_path, "沙塄河乡", phone="联系电话"))
    assert {person["id"] for person in story["people"]} == OFFICIALS
    assert {each.id: each.why for each in left_out}["resident-biomass"].endswith("户留了电话的人家")
