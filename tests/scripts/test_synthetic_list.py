"""The generator of household lists that belong to nobody."""

from __future__ import annotations

import csv
import json
from collections import Counter
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from openpyxl import load_workbook

from backend.programme.areas import VILLAGE, read_area_file
from scripts import synthetic_list
from scripts.synthetic_list import COLUMNS, Household, check_character, households, read_plan, read_villages
from tests.harness import ROOT

pytestmark = pytest.mark.only_on("sqlite", "a list is made up and written to a file; no database is asked")

PLAN = read_plan()
VILLAGES = read_villages(PLAN)


@pytest.fixture(scope="module")
def whole() -> list[Household]:
    return households(VILLAGES, 2022)


def written(path: Path) -> list[list[object]]:
    if path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            return [list(row) for row in csv.reader(file)]
    book = load_workbook(path, read_only=True)
    rows: list[list[object]] = [list(row) for row in book.worksheets[0].iter_rows(values_only=True)]
    book.close()
    return rows


def test_the_whole_list_adds_up_to_the_plan(whole: list[Household]) -> None:
    assert len(whole) == PLAN.households == 23_613
    assert Counter(row.path for row in whole) == {path.label: path.households for path in PLAN.paths}
    listed = Counter((row.township, row.village) for row in whole)
    assert len(listed) == 146 and len({township for township, _ in listed}) == 14
    rows, _ = read_area_file(synthetic_list.AREAS.read_bytes())
    assert sorted(listed.values()) == sorted(row.households or 0 for row in rows if row.level == VILLAGE)


def test_id_numbers_are_valid_unique_and_of_a_division_that_was_never_given_out(
    whole: list[Household],
) -> None:
    assert check_character("11010519491231002") == "X", "the example of the standard"
    assert len({row.id_number for row in whole}) == len(whole)
    for row in whole:
        assert len(row.id_number) == 18 and row.id_number.startswith("140699")
        assert row.id_number[17] == check_character(row.id_number[:17])
        born = date.fromisoformat(f"{row.id_number[6:10]}-{row.id_number[10:12]}-{row.id_number[12:14]}")
        assert 1930 <= born.year <= 1995


def test_telephones_are_nobodys_and_unique(whole: list[Household]) -> None:
    assert len({row.phone for row in whole}) == len(whole)
    assert all(len(row.phone) == 11 and row.phone.startswith("199") for row in whole)


def test_the_special_cases_are_as_frequent_as_in_a_district(whole: list[Household]) -> None:
    remarks = Counter(row.remark for row in whole if row.remark)
    assert remarks == {
        "夫妻，派出所分户登记": 24,
        "常年外出，房屋空置": 20,
        "独居老人，无智能手机": 20,
        "村委有登记，派出所无户号": 15,
        "派出所有登记，村委未登记": 15,
        "独立生活、本村另居，派出所未分户": 12,
        "与父母共同生活，派出所已分户": 12,
        "同院居住，共用一条管线": 10,
    }
    for before, row in pairwise(whole):
        shares = (before.village, before.courtyard) == (row.village, row.courtyard)
        pair = row.remark == before.remark == synthetic_list.MARRIED
        leans = pair or row.remark in (synthetic_list.WITH_PARENTS, synthetic_list.ONE_PIPELINE)
        assert shares == leans, row
        if row.remark == synthetic_list.ON_ITS_OWN:
            assert row.police_number == before.police_number and row.head[0] == before.head[0]
        assert (row.police_number is None) == (row.remark == synthetic_list.NO_POLICE_NUMBER)
        assert (row.village_entry == "否") == (row.remark == synthetic_list.NO_VILLAGE_ENTRY)


@pytest.mark.parametrize("per_village", [None, 2])
def test_names_hold_characters_that_old_fonts_lack(per_village: int | None) -> None:
    letters = {letter for row in households(VILLAGES, 2022, per_village) for letter in row.head}
    assert "㛃" in letters
    if per_village is None:
        assert set(synthetic_list.RARE) <= letters


def test_the_same_seed_makes_the_same_list_and_another_seed_another() -> None:
    one, same, other = households(VILLAGES, 7, 5), households(VILLAGES, 7, 5), households(VILLAGES, 8, 5)
    assert one == same
    assert [row.head for row in one] != [row.head for row in other]


def test_the_first_household_of_a_village_does_not_depend_on_the_lists_length(whole: list[Household]) -> None:
    def firsts(rows: list[Household]) -> dict[str, tuple[str, str]]:
        return {row.address: (row.head, row.phone) for row in reversed(rows) if row.phone.endswith("0001")}

    assert firsts(households(VILLAGES, 2022, 1)) == firsts(whole)


@pytest.mark.parametrize("name", ["list.xlsx", "list.csv"])
def test_the_file_has_two_titles_the_header_in_row_three_and_a_row_for_each_household(
    tmp_path: Path, name: str
) -> None:
    path = tmp_path / "deep" / name
    assert synthetic_list.main(["--out", str(path), "--households-per-village", "2"]) == 0
    rows = written(path)
    assert "合成样例" in str(rows[0][0]) and "不对应任何真实" in str(rows[1][0])
    assert tuple(rows[2]) == COLUMNS and len(COLUMNS) == 14
    assert len(rows) == 3 + 2 * 146
    expected = households(VILLAGES, 2022, 2)
    for found, row in zip(rows[3:], expected, strict=True):
        assert [str(cell or "") for cell in found[:12]] == [str(cell or "") for cell in row.cells[:12]]
    again = tmp_path / f"again-{name}"
    synthetic_list.main(["--out", str(again), "--households-per-village", "2"])
    assert written(again) == rows


def test_the_columns_are_those_of_the_sample_list(shared_data: Path) -> None:
    sample = load_workbook(shared_data / "household-list.xlsx", read_only=True)
    header = next(sample.worksheets[0].iter_rows(min_row=3, max_row=3, values_only=True))
    sample.close()
    assert header == COLUMNS


def test_the_demos_householders_are_those_of_the_default_list(whole: list[Household]) -> None:
    demo = json.loads((ROOT / "scripts" / "demo" / "people.json").read_text("utf-8"))
    residents = [person for person in demo["people"] if {"role": "resident"} in person["roles"]]
    assert len(residents) == 3
    for person in residents:
        path = PLAN.path(person["household"]["village"].removeprefix("first:"))
        head = next(row for row in whole if row.path == path.label)
        assert (person["name"], person["phone"]) == (head.head, head.phone)


def test_every_role_has_somebody_in_the_demo_and_each_has_one_footing() -> None:
    from backend.identity.roles import LABELS, OF_A_COMPANY, OF_A_HOUSEHOLD

    demo = json.loads((ROOT / "scripts" / "demo" / "people.json").read_text("utf-8"))
    companies = {company["id"] for company in demo["companies"]}
    people = demo["people"]
    for key in ("id", "openid", "phone"):
        assert len({person[key] for person in people}) == len(people)
    assert all(person["openid"].startswith("demo-") and person["description"] for person in people)
    held = [(person, role) for person in people for role in person["roles"]]
    assert {role["role"] for _, role in held} == set(LABELS)
    for person, role in held:
        if role["role"] in OF_A_COMPANY:
            assert role["company"] in companies and "area" not in role
        elif role["role"] in OF_A_HOUSEHOLD:
            assert person["household"]["village"].startswith("first:")
        else:
            assert role["area"] == "district" or ":first:" in role["area"]
