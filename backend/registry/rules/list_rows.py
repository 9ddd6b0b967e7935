"""A township's list as it was typed: the columns, one row, and the sheet they came from (8.1)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple, TypeAlias

Cell: TypeAlias = str | int | float | date | None
"""A cell as read. Whole numbers below 10^15 are ints; an empty cell is None; a formula is text beginning with "="."""


class ListRow(NamedTuple):
    """One row of the list, every cell as typed, with its number in the sheet (first row of the sheet = 1)."""

    sheet_row: int
    serial: Cell = None
    township: Cell = None
    village: Cell = None
    head_name: Cell = None
    id_number: Cell = None
    phone: Cell = None
    police_no: Cell = None
    village_registered: Cell = None
    people: Cell = None
    address: Cell = None
    courtyard: Cell = None
    path: Cell = None
    floor_area: Cell = None
    remark: Cell = None


FIELDS: Final = ListRow._fields[1:]
"""The columns that are understood, in the usual order."""

REQUIRED: Final = ("township", "village", "head_name", "address", "path")
"""Without these columns a sheet is no list: place, address, name and path make an entry (8.1)."""

TITLES: Final[Mapping[str, str]] = {
    "serial": "序号",
    "township": "乡镇（街道）",
    "village": "村（片区）",
    "head_name": "户主姓名",
    "id_number": "身份证号",
    "phone": "联系电话",
    "police_no": "派出所户号",
    "village_registered": "村委登记",
    "people": "家庭人口",
    "address": "住址",
    "courtyard": "院落号",
    "path": "改造路径",
    "floor_area": "采暖面积（㎡）",
    "remark": "备注",
}


@dataclass(frozen=True, slots=True)
class SheetRows:
    """The rows of one list. ``columns`` maps a field to its letter in the file; a column that is absent is not in it.

    ``passed_over`` are the numbers of rows below the header that are neither blank nor an entry: totals, notes,
    a header printed again.
    """

    sheet: str
    header_row: int
    columns: Mapping[str, str]
    rows: tuple[ListRow, ...]
    passed_over: tuple[int, ...] = ()


# Line breaks and tabs count as spaces; zero-width and direction marks arrive with text copied from chats.
_ODD: Final = re.compile(r"[\s\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\x00-\x1f\x7f-\x9f]+")
_INVISIBLE: Final = re.compile(
    r"[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]+"
)
_NOTHING: Final = frozenset(
    {"", "-", "--", "—", "——", "/", "\\", "无", "空", "不详", "未知", "待定", "暂无", "none", "null"}
)
_ERROR_VALUES: Final = re.compile(
    r"#(?:REF!|N/A|NAME\?|VALUE!|DIV/0!|NUM!|NULL!|SPILL!|CALC!)", re.IGNORECASE
)
_STARTS: Final = frozenset("=＝@＠+＋#\t\r\n \u3000\xa0")
_SIGNED_NUMBER: Final = re.compile(r"\+[0-9][0-9 .,()-]*(?:[eE][+-]?[0-9]+)?")


def tidy(text: str) -> str:
    """The same words without invisible marks, with single spaces and none at the ends."""
    if _ODD.search(text) is None:
        return text
    return _ODD.sub(" ", _INVISIBLE.sub("", text)).strip()


def folded(text: str) -> str:
    """For comparing only: full width and half width, capitals and spaces make no difference."""
    return "".join(unicodedata.normalize("NFKC", text).split()).upper()


def words(cell: Cell) -> str | None:
    """The cell as text; None if it is empty or says that there is nothing ("无", "/", "待定")."""
    if cell is None:
        return None
    if isinstance(cell, str):
        text = tidy(cell)
        return None if text.lower() in _NOTHING else text
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell)


def is_formula(cell: Cell) -> bool:
    """Something that a spreadsheet would run or has run: "=…", "@…", "+…" that is no number, "#REF!".

    Blanks before it do not disarm it (some readers drop them); full-width signs count, East Asian editions obey them.
    """
    if not isinstance(cell, str) or not cell or cell[0] not in _STARTS:
        return False
    text = unicodedata.normalize("NFKC", cell).lstrip()
    if text[:1] == "+":
        return _SIGNED_NUMBER.fullmatch(text.rstrip()) is None
    return text[:1] in ("=", "@") or _ERROR_VALUES.match(text) is not None
