"""Which values a subscribe-message template takes, field by field, and what fits into a mini-program code.

Prose is cut; what identifies (a number, a phone, an amount, a state) is refused instead, because cut it would lie.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Final


class UnfitValue(ValueError):
    """The platform would answer 47003 (or refuse the code). Names the field and the reason, never the value."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


THING_MAX: Final = 20
NAME_MAX: Final = 10
LATIN_NAME_MAX: Final = 20
SCENE_MAX: Final = 32

_CHINESE = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_CONTROL = re.compile(r"[\s\x00-\x1f\x7f\u200b-\u200f\u2028-\u202e\ufeff]+")
_CLOCK = r"(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?"
_DAY = r"\d{4}年\d{1,2}月\d{1,2}日|\d{4}-\d{1,2}-\d{1,2}|\d{4}/\d{1,2}/\d{1,2}"
_TIME = re.compile(rf"(?:(?P<day>{_DAY})\s?)?{_CLOCK}")
_DATE = re.compile(rf"(?P<day>{_DAY})(?:\s?{_CLOCK})?")
_PAGE: Final = re.compile(r"[0-9A-Za-z_-]+(/[0-9A-Za-z_-]+)*(\?[!-~]{0,200})?")
_SCENE = re.compile(r"[0-9A-Za-z!#$&'()*+,/:;=?@\-._~]{1,32}")

_WHOLE: Final[dict[str, tuple[re.Pattern[str], str]]] = {
    "number": (re.compile(r"(?=.{1,32}$)\d+(?:\.\d+)?"), "at most 32 digits"),
    "letter": (re.compile(r"[A-Za-z]{1,32}"), "at most 32 letters"),
    "symbol": (re.compile(r"[^\w\s]{1,5}"), "at most 5 symbols"),
    "character_string": (re.compile(r"[\x20-\x7e]{1,32}"), "at most 32 digits, letters or symbols"),
    "amount": (re.compile(r"[¥￥$€£]\d{1,10}(?:\.\d{1,2})?元?"), "a currency sign and at most 10 digits"),
    "phone_number": (re.compile(r"[\d+\-]{1,17}"), "at most 17 digits, + or -"),
    "car_number": (re.compile(r"[\w\u4e00-\u9fff]{1,8}"), "at most 8 characters"),
    "phrase": (re.compile(r"[\u3400-\u9fff]{1,5}"), "at most 5 Chinese characters"),
}


def fit_values(values: Mapping[str, str]) -> dict[str, str]:
    """Each value as the platform takes it, keyed as given (``thing1``, ``time3``). Raises UnfitValue."""
    if not values:
        raise UnfitValue("data", "no fields")
    return {field: fit_value(field, value) for field, value in values.items()}


def fit_value(field: str, value: str) -> str:
    """``value`` cut or confirmed for ``field``, whose type is its name without the number. Raises UnfitValue."""
    kind = field.rstrip("0123456789")
    text = _CONTROL.sub(" ", value).strip()
    if not text:
        raise UnfitValue(field, "empty")
    if kind == "thing":
        return _cut(text, THING_MAX)
    if kind == "name":
        return _fit_name(field, text)
    if kind in ("time", "date"):
        return _fit_instant(field, text, _TIME if kind == "time" else _DATE)
    if kind not in _WHOLE:
        raise UnfitValue(field, "unknown field type")
    pattern, reason = _WHOLE[kind]
    if not pattern.fullmatch(text):
        raise UnfitValue(field, reason)
    return text


def fit_scene(scene: str) -> str:
    """A scene that a mini-program code can hold: 1 to 32 of the platform's characters. Raises UnfitValue."""
    if not _SCENE.fullmatch(scene):
        raise UnfitValue("scene", "1 to 32 of the allowed characters")
    return scene


def fit_page(page: str) -> str:
    """A page path as the platform wants it: no leading slash, a query at most. Raises UnfitValue."""
    if not _PAGE.fullmatch(page):
        raise UnfitValue("page", "a path without leading slash")
    return page


def fit_page_of_code(page: str) -> str:
    """A page that a mini-program code can open: without a query, for which the scene is there. Raises UnfitValue."""
    if "?" in page:
        raise UnfitValue("page", "a path without a query")
    return fit_page(page)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def _fit_name(field: str, text: str) -> str:
    if re.search(r"\d", text):
        raise UnfitValue(field, "a name holds no digits")
    return text[: NAME_MAX if _CHINESE.search(text) else LATIN_NAME_MAX].strip()


def _fit_instant(field: str, text: str, pattern: re.Pattern[str]) -> str:
    """One instant, or two joined by ``~``."""
    parts = re.split(r"\s?[~～]\s?", text)
    if len(parts) > 2:
        raise UnfitValue(field, "at most one period")
    for part in parts:
        match = pattern.fullmatch(part)
        if not match:
            raise UnfitValue(field, "not the platform's form of a day or a 24-hour time")
        if match["day"]:
            year, month, day = (int(number) for number in re.findall(r"\d+", match["day"]))
            try:
                date(year, month, day)
            except ValueError:
                raise UnfitValue(field, "no such day") from None
    return "~".join(parts)
