"""Pictures of today's phones: any number of pixels in little memory, or words that help."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageChops, ImageOps, ImageStat

from backend.core.errors import Problem
from backend.core.storage import LONGEST_SIDE, MEMORY_LIMIT, PHOTO_LIMIT, NotAPhoto, PhotoTooLarge
from backend.core.storage.pictures import Picture, small_picture
from tests.builders.pictures import jpeg, large_jpeg, said_to_be, with_frame, with_scans_apart

pytestmark = pytest.mark.only_on("sqlite", "pictures in memory; no database is asked")

NORMAL_MODE = "请用普通模式重拍"
TURNS = range(1, 9)

# What the process took at most while it made one picture small, beyond what it had taken for a very small one.
_CHILD = """
import io, sys
from PIL import Image
from backend.core.errors import Problem
from backend.core.storage.pictures import small_picture

def peak():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) // 1024

small = io.BytesIO()
Image.new("RGB", (64, 64)).save(small, "JPEG")
small_picture(small)
before = peak()
try:
    with open(sys.argv[1], "rb") as file:
        picture = small_picture(file)
    told = f"{picture.width}x{picture.height}"
except Problem as problem:
    told = problem.code
print(told, peak() - before)
"""


def _measured(tmp_path: Path, raw: bytes) -> tuple[str, int]:
    """What became of it in a process of its own, and the megabytes that it took."""
    path = tmp_path / "picture"
    path.write_bytes(raw)
    told = subprocess.run(
        [sys.executable, "-W", "error", "-c", _CHILD, str(path)], capture_output=True, text=True, timeout=120
    )
    assert told.returncode == 0, told.stderr
    became, megabytes = told.stdout.split()
    return became, int(megabytes)


def _small(raw: bytes) -> tuple[Picture, Image.Image]:
    picture = small_picture(io.BytesIO(raw))
    return picture, Image.open(io.BytesIO(picture.content))


def _refused(raw: bytes) -> Problem:
    with pytest.raises((PhotoTooLarge, NotAPhoto)) as refusal:
        small_picture(io.BytesIO(raw))
    return refusal.value


@pytest.mark.parametrize(
    ("width", "height", "noisy", "quality"),
    [
        (4_000, 3_000, True, 85),
        (5_119, 5_119, True, 50),
        (8_160, 6_120, False, 75),
        (8_160, 6_120, True, 60),
        (12_000, 9_000, True, 20),
        (16_320, 12_240, False, 75),
        (16_320, 12_240, True, 5),
        (30_000, 21_000, False, 50),
        (65_500, 8_000, False, 50),
        (2_000, 65_400, False, 75),
    ],
)
def test_a_baseline_jpeg_of_any_number_of_pixels_takes_64_mb_at_most(
    tmp_path: Path, width: int, height: int, noisy: bool, quality: int
) -> None:
    raw = large_jpeg(width, height, noisy, quality)
    assert len(raw) <= PHOTO_LIMIT
    became, megabytes = _measured(tmp_path, raw)
    kind = "noise" if noisy else "one colour"
    print(
        f"{width * height / 1e6:.0f} MP of {kind} in {len(raw) / 1e6:.1f} MB: {became}, {megabytes} MB of memory"
    )
    assert str(LONGEST_SIDE) in became.split("x")
    assert megabytes <= MEMORY_LIMIT // 1024**2


def _webp_of(side: int) -> bytes:
    """A few bytes that say they are so many pixels."""
    written = io.BytesIO()
    Image.new("RGB", (64, 64)).save(written, "WEBP")
    raw = written.getvalue()
    at = raw.index(b"\x9d\x01\x2a") + 3
    return raw[:at] + struct.pack("<HH", side, side) + raw[at + 4 :]


def test_what_would_take_more_is_refused_from_its_header_in_words_that_help(tmp_path: Path) -> None:
    small = jpeg(Image.new("RGB", (64, 64)))
    huge = {
        "4.3 gigapixels": said_to_be(small, 65_500, 65_500),
        "progressive": said_to_be(jpeg(Image.new("RGB", (64, 64)), progressive=True), 8_160, 6_120),
        "a scan for each colour": with_scans_apart(said_to_be(small, 8_160, 6_120)),
        "arithmetic coding": with_frame(said_to_be(small, 8_160, 6_120), kind=0xC9),
        "for print": said_to_be(jpeg(Image.new("CMYK", (64, 64))), 8_160, 6_120),
        "WebP": _webp_of(9_000),
        "the largest WebP": _webp_of(16_383),
    }
    for name, raw in huge.items():
        became, megabytes = _measured(tmp_path, raw)
        assert (became, megabytes < 8) == ("photo.too_large", True), (name, became, megabytes)
        refusal = _refused(raw)
        assert NORMAL_MODE in refusal.next_step, name
        assert "像素" in refusal.detail and "MB" not in f"{refusal.detail}{refusal.next_step}", name


def test_what_is_held_whole_is_taken_up_to_26_megapixels() -> None:
    image = Image.new("RGB", (3_000, 2_000), "teal")
    for raw in (jpeg(image, progressive=True), jpeg(image.convert("CMYK"))):
        assert _small(raw)[1].size == (LONGEST_SIDE, 1707)


def test_a_file_above_the_limit_is_refused_for_its_size_unread_in_words_that_help(tmp_path: Path) -> None:
    path = tmp_path / "large"
    with path.open("wb") as file:
        file.truncate(PHOTO_LIMIT + 1)
    with path.open("rb") as file, pytest.raises(PhotoTooLarge, match="32 MB") as refusal:
        small_picture(file)
    assert NORMAL_MODE in refusal.value.next_step


def test_a_coding_that_no_camera_writes_is_refused_as_such() -> None:
    small = jpeg(Image.new("RGB", (64, 64)))
    for raw in (with_frame(small, bits=12), *(with_frame(small, kind=kind) for kind in (0xC3, 0xC5, 0xCB))):
        refusal = _refused(raw)
        assert isinstance(refusal, NotAPhoto) and "普通模式" in refusal.next_step


def _scene() -> Image.Image:
    """Four colours with a mark in a corner, so that each turn and each mixed-up band shows."""
    image = Image.new("RGB", (300, 200), "red")
    image.paste("green", (150, 0, 300, 100))
    image.paste("blue", (0, 100, 150, 200))
    image.paste("white", (150, 100, 300, 200))
    image.paste("black", (0, 0, 40, 20))
    return image.resize((3_300, 2_200))


@pytest.mark.parametrize("turn", TURNS)
@pytest.mark.parametrize(
    "options",
    [{"subsampling": "4:2:0"}, {"subsampling": "4:4:4"}, {"keep_rgb": True}],
    ids=["usual", "full colours", "coded in RGB"],
)
def test_a_large_picture_looks_as_it_was_taken_and_stands_upright(turn: int, options: dict[str, Any]) -> None:
    exif = Image.Exif()
    exif[0x0112] = turn
    raw = jpeg(_scene(), exif=exif, quality=90, **options)
    with Image.open(io.BytesIO(raw)) as taken:
        expected = ImageOps.exif_transpose(taken)
        expected.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    _, small = _small(raw)
    assert small.size == expected.size
    off = ImageStat.Stat(ImageChops.difference(small.convert("RGB"), expected)).mean
    assert max(off) < 2, f"off by {off}"


def test_a_grey_picture_of_many_pixels_stays_grey() -> None:
    grey = Image.linear_gradient("L").resize((6_000, 4_000))
    _, small = _small(jpeg(grey))
    assert small.size == (LONGEST_SIDE, 1707)
    assert ImageStat.Stat(small.convert("HSV").getchannel("S")).mean[0] < 1


def test_of_two_pictures_in_one_file_the_first_is_taken() -> None:
    written = io.BytesIO()
    first, second = Image.new("RGB", (400, 300), "red"), Image.new("RGB", (400, 300), "blue")
    first.save(written, "MPO", save_all=True, append_images=[second])
    _, small = _small(written.getvalue())
    red, _, blue = small.getpixel((200, 150))  # type: ignore[misc]  # three bands
    assert red > 200 and blue < 60


@pytest.mark.parametrize("brand", ["heic", "mif1", "avif"])
def test_a_picture_of_an_iphone_is_refused_with_the_setting_that_helps(brand: str) -> None:
    refusal = _refused(b"\0\0\0\x18ftyp" + brand.encode() + b"\0" * 4_000)
    assert isinstance(refusal, NotAPhoto)
    assert "HEIC" in refusal.detail and "兼容性最佳" in refusal.next_step


def test_a_large_picture_cut_off_is_no_picture() -> None:
    raw = large_jpeg(6_000, 4_000)
    for length in (3, 20, 2_000, len(raw) // 2, len(raw) - 1_000):
        assert isinstance(_refused(raw[:length]), NotAPhoto), length


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")  # Pillow's word to the log
def test_a_broken_note_beside_a_picture_does_not_spoil_it() -> None:
    raw = jpeg(Image.new("RGB", (400, 300)), exif=b"Exif\0\0MM\0*\xff\xff\xff\xff" + b"\xff" * 40)
    assert _small(raw)[1].size == (400, 300)


def test_stray_bytes_before_a_picture_are_passed_over_in_bounds() -> None:
    raw = jpeg(Image.new("RGB", (400, 300)))
    assert _small(raw[:2] + raw[2:20] + b"\xff" * 50 + raw[20:])[1].size == (400, 300)
    for stray in (b"\0" * 1_000_000, b"\xff\0" * 500_000, b"\xff\xfe\0\2" * 200_000):
        assert isinstance(_refused(raw[:20] + stray + raw[20:]), NotAPhoto)


class _Watched(io.BytesIO):
    """A file that remembers the most it was asked for at once."""

    most = 0

    def read(self, size: int | None = -1, /) -> bytes:
        piece = super().read(size)
        self.most = max(self.most, len(piece))
        return piece


def test_a_file_is_read_in_pieces() -> None:
    file = _Watched(large_jpeg(4_000, 3_000, noisy=True))
    size = len(file.getvalue())
    small_picture(file)
    assert file.most < 100_000 < size


def test_nothing_that_stood_beside_a_large_picture_is_kept() -> None:
    secret = b"secret-of-the-camera"
    exif = Image.Exif()
    exif[0x010F] = secret.decode()
    raw = jpeg(_scene(), exif=exif, comment=secret, icc_profile=secret, xmp=secret) + secret
    picture, small = _small(raw)
    assert secret in raw and secret not in picture.content
    assert not small.getexif() and "comment" not in small.info
