"""What the platform checks in a template's values. Written apart from the product, so that each can prove the other wrong."""

from __future__ import annotations

import re
from datetime import date, time

_CHINESE = r"\u3400-\u9fff\uf900-\ufaff"
_CLOCK = r"\d{1,2}:\d{2}(:\d{2})?"
_DAY = r"\d{4}(年\d{1,2}月\d{1,2}日|-\d{1,2}-\d{1,2}|/\d{1,2}/\d{1,2})"

_FORMS = {
    "thing": r"(?s).{1,20}",
    "number": r"[\d.]{1,32}",
    "letter": r"[A-Za-z]{1,32}",
    "symbol": r"[^\w\s]{1,5}",
    "character_string": rf"[^{_CHINESE}\s]([^{_CHINESE}\n]{{0,31}})",
    "time": rf"({_DAY} ?)?{_CLOCK}(~({_DAY} ?)?{_CLOCK})?",
    "date": rf"{_DAY}( ?{_CLOCK})?(~{_DAY}( ?{_CLOCK})?)?",
    "amount": r"[^\w\s]\d{1,10}(\.\d+)?元?",
    "phone_number": r"[\d+\- ()]{1,17}",
    "car_number": r"\w{1,8}",
    "name": rf"[^\d]{{1,10}}|[^\d{_CHINESE}]{{1,20}}",
    "phrase": rf"[{_CHINESE}]{{1,5}}",
}


def first_wrong_field(expected: dict[str, str], data: object) -> str | None:
    """The first field that is missing, unknown, empty or not of its type, as errmsg names it; None if all are right."""
    if not isinstance(data, dict):
        return "data"
    for field in expected:
        if field not in data:
            return f"data.{field}.value"
    for field, holder in data.items():
        value = holder.get("value") if isinstance(holder, dict) else None
        form = _FORMS.get(field.rstrip("0123456789"))
        if field not in expected or form is None:
            return f"data.{field}"
        if not isinstance(value, str) or not value.strip() or not re.fullmatch(form, value):
            return f"data.{field}.value"
        if field.startswith(("time", "date")) and not _exists(value):
            return f"data.{field}.value"
    return None


def _exists(value: str) -> bool:
    """Whether every day of a value is one of the calendar, and every time one of the 24 hours."""
    days = re.findall(r"(\d{4})\D(\d{1,2})\D(\d{1,2})", value)
    times = re.findall(r"(\d{1,2}):(\d{2})(?::(\d{2}))?", value)
    try:
        for year, month, day in days:
            date(int(year), int(month), int(day))
        for hour, minute, second in times:
            time(int(hour), int(minute), int(second or 0))
    except ValueError:
        return False
    return True
