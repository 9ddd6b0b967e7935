"""How many rows a file holds, roughly and fast: whether somebody waits for it or a worker reads it."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from typing import Final

from backend.registry.reading.limits import USUAL, Limits

_ROW: Final = re.compile(rb"<(?:[^\s<>/:]+:)?row[\s/>]")
_VALUE: Final = re.compile(rb"<(?:[^\s<>/:]+:)?(?:v|is)[\s>]")
_SHEET: Final = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)


def rows_in(raw: bytes, *, limits: Limits = USUAL) -> int:
    """Rows with something in them, header and notes included; 0 where reading will refuse the file anyway."""
    if not raw.startswith(b"PK"):
        return max(raw.count(b"\n"), raw.count(b"\r"))
    rows, left = 0, limits.unpacked_bytes
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            for info in archive.infolist():
                if not _SHEET.fullmatch(info.filename):
                    continue
                with archive.open(info) as stream:
                    xml = stream.read(left + 1)
                left -= len(xml)
                if left < 0:
                    return 0
                # A sheet that was formatted to its end has a million rows with nothing in them.
                rows += sum(_VALUE.search(row) is not None for row in _ROW.split(xml)[1:])
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError):
        # No workbook, or one that zipfile cannot read: the reader itself says what is wrong with it.
        return 0
    return rows
