"""What is found wrong in a list, what is not, and what becomes of each row (8.1, 4.1.1.6, 5)."""

from __future__ import annotations

import csv
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.registry.reading import read_list
from backend.registry.rules.cells import courtyard_key
from backend.registry.rules.findings import (
    Elsewhere,
    Entry,
    Judged,
    KnownFacts,
    Outcome,
    PlanFacts,
    PlannedVillage,
    entry_key,
    judge,
    known_from,
    row_fingerprint,
)
from backend.registry.rules.id_number import check_character, read_id_number
from backend.registry.rules.list_rows import FIELDS, ListRow, SheetRows, is_formula
from backend.registry.rules.remedies import REMEDIES
from tests.builders.township_lists import LABELS, ON, PLAN, id_number, row, sheet_of

pytestmark = pytest.mark.only_on("sqlite", "rules over rows in memory; no database is asked")

NOTHING_KNOWN = KnownFacts()
PATHS = {**LABELS, "分户式煤改电": "heat_pump", "分布式煤改电": "heat_pump_station"}
SYNONYMS = {"生物质": "biomass", "生物质炉具": "biomass"}


def found(
    *rows: ListRow, known: KnownFacts = NOTHING_KNOWN, plan: PlanFacts = PLAN
) -> list[tuple[int, str, str]]:
    return [
        (each.sheet_row, each.column, each.code) for each in judge(sheet_of(*rows), plan, known, ON).findings
    ]


def codes_of(**cells: Any) -> list[str]:
    return [code for _row, _column, code in found(row(2, **cells))]


def entry_of(**cells: Any) -> Entry:
    return judge(sheet_of(row(2, **cells)), PLAN, NOTHING_KNOWN, ON).rows[0].entry


def plan_of(sheet: SheetRows) -> PlanFacts:
    """The places and paths of a list that is its own plan."""
    townships: dict[str, str] = {}
    villages: dict[tuple[str, str], PlannedVillage] = {}
    for line in sheet.rows:
        township, village, path = str(line.township), str(line.village), str(line.path)
        code = townships.setdefault(township, f"140602{100 + len(townships)}")
        villages.setdefault(
            (township, village), PlannedVillage(f"{code}{len(villages):03d}", frozenset({PATHS[path]}))
        )
    return PlanFacts(townships, villages, PATHS, SYNONYMS)


@pytest.fixture(scope="module")
def whole_plan(shared_data: Path) -> tuple[PlanFacts, Judged]:
    raw = (shared_data / "household-list.xlsx").read_bytes()
    began = time.perf_counter()
    sheet = read_list(raw, "household-list.xlsx")
    plan = plan_of(sheet)
    judged = judge(sheet, plan, NOTHING_KNOWN, ON)
    print(f"\n{len(judged.rows)} rows read and judged in {time.perf_counter() - began:.2f} s")
    print(dict(judged.outcomes()), dict(judged.codes()))
    return plan, judged


def test_the_whole_plan_is_routine(whole_plan: tuple[PlanFacts, Judged]) -> None:
    _plan, judged = whole_plan
    assert len(judged.rows) == 23_613
    assert judged.outcomes()["held"] == 0
    assert judged.codes() == {
        "courtyard.shared": 68,
        "register.police_shared": 24,
        "register.police_missing": 15,
        "register.village_missing": 15,
    }


def test_the_messy_list_has_exactly_the_findings_that_were_put_into_it(
    whole_plan: tuple[PlanFacts, Judged], shared_data: Path
) -> None:
    plan, judged_before = whole_plan
    sheet = read_list((shared_data / "household-list-messy.xlsx").read_bytes(), "messy.xlsx")
    judged = judge(sheet, plan, known_from(judged_before.rows), ON)
    with (shared_data / "household-list-messy-expected.csv").open(encoding="utf-8-sig", newline="") as stream:
        expected = {
            (int(line["sheet_row"]), line["column"], line["code"], line["outcome"])
            for line in csv.DictReader(stream)
        }
    met = [(each.sheet_row, each.column, each.code, each.outcome.value) for each in judged.findings]
    assert set(met) == expected
    assert len(met) == len(expected) > 90


def test_the_same_list_again_differs_in_nothing(
    whole_plan: tuple[PlanFacts, Judged], shared_data: Path
) -> None:
    plan, _judged = whole_plan
    sheet = read_list((shared_data / "household-list-messy.xlsx").read_bytes(), "messy.xlsx")
    first = judge(sheet, plan, NOTHING_KNOWN, ON)
    again = judge(replace(sheet, rows=sheet.rows[::-1]), plan, known_from(first.rows), ON)
    assert sorted(map(row_fingerprint, first.rows)) == sorted(map(row_fingerprint, again.rows))
    assert len(set(map(row_fingerprint, first.rows))) == len(first.rows)


def test_a_row_without_a_fault_is_imported_as_it_is() -> None:
    judged = judge(sheet_of(row(2)), PLAN, NOTHING_KNOWN, ON)
    assert (judged.findings, judged.rows[0].outcome) == ((), Outcome.IMPORTED)
    entry = judged.rows[0].entry
    assert (entry.area_code, entry.path, entry.village_registered) == ("140602101001", "biomass", True)
    assert (entry.people, entry.floor_area_m2, entry.courtyard) == (3, Decimal("80.50"), "002")


CASES: list[tuple[Mapping[str, Any], list[str]]] = [
    ({"township": None}, ["township.missing"]),
    ({"township": "乙镇"}, ["township.unknown"]),
    ({"township": "甲"}, ["township.spelling"]),
    ({"township": "神头"}, ["township.unknown"]),  # two townships have that stem
    ({"village": None}, ["village.missing"]),
    ({"village": "北村"}, ["village.unknown"]),
    ({"village": "东村委会"}, ["village.suffix"]),
    ({"village": "东"}, ["village.suffix"]),
    ({"village": "东　村 "}, ["village.spelling"]),
    ({"village": "南坪"}, ["village.suffix"]),
    ({"head_name": None}, ["head.missing"]),
    ({"head_name": "待定"}, ["head.missing"]),
    ({"head_name": "王 五"}, ["name.spaces"]),
    ({"head_name": "王五２"}, ["name.numbered"]),
    ({"head_name": "王" * 41}, ["row.too_long"]),
    ({"head_name": '=HYPERLINK("x")'}, ["cell.formula"]),
    ({"address": "=A1"}, ["cell.formula"]),
    ({"serial": "=ROW()-1"}, []),
    ({"id_number": None}, ["id.missing"]),
    ({"id_number": "无"}, ["id.missing"]),
    ({"id_number": 140699196503090000.0}, ["id.digits_lost"]),
    ({"id_number": "1.40699E+17"}, ["id.digits_lost"]),
    ({"id_number": "14069919650309001"}, ["id.length"]),
    ({"id_number": "14069919650309O014"}, ["id.characters"]),
    ({"id_number": "１４０６９９ 19650309001x".replace("x", check_character("14069919650309001"))},
     ["id.spaces", "id.fullwidth"]),
    ({"id_number": id_number(date(2010, 5, 1))}, ["head.minor"]),
    ({"id_number": id_number(date(2023, 5, 1))}, ["id.birthdate"]),
    ({"id_number": "140699196513010" + "01" + check_character("14069919651301001")}, ["id.birthdate"]),
    ({"id_number": "140699650309001"}, ["id.fifteen"]),
    ({"id_number": 140699650309001}, ["id.number", "id.fifteen"]),
    ({"phone": None}, ["phone.missing"]),
    ({"phone": 13900000002}, ["phone.number"]),
    ({"phone": "139-0000 0002"}, ["phone.spelling"]),
    ({"phone": "+8613900000002"}, ["phone.spelling"]),
    ({"phone": "1390000000"}, ["phone.length"]),
    ({"phone": "12900000002"}, ["phone.format"]),
    ({"phone": "0349-2020202"}, ["phone.landline"]),
    ({"phone": "0349-2020202/13900000002"}, ["phone.several"]),
    ({"police_no": None}, ["register.police_missing"]),
    ({"village_registered": "否"}, ["register.village_missing"]),
    ({"police_no": None, "village_registered": "无"}, ["register.none"]),
    ({"village_registered": None}, ["register.village_unknown"]),
    ({"village_registered": "大概"}, ["register.village_unclear"]),
    ({"people": None}, ["people.missing"]),
    ({"people": "三"}, ["people.not_number"]),
    ({"people": 2.5}, ["people.not_number"]),
    ({"people": 0}, ["people.out_of_range"]),
    ({"people": "3人"}, ["people.spelling"]),
    ({"address": " "}, ["address.missing"]),
    ({"address": "东" * 201}, ["row.too_long"]),
    ({"courtyard": None}, ["courtyard.missing"]),
    ({"courtyard": date(2022, 3, 5)}, ["courtyard.date"]),
    ({"courtyard": "3月5日"}, ["courtyard.date"]),
    ({"courtyard": "5-Mar"}, ["courtyard.date"]),
    ({"courtyard": "3-5"}, []),
    ({"courtyard": 12}, []),
    ({"path": None}, ["path.missing"]),
    ({"path": "天然气"}, ["path.unknown"]),
    ({"path": "生物质"}, ["path.synonym"]),
    ({"path": "太阳能＋", "village": "西村"}, ["path.synonym"]),
    ({"path": "集中供暖"}, ["path.not_planned_here"]),
    ({"path": "集中供暖", "village": "南坪片区"}, []),  # nothing is known of what is planned there
    ({"floor_area": None}, ["area.missing"]),
    ({"floor_area": "八十"}, ["area.not_number"]),
    ({"floor_area": float("inf")}, ["area.not_number"]),
    ({"floor_area": "1e999999"}, ["area.not_number"]),
    ({"floor_area": -5}, ["area.negative"]),
    ({"floor_area": 0}, ["area.zero"]),
    ({"floor_area": "80.5㎡"}, ["area.spelling"]),
    ({"floor_area": "80.5"}, []),
    ({"remark": "长" * 501}, ["remark.cut"]),
]  # fmt: skip


@pytest.mark.parametrize(("cells", "expected"), CASES, ids=[f"{cells}"[:60] for cells, _codes in CASES])
def test_each_cell_gives_its_findings_and_no_others(cells: Mapping[str, Any], expected: list[str]) -> None:
    assert codes_of(**cells) == expected


def test_only_the_three_that_make_an_entry_and_what_is_wrong_hold_a_row() -> None:
    missing = {name: REMEDIES[code].outcome for name, code in (
        ("township", "township.missing"), ("village", "village.missing"), ("head_name", "head.missing"),
        ("address", "address.missing"), ("path", "path.missing"), ("id_number", "id.missing"),
        ("phone", "phone.missing"), ("police_no", "register.police_missing"), ("people", "people.missing"),
        ("village_registered", "register.village_unknown"), ("courtyard", "courtyard.missing"),
        ("floor_area", "area.missing"),
    )}  # fmt: skip
    for name, outcome in missing.items():
        judged = judge(sheet_of(row(2, **{name: None})), PLAN, NOTHING_KNOWN, ON)
        assert judged.rows[0].outcome is outcome, name
        assert (outcome is Outcome.HELD) == (
            name in ("township", "village", "head_name", "address", "path")
        ), name


def test_what_is_mended_is_kept_as_it_was_meant() -> None:
    number = id_number()
    assert entry_of(id_number=f"' {number[:6]} {number[6:]}\xa0").id_number == number
    assert entry_of(phone="0349-2020202/139 0000 0002").phone == "13900000002"
    assert entry_of(phone=13900000002).phone == "13900000002"
    assert entry_of(village=" 东 ").village == "东村"
    assert entry_of(floor_area=73.90000000000001).floor_area_m2 == Decimal("73.9")
    assert entry_of(phone="1390000000").phone is None


def test_a_head_comes_of_age_on_the_birthday() -> None:
    born = date(2004, 9, 16)
    assert read_id_number(id_number(born), date(2022, 9, 15)).codes == ("head.minor",)
    assert read_id_number(id_number(born), date(2022, 9, 16)).codes == ()


def test_a_person_twice_holds_both_rows_and_each_names_the_other() -> None:
    judged = judge(
        sheet_of(row(2, id_number=id_number()), row(3), row(4, id_number=id_number())),
        PLAN,
        NOTHING_KNOWN,
        ON,
    )
    assert [each.outcome for each in judged.rows] == [Outcome.HELD, Outcome.IMPORTED, Outcome.HELD]
    assert ["第4行" in judged.findings[0].problem_zh, "第2行" in judged.findings[1].problem_zh] == [
        True,
        True,
    ]


def test_a_person_or_courtyard_in_the_registry_is_found_unless_it_is_the_same_household() -> None:
    before = known_from(judge(sheet_of(row(2)), PLAN, NOTHING_KNOWN, ON).rows)
    moved = row(9, id_number=row(2).id_number, courtyard="２号院")
    assert found(moved, known=before) == [(9, "E", "id.duplicate"), (9, "K", "courtyard.shared")]
    assert found(row(2, phone="13800138000"), known=before) == []


def test_the_registry_is_asked_by_hash() -> None:
    known = KnownFacts(
        ids={f"h{id_number()}": (Elsewhere("k", "甲镇西村9号"),)},
        phones={"p13900000002": [Elsewhere(f"k{n}", "") for n in range(2)]},
        id_hash=lambda number: f"h{number}",
        phone_hash=lambda number: f"p{number}",
    )
    (first, second) = judge(sheet_of(row(2, id_number=id_number())), PLAN, known, ON).findings
    assert (first.code, "甲镇西村9号" in first.problem_zh, second.code) == (
        "id.duplicate",
        True,
        "phone.shared",
    )


def test_one_phone_for_three_households_is_looked_at_and_for_two_is_not() -> None:
    rows = [row(number, phone="13900000000") for number in (2, 3, 4)]
    assert found(*rows[:2]) == []
    assert found(*rows) == [(number, "F", "phone.shared") for number in (2, 3, 4)]
    wrong = [row(number, phone="1390000000") for number in (2, 3, 4)]
    assert found(*wrong) == [(number, "F", "phone.length") for number in (2, 3, 4)]


def test_a_courtyard_is_shared_within_one_village_only_and_however_it_is_written() -> None:
    assert found(row(2, courtyard="007"), row(3, courtyard="７号"))[0] == (2, "K", "courtyard.shared")
    assert found(row(2, courtyard="7"), row(3, courtyard="7", village="西村")) == []
    assert courtyard_key("000") == courtyard_key("0")


def test_one_household_written_twice_is_held() -> None:
    assert [
        code for _row, _column, code in found(row(2), row(3, head_name="王 建国", address="东村２号"))
    ] == [
        "entry.repeated",
        "name.spaces",
        "entry.repeated",
    ]


def test_one_police_number_for_two_households_is_looked_at() -> None:
    assert found(row(2, police_no="400"), row(3, police_no=400)) == [
        (2, "G", "register.police_shared"),
        (3, "G", "register.police_shared"),
    ]


def test_what_is_shown_is_masked_wherever_it_was_typed() -> None:
    number = id_number()
    judged = judge(
        sheet_of(row(2, id_number=number[:-1] + ("1" if number[-1] == "X" else "X")), row(3, phone="139000000031"),
                 row(4, head_name=f"王五{number}"), row(5, village="东村 13900000005")),
        PLAN, NOTHING_KNOWN, ON,
    )  # fmt: skip
    shown = " ".join(each.shown for each in judged.findings)
    assert number[6:14] not in shown and "139000000" not in shown
    assert len(judged.findings) == 4


def test_the_key_stays_when_a_row_is_completed_and_the_fingerprint_changes() -> None:
    rough = judge(sheet_of(row(2, id_number=None, phone=None)), PLAN, NOTHING_KNOWN, ON).rows[0]
    whole = judge(sheet_of(row(2)), PLAN, NOTHING_KNOWN, ON).rows[0]
    assert entry_key(rough.entry) == entry_key(whole.entry) is not None
    assert row_fingerprint(rough) != row_fingerprint(whole)
    assert entry_key(entry_of(address=None)) is None
    for name in ("head_name", "address", "village"):
        other = entry_of(**{name: {"head_name": "王建军", "address": "东村3号", "village": "西村"}[name]})
        assert entry_key(other) != entry_key(whole.entry), name


@given(st.dates(date(1900, 1, 1), date(2004, 1, 1)), st.integers(0, 999), st.integers(0, 17), st.data())
def test_a_good_number_stands_and_one_wrong_character_does_not(
    born: date, order: int, place: int, data: st.DataObject
) -> None:
    number = id_number(born, order)
    assert read_id_number(number, ON) == (number, ())
    other = data.draw(st.sampled_from("0123456789X".replace(number[place], "")))
    reading = read_id_number(number[:place] + other + number[place + 1 :], ON)
    assert reading.value is None
    assert reading.codes in (("id.checksum",), ("id.characters",))


@given(
    st.dates(date(1950, 1, 1), date(2000, 1, 1)),
    st.integers(0, 999),
    st.permutations(["wide", "space", "mark"]),
)
def test_mends_do_not_change_the_number(born: date, order: int, mends: list[str]) -> None:
    number = typed = id_number(born, order)
    for mend in mends:
        if mend == "wide":
            typed = "".join(chr(ord(c) + 0xFEE0) if c.isascii() and c.isalnum() else c for c in typed.lower())
        elif mend == "space":
            typed = f"\u3000{typed[:6]} {typed[6:]}\xa0\u200b"
        else:
            typed = f"'{typed}"
    assert read_id_number(typed, ON).value == number


anything = st.one_of(
    st.none(),
    st.text(max_size=40),
    st.integers(-(10**20), 10**20),
    st.floats(),
    st.dates(),
    st.sampled_from(
        ["甲镇", "东村", "是", "=1", "生物质炉具+燃料", id_number(), "13900000002", "-", "#REF!"]
    ),
)


@given(st.lists(st.tuples(*[anything] * len(FIELDS)), max_size=6))
def test_whatever_was_typed_each_row_gets_one_outcome_that_its_findings_explain(
    lines: list[tuple[Any, ...]],
) -> None:
    sheet = sheet_of(*[ListRow(number, *cells) for number, cells in enumerate(lines, start=2)])
    judged = judge(sheet, PLAN, NOTHING_KNOWN, ON)
    assert [each.entry.sheet_row for each in judged.rows] == [line.sheet_row for line in sheet.rows]
    for each in judged.rows:
        outcomes = {REMEDIES[code].outcome for code in each.codes}
        expected = next(
            (heavy for heavy in (Outcome.HELD, Outcome.FLAGGED) if heavy in outcomes), Outcome.IMPORTED
        )
        assert each.outcome is expected
        assert len(row_fingerprint(each)) == 64
        if each.outcome is not Outcome.HELD:
            assert entry_key(each.entry) and each.entry.path
            assert not any(is_formula(cell) for cell in each.entry.typed[2:])


def test_every_remedy_says_what_and_what_next_in_chinese() -> None:
    for code, remedy in REMEDIES.items():
        assert remedy.problem_zh and remedy.remedy_zh, code
        assert remedy.outcome in (Outcome.MENDED, Outcome.FLAGGED, Outcome.HELD)
