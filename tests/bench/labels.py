"""Sheets of stickers, with text and ready for the printer, against bare QR images by qrcode and PIL."""

from __future__ import annotations

import io

import qrcode

from backend.registry.rules import household_code
from backend.registry.sheets import StickerFace, sticker_sheets
from tests.bench._sides import compare, in_turns, rate_of
from tests.harness import ROOT

STICKERS, IMAGES, ROUNDS = 1_000, 100, 3
SITE = "https://heating.example.cn"
FONTS = ROOT / "var" / "fonts"  # made once, outside the measurement


def sheets(faces: list[StickerFace]) -> int:
    """Bytes of the sheets."""
    return len(sticker_sheets(faces, SITE, "平川坡村", hotline="12345", font_cache=FONTS).pdf)


def images(faces: list[StickerFace]) -> int:
    """Bytes of one PNG each."""
    total = 0
    for face in faces:
        written = io.BytesIO()
        qrcode.make(f"{SITE}/q/{face.code}").save(written)
        total += len(written.getvalue())
    return total


def main() -> None:
    faces = [
        StickerFace(household_code.new_code(), "神头镇平川坡村", f"平川坡村{number}号")
        for number in range(STICKERS)
    ]
    few = faces[:IMAGES]
    sheets(few)
    rates = in_turns(
        {
            "sticker sheets (PDF, with text)": lambda: rate_of(STICKERS, lambda: sheets(faces)),
            "bare images by qrcode + PIL (PNG)": lambda: rate_of(IMAGES, lambda: images(few)),
        },
        ROUNDS,
    )
    print(f"labels: {sheets(faces) / STICKERS:.0f} bytes each, as images {images(few) / IMAGES:.0f}")
    compare(rates, "labels")


if __name__ == "__main__":
    main()
