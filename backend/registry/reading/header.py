"""Where a list begins in a sheet, which column is which, and which rows below are entries."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from backend.registry.reading.errors import ColumnsMissing, ColumnsRepeated, ListTooLarge
from backend.registry.reading.limits import Limits
from backend.registry.rules.list_rows import FIELDS, REQUIRED, TITLES, Cell, ListRow, SheetRows

SEARCHED_ROWS: Final = 30
"""The header is looked for in so many rows; titles and instructions stand above it."""
_RECOGNISED: Final = 3
"""Names of columns in one row before it is taken for a header."""

_ALIASES: Final[Mapping[str, tuple[str, ...]]] = {
    "serial": ("序号", "编号"),
    "township": ("乡镇", "乡镇街道", "乡镇/街道", "乡镇、街道", "乡", "镇", "街道", "所属乡镇", "乡镇名称"),
    "village": ("村", "村庄", "行政村", "村名", "片区", "村/片区", "所属村", "村名称"),
    "head_name": ("户主姓名", "户主", "姓名"),
    "id_number": ("身份证号", "身份证号码", "身份证", "户主身份证号", "户主身份证号码", "证件号码", "证件号"),
    "phone": ("联系电话", "电话", "手机", "手机号", "手机号码", "联系方式", "电话号码"),
    "police_no": ("派出所户号", "户号", "户口户号", "户口号", "户口簿号"),
    "village_registered": ("村委登记", "村委会登记", "村委是否登记", "村委有无登记"),
    "people": ("家庭人口", "人口", "人口数", "家庭人口数", "家庭人数"),
    "address": ("住址", "地址", "家庭住址", "详细地址", "家庭地址"),
    "courtyard": ("院落号", "院号", "院落", "院落编号"),
    "path": ("改造路径", "改造方式", "改造类型"),
    "floor_area": ("采暖面积", "取暖面积", "供暖面积", "面积"),
    "remark": ("备注", "说明"),
}
_FIELD_OF: Final = {alias: name for name, aliases in _ALIASES.items() for alias in aliases}
_BRACKETS: Final = re.compile(r"[(\[][^)\]]*[)\]]")
_TOTALS: Final = re.compile(r"(?:合|总|小|共)\s*计.*")
# A merged cell of these speaks for all its rows: one village written once beside its houses.
_FILLED_DOWN: Final = frozenset({"township", "village", "path", "courtyard"})
# Without any of these a row names no household, whatever number it was given beforehand.
_NAMES_A_HOUSEHOLD: Final = ("head_name", "id_number", "phone", "police_no", "address")


class Merged(NamedTuple):
    """A merged range, all four counted from 0 and included."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int


class Header(NamedTuple):
    """Index of the header's row, and of each field's column, both from 0."""

    row: int
    columns: Mapping[str, int]


def find_header(grid: Sequence[Sequence[Cell]]) -> Header | None:
    """The row with most names of columns; None if no row looks like a header."""
    best: Header | None = None
    for index, cells in enumerate(grid[:SEARCHED_ROWS]):
        columns = _fields(cells)
        if len(columns) >= _RECOGNISED and (best is None or len(columns) > len(best.columns)):
            best = Header(index, columns)
    return best


def rows_below(
    grid: Sequence[Sequence[Cell]], header: Header, sheet: str, merged: Iterable[Merged], limits: Limits
) -> SheetRows:
    """The list below a header; raises ColumnsMissing, ColumnsRepeated, ListTooLarge."""
    _require(grid[header.row], header)
    if len(grid) > limits.rows + SEARCHED_ROWS:
        raise ListTooLarge(f"清单超过{limits.rows}行。")
    filled = _filled_down(grid, header, merged)
    places = [header.columns.get(name) for name in FIELDS]
    titles = list(grid[header.row])
    rows: list[ListRow] = []
    passed_over: list[int] = []
    for index in range(header.row + 1, len(grid)):
        cells = grid[index]
        if not any(cell is not None for cell in cells):
            continue
        width = len(cells)
        row = ListRow(
            index + 1, *[cells[place] if place is not None and place < width else None for place in places]
        )
        if not _is_entry(row) or list(cells) == titles:
            passed_over.append(index + 1)
            continue
        given = filled.get(index)
        rows.append(row if given is None else ListRow._make(given.get(n, cell) for n, cell in enumerate(row)))
    columns = {name: column_letter(place) for name, place in header.columns.items()}
    return SheetRows(sheet, header.row + 1, columns, tuple(rows), tuple(passed_over))


def column_letter(index: int) -> str:
    """0 → A, 25 → Z, 26 → AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _fields(cells: Sequence[Cell]) -> dict[str, int]:
    columns: dict[str, int] = {}
    for place, cell in enumerate(cells):
        name = _field_named(cell)
        if name is not None:
            columns.setdefault(name, place)
    return columns


def _field_named(cell: Cell) -> str | None:
    if not isinstance(cell, str) or len(cell) > 40:
        return None
    plain = "".join(unicodedata.normalize("NFKC", cell).split()).strip("*:：")
    return _FIELD_OF.get(plain) or _FIELD_OF.get(_BRACKETS.sub("", plain).strip("*:"))


def _require(titles: Sequence[Cell], header: Header) -> None:
    missing = [TITLES[name] for name in REQUIRED if name not in header.columns]
    if missing:
        raise ColumnsMissing("缺少的列：" + "、".join(missing) + "。", facts={"missing": missing})
    named = [name for name in map(_field_named, titles) if name is not None]
    repeated = sorted({TITLES[name] for name in named if named.count(name) > 1})
    if repeated:
        raise ColumnsRepeated("重复的列：" + "、".join(repeated) + "。", facts={"repeated": repeated})


def _is_entry(row: ListRow) -> bool:
    if not any(getattr(row, name) is not None for name in _NAMES_A_HOUSEHOLD):
        return False
    first = next((cell for cell in row[1:] if cell is not None), None)
    total = isinstance(first, str) and _TOTALS.fullmatch("".join(first.split())) is not None
    return not (total and row.address is None and row.id_number is None and row.phone is None)


def _filled_down(
    grid: Sequence[Sequence[Cell]], header: Header, merged: Iterable[Merged]
) -> dict[int, dict[int, Cell]]:
    """Index of a row → the values that a merged cell above gives it, by their place in a ListRow."""
    fields = {header.columns[name]: FIELDS.index(name) + 1 for name in _FILLED_DOWN if name in header.columns}
    filled: dict[int, dict[int, Cell]] = {}
    for area in merged:
        place = fields.get(area.first_column)
        if place is None or area.first_row <= header.row or area.first_row >= len(grid):
            continue
        cells = grid[area.first_row]
        value = cells[area.first_column] if area.first_column < len(cells) else None
        if value is None:
            continue
        for index in range(area.first_row + 1, min(area.last_row, len(grid) - 1) + 1):
            filled.setdefault(index, {})[place] = value
    return filled
