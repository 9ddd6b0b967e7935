"""A township's list from a file: what was typed in each row, with nothing judged and nothing computed (8.1)."""

from __future__ import annotations

from backend.registry.reading import csv, xlsx
from backend.registry.reading.counting import rows_in
from backend.registry.reading.errors import ListTooLarge, NotAList
from backend.registry.reading.limits import USUAL, Limits
from backend.registry.rules.list_rows import SheetRows

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def read_list(raw: bytes, filename: str, *, limits: Limits = USUAL) -> SheetRows:
    """The list in an xlsx workbook or a csv; what the bytes are decides, the name only words the refusal.

    Raises NotAList (415), ListTooLarge (413), ColumnsMissing, ColumnsRepeated or SeveralLists (422).
    """
    if len(raw) > limits.file_bytes:
        raise ListTooLarge(f"文件超过{limits.file_bytes // 1_000_000} MB。")
    if raw.startswith(b"PK"):
        return xlsx.read(raw, limits)
    if raw.startswith(_OLE):
        raise NotAList("文件是旧版 xls 或设有打开密码。", next="请去掉密码，另存为 xlsx 后再上传。")
    if filename.lower().endswith((".xlsx", ".xlsm", ".xls", ".et", ".ods")):
        raise NotAList("文件已损坏，或不是表格。")
    return csv.read(raw, limits)


__all__ = ["USUAL", "Limits", "read_list", "rows_in"]
