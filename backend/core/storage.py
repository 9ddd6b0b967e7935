"""Files that people send: decoded to be sure, cleaned of metadata, stored by content, read by permission.

A photo belongs to nobody but its uploader until an action attaches it to something; from then on it is read under the
permission of that.
"""

from __future__ import annotations

import hashlib
import io
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Protocol

from PIL import Image, ImageOps
from sqlalchemy import Integer, String, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from backend.core import clock
from backend.core.db import Base, IdColumn, UTCDateTime, affected, new_id
from backend.core.errors import Invalid, Refusal, TooLarge, WrongMedia

PHOTO_LIMIT: Final = 8 * 1024 * 1024
PIXEL_LIMIT: Final = 26_000_000
LONGEST_SIDE: Final = 2560


class Storage(Protocol):
    """Where bytes are kept, by key: a folder here, an object store elsewhere."""

    def put(self, key: str, content: bytes) -> None: ...

    def get(self, key: str) -> bytes: ...

    def remove(self, key: str) -> None: ...


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that appears whole or not at all, and outlives a power cut once this has returned."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".")
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)
    for folder in (path.parent, path.parent.parent):  # the name, too
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


class FolderStorage:
    """Files in a folder. A file appears whole or not at all, and is on the disk before its row is committed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / key

    def put(self, key: str, content: bytes) -> None:
        path = self._path(key)
        if not path.exists():
            write_whole(path, content)

    def get(self, key: str) -> bytes:
        return self._path(key).read_bytes()

    def remove(self, key: str) -> None:
        self._path(key).unlink(missing_ok=True)


class Photo(Base):
    __tablename__ = "photos"

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True, default=new_id)
    storage_key: Mapped[str] = mapped_column(String(64))
    size_bytes: Mapped[int] = mapped_column(Integer)
    width: Mapped[int] = mapped_column(Integer)
    height: Mapped[int] = mapped_column(Integer)
    uploaded_by: Mapped[str | None] = mapped_column(IdColumn)
    uploaded_at: Mapped[datetime] = mapped_column(UTCDateTime)
    about_kind: Mapped[str | None] = mapped_column(String(32), index=True)
    about_id: Mapped[str | None] = mapped_column(IdColumn, index=True)


@dataclass(frozen=True, slots=True)
class PhotoView:
    """A photo's id and size; its bytes are fetched by ``photo_bytes``."""

    id: str
    width: int
    height: int
    size_bytes: int
    about_kind: str | None
    about_id: str | None
    uploaded_by: str | None


class NotAPhoto(WrongMedia):
    code = "photo.not_a_photo"
    title = "这不是一张照片"
    next = "请重新拍照，或选择 JPG、PNG、WebP 格式的照片。"


class PhotoTooLarge(TooLarge):
    code = "photo.too_large"
    title = "照片过大"
    next = "请压缩到 8 MB 以内再上传。"


class PhotoMissing(Invalid):
    code = "photo.missing"
    title = "照片未找到"
    next = "请重新上传照片后再提交。"


class PhotoTaken(Refusal):
    code = "photo.taken"
    title = "照片已用于别处"
    next = "请重新拍照上传。"


def _on_white(image: Image.Image) -> Image.Image:
    """RGB; what was transparent is white, as paper."""
    if not image.has_transparency_data:
        return image.convert("RGB")
    layer = image.convert("RGBA")
    page = Image.new("RGB", image.size, "white")
    page.paste(layer, mask=layer.getchannel("A"))
    return page


def _cleaned(raw: bytes) -> tuple[bytes, int, int]:
    """Decode and encode again: what comes out is an image and nothing but (no place, no device, no payload)."""
    if len(raw) > PHOTO_LIMIT:
        raise PhotoTooLarge(f"照片有 {len(raw) / 1048576:.1f} MB，最大 8 MB。")
    try:
        with Image.open(io.BytesIO(raw), formats=("JPEG", "PNG", "WEBP")) as image:
            if image.width * image.height > PIXEL_LIMIT:
                raise PhotoTooLarge("照片像素过大。")
            # Small first: a phone's picture is large only in transit, and each copy at full size costs a fortune.
            image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            upright = _on_white(ImageOps.exif_transpose(image))
    except PhotoTooLarge:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PhotoTooLarge("照片像素过大。") from error
    except Exception as error:  # a decoder facing hostile bytes raises anything from OSError to struct.error
        raise NotAPhoto("上传的文件不能作为照片打开。") from error
    upright.info.clear()  # Pillow writes a comment that it has read into what it saves
    out = io.BytesIO()
    upright.save(out, "JPEG", quality=85)
    return out.getvalue(), upright.width, upright.height


@dataclass(frozen=True, slots=True)
class CleanPhoto:
    """A photo decoded, cleaned and on the disk, not yet anybody's."""

    storage_key: str
    size_bytes: int
    width: int
    height: int


def clean_photo(storage: Storage, raw: bytes) -> CleanPhoto:
    """Check, clean and store what was sent; needs no database, so that no lock is held while a picture is decoded.

    Raises NotAPhoto, PhotoTooLarge.
    """
    content, width, height = _cleaned(raw)
    key = hashlib.sha256(content).hexdigest()
    storage.put(key, content)
    return CleanPhoto(key, len(content), width, height)


def keep_photo(session: Session, clean: CleanPhoto, by: str | None) -> PhotoView:
    """Put a cleaned photo on record; ``by`` is the uploader, None for somebody who only scanned a sticker."""
    photo = Photo(
        id=new_id(),
        storage_key=clean.storage_key,
        size_bytes=clean.size_bytes,
        width=clean.width,
        height=clean.height,
        uploaded_by=by,
        uploaded_at=clock.now(),
    )
    session.add(photo)
    session.flush()
    return _view(photo)


def _view(photo: Photo) -> PhotoView:
    return PhotoView(
        photo.id,
        photo.width,
        photo.height,
        photo.size_bytes,
        photo.about_kind,
        photo.about_id,
        photo.uploaded_by,
    )


def attach_photos(session: Session, ids: Sequence[str], about: tuple[str, str], by: str | None) -> None:
    """Give the uploader's own, still free photos to ``about`` (kind, id); raises PhotoMissing or PhotoTaken."""
    for photo_id in ids:
        owned = session.execute(select(Photo.uploaded_by).where(Photo.id == photo_id)).first()
        if owned is None or owned.uploaded_by != by:
            raise PhotoMissing("有照片没有上传成功，或不是您上传的。")
        taken = affected(
            session,
            update(Photo)
            .where(Photo.id == photo_id, Photo.about_kind.is_(None))
            .values(about_kind=about[0], about_id=about[1]),
        )
        if not taken:
            raise PhotoTaken("有照片已经用于另一条记录。")


def photos_of(session: Session, about: tuple[str, str]) -> tuple[PhotoView, ...]:
    rows = session.scalars(
        select(Photo)
        .where(Photo.about_kind == about[0], Photo.about_id == about[1])
        .order_by(Photo.id)
        .execution_options(populate_existing=True)  # attached in this very transaction, maybe
    )
    return tuple(_view(photo) for photo in rows)


def photo(session: Session, photo_id: str) -> PhotoView | None:
    row = session.get(Photo, photo_id, populate_existing=True)
    return _view(row) if row else None


def photo_bytes(session: Session, storage: Storage, photo_id: str) -> bytes:
    row = session.get_one(Photo, photo_id)
    return storage.get(row.storage_key)
