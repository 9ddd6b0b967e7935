"""How each column of a list is read: the value that was meant, and the codes of what was mended or is wrong.

Every reader takes a cell that is no formula and returns a Reading; a value that cannot stand is None.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final, Generic, NamedTuple, TypeVar

from backend.registry.rules.list_rows import Cell, folded, tidy, words

Value = TypeVar("Value")


class Reading(NamedTuple, Generic[Value]):
    value: Value | None
    codes: tuple[str, ...] = ()


NAME_LENGTH: Final = 40
ADDRESS_LENGTH: Final = 200
SHORT_LENGTH: Final = 32
REMARK_LENGTH: Final = 500
MOST_PEOPLE: Final = 30
LARGEST_AREA: Final = Decimal(100_000)
"""Square metres; beyond it a number is no floor area of a house but a slip of the keyboard."""

_HAN: Final = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")
_HAN_ONLY: Final = re.compile(r"[\u4e00-\u9fa5]{2,4}")
_DIGITS_IN_NAME: Final = re.compile(r"[0-9]")
_MOBILE: Final = re.compile(r"1[3-9][0-9]{9}")
_LANDLINE: Final = re.compile(r"0[0-9]{9,11}")
_COUNTRY: Final = re.compile(r"^(?:\+|00)86(?=[0-9])")
_SEVERAL: Final = re.compile(r"[/、,;|]|(?<=[0-9]{7})\s+(?=[0-9]{7})")
_TEXT_DATES: Final = re.compile(
    r"(?:19|20)[0-9]{2}[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}日?(?:[ T]00:00(?::00)?)?"
    r"|[0-9]{1,2}月[0-9]{1,2}日|[0-9]{1,2}-[A-Z][a-z]{2}|[A-Z][a-z]{2}-[0-9]{1,2}"
)
_PEOPLE: Final = re.compile(r"([0-9]{1,3})(?:\.0+)?([人口]?)")
_AREA_UNIT: Final = re.compile(r"(?:㎡|m2|m²|平方米|平米|平方|平)$", re.IGNORECASE)
_YES: Final = frozenset({"是", "有", "√", "✓", "Y", "YES", "1", "TRUE", "已登记", "登记"})
_NO: Final = frozenset({"否", "无", "没有", "×", "X", "N", "NO", "0", "FALSE", "未登记", "不是"})


def masked_phone(number: str) -> str:
    """The first three and the last four; anything too short to be one is hidden whole."""
    if len(number) < 8:
        return "*" * len(number)
    return number[:3] + "*" * (len(number) - 7) + number[-4:]


def read_head_name(cell: Cell) -> Reading[str]:
    if isinstance(cell, str) and _HAN_ONLY.fullmatch(cell) and cell not in ("不详", "未知", "待定", "暂无"):
        return Reading(cell)
    text = words(cell)
    if text is None:
        return Reading(None, ("head.missing",))
    codes: tuple[str, ...] = ()
    if " " in text and _HAN.search(text):
        text, codes = text.replace(" ", ""), ("name.spaces",)
    if len(text) > NAME_LENGTH:
        return Reading(None, (*codes, "row.too_long"))
    if _DIGITS_IN_NAME.search(unicodedata.normalize("NFKC", text)):
        codes = (*codes, "name.numbered")
    return Reading(text, codes)


def read_phone(cell: Cell) -> Reading[str]:
    if isinstance(cell, str) and _MOBILE.fullmatch(cell):
        return Reading(cell)
    typed = words(cell)
    if typed is None:
        return Reading(None, ("phone.missing",))
    if isinstance(cell, (int, float)):
        return (
            Reading(typed, ("phone.number",))
            if _MOBILE.fullmatch(typed)
            else Reading(None, ("phone.length",))
        )
    plain = unicodedata.normalize("NFKC", typed).strip("' ")
    parts = [part for part in (_digits(piece) for piece in _SEVERAL.split(plain)) if part]
    mobiles = [part for part in parts if _MOBILE.fullmatch(part)]
    if len(parts) > 1 and mobiles:
        return Reading(mobiles[0], ("phone.several",))
    number = _digits(plain)
    if _MOBILE.fullmatch(number):
        return Reading(number, ("phone.spelling",))
    if _LANDLINE.fullmatch(number):
        return Reading(number, ("phone.landline",))
    return Reading(None, ("phone.format",) if len(number) == 11 else ("phone.length",))


def _digits(text: str) -> str:
    return _COUNTRY.sub("", re.sub(r"[\s()._-]", "", text))


def read_short_text(cell: Cell) -> Reading[str]:
    """A register number or a courtyard number: kept as typed, a number cell as its digits."""
    text = words(cell)
    if text is not None and len(text) > SHORT_LENGTH:
        return Reading(None, ("row.too_long",))
    return Reading(text)


def read_courtyard(cell: Cell) -> Reading[str]:
    if isinstance(cell, date) or (isinstance(cell, str) and _TEXT_DATES.fullmatch(tidy(cell))):
        return Reading(None, ("courtyard.date",))
    reading = read_short_text(cell)
    return reading if reading.value is not None or reading.codes else Reading(None, ("courtyard.missing",))


def courtyard_key(courtyard: str) -> str:
    """For telling whether two courtyards of one village are one: 001, 1 and １号 are."""
    return re.sub(r"(?:号院|号|院)$", "", folded(courtyard)).lstrip("0") or "0"


def read_registered(cell: Cell) -> Reading[bool]:
    """The village committee's register: yes or no. The word 无 is an answer here."""
    if cell is None or (isinstance(cell, str) and not tidy(cell)):
        return Reading(None, ("register.village_unknown",))
    said = folded(str(cell))
    if said in _YES or said in _NO:
        return Reading(said in _YES)
    return Reading(None, ("register.village_unclear",))


def read_people(cell: Cell) -> Reading[int]:
    if cell is None:
        return Reading(None, ("people.missing",))
    text = words(cell)
    if text is None:
        return Reading(None, ("people.missing",))
    found = _PEOPLE.fullmatch(folded(text))
    if found is None:
        return Reading(None, ("people.not_number",))
    number = int(found[1])
    if not 1 <= number <= MOST_PEOPLE:
        return Reading(None, ("people.out_of_range",))
    return Reading(number, ("people.spelling",) if found[2] else ())


def read_address(cell: Cell) -> Reading[str]:
    text = words(cell)
    if text is None:
        return Reading(None, ("address.missing",))
    return Reading(text) if len(text) <= ADDRESS_LENGTH else Reading(None, ("row.too_long",))


def read_path(cell: Cell, labels: Mapping[str, str], as_meant: Mapping[str, str]) -> Reading[str]:
    """A path's code. ``labels`` as the programme writes them, ``as_meant`` by their folded form with the synonyms."""
    if isinstance(cell, str) and cell in labels:
        return Reading(labels[cell])
    text = words(cell)
    if text is None:
        return Reading(None, ("path.missing",))
    code = as_meant.get(folded(text))
    return Reading(None, ("path.unknown",)) if code is None else Reading(code, ("path.synonym",))


def read_floor_area(cell: Cell) -> Reading[Decimal]:
    """Square metres to two places."""
    text = words(cell)
    if text is None:
        return Reading(None, ("area.missing",))
    codes: tuple[str, ...] = ()
    if isinstance(cell, str):
        text = folded(text)
        bare = _AREA_UNIT.sub("", text)
        text, codes = bare, ("area.spelling",) if bare != text else ()
    try:
        area = round(Decimal(text), 2)
    except InvalidOperation:
        return Reading(None, ("area.not_number",))
    if not area.is_finite() or area > LARGEST_AREA:
        return Reading(None, ("area.not_number",))
    if area <= 0:
        return Reading(None, ("area.negative",) if area < 0 else ("area.zero",))
    return Reading(area, codes)


def read_remark(cell: Cell) -> Reading[str]:
    """Free text; what does not fit is cut, and said."""
    text = words(cell)
    if text is not None and len(text) > REMARK_LENGTH:
        return Reading(text[:REMARK_LENGTH], ("remark.cut",))
    return Reading(text)
