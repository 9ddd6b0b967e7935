"""What a request answers while somebody waits, and what a worker does behind it."""

from __future__ import annotations

from typing import Final

ROWS_AT_ONCE: Final = 5_000
"""Rows of a list: a large township. Read and judged in a second here, in ten on a slow and busy machine."""

STICKERS_AT_ONCE: Final = 1_000
"""A hundred sheets: a large village. Ten seconds of a thread; the whole district takes minutes."""

_TOWNSHIP_DIGITS: Final = 9


def judged_at_once(rows: int) -> bool:
    return rows <= ROWS_AT_ONCE


def printed_at_once(area_code: str, stickers: int) -> bool:
    """At most one township, and no more than ``STICKERS_AT_ONCE``."""
    return len(area_code) >= _TOWNSHIP_DIGITS and stickers <= STICKERS_AT_ONCE
