"""How large a list may be. A whole district is some 25,000 rows and 2 MB."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes as uploaded, bytes once unpacked, rows of the sheet, cells of the rectangle around what is filled in."""

    file_bytes: int = 20_000_000
    unpacked_bytes: int = 160_000_000
    rows: int = 200_000
    cells: int = 6_000_000


USUAL: Final = Limits()
