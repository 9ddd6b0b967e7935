"""Reading a township's list: what was typed comes out, and no file can hurt (8.1)."""

from __future__ import annotations

import codecs
import io
import time
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.core.errors import Problem
from backend.registry.reading import Limits, read_list
from backend.registry.reading.errors import (
    ColumnsMissing,
    ColumnsRepeated,
    ListTooLarge,
    NotAList,
    SeveralLists,
)
from backend.registry.rules.list_rows import ListRow, SheetRows
from tests.builders.township_lists import HEADER, csv_file, raw_xlsx, row, typed, xlsx

pytestmark = pytest.mark.only_on("sqlite", "files are read without a database")

LINES = [typed(row(2)), typed(row(3, head_name="李四", floor_area=None)), typed(row(4, remark="独居"))]


def test_reads_the_whole_plan_with_its_row_numbers(shared_data: Path) -> None:
    raw = (shared_data / "household-list.xlsx").read_bytes()
    began = time.perf_counter()
    read = read_list(raw, "household-list.xlsx")
    print(f"\n{len(read.rows)} rows read in {time.perf_counter() - began:.2f} s")
    assert (len(read.rows), read.header_row, read.rows[0].sheet_row, read.rows[-1].sheet_row) == (
        23_613,
        3,
        4,
        23_616,
    )
    assert "".join(read.columns.values()) == "ABCDEFGHIJKLMN"


def test_reads_merged_villages_dates_and_formulas_and_passes_over_blanks_and_totals(
    shared_data: Path,
) -> None:
    read = read_list((shared_data / "household-list-messy.xlsx").read_bytes(), "messy.xlsx")
    rows = {line.sheet_row: line for line in read.rows}
    assert len(rows) == 180
    assert 64 not in rows and 125 not in rows, "blank rows"
    assert read.passed_over == (186,), "the total"
    assert rows[8].village == rows[7].village == "下邹圪塔村"
    assert rows[98].courtyard == date(2022, 3, 5)
    assert isinstance(rows[30].id_number, float)
    assert rows[37].phone == 19101600034
    assert str(rows[86].head_name).startswith("=HYPERLINK(")


def as_text(read: SheetRows) -> list[list[str]]:
    return [[str(cell or "") for cell in line] for line in read.rows]


def test_a_csv_says_the_same_as_the_workbook_in_every_encoding() -> None:
    expected = as_text(read_list(xlsx(*LINES), "a.xlsx"))
    assert len(expected) == 3
    for encoding in ("utf-8-sig", "utf-8", "gb18030", "utf-16"):
        assert as_text(read_list(csv_file(*LINES, encoding=encoding), "a.csv")) == expected, encoding


def test_columns_may_stand_in_another_order_under_other_names() -> None:
    header = ["备注", "改造方式*", "家庭住址", "姓名", "行政村", "所属乡镇", "来源"]
    line = ["", "集中供暖", "东村1号", "王五", "东村", "甲镇", "x"]
    read = read_list(xlsx(["说明：请如实填写"], header, line, header=["某镇清单"]), "a.xlsx")
    (only,) = read.rows
    assert (only.sheet_row, only.township, only.head_name, only.path) == (4, "甲镇", "王五", "集中供暖")
    assert (read.columns["path"], read.columns["township"], "phone" in read.columns) == ("B", "F", False)


def test_a_blank_row_inside_a_merged_village_stays_blank() -> None:
    lines = [typed(row(2)), [None] * 14, typed(row(4, village=None)), typed(row(5, village=None))]
    read = read_list(xlsx(*lines, merged=["C2:C4"]), "a.xlsx")
    assert [(line.sheet_row, line.village) for line in read.rows] == [(2, "东村"), (4, "东村"), (5, None)]


def test_notes_totals_and_numbers_without_a_household_are_passed_over_and_told() -> None:
    lines = [typed(row(2)), ["3", "甲镇", "东村"], ["填报人：张三"], ["合 计", None, None, "1户"], HEADER]
    read = read_list(xlsx(*lines), "a.xlsx")
    assert ([line.sheet_row for line in read.rows], read.passed_over) == ([2], (3, 4, 5, 6))


def test_a_formula_is_never_its_last_result() -> None:
    for cell in (
        '<c r="D3"><f>1+1</f><v>2</v></c>',
        '<c r="D3" t="str"><f t="shared" si="0"/><v>王五</v></c>',
        "<c r='D3'><f\n>A1</f></c>",
        '<y:c xmlns:y="u" r="D3"><y:f>A1</y:f><y:v>7</y:v></y:c>',
        '<c><v>0</v></c><c/><c/><c><f>"x"</f><v>5</v></c>',
    ):
        read = read_list(raw_xlsx(f'<row r="3">{cell}<c r="J3"><v>1</v></c></row>'), "a.xlsx")
        assert str(read.rows[1].head_name).startswith("="), cell


@pytest.mark.parametrize("text", ["=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "＝1+1", "\t=1+1"])
def test_text_that_a_spreadsheet_would_run_is_kept_as_it_came(text: str) -> None:
    (only,) = read_list(csv_file(typed(row(2, head_name=text))), "a.csv").rows
    assert only.head_name == text


def test_hidden_sheets_are_not_read_and_two_lists_are_refused() -> None:
    book = openpyxl.load_workbook(io.BytesIO(xlsx(*LINES)))
    second = book.create_sheet("另一村")
    for line in (HEADER, LINES[0]):
        second.append(line)
    both = io.BytesIO()
    book.save(both)
    with pytest.raises(SeveralLists):
        read_list(both.getvalue(), "a.xlsx")
    second.sheet_state = "hidden"
    hidden = io.BytesIO()
    book.save(hidden)
    assert len(read_list(hidden.getvalue(), "a.xlsx").rows) == 3


def test_says_which_columns_are_missing_or_repeated() -> None:
    without = [title for title in HEADER if title not in ("住址", "改造路径")]
    with pytest.raises(ColumnsMissing) as refused:
        read_list(xlsx(["1"], header=without), "a.xlsx")
    assert refused.value.facts["missing"] == ["住址", "改造路径"]
    with pytest.raises(ColumnsRepeated):
        read_list(xlsx(LINES[0], header=[*HEADER, "地址"]), "a.xlsx")


@pytest.mark.parametrize(
    ("raw", "filename"),
    [
        (b"", "a.csv"),
        (b"%PDF-1.7", "a.xlsx"),
        (b"%PDF-1.7", "a.csv"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), "a.xls"),
        (b"PK\x03\x04 nothing", "a.xlsx"),
        (codecs.BOM_UTF16_LE + b"\x00", "a.csv"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "a.csv"),
        (b'"' + b"a" * 200_000, "a.csv"),
        (b"\x00\x01\x02\x03", "a.csv"),
        (b"\xff" * 50, "a.csv"),
    ],
)
def test_what_is_no_list_is_refused(raw: bytes, filename: str) -> None:
    with pytest.raises(NotAList):
        read_list(raw, filename)


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        "<row r='1048576'><c r='XFD1048576'><v>1</v></c></row>",
        '<row\nr="1048576"><c\nr="XFD1048576"><v>1</v></c></row>',
        '<row r="&#49;"><c r="&#88;FD1048576"><v>1</v></c></row>',
        "<row/>" * 1_200_000 + "<row><c><v>1</v></c></row>",
        '<row r="900000"/><row><c><v>1</v></c></row>',
        '<row r="9000"/>' + "<row><c><v>1</v></c></row>" * 200_000,
    ],
    ids=["far", "quotes", "newline", "entity", "rows without number", "number once", "many rows"],
)
def test_a_sheet_that_would_unfold_without_end_is_refused(rows: str) -> None:
    with pytest.raises(ListTooLarge):
        read_list(raw_xlsx(rows), "a.xlsx")


def test_formatting_far_away_is_no_content() -> None:
    assert len(read_list(raw_xlsx('<row r="1048576"><c r="XFD1048576" s="0"/></row>'), "a.xlsx").rows) == 1


def test_files_that_unpack_to_more_than_they_say_or_may_are_refused() -> None:
    limits = Limits(unpacked_bytes=1_000_000)
    with pytest.raises(ListTooLarge):
        read_list(raw_xlsx(" " * 2_000_000), "a.xlsx", limits=limits)
    lying = raw_xlsx(" " * 2_000_000)
    with zipfile.ZipFile(io.BytesIO(lying)) as archive:
        size = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    lying = lying.replace(size.to_bytes(4, "little"), (5_000).to_bytes(4, "little"))
    with pytest.raises(NotAList):
        read_list(lying, "a.xlsx", limits=limits)
    cells = "".join(
        f'<row r="{number}"><c r="A{number}" t="s"><v>0</v></c></row>' for number in range(3, 5_000)
    )
    with pytest.raises(ListTooLarge):
        read_list(raw_xlsx(cells, strings=f"<sst><si><t>{'长' * 30_000}</t></si></sst>"), "a.xlsx")
    with pytest.raises(ListTooLarge):
        read_list(csv_file(*LINES), "a.csv", limits=Limits(file_bytes=100))
    with pytest.raises(ListTooLarge):
        read_list(csv_file(*[LINES[0]] * 50), "a.csv", limits=Limits(rows=10))


def test_a_document_type_is_refused() -> None:
    for before in ('<!DOCTYPE a [<!ENTITY b "c">]>', '<?xml version="1.0" encoding="GBK"?>'):
        with pytest.raises(NotAList):
            read_list(raw_xlsx("", before=before), "a.xlsx")


SMALL_LIST = xlsx(*LINES)


def test_a_directory_that_points_before_the_file_is_refused() -> None:
    end = SMALL_LIST.rindex(b"PK\x05\x06") + 16  # where the directory says that it begins
    begins = int.from_bytes(SMALL_LIST[end : end + 4], "little") + 61_320
    with pytest.raises(NotAList):
        read_list(SMALL_LIST[:end] + begins.to_bytes(4, "little") + SMALL_LIST[end + 4 :], "a.xlsx")


@given(st.integers(0, len(SMALL_LIST) - 1), st.binary(min_size=1, max_size=8))
def test_a_damaged_workbook_is_read_or_refused_and_nothing_else(place: int, damage: bytes) -> None:
    raw = SMALL_LIST[:place] + damage + SMALL_LIST[place + len(damage) :]
    try:
        read = read_list(raw, "a.xlsx")
    except Problem as refused:
        assert refused.code.startswith("import.")
    else:
        assert all(isinstance(line, ListRow) for line in read.rows)


@given(st.text(max_size=200))
def test_any_text_is_a_list_or_refused(text: str) -> None:
    header = ",".join(HEADER)
    try:
        read_list(f"{header}\n{text}".encode("utf-8", "surrogatepass"), "a.csv")
    except Problem as refused:
        assert refused.code.startswith("import.")
