"""The wire's shapes: fields that refuse what a database or a person could choke on."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

import marshmallow as ma
from marshmallow import fields, validate

from backend.core.db import ID_LENGTH

INT_LIMIT: Final = 2_000_000_000  # what a 32-bit column holds, with room for sums

_MESSAGES = {
    "required": "必填。",
    "null": "不能为空。",
    "validator_failed": "内容不符合要求。",
    "invalid": "格式不对。",
    "too_large": "数值过大。",
}


class Schema(ma.Schema):
    """Base of all request and answer shapes; an unknown field is refused, so that a typo is never silently lost."""

    error_messages = {"unknown": "没有这一项。", "type": "应为一个对象。"}

    class Meta:
        unknown = ma.RAISE

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        _in_chinese(field_obj)


_OF_KINDS: Final[tuple[tuple[type[fields.Field[Any]], str], ...]] = (
    (fields.List, "应为一个列表。"),
    (fields.Mapping, "应为一个对象。"),
    (fields.Nested, "应为一个对象。"),
)


def _in_chinese(field: fields.Field[Any]) -> None:
    """What marshmallow's own fields would say in English; a word that a field of ours chose stays."""
    english: dict[str, str] = {}
    for kind in reversed(type(field).__mro__):
        if kind.__module__.startswith("marshmallow."):
            english |= vars(kind).get("default_error_messages", {})
    shape = next((word for kind, word in _OF_KINDS if isinstance(field, kind)), _MESSAGES["invalid"])
    words = {**_MESSAGES, "invalid": shape}
    field.error_messages = {
        key: words.get(key, shape) if word == english.get(key) else word
        for key, word in field.error_messages.items()
    }
    if isinstance(field, fields.List):
        _in_chinese(field.inner)
    if isinstance(field, fields.Mapping):
        for inner in (field.key_field, field.value_field):
            if inner is not None:
                _in_chinese(inner)


class QuerySchema(Schema):
    """Base for query strings."""


def holds_control_characters(text: str, allow_lines: bool = False) -> bool:
    """True for what no name, note or code may hold: control characters, NUL, lone surrogates, noncharacters."""
    for character in text:
        # Not "Cn" as a whole: rare family names are written with characters younger than this Python's tables.
        if (unicodedata.category(character) in ("Cc", "Cs") or _is_noncharacter(ord(character))) and not (
            allow_lines and character in "\n\r\t"
        ):
            return True
    return False


def _is_noncharacter(code: int) -> bool:
    return code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF


class Text(fields.String):
    """Trimmed text without control characters, never empty unless ``allow_blank``; ``lines`` permits line breaks."""

    default_error_messages = {
        **_MESSAGES,
        "invalid": "应为文字。",
        "blank": "不能为空。",
        "control": "含有不能使用的字符。",
        "too_long": "太长，最多 {max} 个字。",
    }

    def __init__(
        self, max_length: int = 200, *, allow_blank: bool = False, lines: bool = False, **more: Any
    ) -> None:
        metadata = {
            "maxLength": max_length,
            **({} if allow_blank else {"minLength": 1}),
            **more.pop("metadata", {}),
        }
        super().__init__(metadata=metadata, **more)
        self.max_length, self.allow_blank, self.lines = max_length, allow_blank, lines

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> str:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        if holds_control_characters(value, self.lines):
            raise self.make_error("control")
        text = value.strip()
        if not text and not self.allow_blank:
            raise self.make_error("blank")
        if len(text) > self.max_length:
            raise self.make_error("too_long", max=self.max_length)
        return text


class Identifier(Text):
    """One of our opaque ids."""

    _SHAPE = re.compile(rf"[0-9A-Z]{{{ID_LENGTH}}}")

    def __init__(self, **more: Any) -> None:
        metadata = {"pattern": f"^{self._SHAPE.pattern}$", **more.pop("metadata", {})}
        super().__init__(max_length=ID_LENGTH, metadata=metadata, **more)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if not self._SHAPE.fullmatch(text):
            raise self.make_error("invalid")
        return text


class AreaCode(Text):
    """An administrative division code, six to twelve digits."""

    default_error_messages = {"invalid": "应为六到十二位的行政区划代码。"}

    _SHAPE = re.compile(r"[0-9]{6,12}")

    def __init__(self, **more: Any) -> None:
        metadata = {"pattern": "^[0-9]{6,12}$", **more.pop("metadata", {})}
        super().__init__(max_length=12, metadata=metadata, **more)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if not (text.isascii() and self._SHAPE.fullmatch(text)):
            raise self.make_error("invalid")
        return text


class WholeNumber(fields.Integer):
    """An integer that came as one: no fractions, no text, no truth values; within a 32-bit column."""

    default_error_messages = {
        **_MESSAGES,
        "invalid": "应为整数。",
        "range": "应在 {min} 到 {max} 之间。",
    }

    def __init__(
        self, minimum: int = 0, maximum: int = INT_LIMIT, *, from_text: bool = False, **more: Any
    ) -> None:
        metadata = {"minimum": minimum, "maximum": maximum, **more.pop("metadata", {})}
        super().__init__(strict=True, metadata=metadata, **more)
        self.minimum, self.maximum, self.from_text = minimum, maximum, from_text

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> int:
        if self.from_text and isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,10}", value):
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.make_error("invalid")
        if not self.minimum <= value <= self.maximum:
            raise self.make_error("range", min=self.minimum, max=self.maximum)
        return value


class Kilograms(WholeNumber):
    """Whole kilograms, at least one."""

    def __init__(self, minimum: int = 1, maximum: int = 1_000_000, **more: Any) -> None:
        super().__init__(minimum, maximum, **more)


class Fen(WholeNumber):
    """Money in fen."""


class Count(WholeNumber):
    """How many."""

    def __init__(self, minimum: int = 0, maximum: int = 1_000_000, **more: Any) -> None:
        super().__init__(minimum, maximum, **more)


class Measure(fields.Decimal):
    """A measured decimal (watts, m², kWh, °C), sent as a JSON number; bounded, never NaN or infinite."""

    default_error_messages = {
        **_MESSAGES,
        "invalid": "应为数字。",
        "special": "应为数字。",
        "range": "应在 {min} 到 {max} 之间。",
    }

    def __init__(self, minimum: str = "0", maximum: str = "1000000", places: int = 2, **more: Any) -> None:
        metadata = {"minimum": float(minimum), "maximum": float(maximum), **more.pop("metadata", {})}
        super().__init__(places=places, allow_nan=False, metadata=metadata, **more)
        self.minimum, self.maximum = Decimal(minimum), Decimal(maximum)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> Decimal:
        if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
            raise self.make_error("invalid")
        if not self.minimum <= Decimal(str(value)) <= self.maximum:
            raise self.make_error("range", min=self.minimum, max=self.maximum)
        number = super()._deserialize(value, attr, data, **kwargs)
        assert isinstance(number, Decimal)
        return number

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return None if value is None else float(value)


class Truth(fields.Boolean):
    """true or false, as JSON has them."""

    default_error_messages = {**_MESSAGES, "invalid": "应为是或否。"}

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid")
        return value


class TextTruth(fields.Boolean):
    """true or false in a query string."""

    default_error_messages = {**_MESSAGES, "invalid": "应为 true 或 false。"}

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> bool:
        if value not in ("true", "false"):
            raise self.make_error("invalid")
        return bool(value == "true")


class Choice(Text):
    """One of a closed list of codes."""

    def __init__(self, choices: list[str] | tuple[str, ...], **more: Any) -> None:
        listed = "、".join(choices)
        super().__init__(
            max_length=64, validate=validate.OneOf(list(choices), error=f"应为以下之一：{listed}。"), **more
        )


class Day(fields.Date):
    """A day, as YYYY-MM-DD, between 1900 and 2200."""

    default_error_messages = {**_MESSAGES, "invalid": "应为日期，如 2022-09-15。", "format": "日期不对。"}

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> date:
        if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
            raise self.make_error("invalid")
        day = super()._deserialize(value, attr, data, **kwargs)
        assert isinstance(day, date)
        if not 1900 <= day.year <= 2200:
            raise self.make_error("invalid")
        return day


class Instant(fields.AwareDateTime):
    """An instant: RFC 3339, answered with Z."""

    default_error_messages = {**_MESSAGES, "invalid": "应为时间，如 2022-09-15T02:00:00Z。"}

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> datetime:
        if not isinstance(value, str) or not value.isascii() or len(value) > 40:
            raise self.make_error("invalid")
        try:
            instant = datetime.fromisoformat(value)
        except ValueError:
            raise self.make_error("invalid") from None
        if instant.tzinfo is None or not 1900 <= instant.year <= 2200:
            raise self.make_error("invalid")
        return instant

    def _serialize(self, value: datetime | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else instant_text(value)


def instant_text(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class ReasonSchema(Schema):
    """One cited reason of a decision."""

    code = fields.String(required=True)
    clause = fields.String(required=True)
    clause_label = fields.String(required=True)
    text = fields.String(required=True)


class ReasonGivenSchema(Schema):
    """A reason in the person's own words; others will read it."""

    reason = Text(300, required=True)
