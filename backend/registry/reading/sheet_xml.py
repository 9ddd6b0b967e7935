"""What calamine does not tell of a worksheet's XML: where the formulas are, and how large the sheet would become.

A glance with regular expressions tells whether a careful look, several times slower, is needed. Nearly no list needs it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple
from xml.parsers import expat


class Refused(Exception):
    """The XML is not what a spreadsheet writes."""


class SheetScan(NamedTuple):
    """Rows and columns of the filled rectangle, bytes of all shared texts once repeated (upper bounds), formulas.

    Rows and columns are 0 where a glance told that they are few.
    ``formulas``: (row, column) from 0 → the text without its "=", at most FORMULA_LENGTH characters, possibly empty.
    """

    rows: int
    columns: int
    text_bytes: int
    formulas: dict[tuple[int, int], str]


FORMULA_LENGTH: Final = 60
_GLANCED_TEXT: Final = 64_000_000
_MOST_FORMULAS: Final = 1_000_000

_FORMULA: Final = re.compile(rb"<(?:[^\s<>/:]+:)?f[\s/>]")
# A row or a cell that does not at once say that it is among the first 26 columns and 99,999 rows.
_UNUSUAL: Final = re.compile(rb"<(?:[^\s<>/:]+:)?(?:c|row)(?=[\s/>])(?! r=\"[A-Z]?[0-9]{1,5}\")")
_STRING_START: Final = re.compile(rb"<(?:[^\s<>/:]+:)?si[\s/>]")
_REFERENCE: Final = re.compile(r"([A-Za-z]{1,3})([1-9][0-9]{0,6})")


def scan_sheet(xml: bytes, strings: bytes | None) -> SheetScan:
    """Look at a sheet with its table of shared texts; raises Refused for XML that is not well formed where it matters."""
    lengths = _string_lengths(strings) if strings else []
    cells = xml.count(b"<c") + xml.count(b":c")
    text_bytes = cells * max(lengths, default=0)
    if text_bytes > _GLANCED_TEXT or _FORMULA.search(xml) or _UNUSUAL.search(xml) or b"<![CDATA[" in xml:
        return _CarefulLook(lengths).scan(xml)
    return SheetScan(0, 0, text_bytes, {})


def attributes(xml: bytes) -> Iterator[tuple[str, dict[str, str]]]:
    """Every element of a small part with its attributes, both without their prefix; raises Refused."""
    found: list[tuple[str, dict[str, str]]] = []

    def start(tag: str, given: dict[str, str]) -> None:
        found.append((_local(tag), {_local(name): value for name, value in given.items()}))

    parser = _parser()
    parser.StartElementHandler = start
    _parse(parser, xml)
    return iter(found)


class _CarefulLook:
    """One pass over a sheet with expat, as calamine walks it: a cell without a reference follows the one before."""

    def __init__(self, lengths: list[int]) -> None:
        self._lengths = lengths
        self._row = self._column = -1
        self._rows = self._columns = self._text_bytes = 0
        self._formulas: dict[tuple[int, int], str] = {}
        self._text: list[str] | None = None
        self._shared = False

    def scan(self, xml: bytes) -> SheetScan:
        parser = _parser()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        _parse(parser, xml)
        return SheetScan(self._rows, self._columns, self._text_bytes, self._formulas)

    def _start(self, tag: str, given: dict[str, str]) -> None:
        tag = _local(tag)
        if tag == "row":
            self._row = self._number(given["r"]) - 1 if "r" in given else self._row + 1
            self._column = -1
        elif tag == "c":
            if "r" in given:
                self._row, self._column = _position(given["r"])
            else:
                self._column += 1
            self._shared = given.get("t") == "s"
        elif tag in ("v", "is", "f"):
            self._rows = max(self._rows, self._row + 1)
            self._columns = max(self._columns, self._column + 1)
            if tag == "f" or (tag == "v" and self._shared):
                self._text = []

    def _end(self, tag: str) -> None:
        tag = _local(tag)
        if self._text is None or tag not in ("f", "v"):
            return
        text, self._text = "".join(self._text), None
        if tag == "f":
            if len(self._formulas) >= _MOST_FORMULAS:
                raise Refused("too many formulas")
            self._formulas[max(self._row, 0), max(self._column, 0)] = text[:FORMULA_LENGTH]
        elif text.isascii() and text.isdigit() and len(text) < 9 and int(text) < len(self._lengths):
            self._text_bytes += self._lengths[int(text)]

    def _characters(self, text: str) -> None:
        if self._text is not None:
            self._text.append(text)

    def _number(self, text: str) -> int:
        if not (text.isascii() and text.isdigit() and 1 <= len(text) <= 7):
            raise Refused("no row number")
        return int(text)


def _position(reference: str) -> tuple[int, int]:
    found = _REFERENCE.fullmatch(reference)
    if found is None:
        raise Refused("no cell reference")
    column = 0
    for letter in found[1].upper():
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(found[2]) - 1, column - 1


def _string_lengths(strings: bytes) -> list[int]:
    """Bytes of each shared text with its markup, an upper bound."""
    starts = [found.start() for found in _STRING_START.finditer(strings)]
    if not starts:
        return []
    return [end - start for start, end in zip(starts, [*starts[1:], len(strings)], strict=True)]


def _parser() -> expat.XMLParserType:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)

    def refuse(*_given: object) -> None:
        raise Refused("a document type")

    parser.StartDoctypeDeclHandler = refuse
    return parser


def _parse(parser: expat.XMLParserType, xml: bytes) -> None:
    try:
        parser.Parse(xml, True)
    except expat.ExpatError as error:
        raise Refused(str(error)) from None


def _local(name: str) -> str:
    return name.rpartition(":")[2]
