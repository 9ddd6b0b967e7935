"""The error workbook: the rows of a list with something to settle, what it is and what to do, for the township (8.1).

Nothing in it can be run: what looks like a formula is written as text with the mark of a quoted cell. Identity numbers and
phones are masked, so it can be passed on; the corrections belong into the original file.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill

from backend.registry.rules.cleaning import Finding, shown
from backend.registry.rules.entries import JudgedRow
from backend.registry.rules.list_rows import FIELDS, TITLES, ListRow
from backend.registry.rules.remedies import Outcome

SHEET_NAME: Final = "需处理的行"
NOTE: Final = "请在原文件中更正后重新上传；本表证件号、电话已遮盖，不能用来上传。"
_OUTCOME_ZH: Final = {Outcome.HELD: "待核实", Outcome.FLAGGED: "已导入，需完善", Outcome.MENDED: "已自动更正"}
_FILLS: Final = {
    Outcome.HELD: PatternFill("solid", fgColor="FFF4B6B6"),
    Outcome.FLAGGED: PatternFill("solid", fgColor="FFFFE699"),
    Outcome.MENDED: PatternFill("solid", fgColor="FFD9EAD3"),
}
_WEIGHT: Final = {Outcome.MENDED: 1, Outcome.FLAGGED: 2, Outcome.HELD: 3}
_RUNNABLE: Final = re.compile(r"\s*[=+\-@＝＋－＠]")
_NOT_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_WIDTHS: Final = {
    "address": 26,
    "id_number": 22,
    "phone": 15,
    "township": 14,
    "village": 16,
    "path": 18,
    "remark": 24,
}
_BOLD: Final = Font(bold=True)
_WRAPPED: Final = Alignment(wrap_text=True, vertical="top")


def write_error_workbook(rows: Iterable[JudgedRow], findings: Iterable[Finding]) -> bytes:
    """An xlsx of the judged rows that have a finding, the cells concerned coloured by their heaviest one."""
    by_row: dict[int, list[Finding]] = {}
    for finding in findings:
        by_row.setdefault(finding.sheet_row, []).append(finding)

    book = Workbook(write_only=True)
    sheet: Any = book.create_sheet(SHEET_NAME)
    sheet.freeze_panes = "A3"
    widths = [8, *(_WIDTHS.get(name, 11) for name in FIELDS), 16, 40, 40]
    for place, width in enumerate(widths):
        sheet.column_dimensions[chr(ord("A") + place)].width = width
    sheet.append([_text(sheet, NOTE, bold=True)])
    titles = ["原表行号", *(TITLES[name] for name in FIELDS), "结果", "问题", "处理办法"]
    sheet.append([_text(sheet, title, bold=True) for title in titles])
    for row in rows:
        met = by_row.get(row.entry.sheet_row)
        if met:
            sheet.append(_line(sheet, row.entry.typed, met))
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _line(sheet: Any, row: ListRow, met: list[Finding]) -> list[Any]:
    heaviest: dict[str, Outcome] = {}
    for finding in met:
        before = heaviest.get(finding.field)
        if before is None or _WEIGHT[finding.outcome] > _WEIGHT[before]:
            heaviest[finding.field] = finding.outcome
    worst = max(heaviest.values(), key=_WEIGHT.__getitem__)
    line: list[Any] = [row.sheet_row]
    for name in FIELDS:
        cell = _value(sheet, row, name)
        if name in heaviest:
            cell.fill = _FILLS[heaviest[name]]
        line.append(cell)
    line.append(_text(sheet, _OUTCOME_ZH[worst]))
    line.append(_text(sheet, "\n".join(f"{TITLES[finding.field]}：{finding.problem_zh}" for finding in met)))
    line.append(_text(sheet, "\n".join(f"{TITLES[finding.field]}：{finding.remedy_zh}" for finding in met)))
    return line


def _value(sheet: Any, row: ListRow, name: str) -> Any:
    cell = getattr(row, name)
    if isinstance(cell, int) and name not in ("id_number", "phone"):
        return WriteOnlyCell(sheet, cell)
    if isinstance(cell, float) and name == "floor_area" and abs(cell) < 1e9:
        return WriteOnlyCell(sheet, cell)
    if isinstance(cell, date) and name != "id_number":
        return _text(sheet, f"{cell.isoformat()}（日期）")
    return _text(sheet, shown(row, name))


def _text(sheet: Any, text: str, *, bold: bool = False) -> Any:
    cell = WriteOnlyCell(sheet)
    cell.value = _NOT_XML.sub("", text)
    # openpyxl takes text that begins with "=" for a formula unless told otherwise after the value is set.
    cell.data_type = "s"
    cell.quotePrefix = _RUNNABLE.match(text) is not None
    cell.alignment = _WRAPPED
    if bold:
        cell.font = _BOLD
    return cell
