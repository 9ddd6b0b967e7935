"""A picture as a phone sends it, decoded in little memory: out comes a small upright JPEG and nothing but.

A baseline JPEG is decoded while it is read. The decoder can leave out resolution as it goes (a half, a quarter, an
eighth), so the number of pixels costs time, not memory. Every other kind is held whole by its decoder, and is limited.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import IO, Final

from PIL import Image
from PIL.ExifTags import Base as ExifTag
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from backend.core.errors import TooLarge, WrongMedia

PHOTO_LIMIT: Final = 32 * 1024 * 1024
PIXEL_LIMIT: Final = 26_000_000  # of what its decoder holds whole
LONGEST_SIDE: Final = 2560
MEMORY_LIMIT: Final = 64 * 1024 * 1024
QUALITY: Final = 85

_IN_NORMAL_MODE: Final = (
    "请用普通模式重拍：在手机相机里关掉“高像素”（5000 万、1 亿、2 亿像素等），再拍一张上传。"
)


class NotAPhoto(WrongMedia):
    code = "photo.not_a_photo"
    title = "这不是一张照片"
    next = "请重新拍照，或选择 JPG、PNG、WebP 格式的照片。"


class PhotoTooLarge(TooLarge):
    code = "photo.too_large"
    title = "照片太大"
    next = _IN_NORMAL_MODE


@dataclass(frozen=True, slots=True)
class Picture:
    """A JPEG, upright, at most LONGEST_SIDE on its longest side, without metadata."""

    content: bytes
    width: int
    height: int


def small_picture(file: IO[bytes]) -> Picture:
    """Decode and encode again: what comes out is an image and nothing but (no place, no device, no payload).

    ``file`` is read from its beginning, as often as needed, and left open. Raises NotAPhoto, PhotoTooLarge.
    """
    size = file.seek(0, io.SEEK_END)
    if size > PHOTO_LIMIT:
        raise PhotoTooLarge(f"照片文件超过了 {PHOTO_LIMIT // 1048576} MB，传不上来。")
    try:
        decoded = _decoded(file)
        decoded.info.clear()  # Pillow writes a comment that it has read into what it saves
        out = io.BytesIO()
        decoded.save(out, "JPEG", quality=QUALITY)
    except (PhotoTooLarge, NotAPhoto):
        raise
    except Image.DecompressionBombError as error:
        raise PhotoTooLarge("这张照片像素太高，打不开。") from error
    except Exception as error:  # a decoder facing hostile bytes raises anything from OSError to struct.error
        raise NotAPhoto("上传的文件不能作为照片打开。") from error
    return Picture(out.getvalue(), decoded.width, decoded.height)


# Opened by its class, not by Image.open: that one refuses by a number of pixels which is not ours, as a warning.
_OTHERS: Final[tuple[tuple[bytes, int, type[ImageFile]], ...]] = (
    (b"\x89PNG\r\n\x1a\n", 0, PngImageFile),
    (b"WEBP", 8, WebPImageFile),
)
_HEIC: Final = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis")


def _decoded(file: IO[bytes]) -> Image.Image:
    file.seek(0)
    head = file.read(12)
    if head.startswith(b"\xff\xd8\xff"):
        frame = _frame(file)
        if frame.streams and frame.longest > LONGEST_SIDE:
            return _scaled_while_read(file, frame)
        return _held_whole(_reopened(file, JpegImageFile), needs_all=not frame.streams)
    if head[4:8] == b"ftyp" and head[8:12] in _HEIC:
        raise NotAPhoto(
            "这是 HEIC 格式的照片，这里打不开。",
            next="请在手机的相机设置里把照片格式改成“兼容性最佳”（JPG），再拍一张上传。",
        )
    for mark, at, kind in _OTHERS:
        if head[at:].startswith(mark):
            return _held_whole(_reopened(file, kind), needs_all=True)
    raise NotAPhoto("上传的文件不能作为照片打开。")


def _reopened(file: IO[bytes], kind: type[ImageFile]) -> ImageFile:
    file.seek(0)
    return kind(file)


def _held_whole(image: ImageFile, needs_all: bool) -> Image.Image:
    """Decode at once what fits, or what the decoder holds whole whatever is asked of it (``needs_all``)."""
    if needs_all and image.width * image.height > PIXEL_LIMIT:
        raise PhotoTooLarge(f"这张照片有 {_spoken(image.width * image.height)}像素，格式又特殊，打不开。")
    turn = _turn_of(image)
    # Small first: each copy at full size costs a fortune.
    image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    return turn(_on_white(image))


def _on_white(image: Image.Image) -> Image.Image:
    """RGB; what was transparent is white, as paper."""
    if not image.has_transparency_data:
        return image.convert("RGB")
    layer = image.convert("RGBA")
    page = Image.new("RGB", image.size, "white")
    page.paste(layer, mask=layer.getchannel("A"))
    return page


def _spoken(pixels: int) -> str:
    return f"{pixels / 100_000_000:.1f} 亿" if pixels >= 100_000_000 else f"{pixels // 10_000} 万"


_TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def _turn_of(image: Image.Image) -> Callable[[Image.Image], Image.Image]:
    """What sets the picture upright, as the camera noted it."""
    try:
        way = _TURNS.get(image.getexif().get(ExifTag.Orientation, 1))
    except Exception:  # a broken note beside the picture does not spoil the picture
        way = None
    return lambda picture: picture if way is None else picture.transpose(way)


# -- JPEG


@dataclass(frozen=True, slots=True)
class _Frame:
    """What the header of a JPEG says. ``streams``: its decoder holds a few rows of it, not the whole."""

    width: int
    height: int
    components: int
    streams: bool

    @property
    def longest(self) -> int:
        return max(self.width, self.height)


_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_SEQUENTIAL: Final = (0xC0, 0xC1)
_DECODABLE: Final = (*_SEQUENTIAL, 0xC2, 0xC9, 0xCA)  # and progressive, and both in arithmetic coding
_WITHOUT_LENGTH: Final = (0x01, *range(0xD0, 0xD8))
_START_OF_SCAN: Final = 0xDA
_ROOM: Final = (
    MEMORY_LIMIT - 3 * LONGEST_SIDE**2 // 2
)  # the rest is for what is done already, and the decoder itself
_STEPS: Final = 100_000  # markers and stray bytes before the picture; a camera's have some dozens


def _markers(file: IO[bytes]) -> Iterable[int]:
    """The markers from here on, found as the decoder finds them: stray bytes are skipped, in bounds."""
    before = 0
    for _ in range(_STEPS):
        byte = file.read(1)
        if not byte:
            break
        if before == 0xFF and byte[0] not in (0x00, 0xFF):
            yield byte[0]
            before = 0
        else:
            before = byte[0]
    raise NotAPhoto("这张 JPG 照片不完整，打不开。", next="请重新拍一张再上传。")


def _frame(file: IO[bytes]) -> _Frame:
    """Read the header up to the first scan.

    A scan that holds some of the components only makes the decoder keep all of them until the last scan, however
    sequential the frame says it is.
    """
    file.seek(2)
    found: tuple[int, int, int, int] | None = None
    for marker in _markers(file):
        if marker in _WITHOUT_LENGTH:
            continue
        (length,) = struct.unpack(">H", file.read(2))
        if marker in _FRAMES:
            precision, height, width, components = struct.unpack(">BHHB", file.read(6))
            if found or precision != 8 or marker not in _DECODABLE:
                break
            found = marker, width, height, components
            length -= 6
        elif marker == _START_OF_SCAN:
            if found is None:
                break
            marker, width, height, components = found
            whole_scan = file.read(1)[0] == components
            return _Frame(width, height, components, marker in _SEQUENTIAL and whole_scan)
        file.seek(length - 2, io.SEEK_CUR)
    raise NotAPhoto("这张 JPG 照片的编码特殊，打不开。", next="请用手机相机的普通模式重拍一张再上传。")


def _drafted(file: IO[bytes], mode: str, scale: int) -> ImageFile:
    """The JPEG, opened to be decoded in ``mode`` at one ``scale``-th, or at the next larger part that there is."""
    image = _reopened(file, JpegImageFile)
    image.draft(mode, (max(1, image.width // scale), max(1, image.height // scale)))
    return image


def _scaled_while_read(file: IO[bytes], frame: _Frame) -> Image.Image:
    """Decode the brightness, then the colours at half its size: a third of the memory of the whole at once.

    The eye misses nothing: a JPEG keeps colours at half size, and so does the one that is written.
    """
    scale = max(part for part in (1, 2, 4, 8) if part == 1 or frame.longest // part >= LONGEST_SIDE)
    shrink = LONGEST_SIDE / frame.longest
    goal = max(1, round(frame.width * shrink)), max(1, round(frame.height * shrink))
    coarse = max(1, goal[0] // 2), max(1, goal[1] // 2)
    brightness, colours = _drafted(file, "L", scale), _drafted(file, "RGB", 2 * scale)
    if brightness.mode != "L":  # for print, never a camera's
        return _held_whole(_reopened(file, JpegImageFile), needs_all=True)
    with_colours = frame.components > 1
    if max(_bytes_to_shrink(brightness, goal), with_colours * _bytes_to_shrink(colours, coarse)) > _ROOM:
        raise PhotoTooLarge(f"这张照片有 {_spoken(frame.width * frame.height)}像素，太大了，打不开。")
    turn = _turn_of(brightness)
    bands = [turn(_shrunk(brightness, goal))]
    if not with_colours:
        return bands[0].convert("RGB")
    _, *rest = _shrunk(colours, coarse).convert("YCbCr").split()
    bands += [turn(band.resize(goal, Image.Resampling.BILINEAR)) for band in rest]
    return Image.merge("YCbCr", bands)


def _bytes_to_shrink(image: ImageFile, goal: tuple[int, int]) -> int:
    """What the decoded image takes, and what stands between it and ``goal``: narrow already, not yet low."""
    of_a_pixel = 1 if image.mode == "L" else 4
    return of_a_pixel * (image.width * image.height + goal[0] * image.height)


def _shrunk(image: ImageFile, goal: tuple[int, int]) -> Image.Image:
    smaller = image.resize(goal, Image.Resampling.BICUBIC)
    image.close()  # gives the larger one's memory back; the file was let go when it was decoded
    return smaller
