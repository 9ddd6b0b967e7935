"""Photos: what comes in is decoded and cleaned, what goes out is a picture and nothing but."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import zlib
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from sqlalchemy import func, select

from backend.core.db import Database
from backend.core.storage import (
    LONGEST_SIDE,
    PHOTO_LIMIT,
    FolderStorage,
    NotAPhoto,
    Photo,
    PhotoMissing,
    PhotoTaken,
    PhotoTooLarge,
    PhotoView,
    StorageAway,
    attach_photos,
    clean_photo,
    keep_photo,
    photo,
    photo_bytes,
    photos_of,
)
from tests.builders.product import somebody
from tests.harness.races import race
from tests.sizes import SIZES

SECRET = b"secret-of-the-camera"
GPS = 0x8825


def _picture(size: tuple[int, int] = (60, 40), mode: str = "RGB", color: Any = "red") -> Image.Image:
    return Image.new(mode, size, color)


def _file(image: Image.Image, kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


@pytest.fixture
def storage(tmp_path: Path) -> FolderStorage:
    return FolderStorage(tmp_path / "photos")


def _kept(db: Database, storage: FolderStorage, raw: bytes, by: str | None = None) -> tuple[PhotoView, bytes]:
    with db.writing() as session:
        view = keep_photo(session, clean_photo(storage, raw), by)
    with db.reading() as session:
        return view, photo_bytes(session, storage, view.id)


def _exif() -> Image.Exif:
    exif = Image.Exif()
    exif[0x010F] = SECRET.decode()  # the maker
    exif.get_ifd(GPS)[2] = (39.0, 19.0, 0.0)
    return exif


def _png_text() -> PngInfo:
    text = PngInfo()
    for key in ("Comment", "comment", "XML:com.adobe.xmp"):
        text.add_text(key, SECRET.decode())
    return text


def test_a_photo_is_kept_and_read_back(db: Database, storage: FolderStorage) -> None:
    view, content = _kept(db, storage, _file(_picture(), "JPEG"))
    assert (view.width, view.height, view.size_bytes) == (60, 40, len(content))
    with Image.open(io.BytesIO(content)) as image:
        assert (image.format, image.size, image.mode) == ("JPEG", (60, 40), "RGB")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_what_a_camera_wrote_beside_the_picture_is_gone(
    db: Database, storage: FolderStorage, kind: str
) -> None:
    options: dict[str, Any] = {"exif": _exif(), "icc_profile": SECRET}
    beside: dict[str, dict[str, Any]] = {
        "JPEG": {"comment": SECRET, "xmp": SECRET},
        "PNG": {"pnginfo": _png_text()},
        "WEBP": {"xmp": SECRET},
    }
    options |= beside[kind]
    raw = _file(_picture(), kind, **options) + SECRET
    assert SECRET in raw
    _, content = _kept(db, storage, raw)
    assert SECRET not in content
    with Image.open(io.BytesIO(content)) as image:
        assert not image.getexif()
        assert image.format == "JPEG"


def test_a_photo_taken_sideways_is_stored_upright(db: Database, storage: FolderStorage) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90°
    image = _picture((60, 40), color="white")
    image.paste("red", (0, 0, 20, 40))
    view, content = _kept(db, storage, _file(image, "JPEG", exif=exif))
    assert (view.width, view.height) == (40, 60)
    with Image.open(io.BytesIO(content)) as upright:
        red, green, _ = upright.getpixel((20, 5))  # type: ignore[misc]  # three bands
        assert red > 200 and green < 60


def test_a_larger_photo_is_made_smaller_and_a_smaller_one_is_left(
    db: Database, storage: FolderStorage
) -> None:
    large, _ = _kept(db, storage, _file(_picture((LONGEST_SIDE * 2, 100)), "JPEG"))
    assert (large.width, large.height) == (LONGEST_SIDE, 50)
    small, _ = _kept(db, storage, _file(_picture((3, 2)), "JPEG"))
    assert (small.width, small.height) == (3, 2)


@pytest.mark.parametrize(
    ("mode", "color"),
    [("RGBA", (255, 0, 0, 0)), ("LA", (0, 0)), ("L", 255), ("1", 1), ("I;16", 65535), ("P", 0)],
)
def test_every_kind_of_png_becomes_a_picture(
    db: Database, storage: FolderStorage, mode: str, color: Any
) -> None:
    image = _picture(mode="RGB").convert("P") if mode == "P" else _picture(mode=mode, color=color)
    options = {"transparency": bytes([0, 128])} if mode == "P" else {}
    _, content = _kept(db, storage, _file(image, "PNG", **options))
    with Image.open(io.BytesIO(content)) as read:
        assert read.mode == "RGB"
        if mode in ("RGBA", "LA"):
            assert read.getpixel((5, 5)) == (255, 255, 255)  # as paper, not as night


def _png_of(width: int, height: int) -> bytes:
    """A few hundred bytes that say they are so many pixels."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(b"\0" * 10_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


@pytest.mark.parametrize(("width", "height"), [(10_000, 6_000), (10_000, 10_000), (60_000, 60_000)])
def test_a_bomb_is_refused_for_its_size_before_it_is_unpacked(
    db: Database, storage: FolderStorage, width: int, height: int
) -> None:
    with pytest.raises(PhotoTooLarge):
        _kept(db, storage, _png_of(width, height))


_JPEG = _file(_picture((200, 200)), "JPEG")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"not a photo",
        b"\xff\xd8\xff\xe0" + b"\0" * 100,
        _JPEG[: len(_JPEG) // 2],
        _file(_picture(), "PNG")[:-30],
        _png_of(100, 100),
        _file(_picture(), "GIF"),
        _file(_picture(), "BMP"),
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>',
        b"%PDF-1.4\n",
        b"PK\x03\x04" + b"\0" * 50,
    ],
    ids=[
        "empty",
        "text",
        "only a beginning",
        "half",
        "end cut off",
        "too little data",
        "gif",
        "bmp",
        "svg",
        "pdf",
        "zip",
    ],
)
def test_what_is_not_a_photo_is_refused_and_nothing_is_kept(
    db: Database, storage: FolderStorage, tmp_path: Path, raw: bytes
) -> None:
    with pytest.raises(NotAPhoto):
        _kept(db, storage, raw)
    assert not (tmp_path / "photos").exists()


def test_a_file_above_the_limit_is_refused_unread(db: Database, storage: FolderStorage) -> None:
    with pytest.raises(PhotoTooLarge, match="32 MB"):
        _kept(db, storage, _JPEG + b"\0" * PHOTO_LIMIT)


def test_a_file_appears_whole_and_leaves_nothing_beside_it(storage: FolderStorage, tmp_path: Path) -> None:
    storage.put("abcdef", b"content")
    storage.put("abcdef", b"content")
    assert storage.get("abcdef") == b"content"
    assert [path.name for path in (tmp_path / "photos").rglob("*") if path.is_file()] == ["abcdef"]


def _left(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob("*") if path.is_file()]


def test_a_folder_that_cannot_be_written_is_told_as_away_and_keeps_nothing(
    db: Database, tmp_path: Path
) -> None:
    (tmp_path / "photos").write_bytes(b"a file where the folder should be")
    with pytest.raises(StorageAway) as refusal:
        _kept(db, FolderStorage(tmp_path / "photos"), _JPEG)
    assert refusal.value.status == 503 and "先报告" in refusal.value.next_step
    assert _left(tmp_path) == ["photos"]
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(Photo)) == 0


_ON_A_FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from backend.core.storage import FolderStorage, StorageAway

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))
storage = FolderStorage(Path(sys.argv[1]))
storage.put("aa-small", b"x" * 5_000)
try:
    storage.put("aa-large", b"x" * 50_000)
except StorageAway:
    print("away")
"""


def test_a_photo_that_the_disk_has_no_room_for_leaves_nothing_behind(tmp_path: Path) -> None:
    """A limit on the size of files stands for the full disk: the write fails half-way as it does there."""
    told = subprocess.run(
        [sys.executable, "-c", _ON_A_FULL_DISK, str(tmp_path)], capture_output=True, text=True, timeout=60
    )
    assert told.stdout == "away\n", told.stderr
    assert _left(tmp_path) == ["aa-small"]


# -- whose it is


def _own(db: Database, storage: FolderStorage, by: str | None, color: str = "red") -> str:
    return _kept(db, storage, _file(_picture(color=color), "JPEG"), by)[0].id


def test_a_photo_is_attached_once_and_listed_where_it_belongs(db: Database, storage: FolderStorage) -> None:
    person = somebody(db).id
    first, second = _own(db, storage, person), _own(db, storage, person)
    with db.writing() as session:
        attach_photos(session, [first, second], ("visit", "v1"), person)
        attached = photos_of(session, ("visit", "v1"))
        assert [(view.id, view.about_kind, view.about_id) for view in attached] == [
            (each, "visit", "v1") for each in sorted((first, second))
        ]
    with pytest.raises(PhotoTaken), db.writing() as session:
        attach_photos(session, [first], ("visit", "v2"), person)
    with db.reading() as session:
        assert photos_of(session, ("visit", "v2")) == ()


def test_a_photo_kept_and_attached_in_one_transaction_says_where_it_belongs(
    db: Database, storage: FolderStorage
) -> None:
    with db.writing() as session:
        view = keep_photo(session, clean_photo(storage, _JPEG), None)
        held = session.get(Photo, view.id)  # whoever still holds the row has it as it was
        attach_photos(session, [view.id], ("fault", "f1"), None)
        assert [each.about_id for each in photos_of(session, ("fault", "f1"))] == ["f1"]
        found = photo(session, view.id)
        assert found is not None and (found.about_kind, found.about_id) == ("fault", "f1")
        assert held is not None


def test_nobody_attaches_what_another_uploaded(db: Database, storage: FolderStorage) -> None:
    person, other = somebody(db).id, somebody(db).id
    mine, anonymous = _own(db, storage, person), _own(db, storage, None)
    for ids, by in (([mine], other), ([mine], None), ([anonymous], person), (["0" * 26], person)):
        with pytest.raises(PhotoMissing), db.writing() as session:
            attach_photos(session, ids, ("visit", "v1"), by)


def test_one_photo_that_is_missing_leaves_all_of_them_free(db: Database, storage: FolderStorage) -> None:
    person = somebody(db).id
    mine = _own(db, storage, person)
    with pytest.raises(PhotoMissing), db.writing() as session:
        attach_photos(session, [mine, "0" * 26], ("visit", "v1"), person)
    with db.reading() as session:
        found = photo(session, mine)
    assert found is not None and found.about_kind is None


def test_of_many_who_attach_one_photo_at_once_one_does(db: Database, storage: FolderStorage) -> None:
    person = somebody(db).id
    mine = _own(db, storage, person)

    def attach(index: int) -> None:
        with db.writing() as session:
            attach_photos(session, [mine], ("visit", f"v{index}"), person)

    result = race(SIZES.racers, attach)
    assert len(result.errors) == SIZES.racers - 1
    assert all(isinstance(error, PhotoTaken) for error in result.errors)


def test_two_photos_of_the_same_content_are_two_photos(db: Database, storage: FolderStorage) -> None:
    person, other = somebody(db).id, somebody(db).id
    one, two = _own(db, storage, person), _own(db, storage, other)
    assert one != two
    with db.writing() as session:
        attach_photos(session, [one], ("visit", "v1"), person)
        attach_photos(session, [two], ("visit", "v2"), other)
