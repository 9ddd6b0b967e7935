"""One village under several spellings is one area; where that is not sure, somebody is asked; never silently two."""

from __future__ import annotations

from pathlib import Path

import pytest

from backend.core.db import Database
from backend.programme import areas_under, load_areas_from_list, load_programme, the_programme
from backend.registry.actions.listed_places import places_in
from backend.registry.rules.places import Gazetteer, PlanFacts, PlannedVillage
from backend.registry.rules.spellings import Question, one_name_each
from tests.builders.township_lists import row, sheet_of
from tests.harness import ROOT

DATA = ROOT / "backend" / "programme" / "data"
in_memory = pytest.mark.only_on("sqlite", "rules over names in memory; no database is asked")


def villages(counted: dict[str, int], *standing: str) -> tuple[dict[str, str | None], list[tuple[str, str]]]:
    told = one_name_each(counted, standing, township="利民镇", villages=True)
    assert all(question.township == "利民镇" for question in told.questions)
    return dict(told.names), [(question.one, question.other) for question in told.questions]


@in_memory
@pytest.mark.parametrize(
    "spelling",
    [
        "平川坡",
        "平川坡村委会",
        "平川坡村村委会",
        "平川坡村民委员会",
        "平川坡行政村",
        "平川坡 村",
        "平川坡　村",
    ],
)
def test_spellings_of_one_village_are_one(spelling: str) -> None:
    assert villages({"平川坡村": 40, spelling: 3}) == ({"平川坡村": "平川坡村", spelling: "平川坡村"}, [])
    assert villages({"平川坡村": 3, spelling: 40})[0] == {"平川坡村": spelling, spelling: spelling}
    assert villages({spelling: 40}, "平川坡村")[0] == {spelling: "平川坡村"}, "what stands keeps its name"


@in_memory
@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("东庄村", "東莊村"),
        ("长胜沟村", "長勝溝"),
        ("新二村", "新2村"),
        ("新二村", "新２村"),
        ("A区村", "Ａ区村"),
    ],
)
def test_other_forms_of_the_same_characters_are_one(one: str, other: str) -> None:
    assert villages({one: 40, other: 3}) == ({one: one, other: one}, [])


@in_memory
def test_different_villages_stay_different_and_nobody_is_asked() -> None:
    names = [
        "东庄村",
        "西庄村",
        "新一村",
        "新二村",
        "双井坡村",
        "榆树坡村",
        "沙坡湾村",
        "新村",
        "旧村",
        "大村",
        "村",
    ]
    assert villages(dict.fromkeys(names, 5)) == ({name: name for name in names}, [])


@in_memory
def test_a_name_of_another_kind_is_asked_about() -> None:
    names, asked = villages({"文昌阁村": 40, "文昌阁片区": 30})
    assert names == {"文昌阁村": "文昌阁村", "文昌阁片区": "文昌阁片区"}
    assert asked == [("文昌阁村", "文昌阁片区")]
    assert villages({}, "文昌阁村", "文昌阁片区")[1] == [], "both stand: that was answered before"
    names, asked = villages({"文昌阁": 2, "文昌阁村": 40, "文昌阁片区": 30})
    assert names["文昌阁"] is None and ("文昌阁村", "文昌阁") in asked, "it could be either"


@in_memory
@pytest.mark.parametrize("typo", ["平川波村", "平川村", "平川坡儿村", "平川坡村（三队）"])
def test_a_name_with_hardly_a_row_beside_one_with_many_is_asked_about(typo: str) -> None:
    names, asked = villages({"平川坡村": 40, typo: 1, "双井坡村": 38})
    assert names[typo] == typo and asked == [("平川坡村", typo)]


@in_memory
def test_townships_are_read_likewise() -> None:
    told = one_name_each(
        {"利民镇": 9, "利民鎮": 1, "利民": 1, "神头镇": 9, "神头街道": 9}, (), township=None, villages=False
    )
    assert told.names == {
        "利民镇": "利民镇",
        "利民鎮": "利民镇",
        "利民": "利民镇",
        "神头镇": "神头镇",
        "神头街道": "神头街道",
    }
    assert told.questions == (Question(None, "神头街道", "神头镇", (9, 9)),)


@in_memory
def test_a_list_is_read_by_the_names_that_it_was_given() -> None:
    plan = PlanFacts({"利民镇": "140602005"}, {("利民镇", "东庄"): PlannedVillage("140602005001")}, {})
    for typed in ("东庄", "東莊", "东庄村", "东庄村村委会", "東 莊 行政村"):
        assert Gazetteer(plan).find("利民镇", typed).village_name == "东庄", typed
    assert Gazetteer(plan).find("利民", "西庄").met == (
        ("township", "township.spelling"),
        ("village", "village.unknown"),
    )


def test_areas_of_a_list_hold_each_village_once(db: Database, tmp_path: Path) -> None:
    spellings = ("平川坡村", "平川坡村", "平川坡", "平川坡 村", "平川坡村委会", "平川坡行政村")
    sheet = sheet_of(
        *(row(number, township="利民镇", village=village) for number, village in enumerate(spellings, 2)),
        row(8, township="利民鎮", village="双井坡村"),
    )
    with db.writing() as session:
        load_programme(session, (DATA / "shuocheng-2022.yaml").read_bytes(), None)
        programme = the_programme(session)
        places = places_in(sheet, programme)
        load_areas_from_list(session, places.villages, programme.area_code, None)
        made = [(area.name, area.households) for area in areas_under(session, programme.area_code)[1:]]
    assert made == [("利民镇", None), ("双井坡村", 1), ("平川坡村", 6)]
    assert places.respelled["利民鎮"] == "利民镇" and places.respelled["利民镇 平川坡"] == "利民镇 平川坡村"
    assert places.questions == () and places.nameless == ()
    with db.reading() as session:
        standing = [("利民镇", "平川坡村"), ("利民镇", "双井坡村")]
        again = places_in(sheet, the_programme(session), standing)
        assert sorted(again.villages) == sorted(places.villages)
