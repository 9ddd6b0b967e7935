"""Photos on record: whose they are, and what they belong to."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import IO

from sqlalchemy import Integer, String, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from backend.core import clock
from backend.core.db import Base, IdColumn, UTCDateTime, affected, new_id
from backend.core.errors import Invalid, Refusal
from backend.core.storage.files import Storage
from backend.core.storage.pictures import small_picture


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


class PhotoMissing(Invalid):
    code = "photo.missing"
    title = "照片未找到"
    next = "请重新上传照片后再提交。"


class PhotoTaken(Refusal):
    code = "photo.taken"
    title = "照片已用于别处"
    next = "请重新拍照上传。"


@dataclass(frozen=True, slots=True)
class CleanPhoto:
    """A photo decoded, cleaned and on the disk, not yet anybody's."""

    storage_key: str
    size_bytes: int
    width: int
    height: int


def clean_photo(storage: Storage, file: IO[bytes] | bytes) -> CleanPhoto:
    """Check, clean and store what was sent; needs no database, so that no lock is held while a picture is decoded.

    A ``file`` is read where it lies, never as a whole into memory. Raises NotAPhoto, PhotoTooLarge, StorageAway.
    """
    picture = small_picture(io.BytesIO(file) if isinstance(file, bytes) else file)
    key = hashlib.sha256(picture.content).hexdigest()
    storage.put(key, picture.content)
    return CleanPhoto(key, len(picture.content), picture.width, picture.height)


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
