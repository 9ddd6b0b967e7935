"""Lists as townships send them: workbooks and csv files from rows of cells."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import openpyxl

from backend.registry.rules.findings import PlanFacts, PlannedVillage
from backend.registry.rules.id_number import check_character
from backend.registry.rules.list_rows import TITLES, ListRow, SheetRows

HEADER = list(TITLES.values())
ON = date(2022, 9, 15)
LABELS = {"集中供暖": "district_heat", "太阳能+": "solar_plus", "生物质炉具+燃料": "biomass"}
PLAN = PlanFacts(
    townships={"甲镇": "140602101", "神头镇": "140602102", "神头街道": "140602003"},
    villages={
        ("甲镇", "东村"): PlannedVillage("140602101001", frozenset({"biomass"})),
        ("甲镇", "西村"): PlannedVillage("140602101002", frozenset({"biomass", "solar_plus"})),
        ("甲镇", "南坪片区"): PlannedVillage("140602101003"),
        ("神头镇", "东村"): PlannedVillage("140602102001", frozenset({"biomass"})),
    },
    paths=LABELS,
    path_synonyms={"生物质": "biomass"},
)


def id_number(born: date = date(1965, 3, 9), order: int = 1, division: str = "140699") -> str:
    """A number with a good check character; what is beyond the thousand of one day is born on a later one."""
    first = f"{division}{born + timedelta(days=order // 1000):%Y%m%d}{order % 1000:03d}"
    return first + check_character(first)


def row(number: int = 2, **cells: Any) -> ListRow:
    """A row without a fault, but for what is given."""
    usual: dict[str, Any] = {
        "serial": number,
        "township": "甲镇",
        "village": "东村",
        "head_name": "王建国",
        "id_number": id_number(order=number),
        "phone": f"1390000{number:04d}",
        "police_no": f"4000{number:05d}",
        "village_registered": "是",
        "people": 3,
        "address": f"东村{number}号",
        "courtyard": f"{number:03d}",
        "path": "生物质炉具+燃料",
        "floor_area": 80.5,
    }
    return ListRow(number, **{**usual, **cells})


def sheet_of(*rows: ListRow) -> SheetRows:
    """A sheet that was read, with the usual columns."""
    return SheetRows("名单", 1, {name: chr(ord("A") + place) for place, name in enumerate(TITLES)}, rows)


def xlsx(*lines: Sequence[Any], merged: Sequence[str] = (), header: Sequence[str] = HEADER) -> bytes:
    """A workbook with a header and lines of cells; text beginning with "=" becomes a formula."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for line in (header, *lines):
        sheet.append(list(line))
    for cells in merged:
        sheet.merge_cells(cells)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def csv_file(*lines: Sequence[Any], encoding: str = "utf-8-sig", header: Sequence[str] = HEADER) -> bytes:
    written = io.StringIO()
    csv.writer(written).writerows([header, *lines])
    return written.getvalue().encode(encoding)


def typed(line: ListRow) -> list[Any]:
    """The cells of a row, in the usual order of columns."""
    return list(line[1:])


def raw_xlsx(rows: str, *, before: str = "", strings: str | None = None) -> bytes:
    """A workbook whose sheet holds a header, one entry, and ``rows`` as XML; for files that no program would write."""
    head = "".join(_text_cell(place, 1, title) for place, title in enumerate(HEADER))
    entry = "".join(_text_cell(place, 2, str(cell or "")) for place, cell in enumerate(typed(row(2))))
    sheet = f'{before}<worksheet><sheetData><row r="1">{head}</row><row r="2">{entry}</row>{rows}</sheetData></worksheet>'
    parts = {
        "xl/workbook.xml": '<workbook xmlns:r="r"><sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": '<Relationships><Relationship Id="r1" Type="x/worksheet" '
        'Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": sheet,
    }
    if strings is not None:
        parts["xl/sharedStrings.xml"] = strings
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return written.getvalue()


def _text_cell(place: int, number: int, text: str) -> str:
    return f'<c r="{chr(ord("A") + place)}{number}" t="inlineStr"><is><t>{text}</t></is></c>'
