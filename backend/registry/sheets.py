"""A4 sheets of stickers (户码牌) as PDF: ten a page, to be cut and put up at the doors.

A sticker shows the code as a QR address and in groups to be typed or read aloud, the village, the house and the hotline.
It names nobody: it hangs outdoors.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import qrcode
from qrcode.constants import ERROR_CORRECT_M
from reportlab import rl_config
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from backend.registry.fonts import chinese_face, has_glyph
from backend.registry.rules.household_code import check, grouped

# Streams as bytes and not as ASCII: a fifth less, and nothing that reads a PDF minds.
rl_config.useA85 = 0

COLUMNS: Final = 2
ROWS: Final = 5
A_SHEET: Final = COLUMNS * ROWS
_WIDTH: Final = 95 * mm
_HEIGHT: Final = 54 * mm
_LEFT: Final = (A4[0] - COLUMNS * _WIDTH) / 2
_BOTTOM: Final = 10 * mm
_QR_SIDE: Final = 44 * mm
"""With its quiet zone: a module of more than a millimetre, which an old phone reads from an arm's length."""
_QUIET: Final = 4
_TEXT_LEFT: Final = 46 * mm
_TEXT_WIDTH: Final = _WIDTH - _TEXT_LEFT - 3 * mm
_MASK: Final = 3
"""Choosing the best of the eight masks takes four fifths of the time; every reader reads each of them."""
_STANDS_FOR_MISSING: Final = "〓"
LABEL: Final = "户码牌"


@dataclass(frozen=True, slots=True)
class StickerFace:
    """What is printed on one sticker: a household code in canonical form, the village's name, the house's address."""

    code: str
    village: str
    address: str


@dataclass(frozen=True, slots=True)
class MissingGlyph:
    """A character that the face cannot show, printed as 〓, and the codes of the stickers it is on."""

    character: str
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SheetsResult:
    pdf: bytes
    pages: int
    stickers: int
    missing_glyphs: tuple[MissingGlyph, ...]


def sticker_sheets(
    stickers: Iterable[StickerFace], base_url: str, title: str, *, hotline: str, font_cache: Path
) -> SheetsResult:
    """The sheets, in the order given; the same input gives the same bytes. Raises ValueError for a code that is none.

    ``base_url`` is the site's address without a path (``https://<domain>``), ``title`` stands above each page.
    """
    face = chinese_face(font_cache)
    written = io.BytesIO()
    canvas = Canvas(written, pagesize=A4, pageCompression=1, invariant=1)
    canvas.setTitle(title)
    sheet = _Sheet(canvas, face)
    codes = _Codes(f"{base_url.rstrip('/')}/q/")
    count = 0
    for count, sticker in enumerate(stickers, start=1):
        if check(sticker.code) != sticker.code:
            raise ValueError("a sticker carries a code in its canonical form")
        place = (count - 1) % A_SHEET
        if place == 0:
            if count > 1:
                canvas.showPage()
            sheet.head(title, 1 + count // A_SHEET)
        row, column = divmod(place, COLUMNS)
        sheet.sticker(
            sticker,
            codes.runs(sticker.code),
            _LEFT + column * _WIDTH,
            _BOTTOM + (ROWS - 1 - row) * _HEIGHT,
            hotline,
        )
    if not count:
        sheet.head(title, 1)
    canvas.showPage()
    canvas.save()
    pages = max(1, -(-count // A_SHEET))
    missing = tuple(MissingGlyph(character, tuple(on)) for character, on in sorted(sheet.missing.items()))
    return SheetsResult(written.getvalue(), pages, count, missing)


class _Codes:
    """QR symbols of addresses of one length, so of one size: that is found once."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._version: int | None = None

    def runs(self, code: str) -> tuple[int, list[tuple[int, int, int]]]:
        """Modules a side, and the dark runs as (x, y from the bottom, length)."""
        symbol: Any = qrcode.QRCode(self._version, ERROR_CORRECT_M, border=0, mask_pattern=_MASK)
        symbol.add_data(self._address + code, optimize=0)
        symbol.make(fit=self._version is None)
        self._version = symbol.version
        side = len(symbol.modules)
        return side, [run for y, line in enumerate(symbol.modules) for run in _dark_runs(line, side - 1 - y)]


def _dark_runs(line: list[bool], y: int) -> Iterator[tuple[int, int, int]]:
    start = None
    for x, dark in enumerate([*line, False]):
        if dark and start is None:
            start = x
        elif not dark and start is not None:
            yield start, y, x - start
            start = None


class _Sheet:
    """Draws on a canvas with one face, and remembers what that face could not show."""

    def __init__(self, canvas: Canvas, face: TTFont) -> None:
        self._canvas = canvas
        self._face = face
        self.missing: dict[str, list[str]] = {}

    def head(self, title: str, page: int) -> None:
        self._line(f"{title}　第{page}页", _LEFT, A4[1] - 9 * mm, 9, A4[0] - 2 * _LEFT, "")

    def sticker(
        self,
        sticker: StickerFace,
        symbol: tuple[int, list[tuple[int, int, int]]],
        x: float,
        y: float,
        hotline: str,
    ) -> None:
        canvas, code = self._canvas, sticker.code
        canvas.saveState()
        # From its own corner every sticker is drawn with the same numbers, which compress to nearly nothing.
        canvas.translate(x, y)
        canvas.setLineWidth(0.3)
        canvas.setStrokeGray(0.7)
        canvas.rect(0, 0, _WIDTH, _HEIGHT)
        self._symbol(symbol, 1 * mm, (_HEIGHT - _QR_SIDE) / 2)
        left = _TEXT_LEFT
        self._line(LABEL, left, 43.5 * mm, 17, _TEXT_WIDTH, code)
        self._line(sticker.village, left, 36 * mm, 14, _TEXT_WIDTH, code)
        for place, part in enumerate(self._wrapped(sticker.address, 11, code)):
            self._line(part, left, (30 - 5 * place) * mm, 11, _TEXT_WIDTH, code)
        self._line(grouped(code), left, 17 * mm, 17, _TEXT_WIDTH, code)
        self._line("微信扫码：报修、办事、查进度", left, 11 * mm, 9, _TEXT_WIDTH, code)
        self._line(f"热线 {hotline}", left, 5 * mm, 12, _TEXT_WIDTH, code)
        canvas.restoreState()

    def _symbol(self, symbol: tuple[int, list[tuple[int, int, int]]], x: float, y: float) -> None:
        side, runs = symbol
        module = _QR_SIDE / (side + 2 * _QUIET)
        canvas = self._canvas
        canvas.saveState()
        # In units of a module every number is a small integer: a third of the bytes. One path, filled once, shows no
        # seams between the runs; written out here, because the canvas takes half the time of a sheet to round integers.
        canvas.translate(x + _QUIET * module, y + _QUIET * module)
        canvas.scale(module, module)
        canvas.addLiteral(
            " ".join([f"{left} {bottom} {length} 1 re" for left, bottom, length in runs]) + " f"
        )
        canvas.restoreState()

    def _line(self, text: str, x: float, y: float, size: float, width: float, code: str) -> None:
        """One line, made smaller where it does not fit, and cut where that would be illegible."""
        text = self._printable(text, code)
        needed = self._face.stringWidth(text, size)
        if needed > width:
            size = max(size * width / needed, size * 0.7)
            while len(text) > 1 and self._face.stringWidth(text, size) > width:
                text = text[:-2] + "…"
        self._canvas.setFont(self._face.fontName, size)
        self._canvas.drawString(x, y, text)

    def _wrapped(self, text: str, size: float, code: str) -> list[str]:
        """At most two lines; a second that is too long is left to ``_line``."""
        text = self._printable(text, code)
        fitting = len(text)
        while fitting > 1 and self._face.stringWidth(text[:fitting], size) > _TEXT_WIDTH:
            fitting -= 1
        return [part for part in (text[:fitting], text[fitting:]) if part]

    def _printable(self, text: str, code: str) -> str:
        shown = []
        for character in text:
            if character.isspace():
                character = " "
            elif not character.isprintable():
                continue
            if not has_glyph(self._face, character):
                codes = self.missing.setdefault(character, [])
                if code and code not in codes[-1:]:
                    codes.append(code)
                character = _STANDS_FOR_MISSING
            shown.append(character)
        return "".join(shown)
