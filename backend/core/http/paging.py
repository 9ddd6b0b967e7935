"""Lists by keyset: ``{"items": […], "next": cursor}``; a page costs the same however deep it lies."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from marshmallow import fields

from backend.core.errors import Invalid
from backend.core.http.shapes import QuerySchema, Schema, Text, WholeNumber

Item = TypeVar("Item")
View = TypeVar("View")


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """One page of views and the cursor of the next, None at the end."""

    items: tuple[Item, ...]
    next: str | None


class BadCursor(Invalid):
    code = "http.bad_cursor"
    title = "翻页标记无效"
    next = "请从第一页重新打开列表。"


class PagingSchema(QuerySchema):
    """Query of every list: ``limit`` up to 200, ``cursor`` from the page before."""

    limit = WholeNumber(1, 200, from_text=True, load_default=50)
    cursor = Text(200, load_default=None)


def cursor_for(key: str) -> str:
    return base64.urlsafe_b64encode(key.encode()).decode().rstrip("=")


def after(cursor: str | None) -> str:
    """The key after which a page begins; the empty string, before all keys, for the first page."""
    if cursor is None:
        return ""
    try:
        key = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode(
            "ascii"
        )
    except (binascii.Error, ValueError) as error:
        raise BadCursor("翻页标记无效。") from error
    if not re.fullmatch(r"[0-9A-Za-z:_.-]{1,128}", key):
        raise BadCursor("翻页标记无效。")
    return key


def page_of(
    rows: Sequence[Item], limit: int, key: Callable[[Item], str], view: Callable[[Item], View]
) -> Page[View]:
    """Make a page of rows that were fetched with ``limit + 1``: the surplus one tells that there is more."""
    kept = rows[:limit]
    more = len(rows) > limit
    return Page(tuple(view(row) for row in kept), cursor_for(key(kept[-1])) if more and kept else None)


_page_schemas: dict[type[Schema], type[Schema]] = {}


def page_schema(item: type[Schema]) -> type[Schema]:
    """The shape of a page of ``item``."""
    if item not in _page_schemas:
        name = item.__name__.removesuffix("Schema") + "PageSchema"
        members: dict[str, Any] = {
            "items": fields.List(fields.Nested(item), required=True),
            "next": fields.String(allow_none=True, required=True),
            "__module__": item.__module__,
        }
        _page_schemas[item] = type(name, (Schema,), members)
    return _page_schemas[item]
