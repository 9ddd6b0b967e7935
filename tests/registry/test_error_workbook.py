"""The error workbook: what is wrong with which row, for the township; nothing in it runs, nobody is exposed (8.1)."""

from __future__ import annotations

import io
import re
import zipfile

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.registry.rules.findings import Judged, KnownFacts, judge
from backend.registry.rules.list_rows import ListRow
from backend.registry.workbook import NOTE, write_error_workbook
from tests.builders.township_lists import ON, PLAN, id_number, row, sheet_of

pytestmark = pytest.mark.only_on("sqlite", "a workbook is made of findings in memory; no database is asked")


def judged(*rows: ListRow) -> Judged:
    return judge(sheet_of(*rows), PLAN, KnownFacts(), ON)


def written(*rows: ListRow) -> bytes:
    result = judged(*rows)
    return write_error_workbook(result.rows, result.findings)


def lines_of(raw: bytes) -> list[tuple[object, ...]]:
    sheet = openpyxl.load_workbook(io.BytesIO(raw)).worksheets[0]
    return list(sheet.iter_rows(values_only=True))


def test_holds_the_rows_with_findings_and_says_what_to_do() -> None:
    note, header, *lines = lines_of(written(row(2), row(3, path="天然气"), row(4, phone="139")))
    assert note[0] == NOTE
    assert header[0] == "原表行号" and header[-3:] == ("结果", "问题", "处理办法")
    assert [line[0] for line in lines] == [3, 4]
    assert lines[0][12] == "天然气"
    assert lines[0][-3:] == ("待核实", "改造路径：改造路径不在方案之内", "改造路径：请从方案的改造路径中选择")
    assert lines[1][-3] == "已导入，需完善"


def test_the_cell_concerned_is_coloured_and_its_neighbours_are_not() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(written(row(2, path="天然气")))).worksheets[0]
    filled = [cell.coordinate for cell in sheet[3] if cell.fill.fill_type == "solid"]
    assert filled == ["M3"]


def test_nothing_in_it_runs() -> None:
    runnable = ["=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "-2+3", "＝1+1", " =1+1", "\t=1+1"]
    raw = written(
        *[row(number, head_name=text, path="无此") for number, text in enumerate(runnable, start=2)]
    )
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        xml = b"".join(archive.read(name) for name in archive.namelist() if name.startswith("xl/worksheets/"))
    assert re.search(rb"<f[\s/>]", xml) is None
    sheet = openpyxl.load_workbook(io.BytesIO(raw)).worksheets[0]
    for cells in sheet.iter_rows(min_row=3):
        assert cells[4].data_type == "s" and cells[4].quotePrefix, cells[4].value


def test_identity_numbers_and_phones_are_masked() -> None:
    number = id_number()
    raw = written(
        row(2, id_number=number, path="天然气", phone="13900000002", remark=f"代办 {number}，13911112222")
    )
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        everything = b"".join(archive.read(name) for name in archive.namelist()).decode()
    for secret in (number, number[6:14], "13900000002", "13911112222"):
        assert secret not in everything


@given(st.lists(st.text(max_size=30), min_size=1, max_size=5))
def test_any_text_makes_a_workbook_that_opens(texts: list[str]) -> None:
    raw = written(*[row(number, head_name=text, path="无此") for number, text in enumerate(texts, start=2)])
    assert len(lines_of(raw)) == 2 + len(texts)
