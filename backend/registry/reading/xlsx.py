"""A list in an xlsx workbook.

A workbook comes from anywhere: it may unpack to gigabytes, name one part twice, or hide a formula from one reader that
another one sees. So each part is unpacked once and within a limit, looked at, and packed again into a plain workbook of our
own making; the reader (calamine) is given that, and sees exactly the bytes that were looked at.

calamine shows the last result of a formula, or nothing. Formulas are found in the part itself and take the place of the value.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from datetime import date, datetime
from typing import Final, NamedTuple

import python_calamine

from backend.registry.reading.errors import ListTooLarge, NotAList, SeveralLists
from backend.registry.reading.header import SEARCHED_ROWS, Merged, find_header, rows_below
from backend.registry.reading.limits import Limits
from backend.registry.reading.sheet_xml import Refused, SheetScan, attributes, scan_sheet
from backend.registry.rules.list_rows import Cell, SheetRows

_MOST_PARTS: Final = 2_000
_MOST_SHEETS: Final = 60
_EXACT_BELOW: Final = 1e15
_CHUNK: Final = 1 << 20


class _Sheet(NamedTuple):
    name: str
    part: str


def read(raw: bytes, limits: Limits) -> SheetRows:
    """The one list among the visible sheets; raises NotAList, ListTooLarge, SeveralLists and what ``rows_below`` raises."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            package = _Package(archive, limits)
            sheets, old_epoch = _visible_sheets(package)
            strings, styles = package.optional("xl/sharedStrings.xml"), package.optional("xl/styles.xml")
            found = [
                rows
                for sheet in sheets
                if (rows := _read_sheet(sheet, package, strings, styles, old_epoch)) is not None
            ]
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,  # what zipfile says of a compression or version that it does not know
        RuntimeError,
        UnicodeError,
        OverflowError,
    ):
        raise NotAList("文件已损坏、设有密码，或不是 xlsx。") from None
    except Refused:
        raise NotAList("文件内容不规范。") from None
    if not found:
        raise NotAList("没有找到表头。")
    with_entries = [rows for rows in found if rows.rows]
    if len(with_entries) > 1:
        names = "、".join(rows.sheet for rows in with_entries[:5])
        raise SeveralLists(f"这些工作表里都有清单：{names}。")
    return (with_entries or found)[0]


class _Package:
    """The parts of a workbook, each unpacked once, all together within the limit whatever the directory claims."""

    def __init__(self, archive: zipfile.ZipFile, limits: Limits) -> None:
        infos = archive.infolist()
        if len(infos) > _MOST_PARTS or sum(info.file_size for info in infos) > limits.unpacked_bytes:
            raise ListTooLarge("文件解压后过大。")
        self.limits = limits
        self._archive = archive
        self._infos = {info.filename: info for info in infos}
        self._left = limits.unpacked_bytes

    def part(self, name: str) -> bytes:
        """A part's bytes; raises Refused if it is absent or no plain UTF-8 XML without a document type."""
        info = self._infos.get(name)
        if info is None:
            raise Refused(f"no part {name}")
        chunks = []
        try:
            with self._archive.open(info) as stream:
                while chunk := stream.read(_CHUNK):
                    self._left -= len(chunk)
                    if self._left < 0:
                        raise ListTooLarge("文件解压后过大。")
                    chunks.append(chunk)
        except ValueError as damaged:  # of zipfile, for a directory that points before the file's beginning
            raise Refused(f"part {name} cannot be found in the file") from damaged
        xml = b"".join(chunks)
        if not _plain(xml):
            raise Refused(f"part {name} is not plain XML")
        return xml

    def optional(self, name: str) -> bytes | None:
        return self.part(name) if name in self._infos else None


def _plain(xml: bytes) -> bool:
    head = xml[:200].removeprefix(b"\xef\xbb\xbf")
    declared = re.match(rb"<\?xml[^>]*encoding\s*=\s*[\"']([^\"']*)", head)
    if declared is not None and declared[1].lower() not in (b"utf-8", b"utf8", b"us-ascii"):
        return False
    return (
        head.lstrip().startswith(b"<")
        and b"\x00" not in head
        and b"<!DOCTYPE" not in xml
        and b"<!ENTITY" not in xml
    )


def _visible_sheets(package: _Package) -> tuple[list[_Sheet], bool]:
    targets = {
        found["Id"]: found["Target"]
        for tag, found in attributes(package.part("xl/_rels/workbook.xml.rels"))
        if tag == "Relationship"
        and found.get("Type", "").endswith("/worksheet")
        and {"Id", "Target"} <= found.keys()
    }
    sheets, old_epoch = [], False
    for tag, found in attributes(package.part("xl/workbook.xml")):
        if tag == "workbookPr":
            old_epoch = found.get("date1904", "0").lower() in ("1", "true", "on")
        if tag == "sheet" and found.get("state", "visible") == "visible" and found.get("id", "") in targets:
            target = targets[found["id"]]
            part = posixpath.normpath(target.lstrip("/") if target.startswith("/") else f"xl/{target}")
            sheets.append(_Sheet(found.get("name", ""), part))
    if len(sheets) > _MOST_SHEETS:
        raise ListTooLarge("工作表过多。")
    return sheets, old_epoch


def _read_sheet(
    sheet: _Sheet, package: _Package, strings: bytes | None, styles: bytes | None, old_epoch: bool
) -> SheetRows | None:
    """The list in a sheet, or None if it has no header."""
    xml = package.part(sheet.part)
    scan = scan_sheet(xml, strings)
    if scan.rows > package.limits.rows + SEARCHED_ROWS or scan.rows * scan.columns > package.limits.cells:
        raise ListTooLarge(f"清单超过{package.limits.rows}行，或在很远的行列里有内容。")
    if scan.text_bytes > package.limits.unpacked_bytes:
        raise ListTooLarge("清单的文字过多。")
    grid, merged = _values(_repacked(xml, strings, styles, old_epoch))
    _put_formulas(grid, scan)
    header = find_header(grid)
    return None if header is None else rows_below(grid, header, sheet.name, merged, package.limits)


def _repacked(xml: bytes, strings: bytes | None, styles: bytes | None, old_epoch: bool) -> bytes:
    parts: dict[str, bytes | None] = {
        "[Content_Types].xml": _CONTENT_TYPES,
        "_rels/.rels": _PACKAGE_RELATIONS,
        "xl/workbook.xml": _WORKBOOK % (b"1" if old_epoch else b"0"),
        "xl/_rels/workbook.xml.rels": _WORKBOOK_RELATIONS,
        "xl/styles.xml": styles,
        "xl/sharedStrings.xml": strings,
        "xl/worksheets/sheet1.xml": xml,
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name, part in parts.items():
            if part is not None:
                archive.writestr(name, part)
    return packed.getvalue()


def _values(workbook: bytes) -> tuple[list[list[Cell]], list[Merged]]:
    try:
        sheet = python_calamine.load_workbook(io.BytesIO(workbook)).get_sheet_by_index(0)
        values = sheet.to_python(skip_empty_area=False)
        merged = [Merged(*first, *last) for first, last in sheet.merged_cell_ranges or ()]
    except (python_calamine.CalamineError, ValueError, OSError):
        raise NotAList("文件内容不规范。") from None
    except BaseException as panic:
        # A panic of the Rust reader derives from BaseException; everything else of that kind goes its way.
        if type(panic).__name__ != "PanicException":
            raise
        raise NotAList("文件内容不规范。") from None
    return [[_cell(value) for value in row] for row in values], merged


def _cell(value: object) -> Cell:
    if value == "" or value is None:
        return None
    if isinstance(value, str):
        return value if value.strip() else None
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < _EXACT_BELOW else value
    if isinstance(value, int):
        return value if abs(value) < _EXACT_BELOW else float(value)
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    return str(value)


def _put_formulas(grid: list[list[Cell]], scan: SheetScan) -> None:
    for (row, column), text in scan.formulas.items():
        while len(grid) <= row:
            grid.append([])
        cells = grid[row]
        cells.extend([None] * (column + 1 - len(cells)))
        cells[column] = "=" + text


_MAIN: Final = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_OFFICE: Final = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = b"http://schemas.openxmlformats.org/package/2006"
_CONTENT_TYPES: Final = (
    b'<?xml version="1.0" encoding="UTF-8"?><Types xmlns="' + _PACKAGE + b'/content-types">'
    b'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    b'<Default Extension="xml" ContentType="application/xml"/></Types>'
)
_PACKAGE_RELATIONS: Final = (
    b'<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="' + _PACKAGE + b'/relationships">'
    b'<Relationship Id="r1" Type="' + _OFFICE + b'/officeDocument" Target="xl/workbook.xml"/></Relationships>'
)
_WORKBOOK: Final = (
    b'<?xml version="1.0" encoding="UTF-8"?><workbook ' + _MAIN + b' xmlns:r="' + _OFFICE + b'">'
    b'<workbookPr date1904="%s"/><sheets><sheet name="list" sheetId="1" r:id="r1"/></sheets></workbook>'
)
_WORKBOOK_RELATIONS: Final = (
    b'<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="' + _PACKAGE + b'/relationships">'
    b'<Relationship Id="r1" Type="' + _OFFICE + b'/worksheet" Target="worksheets/sheet1.xml"/>'
    b'<Relationship Id="r2" Type="' + _OFFICE + b'/styles" Target="styles.xml"/>'
    b'<Relationship Id="r3" Type="'
    + _OFFICE
    + b'/sharedStrings" Target="sharedStrings.xml"/></Relationships>'
)
