"""A list saved as text: UTF-8 with or without its mark, GB 18030, or the UTF-16 that spreadsheets call Unicode text."""

from __future__ import annotations

import codecs
import csv
import io

from backend.registry.reading.errors import ListTooLarge, NotAList
from backend.registry.reading.header import SEARCHED_ROWS, find_header, rows_below
from backend.registry.reading.limits import Limits
from backend.registry.rules.list_rows import Cell, SheetRows

_DELIMITERS = ",\t;"


def read(raw: bytes, limits: Limits) -> SheetRows:
    """Every cell as text, empty ones as None; the number of a row is that of its record."""
    text = _decoded(raw)
    if "\x00" in text:
        raise NotAList("文件不是文本表格。")
    grid: list[list[Cell]] = []
    try:
        for record in csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text)):
            grid.append([cell if cell.strip() else None for cell in record])
            if len(grid) > limits.rows + SEARCHED_ROWS:
                raise ListTooLarge(f"清单超过{limits.rows}行。")
    except csv.Error:
        raise NotAList("文件不是规范的 csv，可能有未闭合的引号或过长的内容。") from None
    header = find_header(grid)
    if header is None:
        raise NotAList("没有找到表头。")
    return rows_below(grid, header, "", (), limits)


def _decoded(raw: bytes) -> str:
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]
    else:
        # GB 18030 decodes almost anything, so it comes second: UTF-8 does not.
        encodings = ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise NotAList("文件的文字编码无法识别。")


def _delimiter(text: str) -> str:
    sample = text[:20_000]
    return max(_DELIMITERS, key=sample.count)
