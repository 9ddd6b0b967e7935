"""Pictures as today's phones send them, made in little memory and time."""

from __future__ import annotations

import io
import os
import struct
from typing import Any

from PIL import Image

_ROWS = 128  # eight rows of blocks: one round of restart markers


def jpeg(image: Image.Image, **options: Any) -> bytes:
    written = io.BytesIO()
    image.save(written, "JPEG", **options)
    return written.getvalue()


def noise(width: int, height: int) -> Image.Image:
    return Image.frombytes("RGB", (width, height), os.urandom(width * height * 3))


def large_jpeg(width: int, height: int, noisy: bool = False, quality: int = 75, **options: Any) -> bytes:
    """A baseline JPEG of ``width`` × ``height`` (up to 128 rows more): one strip, repeated below itself.

    The strip ends each row of blocks with a restart marker, after which nothing refers to what stood before.
    """
    strip = noise(width, _ROWS) if noisy else Image.new("RGB", (width, _ROWS), (140, 90, 60))
    raw = jpeg(strip, quality=quality, subsampling="4:2:0", restart_marker_rows=1, **options)
    scan = raw.index(b"\xff\xda")
    begins = scan + 2 + int.from_bytes(raw[scan + 2 : scan + 4])
    times = -(-height // _ROWS)
    head, body = said_to_be(raw[:begins], width, times * _ROWS), raw[begins:-2]
    return head + b"\xff\xd7".join([body] * times) + raw[-2:]


def _frame_at(raw: bytes) -> int:
    """Where the frame header of a JPEG of Pillow's stands."""
    at = 2
    while raw[at + 1] not in (0xC0, 0xC1, 0xC2):
        at += 2 + int.from_bytes(raw[at + 2 : at + 4])
    return at


def said_to_be(raw: bytes, width: int, height: int) -> bytes:
    """The JPEG, with a header that says that it is so large."""
    at = _frame_at(raw)
    return raw[: at + 5] + struct.pack(">HH", height, width) + raw[at + 9 :]


def with_frame(raw: bytes, *, kind: int | None = None, bits: int | None = None) -> bytes:
    """The JPEG, with a header that says another coding."""
    at, changed = _frame_at(raw), bytearray(raw)
    if kind is not None:
        changed[at + 1] = kind
    if bits is not None:
        changed[at + 4] = bits
    return bytes(changed)


def with_scans_apart(raw: bytes) -> bytes:
    """The JPEG, with a header that says that each colour has a scan of its own."""
    at = raw.index(b"\xff\xda") + 4
    return raw[:at] + b"\x01" + raw[at + 1 :]
