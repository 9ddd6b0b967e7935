"""Citizen identity numbers (GB 11643): what was meant, and whether it can be true."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import Final, NamedTuple

from backend.registry.rules.list_rows import Cell, words

_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS: Final = "10X98765432"
_USUAL: Final = re.compile(r"[0-9]{17}[0-9X]")
_OLD: Final = re.compile(r"[0-9]{15}")
_SCIENTIFIC: Final = re.compile(r"[0-9](?:\.[0-9]+)?[eE]\+?[0-9]{2}")
_APOSTROPHES: Final = "'’‘`＇"
_HYPHENS: Final = re.compile(r"[-‐-―_.·]")
_BLANKS: Final = re.compile(r"[\s\u200b-\u200f\u202a-\u202e\u2060\ufeff]+")
_MOST_DIGITS_IN_A_NUMBER_CELL: Final = 15
"""A spreadsheet keeps fifteen digits of a number; the rest of an identity number is gone for good."""

MAJORITY: Final = 18
"""Years; a younger head of household is looked at."""


class IdReading(NamedTuple):
    """The number if it stands, and the codes of what was mended or is wrong, in the order in which it was met."""

    value: str | None
    codes: tuple[str, ...] = ()


def check_character(first_17: str) -> str:
    """The eighteenth character for seventeen digits."""
    return _CHECKS[sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, first_17, strict=True)) % 11]


def born_on(number: str) -> date | None:
    """The day of birth in an 18-character number; None if there is no such day."""
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def age_on(born: date, on: date) -> int:
    """Full years on a day."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def masked_id(number: str) -> str:
    """The division and the last four; anything too short to be one is hidden whole."""
    if len(number) < 12:
        return "*" * len(number)
    return number[:6] + "*" * (len(number) - 10) + number[-4:]


def read_id_number(cell: Cell, on: date) -> IdReading:
    """What the cell means on a day: id.missing, the silent mends, or why it cannot stand."""
    if isinstance(cell, str) and _USUAL.fullmatch(cell):
        return _judged(cell, (), on)
    text = words(cell)
    if text is None:
        return IdReading(None, ("id.missing",))
    if isinstance(cell, (int, float)):
        if isinstance(cell, float) or len(text) > _MOST_DIGITS_IN_A_NUMBER_CELL:
            return IdReading(None, ("id.digits_lost",))
        return _judged(text, ("id.number",), on)
    number, mends = _as_meant(cell if isinstance(cell, str) else text)
    if _SCIENTIFIC.fullmatch(number):
        return IdReading(None, ("id.digits_lost",))
    return _judged(number, mends, on)


def _as_meant(text: str) -> tuple[str, tuple[str, ...]]:
    mends = []
    without = _BLANKS.sub("", text)
    if without != text:
        mends.append("id.spaces")
    plain = without.strip(_APOSTROPHES)
    if plain != without:
        mends.append("id.apostrophe")
    narrow = unicodedata.normalize("NFKC", plain)
    if narrow != plain:
        mends.append("id.fullwidth")
    joined = _HYPHENS.sub("", narrow)
    if joined != narrow and _SCIENTIFIC.fullmatch(narrow) is None:
        mends.append("id.separators")
        narrow = joined
    if narrow.endswith("x"):
        mends.append("id.lowercase_x")
        narrow = narrow[:-1] + "X"
    return narrow, tuple(mends)


def _judged(number: str, mends: tuple[str, ...], on: date) -> IdReading:
    if _OLD.fullmatch(number):
        long = number[:6] + "19" + number[6:]
        number, mends = long + check_character(long), (*mends, "id.fifteen")
    if len(number) != 18:
        return IdReading(None, (*mends, "id.length"))
    if _USUAL.fullmatch(number) is None:
        return IdReading(None, (*mends, "id.characters"))
    if check_character(number[:17]) != number[17]:
        return IdReading(None, (*mends, "id.checksum"))
    born = born_on(number)
    if born is None or not date(1900, 1, 1) <= born <= on:
        return IdReading(None, (*mends, "id.birthdate"))
    return IdReading(number, (*mends, "head.minor") if age_on(born, on) < MAJORITY else mends)
